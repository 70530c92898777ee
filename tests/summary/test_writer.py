"""FileWriter and what it writes."""

import os
import subprocess
import sys
import time
import warnings

import pytest

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


def events(directory):
    """The events in a directory's files, file after file."""
    found = []
    for name in sorted(os.listdir(directory)):
        found += tf.train.summary_iterator(os.path.join(directory, name))
    return found


def test_summaries_sessions_and_graphs(tmp_path, graph):
    x = tf.constant(1.5, name="x")
    loss = tf.summary.scalar("loss", x)
    with tf.summary.FileWriter(str(tmp_path / "new" / "logs"), graph) as writer, tf.Session() as s:
        writer.add_summary(s.run(loss), 1)
        writer.add_summary(s.run(loss), global_step=s.run(tf.constant(2)))
        writer.add_summary(tf.Summary(value=[tf.Summary.Value(tag="q", simple_value=2)]), 3)
        writer.add_session_log(tf.SessionLog(status=tf.SessionLog.START), 3)
        assert writer.get_logdir() == str(tmp_path / "new" / "logs")
    found = events(tmp_path / "new" / "logs")
    assert [e.WhichOneof("what") for e in found] == [
        "file_version", "graph_def", "meta_graph_def", *["summary"] * 3, "session_log",
    ]  # fmt: skip
    assert found[0].file_version == "brain.Event:2"
    nodes = tf.GraphDef.FromString(found[1].graph_def).node
    assert [n.name for n in nodes] == ["x", "loss/tags", "loss"]
    assert "_output_shapes" in nodes[0].attr
    assert [(e.step, e.summary.value[0].simple_value) for e in found[3:6]] == [
        (1, 1.5), (2, 1.5), (3, 2.0),
    ]  # fmt: skip
    assert all(e.wall_time > 1e9 for e in found)


def test_flush_shows_what_was_added(tmp_path):
    writer = tf.summary.FileWriter(str(tmp_path), flush_secs=1000)
    writer.add_summary(tf.Summary(), 1)
    assert len(events(tmp_path)) == 1
    writer.flush()
    assert len(events(tmp_path)) == 2
    writer.close()


def test_waiting_events_are_flushed_by_time(tmp_path):
    writer = tf.summary.FileWriter(str(tmp_path), flush_secs=0.01)
    writer.add_summary(tf.Summary(), 1)
    for _ in range(500):
        if len(events(tmp_path)) == 2:
            break
        time.sleep(0.01)
    else:
        pytest.fail("not flushed")
    writer.close()


def test_closed_writers_warn_and_reopened_ones_go_on(tmp_path):
    writer = tf.summary.FileWriter(str(tmp_path), filename_suffix=".mine")
    writer.close()
    with pytest.warns(UserWarning, match="closed FileWriter"):
        writer.add_summary(tf.Summary(), 1)
    writer.reopen()
    writer.add_summary(tf.Summary(), 2)
    writer.close()
    names = sorted(os.listdir(tmp_path))
    assert len(names) == 2
    assert all(n.startswith("events.out.tfevents.") and n.endswith(".mine") for n in names)
    assert [e.step for e in events(tmp_path) if e.WhichOneof("what") == "summary"] == [2]


def test_a_tag_tells_its_metadata_once(tmp_path):
    note = tf.summary.text("note", tf.constant("hi"))
    with tf.Session() as session, tf.summary.FileWriter(str(tmp_path)) as writer:
        writer.add_summary(session.run(note), 1)
        writer.add_summary(session.run(note), 2)
    told = [e.summary.value[0].metadata.plugin_data.plugin_name for e in events(tmp_path)[1:]]
    assert told == ["text", ""]


def test_run_metadata(tmp_path):
    with tf.summary.FileWriter(str(tmp_path)) as writer:
        writer.add_run_metadata(tf.RunMetadata(), "step1", 4)
        with pytest.raises(ValueError, match="already used"):
            writer.add_run_metadata(tf.RunMetadata(), "step1", 5)
    assert [e.tagged_run_metadata.tag for e in events(tmp_path)] == ["", "step1"]


def test_what_is_no_graph_is_refused(tmp_path, graph):
    with pytest.raises(TypeError, match="must be an instance of `Graph`"):
        tf.summary.FileWriter(str(tmp_path), graph="graph")
    with tf.summary.FileWriter(str(tmp_path)) as writer:
        with pytest.raises(ValueError, match="not both"):
            writer.add_graph(graph, graph_def=tf.GraphDef())
        with pytest.raises(TypeError, match="MetaGraphDef"):
            writer.add_meta_graph(tf.GraphDef())
        writer.add_graph(tf.GraphDef())


def test_one_writer_for_each_directory(tmp_path):
    one, two = str(tmp_path / "one"), str(tmp_path / "two")
    first = tf.summary.FileWriterCache.get(one)
    assert tf.summary.FileWriterCache.get(one) is first
    assert tf.summary.FileWriterCache.get(two) is not first
    tf.summary.FileWriterCache.clear()
    assert tf.summary.FileWriterCache.get(one) is not first
    tf.summary.FileWriterCache.clear()


def test_tensorboard_reads_it(tmp_path):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    with tf.summary.FileWriter(str(tmp_path), tf.get_default_graph()) as writer:
        for step in range(3):
            value = tf.Summary.Value(tag="loss", simple_value=step * 2)
            writer.add_summary(tf.Summary(value=[value]), step)
    read = EventAccumulator(str(tmp_path)).Reload()
    assert [(e.step, e.value) for e in read.Scalars("loss")] == [(0, 0.0), (1, 2.0), (2, 4.0)]


def test_summaries_are_built_without_torch():
    code = (
        "import sys, scopeflow as tf\n"
        "tf.summary.scalar('x', 1.0), tf.summary.merge_all()\n"
        "tf.get_default_graph().as_graph_def()\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
