"""Strings: split, joined, cut, trimmed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.op import ShapeError, define, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import broadcast, merged, rank_is, reduced, unchanged
from ..core.sparse_tensor import SparseTensor
from ..core.static_value import static_value
from ..core.types import INDEX
from .array import _one_of, rank, reshape
from .ranges import range as range_
from .texts import array_of, each, sparse_rows, tensor_of

# Splitting.

_SPLIT = "-> indices: int64, values: string, shape: int64"
_SPACES = b" \t\n\v\f\r"


def _split_shape(input: Tensor, *rest: Tensor) -> list[Dims]:
    rank_is(input, 1)
    for tensor in rest:
        rank_is(tensor, 0)
    return [(None, 2), (None,), (2,)]


@op(f"string, string {_SPLIT}", shape=_split_shape)
def StringSplit(input, delimiter, *, device, skip_empty=True):
    """Each string cut at every byte of the delimiter, "" between all bytes, as a sparse matrix."""
    marks = delimiter.item()
    rows = []
    for text in input.tolist():
        if not text:
            parts = []
        elif not marks:
            parts = [text[i : i + 1] for i in range(len(text))]
        else:
            parts = text.translate(bytes.maketrans(marks, marks[:1] * len(marks))).split(marks[:1])
        if skip_empty:
            parts = [part for part in parts if part]
        rows.append(parts)
    return sparse_rows(rows, device)


@op(f"string, string {_SPLIT}", shape=_split_shape)
def StringSplitV2(input, sep, *, device, maxsplit=-1):
    """Each string cut at the separator, "" for runs of white space, as a sparse matrix."""
    mark = sep.item()
    rows = []
    for text in input.tolist():
        if mark:
            rows.append(text.split(mark, maxsplit))
        else:
            rows.append(_words(text, maxsplit))
    return sparse_rows(rows, device)


def _words(text: bytes, maxsplit: int) -> list[bytes]:
    return text.lstrip(_SPACES).split(None, maxsplit)


def string_split(
    source: Any,
    sep: Any = None,
    skip_empty: bool = True,
    delimiter: Any = None,
    result_type: str = "SparseTensor",
    name: str | None = None,
) -> SparseTensor:
    """Each string of the vector `source` cut at every character of `sep` (" "), as a sparse matrix.

    With `sep` "" into single bytes. Empty parts are left out with `skip_empty`. `delimiter` is the
    deprecated name of `sep`. `result_type` must be "SparseTensor".
    """
    mark = _one_of("sep", sep, "delimiter", delimiter)
    _sparse_result("tf.string_split", result_type)
    with name_scope(name, "StringSplit", [source]):
        source = convert_to_tensor(source, dtypes.string)
        marks = convert_to_tensor(" " if mark is None else mark, dtypes.string)
        return SparseTensor(*StringSplit(source, marks, skip_empty))


def _sparse_result(function: str, result_type: str) -> None:
    if result_type == "RaggedTensor":
        raise NotImplementedError(
            f"{function}(result_type='RaggedTensor'): there are no ragged tensors. Leave it out: "
            "the result is a SparseTensor, dense by tf.sparse.to_dense(result, '')."
        )
    if result_type != "SparseTensor":
        raise ValueError("result_type must be 'RaggedTensor' or 'SparseTensor'.")


def string_split_v1(
    input: Any = None,
    sep: Any = None,
    maxsplit: int = -1,
    result_type: str = "SparseTensor",
    source: Any = None,
    name: str | None = None,
) -> SparseTensor:
    """Each string of the vector `input` cut at `sep` as Python's str.split does, a sparse matrix.

    Without `sep` at runs of white space; at most `maxsplit` times. `source` is a deprecated name of
    `input`. `result_type` must be "SparseTensor".
    """
    input = _one_of("input", input, "source", source)
    _sparse_result("tf.strings.split", result_type)
    with name_scope(name, "StringSplit", [input]):
        input = convert_to_tensor(input, dtypes.string, name="input")
        mark = convert_to_tensor("" if sep is None else sep, dtypes.string)
        if input._dims == ():
            input = reshape(input, [1])
        return SparseTensor(*StringSplitV2(input, mark, maxsplit))


# Joining.


def _join_shape(inputs: list[Tensor], **_: Any) -> Dims:
    dims: Dims = ()
    for tensor in inputs:
        if tensor._dims is None:
            return None
        if tensor._dims != ():
            dims = merged(None if dims == () else dims, tensor._dims)
    return dims


@op("N * string -> string", shape=_join_shape)
def StringJoin(inputs, *, separator=""):
    """The inputs' strings side by side, with the separator between; scalars go with all."""
    size = next((x.shape for x in inputs if x.ndim), ())
    for i, x in enumerate(inputs):
        if x.ndim and x.shape != size:
            raise ValueError(
                f"Input shapes do not match: {list(size)} of the first, {list(x.shape)} at {i}"
            )
    mark = separator.encode()
    columns = [np.broadcast_to(x, size).ravel().tolist() for x in inputs]
    return array_of((mark.join(row) for row in zip(*columns, strict=True)), size)


