"""Objects as plain values, and back: by their class's name and config, as Keras saves them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any


def serialize(instance: Any) -> Any:
    """The object's class name and config; of a function its name; of None None."""
    if instance is None:
        return None
    if hasattr(instance, "get_config"):
        return {"class_name": type(instance).__name__, "config": instance.get_config()}
    if hasattr(instance, "__name__"):
        return instance.__name__
    raise ValueError("Cannot serialize", instance)


def deserialize(saved: Any, known: Mapping[str, Any], custom: Any, kind: str) -> Any:
    """What `serialize` made plain. Names mean one of `custom`'s, else one of the `known` objects.

    A name alone means that function itself, or that class called without arguments.
    """
    named = {**known, **(custom or {})}
    if saved is None:
        return None
    if isinstance(saved, str):
        if saved not in named:
            raise ValueError(f"Unknown {kind}:{saved}{_among(named)}")
        found = named[saved]
        return found() if inspect.isclass(found) else found
    if not isinstance(saved, dict) or not {"class_name", "config"} <= saved.keys():
        raise ValueError(
            f"Improper config format: {saved}\n"
            'It is a name or {"class_name": a name, "config": a dict of arguments}.'
        )
    name, config = saved["class_name"], saved["config"]
    if name not in named:
        raise ValueError(f"Unknown {kind}: {name}{_among(named)}")
    found = named[name]
    if not hasattr(found, "from_config"):
        return found(**config)
    if "custom_objects" in inspect.signature(found.from_config).parameters:
        return found.from_config(config, custom_objects=dict(custom or {}))
    return found.from_config(config)


def _among(named: Mapping[str, Any]) -> str:
    return f"\nThe names are: {', '.join(sorted(named))}."


def get(identifier: Any, known: Mapping[str, Any], kind: str, not_one: tuple | str) -> Any:
    """None, what is callable, or the object that a name or a config means."""
    if identifier is None:
        return None
    if isinstance(identifier, str):
        if identifier in known:
            identifier = {"class_name": identifier, "config": {}}
        return deserialize(identifier, known, None, kind)
    if isinstance(identifier, dict):
        return deserialize(identifier, known, None, kind)
    if callable(identifier):
        return identifier
    raise ValueError(*(not_one if isinstance(not_one, tuple) else (not_one,)))
