"""Moments, batch normalization, other normalizations."""

from __future__ import annotations

import math
from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import F, exporting, torch, transformed
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged_dim, rank_is
from ..core.types import TypeSet
from .array import _one_of, shape, squeeze, stop_gradient
from .constant import constant
from .filling import zeros_like
from .gathering import gather
from .math import Mul, Sub, add, cast, maximum, reciprocal, rsqrt, square, squared_difference
from .reduce import reduce_mean, reduce_prod, reduce_sum
from .window import TO_NCHW, TO_NHWC, check_choice

_NARROW = (dtypes.float16, dtypes.bfloat16)
_IMAGE = TypeSet(dtypes.float16, dtypes.bfloat16, dtypes.float32)
_FLOAT32 = TypeSet(dtypes.float32)

# Batch normalization in one op.


def _batch_shape(x, scale, offset, mean, variance, *, data_format, is_training) -> list[Dims]:
    check_choice("data_format", data_format, "NHWC", "NCHW")
    dims = rank_is(x, 4)
    assert dims is not None
    axis = 3 if data_format == "NHWC" else 1
    depth = dims[axis]
    for each in (scale, offset) if is_training else (scale, offset, mean, variance):
        depth = merged_dim(depth, rank_is(each, 1)[0])  # type: ignore[index]
    vector = (depth,)
    return [(*dims[:axis], depth, *dims[axis + 1 :]), *[vector] * 4, None]


@op("T, U, U, U, U -> T, U, U, U, U, U", shape=_batch_shape, view=True, T=_IMAGE, U=_FLOAT32)
def FusedBatchNormV3(
    x, scale, offset, mean, variance, *, epsilon=0.0001, data_format="NHWC", is_training=True
):
    """(x - mean) / sqrt(variance + epsilon) · scale + offset for each channel of an image.

    In training mean and variance are the batch's; the second and third output are these, the
    variance with Bessel's correction (n / (n - 1)). The others are TensorFlow's caches.
    """
    last = data_format == "NHWC"
    if last:
        x = x.permute(TO_NCHW[4])
    if is_training and _by_parts(x):
        y, mean, variance = _normalized(x, scale, offset, epsilon)
    elif is_training:
        count = x.numel() // max(x.shape[1], 1)
        mean, variance = torch.zeros_like(scale), torch.zeros_like(scale)
        # torch writes the moments into its running averages, whose old values weigh nothing.
        y = torch.batch_norm(
            x, scale, offset, mean, variance, True, 1.0, epsilon, torch.backends.cudnn.enabled
        )
        if count <= 1:
            variance = torch.zeros_like(variance)
    else:
        mean, variance = mean.detach(), variance.detach()  # as torch wants; TensorFlow gives None
        y = torch.batch_norm(
            x, scale, offset, mean, variance, False, 0.0, epsilon, torch.backends.cudnn.enabled
        )
    return y.permute(TO_NHWC[4]) if last else y, mean, variance, mean, variance, mean


def _by_parts(x: Any) -> bool:
    """Whether torch's own op would not do: under vmap it has no place for moments, and the ONNX
    exporter takes moments of the batch for given ones."""
    return transformed(x) or exporting()


def _normalized(x: Any, scale: Any, offset: Any, epsilon: float) -> tuple:
    """As torch.batch_norm in training (y, mean, variance with Bessel's correction)."""
    wide = x.to(scale.dtype)
    variance, mean = torch.var_mean(wide, (0, 2, 3), correction=0)
    factor = torch.rsqrt(variance + epsilon) * scale
    shift = offset - mean * factor
    y = wide * factor[:, None, None] + shift[:, None, None]
    count = x.shape[0] * x.shape[2] * x.shape[3]
    return y.to(x.dtype), mean.detach(), (variance * count / (count - 1)).detach()


