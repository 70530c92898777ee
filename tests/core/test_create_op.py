"""Graph.create_op: nodes by the names of their types."""

from __future__ import annotations

import pytest

import scopeflow as tf


def test_an_op_that_runs():
    graph = tf.Graph()
    number = {
        "dtype": tf.AttrValue(type=tf.float32.as_datatype_enum),
        "value": tf.AttrValue(tensor=tf.make_tensor_proto(3.0)),
    }
    (three,) = graph.create_op("Const", [], [tf.float32], name="three", attrs=number).outputs
    add = graph.create_op("Add", [three, three], [tf.float32])
    assert (add.name, add.type, add.outputs[0].shape) == ("Add", "Add", [])
    with tf.Session(graph=graph) as sess:
        assert sess.run(add.outputs[0]) == 6.0


def test_an_op_of_an_unknown_type_is_built_but_refused():
    graph = tf.Graph()
    op = graph.create_op("FloatOutput", [], [tf.float32, tf.string], name="mine")
    again = graph.create_op("FloatOutput", [op.outputs[0]], [tf.float32], name="mine")
    assert [t.dtype for t in op.outputs] == [tf.float32, tf.string]
    assert again.name == "mine_1" and again.node_def.input == ["mine"]
    with tf.Session(graph=graph) as sess:
        with pytest.raises(tf.errors.UnimplementedError, match="op type 'FloatOutput'"):
            sess.run(op.outputs[0])


def test_inputs_are_tensors_of_the_types_that_are_given():
    graph = tf.Graph()
    with graph.as_default():
        c = tf.constant(1.0)
    with pytest.raises(TypeError, match="Input #1 is not a tensor: 2"):
        graph.create_op("Add", [c, 2])
    with pytest.raises(TypeError, match="not compatible with expected types"):
        graph.create_op("Mine", [c], [tf.int32], input_types=[tf.int32])


def test_attributes_and_devices_may_be_set_later():
    with tf.Graph().as_default():
        op = tf.no_op(name="n")
        op._set_attr("_mine", tf.AttrValue(i=7))
        op._set_device("/job:ps")
        assert op.get_attr("_mine") == 7 and op.device == "/job:ps"
        assert op.node_def.attr["_mine"].i == 7
