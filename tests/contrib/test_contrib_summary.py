"""tf.contrib.summary: summaries that write themselves."""

import os

import numpy as np
import pytest

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


def events(directory):
    found = []
    for name in sorted(os.listdir(directory)):
        found += tf.train.summary_iterator(os.path.join(directory, name))
    return found


def test_all_kinds_in_a_loop_of_training(tmp_path, graph):
    summary = tf.contrib.summary
    step = tf.train.get_or_create_global_step()
    writer = summary.create_file_writer(str(tmp_path), flush_millis=1000, name="writer")
    with writer.as_default():
        with summary.always_record_summaries():
            summary.scalar("loss", tf.constant(2.0))
            summary.scalar("fam", 3.0, family="F", step=tf.constant(5, tf.int64))
            summary.histogram("h", [1.0, 2.0])
            summary.image("im", np.zeros((1, 2, 2, 1), np.float32))
            summary.audio("au", np.zeros((1, 4, 1), np.float32), 8000.0, 3)
            summary.generic("gen", [1.0, 2.0], tf.SummaryMetadata(display_name="d"))
        with summary.record_summaries_every_n_global_steps(2):
            every = summary.scalar("every", 4.0)
        with summary.never_record_summaries():
            never = summary.scalar("never", 1.0)
        done = summary.flush()
    assert (every.dtype, len(summary.all_summary_ops())) == (tf.bool, 8)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        with writer.as_default():
            summary.initialize(graph=graph, session=session)
        for _ in range(3):
            session.run(summary.all_summary_ops())
            session.run(tf.assign_add(step, 1))
        assert session.run([every, never]) == [False, False]
        session.run(done)
        found = events(tmp_path)
        session.run(writer.close())
    assert [e.WhichOneof("what") for e in found[:2]] == ["file_version", "graph_def"]
    told = sorted((e.summary.value[0].tag, e.step) for e in found[2:])
    tags = ["au/audio/0", "gen", "h", "im/image/0", "loss"]
    assert told == sorted(
        [(tag, i) for tag in tags for i in range(3)]
        + [("F/F/fam", 5)] * 3
        + [("every", 0), ("every", 2)]
    )


def test_without_a_writer_nothing_is_written():
    with tf.contrib.summary.always_record_summaries():
        made = tf.contrib.summary.scalar("x", 1.0)
    assert made.type == "NoOp"
    assert tf.contrib.summary.all_summary_ops() == []
    tf.contrib.summary.initialize()
    tf.summary.initialize()
    assert tf.summary.all_v2_summary_ops() == []
    with tf.contrib.summary.create_file_writer(None).as_default():
        assert tf.contrib.summary.scalar("x", 1.0).type == "NoOp"


def test_a_writer_that_was_not_opened(tmp_path):
    tf.train.get_or_create_global_step()
    with tf.contrib.summary.create_file_writer(str(tmp_path)).as_default():
        with tf.contrib.summary.always_record_summaries():
            made = tf.contrib.summary.scalar("x", 1.0, step=1)
    with tf.Session() as session:
        with pytest.raises(tf.errors.FailedPreconditionError, match="was not created"):
            session.run(made)


def test_eval_dir():
    assert tf.contrib.summary.eval_dir("/m", "a") == os.path.join("/m", "eval_a")


def test_util():
    util = tf.contrib.util
    assert util.constant_value(tf.constant([1, 2])).tolist() == [1, 2]
    assert util.make_ndarray(util.make_tensor_proto([1.5])).tolist() == [1.5]
    tf.add(1, 2)
    assert util.ops_used_by_graph_def(tf.get_default_graph().as_graph_def()) >= {"Const", "Add"}
