"""Names of arguments, and their orders, from before TensorFlow 1.0."""

import inspect

import numpy as np
import pytest

import scopeflow as tf


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def value(tensor):
    with tf.Session() as session:
        return session.run(tensor)


def test_concat_by_its_old_names():
    a = tf.constant([[1.0, 2.0]])
    for joined in (tf.concat(0, [a, a]), tf.concat(concat_dim=0, values=[a, a])):
        np.testing.assert_array_equal(value(joined), [[1, 2], [1, 2]])
    assert list(inspect.signature(tf.concat).parameters) == ["values", "axis", "name"]
    with pytest.raises(TypeError, match="both 'axis' and its older name 'concat_dim'"):
        tf.concat([a], axis=0, concat_dim=0)


def test_split_by_its_old_names():
    a = tf.constant([[1.0, 2.0]])
    for parts in (tf.split(1, 2, a), tf.split(split_dim=1, num_split=2, value=a)):
        np.testing.assert_array_equal(value(parts), [[[1.0]], [[2.0]]])


def test_labels_behind_logits_where_the_dtypes_tell():
    logits, labels = tf.constant([[0.5, 2.0], [1.0, -1.0]]), tf.constant([1, 0])
    named = tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
    old = tf.nn.sparse_softmax_cross_entropy_with_logits(logits, labels)
    np.testing.assert_array_equal(*value([old, named]))
    for refused in (
        lambda: tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits),
        lambda: tf.nn.softmax_cross_entropy_with_logits(logits, logits),
        lambda: tf.nn.sigmoid_cross_entropy_with_logits(logits, logits),
    ):
        with pytest.raises(ValueError, match="with named arguments"):
            refused()


def test_resize_images_to_rows_and_columns():
    images = np.random.RandomState(0).rand(1, 2, 3, 1).astype("f")
    old = [
        tf.image.resize_images(images, 4, 5),
        tf.image.resize_images(images, 4, 5, tf.image.ResizeMethod.NEAREST_NEIGHBOR),
        tf.image.resize_images(images, 4, 5, 0, True),
    ]
    now = [
        tf.image.resize_images(images, [4, 5]),
        tf.image.resize_images(images, [4, 5], tf.image.ResizeMethod.NEAREST_NEIGHBOR),
        tf.image.resize_images(images, [4, 5], align_corners=True),
    ]
    for a, b in zip(*value([old, now]), strict=True):
        np.testing.assert_array_equal(a, b)


def test_seq2seq_stood_in_nn():
    assert tf.nn.seq2seq.rnn_decoder is tf.contrib.legacy_seq2seq.rnn_decoder
    assert tf.nn.seq2seq.sequence_loss is tf.contrib.legacy_seq2seq.sequence_loss
