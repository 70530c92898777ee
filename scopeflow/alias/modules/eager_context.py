"""tensorflow.python.eager.context: there is no eager execution."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import scopeflow as tf

executing_eagerly = tf.executing_eagerly
GRAPH_MODE, EAGER_MODE = 0, 1
SYNC, ASYNC = 0, 1


def in_eager_mode() -> bool:
    """False."""
    return False


def in_graph_mode() -> bool:
    """True."""
    return True


def num_gpus() -> int:
    """How many GPUs torch sees."""
    return len(tf.config.experimental.list_physical_devices("GPU"))


@contextmanager
def graph_mode() -> Iterator[None]:
    """A block that adds ops to a graph, as all do."""
    yield


def eager_mode() -> None:
    """Raises NotImplementedError: there is no eager execution."""
    tf.enable_eager_execution()
