"""Cells around a cell: projections, embeddings, highways, attention to what was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .linear import depth, linear


class _Around(tf.nn.rnn_cell.RNNCell):
    """A cell with the sizes of the one inside."""

    def __init__(self, cell: Any, reuse: Any = None) -> None:
        super().__init__(_reuse=reuse)
        if not (hasattr(cell, "state_size") and hasattr(cell, "output_size") and callable(cell)):
            raise TypeError(f"The argument 'cell' ({cell}) is not an RNNCell.")
        self._cell = cell

    @property
    def state_size(self) -> Any:
        """The cell's."""
        return self._cell.state_size

    @property
    def output_size(self) -> Any:
        """The cell's."""
        return self._cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """The cell's."""
        with tf.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return self._cell.zero_state(batch_size, dtype)


class OutputProjectionWrapper(_Around):
    """The cell's output, projected to `output_size` columns (and put through `activation`)."""

    def __init__(
        self, cell: Any, output_size: int, activation: Callable | None = None, reuse: Any = None
    ) -> None:
        super().__init__(cell, reuse)
        if output_size < 1:
            raise ValueError(f"Parameter output_size must be > 0: {output_size}.")
        self._output_size = output_size
        self._activation = activation

    @property
    def output_size(self) -> int:
        """The number of columns that is projected to."""
        return self._output_size

    def call(self, inputs: Any, state: Any) -> Any:
        """The projected output and the cell's new state."""
        output, new_state = self._cell(inputs, state)
        projected = linear(output, self._output_size)
        return (self._activation(projected) if self._activation else projected), new_state


class InputProjectionWrapper(_Around):
    """A projection of the inputs to `num_proj` columns before the cell.

    `input_size` is deprecated and has no effect.
    """

    def __init__(
        self,
        cell: Any,
        num_proj: int,
        activation: Callable | None = None,
        input_size: Any = None,
        reuse: Any = None,
    ) -> None:
        super().__init__(cell, reuse)
        self._num_proj = num_proj
        self._activation = activation

    def call(self, inputs: Any, state: Any) -> Any:
        """The cell's output and new state."""
        projected = linear(inputs, self._num_proj)
        return self._cell(self._activation(projected) if self._activation else projected, state)


class EmbeddingWrapper(_Around):
    """A cell whose inputs are ids, which are embedded first."""

    def __init__(
        self,
        cell: Any,
        embedding_classes: int,
        embedding_size: int,
        initializer: Any = None,
        reuse: Any = None,
    ) -> None:
        super().__init__(cell, reuse)
        if embedding_classes <= 0 or embedding_size <= 0:
            raise ValueError(
                f"Both embedding_classes and embedding_size must be > 0: {embedding_classes}, "
                f"{embedding_size}."
            )
        self._classes = embedding_classes
        self._size = embedding_size
        self._initializer = initializer

    def call(self, inputs: Any, state: Any) -> Any:
        """The cell's output and new state."""
        bound = 3**0.5
        initializer = (
            self._initializer
            or tf.get_variable_scope().initializer
            or tf.random_uniform_initializer(-bound, bound)
        )
        dtype = tf.nest.flatten(state)[0].dtype
        embedding = tf.get_variable("embedding", [self._classes, self._size], dtype, initializer)
        return self._cell(tf.nn.embedding_lookup(embedding, tf.reshape(inputs, [-1])), state)


class HighwayWrapper(_Around):
    """carry * inputs + (1 - carry) * output, the carry a gate of the inputs.

    With `couple_carry_transform_gates=False` the output has a gate of its own. See
    https://arxiv.org/abs/1505.00387. ValueError where inputs and outputs differ in shape.
    """

    def __init__(
        self,
        cell: Any,
        couple_carry_transform_gates: bool = True,
        carry_bias_init: float = 1.0,
    ) -> None:
        super().__init__(cell)
        self._coupled = couple_carry_transform_gates
        self._bias = carry_bias_init

    def _gate(self, name: str, inputs: Any, bias: float) -> Any:
        size = depth(inputs)
        w = tf.get_variable(f"{name}_w", [size, size], inputs.dtype)
        b = tf.get_variable(f"{name}_b", [size], inputs.dtype, tf.constant_initializer(bias))
        return tf.sigmoid(tf.nn.xw_plus_b(inputs, w, b))

    def _joined(self, inputs: Any, output: Any) -> Any:
        carry = self._gate("carry", inputs, self._bias)
        if self._coupled:
            transform = 1 - carry
        else:
            transform = self._gate("transform", inputs, -self._bias)
        return inputs * carry + output * transform

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """One step: the output and the new state."""
        outputs, new_state = self._cell(inputs, state, scope=scope)
        tf.nest.assert_same_structure(inputs, outputs)
        for a, b in zip(tf.nest.flatten(inputs), tf.nest.flatten(outputs), strict=True):
            a.shape.assert_is_compatible_with(b.shape)
        return tf.nest.map_structure(self._joined, inputs, outputs), new_state


