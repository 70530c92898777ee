"""Convolutions of each channel alone, and those followed by one across the channels."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .. import constraints, initializers, regularizers
from ..engine import choices
from .convolutional import Conv


class _Depthwise(Conv):
    """What has a kernel for each channel."""

    def _get_depthwise(self, initializer: Any, regularizer: Any, constraint: Any) -> None:
        self.depthwise_initializer = initializers.get(initializer)
        self.depthwise_regularizer = regularizers.get(regularizer)
        self.depthwise_constraint = constraints.get(constraint)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as plain values."""
        config = super().get_config()
        for name in ("kernel_initializer", "kernel_regularizer", "kernel_constraint"):
            config.pop(name)
        return config


class SeparableConv(_Depthwise):
    """A convolution of each channel with `depth_multiplier` kernels, then one of 1 x 1."""

    _arguments: tuple[str, ...] = (
        "depth_multiplier", "depthwise_initializer", "pointwise_initializer",
        "depthwise_regularizer", "pointwise_regularizer", "depthwise_constraint",
        "pointwise_constraint",
    )  # fmt: skip

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any,
        padding: Any,
        data_format: Any,
        dilation_rate: Any,
        depth_multiplier: int,
        depthwise: tuple,
        pointwise: tuple,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            filters, kernel_size, strides, padding, data_format, dilation_rate, **kwargs
        )
        self.depth_multiplier = depth_multiplier
        self._get_depthwise(*depthwise)
        self.pointwise_initializer = initializers.get(pointwise[0])
        self.pointwise_regularizer = regularizers.get(pointwise[1])
        self.pointwise_constraint = constraints.get(pointwise[2])

    def build(self, input_shape: Any) -> None:
        """Make both kernels and the bias."""
        channels = self._channels(input_shape)
        deep = channels * self.depth_multiplier
        self.depthwise_kernel = self._weight(
            "depthwise_kernel", (*self.kernel_size, channels, self.depth_multiplier)
        )
        self.pointwise_kernel = self._weight(
            "pointwise_kernel", (*(1,) * self._rank, deep, self.filters)
        )
        self.bias = self._weight("bias", (self.filters,)) if self.use_bias else None
        self.built = True

    def call(self, inputs: Any) -> Any:
        """The outputs."""
        padding = self.padding
        depthwise, pointwise = self.depthwise_kernel, self.pointwise_kernel
        strides, rates = self.strides, self.dilation_rate
        if padding == "causal":
            before = rates[0] * (self.kernel_size[0] - 1)
            inputs, padding = tf.pad(inputs, [[0, 0], [before, 0], [0, 0]]), "valid"
        axis = 1 if self._channel_axis == -1 else 2
        if self._rank == 1:
            inputs = tf.expand_dims(inputs, axis)
            depthwise, pointwise = tf.expand_dims(depthwise, 0), tf.expand_dims(pointwise, 0)
            strides, rates = strides * 2, (1, *rates)
        outputs = tf.nn.separable_conv2d(
            inputs, depthwise, pointwise, strides=self._spatial(strides), padding=padding.upper(),
            rate=rates, data_format=choices.short_format(self.data_format, 4),
        )  # fmt: skip
        if self._rank == 2:
            return self._finish(outputs)
        if self.use_bias:
            image_format = "NHWC" if axis == 1 else "NCHW"
            outputs = tf.nn.bias_add(outputs, self.bias, data_format=image_format)
        return self.activation(tf.squeeze(outputs, [axis]))


class SeparableConv1D(SeparableConv):
    """A convolution of each channel of sequences, then one across the channels."""

    _rank = 1
    _causal = True

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            depth_multiplier,
            (depthwise_initializer, depthwise_regularizer, depthwise_constraint),
            (pointwise_initializer, pointwise_regularizer, pointwise_constraint),
            activation=activation,
            use_bias=use_bias,
            bias_initializer=bias_initializer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            bias_constraint=bias_constraint,
            **kwargs,
        )


class SeparableConv2D(SeparableConv):
    """A convolution of each channel of images, then one across the channels."""

    _rank = 2

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = (1, 1),
        depth_multiplier: int = 1,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        pointwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        pointwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        pointwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            dilation_rate,
            depth_multiplier,
            (depthwise_initializer, depthwise_regularizer, depthwise_constraint),
            (pointwise_initializer, pointwise_regularizer, pointwise_constraint),
            activation=activation,
            use_bias=use_bias,
            bias_initializer=bias_initializer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            bias_constraint=bias_constraint,
            **kwargs,
        )


class DepthwiseConv2D(_Depthwise):
    """A convolution of each channel of images with `depth_multiplier` kernels."""

    _rank = 2
    _arguments: tuple[str, ...] = (
        "depth_multiplier", "depthwise_initializer", "depthwise_regularizer",
        "depthwise_constraint",
    )  # fmt: skip

    def __init__(
        self,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        depth_multiplier: int = 1,
        data_format: str | None = None,
        activation: Any = None,
        use_bias: bool = True,
        depthwise_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        depthwise_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        depthwise_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            None,
            kernel_size,
            strides,
            padding,
            data_format,
            activation=activation,
            use_bias=use_bias,
            bias_initializer=bias_initializer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            bias_constraint=bias_constraint,
            **kwargs,
        )
        self.depth_multiplier = depth_multiplier
        self._get_depthwise(depthwise_initializer, depthwise_regularizer, depthwise_constraint)

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias."""
        channels = self._channels(input_shape)
        self.depthwise_kernel = self._weight(
            "depthwise_kernel", (*self.kernel_size, channels, self.depth_multiplier)
        )
        many = channels * self.depth_multiplier
        self.bias = self._weight("bias", (many,)) if self.use_bias else None
        self.built = True

    def call(self, inputs: Any) -> Any:
        """The outputs."""
        outputs = tf.nn.depthwise_conv2d(
            inputs, self.depthwise_kernel, strides=self._spatial(self.strides),
            padding=self.padding.upper(), rate=self.dilation_rate,
            data_format=choices.short_format(self.data_format, 4),
        )  # fmt: skip
        return self._finish(outputs)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as plain values."""
        config = super().get_config()
        config.pop("filters")
        config.pop("dilation_rate")
        return config


SeparableConvolution1D, SeparableConvolution2D = SeparableConv1D, SeparableConv2D
