"""Random generators: one for each random op of a session."""

from __future__ import annotations

import hashlib
from typing import Any

import torch

from ..core.operation import Operation


def generator_for(
    made: dict[Operation, torch.Generator], op: Operation, device: Any
) -> torch.Generator:
    """The op's generator in this session.

    It is seeded from the op's attributes `seed` and `seed2`, so that a new session repeats the
    values; from entropy where both are 0.
    """
    generator = made.get(op)
    if generator is None:
        generator = torch.Generator(device)
        seeds = (op.attrs["seed"], op.attrs["seed2"])
        if seeds == (0, 0):
            generator.seed()
        else:
            generator.manual_seed(_mixed(*seeds))
        generator = made.setdefault(op, generator)  # another thread may be faster
    return generator


def _mixed(seed: int, seed2: int) -> int:
    """A 63-bit seed in which neighbouring (seed, seed2) have nothing in common."""
    digest = hashlib.blake2b(f"{seed},{seed2}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little") >> 1
