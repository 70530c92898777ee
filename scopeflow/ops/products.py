"""Products of tensors: tensordot, einsum, cross; sums of tensors; complex numbers' parts."""

from __future__ import annotations

import operator
import re
from collections import Counter
from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.indexed_slices import IndexedSlices
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor, dims_text
from ..core.shape_rules import (
    all_alike,
    broadcast,
    broadcast_dims,
    merged,
    merged_dim,
    rank_at_least,
    unchanged,
)
from ..core.tensor_shape import TensorShape, as_shape
from ..core.types import COMPLEX, INDEX, NUMBER, REAL, TypeSet
from .array import identity, rank, reshape, shape, transpose
from .compare import greater_equal
from .counting import ListDiff
from .filling import zeros_like
from .gathering import gather, where
from .joining import concat, stack
from .linalg import matrix_diag_part
from .math import Mul
from .matmul import matmul
from .ranges import range as range_
from .reduce import reduce_prod, reduce_sum

# tensordot: both tensors as matrices.


def tensordot(a: Any, b: Any, axes: Any, name: str | None = None) -> Tensor:
    """The sum of products of `a` and `b` over the axes that `axes` pairs up.

    `axes` is an int n (the last n axes of `a` with the first n of `b`) or a pair of lists, (axes of
    a, axes of b). The result has the other axes of `a`, then those of `b`. ValueError where the
    axes do not pair up.

    >>> import scopeflow as tf
    >>> tensordot(tf.ones([2, 3, 4]), tf.ones([4, 3, 5]), [[1, 2], [1, 0]]).shape
    TensorShape([Dimension(2), Dimension(5)])
    """
    with name_scope(name, "Tensordot", [a, b, axes]) as scope:
        a = convert_to_tensor(a, name="a")
        b = convert_to_tensor(b, name="b")
        a_axes, b_axes = _contracted(a, axes)
        a_matrix, a_free, a_known = _as_matrix(a, a_axes, axes_last=True)
        b_matrix, b_free, b_known = _as_matrix(b, b_axes, axes_last=False)
        product = matmul(a_matrix, b_matrix)
        if isinstance(a_free, list) and isinstance(b_free, list):
            return reshape(product, a_free + b_free, name=scope)
        a_free = convert_to_tensor(a_free, dtypes.int32)
        b_free = convert_to_tensor(b_free, dtypes.int32)
        found = reshape(product, concat([a_free, b_free], 0), name=scope)
        if a_known is not None and b_known is not None:
            found.set_shape(a_known + b_known)
        return found


def _contracted(a: Tensor, axes: Any) -> tuple[Any, Any]:
    """The axes of a and of b: two lists of ints, or two tensors."""
    if isinstance(axes, list | tuple):
        if len(axes) != 2:
            raise ValueError("'axes' must be an integer or have length 2.")
        pair = [_ints(part) for part in axes]
        if None in pair:
            first, second = (convert_to_tensor(part, dtypes.int32) for part in axes)
            return first, second
        counts = [len(part or ()) for part in pair]
        if counts[0] != counts[1]:
            raise ValueError(
                f"Different number of contraction axes 'a' and 'b', {counts[0]} != {counts[1]}."
            )
        return pair[0], pair[1]
    count = _ints(axes)
    if count is None or (hasattr(axes, "shape") and tuple(axes.shape) != ()):
        pairs: Any = convert_to_tensor(axes, dtypes.int32, name="axes")
        return pairs[0], pairs[1]
    number = count[0]
    if number < 0:
        raise ValueError("'axes' must be at least 0.")
    if a._dims is None:
        size: Any = rank(a)
        return range_(size - number, size), range_(number)
    if number > len(a._dims):
        raise ValueError(f"'axes' must not be larger than the number of dimensions of tensor {a}.")
    return list(range(len(a._dims) - number, len(a._dims))), list(range(number))


def _ints(axes: Any) -> list[int] | None:
    """An int or several as a list; None for what is (or holds) a tensor."""
    if isinstance(axes, Tensor):
        return None
    try:
        return [operator.index(axes)]
    except TypeError:
        pass
    try:
        return [operator.index(axis) for axis in axes]
    except TypeError:
        return None


