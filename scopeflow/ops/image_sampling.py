"""How images are resampled along one axis: where an output pixel reads, with which weights.

Positions are computed in float32, as TensorFlow does, so that pixels on a border fall on the same
side. An image here is [batch, rows, columns, channels]; each axis is resampled by itself.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.lazy_torch import remembered, torch

_ONE = np.float32(1)
_HALF = np.float32(0.5)


def scale(size: int, wanted: int, align_corners: bool) -> np.float32:
    """Input pixels for one output pixel."""
    if align_corners and wanted > 1:
        return np.float32(size - 1) / np.float32(wanted - 1)
    return np.float32(size) / np.float32(wanted)


def positions(size: int, wanted: int, align_corners: bool, half_pixel: bool) -> np.ndarray:
    """Where each of `wanted` output pixels lies among `size` input pixels."""
    places = np.arange(wanted, dtype=np.float32)
    step = scale(size, wanted, align_corners)
    return (places + _HALF) * step - _HALF if half_pixel else places * step


@remembered
def nearest(size: int, wanted: int, align_corners: bool, half_pixel: bool) -> np.ndarray:
    """The input pixel for each output pixel."""
    places = np.arange(wanted, dtype=np.float32)
    found = (places + (_HALF if half_pixel else np.float32(0))) * scale(size, wanted, align_corners)
    if align_corners:
        found = found + _HALF  # halves go up: no position is negative
    return np.clip(np.floor(found).astype(np.int64), 0, size - 1)


@remembered
def linear_taps(size: int, wanted: int, align_corners: bool, half_pixel: bool) -> tuple:
    """Two input pixels for each output pixel, [2, wanted], and their weights."""
    found = positions(size, wanted, align_corners, half_pixel)
    below = np.floor(found)
    part = found - below
    low = np.clip(below.astype(np.int64), 0, size - 1)
    high = np.clip(below.astype(np.int64) + 1, 0, size - 1)
    return np.stack([low, high]), np.stack([_ONE - part, part])


def _cubic(distance: np.ndarray, a: float) -> np.ndarray:
    """Keys' kernel, with the slope `a` at distance 1."""
    x = np.abs(distance)
    inner = ((a + 2) * x - (a + 3)) * x * x + 1
    outer = ((a * x - 5 * a) * x + 8 * a) * x - 4 * a
    return np.where(x <= 1, inner, np.where(x < 2, outer, 0))


@remembered
def cubic_taps(size: int, wanted: int, align_corners: bool, half_pixel: bool) -> tuple:
    """Four input pixels for each output pixel, [4, wanted], and their weights.

    With half-pixel centers the slope is -0.5 and pixels outside do not count; else it is -0.75 and
    the border's pixels go on outside. TensorFlow looks the weights up at 1024 places a pixel.
    """
    found = positions(size, wanted, align_corners, half_pixel)
    below = np.floor(found)
    part = np.floor((found - below) * np.float32(1024) + _HALF).astype(np.float64) / 1024
    steps = np.arange(-1, 3)[:, None]
    weights = _cubic(part - steps, -0.5 if half_pixel else -0.75)
    places = below.astype(np.int64) + steps
    if half_pixel:
        weights = np.where((places >= 0) & (places < size), weights, 0)
        total = weights.sum(0)
        weights = weights / np.where(np.abs(total) < 1e-3, 1, total)
    return np.clip(places, 0, size - 1), weights.astype(np.float32)


@remembered
def area_matrix(size: int, wanted: int, align_corners: bool) -> np.ndarray:
    """[wanted, size]: how much of each input pixel an output pixel covers, of 1 in all."""
    step = scale(size, wanted, align_corners)
    found = np.zeros((wanted, size))
    for i in range(wanted):
        start, end = np.float32(i) * step, np.float32(i + 1) * step
        for j in range(int(np.floor(start)), int(np.ceil(end))):
            part = min(float(end), j + 1) - max(float(start), j)
            found[i, min(j, size - 1)] += part / float(step)
    return found.astype(np.float32)


def along(image: Any, axis: int, taps: tuple) -> Any:
    """`image` resampled along `axis`, where each output pixel is a sum of few input pixels."""
    places, weights = taps
    places = torch.from_numpy(places).to(image.device)
    shape = [1] * image.ndim
    shape[axis] = -1
    weights = torch.from_numpy(weights).to(image.device, image.dtype)
    total: Any = 0
    for place, weight in zip(places, weights):
        total = total + image.index_select(axis, place) * weight.reshape(shape)
    return total


def by_matrix(image: Any, axis: int, matrix: np.ndarray) -> Any:
    """`image` resampled along `axis` by a matrix [wanted, size]."""
    weights = torch.from_numpy(matrix).to(image.device, image.dtype)
    return torch.tensordot(weights, image, ([1], [axis])).movedim(0, axis)
