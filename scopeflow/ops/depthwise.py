"""The public depthwise and separable convolutions."""

from __future__ import annotations

from typing import Any

from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.operation import Tensor
from .array import _one_of, shape
from .conv import Conv2D, DepthwiseConv2dNative
from .space_batch import dilated


def depthwise_conv2d_native(
    input: Any,
    filter: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    dilations: Any = [1, 1, 1, 1],  # noqa: B006
    name: str | None = None,
) -> Tensor:
    """The convolution of each channel on its own: `filter` is [height, width, in, multiplier].

    Channel c of the input gives channels c · multiplier … of the result. `strides` and
    `dilations` have four elements.
    """
    return DepthwiseConv2dNative(
        input,
        filter,
        strides=strides,
        padding=padding,
        data_format=data_format,
        dilations=dilations,
        name=name,
    )


def _depthwise(
    input: Tensor,
    filter: Tensor,
    strides: Any,
    padding: Any,
    rate: Any,
    data_format: str,
    name: str | None,
) -> Tensor:
    filter_shape = shape(filter)

    def build(image: Tensor, padding: Any) -> Tensor:
        return DepthwiseConv2dNative(
            image, filter, strides=strides, padding=padding, data_format=data_format, name=name
        )

    axes = (2, 3) if data_format == "NCHW" else (1, 2)
    return dilated(input, rate, padding, build, lambda: filter_shape, axes)


def depthwise_conv2d(
    input: Any,
    filter: Any,
    strides: Any,
    padding: str,
    rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """The convolution of each channel on its own: `filter` is [height, width, in, multiplier].

    Channel c of the input gives channels c · multiplier … of the result. `strides` has four
    elements. `rate` (two numbers, `dilations` is its other name) spreads the window.
    """
    rate = _one_of("dilations", dilations, "rate", rate)
    with name_scope(name, "depthwise", [input, filter]) as scope:
        input = convert_to_tensor(input, name="tensor_in")
        filter = convert_to_tensor(filter, name="filter_in")
        return _depthwise(
            input,
            filter,
            strides,
            padding,
            [1, 1] if rate is None else rate,
            data_format or "NHWC",
            scope,
        )


def separable_conv2d(
    input: Any,
    depthwise_filter: Any,
    pointwise_filter: Any,
    strides: Any,
    padding: str,
    rate: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """`tf.nn.depthwise_conv2d`, then a 1 x 1 convolution of the channels.

    `depthwise_filter` is [height, width, in, multiplier], `pointwise_filter`
    [1, 1, in · multiplier, out].
    """
    rate = _one_of("dilations", dilations, "rate", rate)
    with name_scope(name, "separable_conv2d", [input, depthwise_filter, pointwise_filter]) as scope:
        input = convert_to_tensor(input, name="tensor_in")
        depthwise_filter = convert_to_tensor(depthwise_filter, name="depthwise_filter")
        pointwise_filter = convert_to_tensor(pointwise_filter, name="pointwise_filter")
        dims = pointwise_filter.shape.with_rank(4)
        dims[0].assert_is_compatible_with(1)
        dims[1].assert_is_compatible_with(1)
        data_format = data_format or "NHWC"
        found = _depthwise(
            input,
            depthwise_filter,
            strides,
            padding,
            [1, 1] if rate is None else rate,
            data_format,
            "depthwise",
        )
        return Conv2D(
            found,
            pointwise_filter,
            strides=[1, 1, 1, 1],
            padding="VALID",
            data_format=data_format,
            name=scope,
        )
