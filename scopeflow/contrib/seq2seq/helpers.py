"""What a decoder reads next: helpers that train on given sequences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf


def transposed(tensor: Any) -> Any:
    """Batch and time swapped."""
    return tf.contrib.rnn.transpose_batch_time(tensor)


class Helper:
    """What a BasicDecoder asks: how it begins, what is sampled, what comes next."""

    @property
    def batch_size(self) -> Any:
        """The number of sequences, a tensor."""
        raise NotImplementedError(f"{type(self).__name__} does not say its batch_size.")

    @property
    def sample_ids_shape(self) -> Any:
        """The shape of a sample, without the batch dimension."""
        raise NotImplementedError(f"{type(self).__name__} does not say its sample_ids_shape.")

    @property
    def sample_ids_dtype(self) -> Any:
        """The dtype of a sample."""
        raise NotImplementedError(f"{type(self).__name__} does not say its sample_ids_dtype.")

    def initialize(self, name: str | None = None) -> Any:
        """(whether each sequence is finished, the first inputs)."""
        raise NotImplementedError(f"{type(self).__name__} does not initialize.")

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """Samples of the outputs."""
        raise NotImplementedError(f"{type(self).__name__} does not sample.")

    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> Any:
        """(whether each sequence is finished, the next inputs, the next state)."""
        raise NotImplementedError(f"{type(self).__name__} has no next inputs.")


class CustomHelper(Helper):
    """A helper of three functions.

    `initialize_fn()` gives (finished, first inputs); `sample_fn(time, outputs, state)` the samples;
    `next_inputs_fn(time, outputs, state, sample_ids)` (finished, next inputs, next state).
    """

    def __init__(
        self,
        initialize_fn: Callable,
        sample_fn: Callable,
        next_inputs_fn: Callable,
        sample_ids_shape: Any = None,
        sample_ids_dtype: Any = None,
    ) -> None:
        self._initialize_fn = initialize_fn
        self._sample_fn = sample_fn
        self._next_inputs_fn = next_inputs_fn
        self._batch_size: Any = None
        self._sample_ids_shape = tf.TensorShape(sample_ids_shape or [])
        self._sample_ids_dtype = sample_ids_dtype or tf.int32

    @property
    def batch_size(self) -> Any:
        """The number of sequences; ValueError before `initialize`."""
        if self._batch_size is None:
            raise ValueError("batch_size accessed before initialize was called")
        return self._batch_size

    @property
    def sample_ids_shape(self) -> Any:
        """As given, else that of a scalar."""
        return self._sample_ids_shape

    @property
    def sample_ids_dtype(self) -> Any:
        """As given, else int32."""
        return self._sample_ids_dtype

    def initialize(self, name: str | None = None) -> Any:
        """What `initialize_fn` gives."""
        with tf.name_scope(name, "CustomHelperInitialize"):
            finished, inputs = self._initialize_fn()
            if self._batch_size is None:
                self._batch_size = tf.size(finished)
        return finished, inputs

    def sample(self, time: Any, outputs: Any, state: Any, name: str | None = None) -> Any:
        """What `sample_fn` gives."""
        with tf.name_scope(name, "CustomHelperSample", [time, outputs, state]):
            return self._sample_fn(time=time, outputs=outputs, state=state)

    def next_inputs(
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> Any:
        """What `next_inputs_fn` gives."""
        with tf.name_scope(name, "CustomHelperNextInputs", [time, outputs, state]):
            return self._next_inputs_fn(
                time=time, outputs=outputs, state=state, sample_ids=sample_ids
            )


class TrainingHelper(Helper):
    """The inputs are those of given sequences; samples are the likeliest, and have no effect.

    `inputs` is [batch, time, …] ([time, batch, …] with `time_major`), or a structure of such
    tensors; `sequence_length` says how long each is. ValueError where that is no vector.
    """

    _name = "TrainingHelper"

    def __init__(
        self, inputs: Any, sequence_length: Any, time_major: bool = False, name: str | None = None
    ) -> None:
        with tf.name_scope(name, self._name, [inputs, sequence_length]):
            inputs = tf.nest.map_structure(tf.convert_to_tensor, inputs)
            self._inputs = inputs
            if not time_major:
                inputs = tf.nest.map_structure(transposed, inputs)
            self._arrays = tf.nest.map_structure(_unstacked, inputs)
            self._sequence_length = tf.convert_to_tensor(sequence_length, name="sequence_length")
            if self._sequence_length.shape.ndims != 1:
                raise ValueError(
                    "Expected sequence_length to be a vector, but received shape: "
                    f"{self._sequence_length.shape}"
                )
            self._zero_inputs = tf.nest.map_structure(lambda t: tf.zeros_like(t[0]), inputs)
            self._start_inputs = self._zero_inputs
            self._batch_size = tf.size(self._sequence_length)

    @property
    def inputs(self) -> Any:
        """The sequences."""
        return self._inputs

    @property
    def sequence_length(self) -> Any:
        """Their lengths."""
        return self._sequence_length

    @property
    def batch_size(self) -> Any:
        """The number of sequences."""
        return self._batch_size

    @property
    def sample_ids_shape(self) -> Any:
        """Samples are scalars."""
        return tf.TensorShape([])

    @property
    def sample_ids_dtype(self) -> Any:
        """Samples are of int32."""
        return tf.int32

    def _read(self, finished: Any, time: Any) -> Any:
        """The inputs of a step; zeros where all sequences are finished."""
        found = tf.cond(
            tf.reduce_all(finished),
            lambda: tf.nest.flatten(self._zero_inputs),
            lambda: [array.read(time) for array in tf.nest.flatten(self._arrays)],
        )
        flat = found if isinstance(found, list | tuple) else [found]
        for tensor, zero in zip(flat, tf.nest.flatten(self._zero_inputs), strict=True):
            tensor.set_shape(zero.shape)
        return tf.nest.pack_sequence_as(self._zero_inputs, flat)

    def initialize(self, name: str | None = None) -> Any:
        """Sequences of length 0 are finished; the inputs of the first step."""
        with tf.name_scope(name, "TrainingHelperInitialize"):
            finished = tf.equal(0, self._sequence_length)
            return finished, self._read(finished, 0)

    def sample(  # type: ignore[override]
        self, time: Any, outputs: Any, name: str | None = None, **unused_kwargs: Any
    ) -> Any:
        """The likeliest."""
        with tf.name_scope(name, "TrainingHelperSample", [time, outputs]):
            return tf.cast(tf.argmax(outputs, axis=-1), tf.int32)

    def next_inputs(  # type: ignore[override]
        self, time: Any, outputs: Any, state: Any, name: str | None = None, **unused_kwargs: Any
    ) -> Any:
        """The inputs of the next step."""
        with tf.name_scope(name, "TrainingHelperNextInputs", [time, outputs, state]):
            following = time + 1
            finished = following >= self._sequence_length
            return finished, self._read(finished, following), state


def _unstacked(tensor: Any) -> Any:
    array = tf.TensorArray(
        tensor.dtype, size=tf.shape(tensor)[0], element_shape=tensor.shape[1:],
    )  # fmt: skip
    return array.unstack(tensor)


def _probability(value: Any) -> Any:
    probability = tf.convert_to_tensor(value, name="sampling_probability")
    if probability.shape.ndims not in (0, 1):
        raise ValueError(
            f"sampling_probability must be either a scalar or a vector. saw shape: "
            f"{probability.shape}"
        )
    return probability


def _drawn(probability: Any, batch: Any, seed: int | None) -> Any:
    """For each sequence whether it takes a sample."""
    return tf.random_uniform([batch], dtype=probability.dtype, seed=seed) < probability


class ScheduledEmbeddingTrainingHelper(TrainingHelper):
    """A TrainingHelper that at times takes the embedding of what was sampled instead.

    See scheduled sampling, http://arxiv.org/abs/1506.03099. A sample that is not taken is -1.
    """

    _name = "ScheduledEmbeddingSamplingWrapper"

    def __init__(
        self,
        inputs: Any,
        sequence_length: Any,
        embedding: Any,
        sampling_probability: Any,
        time_major: bool = False,
        seed: int | None = None,
        scheduling_seed: int | None = None,
        name: str | None = None,
    ) -> None:
        self._embed = embedding if callable(embedding) else embedder(embedding)
        self._probability = _probability(sampling_probability)
        self._seed, self._scheduling_seed = seed, scheduling_seed
        super().__init__(inputs, sequence_length, time_major, name)

    def initialize(self, name: str | None = None) -> Any:
        """As TrainingHelper."""
        return super().initialize(name)

    def sample(  # type: ignore[override]
        self, time: Any, outputs: Any, state: Any, name: str | None = None
    ) -> Any:
        """Samples of the outputs' distribution for the sequences that take one, else -1."""
        with tf.name_scope(name, f"{self._name}Sample", [time, outputs, state]):
            taken = _drawn(self._probability, self.batch_size, self._scheduling_seed)
            ids = categorical(outputs, self._seed)
            return tf.where(taken, ids, tf.fill([self.batch_size], -1))

    def next_inputs(  # type: ignore[override]
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> Any:
        """The given inputs, or the samples' embeddings."""
        with tf.name_scope(name, f"{self._name}NextInputs", [time, outputs, state, sample_ids]):
            finished, given, state = super().next_inputs(time, outputs, state)
            taken = sample_ids > -1
            mixed = tf.where(taken, self._embed(tf.maximum(sample_ids, 0)), given)
            mixed.set_shape(given.shape)
            return finished, tf.where(tf.reduce_all(finished), given, mixed), state


class ScheduledOutputTrainingHelper(TrainingHelper):
    """A TrainingHelper that at times takes the decoder's outputs instead.

    `next_inputs_fn(outputs)` makes inputs of outputs; `auxiliary_inputs`, sequences too, are joined
    to all inputs. A sample is 1 for a sequence that takes its output.
    """

    _name = "ScheduledOutputTrainingHelper"

    def __init__(
        self,
        inputs: Any,
        sequence_length: Any,
        sampling_probability: Any,
        time_major: bool = False,
        seed: int | None = None,
        next_inputs_fn: Callable | None = None,
        auxiliary_inputs: Any = None,
        name: str | None = None,
    ) -> None:
        self._probability = _probability(sampling_probability)
        self._seed = seed
        self._next_inputs_fn = next_inputs_fn
        self._auxiliary: Any = None
        if auxiliary_inputs is not None:
            tf.nest.assert_same_structure(inputs, auxiliary_inputs)
            auxiliary = tf.nest.map_structure(tf.convert_to_tensor, auxiliary_inputs)
            inputs = tf.nest.map_structure(
                lambda a, b: tf.concat([a, b], -1),
                tf.nest.map_structure(tf.convert_to_tensor, inputs), auxiliary,
            )  # fmt: skip
            if not time_major:
                auxiliary = tf.nest.map_structure(transposed, auxiliary)
            self._auxiliary = tf.nest.map_structure(_unstacked, auxiliary)
        super().__init__(inputs, sequence_length, time_major, name)

    def initialize(self, name: str | None = None) -> Any:
        """As TrainingHelper."""
        return super().initialize(name)

    def sample(  # type: ignore[override]
        self, time: Any, outputs: Any, state: Any, name: str | None = None
    ) -> Any:
        """Whether each sequence takes its output."""
        with tf.name_scope(name, f"{self._name}Sample", [time, outputs, state]):
            return tf.cast(_drawn(self._probability, self.batch_size, self._seed), tf.int32)

    def next_inputs(  # type: ignore[override]
        self, time: Any, outputs: Any, state: Any, sample_ids: Any, name: str | None = None
    ) -> Any:
        """The given inputs, or what the outputs become."""
        with tf.name_scope(name, f"{self._name}NextInputs", [time, outputs, state, sample_ids]):
            finished, given, state = super().next_inputs(time, outputs, state)
            taken = tf.cast(sample_ids, tf.bool)

            def mixed() -> list:
                own = outputs if self._next_inputs_fn is None else self._next_inputs_fn(outputs)
                if self._auxiliary is not None:
                    own = tf.nest.map_structure(
                        lambda o, array: tf.concat([o, array.read(time + 1)], -1),
                        own, self._auxiliary,
                    )  # fmt: skip
                return [
                    tf.where(taken, o, g)
                    for o, g in zip(tf.nest.flatten(own), tf.nest.flatten(given), strict=True)
                ]

            found = tf.cond(tf.reduce_all(finished), lambda: tf.nest.flatten(given), mixed)
            flat = found if isinstance(found, list | tuple) else [found]
            for tensor, like in zip(flat, tf.nest.flatten(given), strict=True):
                tensor.set_shape(like.shape)
            return finished, tf.nest.pack_sequence_as(given, flat), state


def embedder(embedding: Any) -> Callable:
    """A function that looks ids up."""
    return lambda ids: tf.nn.embedding_lookup(embedding, ids)


def categorical(logits: Any, seed: int | None) -> Any:
    """One sample of each row's distribution."""
    return tf.cast(tf.squeeze(tf.multinomial(logits, 1, seed=seed), [1]), tf.int32)
