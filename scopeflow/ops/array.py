"""Shapes, joining and splitting, tensors of one value, placeholders."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.context import get_default_graph
from ..core.convert import convert_to_tensor
from ..core.dtypes import DType, as_dtype
from ..core.graph import name_scope
from ..core.indexed_slices import IndexedSlices
from ..core.lazy_torch import F, torch
from ..core.op import ShapeError, define, op
from ..core.operation import Dims, Operation, Tensor
from ..core.shape_rules import axis_in, merged, merged_dim, product, total, unchanged
from ..core.static_value import constant_value, dims_from, static_value
from ..core.tensor_shape import TensorShape, as_shape
from ..core.types import INDEX
from .constant import constant

# What has no value of its own.

define(
    "Placeholder",
    [],
    "-> dtype",
    attrs={"dtype": None, "shape": None},
    shape=lambda *, shape: shape._dims,
    doc="A value that must be fed.",
    stateful=True,
)
NoOp = define("NoOp", [], "->", doc="Computes nothing; useful for its control inputs.")


def placeholder(dtype: Any, shape: Any = None, name: str | None = None) -> Tensor:
    """A tensor whose value is given with each run, in `feed_dict`.

    `shape` may leave dimensions out as None, or be None altogether. Running what needs it without
    feeding it raises InvalidArgumentError.
    """
    graph = get_default_graph()
    if name is not None and not name.endswith("/"):
        graph.check_name(name)
    from ..core.op import registry

    wanted = as_dtype(dtype)
    static = as_shape(shape) if shape is not None else TensorShape(None)
    op_ = graph.add_op(
        registry["Placeholder"],
        graph.op_name(name or "Placeholder"),
        (),
        {"dtype": wanted, "shape": static},
        [wanted],
        [static._dims],
    )
    return op_.outputs[0]


def _default_shape(input: Tensor, *, shape: TensorShape) -> Dims:
    if not shape.is_compatible_with(input.shape):
        raise ShapeError(f"The default has shape {input.shape}, the placeholder {shape}")
    return shape._dims


@op("dtype -> dtype", shape=_default_shape, view=True)
def PlaceholderWithDefault(input, *, shape):
    """`input`, unless another value is fed."""
    return input


def placeholder_with_default(input: Any, shape: Any, name: str | None = None) -> Tensor:
    """A tensor with the value of `input` where none is fed."""
    return PlaceholderWithDefault(input, as_shape(shape), name=name)


def no_op(name: str | None = None) -> Operation:
    """An op that does nothing, to hang control dependencies on."""
    return NoOp(name=name)


@op("T -> T", shape=unchanged, view=True, host=lambda input: input)
def Identity(input):
    """The input."""
    return input


def identity(input: Any, name: str | None = None) -> Tensor:
    """A new tensor with the input's value (a variable's value at this point of the run)."""
    if isinstance(input, IndexedSlices):
        return IndexedSlices(  # type: ignore[return-value]
            identity(input.values),
            identity(input.indices),
            None if input.dense_shape is None else identity(input.dense_shape),
        )
    return Identity(input, name=name)


@op("T -> T", shape=unchanged, view=True, differentiable=False)
def StopGradient(input):
    """The input; gradients do not pass."""
    return input.detach()


@op("T -> T", attrs={"message": ""}, shape=unchanged, view=True, differentiable=False)
def PreventGradient(input):
    """The input; gradients do not pass."""
    return input.detach()


def stop_gradient(input: Any, name: str | None = None) -> Tensor:
    """`input`, taken as a constant by tf.gradients."""
    return StopGradient(input, name=name)


# Shapes as values. They live on the host.


@op(
    "dims T -> host out_type",
    shape=lambda input, **_: (None if input._dims is None else len(input._dims),),
)
def Shape(input, *, out_type=dtypes.int32):
    """The shape, a vector of integers."""
    return tuple(input)


@op("dims T -> host out_type", shape=lambda input, **_: ())
def Size(input, *, out_type=dtypes.int32):
    """The number of elements."""
    return None if None in input else math.prod(input)


@op("dims T -> host int32", shape=lambda input: ())
def Rank(input):
    """The number of dimensions."""
    return len(input)


def shape(input: Any, name: str | None = None, out_type: DType = dtypes.int32) -> Tensor:
    """The shape at run time, a vector of `out_type`; a constant where it is known statically."""
    with name_scope(name, "Shape", [input]) as scope:
        tensor = convert_to_tensor(input, name="input")
        if tensor._dims is not None and None not in tensor._dims:
            return constant(list(tensor._dims), out_type, name=scope)
        return Shape(tensor, out_type, name=scope)


def shape_n(input: Any, out_type: DType = dtypes.int32, name: str | None = None) -> list[Tensor]:
    """The shapes of several tensors."""
    return [shape(x, name, out_type) for x in input]


def size(input: Any, name: str | None = None, out_type: DType = dtypes.int32) -> Tensor:
    """The number of elements at run time; a constant where it is known statically."""
    with name_scope(name, "Size", [input]) as scope:
        tensor = convert_to_tensor(input)
        if tensor._dims is not None and None not in tensor._dims:
            return constant(math.prod(tensor._dims), out_type, name=scope)
        return Size(tensor, out_type, name=scope)


def rank(input: Any, name: str | None = None) -> Tensor:
    """The number of dimensions; a constant where it is known statically."""
    with name_scope(name, "Rank", [input]) as scope:
        tensor = convert_to_tensor(input)
        if tensor._dims is not None:
            return constant(len(tensor._dims), dtypes.int32, name=scope)
        return Rank(tensor, name=scope)


# Other shapes for the same elements.


def _reshape_shape(tensor: Tensor, shape: Tensor) -> Dims:
    wanted = static_value(shape)
    if wanted is None:
        return dims_from(shape)
    have = tensor._dims
    count = None if have is None else product(have)
    if -1 not in wanted:
        if count is not None and None not in wanted and math.prod(wanted) != count:
            raise ShapeError(
                f"Cannot reshape a tensor with {count} elements to shape {_listed(wanted)} "
                f"({math.prod(wanted)} elements)"
            )
        if None in wanted and wanted.count(None) == 1 and count is not None:
            known = math.prod(d for d in wanted if d is not None)
            if known and count % known == 0:
                return tuple(count // known if d is None else d for d in wanted)
        return wanted
    others = product(d for d in wanted if d != -1)
    inferred = None
    if count is not None and others:
        if count % others:
            raise ShapeError(
                f"Dimension size must be evenly divisible by {others} but is {count} "
                f"when reshaping to {_listed(wanted)}"
            )
        inferred = count // others
    return tuple(inferred if d == -1 else d for d in wanted)


def _listed(dims: tuple) -> str:
    return "[" + ",".join("?" if d is None else str(d) for d in dims) + "]"


def _host_reshape(tensor, shape):
    flat = tensor if isinstance(tensor, tuple) else (tensor,)
    if shape == ():
        return flat[0] if len(flat) == 1 else None
    return flat if shape in ((-1,), (len(flat),)) else None


@op("T, host Tshape -> T", shape=_reshape_shape, view=True, host=_host_reshape, Tshape=INDEX)
def Reshape(tensor, shape):
    """The same elements, in order, in another shape; one dimension may be -1 (the rest)."""
    return tensor.reshape(shape)


def reshape(tensor: Any, shape: Any, name: str | None = None) -> Tensor:
    """The elements of `tensor` in `shape`, of which one dimension may be -1: what is left.

    ValueError (InvalidArgumentError when running) where the number of elements differs.
    """
    return Reshape(tensor, shape, name=name)


def _transpose_shape(x: Tensor, perm: Tensor) -> Dims:
    order = static_value(perm)
    rank = None if x._dims is None else len(x._dims)
    if perm._dims is not None:
        rank = merged_dim(rank, perm._dims[0])
    if order is None or None in order or x._dims is None:
        return None if rank is None else (None,) * rank
    for i in order:
        if not -len(order) <= i < len(order):
            raise ShapeError(f"perm dim {i} is out of range of input rank {len(order)}")
    return tuple(x._dims[i] for i in order)


@op("T, host Tperm -> T", shape=_transpose_shape, view=True, Tperm=INDEX)
def Transpose(x, perm):
    """Dimension i of the result is dimension perm[i] of `x`."""
    return x.permute(perm)


@op("T, host Tperm -> T", shape=_transpose_shape, view=True, Tperm=INDEX)
def ConjugateTranspose(x, perm):
    """Transpose, and the complex conjugate of each element."""
    return x.conj().resolve_conj().permute(perm)


def transpose(a: Any, perm: Any = None, name: str = "transpose", conjugate: bool = False) -> Tensor:
    """`a` with its dimensions in the order `perm` (reversed where None)."""
    with name_scope(name, "transpose", [a]) as scope:
        a = convert_to_tensor(a, name="a")
        kind = ConjugateTranspose if conjugate and a.dtype.is_complex else Transpose
        if perm is None:
            if a._dims is not None:
                perm = np.arange(len(a._dims), dtype=np.int32)[::-1].copy()
            else:
                from .slicing import range

                count = rank(a)
                perm = (count - 1) - range(0, count, 1, name="Range")
        return kind(a, perm, name=scope)


def _expand_shape(input: Tensor, dim: Tensor) -> Dims:
    if input._dims is None:
        return None
    rank_ = len(input._dims)
    axis = static_value(dim)
    if isinstance(axis, tuple):
        axis = axis[0] if len(axis) == 1 else None
    if axis is None:
        return (None,) * (rank_ + 1)
    if not -rank_ - 1 <= axis <= rank_:
        raise ShapeError(f"dim {axis} not in the interval [{-rank_ - 1}, {rank_}].")
    axis = axis + rank_ + 1 if axis < 0 else axis
    return (*input._dims[:axis], 1, *input._dims[axis:])


@op(
    "T, host Tdim -> T",
    shape=_expand_shape,
    view=True,
    Tdim=INDEX,
    host=lambda input, dim: None if isinstance(input, tuple) else (input,),
)
def ExpandDims(input, dim):
    """A dimension of size 1 inserted at position `dim`."""
    return input.unsqueeze(dim if isinstance(dim, int) else dim[0])


def expand_dims(input: Any, axis: Any = None, name: str | None = None, dim: Any = None) -> Tensor:
    """A dimension of size 1 inserted at `axis` (`dim` is its deprecated name)."""
    axis = _one_of("axis", axis, "dim", dim)
    if axis is None:
        raise ValueError("Must specify an axis argument to tf.expand_dims()")
    return ExpandDims(input, axis, name=name)


def _one_of(new_name: str, new: Any, old_name: str, old: Any) -> Any:
    """The value of an argument that may be given under its deprecated name."""
    if old is None:
        return new
    if new is not None:
        raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'")
    return old


def _squeeze_shape(input: Tensor, *, squeeze_dims: tuple) -> Dims:
    if input._dims is None:
        return None
    if not squeeze_dims:
        return None if None in input._dims else tuple(d for d in input._dims if d != 1)
    axes = {axis_in(a, len(input._dims)) for a in squeeze_dims}
    for axis in axes:
        if input._dims[axis] not in (1, None):
            raise ShapeError(
                f"Can not squeeze dim[{axis}], expected a dimension of 1, got {input._dims[axis]}"
            )
    return tuple(d for i, d in enumerate(input._dims) if i not in axes)


@op(
    "T -> T",
    shape=_squeeze_shape,
    view=True,
    host=lambda input, *, squeeze_dims: input[0] if len(input) == 1 else None,
)
def Squeeze(input, *, squeeze_dims=()):
    """Without the dimensions of size 1 (all of them, or those given)."""
    if not squeeze_dims:
        return input.squeeze()
    for axis in squeeze_dims:
        if input.shape[axis] != 1:
            raise ValueError(
                f"Can not squeeze dim[{axis}], expected a dimension of 1, got {input.shape[axis]}"
            )
    return input.squeeze(squeeze_dims)


def squeeze(
    input: Any, axis: Any = None, name: str | None = None, squeeze_dims: Any = None
) -> Tensor:
    """`input` without its dimensions of size 1, or without those in `axis` alone."""
    axis = _one_of("axis", axis, "squeeze_dims", squeeze_dims)
    if axis is None:
        axis = ()
    return Squeeze(input, (axis,) if np.isscalar(axis) else tuple(axis), name=name)


def _broadcast_to_shape(input: Tensor, shape: Tensor) -> Dims:
    return dims_from(shape)


@op("T, host Tidx -> T", shape=_broadcast_to_shape, view=True, Tidx=INDEX)
def BroadcastTo(input, shape):
    """`input` repeated along dimensions of size 1, numpy's rule."""
    return input.expand(shape)


