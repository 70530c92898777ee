"""Norms of vectors and matrices."""

from __future__ import annotations

import math
from typing import Any

from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.operation import Tensor
from .array import _one_of, squeeze
from .math import abs, conj, pow, sqrt
from .reduce import reduce_max, reduce_sum

_WRONG_AXIS = "'axis' must be None, an integer, or a tuple of 2 unique integers"


def norm(
    tensor: Any,
    ord: Any = "euclidean",
    axis: Any = None,
    keepdims: bool | None = None,
    name: str | None = None,
    keep_dims: bool | None = None,
) -> Tensor:
    """The norm of vectors, matrices, or of the whole tensor.

    `axis` None: of all elements as one vector; an int: of the vectors along it; two ints: of the
    matrices they span. `ord`: "euclidean", 1, 2, any positive number or np.inf for vectors;
    "euclidean" or "fro", 1, np.inf for matrices. `keep_dims` is `keepdims`' old name. Raises
    ValueError for other values.
    """
    keepdims = bool(_one_of("keepdims", keepdims, "keep_dims", keep_dims))
    axes = _checked(ord, axis)
    matrix = len(axes or ()) == 2
    if matrix and ord == 2:
        raise NotImplementedError(
            "tf.norm with ord=2 of matrices is the largest singular value, which scopeflow does "
            "not compute here. Use tf.reduce_max(tf.svd(x, compute_uv=False), -1), or the "
            "Frobenius norm, ord='fro'."
        )
    with name_scope(name, "norm", [tensor]):
        tensor = convert_to_tensor(tensor)
        if ord in ("fro", "euclidean", 2):
            found = sqrt(reduce_sum(tensor * conj(tensor), axes, keepdims=True))
            if found.dtype.is_complex:
                found = abs(found)
        else:
            found = abs(tensor)
            first = None if axes is None else axes[0]
            if ord == 1:
                found = reduce_sum(found, first, keepdims=True)
                if matrix and axes:
                    found = reduce_max(found, axes[1], keepdims=True)
            elif ord == math.inf:
                if matrix and axes:
                    found = reduce_sum(found, axes[1], keepdims=True)
                found = reduce_max(found, first, keepdims=True)
            else:
                found = pow(reduce_sum(pow(found, ord), axes, keepdims=True), 1.0 / ord)
        return found if keepdims else squeeze(found, axes)


def _checked(ord: Any, axis: Any) -> list | None:
    """The axes as a list, None for all; ValueError where `ord` or they are not supported."""
    if isinstance(axis, list | tuple) and len(axis) == 2:
        if not all(isinstance(a, int) for a in axis) or axis[0] == axis[1]:
            raise ValueError(_WRONG_AXIS)
        if ord not in ("euclidean", "fro", 1, 2, math.inf):
            raise ValueError(
                "'ord' must be a supported matrix norm in ['euclidean', 'fro', 1, 2, inf], "
                f"got {ord}"
            )
        return list(axis)
    if axis is not None and not isinstance(axis, int):
        raise ValueError(_WRONG_AXIS)
    if ord != "euclidean" and (isinstance(ord, str) or not ord > 0):
        raise ValueError(f"'ord' must be a supported vector norm, got {ord}")
    return None if axis is None else [axis]


def normalize(
    tensor: Any, ord: Any = "euclidean", axis: Any = None, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """(`tensor` / its norm, the norm with its dimensions kept); arguments as `tf.norm`."""
    with name_scope(name, "normalize", [tensor]):
        tensor = convert_to_tensor(tensor)
        length = norm(tensor, ord, axis, keepdims=True)
        return tensor / length, length
