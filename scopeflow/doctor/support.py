"""Whether scopeflow has a name of TensorFlow, and takes a keyword argument."""

from __future__ import annotations

import difflib
import inspect
from functools import cache
from typing import Any, NamedTuple

from ..alias import finder
from ..api import missing


class Verdict(NamedTuple):
    """`symbol` as it is reported: without what follows after an object. No reason: supported."""

    symbol: str
    reason: str = ""


class _Absent(NamedTuple):
    symbol: str
    reason: str


@cache
def lookup(symbol: str) -> tuple[str, Any]:
    """(the name as far as it is TensorFlow's, what it is): a value, a Submodule or an _Absent."""
    parts = symbol.split(".")
    path = finder.path_of(parts[0])
    if path is None:
        return symbol, _Absent(symbol, "there is no such module")
    found: Any = finder.Submodule(path)
    for number, part in enumerate(parts[1:], 2):
        name = _shown(".".join(parts[:number]))
        if isinstance(found, finder.Submodule):
            whole = finder.path_of(".".join(parts[:number]))
            try:
                if whole is not None and whole != finder.below(found.path, part):
                    found = finder.Submodule(whole)  # such as tensorflow.compat.v1
                else:
                    found = finder.member(found.path, part)
            except AttributeError as error:
                return name, _Absent(name, _reason(name, str(error)))
            except ImportError as error:
                return name, _Absent(name, str(error))
            if isinstance(found, finder.Submodule) and finder.places_of(found.path) is None:
                return name, _Absent(name, _reason(name, "scopeflow does not have this module"))
        elif inspect.isclass(found) and hasattr(found, part):
            found = getattr(found, part)
        elif inspect.isclass(found) and not _has_instances_of_its_own(found):
            return name, _Absent(name, f"{_shown('.'.join(parts[: number - 1]))} has no {part}")
        else:  # an attribute of an object: that is known in a run only
            return _shown(".".join(parts[: number - 1])), found
    return _shown(symbol), found


def _has_instances_of_its_own(kind: type) -> bool:
    """Whether attributes may come with a metaclass or a message."""
    return type(kind) is not type or hasattr(kind, "DESCRIPTOR")


def _shown(symbol: str) -> str:
    """tf.nn.relu for tensorflow.nn.relu; what is inside TensorFlow keeps its long name."""
    root, _, rest = symbol.partition(".")
    if root != finder.ROOT or rest.startswith(("python.", "core.", "tools.")) or not rest:
        return symbol
    while rest == "compat.v1" or rest.startswith("compat.v1."):
        rest = rest.removeprefix("compat.v1").removeprefix(".")
    return f"tf.{rest}" if rest else symbol


def _reason(name: str, text: str) -> str:
    if name.startswith("tf.compat.v2"):
        return finder.why_not("compat.v2")
    way = missing.WAYS_ROUND.get(name)
    namespace, _, last = name.rpartition(".")
    if way:
        return way
    if name.startswith("tf.") and last not in missing.known().get(namespace, ()):
        if namespace in missing.known():
            return f"TensorFlow 1.15 has no such name in {namespace}"
    return text


def verdict(symbol: str, keywords: tuple[str, ...]) -> Verdict:
    """Whether the name is there, works, and takes these keywords."""
    name, found = lookup(symbol)
    if isinstance(found, _Absent):
        return Verdict(found.symbol, found.reason)
    refusal = _refusal(found)
    if refusal:
        return Verdict(name, refusal)
    if name != _shown(symbol):  # a method of an object: what it takes is known in a run only
        return Verdict(name)
    for keyword in keywords:
        wrong = _unknown(found, keyword)
        if wrong:
            return Verdict(f"{name}({keyword}=)", wrong)
    return Verdict(name)


def _refusal(value: Any) -> str:
    """What the docstring of a function that only raises NotImplementedError says."""
    text = inspect.getdoc(value) or "" if callable(value) else ""
    if not text.startswith("Raises NotImplementedError"):
        return ""
    first = text.split("\n\n")[0].removeprefix("Raises NotImplementedError").lstrip(": ")
    return " ".join(first.split()) or "it raises NotImplementedError"


@cache
def _parameters(value: Any) -> tuple[frozenset[str], bool] | None:
    try:
        parameters = inspect.signature(value).parameters.values()
    except (TypeError, ValueError):
        return None
    return (
        frozenset(p.name for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)),
        any(p.kind is p.VAR_KEYWORD for p in parameters),
    )


def _unknown(value: Any, keyword: str) -> str:
    if isinstance(value, finder.Submodule) or not callable(value):
        return ""
    try:
        known = _parameters(value)
    except TypeError:  # not hashable
        return ""
    if known is None or known[1] or keyword in known[0]:
        return ""
    near = difflib.get_close_matches(keyword, sorted(known[0]), 1)
    return f"it takes no argument {keyword}" + (f"; did you mean {near[0]}?" if near else "")