broadcast_to = BroadcastTo


# Joining and splitting.


def _concat_shape(values: list[Tensor], axis: Tensor) -> Dims:
    position = static_value(axis)
    rank_: int | None = next((len(v._dims) for v in values if v._dims is not None), None)
    if rank_ is None:
        return None
    if rank_ == 0:
        raise ShapeError("Can't concatenate scalars (use tf.stack instead)")
    if position is None:
        return (None,) * rank_
    position = axis_in(position, rank_)
    dims: Dims = None
    along: list[int | None] = []
    for value in values:
        have = value._dims
        if have is None:
            along.append(None)
            continue
        along.append(have[position] if len(have) == rank_ else None)
        dims = merged(dims, (*have[:position], None, *have[position + 1 :]))
    assert dims is not None
    return (*dims[:position], total(*along), *dims[position + 1 :])


def _host_concat(values, axis):
    return sum(values, ())


@op("N * T, host Tidx -> T", shape=_concat_shape, host=_host_concat, Tidx=INDEX)
def ConcatV2(values, axis):
    """Tensors joined along dimension `axis`."""
    if isinstance(values[0], np.ndarray):
        return np.concatenate(values, axis)
    return torch.cat(values, axis)


def concat(values: Any, axis: Any, name: str = "concat") -> Tensor:
    """A list of tensors joined along dimension `axis`; all other dimensions must agree."""
    if not isinstance(values, list | tuple):
        values = [values]
    if len(values) == 1:
        with name_scope(name):
            axis_ = convert_to_tensor(axis, dtype=dtypes.int32, name="concat_dim")
            if axis_._dims not in ((), None):
                raise ValueError(f"The axis of tf.concat is a scalar, got shape {axis_.shape}.")
            return identity(values[0], name=name)
    return ConcatV2(list(values), axis, name=name)


