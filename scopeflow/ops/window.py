"""Windows that slide over images: layouts, padding, how many there are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core.op import ShapeError

TO_NCHW = {3: (0, 2, 1), 4: (0, 3, 1, 2), 5: (0, 4, 1, 2, 3)}
TO_NHWC = {3: (0, 2, 1), 4: (0, 2, 3, 1), 5: (0, 2, 3, 4, 1)}


def spatial(data_format: str, rank: int) -> slice:
    """Which elements of a list with one entry a dimension speak of space."""
    return slice(1, rank - 1) if data_format[-1] == "C" else slice(2, rank)


def same_padding(size, window, stride):
    """(before, after) so that the windows begin at every stride-th element of `size`."""
    if stride == 1:
        missing = window - 1
    else:
        missing = (-(-size // stride) - 1) * stride + window - size
        if missing < 0:
            missing = 0
    return missing // 2, missing - missing // 2


def check_choice(name: str, value: Any, *choices: str) -> None:
    """TypeError or ValueError where the string attribute has no value that exists."""
    if not isinstance(value, str):
        raise TypeError(f"Expected string for argument '{name}' not {value!r}.")
    if value not in choices:
        listed = ", ".join(f'"{c}"' for c in choices)
        raise ShapeError(f"Attr '{name}' passed string '{value}' not in: {listed}.")


def window_size(size, window, stride, padding, before=0, after=0) -> int | None:
    """How many windows there are along a dimension."""
    if stride <= 0:
        raise ShapeError(f"Stride must be > 0, but got {stride}")
    if padding == "SAME":
        return None if size is None else -(-size // stride)
    if size is None or window is None:
        return size if window == stride == 1 else None
    rest = size + before + after - window
    if rest < 0:
        raise ShapeError(
            f"Negative dimension size caused by subtracting {window} from {size + before + after}"
        )
    return rest // stride + 1


def per_dimension(
    value: Any, count: int, data_format: str, name: str, default: int = 1
) -> list[int]:
    """An int or a list of 1, `count` or `count` + 2 ints as one int for each dimension.

    `count` is the number of spatial dimensions; batch and channels get 1.
    """
    if value is None:
        value = default
    items = list(value) if isinstance(value, Sequence) or hasattr(value, "__iter__") else [value]
    items = [int(item) for item in items]
    if len(items) == count + 2:
        return items
    if len(items) == 1:
        items = items * count
    elif len(items) != count:
        raise ValueError(
            f"{name} should be of length 1, {count} or {count + 2} but was {len(items)}"
        )
    return [1, *items, 1] if data_format[-1] == "C" else [1, 1, *items]
