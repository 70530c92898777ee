"""Cells made of cells: several on top of each other, dropout, residual connections, devices."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .cells import LSTMStateTuple, RNNCell, static_number


def check_cell(name: str, cell: Any) -> None:
    """TypeError unless `cell` has what a cell must have."""
    missing = [
        f"'{attribute}' property is missing"
        for attribute in ("output_size", "state_size")
        if not _has(cell, attribute)
    ]
    if not hasattr(cell, "zero_state") and not hasattr(cell, "get_initial_state"):
        missing.append("either 'zero_state' or 'get_initial_state' method is required")
    if not callable(cell):
        missing.append("is not callable")
    if missing:
        raise TypeError(f"The argument {name!r} ({cell}) is not an RNNCell: {', '.join(missing)}.")


def _has(cell: Any, attribute: str) -> bool:
    try:
        return hasattr(cell, attribute)
    except NotImplementedError:
        return True


class MultiRNNCell(RNNCell):
    """Cells on top of each other: each one's output is the next one's input.

    The state is a tuple of the cells' states. Their variables are below `cell_0`, `cell_1`, … .
    With `state_is_tuple=False` (deprecated) the states are the columns of one tensor. ValueError
    for no cells, TypeError for what is no list.
    """

    def __init__(self, cells: Any, state_is_tuple: bool = True) -> None:
        super().__init__()
        if not cells:
            raise ValueError("Must specify at least one cell for MultiRNNCell.")
        if not isinstance(cells, list | tuple):
            raise TypeError(f"cells must be a list or tuple, but saw: {cells}.")
        self._cells = list(cells)
        self._state_is_tuple = state_is_tuple
        if not state_is_tuple and any(isinstance(c.state_size, list | tuple) for c in cells):
            raise ValueError(
                "Some cells return tuples of states, but the flag state_is_tuple is not set. "
                f"State sizes are: {[c.state_size for c in cells]}"
            )

    @property
    def _checkpoint_dependencies(self) -> list[tuple[str, Any]]:
        return [(f"cell-{number}", cell) for number, cell in enumerate(self._cells)]

    @property
    def state_size(self) -> Any:
        """The cells' state sizes, or their sum."""
        if self._state_is_tuple:
            return tuple(cell.state_size for cell in self._cells)
        return sum(cell.state_size for cell in self._cells)

    @property
    def output_size(self) -> Any:
        """The last cell's output size."""
        return self._cells[-1].output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """The cells' zero states."""
        with tf.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            if self._state_is_tuple:
                return tuple(cell.zero_state(batch_size, dtype) for cell in self._cells)
            return super().zero_state(batch_size, dtype)

    @property
    def trainable_weights(self) -> list:
        """The cells' trainable weights."""
        if not self.trainable:
            return []
        return _all(self._cells, "trainable_weights")

    @property
    def non_trainable_weights(self) -> list:
        """The cells' other weights."""
        found = _all(self._cells, "non_trainable_weights")
        return found if self.trainable else [*_all(self._cells, "trainable_weights"), *found]

    def call(self, inputs: Any, state: Any) -> Any:
        """The last cell's output, and the new states."""
        if self._state_is_tuple and not isinstance(state, list | tuple):
            raise ValueError(
                f"Expected state to be a tuple of length {len(self.state_size)}, "
                f"but received: {state}"
            )
        at = 0
        new_states = []
        for i, cell in enumerate(self._cells):
            with tf.variable_scope(f"cell_{i}"):
                if self._state_is_tuple:
                    own = state[i]
                else:
                    own = tf.slice(state, [0, at], [-1, cell.state_size])
                    at += cell.state_size
                inputs, new = cell(inputs, own)
                new_states.append(new)
        if self._state_is_tuple:
            return inputs, tuple(new_states)
        return inputs, tf.concat(new_states, 1)

    def _inner_cells(self) -> list:
        return self._cells

    def _runs_whole(self) -> bool:
        return (
            type(self) is MultiRNNCell
            and self._state_is_tuple
            and all(runs_whole(cell) for cell in self._cells)
        )


def runs_whole(cell: Any) -> bool:
    """Whether a cell can be called with a whole sequence."""
    return isinstance(cell, RNNCell) and cell._runs_whole()


def _all(cells: list, attribute: str) -> list:
    return [
        w for cell in cells if isinstance(cell, tf.layers.Layer) for w in getattr(cell, attribute)
    ]


