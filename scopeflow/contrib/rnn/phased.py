"""An LSTM whose units open and close with time."""

from __future__ import annotations

import math
from typing import Any

import scopeflow as tf

from .linear import linear

LSTMStateTuple = tf.nn.rnn_cell.LSTMStateTuple


def _periods(low: float, high: float) -> Any:
    """An initializer: numbers whose logarithms are uniform."""

    def initial(shape: Any, dtype: Any = tf.float32, partition_info: Any = None) -> Any:
        return tf.exp(tf.random_uniform(shape, math.log(low), math.log(high), dtype=dtype))

    return initial


def _phases(period: Any) -> Any:
    """An initializer: anywhere in the period."""

    def initial(shape: Any, dtype: Any = tf.float32, partition_info: Any = None) -> Any:
        return tf.random_uniform(shape, dtype=dtype) * period.initialized_value()

    return initial


class PhasedLSTMCell(tf.nn.rnn_cell.RNNCell):
    """The phased LSTM (https://arxiv.org/abs/1610.09513).

    Its inputs are a pair: times, [batch, 1], and what an LSTM takes. A unit is open for the part
    `ratio_on` of its period; else it keeps its state but for a `leak`. Periods begin between
    `period_init_min` and `period_init_max`, evenly on a logarithmic scale.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        leak: float = 0.001,
        ratio_on: float = 0.1,
        trainable_ratio_on: bool = True,
        period_init_min: float = 1.0,
        period_init_max: float = 1000.0,
        reuse: Any = None,
    ) -> None:
        super().__init__(_reuse=reuse)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._leak = leak
        self._ratio_on = ratio_on
        self._trainable_ratio_on = trainable_ratio_on
        self._periods = (period_init_min, period_init_max)

    @property
    def state_size(self) -> Any:
        """(number of units, number of units)."""
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> int:
        """The number of units."""
        return self._num_units

    def _openness(self, times: Any, dtype: Any) -> Any:
        units = self._num_units
        period = tf.get_variable("period", [units], dtype, _periods(*self._periods))
        phase = tf.get_variable("phase", [units], dtype, _phases(period))
        ratio_on = tf.get_variable(
            "ratio_on", [units], dtype, tf.constant_initializer(self._ratio_on),
            trainable=self._trainable_ratio_on,
        )  # fmt: skip
        shifted = times - phase
        # The remainder's slope is 1; where it jumps does not move with the period.
        cycle = (tf.stop_gradient(tf.floormod(shifted, period) - shifted) + shifted) / period
        rising = 2 * cycle / ratio_on
        closed = self._leak * cycle
        k = tf.where(cycle < ratio_on, 2 - rising, closed)
        return tf.where(cycle < 0.5 * ratio_on, rising, k)

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state. `inputs` is (times, values)."""
        c, h = state
        times, x = inputs
        seen = [x, h, c] if self._use_peepholes else [x, h]
        with tf.variable_scope("mask_gates"):
            gates = tf.sigmoid(linear(seen, 2 * self._num_units))
            i, f = tf.split(axis=1, num_or_size_splits=2, value=gates)
        with tf.variable_scope("new_input"):
            candidate = tf.tanh(linear([x, h], self._num_units))
        new_c = c * f + i * candidate
        seen = [x, h, new_c] if self._use_peepholes else [x, h]
        with tf.variable_scope("output_gate"):
            o = tf.sigmoid(linear(seen, self._num_units))
        new_h = tf.tanh(new_c) * o
        k = self._openness(times, x.dtype)
        new_c = k * new_c + (1 - k) * c
        new_h = k * new_h + (1 - k) * h
        return new_h, LSTMStateTuple(new_c, new_h)
