"""LSTMs over images: convolutions instead of products."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

LSTMStateTuple = tf.nn.rnn_cell.LSTMStateTuple


class ConvLSTMCell(tf.nn.rnn_cell.RNNCell):
    """An LSTM whose products are convolutions (https://arxiv.org/pdf/1506.04214v1.pdf).

    `input_shape` is the inputs' shape without the batch dimension, the channels last. With
    `skip_connection` the inputs are joined to the output (and, as in TensorFlow, to the new state,
    which then is not of `state_size`: such a cell takes single steps only). `initializers` is the
    kernel's initializer, or a dictionary of `kernel` and `biases`. ValueError for an `input_shape`
    that does not have `conv_ndims` dimensions and channels.
    """

    def __init__(
        self,
        conv_ndims: int,
        input_shape: Any,
        output_channels: int,
        kernel_shape: Any,
        use_bias: bool = True,
        skip_connection: bool = False,
        forget_bias: float = 1.0,
        initializers: Any = None,
        name: str = "conv_lstm_cell",
    ) -> None:
        super().__init__(name=name)
        if conv_ndims != len(input_shape) - 1:
            raise ValueError(f"Invalid input_shape {input_shape} for conv_ndims={conv_ndims}.")
        self._ndims = conv_ndims
        self._shape = list(input_shape)
        self._channels = output_channels
        self._kernel_shape = list(kernel_shape)
        self._use_bias = use_bias
        self._skip = skip_connection
        self._forget_bias = forget_bias
        self._initializers = initializers

    @property
    def state_size(self) -> Any:
        """Memory and output."""
        memory = tf.TensorShape([*self._shape[:-1], self._channels])
        return LSTMStateTuple(memory, memory)

    @property
    def output_size(self) -> Any:
        """The inputs' shape with other channels."""
        more = self._shape[-1] if self._skip else 0
        return tf.TensorShape([*self._shape[:-1], self._channels + more])

    def _initializer(self, name: str) -> Any:
        given = self._initializers
        if isinstance(given, dict):
            return given.get(name)
        return given if name == "kernel" else None

    def call(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """The output and the new state."""
        memory, hidden = state
        joined = tf.concat([inputs, hidden], -1)
        kernel = tf.get_variable(
            "kernel",
            [*self._kernel_shape, joined.shape[-1].value, 4 * self._channels],
            inputs.dtype,
            self._initializer("kernel"),
        )
        convolve = (tf.nn.conv1d, tf.nn.conv2d, tf.nn.conv3d)[self._ndims - 1]
        strides = 1 if self._ndims == 1 else [1] * (self._ndims + 2)
        gates = convolve(joined, kernel, strides, padding="SAME")
        if self._use_bias:
            gates += tf.get_variable(
                "biases",
                [4 * self._channels],
                inputs.dtype,
                self._initializer("biases") or tf.zeros_initializer(),
            )
        i, j, f, o = tf.split(value=gates, num_or_size_splits=4, axis=-1)
        new = tf.sigmoid(f + self._forget_bias) * memory + tf.sigmoid(i) * tf.tanh(j)
        output = tf.tanh(new) * tf.sigmoid(o)
        if self._skip:
            output = tf.concat([output, inputs], -1)
        return output, LSTMStateTuple(new, output)


class Conv1DLSTMCell(ConvLSTMCell):
    """A ConvLSTMCell over sequences; arguments as there."""

    def __init__(self, name: str = "conv_1d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=1, name=name, **kwargs)


class Conv2DLSTMCell(ConvLSTMCell):
    """A ConvLSTMCell over images; arguments as there."""

    def __init__(self, name: str = "conv_2d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=2, name=name, **kwargs)


class Conv3DLSTMCell(ConvLSTMCell):
    """A ConvLSTMCell over volumes; arguments as there."""

    def __init__(self, name: str = "conv_3d_lstm_cell", **kwargs: Any) -> None:
        super().__init__(conv_ndims=3, name=name, **kwargs)
