"""CTC losses and decoders against what TensorFlow 1.15.5 computed."""

from __future__ import annotations

import json
from pathlib import Path

import ctc_cases
import numpy as np
import pytest

import scopeflow as tf

RECORDED = json.loads((Path(__file__).parents[1] / "recorded_ctc.json").read_text())


def test_the_record_says_where_it_comes_from():
    assert RECORDED["source"].startswith("TensorFlow 1.15.5, ")
    assert set(RECORDED["cases"]) == {"|".join(case) for case in ctc_cases.cases()}


@pytest.mark.parametrize("case", list(ctc_cases.cases()), ids="-".join)
def test_equals_tensorflow(case):
    wanted = RECORDED["cases"]["|".join(case)]
    found = ctc_cases.run(tf, *case)
    if case[0] in ("greedy", "beam"):
        assert found[0] == wanted[0]
    else:
        np.testing.assert_allclose(found[0], wanted[0], rtol=1e-5)
    np.testing.assert_allclose(found[1], wanted[1], rtol=1e-4, atol=2e-6)


def test_bad_arguments():
    x = ctc_cases.logits()

    def loss(rows, lengths=(6, 5, 3), inputs=x):
        with tf.Graph().as_default(), tf.Session() as session:
            return session.run(tf.nn.ctc_loss(ctc_cases.sparse(tf, rows), inputs, lengths))

    for rows, lengths, text in [
        ([[3, 1], [0], [1]], (6, 5, 3), "Saw a non-null label .* batch: 0 num_classes: 4 labels"),
        ([[1], [0], [1]], (7, 1, 1), r"sequence_length\(0\) <= 6"),
        ([[0, 1], [], [1]], (6, 5, 3), "Labels length is zero in batch 1"),
        ([[1], [0], [1, 0]], (6, 5, 1), r"Not enough time .* \(required: 2, available: 1\)"),
    ]:
        with pytest.raises(tf.errors.InvalidArgumentError, match=text):
            loss(rows, lengths)
    np.testing.assert_allclose(loss([[1, 3], [0], [1]])[0], 4.7999983, rtol=1e-6)  # a blank ends it
    with pytest.raises(ValueError, match="Shape must be rank 3 but is rank 2"):
        loss([[1]], inputs=x[0])
    with tf.Graph().as_default():
        with pytest.raises(TypeError, match="to be a SparseTensor"):
            tf.nn.ctc_loss(tf.constant([[1]]), x, [1, 1, 1])
        with pytest.raises(ValueError, match="blank_index must be given"):
            tf.nn.ctc_loss_v2(ctc_cases.sparse(tf, [[1]]), x, None, [1])
        _, score = tf.nn.ctc_beam_search_decoder(x, [6, 5, 3], beam_width=1, top_paths=2)
        with pytest.raises(tf.errors.InvalidArgumentError, match="more paths than the beam width"):
            tf.Session().run(score)


def test_labels_prepared():
    # TF 1.15.5
    with tf.Graph().as_default(), tf.Session() as session:
        labels = tf.constant([[1, 1, 2, 0], [0, 0, 0, 2]])
        found, lengths = session.run(tf.nn.collapse_repeated(labels, [3, 4]))
        assert found.tolist() == [[1, 2], [0, 2]] and lengths.tolist() == [2, 2]
        unique, places = session.run(tf.nn.ctc_unique_labels(labels))
        assert unique.tolist() == [[1, 2, 0, 0], [0, 2, 0, 0]]
        assert places.tolist() == [[0, 0, 1, 2], [0, 0, 0, 1]]
