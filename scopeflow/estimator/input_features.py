"""What input functions return: datasets or tensors, with or without labels."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import scopeflow as tf


class IteratorHook(tf.train.SessionRunHook):
    """Starts a dataset's iterator in each new session."""

    def __init__(self, iterator: Any) -> None:
        self._iterator = iterator

    def begin(self) -> None:
        """Get the initializer while the graph can be changed."""
        self._initializer = self._iterator.initializer

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Start the iterator."""
        session.run(self._initializer)


def arguments(function: Callable) -> tuple:
    """The names of a function's arguments (of a callable object's, without self)."""
    return tuple(
        name
        for name, parameter in inspect.signature(function).parameters.items()
        if parameter.kind not in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD)
    )


def features_and_labels(result: Any) -> tuple[Any, Any, list]:
    """(features, labels, hooks) of what an input function returned."""
    result, hooks = tensors(result)
    if isinstance(result, list | tuple):
        if len(result) != 2:
            raise ValueError("input_fn should return (features, labels) as a len 2 tuple.")
        return result[0], result[1], hooks
    return result, None, hooks


def tensors(result: Any) -> tuple[Any, list]:
    """(the next element, hooks) of a dataset; anything else as it is."""
    if not isinstance(result, tf.data.Dataset):
        return result, []
    iterator = tf.data.make_initializable_iterator(result)
    return iterator.get_next(), [IteratorHook(iterator)]
