"""Convolutions. The filters are [height, width, in, out], the images NHWC or NCHW.

An NHWC image is handed to torch as a permuted view, which torch recognizes as its channels_last.
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.lazy_torch import F, torch
from ..core.op import ShapeError, op
from ..core.operation import Dims
from ..core.shape_rules import merged_dim, rank_is
from ..core.static_value import dims_from
from ..core.types import INDEX, NUMBER, TypeSet
from .window import TO_NCHW, TO_NHWC, check_choice, same_padding, spatial, window_size

FLOATS = TypeSet(dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64)


def _only_space(strides, dilations, last):
    """torch's strides and dilations; TensorFlow knows none along batch and channels either."""
    depth = -1 if last else 1
    if strides[0] != 1 or strides[depth] != 1 or dilations[0] != 1 or dilations[depth] != 1:
        raise ValueError(
            "Current implementation does not yet support strides or dilations in the batch and "
            "depth dimensions."
        )
    return (strides[1:-1], dilations[1:-1]) if last else (strides[2:], dilations[2:])


def _groups(depth, filter_depth):
    if depth == filter_depth:
        return 1
    if not filter_depth or depth % filter_depth:
        raise ValueError(
            f"input depth must be evenly divisible by filter depth: {depth} vs {filter_depth}"
        )
    return depth // filter_depth


def _convolved(
    function, x, weight, strides, padding, explicit, data_format, dilations, groups=0, bias=None
):
    """`function` (torch's convolution) of `x` in its own layout and a weight in torch's."""
    last = data_format[-1] == "C"
    strides, dilations = _only_space(strides, dilations, last)
    if last:
        x = x.permute(TO_NCHW[x.dim()])
    edges: Any = 0
    if padding == "SAME":
        edges = []
        odd: list[Any] = []
        for size, window, stride, dilation in zip(
            x.shape[2:], weight.shape[2:], strides, dilations
        ):
            before, after = same_padding(size, (window - 1) * dilation + 1, stride)
            edges.append(before)
            odd = [0, after - before, *odd]
        if any(odd):
            x = F.pad(x, odd)
    elif padding == "EXPLICIT":
        x, edges = F.pad(x, _flat(explicit, last)), 0
    if max(weight.shape[2:]) == 1 and max(strides) > 1:
        # Of such a convolution oneDNN's gradient writes beyond its memory (torch 2.13, AVX2,
        # channels_last, a number of channels that is no multiple of 8). It skips pixels: so do we.
        x = x[(slice(None), slice(None), *(slice(None, None, stride) for stride in strides))]
        strides = [1] * len(strides)
    groups = groups or _groups(x.shape[1], weight.shape[1])
    y = function(x, weight, bias, strides, edges, dilations, groups)
    return y.permute(TO_NHWC[y.dim()]) if last else y


def _flat(explicit, last):
    """Explicit paddings of space as torch's pad takes them: the last dimension first."""
    explicit = explicit[2:-2] if last else explicit[4:]
    return [edge for i in range(len(explicit) - 2, -2, -2) for edge in explicit[i : i + 2]]


def _transposed(
    function, sizes, weight, y, strides, padding, explicit, data_format, dilations, groups
):
    """The gradient of a convolution with respect to its input, which has `sizes`."""
    rank = y.dim()
    last = data_format[-1] == "C"
    strides, dilations = _only_space(strides, dilations, last)
    if last:
        y = y.permute(TO_NCHW[rank])
    wanted = sizes[spatial(data_format, rank)]
    windows = [(size - 1) * d + 1 for size, d in zip(weight.shape[2:], dilations)]
    pads = [(0, 0)] * len(wanted)
    if padding == "SAME":
        pads = [same_padding(*each) for each in zip(wanted, windows, strides)]
    elif padding == "EXPLICIT":
        flat = _flat(explicit, last)
        pads = [(flat[i], flat[i + 1]) for i in range(len(flat) - 2, -2, -2)]
    least, extra, starts = [], [], []
    for i, (before, after) in enumerate(pads):
        rows = (wanted[i] + before + after - windows[i]) // strides[i] + 1
        if rows != y.shape[i + 2]:
            raise ValueError(
                f"Size of out_backprop doesn't match computed: actual = {y.shape[i + 2]}, "
                f"computed = {rows} spatial_dim: {i} input: {wanted[i]} "
                f"filter: {weight.shape[i + 2]} output: {y.shape[i + 2]} stride: {strides[i]} "
                f"dilation: {dilations[i]}"
            )
        cut = min(before, after)
        length = (rows - 1) * strides[i] + windows[i] - 2 * cut
        least.append(cut)
        starts.append(before - cut)
        extra.append(max(0, before - cut + wanted[i] - length))
    if sizes[0] != y.shape[0] or y.shape[1] != weight.shape[0]:
        raise ValueError(
            f"the output of a convolution to sizes {list(sizes)} has batch {sizes[0]} and depth "
            f"{weight.shape[0]}, but out_backprop has {y.shape[0]} and {y.shape[1]}"
        )
    x = function(y, weight, None, strides, least, extra, groups, dilations)
    for i, start in enumerate(starts):
        if x.shape[i + 2] != wanted[i]:
            x = x.narrow(i + 2, start, wanted[i])
    return x.permute(TO_NHWC[rank]) if last else x


