"""Where things were made: the user's lines, not the library's."""

import inspect
import os

import pytest

import scopeflow as tf
from scopeflow.core import source

PACKAGE = os.path.dirname(tf.__file__) + os.sep


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def line_of(frame_or_function, text):
    lines, first = inspect.getsourcelines(frame_or_function)
    return first + next(i for i, line in enumerate(lines) if text in line)


def make():
    return tf.matmul(tf.ones([2, 3]), [[1.0], [2.0], [3.0]], name="product")


def test_an_op_knows_the_users_line():
    product = make()
    file, line, function, text = product.op.traceback[-1]
    assert (file, line, function) == (__file__, line_of(make, "tf.matmul"), "make")
    assert text == 'return tf.matmul(tf.ones([2, 3]), [[1.0], [2.0], [3.0]], name="product")'
    caller = product.op.traceback[-2]
    assert caller[2:] == ("test_an_op_knows_the_users_line", "product = make()")


def test_no_frame_is_ours():
    with tf.variable_scope("scope"):
        v = tf.get_variable("v", [2], initializer=tf.random_normal_initializer())
    loss = tf.reduce_mean(tf.nn.relu(v + 1.0))
    train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
    choice = tf.cond(loss > 0, lambda: loss * 2, lambda: loss)
    assert train.graph is choice.graph
    for op in tf.get_default_graph().get_operations():
        assert op.traceback, op.name
        assert not any(file.startswith(PACKAGE) for file, *_ in op.traceback)
        assert op.traceback[-1][0] == __file__, op.name


def test_a_call_over_several_lines():
    x = tf.constant(1)
    y = tf.add(
        x,
        2,
    )
    assert y.op.traceback[-1][1] >= line_of(test_a_call_over_several_lines, "y = tf.add(")


def test_at_most_six_frames():
    def deep(n):
        return deep(n - 1) if n else tf.constant(1)

    assert len(deep(20).op.traceback) == 6


def test_description():
    text = source.describe(make().op.source, limit=1)
    assert text.splitlines() == [
        f'  File "{__file__}", line {line_of(make, "tf.matmul")}, in make',
        '    return tf.matmul(tf.ones([2, 3]), [[1.0], [2.0], [3.0]], name="product")',
    ]
    assert source.describe(()) == "  (made outside of any Python source)"


def test_code_without_a_file():
    space = {"tf": tf}
    exec(compile("c = tf.constant(1)", "<typed in>", "exec"), space)
    file, line, function, text = space["c"].op.traceback[-1]
    assert (file, line, function, text) == ("<typed in>", 1, "<module>", "")


def test_capture_keeps_nothing_alive():
    class Big:
        pass

    import gc
    import weakref

    def build():
        local = Big()
        watch.append(weakref.ref(local))
        return tf.constant(1)

    watch = []
    kept = build()
    gc.collect()
    assert kept is not None
    assert watch[0]() is None
