"""Hooks, monitored sessions and supervisors against recorded TensorFlow 1.15.5."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
from train import session_cases

import scopeflow as tf

RECORDED = json.loads(Path(__file__).with_name("recorded_sessions.json").read_text())["cases"]


@pytest.mark.parametrize("case", session_cases.cases(), ids="|".join)
def test_as_tensorflow(case):
    assert session_cases.run(tf, *case) == RECORDED["|".join(case)]


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield
    tf.summary.FileWriterCache.clear()


def test_profiler_hook_writes_traces(tmp_path):
    step = tf.train.create_global_step()
    add = tf.assign_add(step, 1)
    hook = tf.train.ProfilerHook(save_steps=2, output_dir=str(tmp_path))
    with tf.train.MonitoredSession(hooks=[hook]) as session:
        for _ in range(5):
            session.run(add)
    traces = sorted(path.name for path in tmp_path.glob("timeline*"))
    assert traces == ["timeline-3.json", "timeline-5.json"]
    events = json.loads((tmp_path / traces[0]).read_text())["traceEvents"]
    assert any(event["name"] == "AssignAdd" for event in events)


def test_supervisor_saves_in_threads(tmp_path):
    step = tf.train.create_global_step()
    tf.summary.scalar("s", tf.cast(step, tf.float32))
    supervisor = tf.train.Supervisor(logdir=str(tmp_path), save_model_secs=0.05)
    with supervisor.managed_session() as session:
        thread = supervisor.loop(None, supervisor.request_stop)
        thread.join()
        assert supervisor.should_stop()
        assert session.run(step) == 0
    found = os.listdir(tmp_path)
    assert "graph.pbtxt" in found
    assert tf.train.latest_checkpoint(str(tmp_path)).endswith("model.ckpt-0")


def test_sessions_run_queues():
    queue = tf.train.range_input_producer(3, num_epochs=1, shuffle=False)
    values = queue.dequeue()
    seen = []
    with tf.train.MonitoredSession() as session:
        while not session.should_stop():
            seen.append(session.run(values))
    assert seen == [0, 1, 2]


def test_the_inner_session_can_be_reached():
    with tf.train.MonitoredSession() as monitored:
        session = monitored
        while type(session).__name__ != "Session":
            session = session._sess
        assert session is monitored._tf_sess()


def test_warm_start(tmp_path):
    with tf.Graph().as_default():
        tf.get_variable("a", initializer=[1.0, 2.0])
        tf.get_variable("old", initializer=3.0)
        tf.get_variable("words", initializer=np.float32([[1, 1], [2, 2], [3, 3]]))
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            path = tf.train.Saver().save(session, str(tmp_path / "model"))
    (tmp_path / "old.txt").write_text("x\ny\nz\n")
    (tmp_path / "new.txt").write_text("z\nnew\nx\n")
    a = tf.get_variable("a", initializer=[0.0, 0.0])
    new = tf.get_variable("new", initializer=0.0)
    words = tf.get_variable("words", initializer=np.zeros((4, 2), np.float32))
    info = tf.train.VocabInfo(
        str(tmp_path / "new.txt"), 3, 1, str(tmp_path / "old.txt"),
        backup_initializer=tf.constant_initializer(9.0),
    )  # fmt: skip
    tf.train.warm_start(
        path,
        var_name_to_vocab_info={"words": info},
        var_name_to_prev_var_name={"new": "old"},
    )
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        assert session.run(a).tolist() == [1, 2]
        assert session.run(new) == 3
        assert session.run(words).tolist() == [[3, 3], [9, 9], [1, 1], [9, 9]]
    with pytest.raises(ValueError, match="not used"):
        tf.train.warm_start(path, "a$", var_name_to_prev_var_name={"nothing": "old"})
