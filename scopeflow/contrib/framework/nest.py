"""`tf.contrib.framework.nest`: structures of lists, tuples and dicts."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

assert_same_structure = tf.nest.assert_same_structure
flatten = tf.nest.flatten
map_structure = tf.nest.map_structure
pack_sequence_as = tf.nest.pack_sequence_as


def is_sequence(seq: Any) -> bool:
    """Whether it is a list, tuple, dict or the like, and no leaf."""
    return tf.nest.is_nested(seq)


def flatten_dict_items(dictionary: dict) -> dict:
    """A dict whose keys and values may be structures of one kind, as one of their leaves."""
    if not isinstance(dictionary, dict):
        raise TypeError("input must be a dictionary")
    found: dict[Any, Any] = {}
    for key, value in dictionary.items():
        keys = flatten(key) if is_sequence(key) else [key]
        values = flatten(value) if is_sequence(key) else [value]
        if len(keys) != len(values):
            raise ValueError(
                f"Could not flatten dictionary. Key had {len(keys)} elements, but value had "
                f"{len(values)} elements. Key: {key}, value: {value}."
            )
        for one, other in zip(keys, values, strict=True):
            if one in found:
                raise ValueError(f"Could not flatten dictionary: key {one} is not unique.")
            found[one] = other
    return found


def assert_shallow_structure(
    shallow_tree: Any, input_tree: Any, check_types: bool = True, expand_composites: bool = False
) -> None:
    """TypeError or ValueError unless the upper part of `input_tree` is like `shallow_tree`."""
    if not is_sequence(shallow_tree):
        return
    if not is_sequence(input_tree):
        raise TypeError(
            "If shallow structure is a sequence, input must also be a sequence. "
            f"Input has type: {type(input_tree)}."
        )
    if check_types and type(shallow_tree) is not type(input_tree):
        raise TypeError(
            "The two structures don't have the same sequence type. Input structure has type "
            f"{type(input_tree)}, while shallow structure has type {type(shallow_tree)}."
        )
    if len(shallow_tree) != len(input_tree):
        raise ValueError(
            "The two structures don't have the same sequence length. Input structure has length "
            f"{len(input_tree)}, while shallow structure has length {len(shallow_tree)}."
        )
    if isinstance(shallow_tree, dict) and set(shallow_tree) != set(input_tree):
        raise ValueError(
            "The two structures don't have the same keys. Input structure has keys "
            f"{list(input_tree)}, while shallow structure has keys {list(shallow_tree)}."
        )
    for one, other in zip(_children(shallow_tree), _children(input_tree), strict=True):
        assert_shallow_structure(one, other, check_types, expand_composites)


def _children(tree: Any) -> list:
    return [tree[key] for key in sorted(tree)] if isinstance(tree, dict) else list(tree)


def flatten_up_to(
    shallow_tree: Any, input_tree: Any, check_types: bool = True, expand_composites: bool = False
) -> list:
    """The parts of `input_tree` that stand where `shallow_tree` has its leaves."""
    assert_shallow_structure(shallow_tree, input_tree, check_types)
    return _up_to(shallow_tree, input_tree)


def _up_to(shallow: Any, tree: Any) -> list:
    if not is_sequence(shallow):
        return [tree]
    pairs = zip(_children(shallow), _children(tree), strict=True)
    return [leaf for one, other in pairs for leaf in _up_to(one, other)]


def map_structure_up_to(shallow_tree: Any, func: Any, *inputs: Any, **kwargs: Any) -> Any:
    """`func` of the parts of the inputs that stand where `shallow_tree` has its leaves."""
    if not inputs:
        raise ValueError("Cannot map over no sequences")
    check_types = kwargs.pop("check_types", True)
    kwargs.pop("expand_composites", None)
    columns = [flatten_up_to(shallow_tree, each, check_types) for each in inputs]
    leaves = [func(*each) for each in zip(*columns, strict=True)]
    return pack_sequence_as(shallow_tree, leaves)