def _pack_shape(values: list[Tensor], *, axis: int) -> Dims:
    dims: Dims = None
    for value in values:
        dims = merged(dims, value._dims)
    if dims is None:
        return None
    if not -len(dims) - 1 <= axis <= len(dims):
        raise ShapeError(f"Invalid axis: {axis} not in [{-len(dims) - 1}, {len(dims)}]")
    position = axis + len(dims) + 1 if axis < 0 else axis
    return (*dims[:position], len(values), *dims[position:])


def _host_pack(values, *, axis):
    return tuple(values)


@op("N * T -> T", shape=_pack_shape, host=_host_pack)
def Pack(values, *, axis=0):
    """Tensors of one shape stacked along a new dimension `axis`."""
    if isinstance(values[0], np.ndarray):
        return np.stack(values, axis)
    return torch.stack(values, axis)


def stack(values: Any, axis: int = 0, name: str = "stack") -> Tensor:
    """Tensors of one shape as one tensor with a new dimension `axis`."""
    if axis == 0:
        try:
            packed = convert_to_tensor(values, name=name)
        except (TypeError, ValueError):
            pass
        else:
            if not isinstance(values, Tensor):
                return packed
    return Pack(list(values), axis, name=name)


def _unpack_shape(value: Tensor, *, num: int, axis: int) -> list[Dims]:
    if value._dims is None:
        return [None] * num
    position = axis_in(axis, len(value._dims))
    merged_dim(value._dims[position], num)
    return [value._dims[:position] + value._dims[position + 1 :]] * num


