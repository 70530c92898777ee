"""tf.contrib.seq2seq, against TensorFlow 1.15.5."""

import re

import numpy as np
import pytest

import scopeflow as tf

from . import seq2seq_cases
from .recorded import compare, recorded

s = tf.contrib.seq2seq
RECORDED = recorded("recorded_seq2seq.json")


@pytest.mark.parametrize("case", list(seq2seq_cases.cases()), ids="-".join)
def test_as_recorded(case):
    found = seq2seq_cases.run(tf, *case)
    loose = {"rtol": 2e-3, "atol": 1e-4} if case[0] == "program" else {}
    compare(found, RECORDED["|".join(case)], **loose)


def decoded():
    cell = tf.nn.rnn_cell.GRUCell(4)
    helper = s.TrainingHelper(tf.zeros([2, 5, 3]), [5, 3])
    return s.BasicDecoder(cell, helper, cell.zero_state(2, tf.float32))


def test_names_of_results():
    with tf.Graph().as_default():
        outputs, state, lengths = s.dynamic_decode(decoded())
        assert (outputs.rnn_output.name, outputs.sample_id.name) == (
            "decoder/transpose:0", "decoder/transpose_1:0",
        )  # fmt: skip
        assert (state.name, lengths.name) == ("decoder/while/Exit_3:0", "decoder/while/Exit_6:0")
        assert outputs.rnn_output.shape.as_list() == [2, None, 4]
        assert s.tile_batch(tf.zeros([2, 5]), 3).name == "tile_batch/Reshape:0"


def test_clone_checks_shapes():
    with tf.Graph().as_default():
        cell = s.AttentionWrapper(
            tf.nn.rnn_cell.GRUCell(4), s.LuongAttention(4, tf.zeros([2, 5, 6])),
        )  # fmt: skip
        state = cell.zero_state(2, tf.float32)
        assert state.attention.name == "AttentionWrapperZeroState/zeros_2:0"
        assert state.clone(cell_state=tf.ones([2, 4])).attention is state.attention
        with pytest.raises(ValueError, match="incompatible"):
            state.clone(cell_state=tf.ones([3, 4]))


def test_samples_follow_the_distribution():
    with tf.Graph().as_default(), tf.Session() as session:
        helper = s.SampleEmbeddingHelper(tf.zeros([3, 2]), [1] * 2000, 0, seed=1)
        helper.initialize()
        logits = tf.tile(tf.log([[0.2, 0.5, 0.3]]), [2000, 1])
        found = session.run(helper.sample(tf.constant(0), logits, None))
    np.testing.assert_allclose(np.bincount(found) / 2000, [0.2, 0.5, 0.3], atol=0.04)


def attend(**arguments):
    mechanism = s.LuongAttention(4, tf.zeros([2, 5, 6]))
    return s.AttentionWrapper(tf.nn.rnn_cell.GRUCell(4), mechanism, **arguments)


@pytest.mark.parametrize(
    ("build", "error", "text"),
    [
        (lambda: s.dynamic_decode(3), TypeError, "Expected decoder to be type Decoder, but saw"),
        (
            lambda: s.dynamic_decode(decoded(), maximum_iterations=[1]), ValueError,
            "maximum_iterations must be a scalar",
        ),
        (
            lambda: s.TrainingHelper(tf.zeros([2, 5, 3]), 5), ValueError,
            "Expected sequence_length to be a vector, but received shape: ()",
        ),
        (
            lambda: s.GreedyEmbeddingHelper(tf.zeros([3, 2]), 1, 0), ValueError,
            "start_tokens must be a vector",
        ),
        (
            lambda: s.GreedyEmbeddingHelper(tf.zeros([3, 2]), [1], [0]), ValueError,
            "end_token must be a scalar",
        ),
        (lambda: s.BasicDecoder(attend(), 3, None), TypeError, "helper must be a Helper"),
        (
            lambda: s.AttentionWrapper(tf.nn.rnn_cell.GRUCell(4), 3), TypeError,
            "attention_mechanism must be an AttentionMechanism",
        ),
        (
            lambda: attend(attention_layer_size=[2, 3]), ValueError,
            "must contain exactly one for each attention_mechanism: 2 vs 1",
        ),
        (
            lambda: attend()(tf.zeros([2, 3]), tf.zeros([2, 4])), TypeError,
            "Expected state to be instance of AttentionWrapperState",
        ),
        (
            lambda: attend()(tf.zeros([2, 3]), attend().zero_state(3, tf.float32)),
            (ValueError, tf.errors.InvalidArgumentError), "Non-matching batch sizes",
        ),
        (
            lambda: s.LuongAttention(3, tf.zeros([2, 5, 6]))(tf.zeros([2, 4]), None), ValueError,
            "Incompatible or unknown inner dimensions between query and keys",
        ),
        (
            lambda: s.sequence_loss(tf.zeros([2, 3]), [[1]], [[1.0]]), ValueError,
            "Logits must be a [batch_size x sequence_length x logits] tensor",
        ),
        (
            lambda: s.sequence_loss(
                tf.zeros([1, 1, 3]), tf.zeros([1, 1], tf.int32), tf.ones([1, 1]),
                sum_over_batch=True,
            ),
            ValueError, "average_across_batch and sum_over_batch",
        ),
        (
            lambda: s.monotonic_attention([[0.5]], [[1.0]], "no"), ValueError,
            "mode must be 'recursive', 'parallel', or 'hard'.",
        ),
        (
            lambda: s.BeamSearchDecoder(
                tf.nn.rnn_cell.GRUCell(4), tf.zeros([3, 2]), 1, 0, tf.zeros([2, 4]), 2
            ),
            ValueError, "start_tokens must be a vector",
        ),
    ],
)  # fmt: skip
def test_bad_arguments(build, error, text):
    with tf.Graph().as_default(), pytest.raises(error, match=re.escape(text)):
        build()
