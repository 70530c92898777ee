"""Conditional random fields over chains of tags."""

from __future__ import annotations

from typing import Any

import numpy as np

import scopeflow as tf


def _lengths(sequence_lengths: Any) -> Any:
    return tf.cast(sequence_lengths, tf.int32)


def _mask(sequence_lengths: Any, steps: Any) -> Any:
    return tf.sequence_mask(_lengths(sequence_lengths), maxlen=steps, dtype=tf.float32)


def crf_unary_score(tag_indices: Any, sequence_lengths: Any, inputs: Any) -> Any:
    """The sum of the tags' potentials within each sequence."""
    tag_indices = tf.cast(tag_indices, tf.int32)
    picked = tf.squeeze(tf.batch_gather(inputs, tf.expand_dims(tag_indices, 2)), [2])
    return tf.reduce_sum(picked * _mask(sequence_lengths, tf.shape(tag_indices)[1]), 1)


def crf_binary_score(tag_indices: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """The sum of the transitions' scores within each sequence."""
    tags = tf.cast(tag_indices, tf.int32)
    pairs = tf.stack([tags[:, :-1], tags[:, 1:]], 2)
    scores = tf.gather_nd(transition_params, pairs)
    mask = _mask(sequence_lengths, tf.shape(tags)[1])[:, 1:]
    return tf.reduce_sum(scores * mask, 1)


def crf_sequence_score(
    inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any
) -> Any:
    """The score of the tags: unary and binary. Sequences without an element have 0."""
    lengths = _lengths(sequence_lengths)
    total = crf_unary_score(tag_indices, lengths, inputs) + crf_binary_score(
        tag_indices, lengths, transition_params
    )
    return tf.where(tf.less_equal(lengths, 0), tf.zeros_like(total), total)


def _last_alphas(inputs: Any, lengths: Any, transition_params: Any) -> Any:
    """The log sums over all beginnings, for each last tag."""
    cell = CrfForwardRnnCell(transition_params)
    _, alphas = tf.nn.dynamic_rnn(
        cell, inputs[:, 1:], sequence_length=tf.maximum(0, lengths - 1),
        initial_state=inputs[:, 0], dtype=tf.float32,
    )  # fmt: skip
    return alphas


def crf_log_norm(inputs: Any, sequence_lengths: Any, transition_params: Any) -> Any:
    """The log of the sum over all taggings. Sequences without an element have 0."""
    lengths = _lengths(sequence_lengths)
    if inputs.shape[1].value == 1:
        alphas = inputs[:, 0]
    else:
        alphas = _last_alphas(inputs, lengths, transition_params)
    norm = tf.reduce_logsumexp(alphas, [1])
    return tf.where(tf.less_equal(lengths, 0), tf.zeros_like(norm), norm)


def crf_multitag_sequence_score(
    inputs: Any, tag_bitmap: Any, sequence_lengths: Any, transition_params: Any
) -> Any:
    """The log of the sum over the taggings that `tag_bitmap`, [batch, time, tags], allows."""
    allowed = tf.cast(tag_bitmap, tf.bool)
    lowest = tf.fill(tf.shape(inputs), float("-inf"))
    return crf_log_norm(tf.where(allowed, inputs, lowest), sequence_lengths, transition_params)


def crf_log_likelihood(
    inputs: Any, tag_indices: Any, sequence_lengths: Any, transition_params: Any = None
) -> Any:
    """(log likelihood of each sequence's tags, transition_params).

    `inputs` are the potentials, [batch, time, tags]. Without `transition_params` the variable
    `transitions` is made.
    """
    tags = inputs.shape[2].value
    if transition_params is None:
        transition_params = tf.get_variable("transitions", [tags, tags])
    score = crf_sequence_score(inputs, tag_indices, sequence_lengths, transition_params)
    norm = crf_log_norm(inputs, sequence_lengths, transition_params)
    return score - norm, transition_params


def viterbi_decode(score: Any, transition_params: Any) -> tuple[list[int], Any]:
    """The best tagging of one sequence in numpy, and its score. `score` is [time, tags]."""
    trellis = np.zeros_like(score)
    back = np.zeros_like(score, dtype=np.int32)
    trellis[0] = score[0]
    for t in range(1, score.shape[0]):
        v = np.expand_dims(trellis[t - 1], 1) + transition_params
        trellis[t] = score[t] + np.max(v, 0)
        back[t] = np.argmax(v, 0)
    path = [int(np.argmax(trellis[-1]))]
    for pointers in back[:0:-1]:
        path.append(int(pointers[path[-1]]))
    return path[::-1], np.max(trellis[-1])


def crf_decode(potentials: Any, transition_params: Any, sequence_length: Any) -> Any:
    """(the best tags of each sequence, zeros behind its length; their scores)."""
    lengths = _lengths(sequence_length)
    if potentials.shape[1].value == 1:
        first = potentials[:, 0]
        tags = tf.cast(tf.argmax(first, 1), tf.int32)
        return tf.expand_dims(tags, 1), tf.reduce_max(first, 1)
    count = potentials.shape[2].value
    less = tf.maximum(0, lengths - 1)
    pointers, last = tf.nn.dynamic_rnn(
        CrfDecodeForwardRnnCell(transition_params), potentials[:, 1:], sequence_length=less,
        initial_state=potentials[:, 0], time_major=False, dtype=tf.int32,
    )  # fmt: skip
    pointers = tf.reverse_sequence(pointers, less, seq_axis=1)
    begin = tf.expand_dims(tf.cast(tf.argmax(last, 1), tf.int32), 1)
    tags, _ = tf.nn.dynamic_rnn(
        CrfDecodeBackwardRnnCell(count), pointers, sequence_length=less, initial_state=begin,
        time_major=False, dtype=tf.int32,
    )  # fmt: skip
    tags = tf.concat([begin, tf.squeeze(tags, [2])], 1)
    return tf.reverse_sequence(tags, lengths, seq_axis=1), tf.reduce_max(last, 1)


class CrfForwardRnnCell(tf.nn.rnn_cell.RNNCell):
    """A step of the forward algorithm: log sums over the tag before."""

    def __init__(self, transition_params: Any) -> None:
        super().__init__()
        self._transitions = tf.expand_dims(transition_params, 0)
        self._num_tags = tf.convert_to_tensor(transition_params).shape[0].value

    @property
    def state_size(self) -> int:
        """The number of tags."""
        return self._num_tags

    @property
    def output_size(self) -> int:
        """The number of tags."""
        return self._num_tags

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """The new log sums, twice."""
        sums = tf.reduce_logsumexp(tf.expand_dims(state, 2) + self._transitions, [1])
        new = inputs + sums
        return new, new


class CrfDecodeForwardRnnCell(tf.nn.rnn_cell.RNNCell):
    """A step of Viterbi's algorithm: the best tag before each tag."""

    def __init__(self, transition_params: Any) -> None:
        super().__init__()
        self._transitions = tf.expand_dims(transition_params, 0)
        self._num_tags = tf.convert_to_tensor(transition_params).shape[0].value

    @property
    def state_size(self) -> int:
        """The number of tags."""
        return self._num_tags

    @property
    def output_size(self) -> int:
        """The number of tags."""
        return self._num_tags

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """(back pointers, best scores)."""
        totals = tf.expand_dims(state, 2) + self._transitions
        pointers = tf.cast(tf.argmax(totals, 1), tf.int32)
        return pointers, inputs + tf.reduce_max(totals, [1])


class CrfDecodeBackwardRnnCell(tf.nn.rnn_cell.RNNCell):
    """A step back along Viterbi's pointers."""

    def __init__(self, num_tags: int) -> None:
        super().__init__()
        self._num_tags = num_tags

    @property
    def state_size(self) -> int:
        """One tag."""
        return 1

    @property
    def output_size(self) -> int:
        """One tag."""
        return 1

    def __call__(self, inputs: Any, state: Any, scope: Any = None) -> Any:
        """The tag before, twice."""
        new = tf.batch_gather(inputs, state)
        return new, new