class AttentionCellWrapper(_Around):
    """Attention to the wrapper's last `attn_length` outputs (https://arxiv.org/abs/1601.06733).

    The state is (the cell's state, what was attended to, the last outputs), or these as the columns
    of one tensor. ValueError for a length that is not positive, or a cell and a wrapper of
    different `state_is_tuple`.
    """

    def __init__(
        self,
        cell: Any,
        attn_length: int,
        attn_size: int | None = None,
        attn_vec_size: int | None = None,
        input_size: int | None = None,
        state_is_tuple: bool = True,
        reuse: Any = None,
    ) -> None:
        super().__init__(cell, reuse)
        if tf.nest.is_nested(cell.state_size) and not state_is_tuple:
            raise ValueError(
                "Cell returns tuple of states, but the flag state_is_tuple is not set. State size "
                f"is: {cell.state_size}"
            )
        if attn_length <= 0:
            raise ValueError(f"attn_length should be greater than zero, got {attn_length}")
        self._length = attn_length
        self._size = cell.output_size if attn_size is None else attn_size
        self._vector_size = self._size if attn_vec_size is None else attn_vec_size
        self._input_size = input_size
        self._state_is_tuple = state_is_tuple

    @property
    def state_size(self) -> Any:
        """The three sizes, or their sum."""
        sizes = (self._cell.state_size, self._size, self._size * self._length)
        return sizes if self._state_is_tuple else sum(sizes)

    @property
    def output_size(self) -> int:
        """The attention's size."""
        return self._size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """Zeros."""
        return tf.nn.rnn_cell.RNNCell.zero_state(self, batch_size, dtype)

    def call(self, inputs: Any, state: Any) -> Any:
        """The output and the new state."""
        if self._state_is_tuple:
            inner, attended, past = state
        else:
            sizes = [self._cell.state_size, self._size, self._size * self._length]
            inner, attended, past = tf.split(state, sizes, axis=1)
        past = tf.reshape(past, [-1, self._length, self._size])
        size = depth(inputs) if self._input_size is None else self._input_size
        output, new_inner = self._cell(linear([inputs, attended], size), inner)
        flat = tf.nest.flatten(new_inner)
        query = flat[0] if len(flat) == 1 else tf.concat(flat, 1)
        attended = self._attention(query, past)
        with tf.variable_scope("attn_output_projection"):
            output = linear([output, attended], self._size)
        past = tf.concat([past[:, 1:], tf.expand_dims(output, 1)], 1)
        past = tf.reshape(past, [-1, self._length * self._size])
        new = (new_inner, attended, past)
        return output, new if self._state_is_tuple else tf.concat(list(new), 1)

    def _attention(self, query: Any, past: Any) -> Any:
        with tf.variable_scope("attention"):
            w = tf.get_variable("attn_w", [1, 1, self._size, self._vector_size], query.dtype)
            v = tf.get_variable("attn_v", [self._vector_size], query.dtype)
            hidden = tf.reshape(past, [-1, self._length, 1, self._size])
            features = tf.nn.conv2d(hidden, w, [1, 1, 1, 1], "SAME")
            y = tf.reshape(linear(query, self._vector_size), [-1, 1, 1, self._vector_size])
            scores = tf.reduce_sum(v * tf.tanh(features + y), [2, 3])
            weights = tf.reshape(tf.nn.softmax(scores), [-1, self._length, 1, 1])
            return tf.reshape(tf.reduce_sum(weights * hidden, [1, 2]), [-1, self._size])
