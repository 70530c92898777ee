"""Chains of elementwise ops on few numbers, computed by NumPy: a call costs a fifth of torch's.

What is needed in between only is written over and over into the same memory.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from .recorded_calls import Call, Calls, Guard, Slot

FEWEST = 8
"""So many calls are worth it: their inputs and results change sides, at the cost of a call each."""
MOST_ELEMENTS = 256

_aten = torch.ops.aten
_TYPES = {torch.float32: np.float32, torch.float64: np.float64}
_OF_TWO = {
    _aten.add.Tensor: np.add,
    _aten.sub.Tensor: np.subtract,
    _aten.mul.Tensor: np.multiply,
    _aten.div.Tensor: np.true_divide,
    _aten.maximum.default: np.maximum,
    _aten.minimum.default: np.minimum,
}
_OF_ONE = {
    _aten.neg.default: np.negative,
    _aten.tanh.default: np.tanh,
    _aten.exp.default: np.exp,
    _aten.log.default: np.log,
    _aten.sqrt.default: np.sqrt,
    _aten.abs.default: np.abs,
    _aten.sin.default: np.sin,
    _aten.cos.default: np.cos,
}


class Chain:
    """Calls that follow each other, and which of their results others read."""

    small = True

    def __init__(self, calls: list[Call], results: list[Slot]) -> None:
        self.calls = calls
        self.results = results

    def reads(self) -> list[Slot]:
        """The slots that it reads and does not make."""
        made = {call.results for call in self.calls}
        return [slot for call in self.calls for slot in call.reads() if slot not in made]

    def slots(self) -> list[Slot]:
        """The slots that it reads, and those that it makes for others."""
        return self.reads() + self.results


def with_chains(calls: Calls, noted: list, results: list[Any]) -> list[Call | Guard | Chain]:
    """The calls, with such chains taken together."""
    uses = Counter(slot for call in noted for slot in call.reads())
    uses.update(result for result in results if isinstance(result, Slot))
    found: list[Call | Guard | Chain] = []
    waiting: list[Call] = []

    def finish() -> None:
        if len(waiting) >= FEWEST:
            inside = Counter(slot for call in waiting for slot in call.reads())
            made = [call.results for call in waiting]
            found.append(Chain(list(waiting), [s for s in made if uses[s] > inside[s]]))
        else:
            found.extend(waiting)
        waiting.clear()

    for call in noted:
        if _fits(call, calls) and (not waiting or _dtype(call, calls) == _dtype(waiting[0], calls)):
            waiting.append(call)
        else:
            finish()
            found.append(call)
    finish()
    return found


def _dtype(call: Call, calls: Calls) -> Any:
    return calls.dtypes[call.results]


def _fits(call: Any, calls: Calls) -> bool:
    """Whether NumPy computes the same: few numbers of one floating type, dense, all unchanged."""
    if not isinstance(call, Call) or call.kwargs:
        return False
    if call.func not in (_OF_ONE if len(call.args) == 1 else _OF_TWO):
        return False
    slots = [call.results, *(arg for arg in call.args if isinstance(arg, Slot))]
    numbers = [arg for arg in call.args if not isinstance(arg, Slot)]
    return (
        all(isinstance(number, int | float) for number in numbers)
        and calls.dtypes.get(call.results) in _TYPES
        and len({calls.dtypes.get(slot) for slot in slots}) == 1
        and all(calls.shapes[slot].numel() <= MOST_ELEMENTS for slot in slots)
        and all(calls.memory[slot] not in calls.changed for slot in slots)
        and call.results in calls.dense
    )


def lines_of(chain: Chain, calls: Calls, space: dict[str, Any]) -> list[str]:
    """The chain as Python; names that it uses are put into `space`."""
    dtype = calls.dtypes[chain.calls[0].results]
    kind = _TYPES[dtype]
    space.update(errstate=np.errstate, empty_array=np.empty, empty=torch.empty, array_type=kind)
    space["tensor_type"] = dtype
    lines = ["with errstate(all='ignore'):"]
    names: dict[Slot, str] = {}
    for slot in dict.fromkeys(chain.reads()):
        names[slot] = f"n{int(slot)}"
        if slot in calls.fixed:
            space[names[slot]] = calls.fixed[slot].numpy()
        else:
            lines.append(f"    {names[slot]} = v{int(slot)}.numpy()")
    last = {slot: i for i, call in enumerate(chain.calls) for slot in call.reads()}
    kept = set(chain.results)
    free: dict[torch.Size, list[str]] = {}
    for i, call in enumerate(chain.calls):
        operands = [_operand(arg, names, kind, space) for arg in call.args]
        for slot in {*call.reads()}:  # done with: the result may stand in its place
            if last[slot] == i and names[slot].startswith("r"):
                free.setdefault(calls.shapes[slot], []).append(names[slot])
        shape, slot = calls.shapes[call.results], call.results
        if slot in kept:
            names[slot] = f"n{int(slot)}"
            lines.append(f"    v{int(slot)} = empty({tuple(shape)}, dtype=tensor_type)")
            lines.append(f"    {names[slot]} = v{int(slot)}.numpy()")
        elif free.get(shape):
            names[slot] = free[shape].pop()
        else:
            names[slot] = f"r{int(slot)}"
            lines.append(f"    {names[slot]} = empty_array({tuple(shape)}, array_type)")
        function: Callable = (_OF_ONE if len(call.args) == 1 else _OF_TWO)[call.func]
        space[function.__name__] = function
        # By position it costs a fifth less, which NumPy deprecates for these two alone.
        by_name = function in (np.maximum, np.minimum)
        arguments = ", ".join([*operands, f"out={names[slot]}" if by_name else names[slot]])
        lines.append(f"    {function.__name__}({arguments})")
    return lines


def _operand(arg: Any, names: dict[Slot, str], kind: Any, space: dict[str, Any]) -> str:
    if isinstance(arg, Slot):
        return names[arg]
    name = f"number_{len(space)}"
    space[name] = np.array(arg, kind)
    return name
