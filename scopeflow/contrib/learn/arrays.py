"""Arrays as the input of an estimator, fed batch by batch."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import scopeflow as tf


class ArrayInput:
    """An input function over arrays, and the hook that feeds its placeholders.

    Args:
      x: An array or a dict of arrays, [n, …].
      y: The same for labels, or None.
      batch_size: How many rows a step gets; all of them if None.
      epochs: How often the rows come; without end if None.
      shuffle: Whether each time in another order.
    """

    def __init__(
        self, x: Any, y: Any, batch_size: int | None, epochs: int | None, shuffle: bool
    ) -> None:
        self._arrays = {"input": _arrays(x)}
        if y is not None:
            self._arrays["output"] = _arrays(y)
        lengths = {len(array) for _, array in self._named_arrays()}
        if len(lengths) != 1:
            raise ValueError(f"x and y have different numbers of rows: {sorted(lengths)}")
        self._length = lengths.pop()
        self._batch_size = batch_size or self._length
        self._epochs = epochs
        self._shuffle = shuffle
        self._placeholders: dict = {}

    def _named_arrays(self) -> Iterator[tuple]:
        for name, value in self._arrays.items():
            if isinstance(value, dict):
                for key in value:
                    yield f"{name}_{key}", value[key]
            else:
                yield name, value

    def __call__(self) -> Any:
        """The input function: placeholders for features and labels."""
        made = {
            name: tf.placeholder(array.dtype, (None, *array.shape[1:]), name)
            for name, array in self._named_arrays()
        }
        self._placeholders = made

        def given(name: str) -> Any:
            value = self._arrays.get(name)
            if isinstance(value, dict):
                return {key: made[f"{name}_{key}"] for key in value}
            return made.get(name)

        return given("input"), given("output")

    def hook(self) -> Any:
        """A hook that feeds one batch after the other, and says when they are over."""
        batches = self._batches()

        def feed() -> dict:
            rows = next(batches, None)
            if rows is None:
                raise tf.errors.OutOfRangeError(None, None, "All rows of the arrays were fed.")
            return {self._placeholders[name]: array[rows] for name, array in self._named_arrays()}

        return tf.train.FeedFnHook(feed)

    def _batches(self) -> Iterator:
        random = np.random.RandomState(42)
        epoch = 0
        while self._epochs is None or epoch < self._epochs:
            rows = random.permutation(self._length) if self._shuffle else np.arange(self._length)
            for start in range(0, self._length, self._batch_size):
                yield rows[start : start + self._batch_size]
            epoch += 1


def _arrays(given: Any) -> Any:
    if isinstance(given, dict):
        return {key: np.asarray(value) for key, value in given.items()}
    return np.asarray(given)


def input_of(
    x: Any, y: Any, input_fn: Callable | None, feed_fn: Callable | None, batch_size: int | None,
    epochs: int | None, shuffle: bool,
) -> tuple[Callable, list]:  # fmt: skip
    """The input function to use and the hooks it wants: of arrays, or of a function."""
    if input_fn is None:
        if x is None:
            raise ValueError("Either x or input_fn must be provided.")
        arrays = ArrayInput(x, y, batch_size, epochs, shuffle)
        return arrays, [arrays.hook()]
    if x is not None or y is not None:
        raise ValueError("Can not provide both input_fn and x or y.")
    if batch_size is not None:
        raise ValueError("Can not provide both input_fn and batch_size.")
    return input_fn, [tf.train.FeedFnHook(feed_fn)] if feed_fn is not None else []
