"""Grey-scale morphology, and pooling by windows of changing size."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from ..core import dtypes
from ..core.graph import name_scope
from ..core.lazy_torch import F, torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged_dim, rank_is
from ..core.types import REAL, TypeSet
from .array import _one_of
from .math import negative
from .random import _seed_attrs
from .ranges import reverse
from .window import same_padding, window_size

_POOLED = TypeSet(dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64)


def _span(size, rate):
    return size + (size - 1) * (rate - 1)


def _dilated_shape(
    input: Tensor, filter: Tensor, *, strides: Any, rates: Any, padding: str
) -> Dims:
    batch, height, width, depth = rank_is(input, 4)  # type: ignore[misc]
    rows, columns, channels = rank_is(filter, 3)  # type: ignore[misc]
    depth = merged_dim(depth, channels)
    sizes = []
    for size, window, stride, rate in (
        (height, rows, strides[1], rates[1]),
        (width, columns, strides[2], rates[2]),
    ):
        span = None if window is None else _span(window, rate)
        sizes.append(window_size(size, span, stride, padding))
    return (batch, *sizes, depth)


@op("T, T -> T", shape=_dilated_shape, T=REAL)
def Dilation2D(input, filter, *, strides, rates, padding):
    """max over the window of input + filter, for each channel."""
    _, height, width, depth = input.shape
    rows, columns, _ = filter.shape
    x = input.permute(0, 3, 1, 2)
    if padding == "SAME":
        down = same_padding(height, _span(rows, rates[1]), strides[1])
        across = same_padding(width, _span(columns, rates[2]), strides[2])
        lowest = -float("inf") if x.is_floating_point() else torch.iinfo(x.dtype).min
        x = F.pad(x, (*across, *down), value=lowest)
    windows = []
    high = (x.shape[2] - _span(rows, rates[1])) // strides[1] + 1
    wide = (x.shape[3] - _span(columns, rates[2])) // strides[2] + 1
    for i in range(rows):
        for j in range(columns):
            top, left = i * rates[1], j * rates[2]
            part = x[
                :,
                :,
                top : top + (high - 1) * strides[1] + 1 : strides[1],
                left : left + (wide - 1) * strides[2] + 1 : strides[2],
            ]
            windows.append(part + filter[i, j].reshape(1, depth, 1, 1))
    return torch.stack(windows).max(0).values.permute(0, 2, 3, 1)


def dilation2d(
    input: Any,
    filter: Any = None,
    strides: Any = None,
    rates: Any = None,
    padding: Any = None,
    name: str | None = None,
    filters: Any = None,
    dilations: Any = None,
) -> Tensor:
    """The largest input + filter in each window of images [batch, height, width, depth].

    `filter` (`filters`) is [rows, columns, depth]; `strides` and `rates` (`dilations`) have four
    elements, of which the middle ones count.
    """
    filter = _one_of("filters", filters, "filter", filter)
    rates = _one_of("dilations", dilations, "rates", rates)
    return Dilation2D(input, filter, strides=strides, rates=rates, padding=padding, name=name)


def erosion2d(
    value: Any, kernel: Any, strides: Any, rates: Any, padding: Any, name: str | None = None
) -> Tensor:
    """The smallest value - kernel in each window, the kernel turned around; see `dilation2d`."""
    with name_scope(name, "erosion2d", [value, kernel]) as scope:
        turned = reverse(kernel, [0, 1])
        found = Dilation2D(
            negative(value), turned, strides=strides, rates=rates, padding=padding, name=scope
        )
        return negative(found)


# Fractional pooling: the windows of each dimension begin at the places of a sequence, which is made
# anew in every run. Steps are the ratio rounded down or up.


def _fractional_shape(value: Tensor, *, pooling_ratio: Any, **_: Any) -> list[Dims]:
    dims = rank_is(value, 4)
    ratios = list(pooling_ratio)
    if len(ratios) != 4 or ratios[0] != 1 or ratios[3] != 1:
        raise ShapeError(f"pooling_ratio must be [1, rows, columns, 1], not {ratios}")
    sizes = [
        None if size is None else int(size / ratio)
        for size, ratio in zip(dims, ratios, strict=True)  # type: ignore[arg-type]
    ]
    return [
        tuple(sizes),
        (None if sizes[1] is None else sizes[1] + 1,),
        (None if sizes[2] is None else sizes[2] + 1,),
    ]


def _sequence(size, count, pseudo_random, generator):
    """count + 1 places from 0 to size."""
    step = size / count
    if pseudo_random:
        shift = float(torch.rand((), generator=generator, dtype=torch.float64))
        top = min(max(shift, 1e-6), 1 - 1e-6)
        places = [int(step * (i + top)) for i in range(count)]
        first = places[0]
        return [0, *(p - first for p in places[1:]), size] if count > 1 else [0, size]
    small = int(step)
    longer = size - small * count
    steps = torch.tensor([small + 1] * longer + [small] * (count - longer))
    steps = steps[torch.randperm(count, generator=generator)]
    return [0, *steps.cumsum(0).tolist()]


def _pooled(value, pooling_ratio, pseudo_random, overlapping, generator, reduce):
    on_cpu = generator.device.type == "cpu"
    drawn = generator if on_cpu else torch.Generator().manual_seed(generator.initial_seed())
    for axis in (1, 2):
        if value.shape[axis] < pooling_ratio[axis] or pooling_ratio[axis] < 1:
            raise ValueError(f"pooling_ratio {list(pooling_ratio)} for {list(value.shape)}")
    rows, columns = (
        _sequence(value.shape[a], int(value.shape[a] / pooling_ratio[a]), pseudo_random, drawn)
        for a in (1, 2)
    )
    more = 1 if overlapping else 0
    lines = []
    for top, bottom in pairwise(rows):
        band = reduce(value[:, top : bottom + more], 1)
        parts = [reduce(band[:, left : right + more], 1) for left, right in pairwise(columns)]
        lines.append(torch.stack(parts, 1))
    device = value.device
    return (
        torch.stack(lines, 1),
        torch.tensor(rows, device=device),
        torch.tensor(columns, device=device),
    )


_OUTPUTS = "T -> output: T, row_pooling_sequence: int64, col_pooling_sequence: int64"


@op(
    _OUTPUTS,
    attrs={"seed": 0, "seed2": 0},
    shape=_fractional_shape,
    stateful=True,
    T=_POOLED,
)
def FractionalMaxPool(
    value, *, pooling_ratio, pseudo_random=False, overlapping=False, deterministic=False, generator
):
    """The largest element of each window."""

    def largest(x, axis):
        return x.max(axis).values

    if deterministic:  # the same windows in each run
        generator.manual_seed(generator.initial_seed())
    return _pooled(value, pooling_ratio, pseudo_random, overlapping, generator, largest)


@op(
    _OUTPUTS,
    attrs={"seed": 0, "seed2": 0},
    shape=_fractional_shape,
    stateful=True,
    T=_POOLED,
)
def FractionalAvgPool(
    value, *, pooling_ratio, pseudo_random=False, overlapping=False, deterministic=False, generator
):
    """The mean of each window."""

    def mean(x, axis):
        return x.mean(axis) if x.is_floating_point() else x.sum(axis) // x.shape[axis]

    if deterministic:  # the same windows in each run
        generator.manual_seed(generator.initial_seed())
    return _pooled(value, pooling_ratio, pseudo_random, overlapping, generator, mean)


def _fractional(function: Any, value: Any, ratio: Any, seeds: tuple, **options: Any) -> Any:
    seed, seed2 = seeds
    given = {"seed": seed, "seed2": seed2} if seed or seed2 else _seed_attrs(None)
    return function(value, pooling_ratio=tuple(map(float, ratio)), **given, **options)


def fractional_max_pool(
    value: Any,
    pooling_ratio: Any,
    pseudo_random: bool = False,
    overlapping: bool = False,
    deterministic: bool = False,
    seed: int = 0,
    seed2: int = 0,
    name: str | None = None,
) -> Any:
    """(output, row_pooling_sequence, col_pooling_sequence): max pooling by a fraction.

    `pooling_ratio` is [1, rows, columns, 1], each at least 1: the output is so many times smaller,
    rounded down. The windows' borders are drawn in each run (more evenly with `pseudo_random`), the
    same ones in every session where a seed is given, and in every run if `deterministic`;
    `overlapping` windows share their borders.
    """
    return _fractional(
        FractionalMaxPool, value, pooling_ratio, (seed, seed2), pseudo_random=pseudo_random,
        overlapping=overlapping, deterministic=deterministic, name=name,
    )  # fmt: skip


def fractional_avg_pool(
    value: Any,
    pooling_ratio: Any,
    pseudo_random: bool = False,
    overlapping: bool = False,
    deterministic: bool = False,
    seed: int = 0,
    seed2: int = 0,
    name: str | None = None,
) -> Any:
    """`fractional_max_pool` with means in place of maxima."""
    return _fractional(
        FractionalAvgPool, value, pooling_ratio, (seed, seed2), pseudo_random=pseudo_random,
        overlapping=overlapping, deterministic=deterministic, name=name,
    )  # fmt: skip
