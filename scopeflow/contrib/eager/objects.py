"""Variables, iterators and functions as eager programs have them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from collections.abc import Iterator as Iterates
from contextlib import contextmanager
from typing import Any

import scopeflow as tf


def Variable(*args: Any, **kwargs: Any) -> Any:
    """`tf.Variable(…, use_resource=True)`."""
    return tf.Variable(*args, **{**kwargs, "use_resource": True})


class Iterator:
    """The elements of a dataset: each `next()` adds an op to the graph that takes one.

    In a graph it is a one-shot iterator: a Python loop over it would not end.
    """

    def __init__(self, dataset: Any) -> None:
        self._iterator = tf.compat.v1.data.make_one_shot_iterator(dataset)
        self.output_types = self._iterator.output_types
        self.output_shapes = self._iterator.output_shapes
        self.output_classes = self._iterator.output_classes

    def get_next(self, name: str | None = None) -> Any:
        """The tensors of the next element; OutOfRangeError when running where there is none."""
        return self._iterator.get_next(name)

    def next(self) -> Any:
        """The tensors of the next element."""
        return self.get_next()


def defun(
    func: Callable | None = None, input_signature: Any = None, autograph: bool = True,
    experimental_autograph_options: Any = None, experimental_relax_shapes: bool = False,
) -> Callable:  # fmt: skip
    """A function whose ops are added to the graph at each call, in a name scope of its own.

    In a graph, a function of a graph of its own computes the same. With an `input_signature`
    (tf.TensorSpecs) arguments become tensors of these dtypes; ValueError for shapes that do not
    fit. NotImplementedError for control flow that AutoGraph would have to rewrite: a Python
    condition over a tensor says so itself. `autograph` and `experimental_…` change nothing else.
    """

    def decorate(func: Callable) -> Callable:
        @functools.wraps(func)
        def call(*args: Any, **kwargs: Any) -> Any:
            with tf.name_scope(getattr(func, "__name__", "function").strip("<>_")):
                found = func(*_fitted(args, input_signature), **kwargs)
                return tf.contrib.framework.nest.map_structure(_as_tensor, found)

        call.python_function = func  # type: ignore[attr-defined]
        return call

    return decorate if func is None else decorate(func)


def function(
    func: Callable | None = None, input_signature: Any = None, autograph: bool = True,
    experimental_autograph_options: Any = None, experimental_relax_shapes: bool = False,
    experimental_compile: bool | None = None,
) -> Callable:  # fmt: skip
    """As `defun`. `experimental_compile` changes no result."""
    return defun(func, input_signature)


def _as_tensor(value: Any) -> Any:
    return (
        value if value is None or isinstance(value, tf.Operation) else tf.convert_to_tensor(value)
    )


def _fitted(args: tuple, signature: Any) -> list[Any]:
    if signature is None:
        return list(args)
    if len(args) != len(signature):
        raise ValueError(
            f"The function takes {len(signature)} inputs by its signature, got {len(args)}."
        )
    found = []
    for value, spec in zip(args, signature, strict=True):
        tensor = tf.convert_to_tensor(value, spec.dtype)
        if not spec.shape.is_compatible_with(tensor.shape):
            raise ValueError(
                f"Python inputs incompatible with input_signature: shape {tensor.shape} is none "
                f"of {spec.shape}."
            )
        found.append(tensor)
    return found


def make_template(
    name_: str, func_: Callable, create_scope_now_: bool = False, unique_name_: str | None = None,
    custom_getter_: Any = None, create_graph_function_: bool = False, **kwargs: Any,
) -> Any:  # fmt: skip
    """`tf.make_template`; a function of a graph of its own would compute the same."""
    return tf.make_template(name_, func_, create_scope_now_, unique_name_, custom_getter_, **kwargs)


def get_optimizer_variables(optimizer: Any) -> list[Any]:
    """The optimizer's own variables."""
    found: list[Any] = optimizer.variables()
    return found


@contextmanager
def restore_variables_on_create(
    save_path: str | None, map_func: Callable[[str], str] | None = None
) -> Iterates[None]:
    """In the block, the initial values of new variables are those in the checkpoint `save_path`.

    Which one is told by the variable's name, or what `map_func` makes of it; a variable that is
    not there keeps its own initial value. Without a path nothing is changed.
    """
    if save_path is None:
        yield
        return
    reader = tf.train.NewCheckpointReader(save_path)

    def restored(next_creator: Callable, **kwargs: Any) -> Any:
        name = kwargs.get("name") or "Variable"
        scope = tf.get_default_graph().get_name_scope()
        full = name if kwargs.get("shape") is not None or not scope else f"{scope}/{name}"
        key = full if map_func is None else map_func(full)
        if reader.has_tensor(key):
            value = reader.get_tensor(key)
            kwargs["initial_value"] = lambda: tf.constant(value)
        return next_creator(**kwargs)

    with tf.variable_creator_scope(restored):
        yield


class EagerVariableStore:
    """Collects the variables that `tf.get_variable` makes, or finds, inside `as_default()`."""

    def __init__(self, store: Any = None) -> None:
        self._variables: list[Any] = [] if store is None else list(store)

    @contextmanager
    def as_default(self) -> Iterates[None]:
        """A block whose variables are collected; they are shared as AUTO_REUSE says."""

        def collected(getter: Callable, *args: Any, **kwargs: Any) -> Any:
            variable = getter(*args, **kwargs)
            if all(variable is not known for known in self._variables):
                self._variables.append(variable)
            return variable

        with tf.variable_scope(
            tf.get_variable_scope(), reuse=tf.AUTO_REUSE, custom_getter=collected
        ):
            yield

    def variables(self) -> list[Any]:
        """All of them, by name."""
        return sorted(self._variables, key=lambda v: v.name)

    def trainable_variables(self) -> list[Any]:
        """Those that are trained, by name."""
        return [v for v in self.variables() if v.trainable]

    def non_trainable_variables(self) -> list[Any]:
        """The others, by name."""
        return [v for v in self.variables() if not v.trainable]
