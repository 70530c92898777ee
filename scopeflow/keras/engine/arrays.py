"""Data for models: arrays by input, in batches."""

from __future__ import annotations

from typing import Any

import numpy as np


def by_name(data: Any, names: list[str], what: str) -> list:
    """One array for each name, from an array, a list or a dict."""
    if data is None:
        return []
    if isinstance(data, dict):
        missing = [name for name in names if name not in data]
        if missing:
            raise ValueError(
                f'No data provided for "{missing[0]}". Need data for each key in: {names}'
            )
        values = [data[name] for name in names]
    elif isinstance(data, list | tuple) and (
        len(names) > 1 or (len(data) == 1 and hasattr(data[0], "shape"))
    ):
        values = list(data)
    else:
        values = [data]
    if len(values) != len(names):
        raise ValueError(
            f"Error when checking model {what}: the list of Numpy arrays that you are passing to "
            f"your model is not the size the model expected. Expected to see {len(names)} "
            f"array(s), but instead got {len(values)} arrays."
        )
    return [np.asarray(value) for value in values]


def fitted(arrays: list, shapes: list, names: list[str], what: str) -> list:
    """The arrays, vectors as columns where those are wanted. ValueError for wrong shapes."""
    found = []
    for array, shape, name in zip(arrays, shapes, names, strict=True):
        if shape is not None and array.ndim == 1 and len(shape) == 2:
            array = array[:, None]
        if shape is not None:
            if array.ndim != len(shape):
                raise ValueError(
                    f"Error when checking {what}: expected {name} to have {len(shape)} dimensions, "
                    f"but got array with shape {array.shape}"
                )
            for size, wanted in zip(array.shape[1:], shape[1:], strict=True):
                if wanted is not None and size != wanted:
                    raise ValueError(
                        f"Error when checking {what}: expected {name} to have shape "
                        f"{tuple(shape[1:])} but got array with shape {array.shape[1:]}"
                    )
        found.append(array)
    return found


def check_lengths(*groups: list) -> int:
    """The number of examples. ValueError where arrays differ in it."""
    counts = {array.shape[0] for group in groups for array in group}
    if len(counts) > 1:
        raise ValueError(
            "All input arrays (x) and target arrays (y) should have the same number of samples. "
            f"Got {sorted(counts)}."
        )
    return counts.pop() if counts else 0


def class_weights(labels: Any, weights: dict) -> Any:
    """A weight for each example, by its class: a number, or one-hot."""
    labels = np.asarray(labels)
    if labels.ndim > 1 and labels.shape[-1] > 1:
        labels = labels.argmax(-1)
    labels = labels.reshape(len(labels), -1)[:, 0].astype(int)
    missing = set(np.unique(labels)) - set(weights)
    if missing:
        raise ValueError(
            "`class_weight` must contain all classes in the data. The classes "
            f"{missing} exist in the data but not in `class_weight`."
        )
    return np.array([weights[label] for label in labels])
