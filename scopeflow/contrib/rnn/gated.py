"""Cells with gates of their own kind."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .linear import LayerRNNCell, Normalized, depth, linear

LSTMStateTuple = tf.nn.rnn_cell.LSTMStateTuple


class LayerNormBasicLSTMCell(tf.nn.rnn_cell.RNNCell):
    """An LSTM with layer normalization (http://arxiv.org/abs/1607.06450) and recurrent dropout.

    Each gate and the new memory are normalized, with gains and shifts that begin at `norm_gain` and
    `norm_shift` (http://arxiv.org/abs/1603.05118 for the dropout, which is on the new candidate).
    `input_size` is deprecated and has no effect.
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        input_size: Any = None,
        activation: Callable = tf.tanh,
        layer_norm: bool = True,
        norm_gain: float = 1.0,
        norm_shift: float = 0.0,
        dropout_keep_prob: Any = 1.0,
        dropout_prob_seed: int | None = None,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._activation = activation
        self._normalized = Normalized(norm_gain, norm_shift) if layer_norm else None
        self._keep_prob = dropout_keep_prob
        self._seed = dropout_prob_seed

    @property
    def state_size(self) -> Any:
        """(number of units, number of units)."""
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> int:
        """The number of units."""
        return self._num_units

    def _norm(self, tensor: Any, scope: str) -> Any:
        if self._normalized is None:
            return tensor
        return self._normalized(tensor, scope, tensor.dtype)

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state."""
        c, h = state
        rows = depth(inputs) + self._num_units
        kernel = tf.get_variable("kernel", [rows, 4 * self._num_units], inputs.dtype)
        joined = tf.matmul(tf.concat([inputs, h], 1), kernel)
        if self._normalized is None:
            bias = tf.get_variable("bias", [4 * self._num_units], inputs.dtype)
            joined = tf.nn.bias_add(joined, bias)
        i, j, f, o = tf.split(value=joined, num_or_size_splits=4, axis=1)
        i, j = self._norm(i, "input"), self._norm(j, "transform")
        f, o = self._norm(f, "forget"), self._norm(o, "output")
        candidate = self._activation(j)
        if not isinstance(self._keep_prob, float) or self._keep_prob < 1:
            candidate = tf.nn.dropout(candidate, self._keep_prob, seed=self._seed)
        new_c = c * tf.sigmoid(f + self._forget_bias) + tf.sigmoid(i) * candidate
        new_c = self._norm(new_c, "state")
        new_h = self._activation(new_c) * tf.sigmoid(o)
        return new_h, LSTMStateTuple(new_c, new_h)


class NASCell(LayerRNNCell):
    """The cell that Zoph and Le found by search (https://arxiv.org/abs/1611.01578).

    With `num_proj` the output is projected; with `use_bias` a bias is added to the recurrent part.
    """

    def __init__(
        self,
        num_units: int,
        num_proj: int | None = None,
        use_bias: bool = False,
        reuse: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(_reuse=reuse, **kwargs)
        self._num_units = num_units
        self._num_proj = num_proj
        self._use_bias = use_bias

    @property
    def state_size(self) -> Any:
        """(number of units, size of the output)."""
        return LSTMStateTuple(self._num_units, self.output_size)

    @property
    def output_size(self) -> int:
        """The size of the projection, else the number of units."""
        return self._num_proj or self._num_units

    def build(self, inputs_shape: Any) -> None:
        """Make the variables."""
        columns = 8 * self._num_units
        self._recurrent_kernel = self.add_variable("recurrent_kernel", [self.output_size, columns])
        self._kernel = self.add_variable("kernel", [self._depth(inputs_shape), columns])
        if self._use_bias:
            self._bias = self.add_variable(
                "bias", [columns], initializer=tf.zeros_initializer(dtype=self.dtype)
            )
        if self._num_proj is not None:
            self._projection = self.add_variable(
                "projection_weights", [self._num_units, self._num_proj]
            )
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state."""
        c, m = state
        recurrent = tf.matmul(m, self._recurrent_kernel)
        if self._use_bias:
            recurrent = tf.nn.bias_add(recurrent, self._bias)
        pairs = list(
            zip(
                tf.split(axis=1, num_or_size_splits=8, value=tf.matmul(inputs, self._kernel)),
                tf.split(axis=1, num_or_size_splits=8, value=recurrent),
                strict=True,
            )
        )
        sums = [x + h for x, h in pairs]
        remembered = tf.tanh(tf.tanh(tf.sigmoid(sums[0]) * tf.nn.relu(sums[1])) + c)
        chosen = tf.tanh(tf.sigmoid(sums[2]) + tf.nn.relu(pairs[3][0] * pairs[3][1]))
        new_c = remembered * chosen
        shaped = tf.tanh(tf.tanh(sums[4]) * tf.sigmoid(sums[5]))
        gate = tf.sigmoid(tf.tanh(sums[6]) + tf.sigmoid(sums[7]))
        new_m = tf.tanh(new_c * tf.tanh(shaped + gate))
        if self._num_proj is not None:
            new_m = tf.matmul(new_m, self._projection)
        return new_m, LSTMStateTuple(new_c, new_m)


class UGRNNCell(tf.nn.rnn_cell.RNNCell):
    """An update gate alone (https://arxiv.org/abs/1611.09913): new = g * state + (1 - g) * c."""

    def __init__(
        self,
        num_units: int,
        initializer: Any = None,
        forget_bias: float = 1.0,
        activation: Callable = tf.tanh,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._initializer = initializer
        self._forget_bias = forget_bias
        self._activation = activation

    @property
    def state_size(self) -> int:
        """The number of units."""
        return self._num_units

    @property
    def output_size(self) -> int:
        """The number of units."""
        return self._num_units

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state, which are the same."""
        depth(inputs)
        with tf.variable_scope(tf.get_variable_scope(), initializer=self._initializer):
            joined = linear([inputs, state], 2 * self._num_units)
        g, c = tf.split(value=joined, num_or_size_splits=2, axis=1)
        g = tf.sigmoid(g + self._forget_bias)
        new = g * state + (1.0 - g) * self._activation(c)
        return new, new


class IntersectionRNNCell(tf.nn.rnn_cell.RNNCell):
    """Gates in time and in depth (https://arxiv.org/abs/1611.09913), the "+RNN".

    The inputs must have `num_units` columns, unless `num_in_proj` (the same number) projects them.
    ValueError otherwise.
    """

    def __init__(
        self,
        num_units: int,
        num_in_proj: int | None = None,
        initializer: Any = None,
        forget_bias: float = 1.0,
        y_activation: Callable = tf.nn.relu,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._num_in_proj = num_in_proj
        self._initializer = initializer
        self._forget_bias = forget_bias
        self._y_activation = y_activation

    @property
    def state_size(self) -> int:
        """The number of units."""
        return self._num_units

    @property
    def output_size(self) -> int:
        """The number of units."""
        return self._num_units

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state."""
        size = depth(inputs)
        with tf.variable_scope(tf.get_variable_scope(), initializer=self._initializer):
            if size != self._num_units:
                if self._num_in_proj != self._num_units:
                    raise ValueError(
                        f"Must have input size == output size for Intersection RNN: the inputs "
                        f"have {size} columns, num_units is {self._num_units}. To fix, "
                        "num_in_proj should be set to num_units at cell init."
                    )
                with tf.variable_scope("in_projection"):
                    inputs = linear(inputs, self._num_units)
            joined = linear([inputs, state], 4 * self._num_units)
        gate_h, h, gate_y, y = tf.split(value=joined, num_or_size_splits=4, axis=1)
        gate_h = tf.sigmoid(gate_h + self._forget_bias)
        gate_y = tf.sigmoid(gate_y + self._forget_bias)
        new_state = gate_h * state + (1.0 - gate_h) * tf.tanh(h)
        output = gate_y * inputs + (1.0 - gate_y) * self._y_activation(y)
        return output, new_state


class SRUCell(LayerRNNCell):
    """The simple recurrent unit (https://arxiv.org/abs/1709.02755)."""

    def __init__(
        self,
        num_units: int,
        activation: Any = None,
        reuse: Any = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(_reuse=reuse, name=name, **kwargs)
        self._num_units = num_units
        self._activation = activation or tf.tanh

    @property
    def state_size(self) -> int:
        """The number of units."""
        return self._num_units

    @property
    def output_size(self) -> int:
        """The number of units."""
        return self._num_units

    def build(self, inputs_shape: Any) -> None:
        """Make kernel and bias."""
        self._kernel = self.add_variable("kernel", [self._depth(inputs_shape), 4 * self._num_units])
        self._bias = self.add_variable(
            "bias", [2 * self._num_units], initializer=tf.zeros_initializer(dtype=self.dtype)
        )
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state."""
        x, f, r, direct = tf.split(
            value=tf.matmul(inputs, self._kernel), num_or_size_splits=4, axis=1
        )
        gates = tf.sigmoid(tf.nn.bias_add(tf.concat([f, r], 1), self._bias))
        f, r = tf.split(value=gates, num_or_size_splits=2, axis=1)
        c = f * state + (1.0 - f) * x
        return r * self._activation(c) + (1.0 - r) * direct, c
