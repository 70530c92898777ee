"""tensorflow.python.framework.ops: what it has beside the names of `tf`."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import scopeflow as tf
from scopeflow.core.gradient_override import registered

from .registry import Registry

_gradient_registry = Registry("gradient")
_gradient_registry._registry = registered
_ids = itertools.count()
_to_proto: dict[str, tuple] = {}


class EagerTensor(tf.Tensor):
    """The class of TensorFlow's eager tensors, of which there are none."""


_EagerTensorBase = EagerTensor


def get_name_scope() -> str:
    """The current name scope, without a trailing slash."""
    return tf.get_default_graph().get_name_scope()


def uid() -> int:
    """A number that no other call returns."""
    return next(_ids)


def executing_eagerly_outside_functions() -> bool:
    """False: ops are always added to a graph."""
    return False


def inside_function() -> bool:
    """False: there are no graphs of functions."""
    return False


def has_default_graph() -> bool:
    """Whether a graph was entered in this thread."""
    return tf.get_default_graph() is not None


def convert_n_to_tensor(
    values: Any, dtype: Any = None, name: str | None = None, preferred_dtype: Any = None
) -> list:
    """Each value as a tensor."""
    return [
        tf.convert_to_tensor(v, dtype, None if name is None else f"{name}_{i}", preferred_dtype)
        for i, v in enumerate(values)
    ]


def convert_n_to_tensor_or_indexed_slices(
    values: Any, dtype: Any = None, name: str | None = None
) -> list:
    """Each value as a tensor; IndexedSlices and None stay."""
    return [
        v if v is None else tf.convert_to_tensor_or_indexed_slices(
            v, dtype, None if name is None else f"{name}_{i}"
        )
        for i, v in enumerate(values)
    ]  # fmt: skip


def internal_convert_to_tensor(
    value: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False,
    preferred_dtype: Any = None, ctx: Any = None, accept_symbolic_tensors: bool = True,
    accept_composite_tensors: bool = False,
) -> Any:  # fmt: skip
    """tf.convert_to_tensor. `as_ref` and the last three are accepted without effect."""
    return tf.convert_to_tensor(value, dtype, name, preferred_dtype)


def strip_name_scope(name: Any, export_scope: str | None) -> Any:
    """The name without a scope in front."""
    if not export_scope or not isinstance(name, str):
        return name
    mark, rest = _marked(name)
    scope = export_scope.rstrip("/") + "/"
    return mark + (rest.removeprefix(scope).lstrip("/") if rest.startswith(scope) else rest)


def _marked(name: str) -> tuple[str, str]:
    """What stands before the name of a control input or of a place, and the name."""
    mark = next((mark for mark in ("^", "loc:@") if name.startswith(mark)), "")
    return mark, name.removeprefix(mark)


def prepend_name_scope(name: Any, import_scope: str | None) -> Any:
    """The name with a scope in front."""
    if not import_scope or not isinstance(name, str):
        return name
    mark, rest = _marked(name)
    return f"{mark}{import_scope.rstrip('/')}/{rest}"


def name_from_scope_name(name: str) -> str:
    """The scope's name without the slash at its end."""
    return name.removesuffix("/")


def get_all_collection_keys() -> list:
    """The names of the graph's collections."""
    return tf.get_default_graph().get_all_collection_keys()


def register_proto_function(
    collection_name: str, proto_type: Any = None, to_proto: Any = None, from_proto: Any = None
) -> None:
    """Note how the things in a collection become protocol buffers and come back."""
    _to_proto[collection_name] = (proto_type, to_proto, from_proto)


def get_collection_proto_type(collection_name: str) -> Any:
    """What was noted."""
    return _to_proto.get(collection_name, (None,) * 3)[0]


def get_to_proto_function(collection_name: str) -> Any:
    """What was noted."""
    return _to_proto.get(collection_name, (None,) * 3)[1]


def get_from_proto_function(collection_name: str) -> Any:
    """What was noted."""
    return _to_proto.get(collection_name, (None,) * 3)[2]


def _set_call_cpp_shape_fn(call_cpp_shape_fn: Callable) -> None:
    """Without effect: shapes come with the ops."""


def RegisterShape(op_type: str) -> Callable:
    """A decorator without effect, of TensorFlow's first versions: shapes come with the ops."""
    return lambda function: function


@contextmanager
def op_scope(values: Any, name: str | None, default_name: str | None = None) -> Iterator[str]:
    """`tf.name_scope` of TensorFlow's first versions."""
    with tf.name_scope(name, default_name, values) as scope:
        yield scope


def _get_graph_from_inputs(op_input_list: Any, graph: Any = None) -> Any:
    """The graph that the inputs are in, or the default graph."""
    if graph is not None:
        return graph
    found = [getattr(i, "graph", None) for i in tf.nest.flatten(list(op_input_list))]
    return next((g for g in found if g is not None), tf.get_default_graph())


class OpStats:
    """A number that is known of ops, such as "flops"; None where it is not. They can be added."""

    def __init__(self, statistic_type: str, value: Any = None) -> None:
        self.statistic_type = statistic_type
        self.value = value

    def __iadd__(self, other: OpStats) -> OpStats:
        if other.statistic_type != self.statistic_type:
            raise ValueError(
                f"Can't add an OpStat of type {self.statistic_type} to one of "
                f"{other.statistic_type}."
            )
        if self.value is None:
            self.value = other.value
        elif other.value is not None:
            self.value += other.value
        return self

    def __repr__(self) -> str:
        return f"OpStats({self.statistic_type!r}, {self.value!r})"


_stats_registry = Registry("statistical functions")


class RegisterStatistics:
    """A decorator: the function (graph, NodeDef) gives the OpStats of ops of the type."""

    def __init__(self, op_type: str, statistic_type: str) -> None:
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string.")
        if "," in op_type:
            raise TypeError("op_type must not contain a comma.")
        if not isinstance(statistic_type, str):
            raise TypeError("statistic_type must be a string.")
        if "," in statistic_type:
            raise TypeError("statistic_type must not contain a comma.")
        self._name = f"{op_type},{statistic_type}"

    def __call__(self, f: Callable) -> Callable:
        """Note the function."""
        _stats_registry.register(f, self._name)
        return f


def get_stats_for_node_def(graph: Any, node: Any, statistic_type: str) -> OpStats:
    """What the function registered for the node's type says; without a value if there is none."""
    try:
        function = _stats_registry.lookup(f"{node.op},{statistic_type}")
    except LookupError:
        return OpStats(statistic_type)
    return function(graph, node)


def get_gradient_function(op: Any) -> NoReturn:
    """NotImplementedError: gradients come from autograd, op by op functions do not exist."""
    raise NotImplementedError(
        "ops.get_gradient_function(): scopeflow takes gradients with torch's autograd and has no "
        "gradient function for each op. Call tf.gradients(op.outputs, op.inputs)."
    )
