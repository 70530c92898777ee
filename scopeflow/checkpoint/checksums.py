"""The checksums in TensorFlow's files: crc32c, stored in a masked form."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

_STEP = 1 << 20  # what is copied and summed in one go stays in the processor's cache


def crc32c(data: bytes | np.ndarray, crc: int = 0) -> int:
    """The crc32c of the bytes, or that of earlier bytes (`crc`) continued by these."""
    import google_crc32c

    extend: Any = google_crc32c.extend  # takes any read-only buffer, its types say bytes
    return extend(crc, data)


def masked_crc32c(data: bytes | np.ndarray, crc: int = 0) -> int:
    """The checksum as it stands in files: rotated and shifted, so that sums of sums differ."""
    return mask(crc32c(data, crc))


def mask(crc: int) -> int:
    """The masked form of a crc32c.

    >>> hex(mask(0))
    '0xa282ead8'
    """
    return ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def copy_with_crc32c(
    target: np.ndarray, source: np.ndarray, done: Callable[[int, int], None]
) -> int:
    """Copy `source` to `target` (both plain bytes) and give its crc32c, in one pass.

    `done` is told, now and then, from where to where the source is no longer needed.
    """
    crc = told = 0
    for start in range(0, len(source), _STEP):
        part = target[start : start + _STEP]
        part[:] = source[start : start + _STEP]
        crc = crc32c(part, crc)
        if start - told >= 16 * _STEP:
            done(told, start)
            told = start
    done(told, len(source))
    return crc
