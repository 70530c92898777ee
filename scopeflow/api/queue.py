"""`tf.queue`."""

from ..ops.queues import (
    FIFOQueue,
    PaddingFIFOQueue,
    PriorityQueue,
    QueueBase,
    RandomShuffleQueue,
)

__all__ = [name for name in dir() if not name.startswith("_")]
