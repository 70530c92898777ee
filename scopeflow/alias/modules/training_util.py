"""tensorflow.python.training.training_util: the global step, read before it counts on."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

GLOBAL_STEP_READ_KEY = "global_step_read_op_cache"


def _get_global_step_read(graph: Any = None) -> Any:
    """The read that was made for the graph; None before one was."""
    graph = graph or tf.get_default_graph()
    found = graph.get_collection(GLOBAL_STEP_READ_KEY)
    if len(found) > 1:
        raise RuntimeError(
            f"There are multiple items in collection {GLOBAL_STEP_READ_KEY}. There should be only "
            "one."
        )
    return found[0] if found else None


def _get_or_create_global_step_read(graph: Any = None) -> Any:
    """A tensor with the global step's value before this run's increments; None without a step."""
    graph = graph or tf.get_default_graph()
    found = _get_global_step_read(graph)
    step = tf.train.get_global_step(graph)
    if found is not None or step is None:
        return found
    with graph.as_default(), graph.name_scope(None), graph.name_scope(step.op.name + "/"):
        value = step.initialized_value() if isinstance(step, tf.Variable) else step
        # + 0: a value of its own, which later increments leave alone
        graph.add_to_collection(GLOBAL_STEP_READ_KEY, value + 0)
    return _get_global_step_read(graph)


def _increment_global_step(increment: Any, graph: Any = None) -> Any:
    """An op that adds to the global step, after the read of it."""
    graph = graph or tf.get_default_graph()
    step = tf.train.get_global_step(graph)
    if step is None:
        raise ValueError(
            "Global step tensor should be created by tf.train.get_or_create_global_step before "
            "calling increment."
        )
    read = _get_or_create_global_step_read(graph)
    with graph.as_default(), graph.name_scope(None), graph.name_scope(step.op.name + "/"):
        with tf.control_dependencies([read]):
            return tf.assign_add(step, increment)
