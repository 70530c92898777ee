"""Bidirectional layers on top of each other, and small helpers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf


def _check(cells_fw: Any, cells_bw: Any, states_fw: Any, states_bw: Any) -> None:
    for name, cells in (("cells_fw", cells_fw), ("cells_bw", cells_bw)):
        if not cells:
            raise ValueError(f"Must specify at least one cell for {name}.")
        if not isinstance(cells, list):
            raise ValueError(f"{name} must be a list of cells (one per layer), not {cells!r}.")
    if len(cells_fw) != len(cells_bw):
        raise ValueError(
            f"Forward and Backward cells must have the same depth: {len(cells_fw)}, "
            f"{len(cells_bw)}."
        )
    for name, cells, states in (("fw", cells_fw, states_fw), ("bw", cells_bw, states_bw)):
        if states is not None and (
            not isinstance(states, list | tuple) or len(states) != len(cells)
        ):
            raise ValueError(
                f"initial_states_{name} must be a list of state tensors (one per layer)."
            )


def _stacked(layer: Callable, inputs: Any, cells: Any, states: Any, scope: Any) -> Any:
    last_fw, last_bw = [], []
    with tf.variable_scope(scope or "stack_bidirectional_rnn"):
        for i, (cell_fw, cell_bw) in enumerate(zip(*cells, strict=True)):
            state_fw, state_bw = (None if s is None else s[i] for s in states)
            with tf.variable_scope(f"cell_{i}"):
                inputs, new_fw, new_bw = layer(cell_fw, cell_bw, inputs, state_fw, state_bw)
            last_fw.append(new_fw)
            last_bw.append(new_bw)
    return inputs, tuple(last_fw), tuple(last_bw)


def stack_bidirectional_rnn(
    cells_fw: Any,
    cells_bw: Any,
    inputs: Any,
    initial_states_fw: Any = None,
    initial_states_bw: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> Any:
    """Layers of tf.nn.static_bidirectional_rnn, each over the joined outputs of the one before.

    (outputs, last states forwards, last states backwards). ValueError for lists of cells that are
    empty or of different lengths.
    """
    _check(cells_fw, cells_bw, initial_states_fw, initial_states_bw)

    def layer(cell_fw: Any, cell_bw: Any, inputs: Any, state_fw: Any, state_bw: Any) -> Any:
        with tf.variable_scope(tf.get_variable_scope()) as here:
            return tf.nn.static_bidirectional_rnn(
                cell_fw, cell_bw, inputs, initial_state_fw=state_fw, initial_state_bw=state_bw,
                dtype=dtype, sequence_length=sequence_length, scope=here,
            )  # fmt: skip

    states = (initial_states_fw, initial_states_bw)
    return _stacked(layer, inputs, (cells_fw, cells_bw), states, scope)


def stack_bidirectional_dynamic_rnn(
    cells_fw: Any,
    cells_bw: Any,
    inputs: Any,
    initial_states_fw: Any = None,
    initial_states_bw: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    parallel_iterations: int | None = None,
    time_major: bool = False,
    scope: Any = None,
    swap_memory: bool = False,
) -> Any:
    """Layers of tf.nn.bidirectional_dynamic_rnn, each over the joined outputs of the one before.

    (outputs, last states forwards, last states backwards). ValueError for lists of cells that are
    empty or of different lengths.
    """
    _check(cells_fw, cells_bw, initial_states_fw, initial_states_bw)

    def layer(cell_fw: Any, cell_bw: Any, inputs: Any, state_fw: Any, state_bw: Any) -> Any:
        outputs, last = tf.nn.bidirectional_dynamic_rnn(
            cell_fw, cell_bw, inputs, initial_state_fw=state_fw, initial_state_bw=state_bw,
            sequence_length=sequence_length, dtype=dtype, parallel_iterations=parallel_iterations,
            time_major=time_major, swap_memory=swap_memory,
        )  # fmt: skip
        return tf.concat(outputs, 2), *last

    states = (initial_states_fw, initial_states_bw)
    return _stacked(layer, inputs, (cells_fw, cells_bw), states, scope)


def transpose_batch_time(x: Any) -> Any:
    """A tensor with its first two dimensions swapped; what has a smaller rank stays as it is."""
    rank = x.shape.ndims
    if rank is not None and rank < 2:
        return x
    more = tf.range(2, tf.rank(x)) if rank is None else list(range(2, rank))
    order = tf.concat([[1, 0], more], 0) if rank is None else [1, 0, *more]
    return tf.transpose(x, order)


def best_effort_input_batch_size(flat_input: list) -> Any:
    """The second dimension of the first tensor that has a known one, else a tensor of it.

    ValueError for a tensor of fewer than two dimensions.
    """
    for tensor in flat_input:
        rank = tensor.shape.ndims
        if rank is None:
            continue
        if rank < 2:
            raise ValueError(f"Input tensor should have rank >= 2, but {tensor} has rank {rank}.")
        if tensor.shape[1].value is not None:
            return tensor.shape[1].value
    return tf.shape(flat_input[0])[1]
