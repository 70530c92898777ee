"""Functions of the gradients of a function; the gradients are ops of the graph."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Any

import scopeflow as tf


def implicit_gradients(f: Callable) -> Callable:
    """A function that gives [(gradient of f's result, variable)] for its arguments.

    The variables are the trainable resource variables that `f` reads, in their order by name. A
    result of several tensors counts as their sum. ValueError where there are none.
    """

    @functools.wraps(f)
    def gradients(*args: Any, **kwargs: Any) -> list[tuple[Any, Any]]:
        return implicit_value_and_gradients(f)(*args, **kwargs)[1]

    return gradients


def implicit_value_and_gradients(f: Callable) -> Callable:
    """As `implicit_gradients`, and f's result before it: (result, pairs)."""

    @functools.wraps(f)
    def value_and_gradients(*args: Any, **kwargs: Any) -> tuple[Any, list[tuple[Any, Any]]]:
        before = len(tf.get_default_graph().get_operations())
        value = f(*args, **kwargs)
        if value is None:
            raise ValueError(
                f"Cannot differentiate a function that returns None; did you forget to return a "
                f"value from {getattr(f, '__name__', f)}?"
            )
        variables = _read_since(before)
        if not variables:
            raise ValueError(
                "No trainable variables were accessed while the function was being computed."
            )
        return value, list(zip(tf.gradients(value, variables), variables, strict=True))

    return value_and_gradients


def _read_since(count: int) -> list[Any]:
    """The trainable resource variables that ops read which were made after the first `count`."""
    handles = {v.handle.op: v for v in tf.trainable_variables() if hasattr(v, "handle")}
    read = {
        handles[t.op]
        for op in tf.get_default_graph().get_operations()[count:]
        for t in op.inputs
        if t.op in handles
    }
    return sorted(read, key=lambda v: v.name)


def gradients_function(f: Callable, params: list | None = None) -> Callable:
    """A function that gives f's gradients by its arguments, those of `params` if given.

    `params` are names or numbers of arguments. The function takes `dy`, the gradient of the
    result (ones unless given). ValueError for an argument that f does not have.
    """

    @functools.wraps(f)
    def gradients(*args: Any, **kwargs: Any) -> list[Any]:
        return value_and_gradients_function(f, params)(*args, **kwargs)[1]

    return gradients


def value_and_gradients_function(f: Callable, params: list | None = None) -> Callable:
    """As `gradients_function`, and f's result before it: (result, gradients)."""

    @functools.wraps(f)
    def value_and_gradients(*args: Any, **kwargs: Any) -> tuple[Any, list[Any]]:
        dy = kwargs.pop("dy", None)
        if kwargs:
            raise ValueError("Functions to be differentiated cannot receive keyword arguments.")
        tensors = [tf.convert_to_tensor(value) for value in args]
        value = f(*tensors)
        if value is None:
            raise ValueError(
                "Cannot differentiate a function that returns None; did you forget to return a "
                f"value from {getattr(f, '__name__', f)}?"
            )
        wanted = [tensors[i] for i in _places(f, params, len(tensors))]
        return value, tf.gradients(value, wanted, dy)

    return value_and_gradients


def _places(f: Callable, params: list | None, count: int) -> list[int]:
    if params is None:
        return list(range(count))
    names = list(inspect.signature(f).parameters)
    found = []
    for param in params:
        if isinstance(param, str):
            if param not in names:
                raise ValueError(f"{param!r} is not in list of arguments {names}")
            found.append(names.index(param))
        elif not 0 <= param < count:
            raise ValueError(f"params has {param}, but there are {count} arguments")
        else:
            found.append(param)
    return found
