"""`tf.nn.raw_rnn`: a loop over a cell whose every step the caller decides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .dynamic import chosen, known_size
from .wrappers import check_cell


def raw_rnn(
    cell: Any,
    loop_fn: Callable[..., Any],
    parallel_iterations: int | None = None,
    swap_memory: bool = False,
    scope: Any = None,
) -> Any:
    """A loop over a cell whose inputs, states and outputs `loop_fn` decides.

    `loop_fn(time, output, state, loop_state)` returns (finished, next input, next state, what to
    emit, next loop state). It is called first with time 0 and None for the rest: the emitted value
    then tells the structure of the emissions (a tensor of zeros without the batch dimension, or
    None for the cell's output). Returns (TensorArrays of what was emitted, last state, last loop
    state). For finished examples zeros are emitted and the state stays. Raises TypeError for what
    is no cell or not callable, ValueError where the batch size cannot be told.
    """
    check_cell("cell", cell)
    if not callable(loop_fn):
        raise TypeError("loop_fn must be a callable")
    with tf.variable_scope(scope or "rnn"):
        time = tf.constant(0, dtype=tf.int32)
        finished, next_input, state, emitted, loop_state = loop_fn(time, None, None, None)
        finished = tf.convert_to_tensor(finished)
        flat_input = [tf.convert_to_tensor(t) for t in tf.nest.flatten(next_input)]
        next_input = tf.nest.pack_sequence_as(next_input, flat_input)
        static_batch = next((t.shape[0].value for t in flat_input if t.shape.ndims), None)
        if static_batch is None and finished.shape.ndims:
            static_batch = finished.shape[0].value
        batch = tf.shape(flat_input[0])[0] if static_batch is None else static_batch
        tf.nest.assert_same_structure(state, cell.state_size)
        state = tf.nest.map_structure(
            lambda s: s if isinstance(s, tf.TensorArray) else tf.convert_to_tensor(s), state
        )
        has_loop_state = loop_state is not None
        structure, arrays, zeros = _emissions(
            cell, emitted, flat_input[0].dtype, batch, static_batch
        )

        def body(
            time: Any, done: Any, current: Any, arrays: Any, state: Any, loop_state: Any
        ) -> Any:
            output, cell_state = cell(current, state)
            tf.nest.assert_same_structure(state, cell_state)
            following = time + 1
            next_done, new_input, new_state, emit, new_loop = loop_fn(
                following, output, cell_state, loop_state if has_loop_state else None
            )
            tf.nest.assert_same_structure(state, new_state)
            tf.nest.assert_same_structure(current, new_input)
            tf.nest.assert_same_structure(structure, emit)
            emit = [chosen(done, z, e) for z, e in zip(zeros, tf.nest.flatten(emit), strict=True)]
            kept = [
                chosen(done, s, n)
                for s, n in zip(tf.nest.flatten(state), tf.nest.flatten(new_state), strict=True)
            ]
            written = [a.write(time, e) for a, e in zip(arrays, emit, strict=True)]
            return (
                following,
                tf.logical_or(done, next_done),
                new_input,
                written,
                tf.nest.pack_sequence_as(state, kept),
                new_loop if has_loop_state else loop_state,
            )

        found = tf.while_loop(
            lambda time, done, *_: tf.logical_not(tf.reduce_all(done)),
            body,
            [time, finished, next_input, arrays, state, loop_state if has_loop_state else
             tf.constant(0, dtype=tf.int32)],
            parallel_iterations=parallel_iterations or 32,
            swap_memory=swap_memory,
        )  # fmt: skip
        emitted_arrays = tf.nest.pack_sequence_as(structure, found[3])
        return emitted_arrays, found[4], found[5] if has_loop_state else None


def _emissions(cell: Any, emitted: Any, dtype: Any, batch: Any, static_batch: Any) -> Any:
    """The structure of what is emitted, an array for each part, and zeros for each."""
    if emitted is None:
        structure = cell.output_size
        shapes = [tf.TensorShape(s) for s in tf.nest.flatten(structure)]
        kinds = [dtype] * len(shapes)
    else:
        structure = emitted
        parts = [tf.convert_to_tensor(e) for e in tf.nest.flatten(emitted)]
        shapes, kinds = [p.shape for p in parts], [p.dtype for p in parts]
    arrays = [
        tf.TensorArray(
            kind, size=0, dynamic_size=True, tensor_array_name=f"rnn_output_{i}",
            element_shape=tf.TensorShape([static_batch]).concatenate(shape),
        )
        for i, (kind, shape) in enumerate(zip(kinds, shapes, strict=True))
    ]  # fmt: skip
    if emitted is None:
        zeros = [tf.zeros([batch, *known_size(s)], k) for s, k in zip(shapes, kinds, strict=True)]
    else:
        zeros = [
            tf.zeros(tf.concat([[batch], tf.shape(p)], 0), p.dtype) if None in p.shape.as_list()
            else tf.zeros([batch, *p.shape.as_list()], p.dtype)
            for p in parts
        ]  # fmt: skip
    return structure, arrays, zeros
