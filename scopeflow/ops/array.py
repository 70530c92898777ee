"""Shapes, joining and splitting, tensors of one value, placeholders."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.composite import CompositeTensor
from ..core.context import get_default_graph
from ..core.convert import convert_to_tensor
from ..core.dtypes import DType, as_dtype
from ..core.errors import InvalidArgumentError
from ..core.graph import name_scope
from ..core.op import ShapeError, define, op
from ..core.operation import Dims, Operation, Tensor, dims_text
from ..core.shape_rules import axis_in, merged_dim, product, rank_is, unchanged
from ..core.sparse_tensor import SparseTensor, SparseTensorValue
from ..core.static_value import dims_from, static_value
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
    if isinstance(input, CompositeTensor):
        return input._from_components([identity(part) for part in input._components])
    return Identity(input, name=name)


@op("T -> T", shape=unchanged, view=True, differentiable=False)
def StopGradient(input):
    """The input. tf.gradients raises LookupError, with `message`, where it would pass."""
    return input.detach()


@op("T -> T", attrs={"message": ""}, shape=unchanged, view=True, differentiable=None)
def PreventGradient(input):
    """The input. tf.gradients raises LookupError, with `message`, where it would pass."""
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
        if isinstance(input, SparseTensor | SparseTensorValue):
            return _cast(_dense_shape(input), out_type)
        tensor = convert_to_tensor(input, name="input")
        if tensor._dims is not None and None not in tensor._dims:
            return constant(list(tensor._dims), out_type, name=scope)
        return Shape(tensor, out_type, name=scope)


def _dense_shape(value: Any) -> Tensor:
    return convert_to_tensor(value.dense_shape, dtypes.int64, name="dense_shape")


def _cast(tensor: Tensor, dtype: DType) -> Tensor:
    from .math import cast

    return cast(tensor, dtype)


def shape_n(input: Any, out_type: DType = dtypes.int32, name: str | None = None) -> list[Tensor]:
    """The shapes of several tensors."""
    return [shape(x, name, out_type) for x in input]


def size(input: Any, name: str | None = None, out_type: DType = dtypes.int32) -> Tensor:
    """The number of elements at run time; a constant where it is known statically."""
    with name_scope(name, "Size", [input]) as scope:
        if isinstance(input, SparseTensor | SparseTensorValue):
            from .reduce import reduce_prod

            return reduce_prod(_cast(_dense_shape(input), out_type), 0, name=scope)
        tensor = convert_to_tensor(input)
        if tensor._dims is not None and None not in tensor._dims:
            return constant(math.prod(tensor._dims), out_type, name=scope)
        return Size(tensor, out_type, name=scope)


def rank(input: Any, name: str | None = None) -> Tensor:
    """The number of dimensions; a constant where it is known statically."""
    with name_scope(name, "Rank", [input]) as scope:
        if isinstance(input, SparseTensor | SparseTensorValue):
            return size(_dense_shape(input), name=scope)
        tensor = convert_to_tensor(input)
        if tensor._dims is not None:
            return constant(len(tensor._dims), dtypes.int32, name=scope)
        return Rank(tensor, name=scope)


def is_tensor(x: Any) -> bool:
    """Whether `x` is a tensor, a variable or of another tensor-like type of this library."""
    from ..core.indexed_slices import IndexedSlices

    return isinstance(x, Tensor | IndexedSlices | SparseTensor) or hasattr(x, "_as_graph_element")


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
                f"Cannot reshape a tensor with {count} elements to shape {dims_text(wanted)} "
                f"({math.prod(wanted)} elements)"
            )
        if None in wanted and wanted.count(None) == 1 and count is not None:
            known = math.prod(d for d in wanted if d is not None)
            if known and count % known == 0:
                return tuple(count // known if d is None else d for d in wanted)
        return wanted
    others = product(d for d in wanted if d != -1)
    inferred = None
    if count and others == 0:
        raise ShapeError(
            f"Cannot reshape a tensor with {count} elements to shape {dims_text(wanted)} "
            "(0 elements)"
        )
    if count is not None and others:
        if count % others:
            raise ShapeError(
                f"Dimension size must be evenly divisible by {others} but is {count} "
                f"when reshaping to {dims_text(wanted)}"
            )
        inferred = count // others
    return tuple(inferred if d == -1 else d for d in wanted)


def _host_reshape(tensor, shape):
    flat = tensor if isinstance(tensor, tuple) else (tensor,)
    if shape in ((-1,), (len(flat),)):
        return flat
    if len(flat) == 1 and shape == ():
        return flat[0]
    if len(shape) > 1 or None in shape:
        return None
    raise IndexError(_wrong_number(len(flat), shape).message)


@op("T, host Tshape -> T", shape=_reshape_shape, view=True, host=_host_reshape, Tshape=INDEX)
def Reshape(tensor, shape):
    """The same elements, in order, in another shape; one dimension may be -1 (the rest)."""
    if -1 in shape and 0 in shape and not tensor.numel():
        # torch calls this ambiguous; TensorFlow leaves zeros out of both products.
        have, others = (
            math.prod(length for length in sizes if length not in (0, -1))
            for sizes in (tensor.shape, shape)
        )
        shape = tuple(have // others if length == -1 else length for length in shape)
    try:
        return tensor.reshape(shape)
    except RuntimeError:
        raise _wrong_number(tensor.numel(), shape) from None


def _wrong_number(have: int, shape: Any) -> InvalidArgumentError:
    sizes = (shape,) if isinstance(shape, int) else shape
    count = math.prod(length for length in sizes if length != -1)
    wanted = f"requires a multiple of {count}" if -1 in sizes else f"has {count}"
    return InvalidArgumentError(
        None,
        None,
        f"Input to reshape is a tensor with {have} values, but the requested shape {wanted}",
    )


def reshape(tensor: Any, shape: Any, name: str | None = None) -> Tensor:
    """The elements of `tensor` in `shape`, of which one dimension may be -1: what is left.

    ValueError (InvalidArgumentError when running) where the number of elements differs.
    """
    return Reshape(tensor, shape, name=name)


def _transpose_shape(x: Tensor, perm: Tensor) -> Dims:
    order = static_value(perm)
    rank = None if x._dims is None else len(x._dims)
    if perm._dims is not None:
        rank = merged_dim(rank, rank_is(perm, 1)[0])  # type: ignore[index]
    if order is None or None in order or x._dims is None:
        return None if rank is None else (None,) * rank
    for i in order:
        if not -len(order) <= i < len(order):
            raise ShapeError(f"perm dim {i} is out of range of input rank {len(order)}")
    return tuple(x._dims[i] for i in order)


def _check_permutation(x, perm):
    rank = x.ndim
    if len(perm) != rank:
        raise ValueError(
            f"transpose expects a vector of size {rank}. But input(1) is a vector of "
            f"size {len(perm)}"
        )
    for i in perm:
        if not -rank <= i < rank:
            raise ValueError(f"{i} is out of range [0 .. {rank})")
    missing = set(range(rank)) - {i % rank for i in perm}
    if missing:
        raise ValueError(f"{min(missing)} is missing from {{{','.join(map(str, perm))}}}.")


@op("T, host Tperm -> T", shape=_transpose_shape, view=True, Tperm=INDEX)
def Transpose(x, perm):
    """Dimension i of the result is dimension perm[i] of `x`."""
    try:
        return x.permute(perm)
    except (IndexError, RuntimeError, TypeError):
        _check_permutation(x, perm)
        raise


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
                from .ranges import range

                count = rank(a)
                perm = (count - 1) - range(0, count, 1, name="Range")
        return kind(a, perm, name=scope)


def _expand_shape(input: Tensor, dim: Tensor) -> Dims:
    if input._dims is None:
        return None
    rank_ = len(input._dims)
    axis = static_value(dim)
    if isinstance(axis, tuple):
        if len(axis) != 1:
            raise ShapeError("'dim' input must be a tensor with a single value")
        axis = axis[0]
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
    if not isinstance(dim, int):
        if len(dim) != 1:
            raise ValueError("'dim' must be a tensor with a single value")
        dim = dim[0]
    return input.unsqueeze(dim)


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
    host=lambda input, *, squeeze_dims: _squeezed_on_host(input, squeeze_dims),
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


def _squeezed_on_host(input: Any, squeeze_dims: Any) -> Any:
    if not isinstance(input, tuple):
        return input
    if len(input) == 1:
        return input[0]
    if squeeze_dims:
        raise IndexError(f"Can not squeeze dim[0], expected a dimension of 1, got {len(input)}")
    return input


def squeeze(
    input: Any, axis: Any = None, name: str | None = None, squeeze_dims: Any = None
) -> Tensor:
    """`input` without its dimensions of size 1, or without those in `axis` alone."""
    axis = _one_of("axis", axis, "squeeze_dims", squeeze_dims)
    if axis is None:
        axis = ()
    return Squeeze(input, (axis,) if np.isscalar(axis) else tuple(axis), name=name)
