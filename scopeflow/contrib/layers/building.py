"""What the layer functions share: variables under contrib's names, in collections."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ..framework import model_variable
from . import utils


def getter_of(rename: dict[str, str] | None = None) -> Callable[..., Any]:
    """A custom getter that makes model variables, some under other names."""

    def rename_and_make(getter: Callable, name: str, *args: Any, **kwargs: Any) -> Any:
        kwargs.pop("reuse", None)
        kwargs.pop("validate_shape", None)
        kwargs.pop("constraint", None)
        front, slash, last = name.rpartition("/")
        name = front + slash + (rename or {}).get(last, last)
        return model_variable(name, *args, custom_getter=getter, **kwargs)

    return rename_and_make


def note_variable(variable: Any, collections: Any, name: str) -> None:
    """Put a variable into the collections that are meant for its name."""
    wanted = utils.get_variable_collections(collections, name) or []
    parts = getattr(variable, "_get_variable_list", None)
    for collection in list(wanted):
        for each in parts() if parts else [variable]:
            if all(each is not other for other in tf.get_collection(collection)):
                tf.add_to_collection(collection, each)


def note_weights(layer: Any, collections: Any, **names: str) -> None:
    """`note_variable` for the layer's attributes: attribute=name."""
    for attribute, name in names.items():
        if getattr(layer, attribute, None) is not None:
            note_variable(getattr(layer, attribute), collections, name)


def finish(
    outputs: Any,
    normalizer_fn: Callable | None,
    normalizer_params: Any,
    activation_fn: Callable | None,
    collections: Any,
    scope: Any,
) -> Any:
    """Normalization and activation of a layer's outputs, which are put into collections."""
    if normalizer_fn is not None:
        outputs = normalizer_fn(outputs, **(normalizer_params or {}))
    if activation_fn is not None:
        outputs = activation_fn(outputs)
    return utils.collect_named_outputs(collections, scope.name, outputs)


def check_format(data_format: str | None, *known: str | None) -> None:
    """ValueError unless the format is one of those."""
    if data_format not in known:
        names = " or ".join(str(name) for name in known if name)
        raise ValueError(f"data_format has to be either {names}.")


def long_format(data_format: str | None) -> str:
    """`channels_first` or `channels_last`."""
    return "channels_first" if data_format and data_format.startswith("NC") else "channels_last"
