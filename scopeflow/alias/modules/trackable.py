"""tensorflow.python.training.tracking.base, .tracking and .data_structures: classes to derive from.

What a `tf.train.Checkpoint` follows. Lists and dicts that are assigned to attributes stay what they
are: they are looked through when a checkpoint is written or read.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from scopeflow.train.object_graph import KEY as OBJECT_GRAPH_PROTO_KEY
from scopeflow.train.trackable import VALUE as VARIABLE_VALUE_KEY
from scopeflow.train.trackable import AutoTrackable, NoDependency, Trackable, TrackableReference

__all__ = [
    "OBJECT_GRAPH_PROTO_KEY", "VARIABLE_VALUE_KEY", "AutoTrackable", "NoDependency", "NotTrackable",
    "Trackable", "TrackableReference", "no_automatic_dependency_tracking",
]  # fmt: skip


class NotTrackable:
    """An object that is not to be saved."""


def no_automatic_dependency_tracking(method: Callable) -> Callable:
    """A method inside which assigned attributes are not to be saved."""

    @functools.wraps(method)
    def untracked(self: Any, *args: Any, **kwargs: Any) -> Any:
        before = dict(self.__dict__)
        result = method(self, *args, **kwargs)
        if isinstance(self, AutoTrackable):
            for name, value in list(self.__dict__.items()):
                if before.get(name) is not value:
                    setattr(self, name, NoDependency(value))
        return result

    return untracked