class _Wrapper(RNNCell):
    """A cell around another one, with its sizes and weights."""

    def __init__(self, cell: Any, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        check_cell("cell", cell)
        self.cell = cell

    @property
    def state_size(self) -> Any:
        """The cell's."""
        return self.cell.state_size

    @property
    def output_size(self) -> Any:
        """The cell's."""
        return self.cell.output_size

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """The cell's."""
        with tf.name_scope(type(self).__name__ + "ZeroState", values=[batch_size]):
            return self.cell.zero_state(batch_size, dtype)

    @property
    def trainable_weights(self) -> list:
        """The cell's."""
        return _all([self.cell], "trainable_weights")

    @property
    def non_trainable_weights(self) -> list:
        """The cell's."""
        return _all([self.cell], "non_trainable_weights")

    def build(self, _: Any) -> None:
        """The cell builds itself when it is called."""
        self.built = True

    def _inner_cells(self) -> list:
        return [self.cell]

    def __call__(self, inputs: Any, state: Any, scope: Any = None, **kwargs: Any) -> Any:
        """One step: the output and the new state."""
        return self._step(self.cell, inputs, state, scope=scope, **kwargs)

    def call(self, inputs: Any, state: Any, **kwargs: Any) -> Any:
        """The output and the new state."""
        return self._step(self.cell, inputs, state, **kwargs)

    def _step(self, cell: Callable, inputs: Any, state: Any, **kwargs: Any) -> Any:
        raise NotImplementedError


def _keep_all(probability: Any) -> bool:
    return isinstance(probability, int | float) and float(probability) >= 1.0


class DropoutWrapper(_Wrapper):
    """Dropout on the inputs, the outputs and the state of a cell.

    Each keep probability is a number or a scalar tensor. With `variational_recurrent` the same
    elements are dropped at every step (Gal and Ghahramani, https://arxiv.org/abs/1512.05287):
    `dtype` and, for the inputs, `input_size` (without the batch dimension) must then be given.
    `dropout_state_filter_visitor(state)` tells for the parts of the state whether they are dropped;
    by default an LSTM's c is not. ValueError for probabilities outside [0, 1] and what is missing.
    """

    def __init__(
        self,
        cell: Any,
        input_keep_prob: Any = 1.0,
        output_keep_prob: Any = 1.0,
        state_keep_prob: Any = 1.0,
        variational_recurrent: bool = False,
        input_size: Any = None,
        dtype: Any = None,
        seed: int | None = None,
        dropout_state_filter_visitor: Callable | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(cell, dtype=dtype, **kwargs)
        if dropout_state_filter_visitor is not None and not callable(dropout_state_filter_visitor):
            raise TypeError("dropout_state_filter_visitor must be callable")
        self._filter = dropout_state_filter_visitor or _not_memory
        self._seed = seed
        self._variational = variational_recurrent
        self._probabilities: dict[str, Any] = {}
        for name, value in (
            ("input", input_keep_prob), ("output", output_keep_prob), ("state", state_keep_prob),
        ):  # fmt: skip
            static = static_number(value)
            if static is not None and not 0 <= static <= 1:
                raise ValueError(
                    f"Parameter {name}_keep_prob must be between 0 and 1: {float(static)}"
                )
            self._probabilities[name] = value if static is None else float(static)
        self._noise: dict[str, Any] = {}
        if variational_recurrent:
            self._make_noise(input_size, dtype)

    @property
    def wrapped_cell(self) -> Any:
        """The cell inside."""
        return self.cell

    def _make_noise(self, input_size: Any, dtype: Any) -> None:
        if dtype is None:
            raise ValueError(
                "When variational_recurrent=True, dtype must be provided to DropoutWrapper."
            )
        if not _keep_all(self._probabilities["input"]) and input_size is None:
            raise ValueError(
                "When variational_recurrent=True and input_keep_prob < 1.0 or is unknown, "
                "input_size must be provided to DropoutWrapper."
            )
        sizes = {
            "input": input_size, "state": self.cell.state_size, "output": self.cell.output_size,
        }  # fmt: skip
        for kind, size in sizes.items():
            if size is None or _keep_all(self._probabilities[kind]):
                continue
            leaves = [
                tf.random_uniform(
                    [1, *tf.TensorShape(s).as_list()], dtype=dtype,
                    seed=self._own_seed(f"{kind}{i}" if kind != "output" else kind),
                )
                for i, s in enumerate(_sizes(size))
            ]  # fmt: skip
            self._noise[kind] = leaves

    def _own_seed(self, salt: str) -> int | None:
        """A seed of its own for each use, from the wrapper's."""
        if self._seed is None:
            return None
        text = f"{self._seed}_{salt}".encode()
        return int(hashlib.md5(text).hexdigest()[:8], 16) & 0x7FFFFFFF

    def _dropped(self, value: Any, kind: str, index: int, shallow: Any = True) -> Any:
        if not shallow or isinstance(value, tf.TensorArray):
            return value
        keep = self._probabilities[kind]
        if self._variational:
            noise = tf.floor(tf.convert_to_tensor(keep, value.dtype) + self._noise[kind][index])
            dropped = tf.div(value, keep) * noise
            dropped.set_shape(value.shape)
            return dropped
        return tf.nn.dropout(
            value,
            keep_prob=keep,
            seed=self._own_seed(kind if kind == "output" else f"{kind}{index}"),
        )

    def _all_dropped(self, values: Any, kind: str, chosen: Any = None) -> Any:
        if _keep_all(self._probabilities[kind]):
            return values
        flat = tf.nest.flatten(values)
        choice = [True] * len(flat) if chosen is None else chosen
        return tf.nest.pack_sequence_as(
            values,
            [
                self._dropped(v, kind, i, c)
                for i, (v, c) in enumerate(zip(flat, choice, strict=True))
            ],
        )

    def _step(self, cell: Callable, inputs: Any, state: Any, **kwargs: Any) -> Any:
        inputs = self._all_dropped(inputs, "input")
        output, new = cell(inputs, state, **kwargs)
        if not _keep_all(self._probabilities["state"]):
            new = self._all_dropped(new, "state", _choices(self._filter(new), new))
        return self._all_dropped(output, "output"), new

    def _runs_whole(self) -> bool:
        plain = type(self) is DropoutWrapper and not self._variational
        return plain and _keep_all(self._probabilities["state"]) and runs_whole(self.cell)


def _not_memory(state: Any) -> Any:
    """An LSTM's memory c is not dropped; its h, and other states, are."""
    if isinstance(state, LSTMStateTuple):
        return LSTMStateTuple(c=False, h=True)
    if isinstance(state, tf.TensorArray):
        return False
    if not isinstance(state, list | tuple):
        return True
    parts = [_not_memory(part) for part in state]
    return type(state)(*parts) if hasattr(state, "_fields") else type(state)(parts)


def _choices(answer: Any, state: Any) -> list[bool]:
    """For each tensor of the state whether it is dropped; an answer may stand for several."""
    if isinstance(answer, bool):
        return [answer] * len(tf.nest.flatten(state))
    return [c for a, s in zip(answer, state, strict=True) for c in _choices(a, s)]


def _sizes(size: Any) -> list:
    """The leaves of a nested size (a TensorShape is one)."""
    if isinstance(size, list | tuple):
        return [leaf for part in size for leaf in _sizes(part)]
    return [size]


class ResidualWrapper(_Wrapper):
    """The cell's inputs are added to its outputs, or `residual_fn(inputs, outputs)` joins them."""

    def __init__(self, cell: Any, residual_fn: Callable | None = None, **kwargs: Any) -> None:
        super().__init__(cell, **kwargs)
        self._residual_fn = residual_fn

    def _step(self, cell: Callable, inputs: Any, state: Any, **kwargs: Any) -> Any:
        outputs, new = cell(inputs, state, **kwargs)
        if self._residual_fn is not None:
            return self._residual_fn(inputs, outputs), new
        tf.nest.assert_same_structure(inputs, outputs)
        for a, b in zip(tf.nest.flatten(inputs), tf.nest.flatten(outputs), strict=True):
            a.shape.assert_is_compatible_with(b.shape)
        return tf.nest.map_structure(lambda a, b: a + b, inputs, outputs), new

    def _runs_whole(self) -> bool:
        plain = type(self) is ResidualWrapper and self._residual_fn is None
        return plain and runs_whole(self.cell)


class DeviceWrapper(_Wrapper):
    """The cell, its ops made for a device."""

    def __init__(self, cell: Any, device: Any, **kwargs: Any) -> None:
        super().__init__(cell, **kwargs)
        self._device = device

    def zero_state(self, batch_size: Any, dtype: Any) -> Any:
        """The cell's, made for the device."""
        with tf.device(self._device):
            return super().zero_state(batch_size, dtype)

    def _step(self, cell: Callable, inputs: Any, state: Any, **kwargs: Any) -> Any:
        with tf.device(self._device):
            return cell(inputs, state, **kwargs)

    def _runs_whole(self) -> bool:
        return type(self) is DeviceWrapper and runs_whole(self.cell)
