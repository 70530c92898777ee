"""Strings in the ops that move and compare elements. Values from TensorFlow 1.15.5."""

from __future__ import annotations

import numpy as np
import pytest
from ops.common import run

import scopeflow as tf

M = [["a", "bb"], ["ccc", ""]]
SAMPLES = {
    "concat": (lambda m: tf.concat([m, m[:1]], 0), [["a", "bb"], ["ccc", ""], ["a", "bb"]]),
    "stack": (lambda m: tf.stack([m[0], m[1]], 1), [["a", "ccc"], ["bb", ""]]),
    "unstack": (lambda m: tf.unstack(m, 2)[1], ["ccc", ""]),
    "split": (lambda m: tf.split(m, 2, 1)[0], [["a"], ["ccc"]]),
    "split of sizes": (lambda m: tf.split(m, [1, -1])[1], [["ccc", ""]]),
    "tile": (lambda m: tf.tile(m[0], [2]), ["a", "bb", "a", "bb"]),
    "gather": (lambda m: tf.gather(m, [1, 0, 1], axis=1)[0], ["bb", "a", "bb"]),
    "gather_nd": (lambda m: tf.gather_nd(m, [[1, 0]]), ["ccc"]),
    "boolean_mask": (lambda m: tf.boolean_mask(m, [[True, False], [True, True]]), ["a", "ccc", ""]),
    "reshape": (lambda m: tf.reshape(m, [-1]), ["a", "bb", "ccc", ""]),
    "transpose": (tf.transpose, [["a", "ccc"], ["bb", ""]]),
    "expand_dims": (lambda m: tf.expand_dims(m[0], 1), [["a"], ["bb"]]),
    "squeeze": (lambda m: tf.squeeze(m[:1]), ["a", "bb"]),
    "slice": (lambda m: tf.slice(m, [1, 0], [1, 1]), [["ccc"]]),
    "strided_slice": (lambda m: m[::-1, 0], ["ccc", "a"]),
    "reverse": (lambda m: tf.reverse(m, [1]), [["bb", "a"], ["", "ccc"]]),
    "pad": (lambda m: tf.pad(m[0], [[1, 2]]), ["", "a", "bb", "", ""]),
    "pad with": (lambda m: tf.pad(m[0], [[1, 0]], constant_values="<p>"), ["<p>", "a", "bb"]),
    "where": (lambda m: tf.where([True, False], m[0], m[1]), ["a", ""]),
    "unique": (lambda m: tf.unique(tf.concat([m[1], m[1], m[0]], 0))[0], ["ccc", "", "a", "bb"]),
    "setdiff1d": (lambda m: tf.setdiff1d(m[0], ["a"])[0], ["bb"]),
    "fill": (lambda m: tf.fill([2], m[0, 1]), ["bb", "bb"]),
    "zeros_like": (tf.zeros_like, [["", ""], ["", ""]]),
    "broadcast_to": (lambda m: tf.broadcast_to(m[0, 1], [2]), ["bb", "bb"]),
    "dynamic_partition": (lambda m: tf.dynamic_partition(m[0], [1, 0], 2)[0], ["bb"]),
    "one_hot": (lambda m: tf.one_hot([1], 2, on_value="y", off_value="n"), [["n", "y"]]),
    "scatter_nd": (lambda m: tf.scatter_nd([[1]], m[0, :1], [3]), ["", "a", ""]),
    "identity": (tf.identity, M),
    "stop_gradient": (tf.stop_gradient, M),
    "+": (lambda m: m + m, [["aa", "bbbb"], ["cccccc", ""]]),
    "add": (lambda m: tf.add("z", m[0]), ["za", "zbb"]),
}


@pytest.mark.parametrize("label", SAMPLES)
def test_moved(label):
    build, expected = SAMPLES[label]
    wanted = np.char.encode(np.array(expected))
    for dims in ([2, 2], [None, None]):
        with tf.Graph().as_default():
            place = tf.placeholder(tf.string, dims)
            found = build(place)
            got = run(found, {place: np.array(M, object)})
            assert found.dtype is tf.string
            assert got.tolist() == wanted.tolist()
            assert found.shape.is_compatible_with(got.shape)


def test_scalars():
    with tf.Graph().as_default():
        m = tf.constant(M)
        assert run([m[0, 1], m[0, 0] + "!", tf.size(m)]) == [b"bb", b"a!", 4]
        chosen = tf.cond(tf.equal(m[0, 0], "a"), lambda: m[1, 0], lambda: m[1, 1])
        assert run(chosen) == b"ccc"


def test_compared():
    with tf.Graph().as_default():
        m = tf.constant(M)
        found = run([tf.equal(m, "bb"), tf.not_equal(m, m[:1])])
        assert found[0].tolist() == [[False, True], [False, False]]
        assert found[1].tolist() == [[False, False], [True, True]]
        counted = run(tf.unique_with_counts(tf.constant(["b", "a", "b"])))
        assert [x.tolist() for x in counted] == [[b"b", b"a"], [0, 1, 0], [2, 1]]
        with pytest.raises(TypeError, match="string not in list of allowed values"):
            tf.less(m, m)
        with pytest.raises(TypeError, match="string not in list of allowed values"):
            tf.argmax(m)


def test_no_cast():
    # TF 1.15.5
    with tf.Graph().as_default():
        for x, dtype in ((tf.constant(["1"]), tf.int32), (tf.constant([1]), tf.string)):
            cast = tf.cast(x, dtype)
            with pytest.raises(tf.errors.UnimplementedError, match="Cast .* is not supported"):
                run(cast)
        with pytest.raises(TypeError, match="string not in list of allowed values"):
            tf.add_n([tf.constant("a"), tf.constant("b")])


def test_in_loops_and_functions():
    # TF 1.15.5
    with tf.Graph().as_default():
        start = tf.constant(["s"])
        looped = tf.while_loop(
            lambda i, a: i < 3,
            lambda i, a: (i + 1, tf.concat([a, ["x"]], 0)),
            [0, start],
            shape_invariants=[tf.TensorShape([]), tf.TensorShape([None])],
        )
        mapped = tf.map_fn(lambda x: x + "!", tf.constant(["a", "b"]))
        called = tf.py_func(lambda x: x + b"!", [tf.constant("a")], tf.string)
        listed = tf.TensorArray(tf.string, 2).unstack(tf.constant(["a", "b"])).stack()
        found = run([looped[1], mapped, called, listed])
        assert found[0].tolist() == [b"s", b"x", b"x", b"x"]
        assert found[1].tolist() == [b"a!", b"b!"]
        assert found[2] == b"a!"
        assert found[3].tolist() == [b"a", b"b"]


def test_variable():
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.Variable(["a", "b"])
        session.run(tf.global_variables_initializer())
        assert session.run(tf.gather(x, [1])).tolist() == [b"b"]
        assert session.run(tf.assign(x, ["p", "q"])).tolist() == [b"p", b"q"]
        assert session.run(x[1]) == b"q"
        assert session.run(tf.scatter_update(x, [1, 0], ["y", "z"])).tolist() == [b"z", b"y"]
        with pytest.raises(tf.errors.InvalidArgumentError, match="is not in"):
            session.run(tf.scatter_update(x, [2], ["y"]))


def test_the_ops_are_there():
    from scopeflow.core.op import registry
    from scopeflow.runtime.strings import MOVING

    assert [op_type for op_type in MOVING if op_type not in registry] == []
