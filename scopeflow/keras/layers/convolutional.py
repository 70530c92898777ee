"""Convolutions."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .. import activations, constraints, initializers, regularizers
from ..engine import choices
from ..engine.base_layer import Layer
from ..engine.input_spec import InputSpec


class Conv(Layer):
    """activation(convolution of the inputs with kernel + bias) in `rank` dimensions."""

    _arguments: tuple[str, ...] = (
        "filters", "kernel_size", "strides", "padding", "data_format", "dilation_rate",
        "activation", "use_bias", "kernel_initializer", "bias_initializer", "kernel_regularizer",
        "bias_regularizer", "activity_regularizer", "kernel_constraint", "bias_constraint",
    )  # fmt: skip
    _rank: int
    _causal = False

    def __init__(
        self,
        filters: int | None,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(activity_regularizer=regularizers.get(activity_regularizer), **kwargs)
        self.filters = filters if filters is None else int(filters)
        self.kernel_size = choices.sizes(kernel_size, self._rank, "kernel_size")
        self.strides = choices.sizes(strides, self._rank, "strides")
        self.padding = choices.padding(padding, causal=self._causal)
        self.data_format = choices.data_format(data_format)
        self.dilation_rate = choices.sizes(dilation_rate, self._rank, "dilation_rate")
        if self.padding == "causal" and self.data_format != "channels_last":
            raise ValueError(
                "When using causal padding in `Conv1D`, `data_format` must be 'channels_last'."
            )
        self.activation = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = initializers.get(kernel_initializer)
        self.bias_initializer = initializers.get(bias_initializer)
        self.kernel_regularizer = regularizers.get(kernel_regularizer)
        self.bias_regularizer = regularizers.get(bias_regularizer)
        self.kernel_constraint = constraints.get(kernel_constraint)
        self.bias_constraint = constraints.get(bias_constraint)
        self.input_spec = InputSpec(ndim=self._rank + 2)

    @property
    def _channel_axis(self) -> int:
        return -1 if self.data_format == "channels_last" else 1

    def _channels(self, input_shape: Any) -> int:
        channels = tf.TensorShape(input_shape).as_list()[self._channel_axis]
        if channels is None:
            raise ValueError("The channel dimension of the inputs should be defined. Found `None`.")
        self.input_spec = InputSpec(ndim=self._rank + 2, axes={self._channel_axis: channels})
        return channels

    def _weight(self, name: str, shape: Any) -> Any:
        return self.add_weight(
            name=name,
            shape=shape,
            initializer=getattr(self, name.removesuffix("_kernel") + "_initializer"),
            regularizer=getattr(self, name.removesuffix("_kernel") + "_regularizer"),
            constraint=getattr(self, name.removesuffix("_kernel") + "_constraint"),
            trainable=True,
            dtype=self.dtype,
        )

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias."""
        channels = self._channels(input_shape)
        self.kernel = self._weight("kernel", (*self.kernel_size, channels, self.filters))
        self.bias = self._weight("bias", (self.filters,)) if self.use_bias else None
        # TensorFlow's constant of this name shifts no other name, but programs look for it.
        tf.constant(self.dilation_rate, tf.int32, name="dilation_rate")
        self.built = True

    def _spatial(self, numbers: Any) -> list[int]:
        """Numbers for the spatial dimensions as those for all."""
        last = self.data_format == "channels_last"
        return [1, *numbers, 1] if last else [1, 1, *numbers]

    def call(self, inputs: Any) -> Any:
        """The outputs."""
        padding = self.padding.upper()
        if padding == "CAUSAL":
            before = self.dilation_rate[0] * (self.kernel_size[0] - 1)
            inputs = tf.pad(inputs, [[0, 0], [before, 0], [0, 0]])
            padding = "VALID"
        kernel = tf.convert_to_tensor(self.kernel)
        if self._rank == 1:
            outputs = tf.nn.conv1d(
                inputs, kernel, self.strides[0], padding, name="conv1d",
                data_format=choices.short_format(self.data_format, 3),
                dilations=self.dilation_rate,
            )  # fmt: skip
        else:
            function = tf.nn.conv2d if self._rank == 2 else tf.nn.conv3d
            outputs = function(
                inputs, kernel, strides=self._spatial(self.strides), padding=padding,
                data_format=choices.short_format(self.data_format, self._rank + 2),
                dilations=self._spatial(self.dilation_rate), name=f"Conv{self._rank}D",
            )  # fmt: skip
        return self._finish(outputs)

    def _finish(self, outputs: Any) -> Any:
        """Bias and activation."""
        if self.use_bias:
            image_format = "NHWC" if self.data_format == "channels_last" else "NCHW"
            outputs = tf.nn.bias_add(outputs, self.bias, data_format=image_format)
        return self.activation(outputs)


