"""A variable whose initial value reads another variable can be initialized before that one is."""

import pytest

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


@pytest.mark.parametrize("use_resource", [False, True])
def test_the_others_initial_value_stands_in(use_resource):
    other = tf.Variable(3.0, name="other")
    made = tf.Variable(other * 2.0 + 1.0, name="made", use_resource=use_resource)
    with tf.Session() as session:
        session.run(made.initializer)
        assert session.run(made) == 7.0
        session.run(other.initializer)
        session.run(other.assign(10.0))
        session.run(made.initializer)
        assert session.run(made) == 21.0


def test_local_variables_stand_in_too():
    local = tf.Variable(2.0, collections=[tf.GraphKeys.LOCAL_VARIABLES], trainable=False)
    made = tf.Variable(local)
    with tf.Session() as session:
        session.run(made.initializer)
        assert session.run(made) == 2.0


def test_names_of_the_copies(graph):
    other = tf.Variable(1.0, name="other")
    with tf.name_scope("s"):
        made = tf.Variable(tf.multiply(other, 2.0, name="twice"), name="made")
    assert made.initial_value.op.name == "s/twice"
    assert made.initializer.inputs[1].op.name == "s/twice_s/made"
    assert graph.get_operation_by_name("other/read_s/made")
    assert graph.get_operation_by_name("s/made/IsVariableInitialized")


def test_nothing_is_copied_without_need(graph):
    start = tf.constant([1.0, 2.0]) * 2.0
    made = tf.Variable(start, name="made")
    assert made.initializer.inputs[1] is start
    resource = tf.Variable(1.0, use_resource=True)
    behind = tf.Variable(resource + 1.0)
    assert behind.initializer.inputs[1] is behind.initial_value


def test_loops_stay_as_they_are():
    other = tf.Variable(1.0)
    start = tf.while_loop(lambda x: x < 8.0, lambda x: x * 2.0, [other.value()])
    made = tf.Variable(start)
    assert made.initializer.inputs[1] is made.initial_value
