"""Objects of the program's own that session.run fetches and feeds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Conversion(NamedTuple):
    """What stands for objects of a type.

    `fetched(object)` gives (what to fetch, a function from the list of its values to the value);
    `fed(object, value)` gives the (key, value) pairs to feed; None where it cannot be fed.
    """

    kind: type
    fetched: Callable[[Any], tuple[Any, Callable[[Any], Any]]]
    fed: Callable[[Any, Any], Any] | None


_conversions: list[Conversion] = []


def register_session_run_conversion_functions(
    tensor_type: type,
    fetch_function: Callable[[Any], tuple[Any, Callable[[Any], Any]]],
    feed_function: Callable[[Any, Any], Any] | None = None,
    feed_function_for_partial_run: Callable[[Any], Any] | None = None,
) -> None:
    """Let `session.run` fetch objects of this type, and feed them.

    `fetch_function(object)` returns a list of what to fetch, and a function from the list of the
    values to the object's value. `feed_function(object, value)` returns a list of pairs for the
    feeds. `feed_function_for_partial_run` is for partial runs, which are not built. Raises
    ValueError for a type that is registered already, or whose base is.
    """
    for known in _conversions:
        if issubclass(tensor_type, known.kind):
            raise ValueError(f"{tensor_type} has already been registered so ignore it.")
    _conversions.insert(0, Conversion(tensor_type, fetch_function, feed_function))


def conversion_of(value: Any) -> Conversion | None:
    """What is registered for the object's type."""
    return next((each for each in _conversions if isinstance(value, each.kind)), None)
