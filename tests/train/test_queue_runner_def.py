"""Queue runners and savers in graph files."""

from __future__ import annotations

import scopeflow as tf


def _with_runner() -> tf.train.QueueRunner:
    queue = tf.FIFOQueue(4, [tf.float32], shapes=[[]], name="numbers")
    runner = tf.train.QueueRunner(queue, [queue.enqueue(3.0)])
    tf.train.add_queue_runner(runner)
    tf.identity(queue.dequeue(), name="taken")
    return runner


def test_an_imported_graphs_queue_runners_fill_its_queues():
    with tf.Graph().as_default():
        _with_runner()
        meta_graph = tf.train.export_meta_graph()
    with tf.Graph().as_default(), tf.Session() as sess:
        tf.train.import_meta_graph(meta_graph, import_scope="copy")
        (runner,) = tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
        assert runner.name == "copy/numbers"
        assert runner.queue_closed_exception_types == (tf.errors.OutOfRangeError,)
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(sess, coord)
        assert sess.run("copy/taken:0") == 3.0
        coord.request_stop()
        coord.join(threads)


def test_a_queue_runner_outside_of_the_exported_scope_stays_behind():
    with tf.Graph().as_default():
        runner = _with_runner()
        assert runner.to_proto(export_scope="elsewhere") is None
        assert runner.to_proto().queue_name == runner.name


def test_savers_come_back_with_the_graph(tmp_path):
    with tf.Graph().as_default(), tf.Session() as sess:
        v = tf.Variable(1.0, name="v")
        saver = tf.train.Saver([v])
        tf.add_to_collection(tf.GraphKeys.SAVERS, saver)
        sess.run(v.initializer)
        path = saver.save(sess, str(tmp_path / "model"))
        meta_graph = tf.train.export_meta_graph()
    with tf.Graph().as_default(), tf.Session() as sess:
        with tf.name_scope("inside"):
            tf.train.import_meta_graph(meta_graph)
        (saver,) = tf.get_collection(tf.GraphKeys.SAVERS)
        saver.restore(sess, path)
        assert sess.run("inside/v:0") == 1.0


def test_a_graph_is_imported_into_the_one_that_is_given():
    with tf.Graph().as_default():
        tf.constant(1.0, name="c")
        meta_graph = tf.train.export_meta_graph()
    graph = tf.Graph()
    assert tf.train.import_meta_graph(meta_graph, graph=graph, import_scope="s") is None
    assert [op.name for op in graph.get_operations()] == ["s/c"]


def test_a_saver_takes_what_an_object_gathers(tmp_path):
    class Owner:
        name = "owner"

        def __init__(self) -> None:
            self.own = tf.get_variable("own", initializer=5.0, use_resource=True)

        def _gather_saveables_for_checkpoint(self) -> dict:
            return {"VARIABLE_VALUE": self.own}

    with tf.Graph().as_default(), tf.Session() as sess:
        owner = Owner()
        saver = tf.train.Saver({"it": owner})
        sess.run(owner.own.initializer)
        path = saver.save(sess, str(tmp_path / "model"), write_meta_graph=False)
        assert tf.train.list_variables(path) == [("it", [])]
        sess.run(owner.own.assign(7.0))
        saver.restore(sess, path)
        assert sess.run(owner.own) == 5.0
