"""The layers: all weights are one variable, `opaque_kernel`; checkpoints also have those of cells.

In the variable stand, as in cuDNN's, the kernels and then the biases of all layers, forward before
backward: each gate's for the inputs, [units, depth], then each gate's for the state.
"""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .cells import gru_step
from .saving import OpaqueSaveable

_INPUT_MODES = ("linear_input", "skip_input", "auto_select")
_DIRECTIONS = ("unidirectional", "bidirectional")


class _CudnnRNN(tf.layers.Layer):
    """What the kinds of layers share."""

    _cell_name = ""
    _states = 1
    _gates = 1
    """How many kernels [depth, units] the inputs of a cell are multiplied with."""

    def __init__(
        self,
        num_layers: int,
        num_units: int,
        input_mode: str = "linear_input",
        direction: str = "unidirectional",
        dropout: float = 0.0,
        seed: Any = None,
        dtype: Any = tf.float32,
        kernel_initializer: Any = None,
        bias_initializer: Any = None,
        name: str | None = None,
    ) -> None:
        super().__init__(dtype=tf.as_dtype(dtype), name=name)
        if direction not in _DIRECTIONS:
            raise ValueError(
                f"Invalid direction: {direction}, expecting {' or '.join(_DIRECTIONS)}"
            )
        if tf.as_dtype(dtype) not in (tf.float16, tf.float32, tf.float64):
            raise ValueError(f"Only support float16, float32, float64, provided {dtype!r}")
        if input_mode not in _INPUT_MODES:
            raise ValueError(
                f"Invalid input_mode: {input_mode}, expect one of ({', '.join(_INPUT_MODES)})"
            )
        if input_mode == "skip_input":
            raise NotImplementedError(
                f"{type(self).__name__}(input_mode='skip_input'): layers multiply their inputs "
                "with a kernel; use linear_input, or a cell of your own with tf.nn.dynamic_rnn"
            )
        self._num_layers, self._num_units = num_layers, num_units
        self._input_mode, self._direction = input_mode, direction
        self._dropout, self._seed = dropout, seed
        self._kernel_initializer = kernel_initializer or tf.glorot_uniform_initializer(seed)
        self._bias_initializer = bias_initializer or tf.constant_initializer(0.0)
        self._input_size: int | None = None
        self._saveable: Any = None

    @property
    def num_layers(self) -> int:
        """The number of layers that stand upon each other."""
        return self._num_layers

    @property
    def num_units(self) -> int:
        """The number of units in a layer and direction."""
        return self._num_units

    @property
    def input_mode(self) -> str:
        """How the inputs get to the first layer."""
        return self._input_mode

    @property
    def input_size(self) -> int:
        """The size of the inputs, known once the layer is built."""
        if self._input_size is None:
            raise ValueError("'input_size' is unknown since layer has not been built.")
        return self._input_size

    @property
    def direction(self) -> str:
        """unidirectional or bidirectional."""
        return self._direction

    @property
    def num_dirs(self) -> int:
        """The number of directions."""
        return 1 if self._direction == "unidirectional" else 2

    @property
    def saveable(self) -> Any:
        """What a Saver takes for the variable: the variables of equal cells."""
        return self._saveable

    @property
    def canonical_weight_shapes(self) -> list[tuple[int, int]]:
        """The shape of each gate's kernel, transposed, as cuDNN has them."""
        units = self._num_units
        return [
            (units, depth)
            for _, size in self._places()
            for depth in [size] * self._gates + [units] * self._gates
        ]

    @property
    def canonical_bias_shapes(self) -> list[list[int]]:
        """The shape of each gate's bias; cuDNN has two of them."""
        return [[self._num_units]] * (2 * self._gates * self._num_layers * self.num_dirs)

    def state_shape(self, batch_size: int) -> Any:
        """The shapes of the state, one for each of its tensors."""
        shape = [self._num_layers * self.num_dirs, batch_size, self._num_units]
        return (shape,) * self._states

    def _places(self) -> list[tuple[str, int]]:
        """(where the cell stands in a checkpoint, the depth of its inputs) of each cell."""
        places = []
        for layer in range(self._num_layers):
            depth = self.input_size if layer == 0 else self._num_units * self.num_dirs
            if self.num_dirs == 1:
                places.append((f"rnn/multi_rnn_cell/cell_{layer}/{self._cell_name}", depth))
            else:
                scope = f"stack_bidirectional_rnn/cell_{layer}/bidirectional_rnn"
                places += [(f"{scope}/{way}/{self._cell_name}", depth) for way in ("fw", "bw")]
        return places

    def _to_cell(self, w: list[Any], r: list[Any], b: list[Any], d: list[Any]) -> dict[str, Any]:
        """The variables of a cell, by name, of its gates' kernels and biases."""
        return {"kernel": _joined(w, r), "bias": tf.concat([x + y for x, y in zip(b, d)], 0)}

    def _from_cell(self, parts: dict[str, Any], depth: int) -> tuple[list[Any], ...]:
        """The gates' kernels for inputs and state and their biases, of a cell's variables."""
        w, r = _parted(parts["kernel"], depth, self._gates)
        b = tf.split(parts["bias"], self._gates)
        return w, r, b, [tf.zeros_like(x) for x in b]

    def _step(self, x: Any, h: Any, parts: dict[str, Any]) -> Any:
        raise NotImplementedError

    def _cells(self) -> list[dict[str, Any]]:
        """The variables of each cell."""
        shapes = [*self.canonical_weight_shapes, *self.canonical_bias_shapes]
        pieces = tf.split(self._kernel, [_product(shape) for shape in shapes])
        pieces = [tf.reshape(p, shape) if len(shape) > 1 else p for p, shape in zip(pieces, shapes)]
        half, count = len(pieces) // 2, self._gates
        cells = []
        for at in range(0, half, 2 * count):
            groups = [
                pieces[begin : begin + count]
                for begin in (at, at + count, half + at, half + at + count)
            ]
            cells.append(self._to_cell(*groups))
        return cells

    def _opaque(self, cells: list[dict[str, Any]]) -> Any:
        """The one variable's value, of the variables of each cell."""
        weights, biases = [], []
        for parts, (_, depth) in zip(cells, self._places()):
            w, r, b, d = self._from_cell(parts, depth)
            weights += [tf.reshape(x, [-1]) for x in (*w, *r)]
            biases += [*b, *d]
        return tf.concat([*weights, *biases], 0)

    def build(self, input_shape: Any) -> None:
        """Make the variable, and what a Saver takes beside it."""
        shape = tf.TensorShape(input_shape)
        if shape.ndims != 3:
            raise ValueError(f"Expecting input_shape with 3 dims, got {shape.ndims}")
        if shape[-1].value is None:
            raise ValueError(
                "The last dimension of the inputs to `CudnnRNN` should be defined. Found `None`."
            )
        self._input_size = shape[-1].value
        weights, biases = self.canonical_weight_shapes, self.canonical_bias_shapes

        def initial(shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
            parts = [self._kernel_initializer(size, dtype=dtype) for size in weights]
            parts += [self._bias_initializer(size, dtype=dtype) for size in biases]
            return tf.concat([tf.reshape(part, [-1]) for part in parts], 0)

        count = sum(map(_product, [*weights, *biases]))
        self._kernel = self.add_weight(
            "opaque_kernel", shape=[count], dtype=self.dtype, initializer=initial
        )
        self._saveable = OpaqueSaveable(self._kernel, self._places(), self._cells(), self._opaque)
        present = [saveable.name for saveable in tf.get_collection(tf.GraphKeys.SAVEABLE_OBJECTS)]
        if self._saveable.name not in present:
            tf.add_to_collection(tf.GraphKeys.SAVEABLE_OBJECTS, self._saveable)
        self.built = True

    def call(  # type: ignore[override]
        self,
        inputs: Any,
        initial_state: Any = None,
        sequence_lengths: Any = None,
        time_major: bool = True,
        training: bool = True,
    ) -> Any:
        """The outputs [time, batch, directions · units] and the state, a tuple of tensors.

        Each tensor of the state is [layers · directions, batch, units]. Dropout is between layers.
        Behind an example's length the outputs are zeros, and the state is that of its last step.
        """
        x = tf.convert_to_tensor(inputs, self.dtype)
        x = x if time_major else tf.transpose(x, [1, 0, 2])
        cells = self._cells()
        if initial_state is None:
            zeros = tf.zeros([len(cells), tf.shape(x)[1], self._num_units], self.dtype)
            initial_state = (zeros,) * self._states
        elif not isinstance(initial_state, (tuple, list)) or len(initial_state) != self._states:
            raise ValueError(f"initial_state must be a tuple of {self._states}: {initial_state}")
        begins = [tf.unstack(part, len(cells)) for part in initial_state]
        lengths = None if sequence_lengths is None else tf.cast(sequence_lengths, tf.int32)
        ends: list[list[Any]] = [[] for _ in range(self._states)]
        for layer in range(self._num_layers):
            if layer and training and self._dropout:
                x = tf.nn.dropout(x, rate=self._dropout, seed=self._seed)
            outputs = []
            for way in range(self.num_dirs):
                at = layer * self.num_dirs + way
                states = [begin[at] for begin in begins]
                y, states = self._sequence(_turned(x, lengths, way), lengths, states, cells[at])
                outputs.append(_turned(y, lengths, way))
                for end, state in zip(ends, states):
                    end.append(state)
            x = outputs[0] if len(outputs) == 1 else tf.concat(outputs, -1)
        return x if time_major else tf.transpose(x, [1, 0, 2]), tuple(map(tf.stack, ends))

    def _sequence(self, x: Any, lengths: Any, states: list[Any], parts: dict[str, Any]) -> Any:
        cell = _Cell(self._num_units, lambda inputs, h: self._step(inputs, h, parts))
        y, h = tf.nn.dynamic_rnn(
            cell, x, sequence_length=lengths, initial_state=states[0], time_major=True
        )
        return y, [h]


class _Cell(tf.nn.rnn_cell.RNNCell):
    """A step with weights that are given."""

    def __init__(self, units: int, step: Any) -> None:
        super().__init__()
        self._units, self._step = units, step

    @property
    def state_size(self) -> int:
        return self._units

    @property
    def output_size(self) -> int:
        return self._units

    def call(self, inputs: Any, state: Any) -> Any:
        new = self._step(inputs, state)
        return new, new


def _turned(x: Any, lengths: Any, backward: int) -> Any:
    """For the backward direction, each example's steps in reverse order."""
    if not backward:
        return x
    if lengths is None:
        return tf.reverse(x, [0])
    return tf.reverse_sequence(x, lengths, seq_axis=0, batch_axis=1)


def _product(size: Any) -> int:
    return size[0] if len(size) == 1 else size[0] * size[1]


def _joined(w: list[Any], r: list[Any]) -> Any:
    """A cell's kernel [depth + units, gates · units] of those of its gates."""
    return tf.concat([tf.concat([tf.transpose(x), tf.transpose(y)], 0) for x, y in zip(w, r)], 1)


def _parted(kernel: Any, depth: int, gates: int) -> tuple[list[Any], list[Any]]:
    """The gates' kernels for the inputs and for the state, of a cell's kernel."""
    parts = tf.split(kernel, gates, axis=1)
    return [tf.transpose(p[:depth]) for p in parts], [tf.transpose(p[depth:]) for p in parts]


def _swapped(gates: list[Any]) -> list[Any]:
    """From cuDNN's order of an LSTM's gates (i, f, c, o) to the cells' (i, c, f, o), and back."""
    return [gates[0], gates[2], gates[1], gates[3]]


class CudnnLSTM(_CudnnRNN):
    """LSTM layers; the state is (h, c)."""

    _cell_name, _states, _gates = "cudnn_compatible_lstm_cell", 2, 4

    def _to_cell(self, w: list[Any], r: list[Any], b: list[Any], d: list[Any]) -> dict[str, Any]:
        return super()._to_cell(*map(_swapped, (w, r, b, d)))

    def _from_cell(self, parts: dict[str, Any], depth: int) -> tuple[list[Any], ...]:
        return tuple(map(_swapped, super()._from_cell(parts, depth)))

    def _sequence(self, x: Any, lengths: Any, states: list[Any], parts: dict[str, Any]) -> Any:
        found = tf.raw_ops.LSTMSequence(
            x=x, lengths=[] if lengths is None else [lengths], h=states[0], c=states[1],
            kernel=parts["kernel"], bias=parts["bias"], forget_bias=0.0,
        )  # fmt: skip
        return found.outputs, [found.h, found.c]


class CudnnGRU(_CudnnRNN):
    """GRU layers, reset behind the product; the state is (h,)."""

    _cell_name, _gates = "cudnn_compatible_gru_cell", 3

    def _to_cell(self, w: list[Any], r: list[Any], b: list[Any], d: list[Any]) -> dict[str, Any]:
        return {
            "gates/kernel": _joined(w[:2], r[:2]),
            "candidate/input_projection/kernel": tf.transpose(w[2]),
            "candidate/hidden_projection/kernel": tf.transpose(r[2]),
            "gates/bias": tf.concat([b[0] + d[0], b[1] + d[1]], 0),
            "candidate/input_projection/bias": b[2],
            "candidate/hidden_projection/bias": d[2],
        }

    def _from_cell(self, parts: dict[str, Any], depth: int) -> tuple[list[Any], ...]:
        w, r = _parted(parts["gates/kernel"], depth, 2)
        b = tf.split(parts["gates/bias"], 2)
        of_input, of_hidden = (f"candidate/{which}_projection" for which in ("input", "hidden"))
        return (
            [*w, tf.transpose(parts[f"{of_input}/kernel"])],
            [*r, tf.transpose(parts[f"{of_hidden}/kernel"])],
            [*b, parts[f"{of_input}/bias"]],
            [*map(tf.zeros_like, b), parts[f"{of_hidden}/bias"]],
        )

    def _step(self, x: Any, h: Any, parts: dict[str, Any]) -> Any:
        pairs = [
            (parts[f"{name}/kernel"], parts[f"{name}/bias"])
            for name in ("gates", "candidate/input_projection", "candidate/hidden_projection")
        ]
        return gru_step(x, h, *pairs)


class CudnnRNNTanh(_CudnnRNN):
    """Layers of h' = tanh(x W + h R + b); the state is (h,)."""

    _cell_name = "basic_rnn_cell"
    _activation = staticmethod(tf.tanh)

    def _step(self, x: Any, h: Any, parts: dict[str, Any]) -> Any:
        return self._activation(
            tf.nn.bias_add(tf.matmul(tf.concat([x, h], 1), parts["kernel"]), parts["bias"])
        )


class CudnnRNNRelu(CudnnRNNTanh):
    """Layers of h' = relu(x W + h R + b); the state is (h,)."""

    _activation = staticmethod(tf.nn.relu)
