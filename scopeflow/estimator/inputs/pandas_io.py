"""Input functions from pandas data frames."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .feeding import enqueue_arrays
from .numpy_io import _SHUFFLE


def pandas_input_fn(
    x: Any,
    y: Any = None,
    batch_size: int = 128,
    num_epochs: int | None = 1,
    shuffle: bool | None = None,
    queue_capacity: int = 1000,
    num_threads: int = 1,
    target_column: str = "target",
) -> Callable[[], Any]:
    """An input_fn that gives batches of the frame's rows, as a dict by column.

    `y` is a Series, or a frame for labels as a dict. `target_column` is what it is called among
    the columns.
    """
    if not isinstance(shuffle, bool):
        raise ValueError(_SHUFFLE.format(shuffle))
    if not hasattr(x, "columns"):
        raise TypeError(f"x must be a pandas DataFrame, not {type(x).__name__}")
    x = x.copy()
    several = hasattr(y, "columns")
    targets: list = []
    if y is not None:
        if target_column in x:
            raise ValueError(
                f"Cannot use name {target_column} for target column: DataFrame already has a "
                f"column with that name: {x.columns}"
            )
        if not np.array_equal(x.index, y.index):
            raise ValueError(f"Index for x and y are mismatched.\nIndex for x: {x.index}\n"
                             f"Index for y: {y.index}\n")  # fmt: skip
        if several:
            targets = [f"{target_column}_{name}" for name in y.columns]
            x[targets] = y
        else:
            targets = [target_column]
            x[target_column] = y

    def input_fn() -> Any:
        columns = [np.asarray(x[name]) for name in x.columns]
        queue = enqueue_arrays(
            columns, queue_capacity, bool(shuffle), num_threads, batch_size, num_epochs
        )
        if num_epochs is None:
            batch = queue.dequeue_many(batch_size)
        else:
            batch = queue.dequeue_up_to(batch_size)
        features = dict(zip(list(x.columns), batch[1:], strict=True))
        if y is None:
            return features
        labels = [features.pop(name) for name in targets]
        if several:
            return features, dict(zip(list(y.columns), labels, strict=True))
        return features, labels[0]

    return input_fn
