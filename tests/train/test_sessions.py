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


def test_an_aborted_step_runs_again_as_a_whole():
    # Recorded in TensorFlow 1.15.5's own tests: what a step function does is done twice.
    count = tf.get_local_variable("count", initializer=0)
    more = tf.assign_add(count, 1)
    calls = []

    class Hook(tf.train.SessionRunHook):
        def before_run(self, run_context):
            calls.append("hook")
            if len(calls) == 1:
                raise tf.errors.AbortedError(None, None, "Abort")

    def step_fn(step_context):
        step_context.session.run(more)
        return step_context.run_with_hooks(tf.get_default_graph().get_tensor_by_name("x:0"))

    tf.constant(3.0, name="x")
    with tf.train.MonitoredSession(hooks=[Hook()]) as session:
        assert session.run_step_fn(step_fn) == 3.0
        assert calls == ["hook", "hook"]
    with tf.Graph().as_default(), tf.train.SingularMonitoredSession() as session:
        with pytest.raises(tf.errors.AbortedError):
            session.run_step_fn(_aborted)


def _aborted(step_context):
    raise tf.errors.AbortedError(None, None, "Abort")


def test_what_a_thread_failed_with_is_raised_at_the_end():
    session = tf.train.MonitoredSession()
    assert not session.should_stop()
    session._coordinated_creator.coord.request_stop(RuntimeError("a thread wants to stop"))
    assert session.should_stop()
    with pytest.raises(RuntimeError, match="a thread wants to stop"):
        session.close()


def test_hooks_may_count_several_steps_a_run(tmp_path):
    step = tf.train.create_global_step()
    hook = tf.train.CheckpointSaverHook(str(tmp_path), save_steps=10)
    hook._set_steps_per_run(5)
    tf.assign_add(step, 5, name="add5")
    tf.add_to_collection(tf.GraphKeys.SAVERS, tf.train.Saver())
    saved = []
    with tf.train.SingularMonitoredSession(hooks=[hook]) as session:
        for _ in range(4):
            session.run(tf.get_default_graph().get_operation_by_name("add5"))
            saved.append(int(tf.train.latest_checkpoint(str(tmp_path)).rpartition("-")[2]))
    assert saved == [0, 10, 10, 20]
