"""Loops of a TPU's program: loops of the graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf


def while_loop(
    condition: Callable,
    body: Callable,
    inputs: Any = None,
    infeed_queue: Any = None,
    name: Any = None,
) -> Any:
    """tf.while_loop over `inputs`; the body may return tensors and ops."""
    _check_infeed(infeed_queue)
    values = [tf.convert_to_tensor(value) for value in _listed(inputs)]
    if not values:
        # A loop needs a value to go around with.
        found = tf.while_loop(
            lambda count: condition(), lambda count: _counted(count, body()), [tf.constant(0)],
            parallel_iterations=1, name=name,
        )  # fmt: skip
        return tf.group(found)
    found = tf.while_loop(
        condition, lambda *args: _stepped(body(*args)), values, parallel_iterations=1, name=name
    )
    return found


def repeat(
    n: int, body: Callable, inputs: Any = None, infeed_queue: Any = None, name: Any = None
) -> Any:
    """Call `body(*inputs)` `n` times, each time with what it returned: the last results."""
    _check_infeed(infeed_queue)
    values = [tf.convert_to_tensor(value) for value in _listed(inputs)]

    def step(i: Any, *args: Any) -> Any:
        found = _stepped(body(*args))
        with tf.control_dependencies(found):
            return [tf.add(i, 1), *found]

    def counted(i: Any, *args: Any) -> Any:
        return [_counted(i, body())] if not values else step(i, *args)

    found = tf.while_loop(
        lambda i, *args: tf.less(i, n), counted, [tf.constant(0), *values],
        parallel_iterations=1, name=name,
    )  # fmt: skip
    if not values:
        return tf.group(found)
    return found[1:] if len(values) > 1 else found[1]


def _listed(inputs: Any) -> list:
    if inputs is None:
        return []
    return list(inputs) if isinstance(inputs, list | tuple) else [inputs]


def _ops(results: Any) -> tuple[list, list]:
    results = _listed(results)
    ops = [item for item in results if isinstance(item, tf.Operation)]
    return [item for item in results if not isinstance(item, tf.Operation)], ops


def _stepped(results: Any) -> list:
    tensors, ops = _ops(results)
    with tf.control_dependencies(ops):
        return [tf.identity(tensor) for tensor in tensors]


def _counted(count: Any, results: Any) -> Any:
    tensors, ops = _ops(results)
    with tf.control_dependencies([*tensors, *ops]):
        return tf.add(count, 1)


def _check_infeed(infeed_queue: Any) -> None:
    if infeed_queue is not None:
        raise NotImplementedError(
            "tf.contrib.tpu: an infeed_queue brings data to a TPU, and there is none. Call the "
            "body with the tensors themselves."
        )
