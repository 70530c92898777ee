"""Gradients of convolutions as ops of their own, and the transposed dilated convolution."""

from __future__ import annotations

from typing import Any

from ..core.lazy_torch import torch
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.static_value import dims_from
from .conv import FLOATS, Conv2D, Conv2DBackpropInput, Conv3D, DepthwiseConv2dNative
from .convolution import _padding
from .window import per_dimension


def _slope(kernel: Any, place: int, sizes: Any, other: Any, out_backprop: Any, **attrs: Any) -> Any:
    """The gradient of a convolution, which is linear in both, for its argument at `place`."""
    wanted = torch.is_grad_enabled() and (other.requires_grad or out_backprop.requires_grad)
    with torch.enable_grad():
        leaf = other.new_zeros(tuple(sizes)).requires_grad_()
        both = (other if wanted else other.detach(), leaf)
        found = kernel(*(both if place else both[::-1]), **attrs)
        (slope,) = torch.autograd.grad(found, leaf, out_backprop, create_graph=wanted)
    return slope


def _filter_shape(input: Tensor, filter_sizes: Tensor, out_backprop: Tensor, **_: Any) -> Dims:
    return dims_from(filter_sizes)


def _input_shape(input_sizes: Tensor, filter: Tensor, out_backprop: Tensor, **_: Any) -> Dims:
    return dims_from(input_sizes)


@op("T, host int32, T -> T", attrs={"use_cudnn_on_gpu": True}, shape=_filter_shape, T=FLOATS)
def Conv2DBackpropFilter(
    input,
    filter_sizes,
    out_backprop,
    *,
    strides,
    padding,
    explicit_paddings=(),
    data_format="NHWC",
    dilations=(1, 1, 1, 1),
):
    """The gradient of Conv2D for a filter of shape `filter_sizes`."""
    return _slope(
        Conv2D.op_def.kernel,  # type: ignore[attr-defined]
        1,
        filter_sizes,
        input,
        out_backprop,
        strides=strides,
        padding=padding,
        explicit_paddings=explicit_paddings,
        data_format=data_format,
        dilations=dilations,
    )


@op("T, host int32, T -> T", shape=_filter_shape, T=FLOATS)
def Conv3DBackpropFilterV2(
    input,
    filter_sizes,
    out_backprop,
    *,
    strides,
    padding,
    data_format="NDHWC",
    dilations=(1, 1, 1, 1, 1),
):
    """The gradient of Conv3D for a filter of shape `filter_sizes`."""
    return _slope(
        Conv3D.op_def.kernel,  # type: ignore[attr-defined]
        1,
        filter_sizes,
        input,
        out_backprop,
        strides=strides,
        padding=padding,
        data_format=data_format,
        dilations=dilations,
    )


@op("T, host int32, T -> T", shape=_filter_shape, T=FLOATS)
def DepthwiseConv2dNativeBackpropFilter(
    input,
    filter_sizes,
    out_backprop,
    *,
    strides,
    padding,
    data_format="NHWC",
    dilations=(1, 1, 1, 1),
):
    """The gradient of DepthwiseConv2dNative for a filter of shape `filter_sizes`."""
    return _slope(
        DepthwiseConv2dNative.op_def.kernel,  # type: ignore[attr-defined]
        1,
        filter_sizes,
        input,
        out_backprop,
        strides=strides,
        padding=padding,
        data_format=data_format,
        dilations=dilations,
    )


@op("host int32, T, T -> T", shape=_input_shape, T=FLOATS)
def DepthwiseConv2dNativeBackpropInput(
    input_sizes,
    filter,
    out_backprop,
    *,
    strides,
    padding,
    data_format="NHWC",
    dilations=(1, 1, 1, 1),
):
    """The gradient of DepthwiseConv2dNative for an input of shape `input_sizes`."""
    return _slope(
        DepthwiseConv2dNative.op_def.kernel,  # type: ignore[attr-defined]
        0,
        input_sizes,
        filter,
        out_backprop,
        strides=strides,
        padding=padding,
        data_format=data_format,
        dilations=dilations,
    )


def conv2d_backprop_filter(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    use_cudnn_on_gpu: bool = True,
    data_format: str = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
) -> Tensor:
    """The gradient of `tf.nn.conv2d` for a filter of shape `filter_sizes`.

    `out_backprop` is the gradient of the convolution's result; the others as there.
    """
    padding, explicit = _padding(padding)
    return Conv2DBackpropFilter(
        input,
        filter_sizes,
        out_backprop,
        strides=per_dimension(strides, 2, data_format, "strides"),
        padding=padding,
        explicit_paddings=explicit,
        use_cudnn_on_gpu=use_cudnn_on_gpu,
        data_format=data_format,
        dilations=per_dimension(dilations, 2, data_format, "dilations"),
        name=name,
    )


def conv3d_backprop_filter(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NDHWC",
    dilations: Any = [1, 1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
) -> Tensor:
    """The gradient of `tf.nn.conv3d` for a filter of shape `filter_sizes`."""
    return Conv3DBackpropFilterV2(
        input, filter_sizes, out_backprop, strides=tuple(strides), padding=padding,
        data_format=data_format, dilations=tuple(dilations), name=name,
    )  # fmt: skip


def depthwise_conv2d_backprop_filter(
    input: Any,
    filter_sizes: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
) -> Tensor:
    """The gradient of `tf.nn.depthwise_conv2d` for a filter of shape `filter_sizes`."""
    return DepthwiseConv2dNativeBackpropFilter(
        input, filter_sizes, out_backprop, strides=tuple(strides), padding=padding,
        data_format=data_format, dilations=tuple(dilations), name=name,
    )  # fmt: skip


def depthwise_conv2d_backprop_input(
    input_sizes: Any,
    filter: Any,
    out_backprop: Any,
    strides: Any,
    padding: Any,
    data_format: str = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
) -> Tensor:
    """The gradient of `tf.nn.depthwise_conv2d` for an input of shape `input_sizes`."""
    return DepthwiseConv2dNativeBackpropInput(
        input_sizes, filter, out_backprop, strides=tuple(strides), padding=padding,
        data_format=data_format, dilations=tuple(dilations), name=name,
    )  # fmt: skip


def atrous_conv2d_transpose(
    value: Any, filters: Any, output_shape: Any, rate: int, padding: str, name: str | None = None
) -> Tensor:
    """The transpose of `tf.nn.atrous_conv2d`: what has the shape `output_shape` gives `value`.

    `filters` is [height, width, output channels, input channels].
    """
    return Conv2DBackpropInput(
        output_shape,
        filters,
        value,
        strides=(1, 1, 1, 1),
        padding=padding,
        dilations=(1, rate, rate, 1),
        name=name or "atrous_conv2d_transpose",
    )