def _as_matrix(x: Tensor, axes: Any, axes_last: bool) -> tuple[Tensor, Any, list | None]:
    """`x` as [free, contracted] (or [contracted, free]); its free dims, also as far as known."""
    dims = x._dims
    if isinstance(axes, list) and dims is not None:
        for axis in axes:
            if not -len(dims) <= axis < len(dims):
                raise IndexError(f"axis {axis} of tf.tensordot is out of range for shape {x.shape}")
        axes = [axis % len(dims) for axis in axes]
        free = [i for i in range(len(dims)) if i not in axes]
        known: list = [dims[i] for i in free]
        order = free + axes if axes_last else axes + free
        if None not in dims:
            sizes = [_product(dims, part) for part in ((free, axes) if axes_last else (axes, free))]
            return reshape(transpose(x, order), sizes), known, known
        axes = convert_to_tensor(axes, dtypes.int32, name="axes")
        rest = convert_to_tensor(free, dtypes.int32, name="free")
        whole = shape(x)
    else:
        known_axes = axes if isinstance(axes, list) else None
        known = None  # type: ignore[assignment]
        whole = shape(x)
        count = rank(x)
        if known_axes is not None:
            axes = convert_to_tensor(known_axes, dtypes.int32, name="axes")
        axes = where(greater_equal(axes, 0), axes, axes + count)
        rest = ListDiff(range_(count), axes).out
    free_dims = gather(whole, rest)
    contracted_dims = gather(whole, axes)
    free_size, contracted_size = reduce_prod(free_dims), reduce_prod(contracted_dims)
    if axes_last:
        order_, sizes_ = concat([rest, axes], 0), stack([free_size, contracted_size])
    else:
        order_, sizes_ = concat([axes, rest], 0), stack([contracted_size, free_size])
    return reshape(transpose(x, order_), sizes_), free_dims, known


def _product(dims: tuple, axes: list[int]) -> int:
    size = 1
    for axis in axes:
        size *= dims[axis]
    return size


# einsum


def einsum(equation: str, *inputs: Any, **kwargs: Any) -> Tensor:
    """The sum of products that `equation` describes, such as "ij,jk->ik".

    Each letter names a dimension; those not behind the arrow are summed over. Without an arrow the
    result has the letters that occur once, in alphabetical order. `...` stands for any dimensions,
    which broadcast. `name` is the only keyword. ValueError for an equation that does not fit, also
    for a letter that stands twice in one input.

    >>> import scopeflow as tf
    >>> einsum("bij,bjk->bik", tf.ones([5, 2, 3]), tf.ones([5, 3, 4])).shape
    TensorShape([Dimension(5), Dimension(2), Dimension(4)])
    """
    name = kwargs.pop("name", None)
    if kwargs:
        raise TypeError(f"invalid keyword arguments for this function: {', '.join(sorted(kwargs))}")
    equation = equation.replace(" ", "")
    labels, result = _parsed(equation)
    if len(labels) != len(inputs):
        raise ValueError(
            f'Got {len(inputs)} arguments for equation "{equation}", expecting {len(labels)}'
        )
    with name_scope(name, "einsum", inputs):
        return Einsum(list(inputs), f"{','.join(labels)}->{result}")


def _parsed(equation: str) -> tuple[list[str], str]:
    """The labels of each input, and those of the result."""
    if not re.fullmatch(r"[a-zA-Z.]*(,[a-zA-Z.]*)*(->[a-zA-Z.]*)?", equation):
        raise ValueError(f"Indices have incorrect format: {equation}")
    left, arrow, result = equation.partition("->")
    labels = left.split(",")
    for part in (*labels, result):
        letters = part.replace("...", "", 1)
        if "." in letters:
            raise ValueError(f"Indices have incorrect format: {equation}")
        if len(set(letters)) < len(letters):
            if part is result:
                raise ValueError(f"Invalid equation: {equation}")
            raise ValueError(f"Subscript not supported: an axis appears more than once: {part}")
    counts = Counter(left.replace(",", "").replace("...", ""))
    if not arrow:
        dots = "..." if "..." in left else ""
        result = dots + "".join(sorted(c for c, n in counts.items() if n == 1))
    if not set(result.replace("...", "")) <= set(counts) or ("..." in result and "..." not in left):
        raise ValueError(f"Invalid equation: {equation}")
    return labels, result


