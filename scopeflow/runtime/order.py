"""Which ops a run needs, and in which order they run."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from ..core import source
from ..core.control_flow import Block, Context, blocks_of
from ..core.operation import Operation, Tensor

Backward = dict[Operation, Block]
"""For ops whose gradient the program has defined: the block that computes it."""


def needed_ops(targets: Iterable[Operation], fed: set[Tensor]) -> tuple[list[Operation], Backward]:
    """The ops that `targets` depend on, stopping at fed tensors, in an order that may be run.

    Creation order, unless an op was later given an input that is younger than itself; the ops
    inside a branch stand right before the op that chooses it, those of a gradient right behind
    the op that it is of. ValueError where a target needs an op inside a block, but not by way of
    the block's results.
    """
    found: set[Operation] = set()
    backward: Backward = {}
    waiting = list(targets)
    while waiting:
        op = waiting.pop()
        if op in found:
            continue
        found.add(op)
        waiting += predecessors(op, fed)
        for of, block in op.attrs.get("overridden", ()):
            if backward.setdefault(of, block) is block:
                waiting += [t.op for t in block.outputs]
    backward = {op: block for op, block in backward.items() if op in found}
    ordered = sorted(found, key=lambda op: op.id)
    if all(p.id < op.id for op in ordered for p in _before(op, fed, backward)):
        return _grouped(ordered, backward), backward
    return _grouped(_sorted(ordered, fed, backward), backward), backward


def _before(op: Operation, fed: set[Tensor], backward: Backward) -> list[Operation]:
    """`predecessors`, and where the op's gradient is defined, what that uses beside the op."""
    before = predecessors(op, fed)
    block = backward.get(op)
    if block is not None:
        before += [t.op for t in block.captured() if t.op is not op and t not in fed]
    return before


def predecessors(op: Operation, fed: set[Tensor]) -> list[Operation]:
    """The ops that must have run before `op`."""
    before = [tensor.op for tensor in op.inputs if tensor not in fed]
    before += op.control_inputs
    for block in blocks_of(op):
        before += [tensor.op for tensor in block.outputs if tensor not in fed]
        before += block.ops
    return before


def _grouped(ops: list[Operation], backward: Backward) -> list[Operation]:
    """The ops of a block moved to the op that runs it, in the same order otherwise."""
    if all(op.control_flow is None for op in ops):
        return ops
    runs = {block.context: op for op in ops for block in blocks_of(op)}
    runs |= {block.context: op for op, block in backward.items()}
    rank = {op: i for i, op in enumerate(ops)}

    def path(context: Context | None) -> tuple[int, ...]:
        return () if context is None else (*path(context.outer), rank[runs[context]])

    for op in reversed(ops):
        if op.control_flow is not None and op.control_flow not in runs:
            raise ValueError(
                f"Operation {op.name!r} is inside a branch of tf.cond or the body of a "
                "tf.while_loop, and what is asked for needs it outside.\n"
                "Return its result from the function, and use what tf.cond or tf.while_loop "
                f"returns. It was made here:\n{source.describe(op.source)}"
            )
    after_all = len(ops)
    places = {
        op: (*path(op.control_flow), rank[op], *((after_all,) if blocks_of(op) else ()))
        for op in ops
    }
    return sorted(ops, key=places.__getitem__)


def _sorted(ops: list[Operation], fed: set[Tensor], backward: Backward) -> list[Operation]:
    """Topological order, the oldest op that may run always first."""
    waits: dict[Operation, int] = {}
    successors: dict[Operation, list[Operation]] = {}
    for op in ops:
        before = set(_before(op, fed, backward))
        waits[op] = len(before)
        for predecessor in before:
            successors.setdefault(predecessor, []).append(op)
    ready = [(op.id, op) for op in ops if not waits[op]]
    heapq.heapify(ready)
    ordered: list[Operation] = []
    while ready:
        _, op = heapq.heappop(ready)
        ordered.append(op)
        for successor in successors.get(op, ()):
            waits[successor] -= 1
            if not waits[successor]:
                heapq.heappush(ready, (successor.id, successor))
    if len(ordered) < len(ops):
        stuck = ", ".join(op.name for op in ops if op not in set(ordered))
        raise ValueError(f"The graph has a cycle, these ops wait for each other: {stuck}")
    return ordered
