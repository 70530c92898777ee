"""Reductions over axes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import as_dtype
from ..core.graph import name_scope
from ..core.host import unbounded
from ..core.lazy_torch import torch
from ..core.op import ShapeError, define, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import product, reduced
from ..core.types import INDEX, NUMBER, REAL
from .array import _one_of, rank, reshape, shape, stop_gradient
from .compare import is_finite, not_equal
from .constant import constant
from .filling import zeros, zeros_like
from .gathering import where
from .math import Sub, add, cast, exp, log, sqrt, square
from .ranges import range

# The op types. `reduction_indices` is an int or a tuple of ints by the time a kernel sees it.


def _reduced(input: Tensor, reduction_indices: Tensor, *, keep_dims: bool) -> Dims:
    if reduction_indices._dims is not None and len(reduction_indices._dims) > 1:
        raise ShapeError(f"Shape must be at most rank 1 but is rank {len(reduction_indices._dims)}")
    return reduced(input, reduction_indices, keep_dims=keep_dims)


def _axes(reduction_indices, rank):
    """The axes as distinct positions."""
    if isinstance(reduction_indices, int):
        reduction_indices = (reduction_indices,)
    for axis in reduction_indices:
        if not -rank <= axis < rank:
            raise ValueError(
                f"Invalid reduction dimension ({axis} for input with {rank} dimension(s)"
            )
    return tuple({axis % rank for axis in reduction_indices})


def _on_host(function: Callable[[tuple], Any]) -> Callable[..., Any]:
    """A reduction of host values; `function` takes the vector, which may hold None."""

    def compute(input, reduction_indices, *, keep_dims):
        if not isinstance(input, tuple) or reduction_indices == ():
            return input
        if any(isinstance(item, tuple) for item in input):
            return None
        value = function(input)
        return (value,) if keep_dims else value

    return compute


def _largest(vector: tuple) -> int:
    return max(vector, default=int(np.iinfo(np.int32).min))


def _smallest(vector: tuple) -> int:
    return min(vector, default=int(np.iinfo(np.int32).max))


def _known(function: Callable[[tuple], Any]) -> Callable[[tuple], Any]:
    return lambda vector: None if any(v is None for v in vector) else function(vector)


@op(
    "T, host Tidx -> T", shape=_reduced, host=unbounded(_on_host(_known(sum))), T=NUMBER, Tidx=INDEX
)
def Sum(input, reduction_indices, *, keep_dims=False):
    """The sum over axes."""
    axes = _axes(reduction_indices, input.dim())
    return torch.sum(input, axes, keep_dims, dtype=input.dtype) if axes else input.clone()


@op("T, host Tidx -> T", shape=_reduced, T=NUMBER, Tidx=INDEX)
def Mean(input, reduction_indices, *, keep_dims=False):
    """The mean over axes; integer means are rounded towards 0."""
    axes = _axes(reduction_indices, input.dim())
    if not axes:
        return input.clone()
    if input.is_floating_point() or input.is_complex():
        return torch.mean(input, axes, keep_dims)
    total = torch.sum(input, axes, keep_dims, dtype=input.dtype)
    count = math.prod(input.shape[axis] for axis in axes)
    return torch.div(total, max(count, 1), rounding_mode="trunc")


def _extreme(function, input, reduction_indices, keep_dims, largest):
    axes = _axes(reduction_indices, input.dim())
    if not axes:
        return input.clone()
    if input.numel() == 0 and any(input.shape[axis] == 0 for axis in axes):
        floating = input.is_floating_point()
        limits = (torch.finfo if floating else torch.iinfo)(input.dtype)
        ends = (-math.inf, math.inf) if floating else (limits.min, limits.max)
        sizes = [1 if i in axes else n for i, n in enumerate(input.shape)]
        if not keep_dims:
            sizes = [n for i, n in enumerate(input.shape) if i not in axes]
        return torch.full(sizes, ends[not largest], dtype=input.dtype, device=input.device)
    return function(input, axes, keep_dims)


@op("T, host Tidx -> T", shape=_reduced, host=_on_host(_known(_largest)), T=REAL, Tidx=INDEX)
def Max(input, reduction_indices, *, keep_dims=False):
    """The largest element over axes; equal ones share the gradient."""
    return _extreme(torch.amax, input, reduction_indices, keep_dims, largest=True)


@op("T, host Tidx -> T", shape=_reduced, host=_on_host(_known(_smallest)), T=REAL, Tidx=INDEX)
def Min(input, reduction_indices, *, keep_dims=False):
    """The smallest element over axes; equal ones share the gradient."""
    return _extreme(torch.amin, input, reduction_indices, keep_dims, largest=False)


@op("T, host Tidx -> T", shape=_reduced, host=unbounded(_on_host(product)), T=NUMBER, Tidx=INDEX)
def Prod(input, reduction_indices, *, keep_dims=False):
    """The product over axes."""
    axes = _axes(reduction_indices, input.dim())
    if not axes:
        return input.clone()
    for axis in sorted(axes, reverse=True):
        input = torch.prod(input, axis, keep_dims, dtype=input.dtype)
    return input


def _logical(torch_name: str) -> Callable[..., Any]:
    def kernel(input, reduction_indices, *, keep_dims=False):
        axes = _axes(reduction_indices, input.dim())
        return getattr(torch, torch_name)(input, axes, keep_dims) if axes else input.clone()

    return kernel


_any_of = define(
    "Any",
    ["input", "reduction_indices"],
    "bool, host Tidx -> bool",
    _logical("any"),
    attrs={"keep_dims": False},
    shape=_reduced,
    host=_on_host(_known(any)),
    Tidx=INDEX,
    doc="Whether any element over axes is true.",
)
_all_of = define(
    "All",
    ["input", "reduction_indices"],
    "bool, host Tidx -> bool",
    _logical("all"),
    attrs={"keep_dims": False},
    shape=_reduced,
    host=_on_host(_known(all)),
    Tidx=INDEX,
    doc="Whether all elements over axes are true.",
)


@op("T, host Tidx -> T", shape=_reduced, T=NUMBER, Tidx=INDEX)
def EuclideanNorm(input, reduction_indices, *, keep_dims=False):
    """The square root of the sum of squared magnitudes over axes."""
    axes = _axes(reduction_indices, input.dim())
    if not axes:
        return input.clone()  # as it is, in TensorFlow
    if not (input.is_floating_point() or input.is_complex()):
        return torch.linalg.vector_norm(input.double(), 2, axes, keep_dims).to(input.dtype)
    return torch.linalg.vector_norm(input, 2, axes, keep_dims).to(input.dtype)


# Public reductions.


def _reduce(
    make: Callable[..., Tensor],
    input_tensor: Any,
    axis: Any,
    keepdims: Any,
    name: str | None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
) -> Tensor:
    axis = _one_of("axis", axis, "reduction_indices", reduction_indices)
    keepdims = bool(_one_of("keepdims", keepdims, "keep_dims", keep_dims))
    reduced = make(input_tensor, _all_axes(input_tensor, axis), keepdims, name=name)
    if axis is None and not keepdims and reduced._dims != ():
        reduced.set_shape(())
    return reduced


def _all_axes(input_tensor: Any, axis: Any) -> Any:
    """`axis`, or every axis of the input where it is None."""
    if axis is not None:
        return axis
    if isinstance(input_tensor, Tensor) and input_tensor._dims is not None:
        return constant(np.arange(len(input_tensor._dims), dtype=np.int32))
    return range(0, rank(input_tensor))


def reduce_sum(
    input_tensor: Any,
    axis: Any = None,
    keepdims: Any = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
) -> Tensor:
    """The sum over `axis` (an int, a list of ints, a tensor; None: all of them).

    The reduced dimensions are dropped, or kept with size 1 where `keepdims`. The sum of nothing
    is 0. `reduction_indices` and `keep_dims` are the old names of `axis` and `keepdims`:
    ValueError where both are given, or for an axis out of range.

    >>> import scopeflow as tf
    >>> tf.reduce_sum(tf.ones([2, 3]), axis=1).shape
    TensorShape([Dimension(2)])
    """
    return _reduce(Sum, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


def reduce_mean(
    input_tensor: Any,
    axis: Any = None,
    keepdims: Any = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
) -> Tensor:
    """The mean over `axis`; arguments as `tf.reduce_sum`. Of integers an integer, towards 0."""
    return _reduce(Mean, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


def reduce_max(
    input_tensor: Any,
    axis: Any = None,
    keepdims: Any = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
) -> Tensor:
    """The largest element over `axis`; arguments as `tf.reduce_sum`. Of nothing -inf."""
    return _reduce(Max, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


def reduce_min(
    input_tensor: Any,
    axis: Any = None,
    keepdims: Any = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
) -> Tensor:
    """The smallest element over `axis`; arguments as `tf.reduce_sum`. Of nothing inf."""
    return _reduce(Min, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


def reduce_prod(
    input_tensor: Any,
    axis: Any = None,
    keepdims: Any = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
) -> Tensor:
    """The product over `axis`; arguments as `tf.reduce_sum`. Of nothing 1."""
    return _reduce(Prod, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


def reduce_any(
    input_tensor: Any,
    axis: Any = None,
    keepdims: Any = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
) -> Tensor:
    """Whether any of the bools over `axis` is true; arguments as `tf.reduce_sum`."""
    return _reduce(_any_of, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


def reduce_all(
    input_tensor: Any,
    axis: Any = None,
    keepdims: Any = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
) -> Tensor:
    """Whether all of the bools over `axis` are true; arguments as `tf.reduce_sum`."""
    return _reduce(_all_of, input_tensor, axis, keepdims, name, reduction_indices, keep_dims)


def reduce_logsumexp(
    input_tensor: Any,
    axis: Any = None,
    keepdims: Any = None,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
) -> Tensor:
    """log(sum(exp(x))) over `axis`, safe for large and small x; arguments as `tf.reduce_sum`."""
    axis = _one_of("axis", axis, "reduction_indices", reduction_indices)
    keepdims = bool(_one_of("keepdims", keepdims, "keep_dims", keep_dims))
    with name_scope(name, "ReduceLogSumExp", [input_tensor]):
        largest = reduce_max(input_tensor, axis, keepdims=True)
        largest = stop_gradient(where(is_finite(largest), largest, zeros_like(largest)))
        total = log(reduce_sum(exp(Sub(input_tensor, largest)), axis, keepdims=keepdims))
        return add(total, largest if keepdims else reshape(largest, shape(total)))


def reduce_euclidean_norm(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """sqrt(sum(|x|²)) over `axis`, of floats and complex numbers."""
    return _reduce(EuclideanNorm, input_tensor, axis, bool(keepdims), name)


def reduce_variance(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """The mean over `axis` of the squared distance from the mean (divided by n, not n - 1)."""
    with name_scope(name or "reduce_variance"):
        distance = input_tensor - reduce_mean(input_tensor, axis, keepdims=True)
        return reduce_mean(square(distance), axis, keepdims=keepdims)


def reduce_std(
    input_tensor: Any, axis: Any = None, keepdims: bool = False, name: str | None = None
) -> Tensor:
    """The square root of `tf.math.reduce_variance`."""
    with name_scope(name or "reduce_std"):
        return sqrt(reduce_variance(input_tensor, axis, keepdims=keepdims))


def count_nonzero(
    input_tensor: Any = None,
    axis: Any = None,
    keepdims: Any = None,
    dtype: Any = dtypes.int64,
    name: str | None = None,
    reduction_indices: Any = None,
    keep_dims: Any = None,
    input: Any = None,
) -> Tensor:
    """How many elements over `axis` differ from 0 (False, ""), in `dtype`.

    `input` is another name of `input_tensor`; the other arguments as `tf.reduce_sum`.
    """
    input_tensor = _one_of("input", input, "input_tensor", input_tensor)
    axis = _one_of("axis", axis, "reduction_indices", reduction_indices)
    keepdims = bool(_one_of("keepdims", keepdims, "keep_dims", keep_dims))
    with name_scope(name, "count_nonzero", [input_tensor]):
        input_tensor = convert_to_tensor(input_tensor, name="input")
        nonzero = not_equal(input_tensor, zeros([], input_tensor.dtype.base_dtype))
        total = reduce_sum(cast(nonzero, dtypes.int64), axis, keepdims=keepdims)
        return cast(total, as_dtype(dtype))
