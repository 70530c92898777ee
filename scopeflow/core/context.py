"""What is current in this thread: the default graph and the default session."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .graph import Graph


class _Context(threading.local):
    """Two stacks a thread; a new thread starts with empty ones."""

    def __init__(self) -> None:
        self.graphs: list[Graph] = []
        self.sessions: list[Any] = []
        self.base_graph: Graph | None = None


context = _Context()

run_observers: list[Callable[[Any, list, list], None]] = []
"""Called after each run with (session, fetched elements, their values); for progress displays."""


def get_default_graph() -> Graph:
    """The graph that new ops of this thread go to: the one entered last, else the thread's own."""
    if context.graphs:
        return context.graphs[-1]
    if context.base_graph is None:
        from .graph import Graph

        context.base_graph = Graph()
    return context.base_graph


def reset_default_graph() -> None:
    """Give this thread a new, empty default graph.

    Raises AssertionError inside a `with graph.as_default()` (or an entered session).
    """
    if context.graphs:
        raise AssertionError(
            "Do not use tf.reset_default_graph() to clear nested graphs. If you need a cleared "
            "graph, exit the nesting and create a new graph."
        )
    context.base_graph = None


def get_default_session() -> Any:
    """The innermost session entered in this thread, or None."""
    return context.sessions[-1] if context.sessions else None


@contextmanager
def pushed(stack: list, item: Any, enforce_nesting: bool = True) -> Iterator[Any]:
    """`item` on top of `stack` within the block."""
    stack.append(item)
    try:
        yield item
    finally:
        if enforce_nesting and stack[-1] is not item:
            raise AssertionError(f"Nesting violated by {type(item).__name__} contexts: {item!r}")
        stack.remove(item)
