"""How far sequences are from each other."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.sparse_tensor import as_sparse
from .sparse_places import sparse_dims
from .texts import tensor_of


def levenshtein(a: list, b: list) -> int:
    """The least number of insertions, deletions and replacements that make `b` of `a`.

    >>> levenshtein(list("kitten"), list("sitting"))
    3
    """
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        diagonal, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            replaced = diagonal + (x != y)
            diagonal = row[j]
            row[j] = min(replaced, row[j] + 1, row[j - 1] + 1)
    return row[-1]


def _shape(*parts: Tensor, **_: Any) -> Dims:
    first, second = sparse_dims(*parts[:3]), sparse_dims(*parts[3:])
    if first is None or second is None:
        return None
    if len(first) != len(second):
        raise ShapeError(f"Shapes must be equal rank, but are {len(first)} and {len(second)}")
    return tuple(
        None if None in pair else max(pair)  # type: ignore[type-var]
        for pair in zip(first[:-1], second[:-1], strict=True)
    )


def _sequences(indices: Any, values: Any) -> dict[tuple, list]:
    found: dict[tuple, list] = {}
    for place, value in zip(indices[:, :-1].tolist(), values.tolist(), strict=True):
        found.setdefault(tuple(place), []).append(value)
    return found


@op("int64, T, host int64, int64, T, host int64 -> float32", shape=_shape, differentiable=False)
def EditDistance(
    hypothesis_indices, hypothesis_values, hypothesis_shape,
    truth_indices, truth_values, truth_shape, *, device, normalize=True,
):  # fmt: skip
    """The distance of each hypothesis from its truth, in parts of the truth's length."""
    if len(truth_shape) < 2 or len(truth_shape) != len(hypothesis_shape):
        raise ValueError(
            "Both shapes must have one rank, at least 2: "
            f"{list(hypothesis_shape)} and {list(truth_shape)}"
        )
    sizes = [max(pair) for pair in zip(hypothesis_shape[:-1], truth_shape[:-1], strict=True)]
    said = _sequences(hypothesis_indices, hypothesis_values)
    meant = _sequences(truth_indices, truth_values)
    found = np.zeros(sizes, np.float32)
    for place in {*said, *meant}:
        truth = meant.get(place, [])
        distance = levenshtein(said.get(place, []), truth)
        if normalize:
            found[place] = distance / len(truth) if truth else np.inf
        else:
            found[place] = distance
    return tensor_of(found, np.float32, device)


def edit_distance(
    hypothesis: Any, truth: Any, normalize: bool = True, name: str = "edit_distance"
) -> Tensor:
    """The Levenshtein distances of the sequences along the last dimension of two sparse tensors.

    The distances are divided by the truth's length if `normalize` (inf where that is 0 and the
    hypothesis is not). TypeError for dense tensors.
    """
    first, second = as_sparse(hypothesis, "hypothesis"), as_sparse(truth, "truth")
    return EditDistance(*first._components, *second._components, normalize, name=name)
