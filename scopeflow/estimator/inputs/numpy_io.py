"""Input functions from numpy arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .feeding import enqueue_arrays

_SHUFFLE = (
    "shuffle must be provided and explicitly set as boolean (it is recommended to set it as True "
    "for training); got {}"
)


def numpy_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool | None = None,
    queue_capacity: int = 1000,
    num_threads: int = 1,
) -> Callable[[], Any]:
    """An input_fn that gives batches of the arrays' rows.

    `x` is an array or a dict of arrays by the features' names, `y` the labels, likewise.
    `num_epochs` None goes on without end. `shuffle` must be given.
    """
    if not isinstance(shuffle, bool):
        raise ValueError(_SHUFFLE.format(shuffle))

    def input_fn() -> Any:
        features = _named(x, "x", "__direct_np_input__")
        if y is None:
            labels: dict[str, Any] = {}
        elif isinstance(y, dict):
            if not y:
                raise ValueError("y cannot be empty dict, use None instead.")
            both = set(features) & set(y)
            if both:
                raise ValueError(f"{len(both)} duplicate keys are found in both x and y: {both}")
            labels = {key: np.asarray(y[key]) for key in sorted(y)}
        else:
            labels = {"__target_key__": np.asarray(y)}
        columns = {**features, **labels}
        if len({array.shape[0] for array in columns.values()}) != 1:
            shape_of_y: Any = None
            if y is not None:
                shape_of_y = {k: v.shape for k, v in labels.items()}
                shape_of_y = shape_of_y if isinstance(y, dict) else np.asarray(y).shape
            raise ValueError(
                "Length of tensors in x and y is mismatched. All elements in x and y must have "
                f"the same length.\nShapes in x: { {k: v.shape for k, v in features.items()} }\n"
                f"Shapes in y: {shape_of_y}\n"
            )
        queue = enqueue_arrays(
            list(columns.values()), queue_capacity, shuffle, num_threads, batch_size, num_epochs
        )
        if num_epochs is None:
            batch = queue.dequeue_many(batch_size)
        else:
            batch = queue.dequeue_up_to(batch_size)
        found = dict(zip(columns, batch[1:], strict=True))
        given: Any = {key: found[key] for key in features}
        if not isinstance(x, dict):
            (given,) = given.values()
        if y is None:
            return given
        wanted: Any = {key: found[key] for key in labels}
        if not isinstance(y, dict):
            (wanted,) = wanted.values()
        return given, wanted

    return input_fn


def _named(given: Any, what: str, alone: str) -> dict[str, Any]:
    if isinstance(given, np.ndarray):
        return {alone: given}
    if not isinstance(given, dict):
        raise TypeError(f"{what} must be a dict or array; got {type(given).__name__}")
    if not given:
        raise ValueError(f"{what} cannot be an empty dict")
    return {key: np.asarray(given[key]) for key in sorted(given)}
