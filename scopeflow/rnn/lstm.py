"""LSTM cells."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .cells import LayerRNNCell, LSTMStateTuple, activation_function


class BasicLSTMCell(LayerRNNCell):
    """An LSTM without peepholes (http://arxiv.org/abs/1409.2329).

    [i, j, f, o] = [inputs, h] · kernel + bias;
    new_c = c * sigmoid(f + forget_bias) + sigmoid(i) * activation(j);
    output = new_h = activation(new_c) * sigmoid(o).
    With `state_is_tuple=False` (deprecated) c and h are the columns of one state.
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        state_is_tuple: bool = True,
        activation: Any = None,
        reuse: Any = None,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activation_function(activation)

    @property
    def state_size(self) -> Any:
        """(number of units, number of units), or twice that number."""
        units = self._num_units
        return LSTMStateTuple(units, units) if self._state_is_tuple else 2 * units

    @property
    def output_size(self) -> int:
        """The number of units."""
        return self._num_units

    def build(self, input_shape: Any) -> None:
        """Make kernel and bias."""
        depth = self._depth(input_shape)
        self._takes_steps()
        self._kernel = self.add_variable("kernel", [depth + self._num_units, 4 * self._num_units])
        self._bias = self.add_variable(
            "bias", [4 * self._num_units], initializer=tf.zeros_initializer(dtype=self.dtype)
        )
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state."""
        if self._state_is_tuple:
            self._no_state(state)
        if self._whole is not None:
            return _whole(self, inputs, state)
        one = tf.constant(1, dtype=tf.int32)
        if self._state_is_tuple:
            c, h = state
        else:
            c, h = tf.split(value=state, num_or_size_splits=2, axis=one)
        joined = tf.matmul(tf.concat([inputs, h], 1), self._kernel)
        joined = tf.nn.bias_add(joined, self._bias)
        i, j, f, o = tf.split(value=joined, num_or_size_splits=4, axis=one)
        forget_bias = tf.constant(self._forget_bias, dtype=f.dtype)
        new_c = tf.add(
            tf.multiply(c, tf.sigmoid(tf.add(f, forget_bias))),
            tf.multiply(tf.sigmoid(i), self._activation(j)),
        )
        new_h = tf.multiply(self._activation(new_c), tf.sigmoid(o))
        if self._state_is_tuple:
            return new_h, LSTMStateTuple(new_c, new_h)
        return new_h, tf.concat([new_c, new_h], 1)

    def _runs_whole(self) -> bool:
        plain = type(self) is BasicLSTMCell and self._activation is tf.tanh
        return plain and self._state_is_tuple

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as plain values."""
        return {
            **super().get_config(),
            "num_units": self._num_units,
            "forget_bias": self._forget_bias,
            "state_is_tuple": self._state_is_tuple,
            "activation": tf.keras.activations.serialize(self._activation),
            "reuse": self._reuse,
        }


def _whole(cell: Any, inputs: Any, state: Any) -> Any:
    """The outputs of a whole sequence, and the last state."""
    found = tf.raw_ops.LSTMSequence(
        x=inputs, lengths=cell._whole.lengths, c=state[0], h=state[1], kernel=cell._kernel,
        bias=cell._bias, forget_bias=float(cell._forget_bias),
    )  # fmt: skip
    return found.outputs, LSTMStateTuple(found.c, found.h)


class LSTMCell(LayerRNNCell):
    """An LSTM with optional peepholes, clipping and a projection.

    As BasicLSTMCell (see Sak et al., 2014, https://research.google.com/pubs/archive/43905.pdf);
    with `use_peepholes` the gates i and f also see w * c, and o sees w * new_c; new_c is clipped to
    ±cell_clip; with `num_proj` the output is m · projection/kernel, clipped to ±proj_clip.
    `num_unit_shards` and `num_proj_shards` (deprecated) part the kernels by a partitioner.
    """

    def __init__(
        self,
        num_units: int,
        use_peepholes: bool = False,
        cell_clip: float | None = None,
        initializer: Any = None,
        num_proj: int | None = None,
        proj_clip: float | None = None,
        num_unit_shards: int | None = None,
        num_proj_shards: int | None = None,
        forget_bias: float = 1.0,
        state_is_tuple: bool = True,
        activation: Any = None,
        reuse: Any = None,
        name: str | None = None,
        dtype: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype, **kwargs)
        self._num_units = num_units
        self._use_peepholes = use_peepholes
        self._cell_clip = cell_clip
        self._initializer = tf.keras.initializers.get(initializer)
        self._num_proj = num_proj
        self._proj_clip = proj_clip
        self._num_unit_shards = num_unit_shards
        self._num_proj_shards = num_proj_shards
        self._forget_bias = forget_bias
        self._state_is_tuple = state_is_tuple
        self._activation = activation_function(activation)

    @property
    def state_size(self) -> Any:
        """(number of units, size of the output), or their sum."""
        sizes = self._num_units, self.output_size
        return LSTMStateTuple(*sizes) if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> int:
        """The size of the projection, else the number of units."""
        return self._num_proj or self._num_units

    def build(self, input_shape: Any) -> None:
        """Make the variables."""
        depth, units = self._depth(input_shape), self._num_units
        self._takes_steps()
        self._kernel = self.add_variable(
            "kernel",
            [depth + self.output_size, 4 * units],
            initializer=self._initializer,
            partitioner=_sharded(self._num_unit_shards),
        )
        self._bias = self.add_variable(
            "bias", [4 * units], initializer=tf.zeros_initializer(dtype=self.dtype)
        )
        if self._use_peepholes:
            self._w_f_diag, self._w_i_diag, self._w_o_diag = (
                self.add_variable(f"w_{gate}_diag", [units], initializer=self._initializer)
                for gate in "fio"
            )
        if self._num_proj is not None:
            self._proj_kernel = self.add_variable(
                "projection/kernel",
                [units, self._num_proj],
                initializer=self._initializer,
                partitioner=_sharded(self._num_proj_shards),
            )
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state."""
        if self._state_is_tuple:
            self._no_state(state)
            c, h = state
        else:
            c = tf.slice(state, [0, 0], [-1, self._num_units])
            h = tf.slice(state, [0, self._num_units], [-1, self.output_size])
        if self._whole is not None:
            return _whole(self, inputs, state)
        joined = tf.matmul(tf.concat([inputs, h], 1), self._kernel)
        joined = tf.nn.bias_add(joined, self._bias)
        i, j, f, o = tf.split(value=joined, num_or_size_splits=4, axis=1)
        if self._use_peepholes:
            new_c = tf.sigmoid(f + self._forget_bias + self._w_f_diag * c) * c + tf.sigmoid(
                i + self._w_i_diag * c
            ) * self._activation(j)
        else:
            new_c = tf.sigmoid(f + self._forget_bias) * c + tf.sigmoid(i) * self._activation(j)
        if self._cell_clip is not None:
            new_c = tf.clip_by_value(new_c, -self._cell_clip, self._cell_clip)
        if self._use_peepholes:
            m = tf.sigmoid(o + self._w_o_diag * new_c) * self._activation(new_c)
        else:
            m = tf.sigmoid(o) * self._activation(new_c)
        if self._num_proj is not None:
            m = tf.matmul(m, self._proj_kernel)
            if self._proj_clip is not None:
                m = tf.clip_by_value(m, -self._proj_clip, self._proj_clip)
        if self._state_is_tuple:
            return m, LSTMStateTuple(new_c, m)
        return m, tf.concat([new_c, m], 1)

    def _runs_whole(self) -> bool:
        plain = type(self) is LSTMCell and self._activation is tf.tanh and self._state_is_tuple
        more = self._use_peepholes or self._num_proj is not None or self._cell_clip is not None
        return plain and not more and self._num_unit_shards is None

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as plain values."""
        return {
            **super().get_config(),
            "num_units": self._num_units,
            "use_peepholes": self._use_peepholes,
            "cell_clip": self._cell_clip,
            "initializer": tf.keras.initializers.serialize(self._initializer),
            "num_proj": self._num_proj,
            "proj_clip": self._proj_clip,
            "num_unit_shards": self._num_unit_shards,
            "num_proj_shards": self._num_proj_shards,
            "forget_bias": self._forget_bias,
            "state_is_tuple": self._state_is_tuple,
            "activation": tf.keras.activations.serialize(self._activation),
            "reuse": self._reuse,
        }


def _sharded(count: int | None) -> Any:
    return None if count is None else tf.fixed_size_partitioner(count)
