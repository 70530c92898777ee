"""Names of layers: the class's name in small letters, numbered in each graph."""

from __future__ import annotations

import re
import weakref

import scopeflow as tf

_counts: weakref.WeakKeyDictionary = weakref.WeakKeyDictionary()  # graph -> {name: uses}


def snake_case(name: str) -> str:
    """A class's name as the layer's.

    >>> [snake_case(n) for n in ("Dense", "MaxPooling2D", "MyHTTPLayer", "_Own")]
    ['dense', 'max_pooling2d', 'my_http_layer', 'private__own']
    """
    apart = re.sub(r"(?<=.)(?=[A-Z][a-z0-9])", "_", name)
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", apart).lower()
    return "private" + apart if apart.startswith("_") else apart


def uses(name: str, space: str = "") -> int:
    """How often the name was asked for in the default graph, with this time."""
    counts = _counts.setdefault(tf.get_default_graph(), {})
    counts[space, name] = counts.get((space, name), 0) + 1
    return counts[space, name]


def unique_layer_name(name: str, zero_based: bool, space: str = "") -> str:
    """`name_1`, `name_2`, …; with `zero_based` `name`, `name_1`, …"""
    number = uses(name, space)
    if zero_based:
        return f"{name}_{number - 1}" if number > 1 else name
    return f"{name}_{number}"


def reset_uids() -> None:
    """Count from the start again, in all graphs."""
    _counts.clear()
