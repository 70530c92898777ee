"""Seeds. What repeats and what does not was observed in TensorFlow 1.15.5."""

import numpy as np
import pytest

import scopeflow as tf


def draws(build, sessions=1, runs=2):
    """What `build()` gives: for each new session, for each run."""
    with tf.Graph().as_default():
        fetches = build()
        found = []
        for _ in range(sessions):
            with tf.Session() as session:
                found.append([session.run(fetches) for _ in range(runs)])
    return np.array(found)


def two():
    return [tf.random_uniform([]), tf.random_uniform([])]


def test_without_seeds_nothing_repeats():
    found = draws(two, sessions=2)
    assert len(np.unique(found)) == 8


def test_a_graph_seed_repeats_by_session():
    def build():
        tf.set_random_seed(1)
        return two()

    first, second = draws(build, sessions=2)
    assert (first == second).all()
    assert len(np.unique(first)) == 4
    assert (draws(build)[0] == first).all()


def test_graph_seeds_differ():
    def build(seed):
        tf.set_random_seed(seed)
        return two()

    values = [draws(lambda s=s: build(s)) for s in range(5)]
    assert len(np.unique(values)) == 20


def test_an_op_seed_repeats_by_session():
    found = draws(lambda: [tf.random_uniform([], seed=3), tf.random_uniform([], seed=3)], 2)
    assert (found[0] == found[1]).all()
    assert (found[..., 0] == found[..., 1]).all()
    assert len(np.unique(found)) == 2


def test_an_ops_stream_does_not_depend_on_others():
    with tf.Graph().as_default():
        tf.set_random_seed(1)
        a, b = two()
        one, other = tf.Session(), tf.Session()
        with_both = [one.run([a, b])[1] for _ in range(3)]
        alone = [other.run(b) for _ in range(3)]
    assert with_both == alone


def test_one_op_is_drawn_once_a_run():
    with tf.Graph().as_default(), tf.Session() as session:
        a = tf.random_normal([3])
        once, again, shifted = session.run([a, tf.identity(a), a + 1.0])
        np.testing.assert_array_equal(once, again)
        np.testing.assert_allclose(once + 1, shifted, rtol=1e-6)


# (graph seed, op seed) and the attributes that the op gets.
@pytest.mark.parametrize(
    ("graph_seed", "op_seed", "attributes"),
    [
        (None, None, (0, 0)),
        (None, 7, (87654321, 7)),
        (5, None, (5, 3)),
        (5, 2, (5, 2)),
        (0, 0, (0, 2**31 - 1)),
    ],
)
def test_seed_attributes(graph_seed, op_seed, attributes):
    with tf.Graph().as_default() as graph:
        if graph_seed is not None:
            tf.set_random_seed(graph_seed)
        tf.random_normal([], seed=op_seed)
        (op,) = [op for op in graph.get_operations() if op.type == "RandomStandardNormal"]
    assert (op.get_attr("seed"), op.get_attr("seed2")) == attributes


def test_variables_start_alike():
    def build():
        tf.set_random_seed(4)
        v = tf.get_variable("v", [2])
        with tf.control_dependencies([v.initializer]):
            return v.read_value()

    first, second = draws(build, sessions=2)
    assert (first == second).all()
    assert len(np.unique(first)) == 4


def test_a_branch_draws_only_if_it_runs():
    with tf.Graph().as_default():
        p = tf.placeholder(tf.bool, [])
        a = tf.cond(p, lambda: tf.random_uniform([], seed=1), lambda: 0.0)
        one, other = tf.Session(), tf.Session()
        draws_of_one = [one.run(a, {p: True}) for _ in range(2)]
        with_gap = [other.run(a, {p: q}) for q in (True, False, True)]
    assert draws_of_one == [with_gap[0], with_gap[2]]
    assert with_gap[1] == 0
