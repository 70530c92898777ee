"""Op types that only TensorFlow's own gradients have, for graphs that it wrote.

`tf.gradients` adds none of them here. A training graph of TensorFlow runs with them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core import dtypes
from ..core.lazy_torch import torch
from ..core.op import define, op, registry
from ..core.operation import Dims, Tensor
from ..core.shape_rules import all_alike, unchanged
from ..core.static_value import dims_from
from ..core.types import FLOAT, INDEX, INEXACT, REAL
from . import pool, slicing  # noqa: F401 (they define the ops)

_SCALE, _ALPHA = 1.0507009873554805, 1.6732632423543772

_OF_FEATURES: dict[str, Callable[[Any, Any], Any]] = {
    "ReluGrad": lambda g, x: g * (x > 0),
    "Relu6Grad": lambda g, x: g * ((x > 0) & (x < 6)),
    "SoftplusGrad": lambda g, x: g * torch.sigmoid(x),
    "SoftsignGrad": lambda g, x: g / torch.square(1 + torch.abs(x)),
}
_OF_OUTPUTS: dict[str, Callable[[Any, Any], Any]] = {
    "EluGrad": lambda g, y: torch.where(y < 0, g * (y + 1), g),
    "SeluGrad": lambda g, y: torch.where(y < 0, g * (y + _SCALE * _ALPHA), g * _SCALE),
}
_OF_RESULT: dict[str, Callable[[Any, Any], Any]] = {
    "InvGrad": lambda y, dy: -dy * y * y,
    "ReciprocalGrad": lambda y, dy: -dy * y * y,
    "RsqrtGrad": lambda y, dy: -0.5 * dy * y * y * y,
    "SigmoidGrad": lambda y, dy: dy * y * (1 - y),
    "SqrtGrad": lambda y, dy: 0.5 * dy / y,
    "TanhGrad": lambda y, dy: dy * (1 - y * y),
}


def _of_two_alike(formula: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The formula for tensors of one shape, which TensorFlow does not broadcast."""

    def kernel(first: Any, second: Any) -> Any:
        if first.shape != second.shape:
            raise ValueError(
                f"Inputs to operation must have the same shape: {list(first.shape)} and "
                f"{list(second.shape)}"
            )
        return formula(first, second)

    return kernel


for _names, _table, _set in (
    (["gradients", "features"], _OF_FEATURES, FLOAT),
    (["gradients", "outputs"], _OF_OUTPUTS, FLOAT),
    (["y", "dy"], _OF_RESULT, INEXACT),
):
    for _type, _kernel in _table.items():
        _doc = f"The gradient that belongs to {_type.removesuffix('Grad')}."
        if _table is _OF_RESULT:  # there TensorFlow does not look
            define(_type, _names, "T, T -> T", _kernel, shape=unchanged, doc=_doc, T=_set)
        else:
            _alike = _of_two_alike(_kernel)
            define(_type, _names, "T, T -> T", _alike, shape=all_alike, doc=_doc, T=_set)


@op("T, T -> T", shape=all_alike, T=FLOAT)
def LeakyReluGrad(gradients, features, *, alpha=0.2):
    """The gradient that belongs to LeakyRelu."""
    return _of_two_alike(lambda g, x: torch.where(x > 0, g, g * alpha))(gradients, features)


def _bias_shape(out_backprop: Tensor, *, data_format: str) -> Dims:
    dims = out_backprop._dims
    if dims is None or len(dims) < 2:
        return (None,)
    return (dims[-1 if data_format[-1] == "C" else 1],)


@op("T -> T", shape=_bias_shape, T=REAL)
def BiasAddGrad(out_backprop, *, data_format="NHWC"):
    """The gradient of a bias: summed over all dimensions but the channels'."""
    channels = out_backprop.ndim - 1 if data_format[-1] == "C" else 1
    return out_backprop.sum([d for d in range(out_backprop.ndim) if d != channels])


@op(
    "host T, host T -> r0: host T, r1: host T",
    shape=lambda s0, s1: [(None,), (None,)],
    T=INDEX,
    differentiable=False,
)
def BroadcastGradientArgs(s0, s1):
    """The dimensions over which the gradients of two tensors of these shapes are summed."""
    if None in s0 or None in s1:
        raise TypeError("not known while the graph is built")
    rank = max(len(s0), len(s1))
    first, second = ((1,) * (rank - len(s)) + tuple(s) for s in (s0, s1))
    places = range(rank)
    return (
        tuple(i for i in places if first[i] == 1 and (second[i] != 1 or i < rank - len(s0))),
        tuple(i for i in places if second[i] == 1 and (first[i] != 1 or i < rank - len(s1))),
    )


def _pulled_back(op_type: str, x: Any, gradient: Any, *rest: Any, **attrs: Any) -> Any:
    """The gradient of an op's first input."""
    kernel: Any = registry[op_type].kernel
    with torch.enable_grad():
        leaf = x.detach().requires_grad_()
        return torch.autograd.grad(kernel(leaf, *rest, **attrs), leaf, gradient)[0]


@op("T, T, T -> T", shape=unchanged, T=FLOAT, differentiable=False)
def MaxPoolGrad(orig_input, orig_output, grad, *, ksize, strides, padding, data_format="NHWC"):
    """The gradient that belongs to MaxPool."""
    window = {"ksize": ksize, "strides": strides, "padding": padding, "data_format": data_format}
    return _pulled_back("MaxPool", orig_input, grad, **window)


@op(
    "host int32, T -> T",
    shape=lambda orig_input_shape, grad, **_: dims_from(orig_input_shape),
    T=FLOAT,
    differentiable=False,
)
def AvgPoolGrad(orig_input_shape, grad, *, ksize, strides, padding, data_format="NHWC"):
    """The gradient that belongs to AvgPool."""
    window = {"ksize": ksize, "strides": strides, "padding": padding, "data_format": data_format}
    return _pulled_back("AvgPool", grad.new_zeros(orig_input_shape), grad, **window)


