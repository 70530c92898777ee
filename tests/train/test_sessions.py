"""Hooks, monitored sessions and supervisors against recorded TensorFlow 1.15.5."""

import json
import os
from pathlib import Path

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


def test_a_closed_session_does_not_run():
    zero = tf.constant(0)
    session = tf.train.MonitoredSession()
    session.close()
    with pytest.raises(RuntimeError, match="already closed"):
        session.run(zero)
