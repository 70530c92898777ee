"""Decoders, and the loop that runs them."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import scopeflow as tf

from .helpers import Helper, transposed


class Decoder:
    """What dynamic_decode runs: `initialize`, then `step` until all is finished."""

    @property
    def batch_size(self) -> Any:
        """The number of sequences."""
        raise NotImplementedError(f"{type(self).__name__} does not say its batch_size.")

    @property
    def output_size(self) -> Any:
        """The (nested) sizes of a step's outputs, without the batch dimension."""
        raise NotImplementedError(f"{type(self).__name__} does not say its output_size.")

    @property
    def output_dtype(self) -> Any:
        """The (nested) dtypes of a step's outputs."""
        raise NotImplementedError(f"{type(self).__name__} does not say its output_dtype.")

    @property
    def tracks_own_finished(self) -> bool:
        """Whether what `step` says of the finished sequences is all there is to say."""
        return False

    def initialize(self, name: str | None = None) -> Any:
        """(finished, first inputs, first state)."""
        raise NotImplementedError(f"{type(self).__name__} does not initialize.")

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        """(outputs, next state, next inputs, finished)."""
        raise NotImplementedError(f"{type(self).__name__} has no step.")

    def finalize(self, outputs: Any, final_state: Any, sequence_lengths: Any) -> Any:
        """(outputs, state) as they are returned; a decoder need not have it."""
        raise NotImplementedError(f"{type(self).__name__} does not finalize.")


class BasicDecoderOutput(namedtuple("BasicDecoderOutput", ("rnn_output", "sample_id"))):
    """A step's outputs, and their samples."""

    __slots__ = ()


class BasicDecoder(Decoder):
    """A cell whose inputs a helper gives; `output_layer`, a layer, is put over its outputs."""

    def __init__(
        self, cell: Any, helper: Helper, initial_state: Any, output_layer: Any = None
    ) -> None:
        check_cell(cell)
        if not isinstance(helper, Helper):
            raise TypeError(f"helper must be a Helper, received: {type(helper)}")
        check_layer(output_layer)
        self._cell = cell
        self._helper = helper
        self._initial_state = initial_state
        self._output_layer = output_layer

    @property
    def batch_size(self) -> Any:
        """The helper's."""
        return self._helper.batch_size

    @property
    def output_size(self) -> Any:
        """The sizes of outputs and samples."""
        return BasicDecoderOutput(
            rnn_output=size_behind(self._cell.output_size, self._output_layer),
            sample_id=self._helper.sample_ids_shape,
        )

    @property
    def output_dtype(self) -> Any:
        """The first state's dtype, and the samples'."""
        dtype = tf.nest.flatten(self._initial_state)[0].dtype
        return BasicDecoderOutput(
            tf.nest.map_structure(lambda _: dtype, self.output_size.rnn_output),
            self._helper.sample_ids_dtype,
        )

    def initialize(self, name: str | None = None) -> Any:
        """The helper's beginning, and the initial state."""
        return (*self._helper.initialize(), self._initial_state)

    def step(self, time: Any, inputs: Any, state: Any, name: str | None = None) -> Any:
        """A step of the cell, a sample, and what the helper gives next."""
        with tf.name_scope(name, "BasicDecoderStep", [time, inputs]):
            outputs, state = self._cell(inputs, state)
            if self._output_layer is not None:
                outputs = self._output_layer(outputs)
            sample_ids = self._helper.sample(time=time, outputs=outputs, state=state)
            finished, following, state = self._helper.next_inputs(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids
            )
        return BasicDecoderOutput(outputs, sample_ids), state, following, finished


def check_cell(cell: Any) -> None:
    """TypeError for what is no cell."""
    if not (hasattr(cell, "output_size") and hasattr(cell, "state_size") and callable(cell)):
        raise TypeError(f"The argument 'cell' ({cell}) is not an RNNCell.")


def check_layer(layer: Any) -> None:
    """TypeError for what is neither None nor a layer."""
    if layer is not None and not hasattr(layer, "compute_output_shape"):
        raise TypeError(f"output_layer must be a Layer, received: {type(layer)}")


def size_behind(size: Any, layer: Any) -> Any:
    """The size of a cell's output behind a layer."""
    if layer is None:
        return size
    shape = layer.compute_output_shape(tf.TensorShape([None, *tf.TensorShape(size).as_list()]))
    return shape[1:]


def _zeros(sizes: Any, dtypes: Any, batch: Any) -> Any:
    flat = [
        tf.zeros([batch, *tf.TensorShape(size).as_list()], dtype)
        for size, dtype in zip(_leaves(sizes), _leaves(dtypes), strict=True)
    ]
    return tf.nest.pack_sequence_as(dtypes, flat)