def string_join(inputs: Any, separator: str = "", name: str | None = None) -> Tensor:
    """The strings of tensors of one shape side by side (scalars go with all of the others)."""
    return StringJoin(list(inputs), separator, name=name)


def _reduce_join_shape(inputs: Tensor, reduction_indices: Tensor, *, keep_dims: bool) -> Dims:
    axes = static_value(reduction_indices)
    if axes == () and inputs._dims is not None:
        return inputs._dims
    return reduced(inputs, reduction_indices, keep_dims=keep_dims)


@op("string, host int32 -> string", shape=_reduce_join_shape)
def ReduceJoin(inputs, reduction_indices, *, keep_dims=False, separator=""):
    """The strings along axes joined to one; the first axis given varies fastest."""
    given = reduction_indices if isinstance(reduction_indices, tuple) else (reduction_indices,)
    axes = list(given)
    if not axes:
        return inputs.copy()
    axes = [axis % inputs.ndim for axis in axes]
    if len(set(axes)) < len(axes):
        raise ValueError(f"Duplicate reduction dimension in {list(given)}")
    left = [axis for axis in range(inputs.ndim) if axis not in axes]
    sizes = [inputs.shape[axis] for axis in left]
    count = int(np.prod([inputs.shape[axis] for axis in axes]))
    rows = inputs.transpose(*left, *reversed(axes)).reshape(-1, count) if inputs.size else None
    mark = separator.encode()
    total = int(np.prod(sizes))
    joined = [b""] * total if rows is None else [mark.join(row) for row in rows.tolist()]
    if keep_dims:
        sizes = [1 if axis in axes else d for axis, d in enumerate(inputs.shape)]
    return array_of(joined, sizes)


def reduce_join(
    inputs: Any,
    axis: Any = None,
    keep_dims: bool | None = None,
    separator: str = "",
    name: str | None = None,
    reduction_indices: Any = None,
    keepdims: bool | None = None,
) -> Tensor:
    """The strings along `axis` (all axes where None, the last varying fastest) joined to one.

    Of several axes the first one given varies fastest. `reduction_indices` and `keep_dims` are
    deprecated names of `axis` and `keepdims`.
    """
    keep = _one_of("keepdims", keepdims, "keep_dims", keep_dims)
    axes = _one_of("axis", axis, "reduction_indices", reduction_indices)
    with name_scope(name, "ReduceJoin", [inputs, axes]):
        inputs = convert_to_tensor(inputs)
        if axes is None:
            if inputs._dims is not None:
                axes = convert_to_tensor(np.arange(len(inputs._dims), dtype=np.int32)[::-1].copy())
            else:
                count: Any = rank(inputs)
                axes = range_(count - 1, -1, -1)
        return ReduceJoin(inputs, axes, bool(keep), separator)


def _segment_shape(inputs: Tensor, segment_ids: Tensor, num_segments: Tensor, **_: Any) -> Dims:
    rank_is(num_segments, 0)
    if inputs._dims is None or segment_ids._dims is None:
        return None
    depth = len(segment_ids._dims)
    merged(inputs._dims[:depth], segment_ids._dims)
    return (static_value(num_segments), *inputs._dims[depth:])


@op(
    "string, Tindices, host Tnumsegments -> string",
    shape=_segment_shape,
    Tindices=INDEX,
    Tnumsegments=INDEX,
)
def UnsortedSegmentJoin(inputs, segment_ids, num_segments, *, separator=""):
    """For each segment the strings with its id joined in order."""
    ids = segment_ids.reshape(-1).tolist()
    rest = inputs.shape[segment_ids.ndim :]
    width = math.prod(rest)
    rows = inputs.reshape(len(ids), width)
    found: list[list[list[bytes]]] = [[[] for _ in range(width)] for _ in range(num_segments)]
    for number, row in zip(ids, rows.tolist(), strict=True):
        if not 0 <= number < num_segments:
            raise ValueError(f"segment_ids value {number} is not in [0, {num_segments})")
        for parts, text in zip(found[number], row, strict=True):
            parts.append(text)
    mark = separator.encode()
    return array_of((mark.join(p) for row in found for p in row), (num_segments, *rest))


