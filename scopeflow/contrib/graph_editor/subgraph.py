"""SubGraphView: some ops of a graph, with what flows in and out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import scopeflow as tf

from .select import get_name_scope_ops, make_list_of_op, make_list_of_t, select_ops_and_ts


class SubGraphView:
    """Some ops of a graph: `inputs` are the tensors that they take from outside, `outputs` those
    that others take, or nobody.

    `passthrough_ts` are tensors that are input and output at once.
    """

    def __init__(self, inside_ops: Iterable = (), passthrough_ts: Iterable = ()) -> None:
        self._ops = make_list_of_op(list(inside_ops))
        self._passthrough = make_list_of_t(list(passthrough_ts))
        inside = set(self._ops)
        taken = dict.fromkeys(t for op in self._ops for t in op.inputs if t.op not in inside)
        made = [t for op in self._ops for t in op.outputs]
        self._inputs = [*taken, *(t for t in self._passthrough if t not in taken)]
        given = [t for t in made if not t.consumers() or set(t.consumers()) - inside]
        self._outputs = [*given, *(t for t in self._passthrough if t not in given)]

    @property
    def ops(self) -> list[tf.Operation]:
        """The ops inside."""
        return list(self._ops)

    @property
    def inputs(self) -> list[tf.Tensor]:
        """The tensors from outside that ops inside take."""
        return list(self._inputs)

    @property
    def outputs(self) -> list[tf.Tensor]:
        """The tensors from inside that ops outside, or none, take."""
        return list(self._outputs)

    @property
    def passthroughs(self) -> list[tf.Tensor]:
        """The tensors that pass through."""
        return list(self._passthrough)

    @property
    def graph(self) -> Any:
        """The graph that the ops are in, None for no ops."""
        items: list[Any] = [*self._ops, *self._passthrough]
        return items[0].graph if items else None

    @property
    def connected_inputs(self) -> list[tf.Tensor]:
        """The inputs that ops inside take."""
        return [t for t in self._inputs if set(t.consumers()) & set(self._ops)]

    @property
    def connected_outputs(self) -> list[tf.Tensor]:
        """The outputs that ops outside take."""
        return [t for t in self._outputs if set(t.consumers()) - set(self._ops)]

    def op(self, op_id: int) -> tf.Operation:
        """The op of this number."""
        return self._ops[op_id]

    def is_passthrough(self, t: tf.Tensor) -> bool:
        """Whether the tensor passes through."""
        return t in self._passthrough

    def input_index(self, t: tf.Tensor) -> int:
        """Where the tensor stands among the inputs."""
        if t not in self._inputs:
            raise ValueError(f"Can't find {t!r} in the inputs.")
        return self._inputs.index(t)

    def output_index(self, t: tf.Tensor) -> int:
        """Where the tensor stands among the outputs."""
        if t not in self._outputs:
            raise ValueError(f"Can't find {t!r} in the outputs.")
        return self._outputs.index(t)

    def consumers(self) -> list[tf.Operation]:
        """The ops outside that take an output."""
        inside = set(self._ops)
        found = (op for t in self._outputs for op in t.consumers() if op not in inside)
        return list(dict.fromkeys(found))

    def find_op_by_name(self, op_name: str) -> tf.Operation:
        """The op of this name. ValueError where none inside has it."""
        for op in self._ops:
            if op.name == op_name:
                return op
        raise ValueError(f"Operation {op_name} not found in subgraph.")

    def copy(self) -> SubGraphView:
        """The same view again."""
        return SubGraphView(self._ops, self._passthrough)

    def __len__(self) -> int:
        return len(self._ops)

    def __bool__(self) -> bool:
        return self.graph is not None

    __nonzero__ = __bool__


def make_view(*args: Any, **kwargs: Any) -> SubGraphView:
    """A view of the ops that the arguments name: ops, lists, views, regular expressions (with
    `graph=`)."""
    if len(args) == 1 and isinstance(args[0], SubGraphView) and not kwargs:
        return args[0]
    items = [a.ops if isinstance(a, SubGraphView) else a for a in args]
    ops, ts = select_ops_and_ts(*items, **kwargs)
    return SubGraphView(ops, ts)


def make_view_from_scope(scope: str, graph: tf.Graph) -> SubGraphView:
    """A view of the ops inside a name scope."""
    return SubGraphView(get_name_scope_ops(graph.get_operations(), scope))