class Conv1D(Conv):
    """Convolution of sequences [batch, steps, channels]."""

    _rank = 1
    _causal = True

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = 1,
        padding: str = "valid",
        data_format: str = "channels_last",
        dilation_rate: Any = 1,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
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
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            **kwargs,
        )


class Conv2D(Conv):
    """Convolution of images [batch, height, width, channels]."""

    _rank = 2

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = (1, 1),
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
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
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            **kwargs,
        )


class Conv3D(Conv):
    """Convolution of volumes [batch, depth, height, width, channels]."""

    _rank = 3

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1, 1),
        padding: str = "valid",
        data_format: str | None = None,
        dilation_rate: Any = (1, 1, 1),
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
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
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            **kwargs,
        )


class _Transposed(Conv):
    """The transpose of a convolution: outputs as large as what a convolution takes to get these."""

    _arguments: tuple[str, ...] = ("output_padding",)

    def __init__(self, *args: Any, output_padding: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.output_padding = output_padding
        if output_padding is not None:
            self.output_padding = choices.sizes(output_padding, self._rank, "output_padding")
            for stride, extra in zip(self.strides, self.output_padding, strict=True):
                if stride <= extra:
                    raise ValueError(
                        f"Stride {self.strides} must be greater than output padding "
                        f"{self.output_padding}"
                    )

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias."""
        shape = tf.TensorShape(input_shape)
        if shape.ndims != self._rank + 2:
            raise ValueError(
                f"Inputs should have rank {self._rank + 2}. Received input shape: {shape}"
            )
        channels = self._channels(input_shape)
        self.kernel = self._weight("kernel", (*self.kernel_size, self.filters, channels))
        self.bias = self._weight("bias", (self.filters,)) if self.use_bias else None
        self.built = True

    def _size(self, size: Any, index: int) -> Any:
        """A spatial dimension's size in the outputs."""
        window, stride = self.kernel_size[index], self.strides[index]
        window += (window - 1) * (self.dilation_rate[index] - 1)
        if self.output_padding is not None:
            pad = window // 2 if self.padding == "same" else 0
            return (size - 1) * stride + window - 2 * pad + self.output_padding[index]
        grown = size * stride
        if self.padding == "same":
            return grown
        return grown + max(window - stride, 0) if window > stride else grown

    def call(self, inputs: Any) -> Any:
        """The outputs."""
        dims = tf.shape(inputs)
        axes = range(1, self._rank + 1) if self._channel_axis == -1 else range(2, self._rank + 2)
        batch = dims[0]
        sizes = [dims[axis] for axis in axes]
        static = inputs.shape.as_list()
        grown = [self._size(size, index) for index, size in enumerate(sizes)]
        last = self._channel_axis == -1
        shape = [batch, *grown, self.filters] if last else [batch, self.filters, *grown]
        function = tf.nn.conv2d_transpose if self._rank == 2 else tf.nn.conv3d_transpose
        keywords: dict[str, Any] = {"name": f"conv{self._rank}d_transpose"}
        if max(self.dilation_rate) > 1:
            keywords["dilations"] = self._spatial(self.dilation_rate)
        outputs = function(
            inputs, self.kernel, tf.stack(shape), strides=self._spatial(self.strides),
            padding=self.padding.upper(),
            data_format=choices.short_format(self.data_format, self._rank + 2), **keywords,
        )  # fmt: skip
        known = [
            None if static[axis] is None else self._size(static[axis], index)
            for index, axis in enumerate(axes)
        ]
        outputs.set_shape(
            [static[0], *known, self.filters] if last else [static[0], self.filters, *known]
        )
        return self._finish(outputs)


class Conv2DTranspose(_Transposed):
    """The transpose of a convolution of images."""

    _rank = 2

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1),
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        dilation_rate: Any = (1, 1),
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            output_padding=output_padding,
            dilation_rate=dilation_rate,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            **kwargs,
        )


class Conv3DTranspose(_Transposed):
    """The transpose of a convolution of volumes."""

    _rank = 3

    def __init__(
        self,
        filters: int,
        kernel_size: Any,
        strides: Any = (1, 1, 1),
        padding: str = "valid",
        output_padding: Any = None,
        data_format: str | None = None,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(
            filters,
            kernel_size,
            strides,
            padding,
            data_format,
            output_padding=output_padding,
            activation=activation,
            use_bias=use_bias,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            **kwargs,
        )


Convolution1D, Convolution2D, Convolution3D = Conv1D, Conv2D, Conv3D
Convolution2DTranspose, Convolution3DTranspose = Conv2DTranspose, Conv3DTranspose
