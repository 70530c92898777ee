"""Pooling: the largest element or the mean of every window of an image."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import as_dtype
from ..core.errors import UnimplementedError
from ..core.graph import name_scope
from ..core.lazy_torch import F, torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_is
from ..core.types import INDEX, REAL
from .array import _one_of, expand_dims, squeeze
from .conv import FLOATS
from .space_batch import dilated
from .window import (
    TO_NCHW,
    TO_NHWC,
    check_choice,
    per_dimension,
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


# Public functions.


def max_pool(
    value: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """The largest element of every window of `value` [batch, height, width, channels].

    `ksize` and `strides`: an int, two (space) or four ints. `padding` "VALID" keeps to whole
    windows, "SAME" gives ceil(size / stride) of them. `data_format` "NCHW" puts the channels
    second. The first of equal elements of a window gets the gradient. `input` is another name of
    `value`. Raises ValueError for shapes that do not fit.
    """
    value = _one_of("input", input, "value", value)
    return _pool2d(MaxPool, "MaxPool", value, ksize, strides, padding, data_format, name)


def avg_pool(
    value: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """The mean of every window of `value`, not counting padding; arguments as `tf.nn.max_pool`."""
    value = _one_of("input", input, "value", value)
    return _pool2d(AvgPool, "AvgPool", value, ksize, strides, padding, data_format, name)


avg_pool2d = avg_pool


def max_pool2d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    name: str | None = None,
) -> Tensor:
    """`tf.nn.max_pool` under its newer name."""
    return _pool2d(MaxPool, "MaxPool2d", input, ksize, strides, padding, data_format, name)


def _pool2d(
    function: Any,
    default: str,
    value: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None,
    name: str | None,
) -> Tensor:
    with name_scope(name, default, [value]) as scope:
        data_format = data_format or "NHWC"
        value = convert_to_tensor(value, name="input")
        return function(
            value,
            ksize=per_dimension(ksize, 2, data_format, "ksize"),
            padding=padding,
            strides=per_dimension(strides, 2, data_format, "strides"),
            data_format=data_format,
            name=scope,
        )


def max_pool3d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NDHWC",
    name: str | None = None,
) -> Tensor:
    """`tf.nn.max_pool` of [batch, depth, height, width, channels], or "NCDHW"."""
    return _pool3d(MaxPool3D, "MaxPool3D", input, ksize, strides, padding, data_format, name)


def avg_pool3d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NDHWC",
    name: str | None = None,
) -> Tensor:
    """`tf.nn.avg_pool` of [batch, depth, height, width, channels], or "NCDHW"."""
    return _pool3d(AvgPool3D, "AvgPool3D", input, ksize, strides, padding, data_format, name)


def _pool3d(
    function: Any,
    default: str,
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None,
    name: str | None,
) -> Tensor:
    with name_scope(name, default, [input]) as scope:
        data_format = data_format or "NDHWC"
        return function(
            input,
            ksize=per_dimension(ksize, 3, data_format, "ksize"),
            padding=padding,
            strides=per_dimension(strides, 3, data_format, "strides"),
            data_format=data_format,
            name=scope,
        )


def max_pool1d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NWC",
    name: str | None = None,
) -> Tensor:
    """`tf.nn.max_pool` of [batch, width, channels], or "NCW"."""
    return _pool1d(MaxPool, "MaxPool1d", input, ksize, strides, padding, data_format, name)


def avg_pool1d(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NWC",
    name: str | None = None,
) -> Tensor:
    """`tf.nn.avg_pool` of [batch, width, channels], or "NCW"."""
    return _pool1d(AvgPool, "AvgPool1D", input, ksize, strides, padding, data_format, name)


def _pool1d(
    function: Any,
    default: str,
    input: Any,
    ksize: Any,
    strides: Any,
    padding: Any,
    data_format: str | None,
    name: str | None,
) -> Tensor:
    with name_scope(name, default, [input]) as scope:
        data_format = data_format or "NWC"
        if data_format not in ("NWC", "NCW"):
            raise ValueError(f'data_format must be "NWC" or "NCW", not {data_format!r}')
        at = 1 if data_format == "NWC" else 2
        sizes = [
            per_dimension(v, 1, data_format, n) for v, n in ((ksize, "ksize"), (strides, "strides"))
        ]
        window, step = ([*each[:at], 1, *each[at:]] for each in sizes)
        found = function(
            expand_dims(input, at),
            ksize=window,
            strides=step,
            padding=padding,
            data_format="NHWC" if at == 1 else "NCHW",
            name=scope,
        )
        return squeeze(found, [at])


def max_pool_v2(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = None,
    name: str | None = None,
) -> Tensor:
    """`tf.nn.max_pool1d`, `max_pool2d` or `max_pool3d`, by the rank of `input`."""
    if _space(input, data_format) == 2:
        return _pool2d(MaxPool, "MaxPool", input, ksize, strides, padding, data_format, name)
    function = max_pool1d if _space(input, data_format) == 1 else max_pool3d
    return function(input, ksize, strides, padding, data_format or "", name)


def avg_pool_v2(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str | None = None,
    name: str | None = None,
) -> Tensor:
    """`tf.nn.avg_pool1d`, `avg_pool2d` or `avg_pool3d`, by the rank of `input`."""
    if _space(input, data_format) == 2:
        return _pool2d(AvgPool, "AvgPool", input, ksize, strides, padding, data_format, name)
    function = avg_pool1d if _space(input, data_format) == 1 else avg_pool3d
    return function(input, ksize, strides, padding, data_format or "", name)


def _space(input: Any, data_format: str | None) -> int:
    """The number of spatial dimensions."""
    rank = None
    if data_format is not None:
        rank = len(data_format)
    else:
        dims = convert_to_tensor(input)._dims
        rank = None if dims is None else len(dims)
    if rank not in (3, 4, 5):
        raise ValueError(
            "Input tensor must be of rank 3, 4 or 5 but was "
            f"{'of unknown rank' if rank is None else rank}."
        )
    return rank - 2


def max_pool_with_argmax(
    input: Any,
    ksize: Any,
    strides: Any,
    padding: str,
    data_format: str = "NHWC",
    Targmax: Any = None,
    name: str | None = None,
    output_dtype: Any = None,
    include_batch_in_index: bool = False,
) -> tuple[Tensor, Tensor]:
    """(the largest elements as `tf.nn.max_pool`, their places in the flattened image).

    A place is (y · width + x) · channels + c, in `Targmax` (`output_dtype`; default tf.int64), and
    b · height · width · channels more where `include_batch_in_index`. Only "NHWC".
    """
    if data_format != "NHWC":
        raise ValueError("Data formats other than 'NHWC' are not yet supported")
    wanted = as_dtype(_one_of("output_dtype", output_dtype, "Targmax", Targmax) or dtypes.int64)
    return MaxPoolWithArgmax(
        input,
        ksize=list(ksize),
        strides=list(strides),
        Targmax=wanted,
        padding=padding,
        include_batch_in_index=include_batch_in_index,
        name=name,
    )


def pool(
    input: Any,
    window_shape: Any,
    pooling_type: str,
    padding: str,
    dilation_rate: Any = None,
    strides: Any = None,
    name: str | None = None,
    data_format: str | None = None,
    dilations: Any = None,
) -> Tensor:
    """ "MAX" or "AVG" pooling in as many dimensions as `window_shape` has elements.

    `strides` and `dilation_rate` (other name: `dilations`) have one element for each; only one of
    them may be above 1, dilation only with "VALID". `data_format` "NC..." puts channels second.
    """
    rate = _one_of("dilations", dilations, "dilation_rate", dilation_rate)
    with name_scope(name, f"{pooling_type.lower()}_pool", [input]) as scope:
        input = convert_to_tensor(input, name="input")
        space = len(window_shape)
        if input._dims is not None and len(input._dims) != space + 2:
            raise ValueError(
                f"input has {len(input._dims)} dimensions, window_shape {space}: there must be "
                "two more"
            )
        if not 1 <= space <= 3:
            raise ValueError("Input tensor must have 1, 2 or 3 spatial dimensions")
        strides = [1] * space if strides is None else [int(s) for s in strides]
        rate = [1] * space if rate is None else [int(r) for r in rate]
        if max(rate) > 1 and max(strides) > 1:
            raise ValueError("strides > 1 not supported in conjunction with dilation_rate > 1")
        if padding == "SAME" and max(rate) > 1:
            raise ValueError("pooling with SAME padding is not implemented for dilation_rate > 1")
        kinds = {"MAX": (max_pool1d, MaxPool, MaxPool3D), "AVG": (avg_pool1d, AvgPool, AvgPool3D)}
        if pooling_type not in kinds:
            raise ValueError(f"{space}-D {pooling_type} pooling is not supported.")
        function = kinds[pooling_type][space - 1]
        first = data_format is not None and data_format.startswith("NC")
        chosen = (("NWC", "NCW"), ("NHWC", "NCHW"), ("NDHWC", "NCDHW"))[space - 1][first]

        def build(data: Tensor, padding: Any) -> Tensor:
            return function(
                data,
                ksize=per_dimension(window_shape, space, chosen, "window_shape"),
                strides=per_dimension(strides, space, chosen, "strides"),
                padding=padding,
                data_format=chosen,
                name=scope,
            )

        axes = range(2, space + 2) if first else range(1, space + 1)
        return dilated(input, rate, padding, build, axes=tuple(axes))
