"""Small variables that are updated together lie side by side: one tensor for their update.

torch's update of many tensors costs some µs for each of them, however small it is.
"""

from __future__ import annotations

from typing import Any

from ..core.lazy_torch import torch

SMALL = 1 << 14
"""A larger variable's update takes longer than it would to copy its gradient to the others."""
FEWEST = 4
PATIENCE = 8
"""So many updates come between two times that variables are moved, should others move them too."""


class Packed:
    """The memory of one common update's small variables, and of their slots.

    A cell keeps a tensor of its variable's shape, which lies in the memory that all of them share.
    A cell that has got another tensor since (by an assignment, a restored checkpoint) is moved
    there again.
    """

    def __init__(self) -> None:
        self.places: list[int] | None = None  # of the small variables among all
        self.others: list[int] = []
        self.wholes: list[Any] = []  # for the variables and each of their slots
        self.views: list[list] = []
        self.waited = PATIENCE

    def part(self, cells: list[list], grads: list) -> tuple[list[list], list, list[list], list]:
        """What is updated as one, and its gradient, each in a list; the other cells and gradients.

        `cells` has a list for the variables and for each slot; so have the first and third result.
        """
        if self.places is None:
            self._choose([cell.value for cell in cells[0]])
        places = self.places
        if not places or not self._ready(cells):
            return [[] for _ in cells], [], cells, grads
        together = torch._C._nn.flatten_dense_tensors([grads[i] for i in places])
        others = [[column[i] for i in self.others] for column in cells]
        return [[w] for w in self.wholes], [together], others, [grads[i] for i in self.others]

    def _choose(self, variables: list) -> None:
        small = [i for i, v in enumerate(variables) if v.numel() <= SMALL and v.is_contiguous()]
        self.places = small if len(small) >= FEWEST else []
        self.others = [i for i in range(len(variables)) if i not in set(self.places)]

    def _ready(self, cells: list[list]) -> bool:
        """Whether the small ones lie together (they are moved if they do not)."""
        places = self.places or ()
        if self.views and all(
            column[i].value is view
            for column, views in zip(cells, self.views, strict=True)
            for i, view in zip(places, views, strict=True)
        ):
            self.waited += 1
            return True
        if self.waited < PATIENCE:
            self.waited += 1
            return False
        self.waited = 0
        columns = [[column[i] for i in places] for column in cells]
        if len({cell.value.dtype for column in columns for cell in column}) > 1:
            self.places = []
            return False
        self.wholes, self.views = [], []
        for column in columns:
            whole = torch._C._nn.flatten_dense_tensors([cell.value for cell in column])
            self.wholes.append(whole)
            self.views.append(_lay_into(whole, column))
        return True


def _lay_into(whole: Any, cells: list) -> list:
    """Let the cells keep tensors in `whole`, which has their elements one after the other."""
    views = []
    start = 0
    for cell in cells:
        value = cell.value
        # No view of torch's, whose version counter the others would share.
        view = torch.empty(0, dtype=value.dtype).set_(
            whole.untyped_storage(), start, value.shape, value.contiguous().stride()
        )
        cell.value = view
        views.append(view)
        start += value.numel()
    return views