@op(
    "host Index, host Index, host Index, host Index, T -> T",
    shape=lambda shape, *_, **__: dims_from(shape),
    Index=INDEX,
    differentiable=False,
)
def StridedSliceGrad(
    shape,
    begin,
    end,
    strides,
    dy,
    *,
    begin_mask=0,
    end_mask=0,
    ellipsis_mask=0,
    new_axis_mask=0,
    shrink_axis_mask=0,
):
    """The gradient that belongs to StridedSlice."""
    masks = {
        "begin_mask": begin_mask,
        "end_mask": end_mask,
        "ellipsis_mask": ellipsis_mask,
        "new_axis_mask": new_axis_mask,
        "shrink_axis_mask": shrink_axis_mask,
    }
    return _pulled_back("StridedSlice", dy.new_zeros(shape), dy, begin, end, strides, **masks)


def _norm_shapes(y_backprop: Tensor, x: Tensor, scale: Tensor, *_: Any, **__: Any) -> list[Dims]:
    return [x._dims, scale._dims, scale._dims, (0,), (0,)]


def _norm_gradients(
    dy: Any,
    x: Any,
    scale: Any,
    mean: Any,
    variance: Any,
    epsilon: float,
    layout: str,
    training: bool,
) -> tuple:
    channels = x.ndim - 1 if layout[-1] == "C" else 1
    form = [1] * x.ndim
    form[channels] = -1
    others = [d for d in range(x.ndim) if d != channels]
    wide, gradient = x.float(), dy.float()
    if training:
        mean = wide.mean(others)
        variance = wide.var(others, correction=0)
    root = torch.rsqrt(variance + epsilon).reshape(form)
    normal = (wide - mean.reshape(form)) * root
    d_offset, d_scale = gradient.sum(others), (gradient * normal).sum(others)
    if training:
        count = wide.numel() // wide.shape[channels]
        gradient = gradient - (d_offset.reshape(form) + normal * d_scale.reshape(form)) / count
    dx = (gradient * root * scale.reshape(form)).to(x.dtype)
    return dx, d_scale, d_offset, scale.new_zeros(0), scale.new_zeros(0)


@op("T, T, T, T, T -> T, T, T, T, T", shape=_norm_shapes, T=FLOAT, differentiable=False)
def FusedBatchNormGrad(
    y_backprop, x, scale, reserve_space_1, reserve_space_2,
    *, epsilon=0.0001, data_format="NHWC", is_training=True,
):  # fmt: skip
    """The gradients that belong to FusedBatchNorm: of x, scale and offset, and two empty ones."""
    return _norm_gradients(
        y_backprop, x, scale, reserve_space_1, reserve_space_2, epsilon, data_format, is_training
    )


@op("T, T, float32, U, U -> T, U, U, U, U", shape=_norm_shapes, T=FLOAT, differentiable=False)
def FusedBatchNormGradV2(
    y_backprop, x, scale, reserve_space_1, reserve_space_2,
    *, epsilon=0.0001, data_format="NHWC", is_training=True,
):  # fmt: skip
    """The gradients that belong to FusedBatchNormV2."""
    return _norm_gradients(
        y_backprop, x, scale, reserve_space_1, reserve_space_2, epsilon, data_format, is_training
    )


@op("T, T, float32, U, U, U -> T, U, U, U, U", shape=_norm_shapes, T=FLOAT, differentiable=False)
def FusedBatchNormGradV3(
    y_backprop, x, scale, reserve_space_1, reserve_space_2, reserve_space_3,
    *, epsilon=0.0001, data_format="NHWC", is_training=True,
):  # fmt: skip
    """The gradients that belong to FusedBatchNormV3."""
    return _norm_gradients(
        y_backprop, x, scale, reserve_space_1, reserve_space_2, epsilon, data_format, is_training
    )


def _listed(dims: tuple[int, ...]) -> str:
    return f"[{' '.join(map(str, dims))}]"


@op(
    "host int32, host N * int32 -> host N * int32",
    shape=lambda concat_dim, shape: [t._dims for t in shape],
    differentiable=False,
)
def ConcatOffset(concat_dim, shape):
    """Where each of several tensors of these shapes begins when they are concatenated."""
    for number, dims in enumerate(shape):
        if not isinstance(dims, tuple):
            raise ValueError(f"input {number} should be a vector, but got {dims}")
        if len(dims) != len(shape[0]):
            raise ValueError(
                f"input {number} should contain {len(shape[0])} elements, but got {len(dims)}"
            )
    rank = len(shape[0])
    if not -rank <= concat_dim < rank:
        raise ValueError(f"Concat dim is out of range: {concat_dim} vs. {rank}")
    found, at = [], 0
    for number, dims in enumerate(shape):
        for axis, (size, wanted) in enumerate(zip(dims, shape[0], strict=True)):
            if axis != concat_dim % rank and size != wanted:
                raise ValueError(
                    f"All dimensions except {concat_dim % rank} must match. Input {number} has "
                    f"shape {_listed(dims)} and doesn't match input 0 with shape "
                    f"{_listed(shape[0])}."
                )
        place = [0] * len(dims)
        place[concat_dim] = at
        found.append(tuple(place))
        at += dims[concat_dim]
    return found


@op(
    "dims N * T -> host N * out_type",
    shape=lambda input: [(None if t._dims is None else len(t._dims),) for t in input],
    out_type=INDEX,
    differentiable=False,
)
def ShapeN(input, *, out_type=dtypes.int32):
    """The shapes of several tensors."""
    return [tuple(dims) for dims in input]
