"""Pooling: the largest element or the mean of every window of an image."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.errors import UnimplementedError
from ..core.lazy_torch import F, torch
from ..core.op import ShapeError, op
from ..core.operation import Dims
from ..core.shape_rules import rank_is
from ..core.types import INDEX, REAL
from .conv import FLOATS
from .window import (
    TO_NCHW,
    TO_NHWC,
    check_choice,
    same_padding,
    spatial,
    window_size,
)


def _pool_shape(value, *, ksize, strides, padding, data_format) -> Dims:
    rank = len(ksize)
    formats = ("NHWC", "NCHW") if rank == 4 else ("NDHWC", "NCDHW")
    check_choice("data_format", data_format, *formats)
    check_choice("padding", padding, "SAME", "VALID")
    if rank not in (4, 5) or len(strides) != rank:
        raise ShapeError(f"ksize and strides must have 4 elements, not {rank} and {len(strides)}")
    dims = rank_is(value, rank)
    assert dims is not None
    sizes = zip(dims[1:], ksize[1:], strides[1:], strict=True)
    return (dims[0], *(window_size(*each, padding) for each in sizes))


def _pooled(function, x, ksize, strides, padding, data_format):
    """`function(x, window, stride, padding, ceil_mode)` of torch with TensorFlow's padding.

    Where SAME has an odd row of padding it is at the end. torch has it there too when it is told
    to round the number of windows up, and with stride 1 one window more at the begin is dropped.
    """
    last = data_format[-1] == "C"
    rank = x.dim()
    if ksize[0] != 1 or strides[0] != 1:
        raise UnimplementedError(None, None, "Pooling is not yet supported on the batch dimension.")
    if last:
        x = x.permute(TO_NCHW[rank])
    window, step = (ksize[1:-1], strides[1:-1]) if last else (ksize[2:], strides[2:])
    edges: Any = 0
    odd, first = False, []
    if padding == "SAME":
        edges = []
        for size, width, stride in zip(x.shape[2:], window, step):
            before, after = same_padding(size, width, stride)
            if before != after:
                if stride == 1:
                    first.append(len(edges) + 2)
                    before = after
                else:
                    odd = True
            edges.append(before)
    y = function(x, window, step, edges, odd)
    if isinstance(y, tuple):
        return tuple(_placed(part, first, last, rank) for part in y)
    return _placed(y, first, last, rank)


def _placed(y, first, last, rank):
    for axis in first:
        y = y.narrow(axis, 1, y.shape[axis] - 1)
    return y.permute(TO_NHWC[rank]) if last else y


def _depth(x, ksize, strides, data_format):
    """Whether the window is one of channels; the errors are TensorFlow's limits."""
    channel = -1 if data_format[-1] == "C" else 1
    size, step = ksize[channel], strides[channel]
    if size == step == 1:
        return False
    if any(k != 1 for k in ksize[spatial(data_format, len(ksize))]):
        raise UnimplementedError(
            None,
            None,
            "MaxPooling supports exactly one of pooling across depth or pooling across "
            "width/height.",
        )
    if x.shape[channel] % size:
        raise UnimplementedError(
            None,
            None,
            "Depthwise max pooling requires the depth window to evenly divide the input depth",
        )
    if size != step:
        raise UnimplementedError(
            None,
            None,
            "Depthwise max pooling requires the depth window to equal the depth stride",
        )
    return True


def _largest(function):
    """torch's max pooling, also for the integers that it lacks."""

    def pool(x, window, step, edges, odd):
        if x.is_floating_point():
            return function(x, window, step, edges, 1, odd)
        return function(x.double(), window, step, edges, 1, odd).to(x.dtype)

    return pool


@op("T -> T", shape=lambda input, **attrs: _pool_shape(input, **attrs), T=REAL)
def MaxPool(input, *, ksize, strides, padding, data_format="NHWC"):
    """The largest element of every window of an image (or of channels)."""
    if _depth(input, ksize, strides, data_format):
        axis = -1 if data_format[-1] == "C" else 1
        return input.unflatten(axis, (-1, ksize[axis])).max(axis if axis < 0 else 2).values
    return _pooled(_largest(F.max_pool2d), input, ksize, strides, padding, data_format)


@op("T -> T", shape=lambda input, **attrs: _pool_shape(input, **attrs), T=FLOATS)
def MaxPool3D(input, *, ksize, strides, padding, data_format="NDHWC"):
    """The largest element of every three-dimensional window."""
    return _pooled(_largest(F.max_pool3d), input, ksize, strides, padding, data_format)


def _mean(function):
    def pool(x, window, step, edges, odd):
        sizes = x.shape[2:]
        if not edges or all(k <= n for k, n in zip(window, sizes, strict=True)):
            if x.is_cuda and edges and any(edges):
                # torch 2.11's gradient is wrong where channels are last in memory.
                x = x.clone(memory_format=torch.contiguous_format)
            return function(x, window, step, edges, odd, False)
        # torch refuses a window that is larger than the image: pad it with zeros, and
        # divide by the number of elements that are no padding.
        flat = []
        for k, n, s, before in reversed(list(zip(window, sizes, step, edges, strict=True))):
            flat += [before, max((-(-n // s) - 1) * s + k - n, 0) - before]
        inside = F.pad(torch.ones_like(x), flat)
        total, count = (
            function(part, window, step, divisor_override=1) for part in (F.pad(x, flat), inside)
        )
        return total / count

    return pool


@op("T -> T", shape=lambda value, **attrs: _pool_shape(value, **attrs), T=FLOATS)
def AvgPool(value, *, ksize, strides, padding, data_format="NHWC"):
    """The mean of every window of an image; padding does not count."""
    if ksize[-1 if data_format[-1] == "C" else 1] != 1:
        raise UnimplementedError(None, None, "Non-spatial pooling is not yet supported.")
    return _pooled(_mean(F.avg_pool2d), value, ksize, strides, padding, data_format)


@op("T -> T", shape=lambda input, **attrs: _pool_shape(input, **attrs), T=FLOATS)
def AvgPool3D(input, *, ksize, strides, padding, data_format="NDHWC"):
    """The mean of every three-dimensional window; padding does not count."""
    return _pooled(_mean(F.avg_pool3d), input, ksize, strides, padding, data_format)


def _argmax_shape(input, *, ksize, strides, padding) -> list[Dims]:
    dims = _pool_shape(input, ksize=ksize, strides=strides, padding=padding, data_format="NHWC")
    return [dims, dims]


@op("T -> T, Targmax", shape=_argmax_shape, T=REAL, Targmax=INDEX)
def MaxPoolWithArgmax(
    input, *, ksize, strides, Targmax=dtypes.int64, padding, include_batch_in_index=False
):
    """The largest elements of an image's windows and their places ((y · width + x) · depth + c)."""
    batch, height, width, depth = input.shape

    def pool(x, window, step, edges, odd):
        return F.max_pool2d(x, window, step, edges, 1, odd, return_indices=True)

    values, places = _pooled(pool, input, ksize, strides, padding, "NHWC")
    places = places * depth + torch.arange(depth, device=input.device)
    if include_batch_in_index:
        rows = torch.arange(batch, device=input.device).view(-1, 1, 1, 1)
        places = places + rows * (height * width * depth)
    return values, places.to(Targmax)
