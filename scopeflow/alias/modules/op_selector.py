"""tensorflow.python.ops.op_selector: the ops that others depend on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import scopeflow as tf


def _ops(ts: Any) -> list:
    return [t if isinstance(t, tf.Operation) else t.op for t in tf.nest.flatten(ts)]


def _walk(
    seeds: Any, step: Callable[[Any], Iterable], inclusive: bool, within: Any, stop_at: Any
) -> list:
    start = _ops(seeds)
    stopped = set() if stop_at is None else set(_ops(list(stop_at)))
    found: dict[Any, None] = {}
    waiting = list(start)
    while waiting:
        op = waiting.pop(0)
        if op in found or op in stopped or (within is not None and op not in set(within)):
            continue
        found[op] = None
        waiting.extend(step(op))
    return [op for op in found if inclusive or op not in start]


def get_backward_walk_ops(
    seed_ops: Any, inclusive: bool = True, within_ops: Any = None, within_ops_fn: Any = None,
    stop_at_ts: Any = None, control_inputs: bool = False, only_differentiable: bool = False,
) -> list:  # fmt: skip
    """The ops that the seeds depend on, nearest first."""

    def step(op: Any) -> Iterable:
        before = [t.op for t in op.inputs] + (list(op.control_inputs) if control_inputs else [])
        return [o for o in before if within_ops_fn is None or within_ops_fn(o)]

    return _walk(seed_ops, step, inclusive, within_ops, stop_at_ts)


def get_forward_walk_ops(
    seed_ops: Any, inclusive: bool = True, within_ops: Any = None, within_ops_fn: Any = None,
    stop_at_ts: Any = None, control_outputs: Any = None,
) -> list:  # fmt: skip
    """The ops that depend on the seeds, nearest first."""

    def step(op: Any) -> Iterable:
        after = [user for t in op.outputs for user in t.consumers()]
        return [o for o in after if within_ops_fn is None or within_ops_fn(o)]

    return _walk(seed_ops, step, inclusive, within_ops, stop_at_ts)
