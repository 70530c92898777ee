"""Giving ops other inputs. Sessions see the change at their next run."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .select import make_list_of_op, make_list_of_t
from .subgraph import SubGraphView, make_view


def _allowed(op: tf.Operation, can_modify: Any, cannot_modify: Any) -> bool:
    return (can_modify is None or op in can_modify) and op not in (cannot_modify or ())


def _pairs(ts0: Any, ts1: Any) -> list[tuple[tf.Tensor, tf.Tensor]]:
    first, second = (
        make_list_of_t(ts if isinstance(ts, tf.Tensor) else list(ts)) for ts in (ts0, ts1)
    )
    if len(first) != len(second):
        raise ValueError(f"ts0 and ts1 have different lengths: {len(first)} and {len(second)}")
    for a, b in zip(first, second, strict=True):
        if a.dtype.base_dtype != b.dtype.base_dtype:
            raise TypeError(f"{a!r} and {b!r} have different dtypes.")
    return list(zip(first, second, strict=True))


def _sets(can_modify: Any, cannot_modify: Any) -> tuple[Any, Any]:
    return tuple(
        None if ops is None else set(make_list_of_op(list(ops)))
        for ops in (can_modify, cannot_modify)
    )  # type: ignore[return-value]


def reroute_ts(ts0: Any, ts1: Any, can_modify: Any = None, cannot_modify: Any = None) -> int:
    """Whoever takes a tensor of `ts1` gets the one of `ts0` at its place instead.

    Only ops in `can_modify` (all), and none in `cannot_modify`. Returns how many inputs changed.
    TypeError where dtypes differ, ValueError where lengths do.
    """
    can, cannot = _sets(can_modify, cannot_modify)
    count = 0
    for new, old in _pairs(ts0, ts1):
        for op in old.consumers():
            if not _allowed(op, can, cannot):
                continue
            for index, tensor in enumerate(op.inputs):
                if tensor is old:
                    op._update_input(index, new)
                    count += 1
    return count


def swap_ts(ts0: Any, ts1: Any, can_modify: Any = None, cannot_modify: Any = None) -> int:
    """The consumers of each tensor of `ts0` and of `ts1` change places; how many inputs changed."""
    can, cannot = _sets(can_modify, cannot_modify)
    count = 0
    for a, b in _pairs(ts0, ts1):
        places = [
            (op, index, b if tensor is a else a)
            for op in dict.fromkeys([*a.consumers(), *b.consumers()])
            for index, tensor in enumerate(op.inputs)
            if (tensor is a or tensor is b) and _allowed(op, can, cannot)
        ]
        for op, index, new in places:
            op._update_input(index, new)
        count += len(places)
    return count


def reroute_inputs(sgv0: Any, sgv1: Any) -> tuple[SubGraphView, SubGraphView]:
    """The ops of `sgv1` take the inputs of `sgv0`."""
    first, second = make_view(sgv0), make_view(sgv1)
    reroute_ts(first.inputs, second.inputs, can_modify=second.ops)
    return first, make_view(second.ops)


def reroute_outputs(sgv0: Any, sgv1: Any) -> tuple[SubGraphView, SubGraphView]:
    """Who takes the outputs of `sgv1` takes those of `sgv0` instead."""
    first, second = make_view(sgv0), make_view(sgv1)
    reroute_ts(first.outputs, second.outputs, cannot_modify=[*first.ops, *second.ops])
    return first, second


def reroute_ios(sgv0: Any, sgv1: Any) -> tuple[SubGraphView, SubGraphView]:
    """`sgv0` takes the place of `sgv1`, inputs and outputs."""
    reroute_inputs(sgv0, sgv1)
    return reroute_outputs(sgv0, sgv1)


def add_control_inputs(op: tf.Operation, cops: Any) -> None:
    """Let `op` wait for the ops `cops`. ValueError where it waits for one of them already."""
    ops = make_list_of_op(cops, allow_graph=False)
    for other in ops:
        if other in op.control_inputs:
            raise ValueError(f"{op.name} already has control input {other.name}")
    op._add_control_inputs(ops)


def remove_control_inputs(op: tf.Operation, cops: Any) -> None:
    """Let `op` no longer wait for the ops `cops`. ValueError where it does not."""
    ops = make_list_of_op(cops, allow_graph=False)
    for other in ops:
        if other not in op.control_inputs:
            raise ValueError(f"{op.name} has no control input {other.name}")
    kept = [other for other in op.control_inputs if other not in ops]
    op._remove_all_control_inputs()
    op._add_control_inputs(kept)
