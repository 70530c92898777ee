"""tensorflow.python.training.tracking.base and .tracking: classes to derive from.

They are what they are without object-based checkpoints, which scopeflow does not have: plain
objects. `tf.train.Saver` saves variables by name.
"""

from __future__ import annotations

VARIABLE_VALUE_KEY = "VARIABLE_VALUE"
OBJECT_GRAPH_PROTO_KEY = "_CHECKPOINTABLE_OBJECT_GRAPH"


class Trackable:
    """A plain object."""


class AutoTrackable(Trackable):
    """A plain object."""