def _sizes(equation: str, shapes: list) -> tuple[dict[str, int | None], Any]:
    """The size of each letter, and the dims that `...` stands for (None: unknown)."""
    sizes: dict[str, int | None] = {}
    dots: Any = ()
    for labels, dims in zip(equation.partition("->")[0].split(","), shapes, strict=True):
        before, found, after = labels.partition("...")
        if dims is None:
            sizes.update({c: sizes.get(c) for c in before + after})
            dots = None if found else dots
            continue
        count = len(before) + len(after)
        if len(dims) < count or (len(dims) > count and not found):
            raise ShapeError(f"An input of rank {len(dims)} does not fit '{labels}'")
        end = len(dims) - len(after)
        for letter, size in zip(before + after, (*dims[: len(before)], *dims[end:]), strict=True):
            sizes[letter] = merged_dim(sizes.get(letter), size)
        dots = broadcast_dims(dots, tuple(dims[len(before) : end])) if dots is not None else None
    return sizes, dots


def _einsum_shape(inputs: list[Tensor], *, equation: str) -> Dims:
    sizes, dots = _sizes(equation, [t._dims for t in inputs])
    before, found, after = equation.partition("->")[2].partition("...")
    if found and dots is None:
        return None
    return (*(sizes[c] for c in before), *(dots if found else ()), *(sizes[c] for c in after))


@op("N * T -> T", shape=_einsum_shape, view=True, T=NUMBER)
def Einsum(inputs, *, equation):
    """The sum of products over the letters of `equation` that are not behind its arrow."""
    _sizes(equation, [t.shape for t in inputs])  # torch would broadcast a dimension of size 1
    return torch.einsum(equation, inputs)


# Vectors and matrices.


def _cross_shape(a: Tensor, b: Tensor) -> Dims:
    dims = merged(rank_at_least(a, 1), rank_at_least(b, 1))
    if dims is not None and dims[-1] not in (3, None):
        raise ShapeError(f"Dimension must be 3 but is {dims[-1]}")
    return dims


@op("T, T -> T", shape=_cross_shape, T=REAL)
def Cross(a, b):
    """The cross products of vectors of three elements, in the last dimension."""
    if a.shape != b.shape or a.shape[-1] != 3:
        raise ValueError(
            "Both inputs must be of same shape, with 3 elements in the last dimension: "
            f"{list(a.shape)} vs. {list(b.shape)}"
        )
    return torch.linalg.cross(a, b)


cross = Cross