@op("T -> num * T", shape=_unpack_shape, view=True, host=lambda value, *, num, axis: value)
def Unpack(value, *, num, axis=0):
    """The slices along dimension `axis`, as a list."""
    return value.unbind(axis)


def unstack(
    value: Any, num: int | None = None, axis: int = 0, name: str = "unstack"
) -> list[Tensor]:
    """The slices of `value` along `axis`; `num` gives their number where it is not known."""
    value = convert_to_tensor(value)
    if num is None:
        if value._dims is None:
            raise ValueError("Cannot infer num from shape <unknown>")
        if not -len(value._dims) <= axis < len(value._dims):
            raise ValueError(f"axis = {axis} not in [{-len(value._dims)}, {len(value._dims)})")
        num = value._dims[axis]
        if num is None:
            raise ValueError(f"Cannot infer num from shape {value.shape}")
    return Unpack(value, num, axis, name=name)


def _split_shape(split_dim: Tensor, value: Tensor, *, num_split: int) -> list[Dims]:
    if value._dims is None:
        return [None] * num_split
    axis = static_value(split_dim)
    if axis is None:
        return [(None,) * len(value._dims)] * num_split
    axis = axis_in(axis, len(value._dims))
    length = value._dims[axis]
    if length is not None and length % num_split:
        raise ShapeError(f"Dimension size must be evenly divisible by {num_split} but is {length}")
    each = None if length is None else length // num_split
    return [(*value._dims[:axis], each, *value._dims[axis + 1 :])] * num_split