def unsorted_segment_join(
    inputs: Any, segment_ids: Any, num_segments: Any, separator: str = "", name: str | None = None
) -> Tensor:
    """For each segment 0, 1, … the strings with its id, joined in order."""
    return UnsortedSegmentJoin(inputs, segment_ids, num_segments, separator, name=name)


# Parts and properties.

_UNITS = ("BYTE", "UTF8_CHAR")


def _check_unit(op_type: str, unit: str) -> None:
    if unit not in _UNITS:
        raise ShapeError(
            f"Attr 'unit' of '{op_type}' Op passed string '{unit}' not in: \"BYTE\", \"UTF8_CHAR\""
        )


def characters(text: bytes) -> list[bytes]:
    """The UTF-8 characters of a text: each begins with a byte that continues none."""
    begins = [i for i, byte in enumerate(text) if byte & 0xC0 != 0x80]
    return [text[a:b] for a, b in zip(begins, [*begins[1:], len(text)], strict=False)]


def _substr_shape(input: Tensor, pos: Tensor, len: Tensor, *, unit: str) -> Dims:
    _check_unit("Substr", unit)
    if pos._dims is not None and len._dims is not None and pos._dims != len._dims:
        merged(pos._dims, len._dims)
    return broadcast(input, pos)


@op("string, T, T -> string", shape=_substr_shape, T=INDEX)
def Substr(input, pos, len, *, unit="BYTE"):
    """`len` characters from `pos` on, which counts from the end where it is negative."""
    places, counts = pos.numpy(force=True), len.numpy(force=True)
    if places.shape != counts.shape:
        raise ValueError(
            f"pos and len should have the same shape, got: {list(places.shape)} vs. "
            f"{list(counts.shape)}"
        )
    size = np.broadcast_shapes(input.shape, places.shape)
    columns = [np.broadcast_to(x, size).ravel().tolist() for x in (input, places, counts)]
    rows = enumerate(zip(*columns, strict=True))
    return array_of((_cut(text, p, n, i, unit) for i, (text, p, n) in rows), size)


def _cut(text: bytes, pos: int, count: int, index: int, unit: str) -> bytes:
    parts: Any = text if unit == "BYTE" else characters(text)
    length = len(parts)
    begin = pos + length if pos < 0 else pos
    if not 0 <= begin <= length:
        raise ValueError(f"pos {pos} out of range for string b'{text!r}' at index {index}")
    found = parts[begin : begin + max(count, 0)]
    return found if unit == "BYTE" else b"".join(found)


def substr(input: Any, pos: Any, len: Any, name: str | None = None, unit: str = "BYTE") -> Tensor:
    """`len` bytes of each string from `pos` on (from the end where it is negative).

    `pos` and `len` have one shape and broadcast with `input`. With `unit` "UTF8_CHAR" characters
    are counted. InvalidArgumentError when running for a `pos` outside of the string.
    """
    return Substr(input, pos, len, unit, name=name)


def _length_shape(input: Tensor, *, unit: str) -> Dims:
    _check_unit("StringLength", unit)
    return input._dims


@op("string -> int32", shape=_length_shape)
def StringLength(input, *, device, unit="BYTE"):
    """The number of bytes, or of UTF-8 characters."""
    count = len if unit == "BYTE" else lambda text: len(characters(text))
    return tensor_of(each(count, input).astype(np.int32), np.int32, device)


def string_length(input: Any, name: str | None = None, unit: str = "BYTE") -> Tensor:
    """The length of each string, in bytes or ("UTF8_CHAR") in characters."""
    return StringLength(input, unit, name=name)


StringStrip = define(
    "StringStrip", ["input"], "string -> string",
    lambda input: each(lambda text: text.strip(_SPACES), input),
    shape=unchanged, doc="Without white space at the beginning and the end.",
)  # fmt: skip
string_strip = StringStrip


def _case_kernel(method: str) -> Any:
    def change(text: bytes) -> bytes:
        return getattr(text.decode("utf-8", "surrogateescape"), method)().encode(
            "utf-8", "surrogateescape"
        )

    def kernel(input, *, encoding=""):
        return each(getattr(bytes, method) if encoding == "" else change, input)

    return kernel


def _case_shape(input: Tensor, *, encoding: str) -> Dims:
    if encoding not in ("", "utf-8"):
        raise ShapeError(f"only utf-8 and '' (ASCII) are encodings here, got {encoding!r}")
    return input._dims


StringLower, StringUpper = (
    define(
        f"String{method.capitalize()}", ["input"], "string -> string", _case_kernel(method),
        attrs={"encoding": ""}, shape=_case_shape,
        doc=f"In {method} case: ASCII letters, with encoding utf-8 all letters.",
    )
    for method in ("lower", "upper")
)  # fmt: skip
string_lower, string_upper = StringLower, StringUpper