def trace(x: Any, name: str | None = None) -> Tensor:
    """The sum of the diagonal, of each matrix in the last two dimensions."""
    with name_scope(name, "Trace", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        return reduce_sum(matrix_diag_part(x), [-1], name=scope)


@op(
    "T, host Tindex, host Tindex -> T",
    shape=lambda input, *_: rank_at_least(input, 2),
    Tindex=TypeSet(*INDEX.order, default=dtypes.int64),
)
def MatrixBandPart(input, num_lower, num_upper):
    """Matrices, zero beyond num_lower diagonals below the main one and num_upper above it.

    A negative number keeps all diagonals on that side.
    """
    if input.ndim < 2:
        shape = dims_text(tuple(input.shape))
        raise ValueError(f"input must be at least 2-dim, received shape: {shape}")
    for number, size, which, side in (
        (num_lower, input.shape[-2], "num_lower", "rows"),
        (num_upper, input.shape[-1], "num_upper", "columns"),
    ):
        if number > size:
            raise ValueError(
                f"{which} must be negative or less or equal to number of {side} ({size}) "
                f"got: {number}"
            )
    found = input.triu(-num_lower) if num_lower >= 0 else input
    if num_upper >= 0:
        return found.tril(num_upper)
    return found.clone() if found is input else found


matrix_band_part = MatrixBandPart

# Sums.


def scalar_mul(scalar: Any, x: Any, name: str | None = None) -> Any:
    """A scalar times a tensor or an IndexedSlices. ValueError where `scalar` is no scalar."""
    if not isinstance(x, IndexedSlices):
        x = convert_to_tensor(x, name="x")
    scalar = convert_to_tensor(scalar, x.dtype.base_dtype, name="scalar")
    if scalar._dims != ():
        raise ValueError(f"Only scalar multiply works, got shape {scalar.shape}")
    if isinstance(x, IndexedSlices):
        return IndexedSlices(Mul(scalar, x.values, name=name), x.indices, x.dense_shape)
    return Mul(scalar, x, name=name)


def _accumulated(inputs: list[Tensor], *, shape: TensorShape) -> Dims:
    return merged(shape._dims, all_alike(*inputs))


@op("N * T -> T", attrs={"shape": TensorShape(None)}, shape=_accumulated, T=NUMBER)
def AccumulateNV2(inputs):
    """The sum of several tensors of one shape."""
    total = torch.add(inputs[0], inputs[1]) if len(inputs) > 1 else inputs[0].clone()
    for term in inputs[2:]:
        total = total + term
    return total


def accumulate_n(
    inputs: Any, shape: Any = None, tensor_dtype: Any = None, name: str | None = None
) -> Tensor:
    """The sum of a list of tensors of one shape and dtype, which `shape` may give.

    ValueError for an empty list, several dtypes or shapes that do not agree, TypeError where the
    dtype is not `tensor_dtype`.
    """
    bad = ValueError("inputs must be a list of at least one Tensor with the same dtype and shape")
    if not isinstance(inputs, list | tuple) or not inputs:
        raise bad
    if any(isinstance(x, IndexedSlices) for x in inputs):
        raise bad
    tensors = [convert_to_tensor(x) for x in inputs]
    if len({t.dtype.base_dtype for t in tensors}) > 1:
        raise bad
    dtype = tensors[0].dtype.base_dtype
    if tensor_dtype is not None and dtypes.as_dtype(tensor_dtype).base_dtype is not dtype:
        raise TypeError(f"tensor_dtype is {tensor_dtype}, but input is of type {dtype}")
    whole = TensorShape(None) if shape is None else as_shape(shape)
    for tensor in tensors:
        whole = whole.merge_with(tensor.shape)
    if len(tensors) == 1:
        return tensors[0] if name is None else identity(tensors[0], name=name)
    return AccumulateNV2(tensors, whole, name=name)


# Complex numbers.


@op("T -> Tout", shape=unchanged, view=True, T=COMPLEX)
def Real(input, *, Tout):
    """The real parts."""
    return input.real


@op("T -> Tout", shape=unchanged, view=True, T=COMPLEX)
def Imag(input, *, Tout):
    """The imaginary parts."""
    return input.imag


@op("T -> Tout", shape=unchanged, T=COMPLEX)
def Angle(input, *, Tout):
    """The angles in the complex plane, in radians, in (-pi, pi]."""
    return torch.angle(input)


@op("T, T -> Tout", shape=broadcast, T=TypeSet(dtypes.float32, dtypes.float64))
def Complex(real, imag, *, Tout):
    """Complex numbers of real and imaginary parts."""
    if real.shape != imag.shape:
        real, imag = torch.broadcast_tensors(real, imag)
    return torch.complex(real, imag)


def real(input: Any, name: str | None = None) -> Tensor:
    """The real part; a real `input` itself."""
    with name_scope(name, "Real", [input]) as scope:
        x = convert_to_tensor(input, name="input")
        return Real(x, x.dtype.real_dtype, name=scope) if x.dtype.is_complex else x


def imag(input: Any, name: str | None = None) -> Tensor:
    """The imaginary part; zeros for a real `input`."""
    with name_scope(name, "Imag", [input]) as scope:
        x = convert_to_tensor(input, name="input")
        return Imag(x, x.dtype.real_dtype, name=scope) if x.dtype.is_complex else zeros_like(x)


def angle(input: Any, name: str | None = None) -> Tensor:
    """The angle in the complex plane; zeros for a real `input` (as TensorFlow 1.15 has it)."""
    with name_scope(name, "Angle", [input]) as scope:
        x = convert_to_tensor(input, name="input")
        return Angle(x, x.dtype.real_dtype, name=scope) if x.dtype.is_complex else zeros_like(x)


def complex(real: Any, imag: Any, name: str | None = None) -> Tensor:
    """The complex numbers real + i · imag. TypeError unless both are float32 or both float64."""
    real = convert_to_tensor(real, name="real")
    imag = convert_to_tensor(imag, name="imag")
    with name_scope(name, "Complex", [real, imag]) as scope:
        kinds = real.dtype.base_dtype, imag.dtype.base_dtype
        wanted = {dtypes.float32: dtypes.complex64, dtypes.float64: dtypes.complex128}
        if kinds[0] is not kinds[1] or kinds[0] not in wanted:
            raise TypeError(f"real and imag have incorrect types: {kinds[0].name} {kinds[1].name}")
        return Complex(real, imag, wanted[kinds[0]], name=scope)
