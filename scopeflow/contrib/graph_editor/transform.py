"""Copying ops, into the same graph or another one."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .select import get_backward_walk_ops, make_list_of_t
from .subgraph import SubGraphView, make_view


class TransformerInfo:
    """What became of the ops and tensors of a copy: by them, or by their names."""

    def __init__(self, info: Any) -> None:
        self._transformed_ops, self._transformed_ts = info

    def transformed(self, original: Any, missing_fn: Any = None) -> Any:
        """The copy of an op or a tensor (or what `missing_fn(original)` gives, else None)."""
        return self._found(original, self._transformed_ops, self._transformed_ts, missing_fn)

    def original(self, transformed: Any, missing_fn: Any = None) -> Any:
        """What an op or a tensor is the copy of."""
        ops = {new: old for old, new in self._transformed_ops.items()}
        tensors = {new: old for old, new in self._transformed_ts.items()}
        return self._found(transformed, ops, tensors, missing_fn)

    @staticmethod
    def _found(item: Any, ops: dict, tensors: dict, missing_fn: Any) -> Any:
        if isinstance(item, str):
            table: dict = tensors if ":" in item else ops
            item = next((key for key in table if key.name == item), item)
        found = (tensors if isinstance(item, tf.Tensor) else ops).get(item)
        return missing_fn(item) if found is None and missing_fn is not None else found


def copy(
    sgv: Any,
    dst_graph: Any = None,
    dst_scope: str = "",
    src_scope: str = "",
    reuse_dst_scope: bool = False,
) -> tuple[SubGraphView, TransformerInfo]:
    """The ops again, below `dst_scope` in `dst_graph` (the same graph): (their view, the map).

    What they take from outside becomes placeholders. Names lose `src_scope` in front.
    """
    return _copied(make_view(sgv), None, dst_graph, dst_scope, src_scope, reuse_dst_scope)


def copy_with_input_replacements(
    sgv: Any,
    replacement_ts: Any,
    dst_graph: Any = None,
    dst_scope: str = "",
    src_scope: str = "",
    reuse_dst_scope: bool = False,
) -> tuple[SubGraphView, TransformerInfo]:
    """As copy, with the tensors of the dict `replacement_ts` in the place of its keys.

    In the same graph, other tensors from outside stay what they are.
    """
    return _copied(
        make_view(sgv), dict(replacement_ts), dst_graph, dst_scope, src_scope, reuse_dst_scope
    )


def _copied(
    view: SubGraphView,
    replaced: dict | None,
    graph: Any,
    dst_scope: str,
    src_scope: str,
    reuse: bool,
) -> tuple[SubGraphView, TransformerInfo]:
    target = view.graph if graph is None else graph
    if target is None:
        target = tf.get_default_graph()
    scope = dst_scope.rstrip("/")
    if scope and not reuse:
        scope = target.unique_name(scope)
    source = src_scope.rstrip("/") + "/" if src_scope else ""
    tensors: dict[tf.Tensor, tf.Tensor] = dict(replaced or {})
    ops: dict[tf.Operation, tf.Operation] = {}
    with target.as_default(), target.name_scope(scope + "/" if scope else None):
        for op in sorted(view.ops, key=lambda op: op.id):
            if op.control_flow is not None or "blocks" in op.attrs:
                raise NotImplementedError(
                    f"graph_editor cannot copy {op.name!r}: it belongs to a tf.cond or "
                    "tf.while_loop. Call the function that builds it a second time."
                )
            inputs = [
                _input(t, tensors, replaced is not None and target is t.graph) for t in op.inputs
            ]
            name = target.unique_name(op.name.removeprefix(source))
            new = target.add_op(
                op.op_def,
                name,
                tuple(inputs),
                dict(op.attrs),
                [t.dtype for t in op.outputs],
                [t._dims for t in op.outputs],
            )
            new._add_control_inputs([ops[c] for c in op.control_inputs if c in ops])
            ops[op] = new
            tensors.update(zip(op.outputs, new.outputs, strict=True))
    made = {old: new for old, new in tensors.items() if replaced is None or old not in replaced}
    return SubGraphView(list(ops.values())), TransformerInfo((ops, made))


def _input(tensor: tf.Tensor, known: dict, keep: bool) -> tf.Tensor:
    if tensor not in known:
        if keep:
            return tensor
        name = f"geph__{tensor.op.name.replace('/', '__')}_{tensor.value_index}"
        known[tensor] = tf.placeholder(tensor.dtype.base_dtype, tensor.shape, name=name)
    return known[tensor]


def graph_replace(
    target_ts: Any,
    replacement_ts: Any,
    dst_scope: str = "",
    src_scope: str = "",
    reuse_dst_scope: bool = False,
) -> Any:
    """The tensors `target_ts` (one, a list, a dict) computed anew with some others replaced.

    `replacement_ts` is a dict from tensors to those that take their places. Ops that do not depend
    on these are not copied. ValueError where the targets do not depend on any.
    """
    targets = make_list_of_t(list(tf.nest.flatten(target_ts)))
    replaced = dict(replacement_ts)
    before = set(get_backward_walk_ops(targets, stop_at_ts=list(replaced)))
    changed: set[tf.Operation] = set()
    for op in sorted(before, key=lambda op: op.id):
        if any(t in replaced or t.op in changed for t in op.inputs):
            changed.add(op)
    if not changed:
        raise ValueError("Targets and replacements are not connected!")
    _, info = copy_with_input_replacements(
        sorted(changed, key=lambda op: op.id), replaced, None, dst_scope, src_scope, reuse_dst_scope
    )
    copies = {**info._transformed_ts, **replaced}
    return tf.nest.map_structure(lambda t: copies.get(t, t), target_ts)
