"""Blocks of space moved into the batch and back, and dilated windows made of these."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import F
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_is
from ..core.static_value import constant_value, static_value
from ..core.types import INDEX
from .array import shape
from .constant import constant
from .joining import concat, stack

# The two ops.


def _moved_shape(tensor: Tensor, block_shape: Tensor, pairs: Tensor, crop: bool) -> Dims:
    block = static_value(block_shape)
    edges = static_value(pairs)
    dims = tensor._dims
    if block is None or None in block:
        if dims is None:
            return None
        (count,) = rank_is(block_shape, 1)  # type: ignore[misc]
        if count is None:
            return (None,) * len(dims)
        return ((None,) * (count + 1) + dims[count + 1 :])[: len(dims)]
    if any(size < 1 for size in block):
        raise ShapeError("block_shape must be positive")
    if dims is None:
        return None
    if len(dims) <= len(block):
        raise ShapeError(f"Shape must be at least rank {len(block) + 1} but is rank {len(dims)}")
    if edges is not None and len(edges) != len(block):
        raise ShapeError(f"paddings or crops have {len(edges)} rows for {len(block)} dimensions")
    if any(edge is not None and edge < 0 for pair in edges or () for edge in pair or ()):
        raise ShapeError("paddings and crops cannot be negative")
    area = math.prod(block)
    batch = dims[0]
    if crop and batch is not None and batch % area:
        raise ShapeError(f"Dimension size must be evenly divisible by {area} but is {batch}")
    if batch is not None:
        batch = batch // area if crop else batch * area
    found: list[int | None] = [batch]
    for i, size in enumerate(block):
        length, edge = dims[i + 1], (edges[i] if edges else None) or (None, None)
        if length is None or None in edge:
            found.append(None)
        elif crop:
            if length * size < sum(edge):
                raise ShapeError(f"cropped_shape[{i}]={length * size - sum(edge)} is negative")
            found.append(length * size - sum(edge))
        else:
            if (length + sum(edge)) % size:
                raise ShapeError(
                    f"Dimension size must be evenly divisible by {size} but is {length + sum(edge)}"
                )
            found.append((length + sum(edge)) // size)
    return (*found, *dims[len(block) + 1 :])


@op(
    "T, host Tblock_shape, host Tpaddings -> T",
    view=True,
    Tblock_shape=INDEX,
    Tpaddings=INDEX,
    shape=lambda input, block_shape, paddings: _moved_shape(input, block_shape, paddings, False),
)
def SpaceToBatchND(input, block_shape, paddings):
    """Pads with zeros, then moves each place of the blocks to a batch of its own."""
    count, rest = len(block_shape), input.dim() - len(block_shape) - 1
    edges = [edge for pair in reversed(paddings) for edge in pair]
    if any(edges):
        input = F.pad(input, [0, 0] * rest + edges)
    sizes = [input.shape[0]]
    for i, block in enumerate(block_shape):
        if input.shape[i + 1] % block:
            raise ValueError(
                f"padded_shape[{i}]={input.shape[i + 1]} is not divisible by "
                f"block_shape[{i}]={block}"
            )
        sizes += [input.shape[i + 1] // block, block]
    sizes += input.shape[count + 1 :]
    blocks, places = range(2, 2 * count + 1, 2), range(1, 2 * count, 2)
    order = [*blocks, 0, *places, *range(2 * count + 1, len(sizes))]
    moved = input.reshape(sizes).permute(order)
    return moved.reshape(
        -1 if input.numel() else sizes[0] * math.prod(block_shape),
        *(sizes[i] for i in order[count + 1 :]),
    )


@op(
    "T, host Tblock_shape, host Tcrops -> T",
    view=True,
    Tblock_shape=INDEX,
    Tcrops=INDEX,
    shape=lambda input, block_shape, crops: _moved_shape(input, block_shape, crops, True),
)
def BatchToSpaceND(input, block_shape, crops):
    """Undoes SpaceToBatchND, then crops."""
    count = len(block_shape)
    batch, area = input.shape[0], math.prod(block_shape)
    if batch % area:
        raise ValueError(
            f"Input batch dimension ({batch}) is not divisible by product of block sizes ({area})"
        )
    sizes = [*block_shape, batch // area, *input.shape[1:]]
    order = [count]
    for i in range(count):
        order += [count + 1 + i, i]
    order += range(2 * count + 1, len(sizes))
    joined = [batch // area, *(n * b for n, b in zip(input.shape[1:], block_shape, strict=False))]
    found = input.reshape(sizes).permute(order).reshape(*joined, *input.shape[count + 1 :])
    for i, (before, after) in enumerate(crops):
        if before or after:
            found = found.narrow(i + 1, before, joined[i + 1] - before - after)
    return found if found.is_contiguous() else found.contiguous()


def space_to_batch_nd(
    input: Any, block_shape: Any, paddings: Any, name: str | None = None
) -> Tensor:
    """Pads the dimensions behind the batch with zeros and divides them into blocks.

    `block_shape` [M] and `paddings` [M, 2] speak of dimensions 1 … M. The result has
    batch · prod(block_shape) elements of the padded size / `block_shape`: ValueError where that
    does not divide.
    """
    return SpaceToBatchND(input, block_shape, paddings, name=name)


def batch_to_space_nd(input: Any, block_shape: Any, crops: Any, name: str | None = None) -> Tensor:
    """Undoes `tf.space_to_batch_nd`; `crops` [M, 2] are cut off at the end."""
    return BatchToSpaceND(input, block_shape, crops, name=name)


def required_space_to_batch_paddings(
    input_shape: Any, block_shape: Any, base_paddings: Any = None, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """(paddings, crops) with which sizes `input_shape` [M] divide by `block_shape` [M].

    `base_paddings` [M, 2] (default 0) are added in any case and not cropped again; what is
    missing to a multiple of the block is added at the end of each dimension.
    """
    with name_scope(
        name, "required_space_to_batch_paddings", [input_shape, block_shape, base_paddings]
    ):
        input_shape = convert_to_tensor(input_shape, dtypes.int32, name="input_shape")
        block_shape = convert_to_tensor(block_shape, dtypes.int32, name="block_shape")
        if base_paddings is not None:
            base_paddings = convert_to_tensor(base_paddings, dtypes.int32, name="base_paddings")
        else:
            count = block_shape.shape.num_elements()
            base_paddings = constant(np.zeros([count, 2], np.int32), name="base_paddings")
        known = [constant_value(t) for t in (input_shape, block_shape, base_paddings)]
        if all(value is not None for value in known):
            sizes, block, base = known
            start, end = base[:, 0], base[:, 1]  # type: ignore[index]
            extra = (block - (sizes + start + end) % block) % block
            paddings = np.stack([start, end + extra], 1).astype(np.int32)
            crops = np.stack([np.zeros_like(extra), extra], 1).astype(np.int32)
            return constant(paddings, name="paddings"), constant(crops, name="crops")
        base = constant_value(base_paddings)
        if base is None:
            raise NotImplementedError(
                "tf.required_space_to_batch_paddings needs base_paddings that are known when the "
                "graph is built: pass a list or an array"
            )
        start, base_end = constant(base[:, 0]), constant(base[:, 1])
        extra = (block_shape - (input_shape + start + base_end) % block_shape) % block_shape
        end = base_end + extra
        count = block_shape.shape.num_elements()
        return (
            stack([[start[i], end[i]] for i in range(count)], name="paddings"),
            stack([[0, extra[i]] for i in range(count)], name="crops"),
        )


# Dilation: the undilated op on every `rate`-th element.


def space_to_batch(
    input: Any,
    paddings: Any,
    block_size: Any = None,
    name: str | None = None,
    block_shape: Any = None,
) -> Tensor:
    """`space_to_batch_nd` of images with square blocks of side `block_size`."""
    return space_to_batch_nd(input, _block(block_size, block_shape), paddings, name)


def batch_to_space(
    input: Any, crops: Any, block_size: Any, name: str | None = None, block_shape: Any = None
) -> Tensor:
    """`batch_to_space_nd` of images with square blocks of side `block_size`."""
    return batch_to_space_nd(input, _block(block_size, block_shape), crops, name)


def _block(block_size: Any, block_shape: Any) -> Any:
    if block_size is None:
        return block_shape
    return np.array([block_size, block_size], np.int32 if np.ndim(block_size) == 0 else None)


def dilated(
    input: Tensor,
    rate: Any,
    padding: Any,
    build: Callable[[Tensor, str], Tensor],
    filter_shape: Any = None,
    axes: Sequence[int] = (1, 2),
) -> Tensor:
    """`build(tensor, padding)` as if its windows were dilated by `rate` along `axes`.

    `filter_shape` (a function that gives the filter's shape as a tensor) is needed for SAME.
    """
    rate = convert_to_tensor(rate, dtypes.int32, name="dilation_rate")
    if rate._dims is not None and len(rate._dims) != 1:
        raise ValueError("dilation_rate must be rank 1")
    known = constant_value(rate)
    if known is None:
        raise NotImplementedError(
            "a dilation rate that is only known at run time is not supported: pass a Python "
            "number, or build one branch for each rate with tf.cond"
        )
    if np.any(known < 1):
        raise ValueError("dilation_rate must be positive")
    if np.all(known == 1):
        return build(input, padding)
    padding = getattr(padding, "upper", lambda: padding)()
    if padding not in ("SAME", "VALID"):
        raise ValueError(f"Invalid padding method {padding!r}")
    base = None
    if padding == "SAME":
        sizes = constant_value(filter_shape())
        if sizes is None:
            raise NotImplementedError(
                "a dilated window with SAME padding needs a filter of known static shape: give "
                "the filter a shape (filter.set_shape), or pad with tf.pad and use VALID"
            )
        sizes = sizes[: len(known)]
        span = sizes + (sizes - 1) * (known - 1) - 1
        base = stack([[int(n // 2), int(n - n // 2)] for n in span])
    dims = None if input._dims is None else [input._dims[axis] for axis in axes]
    if dims is not None and None not in dims:
        spatial: Any = np.array(dims, np.int32)
    else:
        whole = shape(input)
        spatial = stack([whole[axis] for axis in axes])
    paddings, crops = required_space_to_batch_paddings(spatial, rate, base)
    skipped = min(axes) - 1
    block = np.array([*[1] * skipped, *known], np.int32)
    moved = SpaceToBatchND(input, block, _behind(paddings, skipped))
    found = build(moved, "VALID")
    return BatchToSpaceND(found, block, _behind(crops, skipped))


def _behind(pairs: Tensor, skipped: int) -> Any:
    """The pairs behind those (0, 0) of the dimensions that come before."""
    if pairs.op.type == "Const":
        value = pairs.op.attrs["value"]
        return np.concatenate([np.zeros([skipped, 2], np.int32), value])
    first = [np.zeros([skipped, 2], np.int32)] if skipped else []
    return concat([*first, pairs[0 : pairs.shape[0].value]], 0)


def with_space_to_batch(
    input: Any,
    dilation_rate: Any,
    padding: Any,
    op: Callable[..., Tensor],
    filter_shape: Any = None,
    spatial_dims: Any = None,
    data_format: str | None = None,
) -> Tensor:
    """`op(tensor, number of spatial dimensions, padding)` as if its windows were dilated.

    `dilation_rate` has a number for each of `spatial_dims` (those behind the first dimension, or
    behind the second for a `data_format` that begins with "NC"); `filter_shape` is needed for SAME.
    """
    input = convert_to_tensor(input, name="input")
    rate = convert_to_tensor(dilation_rate, dtypes.int32, name="dilation_rate")
    if rate._dims is None or len(rate._dims) != 1 or rate._dims[0] is None:
        raise ValueError("dilation_rate must be rank 1")
    count = rate._dims[0]
    first = 2 if data_format is not None and data_format.startswith("NC") else 1
    axes = list(spatial_dims) if spatial_dims is not None else [*range(first, first + count)]
    if sorted(axes) != axes or any(axis < 1 for axis in axes) or len(set(axes)) != len(axes):
        raise ValueError(f"spatial_dims must be increasing positive integers, not {axes}")
    if len(axes) != count:
        raise ValueError(f"{len(axes)} spatial_dims for {count} dilation rates")
    sizes = None if filter_shape is None else (lambda: convert_to_tensor(filter_shape))
    return dilated(input, rate, padding, lambda x, p: op(x, count, p), sizes, axes)
