"""`switch` and `merge`: what runs, what is fetched, and gradients, as in TensorFlow 1.15.5."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.ops.switches import merge, switch


@pytest.fixture
def session() -> Iterator[tf.Session]:
    with tf.Graph().as_default(), tf.Session() as sess:
        yield sess


def test_merge_gives_the_side_that_exists(session):
    pred = tf.placeholder(tf.bool, [])
    no, yes = switch(tf.constant([1.0, 2.0]), pred)
    merged = merge([no + 1.0, yes * 10.0])
    assert merged.output.shape == [2] and merged.output.op.type == "Merge"
    out, index = session.run([merged.output, merged.value_index], {pred: True})
    assert out.tolist() == [10.0, 20.0] and index == 1
    out, index = session.run([merged.output, merged.value_index], {pred: False})
    assert out.tolist() == [2.0, 3.0] and index == 0 and index.dtype == np.int32


def test_one_of_several_functions_is_applied(session):
    # As image preprocessing picks one of its ways at random.
    x = tf.constant([1.0, 2.0])
    number = tf.placeholder(tf.int32, [])
    ways = [tf.negative, tf.square, tf.exp]
    inputs = [way(switch(x, tf.equal(number, i))[1]) for i, way in enumerate(ways)]
    picked = tf.identity(merge(inputs)[0]) * 2.0
    assert session.run(picked, {number: 0}).tolist() == [-2.0, -4.0]
    assert session.run(picked, {number: 1}).tolist() == [2.0, 8.0]
    with pytest.raises(tf.errors.InvalidArgumentError, match="does not have value"):
        session.run(picked, {number: 7})


def test_what_needs_the_other_side_does_not_run(session):
    pred = tf.placeholder(tf.bool, [])
    v = tf.get_variable("v", initializer=0.0)
    session.run(v.initializer)
    _, yes = switch(tf.constant(1.0), pred)
    added = tf.assign_add(v, yes)
    with tf.control_dependencies([tf.identity(yes)]):
        also = tf.assign_add(v, 10.0)
    session.run([added.op, also.op], {pred: False})
    assert session.run(v) == 0.0
    session.run([added.op, also.op], {pred: True})
    assert session.run(v) == 11.0
    with pytest.raises(tf.errors.InvalidArgumentError, match="does not have value"):
        session.run(yes, {pred: False})


def test_gradients_pass_the_side_that_exists(session):
    pred = tf.placeholder(tf.bool, [])
    x = tf.placeholder(tf.float32, [])
    w = tf.get_variable("w", initializer=3.0)
    session.run(w.initializer)
    no, yes = switch(x, pred)
    y = merge([no * w, tf.square(yes)])[0]
    grads = tf.gradients(y, [x, w])
    assert session.run(grads, {x: 5.0, pred: True}) == [10.0, 0.0]
    assert session.run(grads, {x: 5.0, pred: False}) == [3.0, 5.0]


def test_switches_nest_and_stand_in_loops(session):
    def body(i, total):
        even = tf.equal(i % 2, 0)
        no, yes = switch(total, even)
        big = tf.greater(yes, 3.0)
        small, large = switch(yes, big)
        return i + 1, merge([no + 1.0, merge([small + 10.0, large + 100.0])[0]])[0]

    _, total = tf.while_loop(lambda i, t: i < 4, body, (0, 0.0))
    assert session.run(total) == 0.0 + 10 + 1 + 100 + 1


def test_sparse_values_are_switched_and_merged(session):
    pred = tf.placeholder(tf.bool, [])
    sparse = tf.SparseTensor([[0], [2]], [1.0, 2.0], [4])
    no, yes = switch(sparse, pred)
    doubled = tf.SparseTensor(yes.indices, yes.values * 2.0, yes.dense_shape)
    merged = merge([no, doubled])
    assert session.run(merged.output, {pred: True}).values.tolist() == [2.0, 4.0]
    assert session.run(merged.output, {pred: False}).values.tolist() == [1.0, 2.0]


def test_the_second_output_of_a_conditions_merge_tells_the_branch(session):
    pred = tf.placeholder(tf.bool, [])
    tf.cond(pred, lambda: 1.0, lambda: 2.0)
    assert session.run("cond/Merge:1", {pred: True}) == 1
    assert session.run("cond/Merge:1", {pred: False}) == 0


def test_none_is_nothing_to_merge(session):
    with pytest.raises(ValueError, match="At least one of the merge inputs is None"):
        merge([tf.constant(1.0), None])


def test_the_exported_graph_has_switch_and_merge(session):
    no, yes = switch(tf.constant(1.0), tf.constant(True))
    merge([no, yes])
    nodes = {node.name: node for node in tf.get_default_graph().as_graph_def().node}
    assert nodes["Switch"].op == "Switch"
    assert list(nodes["Merge"].input) == ["Switch", "Switch:1"] and nodes["Merge"].attr["N"].i == 2
