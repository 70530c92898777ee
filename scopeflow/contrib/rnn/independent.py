"""Cells whose units see of the state their own number only (https://arxiv.org/abs/1803.04831)."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .linear import LayerRNNCell

LSTMStateTuple = tf.nn.rnn_cell.LSTMStateTuple


class _Independent(LayerRNNCell):
    def __init__(
        self,
        num_units: int,
        activation: Any,
        reuse: Any,
        kernel_initializer: Any,
        bias_initializer: Any,
        name: str | None,
        dtype: Any,
    ) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self._num_units = num_units
        self._activation = tf.keras.activations.get(activation) if activation else tf.tanh
        self._kernel_initializer = tf.keras.initializers.get(kernel_initializer)
        self._bias_initializer = tf.keras.initializers.get(bias_initializer)

    @property
    def state_size(self) -> Any:
        """The number of units."""
        return self._num_units

    @property
    def output_size(self) -> int:
        """The number of units."""
        return self._num_units

    def _made(
        self, inputs_shape: Any, parts: int, names: tuple[str, str, str], bias: Any = None
    ) -> tuple:
        """The kernel of the inputs, the factors of the state, the bias."""
        rows, columns = self._depth(inputs_shape), parts * self._num_units
        kernel, factors, shift = names
        bound = tf.random_uniform_initializer(-1.0, 1.0, dtype=self.dtype)
        return (
            self.add_variable(kernel, [rows, columns], initializer=self._kernel_initializer),
            self.add_variable(factors, [1, columns], initializer=self._kernel_initializer or bound),
            self.add_variable(
                shift,
                [columns],
                initializer=self._bias_initializer
                or bias
                or tf.zeros_initializer(dtype=self.dtype),
            ),
        )


class IndRNNCell(_Independent):
    """output = new state = activation(inputs · kernel_w + state * kernel_u + bias)."""

    def __init__(
        self,
        num_units: int,
        activation: Any = None,
        reuse: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(num_units, activation, reuse, None, None, name, dtype)

    def build(self, inputs_shape: Any) -> None:
        """Make the variables."""
        self._weights = self._made(inputs_shape, 1, ("kernel_w", "kernel_u", "bias"))
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state, which are the same."""
        kernel, factors, bias = self._weights
        gates = tf.matmul(inputs, kernel) + state * factors
        output = self._activation(tf.nn.bias_add(gates, bias))
        return output, output


class IndyGRUCell(_Independent):
    """A GRU whose units are independent."""

    def __init__(
        self,
        num_units: int,
        activation: Any = None,
        reuse: Any = None,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            num_units, activation, reuse, kernel_initializer, bias_initializer, name, dtype
        )

    def build(self, inputs_shape: Any) -> None:
        """Make the variables."""
        gates = ("gates/kernel_w", "gates/kernel_u", "gates/bias")
        ones = tf.constant_initializer(1.0, dtype=self.dtype)
        self._gates = self._made(inputs_shape, 2, gates, ones)
        candidate = ("candidate/kernel", "candidate/kernel_u", "candidate/bias")
        self._candidate = self._made(inputs_shape, 1, candidate)
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state, which are the same."""
        kernel, factors, bias = self._gates
        gates = tf.matmul(inputs, kernel) + tf.tile(state, [1, 2]) * factors
        r, u = tf.split(value=tf.sigmoid(tf.nn.bias_add(gates, bias)), num_or_size_splits=2, axis=1)
        kernel, factors, bias = self._candidate
        candidate = tf.matmul(inputs, kernel) + r * state * factors
        c = self._activation(tf.nn.bias_add(candidate, bias))
        new = u * state + (1 - u) * c
        return new, new


class IndyLSTMCell(_Independent):
    """An LSTM whose units are independent."""

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        activation: Any = None,
        reuse: Any = None,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
        name: str | None = None,
        dtype: Any = None,
    ) -> None:
        super().__init__(
            num_units, activation, reuse, kernel_initializer, bias_initializer, name, dtype
        )
        self._forget_bias = forget_bias

    @property
    def state_size(self) -> Any:
        """(number of units, number of units)."""
        return LSTMStateTuple(self._num_units, self._num_units)

    def build(self, inputs_shape: Any) -> None:
        """Make the variables."""
        self._weights = self._made(inputs_shape, 4, ("kernel_w", "kernel_u", "bias"))
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state."""
        c, h = state
        kernel, factors, bias = self._weights
        gates = tf.matmul(inputs, kernel) + tf.tile(h, [1, 4]) * factors
        i, j, f, o = tf.split(value=tf.nn.bias_add(gates, bias), num_or_size_splits=4, axis=1)
        new_c = c * tf.sigmoid(f + self._forget_bias) + tf.sigmoid(i) * self._activation(j)
        new_h = self._activation(new_c) * tf.sigmoid(o)
        return new_h, LSTMStateTuple(new_c, new_h)
