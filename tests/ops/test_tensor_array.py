"""tf.TensorArray. Observed in TensorFlow 1.15.5."""

import re

import numpy as np
import pytest

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    graph = tf.Graph()
    with graph.as_default():
        yield graph


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


def array(size=3, dtype=tf.float32, **options):
    return tf.TensorArray(dtype, size, **options)


def test_names_and_shapes(graph):
    a = array(2).write(0, 1.0)
    names = [a.read(0).name, a.stack().name, a.size().name, a.concat().name, a.handle.name]
    assert names == [
        "TensorArrayReadV3:0", "TensorArrayStack/TensorArrayGatherV3:0", "TensorArraySizeV3:0",
        "TensorArrayConcatV3:0", "TensorArray:0",
    ]  # fmt: skip
    assert a.flow.name == "TensorArrayWrite/TensorArrayWriteV3:0"
    assert a.unstack(tf.constant([1.0, 2.0])).flow.name == (
        "TensorArrayUnstack/TensorArrayScatter/TensorArrayScatterV3:0"
    )
    assert a.handle.shape == [2] and a.flow.shape == []
    assert array().stack().shape.ndims is None
    assert array(element_shape=[2]).stack().shape.as_list() == [None, 2]
    assert array(infer_shape=False).write(0, [1.0]).stack().shape.ndims is None


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda: array().write(0, 1.0).stack(), [1, 0, 0]),
        (lambda: array().write(0, [1.0, 2.0]).stack(), [[1, 2], [0, 0], [0, 0]]),
        (lambda: array().write(0, [1.0, 2.0]).read(1), [0, 0]),
        (lambda: array(dynamic_size=True).write(5, 1.0).stack(), [0, 0, 0, 0, 0, 1]),
        (lambda: array(0, dynamic_size=True).write(2, 1.0).size(), 3),
        (lambda: array(element_shape=[2]).stack(), [[0, 0]] * 3),
        (lambda: array().write(0, 1.0).flow, 0.0),
        (lambda: array().scatter([2, 0], tf.constant([1.0, 2.0])).stack(), [2, 0, 1]),
        (lambda: array().unstack(tf.constant([1.0, 2.0, 3.0])).gather([2, 0]), [3, 1]),
        (
            lambda: array(infer_shape=False).split(tf.constant([1.0, 2, 3]), [1, 0, 2]).concat(),
            [1, 2, 3],
        ),
        (
            lambda: array(infer_shape=False).write(0, [1.0, 2.0]).write(1, [1.0])
            .write(2, [3.0]).concat(),
            [1, 2, 1, 3],
        ),
        (lambda: array(2, tf.string).write(0, "a").write(1, "b").stack(), [b"a", b"b"]),
        (lambda: array(element_shape=[], clear_after_read=False).gather([]), []),
        (lambda: array().unstack(tf.constant([1.0, 2.0, 3.0])).identity().read(1), 2.0),
    ],
)  # fmt: skip
def test_values(build, expected):
    np.testing.assert_array_equal(run(build()), np.asarray(expected))


@pytest.mark.parametrize(
    ("build", "text"),
    [
        (
            lambda: array().write(5, 1.0).stack(),
            "Tried to write to index 5 but array is not resizeable and size is: 3",
        ),
        (
            lambda: array().write(0, 1.0).write(0, 2.0).stack(),
            "Could not write to TensorArray index 0 because it has already been written to.",
        ),
        (
            lambda: array(infer_shape=False).write(0, [1.0]).read(1),
            "Could not read from TensorArray index 1",
        ),
        (lambda: array().read(-1), "Tried to read from index -1 but array size is: 3"),
        (
            lambda: array(infer_shape=False).split(tf.constant([1.0, 2, 3]), [1, 0, 1]).concat(),
            "sum of lengths is 2 and value's shape is: [3]",
        ),
        (
            lambda: array(infer_shape=False).write(0, [1.0]).write(1, [1.0, 2.0])
            .write(2, [1.0]).stack(),
            "inconsistent shapes",
        ),
    ],
)  # fmt: skip
def test_failures(build, text):
    with pytest.raises(tf.errors.InvalidArgumentError, match=re.escape(text)):
        run(build())


def test_an_element_is_read_once():
    a = array().write(0, 1.0)
    with pytest.raises(tf.errors.InvalidArgumentError, match="Could not read index 0 twice"):
        run(a.read(0) + a.read(0))
    kept = array(clear_after_read=False).write(0, 1.0)
    assert run(kept.read(0) + kept.read(0)) == 2.0


@pytest.mark.parametrize(
    ("build", "error", "text"),
    [
        (lambda: tf.TensorArray(tf.float32), ValueError, "Size must be provided if handle is not"),
        (
            lambda: array().write(0, [1.0]).write(1, [1.0, 2.0]),
            ValueError,
            "Inconsistent shapes: saw (2,) but expected (1,)",
        ),
        (lambda: array().write(0, tf.constant(1)), TypeError, "has dtype float32, but Const:0"),
        (lambda: array().grad("x"), NotImplementedError, "TensorArray.grad"),
    ],
)
def test_bad_arguments(build, error, text):
    with pytest.raises(error, match=re.escape(text)):
        build()


def test_gradients_through_arrays():
    x = tf.placeholder(tf.float64, [3])
    a = tf.TensorArray(tf.float64, 3).unstack(x)
    b = tf.TensorArray(tf.float64, 3)
    _, b = tf.while_loop(
        lambda i, b: i < 3,
        lambda i, b: (i + 1, b.write(i, a.read(i) * tf.cast(i + 1, tf.float64))),
        (0, b),
    )
    y = tf.reduce_sum(b.stack() ** 2)
    assert run(tf.gradients(y, x)[0], {x: [1.0, 2.0, 3.0]}).tolist() == [2.0, 16.0, 54.0]


def test_arrays_pass_conditions():
    p = tf.placeholder(tf.bool, [])
    a = array(1)
    chosen = tf.cond(p, lambda: a.write(0, 5.0), lambda: a.write(0, 6.0))
    values = chosen.stack()
    assert [run(values, {p: v}).tolist() for v in (True, False)] == [[5.0], [6.0]]


def test_elements_that_differ_in_size():
    # TF 1.15.5: they must fit element_shape, and are not made alike
    with tf.Graph().as_default(), tf.Session() as session:
        array = tf.TensorArray(tf.float32, 3, infer_shape=False, element_shape=[None, 2])
        array = array.write(0, tf.ones([3, 2])).write(1, tf.ones([1, 2])).write(2, tf.ones([2, 2]))
        assert array.element_shape.as_list() == [None, 2]
        assert session.run(array.concat()).shape == (6, 2)
        with pytest.raises(ValueError, match="Inconsistent shapes"):
            array.write(0, tf.ones([1, 3]))


def test_lengths_of_either_width():
    with tf.Graph().as_default(), tf.Session() as session:
        for kind in (tf.int32, tf.int64):
            array = tf.TensorArray(tf.float32, 2, infer_shape=False)
            array = array.split([1.0, 2, 3], tf.constant([1, 2], kind))
            assert array.mark_used() is None
            assert session.run(array.read(1)).tolist() == [2, 3]
        late = tf.TensorArray(tf.float32, 1, infer_shape=False)
        late = late.split([1.0], tf.placeholder_with_default(np.int64(1), None))
        with pytest.raises(tf.errors.InvalidArgumentError, match="lengths to be a vector"):
            session.run(late.flow)