@op("host int32, T -> num_split * T", shape=_split_shape, view=True)
def Split(split_dim, value, *, num_split):
    """`num_split` equal parts along dimension `split_dim`."""
    length = value.shape[split_dim]
    if length % num_split:
        raise ValueError(
            f"Number of ways to split should evenly divide the split dimension, but got "
            f"split_dim {split_dim} (size = {length}) and num_split {num_split}"
        )
    return value.split(length // num_split, split_dim)


def _split_v_shape(
    value: Tensor, size_splits: Tensor, split_dim: Tensor, *, num_split: int
) -> list[Dims]:
    if value._dims is None:
        return [None] * num_split
    axis = static_value(split_dim)
    if axis is None:
        return [(None,) * len(value._dims)] * num_split
    axis = axis_in(axis, len(value._dims))
    sizes = static_value(size_splits) or (None,) * num_split
    length = value._dims[axis]
    if -1 in sizes:
        rest = total(*(s for s in sizes if s != -1))
        left = None if length is None or rest is None else length - rest
        sizes = tuple(left if s == -1 else s for s in sizes)
    if length is not None and total(*sizes) not in (None, length):
        raise ShapeError(f"can't split axis of size {length} into pieces of size {_listed(sizes)}")
    return [(*value._dims[:axis], s, *value._dims[axis + 1 :]) for s in sizes]


@op("T, host Tlen, host int32 -> num_split * T", shape=_split_v_shape, view=True, Tlen=INDEX)
def SplitV(value, size_splits, split_dim, *, num_split):
    """Parts of the given sizes along dimension `split_dim`; one size may be -1: the rest."""
    if -1 in size_splits:
        rest = value.shape[split_dim] - sum(size_splits) - 1
        size_splits = [rest if s == -1 else s for s in size_splits]
    return value.split(list(size_splits), split_dim)


def split(
    value: Any,
    num_or_size_splits: Any,
    axis: Any = 0,
    num: int | None = None,
    name: str = "split",
) -> list[Tensor]:
    """Parts of `value` along `axis`: so many equal ones, or with the sizes given.

    `num` is the number of parts where the sizes are a tensor of unknown length.
    """
    sizes = convert_to_tensor(num_or_size_splits)
    if sizes._dims == () and sizes.dtype.is_integer:
        count = constant_value(sizes)
        if count is None:
            raise ValueError("tf.split needs the number of parts as a Python int.")
        return Split(axis, value, int(count), name=name)
    if num is None:
        if sizes._dims is None or len(sizes._dims) != 1 or sizes._dims[0] is None:
            raise ValueError(f"Cannot infer num from shape {sizes.shape}")
        num = sizes._dims[0]
    return SplitV(value, sizes, axis, num, name=name)


def _tile_shape(input: Tensor, multiples: Tensor) -> Dims:
    times = static_value(multiples)
    if input._dims is None or times is None:
        length = None if input._dims is None else len(input._dims)
        return None if length is None else (None,) * length
    if len(times) != len(input._dims):
        raise ShapeError(f"Shape must be rank {len(input._dims)} but is rank {len(times)}")
    return tuple(product(pair) for pair in zip(input._dims, times, strict=True))


@op(
    "T, host Tmultiples -> T",
    shape=_tile_shape,
    Tmultiples=INDEX,
    host=lambda input, multiples: input * multiples[0],
)
def Tile(input, multiples):
    """`input` repeated multiples[i] times along dimension i."""
    return input.tile(multiples)


tile = Tile


# Tensors of one value.


@op(
    "host index_type, T -> T",
    shape=lambda dims, value: dims_from(dims),
    index_type=INDEX,
    host=lambda dims, value: None if len(dims) != 1 or dims[0] is None else (value,) * dims[0],
)
def Fill(dims, value):
    """A tensor of shape `dims` that holds `value` everywhere."""
    if not isinstance(value, torch.Tensor):
        return np.full(dims, value, object)
    return value.expand(dims).clone(memory_format=torch.contiguous_format)


fill = Fill


@op("T -> T", shape=unchanged, differentiable=False)
def ZerosLike(x):
    """Zeros (empty strings, False) in the input's shape and dtype."""
    return torch.zeros_like(x) if isinstance(x, torch.Tensor) else np.full(x.shape, b"", object)


@op("T -> T", shape=unchanged, differentiable=False)
def OnesLike(x):
    """Ones in the input's shape and dtype."""
    return torch.ones_like(x)


def zeros(shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Tensor:
    """A tensor of zeros (False, empty strings)."""
    wanted = as_dtype(dtype).base_dtype
    nothing = False if wanted.is_bool else "" if wanted is dtypes.string else 0
    return _filled(shape, wanted, nothing, name, "zeros")


def ones(shape: Any, dtype: Any = dtypes.float32, name: str | None = None) -> Tensor:
    """A tensor of ones (True)."""
    wanted = as_dtype(dtype).base_dtype
    return _filled(shape, wanted, True if wanted.is_bool else 1, name, "ones")


_SMALL = 1000  # up to here TensorFlow makes a constant, beyond it a Fill op


def _filled(shape: Any, dtype: DType, value: Any, name: str | None, default: str) -> Tensor:
    with name_scope(name, default, [shape]) as scope:
        if not isinstance(shape, Tensor):
            known = _known_dims(shape)
            if known is not None and math.prod(known) < _SMALL:
                return constant(value, dtype, list(known), name=scope)
            shape = (
                convert_to_tensor(shape, dtypes.int32)
                if known is None
                else constant(list(known), dtypes.int32, name="shape_as_tensor")
            )
        elif shape._dims != (None,) and not shape._dims:
            shape = reshape(shape, [-1])
        return Fill(shape, constant(value, dtype), name=scope)


def _known_dims(shape: Any) -> tuple[int, ...] | None:
    """Dims given as ints; None where some of them are tensors."""
    try:
        dims = as_shape(shape)._dims
    except (TypeError, ValueError):
        return None
    if dims is None or None in dims:
        return None
    return dims  # type: ignore[return-value]


def zeros_like(
    tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True
) -> Tensor:
    """Zeros in the shape of `tensor`, in its dtype or `dtype`."""
    return _alike(tensor, dtype, name, "zeros_like", optimize)


def ones_like(
    tensor: Any, dtype: Any = None, name: str | None = None, optimize: bool = True
) -> Tensor:
    """Ones in the shape of `tensor`, in its dtype or `dtype`."""
    return _alike(tensor, dtype, name, "ones_like", optimize)


def _alike(tensor: Any, dtype: Any, name: str | None, default: str, optimize: bool) -> Tensor:
    make, same = (zeros, ZerosLike) if default == "zeros_like" else (ones, None)
    with name_scope(name, default, [tensor]) as scope:
        tensor = convert_to_tensor(tensor, name="tensor")
        wanted = tensor.dtype.base_dtype if dtype is None else as_dtype(dtype).base_dtype
        known = tensor._dims is not None and None not in tensor._dims
        if same is not None and known and optimize:
            return zeros(tensor._dims, wanted, name=scope)
        if same is not None and wanted is tensor.dtype.base_dtype:
            return ZerosLike(tensor, name=scope)
        found = make(shape(tensor), wanted, name=scope)
        found.set_shape(tensor.shape)
        return found


# Padding.


def _pad_shape(input: Tensor, paddings: Tensor, *rest: Any, **_: Any) -> Dims:
    pairs = static_value(paddings)
    if input._dims is None:
        length = None if paddings._dims is None else paddings._dims[0]
        return None if length is None else (None,) * length
    if pairs is None:
        return (None,) * len(input._dims)
    merged_dim(len(input._dims), len(pairs))
    return tuple(total(d, *pair) for d, pair in zip(input._dims, pairs, strict=True))


def _padded(input, paddings, mode="constant", value=0):
    flat = [amount for pair in reversed(paddings) for amount in pair]
    return F.pad(input, flat, mode, value) if any(flat) else input.clone()


@op("T, host Tpaddings -> T", shape=_pad_shape, Tpaddings=INDEX)
def Pad(input, paddings):
    """Zeros around `input`: paddings[i] = (before, after) for dimension i."""
    return _padded(input, paddings)


@op("T, host Tpaddings, T -> T", shape=_pad_shape, Tpaddings=INDEX)
def PadV2(input, paddings, constant_values):
    """`constant_values` around `input`."""
    return _padded(input, paddings, value=constant_values.item())


@op("T, host Tpaddings -> T", shape=_pad_shape, view=True, Tpaddings=INDEX)
def MirrorPad(input, paddings, *, mode):
    """The mirror image around `input`: without the border itself (REFLECT) or with (SYMMETRIC)."""
    for axis, (before, after) in enumerate(paddings):
        length = input.shape[axis]
        inner = 1 if mode == "REFLECT" else 0
        if max(before, after) > length - inner:
            raise ValueError(
                f"paddings must be no greater than the dimension size: {before}, {after} "
                f"greater than {length - inner}"
            )
        positions = np.pad(np.arange(length), (before, after), "reflect" if inner else "symmetric")
        if before or after:
            index = torch.from_numpy(positions).to(input.device)
            input = input.index_select(axis, index)
    return input


def pad(
    tensor: Any,
    paddings: Any,
    mode: str = "CONSTANT",
    name: str | None = None,
    constant_values: Any = 0,
) -> Tensor:
    """`tensor` with paddings[i] = (before, after) elements added to dimension i.

    `mode` is CONSTANT (`constant_values`), REFLECT or SYMMETRIC, in any case.
    """
    mode = mode.upper()
    if mode == "CONSTANT":
        if isinstance(constant_values, Tensor) or constant_values != 0:
            return PadV2(tensor, paddings, constant_values, name=name)
        return Pad(tensor, paddings, name=name)
    if mode in ("REFLECT", "SYMMETRIC"):
        return MirrorPad(tensor, paddings, mode, name=name)
    raise ValueError(f"Unknown padding mode: {mode}")
