"""LSTMs with fewer weights: coupled gates, groups."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .linear import Normalized, depth, linear

LSTMStateTuple = tf.nn.rnn_cell.LSTMStateTuple


class CoupledInputForgetGateLSTMCell(tf.nn.rnn_cell.RNNCell):
    """An LSTM whose input gate is 1 - its forget gate (https://arxiv.org/pdf/1503.04069.pdf).

    Peepholes, projection and layer normalization are as of the other LSTM cells.
    NotImplementedError for kernels in more than one shard: leave the numbers of shards at 1.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        initializer: Any = None,
        num_proj: int | None = None,
        proj_clip: float | None = None,
        num_unit_shards: int = 1,
        num_proj_shards: int = 1,
        forget_bias: float = 1.0,
        state_is_tuple: bool = True,
        activation: Callable = tf.tanh,
        reuse: Any = None,
        layer_norm: bool = False,
        norm_gain: float = 1.0,
        norm_shift: float = 0.0,
    ) -> None:
        super().__init__(_reuse=reuse)
        if num_unit_shards != 1 or num_proj_shards != 1:
            raise NotImplementedError(
                "tf.contrib.rnn.CoupledInputForgetGateLSTMCell: kernels are not parted here. Leave "
                "num_unit_shards and num_proj_shards at 1."
            )
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._initializer = initializer
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activation
        self._normalized = Normalized(norm_gain, norm_shift) if layer_norm else None

    @property
    def state_size(self) -> Any:
        """(number of units, size of the output), or their sum."""
        sizes = self._num_units, self.output_size
        return LSTMStateTuple(*sizes) if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> int:
        """The size of the projection, else the number of units."""
        return self._num_proj or self._num_units

    def _norm(self, tensor: Any, scope: str) -> Any:
        if self._normalized is None:
            return tensor
        return self._normalized(tensor, scope, tensor.dtype)

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state."""
        units = self._num_units
        if self._state_is_tuple:
            c, m = state
        else:
            c, m = tf.split(state, [units, self.output_size], axis=1)

        def variable(name: str, shape: list[int], initializer: Any = self._initializer) -> Any:
            return tf.get_variable(name, shape, inputs.dtype, initializer)

        kernel = variable("W_0", [depth(inputs) + self.output_size, 3 * units])
        bias = variable("B", [3 * units], tf.zeros_initializer())
        joined = tf.matmul(tf.concat([inputs, m], 1), kernel)
        if self._normalized is None:
            joined = tf.nn.bias_add(joined, bias)
        j, f, o = tf.split(value=joined, num_or_size_splits=3, axis=1)
        j, f, o = (
            self._norm(part, scope)
            for part, scope in ((j, "transform"), (f, "forget"), (o, "output"))
        )
        if self._use_peepholes:
            on_f, on_o = variable("W_F_diag", [units]), variable("W_O_diag", [units])
            f = tf.sigmoid(f + self._forget_bias + on_f * c)
        else:
            f = tf.sigmoid(f + self._forget_bias)
        new_c = f * c + (1 - f) * self._activation(j)
        new_c = self._norm(new_c, "state")
        new_m = tf.sigmoid(o + on_o * new_c if self._use_peepholes else o) * self._activation(new_c)
        if self._num_proj is not None:
            new_m = tf.matmul(new_m, variable("W_P_0", [units, self._num_proj]))
            if self._proj_clip is not None:
                new_m = tf.clip_by_value(new_m, -self._proj_clip, self._proj_clip)
        if self._state_is_tuple:
            return new_m, LSTMStateTuple(new_c, new_m)
        return new_m, tf.concat([new_c, new_m], 1)


class GLSTMCell(tf.nn.rnn_cell.RNNCell):
    """An LSTM in groups that do not see each other (https://arxiv.org/abs/1703.10722).

    ValueError where `num_units` or `num_proj` is not divisible by `number_of_groups`.
    """

    def __init__(
        self,
        num_units: int,
        initializer: Any = None,
        num_proj: int | None = None,
        number_of_groups: int = 1,
        forget_bias: float = 1.0,
        activation: Callable = tf.tanh,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        for name, size in (("num_units", num_units), ("num_proj", num_proj)):
            if size and size % number_of_groups:
                raise ValueError(
                    f"{name} must be divisible by number_of_groups: {size}, {number_of_groups}"
                )
        self._num_units = num_units
        self._initializer = initializer
        self._num_proj = num_proj
        self._groups = number_of_groups
        self._forget_bias = forget_bias
        self._activation = activation

    @property
    def state_size(self) -> Any:
        """(number of units, size of the output)."""
        return LSTMStateTuple(self._num_units, self.output_size)

    @property
    def output_size(self) -> int:
        """The size of the projection, else the number of units."""
        return self._num_proj or self._num_units

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state."""
        c, m = state
        size = depth(inputs)
        if size % self._groups:
            raise ValueError(
                f"The depth of inputs, {size}, is not divisible by {self._groups} groups."
            )
        parts: list[list] = [[], [], [], []]
        with tf.variable_scope(tf.get_variable_scope(), initializer=self._initializer):
            for group, (x, h) in enumerate(
                zip(
                    tf.split(inputs, self._groups, axis=1), tf.split(m, self._groups, axis=1),
                    strict=True,
                )
            ):  # fmt: skip
                with tf.variable_scope(f"group{group}"):
                    joined = linear([x, h], 4 * self._num_units // self._groups, bias=False)
                for part, value in zip(parts, tf.split(joined, 4, axis=1), strict=True):
                    part.append(value)
            i, j, f, o = (
                tf.nn.bias_add(
                    tf.concat(part, 1),
                    tf.get_variable(
                        f"bias_{gate}", [self._num_units], inputs.dtype,
                        tf.zeros_initializer(),
                    ),
                )
                for gate, part in zip("ijfo", parts, strict=True)
            )  # fmt: skip
            new_c = tf.sigmoid(f + self._forget_bias) * c + tf.sigmoid(i) * self._activation(j)
            new_m = tf.sigmoid(o) * self._activation(new_c)
            if self._num_proj is not None:
                with tf.variable_scope("projection"):
                    new_m = linear(new_m, self._num_proj, bias=False)
        return new_m, LSTMStateTuple(new_c, new_m)
