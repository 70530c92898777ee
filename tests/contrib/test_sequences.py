"""tf.contrib.legacy_seq2seq and tf.contrib.crf, against TensorFlow 1.15.5."""

import re

import pytest

import scopeflow as tf

from . import sequence_cases
from .recorded import compare, recorded

RECORDED = recorded("recorded_sequences.json")
s = tf.contrib.legacy_seq2seq


@pytest.mark.parametrize("case", list(sequence_cases.cases()), ids="-".join)
def test_as_recorded(case):
    compare(sequence_cases.run(tf, *case), RECORDED["|".join(case)], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize(
    ("build", "error", "text"),
    [
        (
            lambda: s.attention_decoder([], None, tf.zeros([2, 3, 4]), None), ValueError,
            "Must provide at least 1 input to attention decoder.",
        ),
        (
            lambda: s.attention_decoder([1], None, tf.zeros([2, 3, 4]), None, num_heads=0),
            ValueError, "With less than 1 heads, use a non-attention decoder.",
        ),
        (
            lambda: s.sequence_loss([tf.zeros([2, 3])], [], []), ValueError,
            "Lengths of logits, weights, and targets must be the same 1, 0, 0.",
        ),
        (
            lambda: s.model_with_buckets([1], [1], [1], [1], [(2, 2)], None), ValueError,
            "Length of encoder_inputs (1) must be at least that of last bucket (2).",
        ),
    ],
)  # fmt: skip
def test_bad_arguments(build, error, text):
    with tf.Graph().as_default(), pytest.raises(error, match=re.escape(text)):
        build()