def fused_batch_norm(
    x: Any,
    scale: Any,
    offset: Any,
    mean: Any = None,
    variance: Any = None,
    epsilon: float = 0.001,
    data_format: str = "NHWC",
    is_training: bool = True,
    name: str | None = None,
) -> tuple[Tensor, Tensor, Tensor]:
    """(normalized images, mean, variance) of `x` [batch, height, width, channels] or "NCHW".

    (x - mean) / sqrt(variance + epsilon) · scale + offset, with the batch's own moments where
    `is_training` (then `mean` and `variance` must be None, and the variance that is returned is
    the unbiased one), else the given ones. `x` is float16, bfloat16 or float32, the vectors are
    float32. No `epsilon` below 1.001e-5.
    """
    x = convert_to_tensor(x, name="input")
    scale = convert_to_tensor(scale, name="scale")
    offset = convert_to_tensor(offset, name="offset")
    if is_training and (mean is not None or variance is not None):
        raise ValueError("Both 'mean' and 'variance' must be None if is_training is True.")
    mean = constant([]) if mean is None else mean
    variance = constant([]) if variance is None else variance
    found = FusedBatchNormV3(
        x,
        scale,
        offset,
        mean,
        variance,
        epsilon=max(epsilon, 1.001e-5),
        data_format=data_format,
        is_training=is_training,
        name=name,
    )
    return found[0], found[1], found[2]


def batch_normalization(
    x: Any,
    mean: Any,
    variance: Any,
    offset: Any,
    scale: Any,
    variance_epsilon: Any,
    name: str | None = None,
) -> Tensor:
    """(x - mean) / sqrt(variance + variance_epsilon) · scale + offset, shapes broadcast.

    `offset` and `scale` may be None.
    """
    with name_scope(name, "batchnorm", [x, mean, variance, scale, offset]):
        factor = rsqrt(variance + variance_epsilon)
        if scale is not None:
            factor = factor * scale
        dtype = x.dtype.base_dtype
        return x * cast(factor, dtype) + cast(
            offset - mean * factor if offset is not None else -mean * factor, dtype
        )


def batch_norm_with_global_normalization(
    t: Any = None,
    m: Any = None,
    v: Any = None,
    beta: Any = None,
    gamma: Any = None,
    variance_epsilon: Any = None,
    scale_after_normalization: bool | None = None,
    name: str | None = None,
    input: Any = None,
    mean: Any = None,
    variance: Any = None,
) -> Tensor:
    """`tf.nn.batch_normalization` of an image, scaled by `gamma` only if so asked.

    `input`, `mean` and `variance` are other names of `t`, `m` and `v`.
    """
    t = _one_of("input", input, "t", t)
    m = _one_of("mean", mean, "m", m)
    v = _one_of("variance", variance, "v", v)
    scale = gamma if scale_after_normalization else None
    return batch_normalization(t, m, v, beta, scale, variance_epsilon, name)


# Moments.


def moments(
    x: Any,
    axes: Any,
    shift: Any = None,
    name: str | None = None,
    keep_dims: bool | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor]:
    """(mean, variance) of `x` over `axes`, the variance divided by n.

    float16 and bfloat16 are computed in float32. `shift` changes no result. `keep_dims` is
    `keepdims`' old name.
    """
    keepdims = bool(_one_of("keepdims", keepdims, "keep_dims", keep_dims))
    with name_scope(name, "moments", [x, axes]):
        x = convert_to_tensor(x, name="x")
        narrow = x.dtype.base_dtype in _NARROW
        y = cast(x, dtypes.float32) if narrow else x
        mean = reduce_mean(y, axes, keepdims=True, name="mean")
        variance = reduce_mean(
            squared_difference(y, stop_gradient(mean)), axes, keepdims=True, name="variance"
        )
        if not keepdims:
            mean, variance = squeeze(mean, axes), squeeze(variance, axes)
        if narrow:
            return cast(mean, x.dtype.base_dtype), cast(variance, x.dtype.base_dtype)
        return mean, variance


def weighted_moments(
    x: Any,
    axes: Any,
    frequency_weights: Any,
    name: str | None = None,
    keep_dims: bool | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor]:
    """(mean, variance) of `x` over `axes` where each element counts `frequency_weights` times."""
    keepdims = bool(_one_of("keepdims", keepdims, "keep_dims", keep_dims))
    with name_scope(name, "weighted_moments", [x, frequency_weights, axes]):
        x = convert_to_tensor(x, name="x")
        weights = convert_to_tensor(frequency_weights, name="frequency_weights")
        narrow = x.dtype.base_dtype in _NARROW
        wanted = x.dtype.base_dtype
        if narrow:
            x = cast(x, dtypes.float32)
        if weights.dtype.base_dtype is not x.dtype.base_dtype:
            weights = cast(weights, x.dtype.base_dtype)
        total = reduce_sum(weights * x, axes, name="weighted_input_sum", keepdims=True)
        everywhere = weights + zeros_like(x)
        count = reduce_sum(everywhere, axes, name="sum_of_weights", keepdims=True)
        share = reciprocal(count, name="inv_weight_sum")
        mean = Mul(total, share)
        distance = reduce_sum(
            weights * squared_difference(x, mean), axes, name="weighted_distsq", keepdims=True
        )
        variance = Mul(distance, share)
        if not keepdims:
            mean, variance = squeeze(mean, axes), squeeze(variance, axes)
        if narrow:
            return cast(mean, wanted), cast(variance, wanted)
        return mean, variance


