"""tensorflow.python.util.nest: what it has beside `tf.nest`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import scopeflow as tf

is_sequence = is_nested = tf.nest.is_nested


def is_sequence_or_composite(seq: Any) -> bool:
    """Whether it is a structure, or a tensor made of several."""
    return tf.nest.is_nested(seq) or isinstance(seq, tf.IndexedSlices)


def _children(structure: Any) -> list[tuple[Any, Any]]:
    if isinstance(structure, Mapping):
        return [(key, structure[key]) for key in sorted(structure)]
    return list(enumerate(structure))


def assert_shallow_structure(
    shallow_tree: Any, input_tree: Any, check_types: bool = True, expand_composites: bool = False
) -> None:
    """ValueError or TypeError unless `input_tree` begins as `shallow_tree` does."""
    if not tf.nest.is_nested(shallow_tree):
        return
    if not tf.nest.is_nested(input_tree):
        raise TypeError(f"If shallow structure is a sequence, input must also be. Got {input_tree}")
    if check_types and not isinstance(input_tree, type(shallow_tree)):
        both = isinstance(shallow_tree, Mapping) and isinstance(input_tree, Mapping)
        if not both:
            raise TypeError(
                "The two structures don't have the same sequence type. Input structure has type "
                f"{type(input_tree)}, while shallow structure has type {type(shallow_tree)}."
            )
    if len(shallow_tree) != len(input_tree):
        raise ValueError(
            "The two structures don't have the same sequence length. Input structure has length "
            f"{len(input_tree)}, while shallow structure has length {len(shallow_tree)}."
        )
    for (key, shallow), (other, deep) in zip(_children(shallow_tree), _children(input_tree)):
        if key != other:
            raise ValueError(f"The two structures don't have the same keys: {key!r} and {other!r}.")
        assert_shallow_structure(shallow, deep, check_types)


def yield_flattened_up_to(shallow_tree: Any, input_tree: Any) -> Iterator[Any]:
    """The parts of `input_tree` that stand where `shallow_tree` has its leaves."""
    if not tf.nest.is_nested(shallow_tree):
        yield input_tree
        return
    for (_, shallow), (_, deep) in zip(_children(shallow_tree), _children(input_tree)):
        yield from yield_flattened_up_to(shallow, deep)


def flatten_up_to(
    shallow_tree: Any, input_tree: Any, check_types: bool = True, expand_composites: bool = False
) -> list:
    """The parts of `input_tree` that stand where `shallow_tree` has its leaves."""
    assert_shallow_structure(shallow_tree, input_tree, check_types)
    return list(yield_flattened_up_to(shallow_tree, input_tree))


def map_structure_up_to(shallow_tree: Any, func: Callable, *inputs: Any, **kwargs: Any) -> Any:
    """`func` of the parts of the inputs that stand where `shallow_tree` has its leaves."""
    if not inputs:
        raise ValueError("Cannot map over no sequences")
    check_types = kwargs.pop("check_types", True)
    rows = [flatten_up_to(shallow_tree, tree, check_types) for tree in inputs]
    return tf.nest.pack_sequence_as(shallow_tree, [func(*row) for row in zip(*rows)])


def flatten_dict_items(dictionary: Mapping) -> dict:
    """Structures of keys and of values that are alike, as one dictionary of their leaves."""
    flat: dict = {}
    for keys, values in dictionary.items():
        if not tf.nest.is_nested(keys):
            pairs = [(keys, values)]
        else:
            tf.nest.assert_same_structure(keys, values)
            pairs = list(zip(tf.nest.flatten(keys), tf.nest.flatten(values)))
        for key, value in pairs:
            if key in flat:
                raise ValueError(f"Could not flatten dictionary: key {key} is not unique.")
            flat[key] = value
    return flat


def yield_flattened_paths(nest: Any, expand_composites: bool = False) -> Iterator[tuple[Any, ...]]:
    """The keys and indices that lead to each leaf."""
    if not tf.nest.is_nested(nest):
        yield ()
        return
    for key, value in _children(nest):
        for path in yield_flattened_paths(value):
            yield (key, *path)


def flatten_with_joined_string_paths(
    structure: Any, separator: str = "/", expand_composites: bool = False
) -> list[tuple[str, Any]]:
    """(path, leaf) of each leaf; a path is its keys and indices with separators between."""
    paths = [separator.join(map(str, path)) for path in yield_flattened_paths(structure)]
    return list(zip(paths, tf.nest.flatten(structure)))


def map_structure_with_paths(func: Callable, *structure: Any, **kwargs: Any) -> Any:
    """`map_structure`, with each leaf's path ("a/0/b") as the function's first argument."""
    paths = [path for path, _ in flatten_with_joined_string_paths(structure[0])]
    leaves = [tf.nest.flatten(one) for one in structure]
    found = [func(path, *row, **kwargs) for path, row in zip(paths, zip(*leaves))]
    return tf.nest.pack_sequence_as(structure[0], found)
