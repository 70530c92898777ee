"""`tf.contrib.layers.utils`: collections of outputs, sizes, conditions known while building."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ..framework import smart_cond, smart_constant_value

constant_value = smart_constant_value

__all__ = [
    "append_tensor_alias", "channel_dimension", "collect_named_outputs", "constant_value",
    "convert_collection_to_dict", "first_dimension", "gather_tensors_aliases",
    "get_tensor_aliases", "get_variable_collections", "last_dimension", "n_positive_integers",
    "smart_cond", "static_cond", "two_element_tuple",
]  # fmt: skip


def collect_named_outputs(collections: Any, alias: str, outputs: Any) -> Any:
    """The outputs, added to the collections under the name `alias`."""
    if collections:
        append_tensor_alias(outputs, alias)
        tf.add_to_collections(collections, outputs)
    return outputs


def append_tensor_alias(tensor: Any, alias: str) -> Any:
    """Give a tensor one more name."""
    alias = alias.rstrip("/")
    if hasattr(tensor, "aliases"):
        tensor.aliases.append(alias)
    else:
        tensor.aliases = [alias]
    return tensor


def gather_tensors_aliases(tensors: Any) -> list:
    """The names that the tensors were given."""
    return [alias for tensor in tensors for alias in get_tensor_aliases(tensor)]


def get_tensor_aliases(tensor: Any) -> list:
    """The names that a tensor was given; its own, if none."""
    if hasattr(tensor, "aliases"):
        return tensor.aliases
    name = tensor.name
    return [name[:-2] if name.endswith(":0") else name]


def convert_collection_to_dict(collection: Any, clear_collection: bool = False) -> OrderedDict:
    """A collection's tensors by the names that they were given. It may be emptied thereby."""
    tensors = tf.get_collection(collection)
    found = OrderedDict((alias, t) for t in tensors for alias in get_tensor_aliases(t))
    if clear_collection:
        tf.get_default_graph().clear_collection(collection)
    return found


def static_cond(pred: bool, fn1: Callable, fn2: Callable) -> Any:
    """fn1() or fn2(), by a condition that is no tensor."""
    for function, name in ((fn1, "fn1"), (fn2, "fn2")):
        if not callable(function):
            raise TypeError(f"{name} must be callable.")
    if pred not in (0, 1, True, False):
        raise TypeError("pred must be a Python bool, or 1 or 0. Found instead: " + str(pred))
    return fn1() if pred else fn2()


def get_variable_collections(variables_collections: Any, name: str) -> Any:
    """The collections for a variable: those of its name in a dict, or all of a list."""
    if isinstance(variables_collections, dict):
        return variables_collections.get(name)
    return variables_collections


def _dimension(shape: Any, axis: int, min_rank: int) -> int:
    dims = shape.dims
    if dims is None:
        raise ValueError("dims of shape must be known but is None")
    if len(dims) < min_rank:
        raise ValueError(f"rank of shape must be at least {min_rank} not: {len(dims)}")
    value = dims[axis].value
    if value is None:
        raise ValueError("last dimension shape must be known but is None")
    return value


def last_dimension(shape: Any, min_rank: int = 1) -> int:
    """The size of the last dimension. ValueError if it is not known."""
    return _dimension(shape, -1, min_rank)


def first_dimension(shape: Any, min_rank: int = 1) -> int:
    """The size of the first dimension. ValueError if it is not known."""
    return _dimension(shape, 0, min_rank)


def channel_dimension(shape: Any, data_format: str, min_rank: int = 1) -> int:
    """The size of the dimension of the channels. ValueError if it is not known."""
    return _dimension(shape, 1 if data_format == "NCHW" else -1, min_rank)


def two_element_tuple(int_or_tuple: Any) -> tuple[int, int]:
    """(n, n) of n, or the two of a sequence or shape. ValueError for another number of ints."""
    if isinstance(int_or_tuple, list | tuple):
        if len(int_or_tuple) != 2:
            raise ValueError(f"Must be a list with 2 elements: {int_or_tuple}")
        return int(int_or_tuple[0]), int(int_or_tuple[1])
    if isinstance(int_or_tuple, tf.TensorShape):
        if len(int_or_tuple) == 2:
            return int(int_or_tuple[0]), int(int_or_tuple[1])
    elif isinstance(int_or_tuple, int):
        return int_or_tuple, int_or_tuple
    raise ValueError("Must be an int, a list with 2 elements or a TensorShape of length 2")


def n_positive_integers(n: int, value: Any) -> tuple[int, ...]:
    """n ints above 0, from one or n. ValueError for others."""
    if isinstance(value, int):
        items = (value,) * n
    else:
        items = tuple(int(item) for item in value)
        items = items * n if len(items) == 1 else items
    if len(items) != n:
        raise ValueError(f"Expected {n} integers: {value}")
    if any(item < 1 for item in items):
        raise ValueError(f"Expected positive integers: {value}")
    return items
