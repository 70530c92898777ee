"""What the files of tf.contrib.layers have: pool; safe_embedding_lookup_sparse."""

from __future__ import annotations

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.contrib.layers import pooling

layers = tf.contrib.layers


def test_pool_in_any_number_of_dimensions():
    with tf.Graph().as_default(), tf.Session() as sess:
        images = tf.constant(np.arange(16.0).reshape(1, 4, 4, 1))
        mean = pooling.pool(images, 2, "AVG", stride=2, outputs_collections="pooled")
        largest = pooling.pool(images, [3, 3], pooling_type="MAX", padding="SAME", scope="mine")
        volume = pooling.pool(tf.ones([2, 4, 4, 4, 3]), 3, "MAX")
        assert (mean.op.name, largest.op.name) == ("avg_pool", "mine")
        assert tf.get_collection("pooled") == [mean]
        assert mean.shape == [1, 2, 2, 1] and volume.shape == [2, 2, 2, 2, 3]
        assert sess.run(mean).ravel().tolist() == [2.5, 4.5, 10.5, 12.5]
        with pytest.raises(ValueError, match="must be >= 3"):
            pooling.pool(tf.ones([2, 4]), 3, "MAX")


def test_safe_embedding_lookup_is_a_mean_by_default():
    with tf.Graph().as_default(), tf.Session() as sess:
        table = tf.constant([[1.0], [3.0], [10.0]])
        ids = tf.SparseTensor([[0, 0], [0, 1]], tf.constant([0, 1], tf.int64), [2, 2])
        found = layers.safe_embedding_lookup_sparse([table], ids)
        assert sess.run(found).tolist() == [[2.0], [0.0]]
