"""tensorflow.python.tf2: which version's behaviour there is."""

from __future__ import annotations


def enabled() -> bool:
    """False: the behaviour is version 1's."""
    return False
