"""Sequences as arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["pad_sequences"]


def pad_sequences(
    sequences: Any,
    maxlen: int | None = None,
    dtype: Any = "int32",
    padding: str = "pre",
    truncating: str = "pre",
    value: Any = 0.0,
) -> np.ndarray:
    """Lists of different lengths as an array: padded, and cut at `maxlen`.

    >>> pad_sequences([[1], [2, 3, 4]], maxlen=2).tolist()
    [[0, 1], [3, 4]]
    """
    for name, chosen in (("Truncating", truncating), ("Padding", padding)):
        if chosen not in ("pre", "post"):
            raise ValueError(f'{name} type "{chosen}" not understood')
    if not hasattr(sequences, "__len__"):
        raise ValueError("`sequences` must be iterable.")
    for each in sequences:
        if not hasattr(each, "__len__"):
            raise ValueError(f"`sequences` must be a list of iterables. Found non-iterable: {each}")
    length = max((len(each) for each in sequences), default=0) if maxlen is None else maxlen
    inner = next((np.asarray(each).shape[1:] for each in sequences if len(each)), ())
    found = np.full((len(sequences), length, *inner), value, dtype=dtype)
    for row, each in zip(found, sequences, strict=True):
        if not len(each) or not length:
            continue
        kept = each[-length:] if truncating == "pre" else each[:length]
        kept = np.asarray(kept, dtype=dtype)
        if padding == "post":
            row[: len(kept)] = kept
        else:
            row[-len(kept) :] = kept
    return found
