"""tensorflow.python.ops.summary_op_util: names and collections of summaries."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import scopeflow as tf


def collect(val: Any, collections: Any, default_collections: Any) -> None:
    """Add the summary to the collections."""
    for key in default_collections if collections is None else collections:
        tf.add_to_collection(key, val)


def clean_tag(name: str | None) -> str | None:
    """The name with "_" for what a tag must not have."""
    import re

    if name is None:
        return None
    return re.sub(r"[^-/\w\.]", "_", name).lstrip("/")


@contextmanager
def summary_scope(
    name: str, family: str | None = None, default_name: str | None = None, values: Any = None
) -> Iterator[tuple[str, str]]:
    """(tag, name scope) of a summary."""
    name, family = clean_tag(name) or "", clean_tag(family)
    scope_base = name if family is None else f"{family}/{name}"
    with tf.name_scope(scope_base, default_name, values) as scope:
        yield (scope.rstrip("/") if family is None else f"{family}/{scope.rstrip('/')}"), scope


def skip_summary() -> bool:
    """False: there is one replica."""
    return False
