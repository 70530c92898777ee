"""A sum of matrix products is one product: Σ A·B = [A₁ … Aₙ] · [B₁; …; Bₙ].

Such sums are the gradients of a matrix that a loop multiplies by in each round.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import torch

from .recorded_calls import SMALL, Call, Calls, Guard, Slot

FEWEST = 3
"""So many products are worth joining."""

_aten = torch.ops.aten


def with_joined_products(calls: Calls, results: list[Any]) -> list[Call | Guard]:
    """The noted calls, with such sums computed as one product where that moves less memory."""
    noted = calls.noted
    makers = {
        call.results: call
        for call in noted
        if isinstance(call, Call) and isinstance(call.results, Slot)
    }
    uses = Counter(slot for call in noted for slot in call.reads())
    uses.update(result for result in results if isinstance(result, Slot))
    replaced: dict[int, list[Call]] = {}  # id of a call -> what stands in its place
    for call in reversed(noted):  # the last sum of a chain comes first
        if id(call) in replaced or not _is_sum(call, calls):
            continue
        products: list[Call] = []
        others: list[Slot] = []
        sums = [call]
        for term in sums:  # grows
            for slot in term.args:
                maker = makers.get(slot)
                if maker is None or uses[slot] > 1:
                    others.append(slot)
                elif maker.func is _aten.mm.default and _unchanged(maker.args, calls):
                    products.append(maker)
                elif _is_sum(maker, calls):
                    sums.append(maker)
                else:
                    others.append(slot)
        if len(products) >= FEWEST and _moves_less(products, calls):
            replaced.update({id(gone): [] for gone in (*products, *sums)})
            replaced[id(call)] = _joined(products, others, call.results, calls)
    return [new for call in noted for new in replaced.get(id(call), [call])]


def _is_sum(call: Call | Guard, calls: Calls) -> bool:
    """Whether the call adds two tensors of one shape."""
    if not isinstance(call, Call) or call.func is not _aten.add.Tensor or call.kwargs:
        return False
    if not all(isinstance(arg, Slot) for arg in call.args):  # a number may equal a slot's
        return False
    shapes = [calls.shapes.get(slot) for slot in (*call.args, call.results)]
    return len(shapes) == 3 and shapes[0] is not None and shapes[0] == shapes[1] == shapes[2]


def _unchanged(slots: tuple, calls: Calls) -> bool:
    """Whether the tensors are the same at any later time."""
    return all(calls.memory[slot] not in calls.changed for slot in slots)


def _moves_less(products: list[Call], calls: Calls) -> bool:
    """Whether joining the factors copies fewer numbers than adding the products takes."""
    pairs = [[calls.shapes[slot] for slot in product.args] for product in products]
    rows, columns = pairs[0][0][0], pairs[0][1][1]
    return sum(left[1] for left, _ in pairs) * (rows + columns) < rows * columns * len(pairs)


def _joined(products: list[Call], others: list[Slot], result: Slot, calls: Calls) -> list[Call]:
    """The calls that compute the sum."""
    made: list[Call] = []

    def call(func: Any, *args: Any, into: Slot | None = None) -> Slot:
        slot = calls.new_slot() if into is None else into
        made.append(Call(func, args, {}, slot, small))
        return slot

    sizes = [calls.shapes[slot].numel() for product in products for slot in product.args]
    small = sum(sizes) <= SMALL
    # The left factors are most often transposed: so are their columns rows in memory.
    rows = [call(_aten.t.default, product.args[0]) for product in products]
    left = call(_aten.t.default, call(_aten.cat.default, rows))
    right = call(_aten.cat.default, [product.args[1] for product in products])
    found = call(_aten.mm.default, left, right, into=None if others else result)
    for i, other in enumerate(others):
        last = i == len(others) - 1
        found = call(_aten.add.Tensor, found, other, into=result if last else None)
    return made
