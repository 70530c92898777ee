"""Which tensors and ops need which inputs."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def dependent(targets: list, inputs: Any) -> list:
    """Those targets for which one of the (nested) inputs is needed."""
    wanted = {id(value) for value in tf.nest.flatten(inputs)}
    known: dict[int, bool] = {}
    return [target for target in targets if _needs(target, wanted, known)]


def _needs(target: Any, wanted: set[int], known: dict[int, bool]) -> bool:
    """Whether one of the wanted tensors is on the way to `target`; `known` holds answers by op."""
    if id(target) in wanted:
        return True
    first = target if isinstance(target, tf.Operation) else target.op
    stack = [first]
    while stack:
        op = stack[-1]
        if id(op) in known:
            stack.pop()
            continue
        before = [*op.control_inputs]
        found = False
        for tensor in op.inputs:
            found = found or id(tensor) in wanted
            before.append(tensor.op)
        found = found or any(known.get(id(each), False) for each in before)
        open_ones = [] if found else [each for each in before if id(each) not in known]
        if open_ones:
            known.update({})
            stack.extend(open_ones)
        else:
            known[id(op)] = found
            stack.pop()
    return known[id(first)]
