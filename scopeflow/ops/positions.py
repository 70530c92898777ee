"""The positions of the largest and the smallest elements."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.dtypes import DType
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import axis_in
from ..core.static_value import static_value
from ..core.types import INDEX, REAL
from .array import _one_of


def _arg_shape(input: Tensor, dimension: Tensor, **_: Any) -> Dims:
    dims, axis = input._dims, static_value(dimension)
    if dimension._dims:
        raise ShapeError(f"Shape must be rank 0 but is rank {len(dimension._dims)}")
    if dims is None or not dims:
        return dims
    if axis is None:
        return (None,) * (len(dims) - 1)
    axis = axis_in(axis, len(dims))
    return dims[:axis] + dims[axis + 1 :]


def _check_not_empty(input, axis):
    if input.ndim and not input.shape[axis]:
        shape = ",".join(map(str, input.shape))
        raise ValueError(f"Reduction axis {axis} is empty in shape [{shape}]")


@op("T, host Tidx -> output_type", shape=_arg_shape, T=REAL, Tidx=INDEX, differentiable=False)
def ArgMax(input, dimension, *, output_type=dtypes.int64):
    """The position of the largest element along a dimension, the first of equal ones."""
    _check_not_empty(input, dimension)
    return torch.argmax(input, dimension).to(output_type)


@op("T, host Tidx -> output_type", shape=_arg_shape, T=REAL, Tidx=INDEX, differentiable=False)
def ArgMin(input, dimension, *, output_type=dtypes.int64):
    """The position of the smallest element along a dimension, the first of equal ones."""
    _check_not_empty(input, dimension)
    return torch.argmin(input, dimension).to(output_type)


def argmax(
    input: Any,
    axis: Any = None,
    name: str | None = None,
    dimension: Any = None,
    output_type: DType = dtypes.int64,
) -> Tensor:
    """The position of the largest element along `axis` (0), the first of equal ones.

    `dimension` is the old name of `axis`. `output_type` is tf.int64 or tf.int32.
    """
    axis = _one_of("axis", axis, "dimension", dimension)
    return ArgMax(input, 0 if axis is None else axis, output_type=output_type, name=name)


def argmin(
    input: Any,
    axis: Any = None,
    name: str | None = None,
    dimension: Any = None,
    output_type: DType = dtypes.int64,
) -> Tensor:
    """The position of the smallest element along `axis` (0); arguments as `tf.argmax`."""
    axis = _one_of("axis", axis, "dimension", dimension)
    return ArgMin(input, 0 if axis is None else axis, output_type=output_type, name=name)


def arg_max(
    input: Any, dimension: Any, output_type: DType = dtypes.int64, name: str | None = None
) -> Tensor:
    """`tf.argmax` under its first name."""
    return ArgMax(input, dimension, output_type=output_type, name=name)


def arg_min(
    input: Any, dimension: Any, output_type: DType = dtypes.int64, name: str | None = None
) -> Tensor:
    """`tf.argmin` under its first name."""
    return ArgMin(input, dimension, output_type=output_type, name=name)
