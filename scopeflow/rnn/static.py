"""`tf.nn.static_rnn` and its kin: a step of ops for each step of time."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .dynamic import initial_state_of
from .wrappers import check_cell


def static_rnn(
    cell: Any,
    inputs: Any,
    initial_state: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> Any:
    """Run a cell over a list of inputs: the list of outputs, and the last state.

    Each of `inputs` is [batch, depth] (or a structure of such tensors). Behind an example's
    `sequence_length` its outputs are zeros and its state stays. Variables are made below `rnn` (or
    `scope`). TypeError for what is no cell or list, ValueError for no inputs or no dtype.
    """
    check_cell("cell", cell)
    if not isinstance(inputs, list | tuple):
        raise TypeError("inputs must be a sequence")
    if not inputs:
        raise ValueError("inputs must not be empty")
    outputs = []
    with tf.variable_scope(scope or "rnn") as entered:
        first = tf.nest.flatten(inputs[0])[0]
        if first.shape.ndims == 0:
            raise ValueError(f"Input size (depth of inputs) must be known, saw: {first.shape}")
        fixed = first.shape[0].value if first.shape.ndims else None
        batch = tf.shape(first)[0] if fixed is None else fixed
        if initial_state is not None:
            state = initial_state
        else:
            if not dtype:
                raise ValueError("If no initial_state is provided, dtype must be specified")
            state = initial_state_of(cell, batch, dtype)
        update = None
        if sequence_length is not None:
            update = _Masked(cell, sequence_length, first, batch)
        for time, now in enumerate(inputs):
            if time > 0:
                entered.reuse_variables()
            if update is None:
                output, state = cell(now, state)
            else:
                output, state = update.step(time, now, state)
            outputs.append(output)
    return outputs, state


class _Masked:
    """Steps of a cell for sequences of different lengths."""

    def __init__(self, cell: Any, lengths: Any, first: Any, batch: Any) -> None:
        lengths = tf.convert_to_tensor(lengths, name="sequence_length")
        if lengths.shape.ndims not in (None, 1):
            raise ValueError("sequence_length must be a vector of length batch_size")
        self.cell = cell
        self.lengths = tf.cast(lengths, tf.int32)
        self.zeros = tf.nest.map_structure(
            lambda size: tf.zeros([batch, *tf.TensorShape(size).as_list()], first.dtype),
            cell.output_size,
        )
        self.shortest = tf.reduce_min(self.lengths)
        self.longest = tf.reduce_max(self.lengths)

    def step(self, time: int, inputs: Any, state: Any) -> Any:
        """A step in a condition: nothing is computed where all sequences are over."""
        zeros, olds = tf.nest.flatten(self.zeros), tf.nest.flatten(state)

        def nothing() -> list:
            return [*zeros, *olds]

        def computed() -> list:
            output, new = self.cell(inputs, state)
            tf.nest.assert_same_structure(self.zeros, output)
            tf.nest.assert_same_structure(state, new)
            news = [*tf.nest.flatten(output), *tf.nest.flatten(new)]
            return tf.cond(
                time < self.shortest,
                lambda: news,
                lambda: [
                    new if new.shape.ndims == 0 else tf.where(time >= self.lengths, old, new)
                    for old, new in zip(nothing(), news, strict=True)
                ],
            )

        found = tf.cond(time >= self.longest, nothing, computed)
        found = list(found) if isinstance(found, list | tuple) else [found]
        for tensor, like in zip(found, nothing(), strict=True):
            tensor.set_shape(like.shape)
        count = len(zeros)
        return (
            tf.nest.pack_sequence_as(self.zeros, found[:count]),
            tf.nest.pack_sequence_as(state, found[count:]),
        )


def static_state_saving_rnn(
    cell: Any,
    inputs: Any,
    state_saver: Any,
    state_name: Any,
    sequence_length: Any = None,
    scope: Any = None,
) -> Any:
    """As static_rnn, with the state from `state_saver.state(name)`, saved by `save_state`.

    `state_name` is a name, or a tuple of names like the cell's state. ValueError where they differ.
    """
    sizes = cell.state_size
    tuples = tf.nest.is_nested(sizes)
    if tuples != isinstance(state_name, list | tuple):
        raise ValueError(
            "state_name should be the same type as cell.state_size. state_name: "
            f"{state_name}, cell.state_size: {sizes}"
        )
    names = tf.nest.flatten(state_name)
    if len(names) != len(tf.nest.flatten(sizes)):
        raise ValueError(
            f"#elems(state_name) != #elems(state_size): {len(names)} vs. "
            f"{len(tf.nest.flatten(sizes))}"
        )
    initial = tf.nest.pack_sequence_as(sizes, [state_saver.state(name) for name in names])
    outputs, state = static_rnn(
        cell, inputs, initial_state=initial, sequence_length=sequence_length, scope=scope
    )
    saves = [
        state_saver.save_state(name, part)
        for name, part in zip(names, tf.nest.flatten(state), strict=True)
    ]
    with tf.control_dependencies(saves):
        last = tf.nest.map_structure(tf.identity, outputs[-1])
    return [*outputs[:-1], last], state


def static_bidirectional_rnn(
    cell_fw: Any,
    cell_bw: Any,
    inputs: Any,
    initial_state_fw: Any = None,
    initial_state_bw: Any = None,
    dtype: Any = None,
    sequence_length: Any = None,
    scope: Any = None,
) -> Any:
    """Run one cell forwards and one backwards over a list of inputs.

    (outputs, last state forwards, last state backwards); each output is both cells' outputs,
    joined. Arguments and errors as static_rnn.
    """
    check_cell("cell_fw", cell_fw)
    check_cell("cell_bw", cell_bw)
    if not isinstance(inputs, list | tuple):
        raise TypeError("inputs must be a sequence")
    if not inputs:
        raise ValueError("inputs must not be empty")
    with tf.variable_scope(scope or "bidirectional_rnn"):
        with tf.variable_scope("fw") as scope_fw:
            forwards, state_fw = static_rnn(
                cell_fw, inputs, initial_state_fw, dtype, sequence_length, scope=scope_fw
            )
        with tf.variable_scope("bw") as scope_bw:
            backwards, state_bw = static_rnn(
                cell_bw, _reversed(inputs, sequence_length), initial_state_bw, dtype,
                sequence_length, scope=scope_bw,
            )  # fmt: skip
    turned = _reversed(backwards, sequence_length)
    flat = [
        tf.concat([f, b], 1)
        for f, b in zip(tf.nest.flatten(forwards), tf.nest.flatten(turned), strict=True)
    ]
    return tf.nest.pack_sequence_as(forwards, flat), state_fw, state_bw


def _reversed(inputs: Any, lengths: Any) -> list:
    """A list of steps, backwards; each sequence within its length."""
    if lengths is None:
        return list(reversed(inputs))
    flat = [tf.nest.flatten(step) for step in inputs]
    parts = []
    for steps in zip(*flat, strict=True):
        stacked = tf.stack(steps)
        turned = tf.reverse_sequence(stacked, lengths, seq_axis=0, batch_axis=1)
        turned.set_shape(stacked.shape)
        parts.append(tf.unstack(turned))
    return [
        tf.nest.pack_sequence_as(step, [part[time] for part in parts])
        for time, step in enumerate(inputs)
    ]
