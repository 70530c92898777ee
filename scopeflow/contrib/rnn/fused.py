"""Cells that TensorFlow has as one op a step, and cells of whole sequences."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .linear import LayerRNNCell

LSTMStateTuple = tf.nn.rnn_cell.LSTMStateTuple


def _peepholes(layer: Any, units: int) -> tuple:
    return tuple(layer.add_variable(f"w_{gate}_diag", [units]) for gate in "ifo")


def _lstm_step(
    x: Any, state: Any, kernel: Any, bias: Any, forget_bias: float, clip: Any, peepholes: tuple
) -> tuple[Any, Any]:
    """(new c, new h) of a step of an LSTM."""
    c, h = state
    gates = tf.nn.bias_add(tf.matmul(tf.concat([x, h], 1), kernel), bias)
    i, j, f, o = tf.split(gates, 4, axis=1)
    if peepholes:
        on_i, on_f, on_o = peepholes
        i, f = i + on_i * c, f + on_f * c
    new_c = tf.sigmoid(f + forget_bias) * c + tf.sigmoid(i) * tf.tanh(j)
    if clip is not None and clip > 0:
        # As in TensorFlow, gradients do not see the clipping.
        new_c += tf.stop_gradient(tf.clip_by_value(new_c, -clip, clip) - new_c)
    if peepholes:
        o = o + on_o * new_c
    return new_c, tf.sigmoid(o) * tf.tanh(new_c)


class LSTMBlockCell(LayerRNNCell):
    """An LSTM cell (http://arxiv.org/abs/1409.2329), with the variables of an LSTMCell.

    The new memory is clipped to ±cell_clip where that is positive. TensorFlow has the step as one
    op; here it is the ops of a BasicLSTMCell, with the same numbers.
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        cell_clip: float | None = None,
        use_peephole: bool = False,
        dtype: Any = None,
        reuse: Any = None,
        name: str = "lstm_cell",
    ) -> None:
        super().__init__(_reuse=reuse, dtype=dtype, name=name)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._cell_clip = cell_clip
        self._use_peephole = use_peephole

    @property
    def state_size(self) -> Any:
        """(number of units, number of units)."""
        return LSTMStateTuple(self._num_units, self._num_units)

    @property
    def output_size(self) -> int:
        """The number of units."""
        return self._num_units

    def build(self, inputs_shape: Any) -> None:
        """Make the variables."""
        units = self._num_units
        self._kernel = self.add_variable("kernel", [self._depth(inputs_shape) + units, 4 * units])
        self._bias = self.add_variable(
            "bias", [4 * units], initializer=tf.zeros_initializer(dtype=self.dtype)
        )
        self._peepholes = _peepholes(self, units) if self._use_peephole else ()
        self.built = True

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state."""
        if len(state) != 2:
            raise ValueError(f"Expecting state to be a tuple with length 2, got {state}")
        new_c, new_h = _lstm_step(
            inputs, state, self._kernel, self._bias, self._forget_bias, self._cell_clip,
            self._peepholes,
        )  # fmt: skip
        return new_h, LSTMStateTuple(new_c, new_h)


class GRUBlockCell(LayerRNNCell):
    """A GRU cell with the variables w_ru, b_ru, w_c and b_c; GRUBlockCellV2 has a GRUCell's.

    `cell_size` is the deprecated name of `num_units`. TensorFlow has the step as one op; here it is
    the ops of a GRUCell, with the same numbers. ValueError without a number of units.
    """

    _names = ("w_ru", "b_ru", "w_c", "b_c")

    def __init__(
        self,
        num_units: int | None = None,
        cell_size: int | None = None,
        reuse: Any = None,
        name: str = "gru_cell",
    ) -> None:
        super().__init__(_reuse=reuse, name=name)
        units = num_units if cell_size is None else cell_size
        if units is None:
            raise ValueError("num_units must be given")
        self._units = units

    @property
    def state_size(self) -> int:
        """The number of units."""
        return self._units

    @property
    def output_size(self) -> int:
        """The number of units."""
        return self._units

    def build(self, input_shape: Any) -> None:
        """Make the variables."""
        rows, units = self._depth(input_shape) + self._units, self._units
        w_gates, b_gates, w_candidate, b_candidate = self._names
        self._weights = (
            self.add_variable(w_gates, [rows, 2 * units]),
            self.add_variable(b_gates, [2 * units], initializer=tf.constant_initializer(1.0)),
            self.add_variable(w_candidate, [rows, units]),
            self.add_variable(b_candidate, [units], initializer=tf.constant_initializer(0.0)),
        )
        self.built = True

    def call(self, inputs: Any, h_prev: Any) -> Any:
        """The output and the new state, which are the same."""
        w_gates, b_gates, w_candidate, b_candidate = self._weights
        gates = tf.sigmoid(
            tf.nn.bias_add(tf.matmul(tf.concat([inputs, h_prev], 1), w_gates), b_gates)
        )
        r, u = tf.split(gates, 2, axis=1)
        candidate = tf.matmul(tf.concat([inputs, r * h_prev], 1), w_candidate)
        new = u * h_prev + (1 - u) * tf.tanh(tf.nn.bias_add(candidate, b_candidate))
        return new, new


class GRUBlockCellV2(GRUBlockCell):
    """A GRU cell with the variables of a GRUCell."""

    _names = ("gates/kernel", "gates/bias", "candidate/kernel", "candidate/bias")


class FusedRNNCell:
    """A cell of whole sequences: `outputs, last_state = cell(inputs, …)`, time first."""

    def __call__(
        self,
        inputs: Any,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
        scope: Any = None,
    ) -> Any:
        """The outputs of all steps, and the last state; subclasses give it."""
        raise NotImplementedError(f"{type(self).__name__} does not say what it computes.")


class FusedRNNCellAdaptor(FusedRNNCell):
    """A cell as a FusedRNNCell: by tf.nn.static_rnn, or dynamic_rnn with `use_dynamic_rnn`."""

    def __init__(self, cell: Any, use_dynamic_rnn: bool = False) -> None:
        self._cell = cell
        self._use_dynamic_rnn = use_dynamic_rnn

    def __call__(
        self,
        inputs: Any,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
        scope: Any = None,
    ) -> Any:
        """The outputs of all steps (a list, where the inputs are one), and the last state."""
        is_list = isinstance(inputs, list)
        shared = {
            "initial_state": initial_state, "dtype": dtype, "sequence_length": sequence_length,
            "scope": scope,
        }  # fmt: skip
        if self._use_dynamic_rnn:
            stacked = tf.stack(inputs) if is_list else inputs
            outputs, state = tf.nn.dynamic_rnn(self._cell, stacked, time_major=True, **shared)
            return (tf.unstack(outputs) if is_list else outputs), state
        steps = inputs if is_list else tf.unstack(inputs)
        outputs, state = tf.nn.static_rnn(self._cell, steps, **shared)
        return (outputs if is_list else tf.stack(outputs)), state


class TimeReversedFusedRNN(FusedRNNCell):
    """A fused cell that goes backwards in time, each sequence within its length."""

    def __init__(self, cell: Any) -> None:
        self._cell = cell

    def _reversed(self, tensor: Any, lengths: Any) -> Any:
        if isinstance(tensor, list):
            return tf.unstack(self._reversed(tf.stack(tensor), lengths))
        if lengths is None:
            return tf.reverse(tensor, [0])
        return tf.reverse_sequence(tensor, lengths, seq_axis=0, batch_axis=1)

    def __call__(
        self,
        inputs: Any,
        initial_state: Any = None,
        dtype: Any = None,
        sequence_length: Any = None,
        scope: Any = None,
    ) -> Any:
        """The outputs in the order of the inputs, and the state at the first step."""
        outputs, state = self._cell(
            self._reversed(inputs, sequence_length), initial_state=initial_state, dtype=dtype,
            sequence_length=sequence_length, scope=scope,
        )  # fmt: skip
        return self._reversed(outputs, sequence_length), state


class LSTMBlockWrapper(tf.layers.Layer):
    """A layer of whole sequences, time first: `outputs, (c, h) = layer(inputs, …)`.

    Subclasses give `num_units` and `_call_cell(inputs, initial_cell_state, initial_output, dtype,
    sequence_length)`, which returns the memories and outputs of all steps.
    """

    @property
    def num_units(self) -> int:
        """The number of units."""
        raise NotImplementedError(f"{type(self).__name__} does not say its num_units.")

    def _call_cell(
        self, inputs: Any, initial_cell_state: Any, initial_output: Any, dtype: Any,
        sequence_length: Any,
    ) -> Any:  # fmt: skip
        raise NotImplementedError(f"{type(self).__name__} does not say what it computes.")

    def call(  # type: ignore[override]
        self, inputs: Any, initial_state: Any = None, dtype: Any = None, sequence_length: Any = None
    ) -> Any:
        """The outputs of all steps (a list, where the inputs are one), and the last state."""
        is_list = isinstance(inputs, list)
        x = tf.stack(inputs) if is_list else inputs
        if x.shape.ndims != 3:
            raise ValueError(f"inputs must be [time, batch, depth], but have the shape {x.shape}")
        batch = x.shape[1].value or tf.shape(x)[1]
        if initial_state is None:
            if dtype is None:
                raise ValueError("Either initial_state or dtype needs to be specified")
            zeros = tf.zeros([batch, self.num_units], dtype)
            initial_state = (zeros, zeros)
        elif len(initial_state) != 2:
            raise ValueError(
                f"Expecting initial_state to be a tuple with length 2 or None, got {initial_state}"
            )
        lengths = None
        if sequence_length is not None:
            lengths = tf.cast(sequence_length, tf.int32)
            if lengths.shape.ndims not in (None, 1):
                raise ValueError(
                    "sequence_length must be a vector of length batch_size, but saw shape: "
                    f"{lengths.shape}"
                )
        outputs, state = self._call_cell(x, initial_state[0], initial_state[1], x.dtype, lengths)
        return (tf.unstack(outputs) if is_list else outputs), state


class LSTMBlockFusedCell(LSTMBlockWrapper):
    """An LSTM over whole sequences, time first: the numbers of LSTMBlockCell, and faster.

    Behind an example's `sequence_length` the outputs are zeros; the state is that of its last step.
    """

    def __init__(
        self,
        num_units: int,
        forget_bias: float = 1.0,
        cell_clip: float | None = None,
        use_peephole: bool = False,
        reuse: Any = None,
        dtype: Any = None,
        name: str = "lstm_fused_cell",
    ) -> None:
        super().__init__(_reuse=reuse, name=name, dtype=dtype)
        self._num_units = num_units
        self._forget_bias = forget_bias
        self._cell_clip = cell_clip
        self._use_peephole = use_peephole

    @property
    def num_units(self) -> int:
        """The number of units."""
        return self._num_units

    def build(self, input_shape: Any) -> None:
        """Make the variables."""
        units = self._num_units
        depth = tf.TensorShape(input_shape)[-1].value
        self._kernel = self.add_variable("kernel", [depth + units, 4 * units])
        self._bias = self.add_variable(
            "bias", [4 * units], initializer=tf.zeros_initializer(dtype=self.dtype)
        )
        self._peepholes = _peepholes(self, units) if self._use_peephole else ()
        self.built = True

    def _call_cell(
        self, inputs: Any, initial_cell_state: Any, initial_output: Any, dtype: Any,
        sequence_length: Any,
    ) -> Any:  # fmt: skip
        plain = not self._peepholes and not (self._cell_clip and self._cell_clip > 0)
        if plain:
            found = tf.raw_ops.LSTMSequence(
                x=inputs, lengths=[] if sequence_length is None else [sequence_length],
                c=initial_cell_state, h=initial_output, kernel=self._kernel, bias=self._bias,
                forget_bias=float(self._forget_bias),
            )  # fmt: skip
            return found.outputs, LSTMStateTuple(found.c, found.h)
        outputs, state = tf.nn.dynamic_rnn(
            _Step(self), inputs, sequence_length=sequence_length, time_major=True,
            initial_state=LSTMStateTuple(initial_cell_state, initial_output),
        )  # fmt: skip
        return outputs, state


class _Step(tf.nn.rnn_cell.RNNCell):
    """A step of an LSTMBlockFusedCell, with its variables."""

    def __init__(self, layer: Any) -> None:
        super().__init__()
        self._layer = layer

    @property
    def state_size(self) -> Any:
        return LSTMStateTuple(self._layer.num_units, self._layer.num_units)

    @property
    def output_size(self) -> int:
        return self._layer.num_units

    def call(self, inputs: Any, state: Any) -> Any:
        layer = self._layer
        new_c, new_h = _lstm_step(
            inputs, state, layer._kernel, layer._bias, layer._forget_bias, layer._cell_clip,
            layer._peepholes,
        )  # fmt: skip
        return new_h, LSTMStateTuple(new_c, new_h)
