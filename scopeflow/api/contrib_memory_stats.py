"""`tf.contrib.memory_stats`: bytes of memory, as tensors. On the CPU they are the process's."""

from ..core.operation import Tensor as _Tensor
from ..ops import memory as _memory

__all__ = ["BytesInUse", "BytesLimit", "MaxBytesInUse"]


def BytesInUse() -> _Tensor:
    """What is in use now."""
    return _memory.BytesInUse()


def MaxBytesInUse() -> _Tensor:
    """The most that was in use so far."""
    return _memory.MaxBytesInUse()


def BytesLimit() -> _Tensor:
    """What there is."""
    return _memory.BytesLimit()
