"""Elements in other places: grids, masks of sequences, reversed sequences, blocks and patches."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import as_dtype
from ..core.graph import name_scope
from ..core.lazy_torch import F, torch, values_known
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import axis_in, merged_dim, product, rank_is
from ..core.static_value import constant_value
from ..core.types import INDEX, NUMBER, TypeSet
from .array import expand_dims, reshape, size
from .compare import less
from .constant import constant
from .filling import ones
from .math import Cast, maximum, multiply
from .ranges import Range
from .reduce import reduce_max
from .window import check_choice, same_padding


def meshgrid(*args: Any, **kwargs: Any) -> list[Tensor]:
    """The coordinates of the grid that vectors span: for each vector a tensor over the whole grid.

    Keywords: `indexing`, "xy" (the default: the first two dimensions of the result belong to the
    second and the first vector) or "ij"; `name`.

    >>> import scopeflow as tf
    >>> x, y = meshgrid([1, 2, 3], [4, 5])
    >>> with tf.Session() as session:
    ...     print(session.run(x))
    [[1 2 3]
     [1 2 3]]
    """
    indexing = kwargs.pop("indexing", "xy")
    name = kwargs.pop("name", "meshgrid")
    for key in kwargs:
        raise TypeError(f"'{key}' is an invalid keyword argument for this function")
    if indexing not in ("xy", "ij"):
        raise ValueError("indexing parameter must be either 'xy' or 'ij'")
    if not args:
        raise ValueError("tf.meshgrid needs at least one vector.")
    with name_scope(name, "meshgrid", args):
        count = len(args)
        spread = []
        for axis, x in enumerate(args):
            place = [-1 if i == axis else 1 for i in range(count)]
            spread.append(reshape(convert_to_tensor(x, name="stack"), place))
        sizes = [size(x) for x in args]
        dtype = convert_to_tensor(args[0]).dtype.base_dtype
        if indexing == "xy" and count > 1:
            rest = [1] * (count - 2)
            spread[0] = reshape(spread[0], [1, -1, *rest])
            spread[1] = reshape(spread[1], [-1, 1, *rest])
            sizes[0], sizes[1] = sizes[1], sizes[0]
        whole = ones(sizes, dtype)
        return [multiply(x, whole, name="mul") for x in spread]


def sequence_mask(
    lengths: Any, maxlen: Any = None, dtype: Any = dtypes.bool, name: str | None = None
) -> Tensor:
    """mask[..., j] = j < lengths[...], with j up to `maxlen` (the largest length).

    Of `dtype`: True or 1, where not False or 0. ValueError where `maxlen` is no scalar.
    """
    with name_scope(name, "SequenceMask", [lengths, maxlen]):
        lengths = convert_to_tensor(lengths)
        width = None
        if maxlen is None:
            known = constant_value(lengths)
            if known is not None and known.size:
                width = max(0, int(known.max()))
            largest = reduce_max(lengths)
            maxlen = maximum(constant(0, largest.dtype.base_dtype), largest)
        else:
            maxlen = convert_to_tensor(maxlen)
        if maxlen._dims not in ((), None):
            raise ValueError("maxlen must be scalar for sequence_mask")
        kind = maxlen.dtype.base_dtype
        places = Range(constant(0, kind), maxlen, constant(1, kind))
        mask = less(places, Cast(expand_dims(lengths, -1), kind))
        if width is not None:
            mask.set_shape([*lengths.shape, width])
        wanted = None if dtype is None else as_dtype(dtype)
        return mask if wanted in (None, dtypes.bool) else Cast(mask, wanted)


# Reversed sequences.


def _reversed_shape(input: Tensor, seq_lengths: Tensor, *, seq_dim: int, batch_dim: int) -> Dims:
    lengths = rank_is(seq_lengths, 1)
    dims = input._dims
    if dims is None:
        return None
    for label, axis in (("seq_dim", seq_dim), ("batch_dim", batch_dim)):
        if axis >= len(dims):
            raise ShapeError(f"{label} must be < input rank: {axis} vs. {len(dims)}")
        axis_in(axis, len(dims))
    assert lengths is not None
    size = merged_dim(dims[batch_dim], lengths[0])
    batch = batch_dim % len(dims)
    return (*dims[:batch], size, *dims[batch + 1 :])


@op("T, Tlen -> T", shape=_reversed_shape, Tlen=TypeSet(*INDEX.order, default=dtypes.int64))
def ReverseSequence(input, seq_lengths, *, seq_dim, batch_dim=0):
    """The first seq_lengths[b] slices along seq_dim reversed, for each b along batch_dim."""
    seq, batch = seq_dim % input.ndim, batch_dim % input.ndim
    if seq == batch:
        raise ValueError(f"batch_dim == seq_dim == {seq}")
    if seq_lengths.shape[0] != input.shape[batch]:
        raise ValueError(
            f"len(seq_lens) != input.dims({batch}), ({seq_lengths.shape[0]} vs. "
            f"{input.shape[batch]})"
        )
    count = input.shape[seq]
    if values_known(seq_lengths) and seq_lengths.numel():
        for wrong, what in (
            (seq_lengths < 0, "< 0"),
            (seq_lengths > count, f"> input.dims({seq})"),
        ):
            if wrong.any():
                raise ValueError(f"seq_lens({int(wrong.nonzero()[0])}) {what}")
    places = torch.arange(count, device=input.device)
    lengths = seq_lengths.long()[:, None]
    places = torch.where(places < lengths, lengths - 1 - places, places)
    if batch > seq:
        places = places.t()
    sizes = [1] * input.ndim
    sizes[seq], sizes[batch] = count, input.shape[batch]
    return input.gather(seq, places.reshape(sizes).expand(input.shape))


def reverse_sequence(
    input: Any,
    seq_lengths: Any,
    seq_axis: int | None = None,
    batch_axis: int | None = None,
    name: str | None = None,
    seq_dim: int | None = None,
    batch_dim: int | None = None,
) -> Tensor:
    """For each element b along `batch_axis` (0), its first seq_lengths[b] slices reversed.

    The slices are those along `seq_axis`; those behind seq_lengths[b] stay. `seq_dim` and
    `batch_dim` are the axes' old names.
    """
    for old, new, old_name, new_name in (
        (seq_dim, seq_axis, "seq_dim", "seq_axis"),
        (batch_dim, batch_axis, "batch_dim", "batch_axis"),
    ):
        if old is not None and new is not None:
            raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'")
    seq = seq_dim if seq_axis is None else seq_axis
    batch = batch_dim if batch_axis is None else batch_axis
    if seq is None:
        raise TypeError("Expected int for argument 'seq_dim' not None.")
    return ReverseSequence(input, seq_lengths, seq, 0 if batch is None else batch, name=name)


# Blocks: a square of positions and depth, one for the other.


def _divided(size: int | None, by: int) -> int | None:
    if size is not None and size % by:
        raise ShapeError(f"Dimension size must be evenly divisible by {by} but is {size}")
    return None if size is None else size // by


def _in_layout(data_format: str, rows: Any, columns: Any, depth: Any, batch: Any) -> tuple:
    if data_format == "NHWC":
        return batch, rows, columns, depth
    return batch, depth, rows, columns


def _block_dims(input: Tensor, data_format: str) -> tuple:
    """batch, rows, columns, depth."""
    dims = rank_is(input, 4)
    assert dims is not None
    if data_format == "NHWC":
        return dims
    return dims[0], dims[2], dims[3], dims[1]


def _to_depth_shape(input: Tensor, *, block_size: int, data_format: str) -> Dims:
    batch, rows, columns, depth = _block_dims(input, data_format)
    return _in_layout(
        data_format,
        _divided(rows, block_size),
        _divided(columns, block_size),
        product((depth, block_size * block_size)),
        batch,
    )


def _to_space_shape(input: Tensor, *, block_size: int, data_format: str) -> Dims:
    batch, rows, columns, depth = _block_dims(input, data_format)
    return _in_layout(
        data_format,
        product((rows, block_size)),
        product((columns, block_size)),
        _divided(depth, block_size * block_size),
        batch,
    )


def _check_divisible(sizes, by):
    for number in sizes:
        if number % by:
            raise ValueError(f"Dimension size {number} should be divisible by {by}")


@op("T -> T", shape=_to_depth_shape)
def SpaceToDepth(input, *, block_size, data_format="NHWC"):
    """Squares of block_size positions moved into the depth."""
    if data_format == "NHWC":
        batch, rows, columns, depth = input.shape
        _check_divisible((rows, columns), block_size)
        split = input.reshape(
            batch, rows // block_size, block_size, columns // block_size, block_size, depth
        )
        return split.permute(0, 1, 3, 2, 4, 5).reshape(
            batch, rows // block_size, columns // block_size, block_size * block_size * depth
        )
    batch, depth, rows, columns = input.shape
    _check_divisible((rows, columns), block_size)
    split = input.reshape(
        batch, depth, rows // block_size, block_size, columns // block_size, block_size
    )
    return split.permute(0, 3, 5, 1, 2, 4).reshape(
        batch, block_size * block_size * depth, rows // block_size, columns // block_size
    )


@op("T -> T", shape=_to_space_shape)
def DepthToSpace(input, *, block_size, data_format="NHWC"):
    """The depth laid out as squares of block_size positions."""
    if data_format == "NHWC":
        batch, rows, columns, depth = input.shape
        _check_divisible((depth,), block_size * block_size)
        rest = depth // (block_size * block_size)
        split = input.reshape(batch, rows, columns, block_size, block_size, rest)
        return split.permute(0, 1, 3, 2, 4, 5).reshape(
            batch, rows * block_size, columns * block_size, rest
        )
    batch, depth, rows, columns = input.shape
    _check_divisible((depth,), block_size * block_size)
    rest = depth // (block_size * block_size)
    split = input.reshape(batch, block_size, block_size, rest, rows, columns)
    return split.permute(0, 3, 4, 1, 5, 2).reshape(
        batch, rest, rows * block_size, columns * block_size
    )


def _check_blocks(op_type: str, block_size: int, data_format: str) -> None:
    if data_format == "NCHW_VECT_C":
        raise NotImplementedError(
            f"{op_type} with data_format='NCHW_VECT_C': the layout of quantized tensors, which "
            "torch does not have. Use NHWC or NCHW."
        )
    if data_format not in ("NHWC", "NCHW"):
        raise ValueError(
            f"Attr 'data_format' of '{op_type}' Op passed string {data_format!r} not in: "
            '"NHWC", "NCHW", "NCHW_VECT_C".'
        )
    if block_size < 2:
        raise ValueError(
            f"Attr 'block_size' of '{op_type}' Op passed {block_size} less than minimum 2."
        )


def space_to_depth(
    input: Any, block_size: int, name: str | None = None, data_format: str = "NHWC"
) -> Tensor:
    """Images with squares of `block_size` positions moved into the depth.

    [batch, rows, columns, depth] becomes [batch, rows / b, columns / b, b · b · depth].
    """
    _check_blocks("SpaceToDepth", block_size, data_format)
    return SpaceToDepth(input, block_size, data_format, name=name)


def depth_to_space(
    input: Any, block_size: int, name: str | None = None, data_format: str = "NHWC"
) -> Tensor:
    """Images with the depth laid out as squares of `block_size` positions.

    [batch, rows, columns, b · b · depth] becomes [batch, rows · b, columns · b, depth].
    """
    _check_blocks("DepthToSpace", block_size, data_format)
    return DepthToSpace(input, block_size, data_format, name=name)


# Patches.


def _patch_count(size: int | None, window: int, stride: int, padding: str) -> int | None:
    if size is None:
        return None
    return -(-size // stride) if padding == "SAME" else max(0, (size - window) // stride + 1)


def _patches_shape(
    images: Tensor, *, ksizes: tuple, strides: tuple, rates: tuple, padding: str
) -> Dims:
    check_choice("padding", padding, "SAME", "VALID")
    dims = rank_is(images, 4)
    assert dims is not None
    windows = [(k - 1) * r + 1 for k, r in zip(ksizes, rates, strict=True)]
    rows, columns = (_patch_count(dims[i], windows[i], strides[i], padding) for i in (1, 2))
    return dims[0], rows, columns, product((dims[3], ksizes[1] * ksizes[2]))


@op("T -> T", view=True, shape=_patches_shape, T=NUMBER)
def ExtractImagePatches(images, *, ksizes, strides, rates, padding):
    """The windows that slide over images, each laid out in the depth: row, column, channel."""
    batch, depth = images.shape[0], images.shape[3]
    windows = [(k - 1) * r + 1 for k, r in zip(ksizes, rates, strict=True)]
    counts = [_patch_count(images.shape[i], windows[i], strides[i], padding) for i in (1, 2)]
    inner = ksizes[1] * ksizes[2] * depth
    if 0 in counts or not images.numel():
        return images.new_zeros((batch, *counts, inner))
    if padding == "SAME":
        around = [same_padding(images.shape[i], windows[i], strides[i]) for i in (2, 1)]
        images = F.pad(images, (0, 0, *around[0], *around[1]))
    found = images.unfold(1, windows[1], strides[1])[..., :: rates[1]]
    found = found.unfold(2, windows[2], strides[2])[..., :: rates[2]]
    found = found[:, : counts[0], : counts[1]]
    return found.permute(0, 1, 2, 4, 5, 3).reshape(batch, *counts, inner)


def extract_image_patches(
    images: Any,
    ksizes: Any = None,
    strides: Any = None,
    rates: Any = None,
    padding: str | None = None,
    name: str | None = None,
    sizes: Any = None,
) -> Tensor:
    """The windows that slide over images [batch, rows, columns, depth], laid out in the depth.

    `ksizes`, `strides` and `rates` (the distance of a window's elements) are [1, rows, columns, 1].
    The result is [batch, windows down, windows across, ksize_rows · ksize_columns · depth]. `sizes`
    is another name of `ksizes`.
    """
    if sizes is not None and ksizes is not None:
        raise ValueError("Cannot specify both 'ksizes' and 'sizes'")
    return extract_patches(
        images, sizes if ksizes is None else ksizes, strides, rates, padding, name=name
    )


def extract_patches(
    images: Any, sizes: Any, strides: Any, rates: Any, padding: Any, name: str | None = None
) -> Tensor:
    """The windows that slide over images [batch, rows, columns, depth], laid out in the depth.

    See tf.extract_image_patches, whose `ksizes` are `sizes` here.
    """
    given = {"ksizes": sizes, "strides": strides, "rates": rates}
    for label, value in given.items():
        if not isinstance(value, list | tuple):
            raise TypeError(
                f"Expected list for '{label}' argument to 'extract_image_patches' Op, "
                f"not {value!r}."
            )
        if len(value) != 4:
            raise ValueError(
                f"Attr '{label}' of 'ExtractImagePatches' Op passed list of length {len(value)}: "
                "it has one number for each dimension, [1, rows, columns, 1]."
            )
        if value[0] != 1 or value[3] != 1:
            raise NotImplementedError(
                f"tf.extract_image_patches({label}={list(value)}): TensorFlow slides over rows and "
                "columns alone, the numbers for batch and depth are 1."
            )
    return ExtractImagePatches(
        images, tuple(sizes), tuple(strides), tuple(rates), padding, name=name
    )
