"""tf.contrib.framework.assign_from_checkpoint: checkpoints that are named like a directory."""

from __future__ import annotations

import scopeflow as tf


def test_a_checkpoint_may_be_named_like_the_directory_that_stands_there(tmp_path):
    folder = tmp_path / "model"
    folder.mkdir()
    with tf.Graph().as_default(), tf.Session() as sess:
        v = tf.Variable([1.0, 2.0], name="v")
        sess.run(v.initializer)
        path = tf.train.Saver([v]).save(sess, str(folder), write_meta_graph=False)
    with tf.Graph().as_default(), tf.Session() as sess:
        w = tf.Variable([0.0, 0.0], name="w")
        op, feeds = tf.contrib.framework.assign_from_checkpoint(path, {"v": w})
        sess.run(op, feeds)
        assert sess.run(w).tolist() == [1.0, 2.0]
        other, feeds = tf.contrib.framework.assign_from_checkpoint(str(tmp_path), {"v": w})
        sess.run(other, feeds)
