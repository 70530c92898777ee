"""tensorflow.python.framework.combinations: one test for each combination of arguments.

Of what the modes of TensorFlow are, there is one here: a graph, with the interface of version 1.
Combinations that ask for another are left out; a test of which none is left skips itself.
"""

from __future__ import annotations

import functools
import inspect
import itertools
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

import scopeflow as tf

_MODES = ("mode", "tf_api_version")


class NamedObject:
    """A value with a name, which the test's name then has in it."""

    def __init__(self, name: str, obj: Any) -> None:
        self._name = name
        self._obj = obj

    def __getattr__(self, name: str) -> Any:
        return getattr(self._obj, name)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._obj(*args, **kwargs)

    def __iter__(self) -> Any:
        return iter(self._obj)

    def __repr__(self) -> str:
        return self._name


def combine(**kwargs: Any) -> list[OrderedDict]:
    """All combinations of one value for each argument; a value may also be given by itself.

    >>> [dict(c) for c in combine(size=[1, 2], mode="graph")]
    [{'mode': 'graph', 'size': 1}, {'mode': 'graph', 'size': 2}]
    """
    keys = sorted(kwargs)
    values = [kwargs[key] if isinstance(kwargs[key], list) else [kwargs[key]] for key in keys]
    return [OrderedDict(zip(keys, chosen)) for chosen in itertools.product(*values)]


def times(*combined: Sequence[dict]) -> list[OrderedDict]:
    """Each of the first with each of the second, and so on. ValueError for an argument twice."""
    found = []
    for chosen in itertools.product(*combined):
        keys = [key for part in chosen for key in part]
        if len(set(keys)) < len(keys):
            raise ValueError(f"Keys need to not overlap: {keys}")
        found.append(OrderedDict(sorted(item for part in chosen for item in part.items())))
    return found


def generate(combinations: Sequence[dict], test_combinations: Any = ()) -> Callable:
    """A decorator of a test, or of a class: it runs once for each combination that is possible.

    `test_combinations` is accepted: what a mode asks for is known here.
    """

    def decorate(test: Any) -> Any:
        if isinstance(test, type):
            for name, method in list(vars(test).items()):
                if name.startswith("test") and name != "test_session" and callable(method):
                    setattr(test, name, decorate(method))
            return test
        return _named(test, [c for c in combinations if _possible(c)])

    return decorate


def _possible(combination: dict) -> bool:
    return combination.get("mode", "graph") == "graph" and combination.get("tf_api_version", 1) == 1


def _named(test: Callable, combinations: Sequence[dict]) -> Any:
    from absl.testing import parameterized

    if not combinations:
        return _skipped(test)
    cases = [{"testcase_name": _name(c), **c} for c in combinations]
    taken = set(inspect.signature(test).parameters)

    @functools.wraps(test)
    def in_graph(self: Any, **kwargs: Any) -> Any:
        given = {k: v for k, v in kwargs.items() if k in taken or k not in _MODES}
        with tf.Graph().as_default():
            return test(self, **given)

    return parameterized.named_parameters(*cases)(in_graph)


def _skipped(test: Callable) -> Callable:
    @functools.wraps(test)
    def skip(self: Any) -> None:
        self.skipTest("none of its combinations is of a graph of version 1")

    del skip.__wrapped__  # its arguments are not asked for
    return skip


def _name(combination: dict) -> str:
    words = [
        "".join(filter(str.isalnum, str(part))) for item in combination.items() for part in item
    ]
    return "_test_" + "_".join(words)