def _leaves(sizes: Any) -> list:
    """The leaves of nested sizes, of which a TensorShape is one."""
    if isinstance(sizes, list | tuple):
        return [leaf for part in sizes for leaf in _leaves(part)]
    return [sizes]


def _kept(finished: Any, old: Any, new: Any) -> Any:
    """The old value of the finished sequences; arrays and scalars take the new one."""
    if isinstance(old, tf.TensorArray):
        return new
    new.set_shape(old.shape)
    if new.shape.ndims == 0:
        return new
    return tf.where(finished, old, new)


def dynamic_decode(
    decoder: Decoder,
    output_time_major: bool = False,
    impute_finished: bool = False,
    maximum_iterations: Any = None,
    parallel_iterations: int = 32,
    swap_memory: bool = False,
    scope: Any = None,
    **kwargs: Any,
) -> Any:
    """Run a decoder until all is finished: (outputs, last state, lengths of the sequences).

    The outputs are [batch, time, …] ([time, batch, …] with `output_time_major`). With
    `impute_finished` the state of a finished sequence stays and its outputs are zeros.
    `maximum_iterations` is the largest number of steps. The variables are made below the scope
    `decoder` (or `scope`). `parallel_iterations` and `swap_memory` are accepted, as by
    tf.while_loop; further arguments go to the decoder's `initialize`.

    Raises TypeError for what is no Decoder, ValueError if `maximum_iterations` is no scalar.
    """
    if not isinstance(decoder, Decoder):
        raise TypeError(f"Expected decoder to be type Decoder, but saw: {type(decoder)}")
    with tf.variable_scope(scope, "decoder"):
        if maximum_iterations is not None:
            maximum_iterations = tf.convert_to_tensor(
                maximum_iterations, dtype=tf.int32, name="maximum_iterations"
            )
            if maximum_iterations.shape.ndims != 0:
                raise ValueError("maximum_iterations must be a scalar")
        finished, inputs, state = decoder.initialize(**kwargs)
        zeros = _zeros(decoder.output_size, decoder.output_dtype, decoder.batch_size)
        if maximum_iterations is not None:
            finished = tf.logical_or(finished, 0 >= maximum_iterations)
        lengths = tf.zeros_like(finished, dtype=tf.int32)
        batch = tf.get_static_value(tf.convert_to_tensor(decoder.batch_size, name="batch_size"))

        def array(size: Any, dtype: Any) -> tf.TensorArray:
            shape = [None if batch is None else int(batch), *tf.TensorShape(size).as_list()]
            return tf.TensorArray(dtype, size=0, dynamic_size=True, element_shape=shape)

        arrays = [
            array(size, dtype)
            for size, dtype in zip(
                _leaves(decoder.output_size), _leaves(decoder.output_dtype), strict=True
            )
        ]

        def body(
            time: Any, arrays: Any, state: Any, inputs: Any, finished: Any, lengths: Any
        ) -> Any:
            outputs, new_state, following, now = decoder.step(time, inputs, state)
            done = now if decoder.tracks_own_finished else tf.logical_or(now, finished)
            new_lengths = tf.where(
                tf.logical_not(finished), tf.fill(tf.shape(lengths), time + 1), lengths
            )
            for old, new in ((state, new_state), (zeros, outputs), (inputs, following)):
                tf.nest.assert_same_structure(old, new)
            emitted = tf.nest.flatten(outputs)
            if impute_finished:
                emitted = [
                    tf.where(finished, zero, out)
                    for zero, out in zip(tf.nest.flatten(zeros), emitted, strict=True)
                ]
                new_state = tf.nest.map_structure(
                    lambda old, new: _kept(finished, old, new), state, new_state
                )
            written = [a.write(time, e) for a, e in zip(arrays, emitted, strict=True)]
            return time + 1, written, new_state, following, done, new_lengths

        _, arrays, state, _, _, lengths = tf.while_loop(
            lambda time, arrays, state, inputs, finished, lengths: tf.logical_not(
                tf.reduce_all(finished)
            ),
            body,
            (tf.constant(0, dtype=tf.int32), arrays, state, inputs, finished, lengths),
            parallel_iterations=parallel_iterations,
            maximum_iterations=maximum_iterations,
            swap_memory=swap_memory,
        )
        outputs = tf.nest.pack_sequence_as(zeros, [a.stack() for a in arrays])
        if type(decoder).finalize is not Decoder.finalize:
            outputs, state = decoder.finalize(outputs, state, lengths)
        if not output_time_major:
            outputs = tf.nest.map_structure(transposed, outputs)
    return outputs, state, lengths
