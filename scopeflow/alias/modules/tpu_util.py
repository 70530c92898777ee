"""tensorflow.contrib.tpu.python.tpu.util: checks of numbers."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def check_positive_integer(value: Any, name: str) -> None:
    """TypeError for what is no int, ValueError for an int that is not positive."""
    if not isinstance(value, int):
        raise TypeError(f"{name} must be int, got {type(value)}")
    if value <= 0:
        raise ValueError(f"{name} must be positive, got {value}")


class MultiHostDatasetInitializerHook(tf.train.SessionRunHook):
    """Initializes the iterators over some datasets once the session is there."""

    def __init__(self, dataset_initializers: Any) -> None:
        self._initializers = dataset_initializers

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Run the initializers."""
        session.run(self._initializers)
