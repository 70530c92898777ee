"""Attention mechanisms: how much of a memory a query looks at."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import scopeflow as tf


class AttentionMechanism:
    """What an AttentionWrapper asks: `alignments, state = mechanism(query, state)`."""

    @property
    def alignments_size(self) -> Any:
        """The number of places in the memory."""
        raise NotImplementedError(f"{type(self).__name__} does not say its alignments_size.")

    @property
    def state_size(self) -> Any:
        """The size of the state."""
        raise NotImplementedError(f"{type(self).__name__} does not say its state_size.")


def _masked_memory(memory: Any, lengths: Any, check_inner: bool = True) -> Any:
    """The memory, zeros behind the lengths."""
    memory = tf.nest.map_structure(lambda m: tf.convert_to_tensor(m, name="memory"), memory)
    if check_inner:
        for part in tf.nest.flatten(memory):
            if part.shape.ndims is None or not part.shape[2:].is_fully_defined():
                raise ValueError(
                    f"Expected memory {part.name} to have fully defined inner dims, but saw "
                    f"shape: {part.shape}"
                )
    if lengths is None:
        return memory
    first = tf.nest.flatten(memory)[0]
    mask = tf.sequence_mask(lengths, maxlen=tf.shape(first)[1], dtype=first.dtype)

    def masked(part: Any) -> Any:
        more = [1] * (part.shape.ndims - 2)
        return part * tf.reshape(mask, tf.concat([tf.shape(mask), more], 0) if more else [-1])

    return tf.nest.map_structure(masked, memory)


class _Attention(AttentionMechanism):
    """A memory, its keys, and scores that become alignments."""

    def __init__(
        self,
        query_layer: Any,
        memory: Any,
        probability_fn: Callable,
        memory_sequence_length: Any,
        memory_layer: Any,
        score_mask_value: Any,
        custom_key_value_fn: Callable | None,
        name: str,
    ) -> None:
        self._query_layer, self._memory_layer = query_layer, memory_layer
        if memory_sequence_length is not None:
            memory_sequence_length = tf.convert_to_tensor(
                memory_sequence_length, name="memory_sequence_length"
            )
        self._lengths = memory_sequence_length
        if score_mask_value is None:
            score_mask_value = -math.inf
        self._mask_value = score_mask_value
        self._probability_fn = probability_fn
        with tf.name_scope(name, "BaseAttentionMechanismInit", tf.nest.flatten(memory)):
            self._values = _masked_memory(memory, memory_sequence_length)
            self._keys = memory_layer(self._values) if memory_layer else self._values
            if custom_key_value_fn is not None:
                self._keys, self._values = custom_key_value_fn(self._keys, self._values)
            rows = self._keys.shape[0].value
            self._batch_size = tf.shape(self._keys)[0] if rows is None else rows
            places = self._keys.shape[1].value
            self._alignments_size = tf.shape(self._keys)[1] if places is None else places

    @property
    def memory_layer(self) -> Any:
        """The layer that makes keys of the memory."""
        return self._memory_layer

    @property
    def query_layer(self) -> Any:
        """The layer over the queries, or None."""
        return self._query_layer

    @property
    def values(self) -> Any:
        """The memory, zeros behind the lengths."""
        return self._values

    @property
    def keys(self) -> Any:
        """What queries are compared with."""
        return self._keys

    @property
    def batch_size(self) -> Any:
        """The number of memories."""
        return self._batch_size

    @property
    def alignments_size(self) -> Any:
        """The number of places in the memory."""
        return self._alignments_size

    @property
    def state_size(self) -> Any:
        """The state are the last alignments."""
        return self._alignments_size

    def initial_alignments(self, batch_size: Any, dtype: Any) -> Any:
        """Zeros."""
        return _zeros(batch_size, self._alignments_size, dtype)

    def initial_state(self, batch_size: Any, dtype: Any) -> Any:
        """The initial alignments."""
        return self.initial_alignments(batch_size, dtype)

    def _score(self, query: Any) -> Any:
        raise NotImplementedError

    _scope = ""

    def __call__(self, query: Any, state: Any) -> Any:
        """(alignments, next state), which are the same."""
        with tf.variable_scope(None, self._scope, [query]):
            score = self._score(query)
        alignments = self._probability_fn(self._masked(score), state)
        return alignments, alignments

    def _masked(self, score: Any) -> Any:
        if self._lengths is None:
            return score
        mask = tf.sequence_mask(self._lengths, maxlen=tf.shape(score)[1])
        return tf.where(mask, score, self._mask_value * tf.ones_like(score))


def _zeros(batch_size: Any, size: Any, dtype: Any) -> Any:
    zeros = tf.zeros([batch_size, size], dtype)
    if isinstance(size, int):
        zeros.set_shape([None, size])
    return zeros


def _dense(units: int, name: str, dtype: Any) -> Any:
    return tf.layers.Dense(units, name=name, use_bias=False, dtype=dtype)


def _additive(query: Any, keys: Any, units: int, normalize: bool) -> Any:
    """Σ v tanh(keys + query), v with a length of its own and a bias where `normalize`."""
    dtype = query.dtype
    query = tf.expand_dims(query, 1)
    v = tf.get_variable("attention_v", [units], dtype)
    if not normalize:
        return tf.reduce_sum(v * tf.tanh(keys + query), [2])
    g = tf.get_variable(
        "attention_g", dtype=dtype, shape=(),
        initializer=tf.constant_initializer(math.sqrt(1.0 / units)),
    )  # fmt: skip
    b = tf.get_variable("attention_b", [units], dtype, tf.zeros_initializer())
    unit = g * v * tf.rsqrt(tf.reduce_sum(tf.square(v)))
    return tf.reduce_sum(unit * tf.tanh(keys + query + b), [2])


def _multiplicative(query: Any, keys: Any, scale: bool) -> Any:
    """keys · query, times a factor where `scale`."""
    depth, units = query.shape[-1].value, keys.shape[-1].value
    if depth != units:
        raise ValueError(
            "Incompatible or unknown inner dimensions between query and keys. Query "
            f"({query.name}) has units: {depth}. Keys ({keys.name}) have units: {units}. Perhaps "
            "you need to set num_units to the keys' dimension."
        )
    score = tf.squeeze(tf.matmul(tf.expand_dims(query, 1), keys, transpose_b=True), [1])
    if scale:
        g = tf.get_variable(
            "attention_g", dtype=query.dtype, shape=(), initializer=tf.ones_initializer()
        )
        score *= g
    return score


class BahdanauAttention(_Attention):
    """Additive attention (https://arxiv.org/abs/1409.0473): v · tanh(keys + query's layer).

    `memory` is [batch, time, depth]; behind `memory_sequence_length` it is not looked at. With
    `normalize` v has a length of its own (https://arxiv.org/abs/1602.07868). `probability_fn` makes
    alignments of scores, by default softmax. `custom_key_value_fn(keys, values)` may change both.
    """

    _scope = "bahdanau_attention"

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        normalize: bool = False,
        probability_fn: Callable | None = None,
        score_mask_value: Any = None,
        dtype: Any = None,
        custom_key_value_fn: Callable | None = None,
        name: str = "BahdanauAttention",
    ) -> None:
        probability = probability_fn or tf.nn.softmax
        dtype = dtype or tf.float32
        super().__init__(
            _dense(num_units, "query_layer", dtype), memory,
            lambda score, _: probability(score), memory_sequence_length,
            _dense(num_units, "memory_layer", dtype), score_mask_value, custom_key_value_fn, name,
        )  # fmt: skip
        self._num_units = num_units
        self._normalize = normalize

    def _score(self, query: Any) -> Any:
        processed = self._query_layer(query)
        return _additive(processed, self._keys, self._num_units, self._normalize)


class LuongAttention(_Attention):
    """Multiplicative attention (https://arxiv.org/abs/1508.04025): keys · query.

    `num_units` must be the query's depth. With `scale` the scores have a factor. The rest is as of
    BahdanauAttention.
    """

    _scope = "luong_attention"

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        scale: bool = False,
        probability_fn: Callable | None = None,
        score_mask_value: Any = None,
        dtype: Any = None,
        custom_key_value_fn: Callable | None = None,
        name: str = "LuongAttention",
    ) -> None:
        probability = probability_fn or tf.nn.softmax
        super().__init__(
            None, memory, lambda score, _: probability(score), memory_sequence_length,
            _dense(num_units, "memory_layer", dtype or tf.float32), score_mask_value,
            custom_key_value_fn, name,
        )  # fmt: skip
        self._num_units = num_units
        self._scale = scale

    def _score(self, query: Any) -> Any:
        return _multiplicative(query, self._keys, self._scale)


def safe_cumprod(x: Any, *args: Any, **kwargs: Any) -> Any:
    """tf.cumprod by logarithms: numbers below the smallest normal one are raised to it."""
    with tf.name_scope(None, "SafeCumprod", [x]):
        x = tf.convert_to_tensor(x, name="x")
        tiny = x.dtype.as_numpy_dtype(_smallest(x.dtype))
        return tf.exp(tf.cumsum(tf.log(tf.clip_by_value(x, tiny, 1)), *args, **kwargs))


def _smallest(dtype: Any) -> float:
    return {"float16": 6.104e-05, "float32": 1.1754944e-38}.get(
        dtype.base_dtype.name, 2.2250738585072014e-308
    )


def monotonic_attention(p_choose_i: Any, previous_attention: Any, mode: str) -> Any:
    """The probabilities of the places where monotonic attention stops (1704.00784, arXiv).

    `mode` is `recursive` (exact, slow), `parallel` (exact but where the probabilities are near 1)
    or `hard` (for probabilities 0 and 1). ValueError for another one.
    """
    p = tf.convert_to_tensor(p_choose_i, name="p_choose_i")
    previous = tf.convert_to_tensor(previous_attention, name="previous_attention")
    if mode == "recursive":
        ones = tf.ones_like(p[:, :1])
        shifted = tf.concat([ones, 1 - p[:, :-1]], 1)
        reached = tf.scan(
            lambda sofar, pair: tf.reshape(pair[0] * sofar + pair[1], tf.shape(sofar)),
            [tf.transpose(shifted), tf.transpose(previous)],
            tf.zeros([tf.shape(p)[0]], p.dtype),
        )
        attention = p * tf.transpose(reached)
    elif mode == "parallel":
        passed = safe_cumprod(1 - p, axis=1, exclusive=True)
        attention = p * passed * tf.cumsum(previous / tf.clip_by_value(passed, 1e-10, 1.0), axis=1)
    elif mode == "hard":
        p *= tf.cumsum(previous, axis=1)
        attention = p * tf.cumprod(1 - p, axis=1, exclusive=True)
    else:
        raise ValueError("mode must be 'recursive', 'parallel', or 'hard'.")
    attention.set_shape(p.shape)
    return attention


def _monotonic(noise: float, mode: str, seed: int | None) -> Callable:
    def probability(score: Any, previous: Any) -> Any:
        if noise > 0:
            score += noise * tf.random_normal(tf.shape(score), dtype=score.dtype, seed=seed)
        p = tf.cast(score > 0, score.dtype) if mode == "hard" else tf.sigmoid(score)
        return monotonic_attention(p, previous, mode)

    return probability


class _Monotonic(_Attention):
    _bias: float

    def initial_alignments(self, batch_size: Any, dtype: Any) -> Any:
        """All on the first place."""
        places = self._alignments_size
        return tf.one_hot(tf.zeros([batch_size], tf.int32), places, dtype=dtype)

    def _biased(self, score: Any) -> Any:
        return score + tf.get_variable(
            "attention_score_bias", dtype=score.dtype, shape=(),
            initializer=tf.constant_initializer(self._bias),
        )  # fmt: skip


class BahdanauMonotonicAttention(_Monotonic):
    """Additive attention that never goes back (https://arxiv.org/abs/1704.00784).

    `sigmoid_noise` is the deviation of the noise that is added to the scores in training;
    `score_bias_init` the bias that they begin with; `mode` as of monotonic_attention.
    """

    _scope = "bahdanau_monotonic_attention"

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        normalize: bool = False,
        score_mask_value: Any = None,
        sigmoid_noise: float = 0.0,
        sigmoid_noise_seed: int | None = None,
        score_bias_init: float = 0.0,
        mode: str = "parallel",
        dtype: Any = None,
        name: str = "BahdanauMonotonicAttention",
    ) -> None:
        dtype = dtype or tf.float32
        super().__init__(
            _dense(num_units, "query_layer", dtype), memory,
            _monotonic(sigmoid_noise, mode, sigmoid_noise_seed), memory_sequence_length,
            _dense(num_units, "memory_layer", dtype), score_mask_value, None, name,
        )  # fmt: skip
        self._num_units = num_units
        self._normalize = normalize
        self._bias = score_bias_init

    def _score(self, query: Any) -> Any:
        processed = self._query_layer(query)
        score = _additive(processed, self._keys, self._num_units, self._normalize)
        return self._biased(score)


class LuongMonotonicAttention(_Monotonic):
    """Multiplicative attention that never goes back; see BahdanauMonotonicAttention."""

    _scope = "luong_monotonic_attention"

    def __init__(
        self,
        num_units: int,
        memory: Any,
        memory_sequence_length: Any = None,
        scale: bool = False,
        score_mask_value: Any = None,
        sigmoid_noise: float = 0.0,
        sigmoid_noise_seed: int | None = None,
        score_bias_init: float = 0.0,
        mode: str = "parallel",
        dtype: Any = None,
        name: str = "LuongMonotonicAttention",
    ) -> None:
        super().__init__(
            None, memory, _monotonic(sigmoid_noise, mode, sigmoid_noise_seed),
            memory_sequence_length, _dense(num_units, "memory_layer", dtype or tf.float32),
            score_mask_value, None, name,
        )  # fmt: skip
        self._num_units = num_units
        self._scale = scale
        self._bias = score_bias_init

    def _score(self, query: Any) -> Any:
        return self._biased(_multiplicative(query, self._keys, self._scale))
