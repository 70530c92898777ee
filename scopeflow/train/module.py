"""`tf.Module`: an object with variables, of a name."""

from __future__ import annotations

import functools
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

import scopeflow as tf

from .trackable import AutoTrackable, NoDependency


class Module(AutoTrackable):
    """A base of classes that keep variables and other modules in attributes, lists and dicts.

    `name` is the class's in small letters unless given: ValueError for one that is no identifier.
    `tf.train.Checkpoint` saves what the attributes hold.

    >>> class Linear(tf.Module):
    ...     def __init__(self, size, name=None):
    ...         super().__init__(name)
    ...         with self.name_scope:
    ...             self.w = tf.Variable(tf.zeros([size]), name="w")
    >>> with tf.Graph().as_default():
    ...     [v.name for v in Linear(3).variables]
    ['linear/w:0']
    """

    def __init__(self, name: str | None = None) -> None:
        super().__init__()
        if name is None:
            name = _small(type(self).__name__)
        if not name.isidentifier():
            raise ValueError(
                f"{name!r} is not a valid module name. Module names must be valid Python "
                "identifiers (e.g. a valid class name)."
            )
        self._name = name
        with tf.name_scope(name) as scope:
            self._scope_name: Any = NoDependency(scope)

    @property
    def name(self) -> str:
        """The module's name."""
        return self._name

    @property
    def name_scope(self) -> Any:
        """The module's name scope, to be entered by `with`."""
        return tf.name_scope(self._scope_name)

    @property
    def variables(self) -> tuple:
        """All variables of this module and of those in it, by the names of attributes."""
        return tuple(_distinct(_found(self, "variables")))

    @property
    def trainable_variables(self) -> tuple:
        """Those of them that are trained."""
        return tuple(_distinct(_found(self, "trainable_variables")))

    @property
    def submodules(self) -> tuple:
        """All modules and layers in this one, at any depth."""
        return tuple(_distinct(_found(self, "submodules")))

    @classmethod
    def with_name_scope(cls, method: Callable) -> Callable:
        """A method whose ops are made in the module's name scope."""

        @functools.wraps(method)
        def scoped(self: Any, *args: Any, **kwargs: Any) -> Any:
            with self.name_scope:
                return method(self, *args, **kwargs)

        return scoped


def _small(name: str) -> str:
    """`MyDenseLayer` as `my_dense_layer`."""
    parts = []
    for place, letter in enumerate(name):
        starts = letter.isupper() and place > 0 and name[place - 1] != "_"
        before = starts and (name[place - 1].islower() or name[place - 1].isdigit())
        after = starts and name[place + 1 : place + 2].islower()
        parts.append("_" + letter if before or after else letter)
    return "".join(parts).lower()


def _held(module: Module) -> Iterator[Any]:
    """What the attributes hold, in the order of their names."""
    for name in sorted(vars(module)):
        if name != "_not_saved":
            yield from _flat(vars(module)[name])


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _flat(item)
    elif isinstance(value, dict):
        for key in sorted(value, key=str):
            yield from _flat(value[key])
    else:
        yield value


def _found(root: Module, what: str) -> Iterator[Any]:
    """The variables or modules, those of the outer modules first."""
    seen = {id(root)}
    waiting = deque([root])
    while waiting:
        for value in _held(waiting.popleft()):
            if isinstance(value, tf.Variable):
                if what == "variables" or (what == "trainable_variables" and value.trainable):
                    yield value
            elif isinstance(value, Module) and id(value) not in seen:
                seen.add(id(value))
                waiting.append(value)
                if what == "submodules":
                    yield value
            elif isinstance(value, tf.keras.layers.Layer):
                yield from ([value, *value.submodules] if what == "submodules" else
                            getattr(value, what))  # fmt: skip


def _distinct(values: Iterator[Any]) -> list:
    return list({id(value): value for value in values}.values())
