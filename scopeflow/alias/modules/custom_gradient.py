"""tensorflow.python.ops.custom_gradient: which variables a value comes from."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def get_dependent_variables(input_ops: Any, output_ops: Any) -> list:
    """The variables that the outputs depend on, other than by way of the inputs."""
    stop = {id(tensor) for tensor in tf.nest.flatten(input_ops)}
    waiting = [tensor for tensor in tf.nest.flatten(output_ops) if id(tensor) not in stop]
    seen: dict[Any, None] = {}
    while waiting:
        op = waiting.pop().op
        if op not in seen:
            seen[op] = None
            waiting += [tensor for tensor in op.inputs if id(tensor) not in stop]
    graph = tf.get_default_graph()
    return [v for v in graph.get_collection(tf.GraphKeys.GLOBAL_VARIABLES) if v.op in seen]
