"""Names of ops and scopes. The rules and the examples were observed in TensorFlow 1.15.5."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scopeflow as tf
from scopeflow.core.naming import UniqueNames, check_node_name, check_scope_name

PARTS = st.sampled_from(["a", "A", "b", "a_1", "A_1", "a_1_1", "b_2", "a/b", "A/b"])


@settings(deadline=None)
@given(st.lists(PARTS, max_size=40))
def test_never_twice_the_same(wanted):
    names = UniqueNames()
    given_out = [names.take(name) for name in wanted]
    assert len({name.lower() for name in given_out}) == len(given_out)
    for name, found in zip(wanted, given_out, strict=True):
        assert found == name or found.startswith(name + "_")


@settings(deadline=None)
@given(st.lists(st.tuples(PARTS, st.booleans()), max_size=30))
def test_a_look_takes_nothing(steps):
    """What is only looked at does not change what comes after."""
    looking, plain = UniqueNames(), UniqueNames()
    for name, mark in steps:
        found = looking.take(name, mark_as_used=mark)
        if mark:
            assert found == plain.take(name)


def test_numbers_follow_the_case_of_the_request():
    names = UniqueNames()
    taken = [names.take(n) for n in ("foo", "FOO", "foo", "foo_1", "fOo_1", "foo_3")]
    assert taken == ["foo", "FOO_1", "foo_2", "foo_1_1", "fOo_1_2", "foo_3"]


def test_graph_unique_name():
    graph = tf.Graph()
    looked_at = graph.unique_name("foo", mark_as_used=False)
    names = [graph.unique_name(n) for n in ("foo", "foo", "FOO", "foo_1", "fOo_1")]
    assert looked_at == "foo"
    assert names == ["foo", "foo_1", "FOO_2", "foo_1_1", "fOo_1_2"]


@pytest.mark.parametrize("name", ["a", "A0", "0", ".", "a.b-c/d_e", "9/_x"])
def test_valid_everywhere(name):
    check_scope_name(name, at_root=True)
    check_scope_name(name, at_root=False)
    check_node_name(name)


@pytest.mark.parametrize("name", ["", "a b", "_a", "-a", "/a", "a:0", "ä", "a\n", "a^b"])
def test_invalid_at_the_root(name):
    with pytest.raises(ValueError, match="is not a valid scope name"):
        check_scope_name(name, at_root=True)
    with pytest.raises(ValueError, match="is not a valid node name"):
        check_node_name(name)


def test_an_underscore_may_begin_an_inner_name():
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="'_a' is not a valid scope name"):
            tf.name_scope("_a").__enter__()
        with pytest.raises(ValueError, match="'_a' is not a valid node name"):
            tf.constant(1, name="_a")
        with pytest.raises(ValueError, match="'_a' is not a valid scope name"):
            tf.placeholder(tf.float32, name="_a")
        with tf.name_scope("a"), tf.name_scope("_a") as inner:
            assert inner == "a/_a/"
            assert tf.constant(1, name="_c").name == "a/_a/_c:0"
