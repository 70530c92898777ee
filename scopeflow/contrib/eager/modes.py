"""Whether ops run at once: they never do, they are added to a graph."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import scopeflow as tf

SYNC, ASYNC = 0, 1
DEVICE_PLACEMENT_EXPLICIT, DEVICE_PLACEMENT_WARN, DEVICE_PLACEMENT_SILENT = 0, 1, 2


def enable_eager_execution(
    config: Any = None, device_policy: Any = None, execution_mode: Any = None
) -> NoReturn:
    """Raises NotImplementedError: build the graph and run it in a session."""
    raise NotImplementedError(
        "tf.contrib.eager.enable_eager_execution: there is no eager execution. Build the graph, "
        "and run it in a tf.Session."
    )


def run(main: Callable | None = None, argv: list[str] | None = None) -> NoReturn:
    """Raises NotImplementedError: tf.app.run runs a program whose ops go into a graph."""
    raise NotImplementedError(
        "tf.contrib.eager.run: there is no eager execution. Use tf.app.run and a tf.Session."
    )


def in_eager_mode() -> bool:
    """False."""
    return False


def num_gpus() -> int:
    """How many GPUs torch sees."""
    return len(tf.config.experimental.list_physical_devices("GPU"))


def list_devices() -> list[str]:
    """The names of the devices that sessions may use."""
    with tf.Session(graph=tf.Graph()) as session:
        return [device.name for device in session.list_devices()]


def set_execution_mode(mode: int | None) -> None:
    """Checks the mode, SYNC or ASYNC; it is of no effect on graphs. ValueError for another."""
    if mode not in (None, SYNC, ASYNC):
        raise ValueError(f"mode should be None/SYNC/ASYNC. Got {mode}")


@contextmanager
def execution_mode(mode: int | None) -> Iterator[None]:
    """A block with that mode, which is of no effect on graphs."""
    set_execution_mode(mode)
    yield


def async_wait() -> None:
    """Nothing: no op is waited for."""


def async_clear_error() -> None:
    """Nothing: no op has failed meanwhile."""
