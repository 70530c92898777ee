"""A block of lines copies those values around it that it asks for, and no others."""

import pytest

import scopeflow as tf
from scopeflow.runtime.values import Value, Values


def test_blocks_know_what_is_around_them_and_keep_their_own():
    with tf.Graph().as_default():
        a, b, c = (tf.constant(1.0) for _ in range(3))
    around = Values()
    around[a], around[b] = Value(torch="a"), Value(torch="b")
    inside = Values(Values(around))
    assert not dict(inside) and a in inside and c not in inside
    inside[a].torch = "a_detached"
    inside[c] = Value(torch="c")
    assert around[a].torch == "a" and c not in around and b not in dict(inside)
    before = inside.copied()
    inside[a].torch, inside[b].torch = "other", "other"
    assert before[a].torch == "a_detached" and before[b].torch == "b"
    with pytest.raises(KeyError):
        around[c]
