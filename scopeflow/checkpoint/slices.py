"""Partitioned variables: which part of the whole a slice is, and under which key it is stored."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

import numpy as np

from .table import Damaged

Extents = tuple[tuple[int, int | None], ...]  # of each axis the start and the length (None: all)


_ESCAPED = {b"\0": b"\0\xff", b"\xff": b"\xff\0"}


def slice_key(name: bytes, extents: Extents) -> bytes:
    """The key of a slice. Keys sort as (name, rank, start and length of each axis) do."""
    escaped = re.sub(rb"[\0\xff]", lambda byte: _ESCAPED[byte[0]], name)
    key = _unsigned(0) + escaped + b"\0\x01" + _unsigned(len(extents))
    for start, length in extents:
        key += _signed(start) + _signed(-1 if length is None else length)
    return key


def _unsigned(number: int) -> bytes:
    """The number of bytes, then the bytes."""
    digits = number.to_bytes((number.bit_length() + 7) // 8, "big")
    return bytes([len(digits)]) + digits


def _signed(number: int) -> bytes:
    """As many leading ones as there are bytes, then a zero; all inverted if it is negative."""
    bits = (number if number >= 0 else ~number).bit_length()
    length = bits // 7 + 1
    header = ((1 << length) - 1) << (7 * length)  # `length` ones at the top of 8 × length bits
    value = number & ((1 << (8 * length)) - 1)
    return (value ^ header).to_bytes(length, "big")


def place_of(
    extents: Sequence[tuple[int, int | None]], shape: Sequence[int]
) -> tuple[tuple[int, int], ...]:
    """Begin and end on each axis of a tensor of that shape."""
    if len(extents) != len(shape):
        raise Damaged(f"a slice has {len(extents)} axes, the whole {len(shape)}")
    place = []
    for (start, length), size in zip(extents, shape, strict=True):
        end = size if length is None else start + length
        if not 0 <= start <= end <= size:
            raise Damaged(f"a slice reaches from {start} to {end} on an axis of {size}")
        place.append((start, end))
    return tuple(place)


def parsed_spec(spec: str) -> tuple[tuple[int, ...], Extents]:
    """The whole's shape and the extents that a text like `5 2 3,2:0,2` means; `-` is a whole axis.

    Raises ValueError.
    """
    *dims, text = spec.split(" ")
    if not dims:
        raise ValueError(f"Need least two elements in shape_and_slice specification: {spec}")
    if not all(dim.isdecimal() for dim in dims):
        raise ValueError(f"Non numerical dimension in shape_and_slice: {spec}")
    shape = tuple(map(int, dims))
    extents: list[tuple[int, int | None]] = []
    for pair in text.split(":"):
        if pair == "-":
            extents.append((0, None))
            continue
        numbers = re.fullmatch(r"(\d+),(\d+)", pair)
        if numbers is None:
            raise ValueError(f"Expected a pair of numbers or '-' but got '{pair}': string = {text}")
        extents.append((int(numbers[1]), int(numbers[2])))
    try:
        place_of(extents, shape)
    except Damaged as problem:
        raise ValueError(f"{problem} (shape_and_slice: {spec})") from None
    return shape, tuple(extents)


def check_cover(places: Sequence[tuple[tuple[int, int], ...]], shape: Sequence[int]) -> None:
    """Damaged unless the places make up the whole, each element once."""
    wanted = math.prod(shape)
    sizes = [math.prod(end - start for start, end in place) for place in places]
    if sum(sizes) != wanted:
        raise Damaged(f"its slices have {sum(sizes)} elements, the whole has {wanted}")
    places = [place for place, size in zip(places, sizes, strict=True) if size]
    if not places or not shape:
        return
    # Only where slices begin can the answer change: look at one element for each such cell.
    cuts = [np.unique([place[axis][0] for place in places]) for axis in range(len(shape))]
    covered = np.zeros([len(c) for c in cuts], np.bool_)
    for place in places:
        cells = tuple(
            slice(np.searchsorted(cut, start), np.searchsorted(cut, end))
            for cut, (start, end) in zip(cuts, place, strict=True)
        )
        if covered[cells].any():
            raise Damaged("its slices overlap")
        covered[cells] = True
