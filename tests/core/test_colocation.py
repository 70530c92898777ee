"""What ops stand with, and on which device: as TensorFlow 1.15.5 had it in each case."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import scopeflow as tf


@pytest.fixture(autouse=True)
def _fresh_graph() -> Iterator[None]:
    with tf.Graph().as_default():
        yield


def placed(name: str) -> tuple[list[bytes], str]:
    op = tf.get_default_graph().get_operation_by_name(name)
    return op.colocation_groups(), op.device


@pytest.fixture
def three() -> list:
    with tf.device("/cpu:0"):
        a = tf.constant(1.0, name="a")
    with tf.device("/gpu:0"):
        b = tf.constant(1.0, name="b")
    return [a, b, tf.constant(1.0, name="c")]


def test_an_op_stands_with_itself_where_nothing_is_said(three):
    assert placed("a") == ([b"loc:@a"], "/device:CPU:0")
    with pytest.raises(ValueError, match="no attr named '_class'"):
        three[0].op.get_attr("_class")


def test_ops_stand_with_the_op_and_on_its_device(three):
    a, _, c = three
    graph = tf.get_default_graph()
    with tf.device("/gpu:1"), tf.colocate_with(a):
        tf.no_op(name="left_behind")
    with tf.device("/gpu:1"), graph.colocate_with(c.op):
        tf.no_op(name="none")
        with tf.device("/gpu:2"):
            tf.no_op(name="inside")
    assert placed("left_behind") == ([b"loc:@a"], "/device:CPU:0")
    assert placed("none") == ([b"loc:@c"], "")
    assert placed("inside") == ([b"loc:@c"], "/device:GPU:2")


def test_of_nested_blocks_the_outermost_device_counts(three):
    a, b, c = three
    with tf.colocate_with(b), tf.control_dependencies(None):
        with tf.colocate_with(c):
            tf.no_op(name="cb")
        with tf.colocate_with(a):
            both = tf.no_op(name="ab")
            with tf.colocate_with(a, ignore_existing=True):
                tf.no_op(name="only")
            with tf.colocate_with(None, ignore_existing=True):
                tf.no_op(name="alone")
    with tf.colocate_with(both):
        tf.no_op(name="same")
    assert placed("cb") == ([b"loc:@b", b"loc:@c"], "/device:GPU:0")
    assert placed("ab") == placed("same") == ([b"loc:@a", b"loc:@b"], "/device:GPU:0")
    assert placed("only") == ([b"loc:@a"], "/device:CPU:0")
    assert placed("alone") == ([b"loc:@alone"], "")


def test_none_needs_ignore_existing():
    with pytest.raises(ValueError, match="ignore_existing is not True"):
        tf.get_default_graph().colocate_with(None)


def test_a_variables_ops_stand_with_it():
    with tf.device("/job:ps"):
        tf.get_variable("w", [2], initializer=tf.zeros_initializer())
        tf.Variable(1.0, name="v")
        tf.get_variable("r", [2], initializer=tf.zeros_initializer(), use_resource=True)
    for name in ("w/Initializer/zeros", "w", "w/Assign", "w/read"):
        assert placed(name)[0] == [b"loc:@w"]
    assert placed("w/Initializer/zeros")[1] == ""
    assert placed("w/read")[1] == "/job:ps"
    assert placed("v/initial_value")[0] == [b"loc:@v/initial_value"]
    assert placed("v/Assign") == ([b"loc:@v"], "/job:ps")
    assert placed("r/Initializer/zeros") == ([b"loc:@r"], "")
    assert placed("r/Assign") == ([b"loc:@r/Assign"], "/job:ps")


def test_an_update_stands_with_the_variable_and_a_read_of_a_handle_alone():
    with tf.device("/job:ps"):
        v = tf.Variable(1.0, name="v")
        r = tf.Variable(1.0, name="r", use_resource=True)
    with tf.device("/job:worker"):
        update = v.assign_add(1.0, name="up")
        read = tf.identity(r, name="seen").op.inputs[0].op
    assert placed("up") == ([b"loc:@v"], "/job:ps")
    assert placed("up/value")[1] == "/job:worker"
    assert update.op.node_def.attr["_class"].list.s == [b"loc:@v"]
    assert (read.type, read.device) == ("ReadVariableOp", "/job:ps")
    assert placed("seen")[1] == "/job:worker"


def test_slots_and_updates_stand_with_what_they_train():
    with tf.device("/job:ps"):
        w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
        r = tf.get_variable("r", [], initializer=tf.zeros_initializer(), use_resource=True)
    tf.train.MomentumOptimizer(0.1, 0.9).minimize(w * w + r * r)
    assert placed("w/Momentum/Initializer/zeros") == ([b"loc:@w"], "/job:ps")
    assert placed("w/Momentum") == ([b"loc:@w"], "/job:ps")
    assert placed("r/Momentum/Read/ReadVariableOp") == ([b"loc:@r"], "/job:ps")
    assert placed("Momentum/update_w/ApplyMomentum") == ([b"loc:@w"], "/job:ps")
    assert placed("Momentum/update_r/ResourceApplyMomentum") == ([b"loc:@r"], "/job:ps")


def test_a_graph_comes_back_with_its_groups(three):
    with tf.colocate_with(three[0]):
        tf.no_op(name="n")
    graph_def = tf.get_default_graph().as_graph_def()
    with tf.Graph().as_default():
        tf.import_graph_def(graph_def, name="copy")
        assert placed("copy/n") == ([b"loc:@copy/a"], "/device:CPU:0")
