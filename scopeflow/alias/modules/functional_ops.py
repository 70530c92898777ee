"""tensorflow.python.ops.functional_ops: conditions and loops of functions of tensors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import scopeflow as tf


def _results(found: Any) -> list:
    return list(found) if isinstance(found, list | tuple) else [found]


def If(
    cond: Any, inputs: Sequence, then_branch: Callable, else_branch: Callable,
    name: str | None = None,
) -> list:  # fmt: skip
    """The results of one of two functions of the inputs; a number is true unless it is 0."""
    with tf.name_scope(name, "If"):
        values = [tf.convert_to_tensor(value) for value in inputs]
        pred = tf.cast(cond, tf.bool)
        return _results(
            tf.cond(
                pred,
                lambda: _results(then_branch(*values)),
                lambda: _results(else_branch(*values)),
            )
        )


def While(
    input_: Sequence, cond: Callable, body: Callable, name: str | None = None,
    hostmem: Any = None,
) -> list:  # fmt: skip
    """What `body` makes of the inputs while `cond` of them holds. `hostmem` has no effect."""
    with tf.name_scope(name, "While"):
        values = [tf.convert_to_tensor(value) for value in input_]
        return tf.while_loop(
            lambda *loop: tf.cast(cond(*loop), tf.bool),
            lambda *loop: _results(body(*loop)),
            values,
            return_same_structure=True,
        )


def For(
    start: Any, limit: Any, delta: Any, inputs: Sequence, body: Callable, name: str | None = None,
    hostmem: Any = None, rewrite_with_while: Any = None,
) -> list:  # fmt: skip
    """The inputs after `body(i, *inputs)` for start, start + delta, … up to `limit`.

    `hostmem` and `rewrite_with_while` have no effect.
    """
    with tf.name_scope(name, "For"):
        start, limit, delta = (tf.convert_to_tensor(n, tf.int32) for n in (start, limit, delta))
        values = [tf.convert_to_tensor(value) for value in inputs]
        done = tf.while_loop(
            lambda i, *_: tf.where(delta > 0, i < limit, i > limit),
            lambda i, *loop: [i + delta, *_results(body(i, *loop) if loop else body(i) or ())],
            [start, *values],
            return_same_structure=True,
        )
        return list(done[1:])
