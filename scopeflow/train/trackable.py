"""What a `tf.train.Checkpoint` follows: objects, the objects that they hold, and their values."""

from __future__ import annotations

from typing import Any, NamedTuple

import scopeflow as tf

VALUE = "VARIABLE_VALUE"


class TrackableReference(NamedTuple):
    """An object that another one holds, and the name under which it does."""

    name: str
    ref: Any


class NoDependency:
    """Around a value that is assigned to an attribute: the attribute is not to be saved."""

    def __init__(self, value: Any) -> None:
        self.value = value


class Trackable:
    """An object that checkpoints follow. It says itself what it holds: `_track_trackable`."""

    def _references(self) -> dict[str, Any]:
        found: dict[str, Any] = self.__dict__.setdefault("_named_references", {})
        return found

    def _track_trackable(self, trackable: Any, name: str, overwrite: bool = False) -> Any:
        """Hold an object under a name; returns it. TypeError for what cannot be saved.

        ValueError where the name is taken by another object, unless `overwrite`.
        """
        if not is_trackable(trackable):
            raise TypeError(
                f"{type(self).__name__} cannot hold {name}={trackable!r}: it has no state to save."
            )
        known = self._references()
        if known.get(name, trackable) is not trackable and not overwrite:
            raise ValueError(f"{type(self).__name__} holds another object as {name!r} already.")
        known[name] = trackable
        return trackable

    @property
    def _checkpoint_dependencies(self) -> list[TrackableReference]:
        return [TrackableReference(*item) for item in self._references().items()]


class AutoTrackable(Trackable):
    """An object whose attributes are saved: variables, layers, optimizers, lists and dicts."""

    def __setattr__(self, name: str, value: Any) -> None:
        self.__dict__.setdefault("_not_saved", {"_named_references"}).discard(name)
        if isinstance(value, NoDependency):
            self.__dict__["_not_saved"].add(name)
            value = value.value
        super().__setattr__(name, value)

    @property
    def _checkpoint_dependencies(self) -> list[TrackableReference]:
        own = super()._checkpoint_dependencies
        names = {name for name, _ in own} | self.__dict__.get("_not_saved", set())
        attributes = {name: ref for name, ref in vars(self).items() if name not in names}
        return own + _those_tracked(attributes)


def _those_tracked(named: dict[str, Any]) -> list[TrackableReference]:
    return [
        TrackableReference(name, ref)
        for name, ref in named.items()
        if is_trackable(ref) or (_is_container(ref) and dependencies(ref))
    ]


def is_trackable(value: Any) -> bool:
    """Whether the value has state that can be saved, or holds what has."""
    if isinstance(value, type):
        return False
    return isinstance(value, tf.Variable) or any(
        hasattr(value, name)
        for name in ("_checkpoint_dependencies", "_gather_saveables_for_checkpoint")
    )


def _is_container(value: Any) -> bool:
    return isinstance(value, list | dict) or type(value) is tuple


def dependencies(value: Any) -> list[TrackableReference]:
    """What an object holds, with the names: elements of lists have numbers, those of dicts keys.

    ValueError for a dict in which a variable, or what holds one, has a key that is no string.
    """
    if isinstance(value, list | tuple) and _is_container(value):
        return _those_tracked({str(number): item for number, item in enumerate(value)})
    if isinstance(value, dict):
        found = _those_tracked(value)
        for name, _ in found:
            if not isinstance(name, str):
                raise ValueError(
                    f"Unable to save a dict: the key {name!r} of an object to be saved is no "
                    "string. Checkpoints have names: use strings as keys."
                )
        return found
    return _those_tracked(dict(getattr(value, "_checkpoint_dependencies", ())))


def lookup(value: Any, name: str) -> Any:
    """The object that another one holds under a name, or None."""
    own = getattr(value, "_lookup_dependency", None)
    return own(name) if own is not None else dict(dependencies(value)).get(name)


def gathered(value: Any) -> dict[str, Any]:
    """The values that an object itself has: variables, or functions of a key: the saveables."""
    if isinstance(value, tf.Variable):
        return {VALUE: value}
    gather = getattr(value, "_gather_saveables_for_checkpoint", None)
    return {} if gather is None else gather()
