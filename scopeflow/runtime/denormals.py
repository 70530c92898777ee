"""Numbers below the smallest normal one (1.2e-38 in float32) count as 0 in a run, as in TensorFlow.

Processors compute with them about a hundred times slower, and training comes upon them wherever
something decays: momentum of rows that are not used, gradients of a loss that has gone to 0.
"""

from __future__ import annotations

import torch

_SMALLEST = 5e-324
_ONE = 1.0


def flush_denormals() -> bool:
    """Let this thread's arithmetic take denormal numbers for 0; False if it does so already."""
    if _SMALLEST * _ONE == 0.0:
        return False
    return torch.set_flush_denormal(True)


def keep_denormals() -> None:
    """Let this thread's arithmetic have denormal numbers."""
    torch.set_flush_denormal(False)
