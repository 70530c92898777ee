"""Norms of vectors and matrices."""

from __future__ import annotations

import math
from typing import Any

from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.operation import Tensor
from . import ranges
from .array import _one_of, expand_dims, rank, squeeze, transpose
from .counting import setdiff1d
from .decompositions import svd
from .joining import concat
from .math import abs, cast, conj, pow, sqrt
from .reduce import reduce_max, reduce_sum
from .scatter import InvertPermutation

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
    "euclidean" or "fro", 1, 2 (the largest singular value), np.inf for matrices. Of complex numbers
    the Euclidean norms are complex, the others real, as in TensorFlow. `keep_dims` is `keepdims`'
    old name. Raises ValueError for other values.
    """
    keepdims = bool(_one_of("keepdims", keepdims, "keep_dims", keep_dims))
    axes = _checked(ord, axis)
    matrix = len(axes or ()) == 2
    with name_scope(name, "norm", [tensor]):
        tensor = convert_to_tensor(tensor)
        if matrix and axes and ord == 2:
            found = _largest_singular_value(tensor, axes)
        elif ord in ("fro", "euclidean", 2):
            found = sqrt(reduce_sum(tensor * conj(tensor), axes, keepdims=True))
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


def _largest_singular_value(tensor: Tensor, axes: list[int]) -> Tensor:
    """Of the matrices that two axes span, which stay as axes of size 1."""
    ndims = tensor.shape.ndims
    if ndims is None:
        known = rank(tensor)
        last: list[Any] = [axis % known for axis in axes]
        order: Any = concat([setdiff1d(ranges.range(known), last)[0], last], 0)
        back: Any = InvertPermutation(order)
    else:
        last = [axis % ndims for axis in axes]
        order = [axis for axis in range(ndims) if axis not in last] + last
        back = [order.index(axis) for axis in range(ndims)]
    values = svd(transpose(tensor, order), compute_uv=False)
    return transpose(expand_dims(reduce_max(values, -1, keepdims=True), -1), back)


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
    """(`tensor` / its norm, the norm with its dimensions kept); arguments as `tf.norm`.

    Both have the tensor's dtype.
    """
    with name_scope(name, "normalize", [tensor]):
        tensor = convert_to_tensor(tensor)
        length = cast(norm(tensor, ord, axis, keepdims=True), tensor.dtype.base_dtype)
        return tensor / length, length
