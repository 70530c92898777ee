"""Nested structures. Observed in TensorFlow 1.15.5."""

import collections

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import scopeflow as tf
from scopeflow.core import nest

Pair = collections.namedtuple("Pair", "x y")

LEAVES = st.one_of(st.integers(), st.none(), st.text(max_size=2))
STRUCTURES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.builds(Pair, inner, inner),
        st.dictionaries(st.sampled_from("abc"), inner, max_size=3),
    ),
    max_leaves=8,
)


@settings(deadline=None)
@given(STRUCTURES)
def test_flatten_and_pack_are_inverse(structure):
    leaves = nest.flatten(structure)
    packed = nest.pack_like(structure, leaves)
    assert packed == structure
    assert type(packed) is type(structure)
    nest.assert_same_structure(structure, packed)
    assert tf.nest.map_structure(lambda x: x, structure) == structure


def test_flatten():
    assert tf.nest.flatten({"b": 1, "a": [2, {"z": 3, "y": (4,)}]}) == [2, 4, 3, 1]
    assert tf.nest.flatten("abc") == ["abc"]
    assert tf.nest.flatten(None) == [None]
    assert [tf.nest.flatten(empty) for empty in ([], (), {})] == [[], [], []]
    assert tf.nest.flatten({1}) == [{1}]
    with pytest.raises(TypeError):
        tf.nest.flatten({1: 1, "a": 2})


def test_pack():
    packed = tf.nest.pack_sequence_as([1, (2, {"b": 3, "a": 4})], [10, 20, 30, 40])
    assert packed == [10, (20, {"b": 40, "a": 30})]
    ordered = tf.nest.pack_sequence_as(collections.OrderedDict([("b", 1), ("a", 2)]), [5, 6])
    assert list(ordered.items()) == [("b", 6), ("a", 5)]
    text = "Could not pack sequence. Structure had 2 elements, but flat_sequence had 1 elements."
    with pytest.raises(ValueError, match=text):
        tf.nest.pack_sequence_as([1, 2], [1])


def test_pack_keeps_the_kind_of_mapping():
    found = nest.pack_like(collections.defaultdict(list, {"b": 1, "a": 2}), [5, 6])
    assert found.default_factory is list
    assert list(found.items()) == [("b", 6), ("a", 5)]


def test_map():
    summed = tf.nest.map_structure(lambda a, b: a + b, [1, {"x": 2}], [10, {"x": 20}])
    assert summed == [11, {"x": 22}]
    with pytest.raises(TypeError, match="The two structures don't have the same nested structure."):
        tf.nest.map_structure(max, [1, 2], (1, 2))
    assert tf.nest.map_structure(max, [1, 2], (2, 1), check_types=False) == [2, 2]


Other = collections.namedtuple("Other", "x y")


@pytest.mark.parametrize(
    ("first", "second", "error"),
    [
        ({"a": 1}, {"b": 1}, ValueError),
        ({"a": 1}, [1], TypeError),
        ((1,), [1], TypeError),
        ((1, 2), [1], TypeError),
        ([[1]], [1], ValueError),
        ([1], 1, ValueError),
        ([1, 2], [1], ValueError),
        (Pair(1, 2), Other(1, 2), TypeError),
        (Pair(1, 2), (1, 2), TypeError),
    ],
)
def test_structures_that_differ(first, second, error):
    with pytest.raises(error, match="The two structures don't have the same nested structure."):
        tf.nest.assert_same_structure(first, second)


def test_structures_that_do_not():
    tf.nest.assert_same_structure(1, 2)
    tf.nest.assert_same_structure({"a": 1}, collections.OrderedDict(a=1))
    tf.nest.assert_same_structure(Pair(1, 2), collections.namedtuple("Pair", "x y")(1, 2))


def test_indexed_slices_are_taken_apart_on_demand():
    with tf.Graph().as_default():
        slices = tf.IndexedSlices(tf.constant([1.0]), tf.constant([0]), tf.constant([3]))
        assert tf.nest.flatten([slices]) == [slices]
        parts = tf.nest.flatten([slices], expand_composites=True)
        assert parts == [slices.values, slices.indices, slices.dense_shape]
        again = nest.pack_like(slices, parts, expand=True)
        assert isinstance(again, tf.IndexedSlices)
        assert again.indices is slices.indices
