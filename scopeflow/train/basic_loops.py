"""The smallest training loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def basic_train_loop(
    supervisor: Any, train_step_fn: Callable, args: Any = None, kwargs: Any = None, master: str = ""
) -> None:
    """Call `train_step_fn(session, *args, **kwargs)` until the supervisor is to stop."""
    with supervisor.managed_session(master) as session:
        while not supervisor.should_stop():
            train_step_fn(session, *(args or ()), **(kwargs or {}))
