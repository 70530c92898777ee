"""What `scopeflow inspect` shows of a checkpoint."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from ..core.errors import UnimplementedError
from ..scopes.tree import VariableInfo, VariableTree
from .bundle import BundleReader, Entry

_DEEPEST = 50  # scopes; what lies deeper is shown by its whole name
_CHUNK = 1 << 20
_COLUMNS = ("min", "mean", "max", "std")


class Statistics(NamedTuple):
    """Of the finite elements; NaN where there are none. `odd` counts the others."""

    minimum: float
    mean: float
    maximum: float
    deviation: float
    odd: int


def checkpoint_tree(reader: BundleReader, values: bool = False) -> tuple[VariableTree, str]:
    """The tree of a checkpoint's variables, and the heading of their notes.

    With `values`, all data is read, and the notes begin with the statistics of the numbers.
    """
    columns: dict[str, list[str]] = {}
    heading = ""
    if values:
        columns, heading = _statistics_columns(reader)
    root = VariableTree()
    for name, entry in reader.entries.items():
        node = root
        for part in name.split("/", _DEEPEST):
            node = node.children.setdefault(part, VariableTree(printable(part)))
        node.variable = _info(entry, columns.get(name, []))
    return root, heading


def _info(entry: Entry, columns: list[str]) -> VariableInfo:
    notes = list(columns)
    if entry.slices:
        notes.append(f"{len(entry.slices)} slices")
    dtype = entry.dtype
    sizes = None if dtype is None or dtype.name == "string" else entry.elements * dtype.size
    if sizes is None and not entry.slices:
        sizes = entry.size
    return VariableInfo(
        shape=entry.shape, dtype=entry.dtype_name, parameters=entry.elements, bytes=sizes,
        trainable=None, made_at=None, places=(), note="  ".join(notes),
    )  # fmt: skip


def printable(text: str) -> str:
    """The text with what could confuse a terminal written as an escape.

    >>> printable("a\\x1b[2J")
    'a\\\\x1b[2J'
    """
    return "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text)


def _statistics_columns(reader: BundleReader) -> tuple[dict[str, list[str]], str]:
    found = {name: statistics(reader, name) for name in reader.entries}
    texts = {
        name: [f"{number:.4g}" for number in known[:4]]
        for name, known in found.items()
        if known is not None and not all(map(math.isnan, known[:4]))
    }
    widths = [
        max([len(title), *(len(text[place]) for text in texts.values())])
        for place, title in enumerate(_COLUMNS)
    ]
    empty = [" " * width for width in widths]
    columns = {}
    for name, known in found.items():
        text = texts.get(name)
        cells = [t.rjust(w) for t, w in zip(text, widths, strict=True)] if text else empty
        columns[name] = cells + ([f"{known.odd:,} not finite"] if known and known.odd else [])
    heading = "  ".join(t.rjust(w) for t, w in zip(_COLUMNS, widths, strict=True))
    return columns, heading


def statistics(reader: BundleReader, name: str) -> Statistics | None:
    """Of a numeric variable (not complex); None for another. Its data is read and checked."""
    dtype = reader.entries[name].dtype
    try:
        value = np.asarray(reader.get_tensor(name))
    except UnimplementedError:
        return None
    if dtype is None or not (dtype.is_floating or dtype.is_integer or dtype.is_quantized):
        return None
    if value.dtype.names:
        value = value[value.dtype.names[0]]
    count, mean, squares, odd = 0, 0.0, 0.0, 0
    least, most = math.inf, -math.inf
    for part in _chunks(value):
        finite = part[np.isfinite(part)]
        odd += part.size - finite.size
        if not finite.size:
            continue
        least, most = min(least, float(finite.min())), max(most, float(finite.max()))
        with np.errstate(over="ignore", invalid="ignore"):
            part_mean = float(finite.mean())
            part_squares = float(np.square(finite - part_mean).sum())
        total = count + finite.size
        shift = part_mean - mean
        mean += shift * finite.size / total
        squares += part_squares + shift * shift * count * finite.size / total
        count = total
    if not count:
        return Statistics(math.nan, math.nan, math.nan, math.nan, odd)
    return Statistics(least, mean, most, math.sqrt(squares / count), odd)


def _chunks(value: np.ndarray) -> Iterator[np.ndarray]:
    """The elements as float64, a piece at a time."""
    flat = value.reshape(-1)
    for start in range(0, len(flat), _CHUNK):
        yield flat[start : start + _CHUNK].astype(np.float64)
