"""Stacks of values that one run pushes and pops."""

import numpy as np
import pytest

import scopeflow as tf
from scopeflow import raw_ops

from .common import run


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def test_what_was_pushed_last_comes_first():
    stack = raw_ops.StackV2(max_size=-1, elem_type=tf.float32)
    first = raw_ops.StackPushV2(handle=stack, elem=[[4.0, 5]])
    assert first.shape == (1, 2)
    with tf.control_dependencies([first]):
        second = raw_ops.StackPushV2(handle=stack, elem=3.0)
    with tf.control_dependencies([second]):
        top = raw_ops.StackPopV2(handle=stack, elem_type=tf.float32)
    with tf.control_dependencies([top]):
        below = raw_ops.StackPopV2(handle=stack, elem_type=tf.float32)
    top, below = run([top, below])
    assert top == 3 and below.tolist() == [[4, 5]]


def test_in_loops():
    stack = raw_ops.StackV2(max_size=-1, elem_type=tf.float32)

    def push(i):
        pushed = raw_ops.StackPushV2(handle=stack, elem=tf.cast(i, tf.float32) * [1.0, 10])
        with tf.control_dependencies([pushed]):
            return i + 1

    def pop(i, total):
        top = raw_ops.StackPopV2(handle=stack, elem_type=tf.float32)
        assert top.shape.ndims is None
        return i - 1, 2 * total + tf.ensure_shape(top, [2])

    count = tf.while_loop(lambda i: i < 4, push, [0])
    total = tf.while_loop(lambda i, _: i > 0, pop, [count, tf.zeros([2])])[1]
    assert run(total).tolist() == [((3 * 2 + 2) * 2 + 1) * 2, ((30 * 2 + 20) * 2 + 10) * 2]


def test_what_a_stack_refuses():
    stack = raw_ops.StackV2(max_size=1, elem_type=tf.float32, stack_name="s")
    error = tf.errors.InvalidArgumentError
    with pytest.raises(error, match=r"Stack\[s\] is empty when calling Pop"):
        run(raw_ops.StackPopV2(handle=stack, elem_type=tf.float32))
    first = raw_ops.StackPushV2(handle=stack, elem=1.0)
    with tf.control_dependencies([first]):
        second = raw_ops.StackPushV2(handle=stack, elem=1.0)
        closing = raw_ops.StackCloseV2(handle=stack)
    with pytest.raises(error, match=r"Stack\[s\] overflowed its max_size \(1\)"):
        run(second)
    with tf.control_dependencies([closing]):
        late = raw_ops.StackPushV2(handle=stack, elem=1.0)
    with pytest.raises(error, match="has already been closed"):
        run(late)
    np.testing.assert_equal(run([first, closing])[0], 1)