# Static shapes.


def _conv_shape(
    input, filter, *, strides, padding, data_format, dilations, explicit_paddings=()
) -> Dims:
    rank = len(strides) if len(strides) > 3 else 4
    formats = ("NHWC", "NCHW") if rank == 4 else ("NDHWC", "NCDHW")
    check_choice("data_format", data_format, *formats)
    check_choice("padding", padding, "SAME", "VALID", *(["EXPLICIT"] if rank == 4 else []))
    if len(strides) != rank or len(dilations) != rank:
        raise ShapeError(f"strides and dilations must have {rank} elements")
    x, w = rank_is(input, rank), rank_is(filter, rank)
    assert x is not None and w is not None
    channel = rank - 1 if data_format[-1] == "C" else 1
    depth, filter_depth, out = x[channel], w[-2], w[-1]
    if depth is not None and filter_depth:
        if depth % filter_depth:
            raise ShapeError(
                f"Depth of input ({depth}) is not a multiple of input depth of filter "
                f"({filter_depth})"
            )
        if out is not None and out % (depth // filter_depth):
            raise ShapeError(
                f"Depth of output ({out}) is not a multiple of the number of groups "
                f"({depth // filter_depth})"
            )
    found = list(x)
    found[channel] = out
    _fill_space(found, x, w, strides, padding, data_format, dilations, explicit_paddings)
    return tuple(found)


def _fill_space(found, x, w, strides, padding, data_format, dilations, explicit=()) -> None:
    edges = list(zip(explicit[::2], explicit[1::2], strict=True)) or [(0, 0)] * len(x)
    space = spatial(data_format, len(x))
    if any(edge < 0 for pair in edges for edge in pair):
        raise ShapeError("All elements of explicit_paddings must be nonnegative")
    for i, axis in enumerate(range(space.start, space.stop)):
        window = None if w[i] is None else (w[i] - 1) * dilations[axis] + 1
        found[axis] = window_size(x[axis], window, strides[axis], padding, *edges[axis])
        edges[axis] = (0, 0)
    if any(edge for pair in edges for edge in pair):
        raise ShapeError(
            "Nonzero explicit padding in the batch or depth dimensions is not supported"
        )


def _depthwise_shape(input, filter, *, strides, padding, data_format, dilations) -> Dims:
    check_choice("data_format", data_format, "NHWC", "NCHW")
    check_choice("padding", padding, "SAME", "VALID")
    x, w = rank_is(input, 4), rank_is(filter, 4)
    assert x is not None and w is not None
    channel = 3 if data_format == "NHWC" else 1
    depth = merged_dim(x[channel], w[2])
    found = list(x)
    found[channel] = None if depth is None or w[3] is None else depth * w[3]
    _fill_space(found, x, w, strides, padding, data_format, dilations)
    return tuple(found)


def _sizes_shape(input_sizes, filter, out_backprop, *, strides, padding, data_format) -> Dims:
    rank = len(strides)
    check_choice("padding", padding, "SAME", "VALID", *(["EXPLICIT"] if rank == 4 else []))
    found = dims_from(input_sizes)
    if found is not None and len(found) != rank:
        raise ShapeError(f"Shape must be rank {rank} but is rank {len(found)}")
    rank_is(filter, rank)
    rank_is(out_backprop, rank)
    return (None,) * rank if found is None else found


# The ops.


@op("T, T -> T", attrs={"use_cudnn_on_gpu": True}, shape=_conv_shape, T=FLOATS)
def Conv2D(
    input,
    filter,
    *,
    strides,
    padding,
    explicit_paddings=(),
    data_format="NHWC",
    dilations=(1, 1, 1, 1),
):
    """The products of a filter with every window of an image, summed over window and channels."""
    return convolved_2d(
        input, filter, None, strides, padding, explicit_paddings, data_format, dilations
    )


def _weight(filter: Any) -> Any:
    """The filter in torch's order; copied where torch has no gradient of a filter laid out so."""
    weight = filter.permute(3, 2, 0, 1)
    narrow = weight.shape[0] == 1 and weight.dtype is torch.float64
    return weight.contiguous() if narrow else weight


def convolved_2d(
    input,
    filter,
    bias,
    strides,
    padding,
    explicit_paddings=(),
    data_format="NHWC",
    dilations=(1, 1, 1, 1),
):
    """Conv2D, with a bias for each output channel unless it is None."""
    if (
        filter.shape[:2] == (1, 1)
        and data_format == "NHWC"
        and not explicit_paddings
        and input.device.type == "cpu"
        and input.shape[3] == filter.shape[2]
    ):
        (rows, columns), _ = _only_space(strides, dilations, True)
        if rows > 1 or columns > 1:
            input = input[:, ::rows, ::columns]
        # Several times faster than torch's convolution.
        return F.linear(input, filter[0, 0].t(), bias)
    return _convolved(
        F.conv2d,
        input,
        _weight(filter),
        strides,
        padding,
        explicit_paddings,
        data_format,
        dilations,
        bias=bias,
    )


@op("T, T -> T", shape=_depthwise_shape, T=FLOATS)
def DepthwiseConv2dNative(
    input, filter, *, strides, padding, data_format="NHWC", dilations=(1, 1, 1, 1)
):
    """A convolution of each channel c on its own, with filter[:, :, c, :]."""
    height, width, depth, multiplier = filter.shape
    if input.shape[-1 if data_format[-1] == "C" else 1] != depth:
        raise ValueError(f"input and filter must have the same depth: {input.shape} vs {depth}")
    weight = filter.permute(2, 3, 0, 1).reshape(depth * multiplier, 1, height, width)
    return _convolved(
        F.conv2d, input, weight, strides, padding, (), data_format, dilations, groups=depth
    )


@op("T, T -> T", shape=_conv_shape, T=FLOATS)
def Conv3D(input, filter, *, strides, padding, data_format="NDHWC", dilations=(1, 1, 1, 1, 1)):
    """A convolution in three dimensions."""
    return _convolved(
        F.conv3d, input, filter.permute(4, 3, 0, 1, 2), strides, padding, (), data_format, dilations
    )


@op("host int32, T, T -> T", attrs={"use_cudnn_on_gpu": True}, shape=_sizes_shape, T=FLOATS)
def Conv2DBackpropInput(
    input_sizes,
    filter,
    out_backprop,
    *,
    strides,
    padding,
    explicit_paddings=(),
    data_format="NHWC",
    dilations=(1, 1, 1, 1),
):
    """The gradient of Conv2D with respect to an input of shape `input_sizes`."""
    depth = input_sizes[-1 if data_format[-1] == "C" else 1]
    return _transposed(
        F.conv_transpose2d,
        input_sizes,
        _weight(filter),
        out_backprop,
        strides,
        padding,
        explicit_paddings,
        data_format,
        dilations,
        _groups(depth, filter.shape[2]),
    )


@op("host Tshape, T, T -> T", shape=_sizes_shape, T=FLOATS, Tshape=INDEX)
def Conv3DBackpropInputV2(
    input_sizes,
    filter,
    out_backprop,
    *,
    strides,
    padding,
    data_format="NDHWC",
    dilations=(1, 1, 1, 1, 1),
):
    """The gradient of Conv3D with respect to an input of shape `input_sizes`."""
    depth = input_sizes[-1 if data_format[-1] == "C" else 1]
    return _transposed(
        F.conv_transpose3d,
        input_sizes,
        filter.permute(4, 3, 0, 1, 2),
        out_backprop,
        strides,
        padding,
        (),
        data_format,
        dilations,
        _groups(depth, filter.shape[3]),
    )


def _bias_shape(value, bias, *, data_format) -> Dims:
    check_choice("data_format", data_format, "NHWC", "NCHW")
    (length,) = rank_is(bias, 1)  # type: ignore[misc]
    dims = value._dims
    least = 2 if data_format == "NHWC" else 3
    if dims is None:
        return None
    if len(dims) < least:
        raise ShapeError(f"Shape must be at least rank {least} but is rank {len(dims)}")
    axis = len(dims) - 1 if data_format == "NHWC" else 1
    return (*dims[:axis], merged_dim(dims[axis], length), *dims[axis + 1 :])


@op("T, T -> T", shape=_bias_shape, T=NUMBER)
def BiasAdd(value, bias, *, data_format="NHWC"):
    """A vector added along the channels."""
    axis = -1 if data_format == "NHWC" else 1
    if bias.shape[0] != value.shape[axis]:
        raise ValueError(
            f"Must provide as many biases as the channel dimension of the input tensor: "
            f"{list(bias.shape)} vs. {value.shape[axis]} in {list(value.shape)}"
        )
    if axis == 1:
        bias = bias.reshape(-1, *(1,) * (value.dim() - 2))
    return value + bias
