"""Objects of the program's own, fetched and fed."""

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.runtime import conversions
from scopeflow.runtime.conversions import register_session_run_conversion_functions


class Pair:
    def __init__(self, a, b):
        self.a, self.b = a, b


@pytest.fixture(autouse=True)
def _registered(monkeypatch):
    monkeypatch.setattr(conversions, "_conversions", [])
    register_session_run_conversion_functions(
        Pair,
        lambda pair: ([pair.a, pair.b], lambda values: Pair(*values)),
        lambda pair, value: [(pair.a, value.a), (pair.b, value.b)],
    )


def test_they_are_fetched_and_fed():
    with tf.Graph().as_default(), tf.Session() as session:
        given = Pair(tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [2]))
        twice = Pair(given.a * 2.0, given.b * 2.0)
        found, [again] = session.run([twice, [twice]], {given: Pair(1.0, [2.0, 3.0])})
        assert found.a == again.a == 2.0
        np.testing.assert_array_equal(found.b, [4.0, 6.0])


def test_types_are_registered_once():
    with pytest.raises(ValueError, match="has already been registered"):
        register_session_run_conversion_functions(type("Small", (Pair,), {}), lambda pair: None)


def test_without_a_feed_function_they_cannot_be_fed():
    class Other:
        pass

    register_session_run_conversion_functions(Other, lambda other: ([], lambda values: None))
    with tf.Graph().as_default(), tf.Session() as session:
        one = tf.constant(1.0)
        with pytest.raises(TypeError, match="Cannot interpret feed_dict key"):
            session.run(one, {Other(): 1.0})
