"""Objects that live in a session from run to run: queues, tables, readers, iterators.

The op that stands for one gives out the object itself, as a tensor of dtype `resource` (or
`string_ref`, …); its kernel asks for `held` and calls `held_object`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .operation import Operation


def held_object(held: dict, op: Operation, make: Callable[[], Any]) -> Any:
    """The session's object for the op, made at the first call.

    Ops with the same `container` and `shared_name` share one; without a `shared_name` it is the
    op's own. A session that closes calls the object's `session_closed()`, if it has that.
    """
    shared = op.attrs.get("shared_name") or op.name
    key = (op.attrs.get("container") or "", shared)
    found = held.get(key)
    if found is None:
        found = held.setdefault(key, make())
    return found