def sufficient_statistics(
    x: Any,
    axes: Any,
    shift: Any = None,
    keep_dims: bool | None = None,
    name: str | None = None,
    keepdims: bool | None = None,
) -> tuple[Tensor, Tensor, Tensor, Tensor | None]:
    """(count, sum, sum of squares, shift) of `x` - `shift` over `axes`.

    `tf.nn.normalize_moments` makes mean and variance of them. `keep_dims` is `keepdims`' old name.
    """
    keepdims = bool(_one_of("keepdims", keepdims, "keep_dims", keep_dims))
    axes = sorted(set(axes))
    with name_scope(name, "sufficient_statistics", [x, shift]):
        x = convert_to_tensor(x, name="x")
        dtype = x.dtype.base_dtype
        sizes = None if x._dims is None else [x._dims[axis] for axis in axes]
        if sizes is not None and None not in sizes:
            count = constant(math.prod(sizes), dtype)
        else:
            count = reduce_prod(gather(cast(shape(x), dtype), axes), name="count")
        if shift is not None:
            shift = convert_to_tensor(shift, dtype, name="shift")
            first, second = Sub(x, shift), squared_difference(x, shift)
        else:
            first, second = x, square(x)
        first = reduce_sum(first, axes, keepdims=keepdims, name="mean_ss")
        second = reduce_sum(second, axes, keepdims=keepdims, name="var_ss")
        return count, first, second, shift


def normalize_moments(
    counts: Any, mean_ss: Any, variance_ss: Any, shift: Any, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """(mean, variance) from what `tf.nn.sufficient_statistics` gives."""
    with name_scope(name, "normalize", [counts, mean_ss, variance_ss, shift]):
        divisor = reciprocal(counts, name="divisor")
        if shift is not None:
            shifted = Mul(mean_ss, divisor, name="shifted_mean")
            mean = add(shifted, shift, name="mean")
        else:
            shifted = mean = Mul(mean_ss, divisor, name="mean")
        variance = Sub(Mul(variance_ss, divisor), square(shifted), name="variance")
        return mean, variance


# Others.


def l2_normalize(
    x: Any, axis: Any = None, epsilon: float = 1e-12, name: str | None = None, dim: Any = None
) -> Tensor:
    """x / sqrt(max(sum(x²), epsilon)), the sum over `axis` (None: all). `dim` is its old name."""
    axis = _one_of("axis", axis, "dim", dim)
    with name_scope(name, "l2_normalize", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        total = reduce_sum(square(x), axis, keepdims=True)
        return Mul(x, rsqrt(maximum(total, epsilon)), name=scope)


def _image(input) -> Dims:
    return rank_is(input, 4)


@op("T -> T", shape=_image, T=_IMAGE)
def LRN(input, *, depth_radius=5, bias=1.0, alpha=1.0, beta=0.5):
    """x / (bias + alpha · sum of x² over the channels within depth_radius) ^ beta."""
    width = 2 * depth_radius + 1
    squares = torch.square(input).reshape(-1, 1, input.shape[-1])
    near = F.avg_pool1d(squares, width, 1, depth_radius).reshape(input.shape)
    return input * torch.pow(bias + (alpha * width) * near, -beta)


def local_response_normalization(
    input: Any,
    depth_radius: int = 5,
    bias: float = 1,
    alpha: float = 1,
    beta: float = 0.5,
    name: str | None = None,
) -> Tensor:
    """x / (bias + alpha · sum of x² over the channels within `depth_radius`) ^ beta.

    `input` is [batch, height, width, channels] in float16, bfloat16 or float32.
    """
    return LRN(
        input,
        depth_radius=int(depth_radius),
        bias=float(bias),
        alpha=float(alpha),
        beta=float(beta),
        name=name,
    )


lrn = local_response_normalization
