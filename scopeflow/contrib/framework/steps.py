"""The global step."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def get_global_step(graph: Any = None) -> Any:
    """The global step of a graph, or None."""
    return tf.train.get_global_step(graph)


def create_global_step(graph: Any = None) -> Any:
    """Make the global step. ValueError if there is one."""
    return tf.train.create_global_step(graph)


def get_or_create_global_step(graph: Any = None) -> Any:
    """The global step of a graph, made if there is none."""
    return tf.train.get_or_create_global_step(graph)


def assert_global_step(global_step_tensor: Any) -> None:
    """TypeError or ValueError unless it is an integer scalar."""
    tf.train.assert_global_step(global_step_tensor)


def assert_or_get_global_step(graph: Any = None, global_step_tensor: Any = None) -> Any:
    """The given global step, checked; else the graph's."""
    if global_step_tensor is None:
        return tf.train.get_global_step(graph)
    assert_global_step(global_step_tensor)
    return global_step_tensor
