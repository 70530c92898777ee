"""Functions that make a layer and call it."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any


def function_of(layer: type, name: str) -> Callable[..., Any]:
    """The function of a class: called with the inputs, then the class's arguments.

    `reuse` says for a class with weights whether the variables are there already.
    """
    arguments = [
        p for p in inspect.signature(layer).parameters.values() if p.kind is not p.VAR_KEYWORD
    ]
    kind = inspect.Parameter.POSITIONAL_OR_KEYWORD
    parameters = [inspect.Parameter("inputs", kind), *arguments]
    shares = "trainable" in inspect.signature(layer).parameters
    if shares:
        parameters.append(inspect.Parameter("reuse", kind, default=None))
    signature = inspect.Signature(parameters)

    def function(*args: Any, **kwargs: Any) -> Any:
        given = signature.bind(*args, **kwargs).arguments
        inputs, reuse = given.pop("inputs"), given.pop("reuse", None)
        if shares:
            given |= {"_reuse": reuse, "_scope": given.get("name")}
        return layer(**given)(inputs)

    function.__name__ = function.__qualname__ = name
    function.__module__ = layer.__module__
    function.__doc__ = inspect.getdoc(layer)
    function.__signature__ = signature  # type: ignore[attr-defined]
    return function
