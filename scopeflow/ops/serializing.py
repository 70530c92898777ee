"""Tensors and sparse tensors as strings: serialized TensorProto messages; compressed strings."""

from __future__ import annotations

import zlib
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.dtypes import DType, as_dtype
from ..core.errors import DataLossError
from ..core.lazy_torch import torch
from ..core.op import REQUIRED, ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_at_least, rank_is, unchanged
from ..core.sparse_tensor import SparseTensor, as_sparse
from ..core.tensor_proto import make_ndarray
from ..core.types import STRING
from .texts import array_of, each, tensor_of

# Messages.


def _array(value: Any) -> np.ndarray:
    """A kernel's input as numpy's."""
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, tuple):
        return np.array(value, np.int64)
    if value.dtype is torch.bfloat16:
        return value.view(torch.uint16).numpy(force=True).view(dtypes.bfloat16.as_numpy_dtype)
    return value.numpy(force=True)


def _varint(number: int) -> bytes:
    found = bytearray()
    while number > 127:
        found.append(number & 127 | 128)
        number >>= 7
    return bytes((*found, number))


def message(value: Any, packed: bool) -> bytes:
    """The TensorProto; strings are `packed` (lengths first, then all bytes) or a list of fields."""
    from tensorboard.compat.proto import tensor_pb2

    array = _array(value)
    texts = array.dtype == object
    dtype = dtypes.string if texts else as_dtype(array.dtype)
    proto = tensor_pb2.TensorProto(dtype=dtype.as_datatype_enum)
    proto.tensor_shape.SetInParent()
    for size in array.shape:
        proto.tensor_shape.dim.add(size=size)
    if not texts:
        proto.tensor_content = array.tobytes()
    elif packed:
        items = array.ravel().tolist()
        proto.tensor_content = b"".join([_varint(len(item)) for item in items] + items)
    else:
        proto.string_val.extend(array.ravel().tolist())
    return proto.SerializeToString()


def _proto(text: bytes) -> Any:
    """The TensorProto in a message."""
    from google.protobuf.message import DecodeError
    from tensorboard.compat.proto import tensor_pb2

    proto = tensor_pb2.TensorProto()
    try:
        proto.ParseFromString(text)
    except DecodeError:
        shown = repr(text[:40])[1:]
        raise ValueError(f"Could not parse `serialized` as TensorProto: {shown}") from None
    return proto


def array_from(text: bytes, dtype: DType) -> np.ndarray:
    """The array in a message. ValueError for what is none, and for another dtype."""
    from google.protobuf.message import DecodeError
    from tensorboard.compat.proto import tensor_pb2

    proto = tensor_pb2.TensorProto()
    try:
        proto.ParseFromString(text)
    except DecodeError:
        raise ValueError(
            f"Could not parse `serialized` as TensorProto: {repr(text[:40])[1:]}"
        ) from None
    if proto.dtype != dtype.as_datatype_enum:
        kind = as_dtype(proto.dtype).name if proto.dtype else "no dtype"
        raise ValueError(f"Type mismatch between parsed tensor ({kind}) and dtype ({dtype.name})")
    if dtype is dtypes.string and proto.tensor_content:
        sizes = [dim.size for dim in proto.tensor_shape.dim]
        return array_of(_unpacked(proto.tensor_content, int(np.prod(sizes))), sizes)
    return make_ndarray(proto)


def _unpacked(content: bytes, count: int) -> list[bytes]:
    lengths, at = [], 0
    for _ in range(count):
        length = shift = 0
        while True:
            byte = content[at]
            at += 1
            length |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                break
        lengths.append(length)
    found = []
    for length in lengths:
        found.append(content[at : at + length])
        at += length
    return found


def _tensor(array: np.ndarray, dtype: DType, device: Any) -> Any:
    if dtype is dtypes.string:
        return array
    if dtype is dtypes.bfloat16:
        raw = torch.from_numpy(array.view(np.uint16).copy())
        return raw.view(torch.bfloat16).to(device)
    return tensor_of(array.copy(), dtype.as_numpy_dtype, device)


# Tensors.


@op("T -> string", shape=lambda tensor: (), differentiable=False)
def SerializeTensor(tensor):
    """The tensor as a serialized TensorProto."""
    return np.array(message(tensor, packed=False), object)


@op(
    "string -> out_type",
    attrs={"out_type": REQUIRED},
    shape=lambda serialized: None,
)
def ParseTensor(serialized, *, op, device):
    """The tensor of a serialized TensorProto."""
    wanted = op.attrs["out_type"]
    if serialized.ndim:
        shape = list(serialized.shape)
        raise ValueError(f"Expected `serialized` to be a scalar, got shape: {shape}")
    return _tensor(array_from(serialized.item(), wanted), wanted, device)


def serialize_tensor(tensor: Any, name: str | None = None) -> Tensor:
    """The tensor as a string: a serialized TensorProto message."""
    return SerializeTensor(tensor, name=name)


def parse_tensor(serialized: Any, out_type: Any, name: str | None = None) -> Tensor:
    """The tensor of dtype `out_type` in a serialized TensorProto message.

    InvalidArgumentError when running for other strings and for another dtype.
    """
    return ParseTensor(serialized, as_dtype(out_type), name=name)


# Sparse tensors: three messages each, in TensorFlow's form.


@op(
    "int64, T, host int64 -> out_type",
    shape=lambda indices, values, shape: (3,),
    attrs={"out_type": dtypes.string},
    out_type=STRING,
    differentiable=False,
)
def SerializeSparse(sparse_indices, sparse_values, sparse_shape):
    """The three parts as messages."""
    parts = (sparse_indices, sparse_values, sparse_shape)
    return array_of(message(part, packed=True) for part in parts)


@op(
    "int64, T, host int64 -> out_type",
    shape=lambda indices, values, shape: (None, 3),
    attrs={"out_type": dtypes.string},
    out_type=STRING,
    differentiable=False,
)
def SerializeManySparse(sparse_indices, sparse_values, sparse_shape):
    """For each row of the first dimension the three parts as messages."""
    if len(sparse_shape) < 2:
        raise ValueError(f"Rank of input SparseTensor should be > 1, but saw {len(sparse_shape)}")
    rows = sparse_indices[:, 0].tolist()
    indices, values = _array(sparse_indices)[:, 1:], _array(sparse_values)
    found = []
    for row in range(sparse_shape[0]):
        own = [i for i, r in enumerate(rows) if r == row]
        parts = (np.ascontiguousarray(indices[own]), values[own], tuple(sparse_shape[1:]))
        found += [message(part, packed=True) for part in parts]
    return array_of(found, (-1, 3))


Parts = tuple[np.ndarray, np.ndarray, np.ndarray]
"""The indices, values and shape of a sparse tensor."""


def _serialized_parts(texts: list[bytes], number: int, dtype: DType) -> Parts:
    """The sparse tensor in three messages."""
    try:
        places, sizes = (array_from(texts[i], dtypes.int64) for i in (0, 2))
        have = as_dtype(_proto(texts[1]).dtype)
    except ValueError:
        raise ValueError("Could not parse serialized proto") from None
    if have is not dtype:
        raise ValueError(
            f"Requested SparseTensor of type {dtype.name} but SparseTensor[{number}].values.dtype()"
            f" == {have.name}"
        )
    return places, array_from(texts[1], dtype), sizes


def stacked_sparse(
    tensors: list[Parts], lead: tuple[int, ...], dtype: DType, device: Any, what: str = "shape"
) -> tuple:
    """Sparse tensors of one rank as one of shape [*lead, …]; smaller ones leave the rest empty."""
    first = len(tensors[0][2])
    for number, (_, _, sizes) in enumerate(tensors):
        if len(sizes) != first:
            more = len(lead) if what == "rank" else 0
            raise ValueError(
                f"Inconsistent {what} across SparseTensors: rank prior to SparseTensor[{number}] "
                f"was: {first + more} but rank of SparseTensor[{number}] is: {len(sizes) + more}"
            )
    counts = [len(values) for _, values, _ in tensors]
    places = np.concatenate([i.reshape(n, first) for (i, _, _), n in zip(tensors, counts)])
    which = np.repeat(np.arange(len(tensors)), counts)
    front = np.indices(lead).reshape(len(lead), len(tensors)).T[which]  # of each element
    shape = np.array([sizes for _, _, sizes in tensors], np.int64).reshape(len(tensors), first)
    return (
        tensor_of(np.concatenate([front, places], axis=1), np.int64, device),
        _tensor(np.concatenate([values for _, values, _ in tensors]), dtype, device),
        tensor_of([*lead, *shape.max(axis=0)], np.int64, device),
    )


def _deserialized(serialized: np.ndarray, dtype: DType, device: Any) -> tuple:
    dims = list(serialized.shape)
    if not dims or dims[-1] != 3:
        raise ValueError(f"Serialized sparse should have 3 as the last dimension {dims}")
    if 0 in dims:
        raise ValueError(
            "Serialized sparse should have at least 1 serialized tensor, but has a zero dimension "
            f"{dims}"
        )
    rows = serialized.reshape(-1, 3).tolist()
    tensors = [_serialized_parts(texts, i, dtype) for i, texts in enumerate(rows)]
    return stacked_sparse(tensors, tuple(dims[:-1]), dtype, device)


def _sparse_parts_shape(serialized_sparse: Tensor) -> list[Dims]:
    dims = rank_at_least(serialized_sparse, 1)
    if dims is not None and dims[-1] not in (3, None):
        raise ShapeError(f"Dimension must be 3 but is {dims[-1]}")
    return [(None, None), (None,), (None,)]


def _many_shape(serialized_sparse: Tensor) -> list[Dims]:
    rank_is(serialized_sparse, 2)
    return [(None, None), (None,), (None,)]


@op(
    "Tserialized -> sparse_indices: int64, sparse_values: dtype, sparse_shape: int64",
    attrs={"dtype": REQUIRED},
    shape=_sparse_parts_shape,
    Tserialized=STRING,
)
def DeserializeSparse(serialized_sparse, *, op, device):
    """Serialized sparse tensors [..., 3] of one rank as one sparse tensor [..., *shape]."""
    return _deserialized(serialized_sparse, op.attrs["dtype"], device)


@op(
    "string -> sparse_indices: int64, sparse_values: dtype, sparse_shape: int64",
    attrs={"dtype": REQUIRED},
    shape=_many_shape,
)
def DeserializeManySparse(serialized_sparse, *, op, device):
    """Serialized sparse tensors of one rank, one a row, as one with a dimension more in front."""
    return _deserialized(serialized_sparse, op.attrs["dtype"], device)


def _as_string(function: str, out_type: Any) -> None:
    if as_dtype(out_type) is not dtypes.string:
        raise NotImplementedError(
            f"{function}(out_type={as_dtype(out_type)!r}): only strings are made. Leave it out."
        )


def serialize_sparse(
    sp_input: Any, name: str | None = None, out_type: Any = dtypes.string
) -> Tensor:
    """The sparse tensor as a vector of three strings; `out_type` must be tf.string."""
    _as_string("tf.io.serialize_sparse", out_type)
    return SerializeSparse(*as_sparse(sp_input)._components, name=name)


def serialize_many_sparse(
    sp_input: Any, name: str | None = None, out_type: Any = dtypes.string
) -> Tensor:
    """Each row of the first dimension as three strings -> [rows, 3]; `out_type` is tf.string."""
    _as_string("tf.io.serialize_many_sparse", out_type)
    return SerializeManySparse(*as_sparse(sp_input)._components, name=name)


def deserialize_sparse(
    serialized_sparse: Any, dtype: Any, rank: int | None = None, name: str | None = None
) -> SparseTensor:
    """The serialized sparse tensors [..., 3] as one, [..., *shape]; `rank` is that of each.

    InvalidArgumentError when running for another dtype.
    """
    indices, values, sizes = DeserializeSparse(serialized_sparse, as_dtype(dtype), name=name)
    indices.set_shape([None, rank])
    sizes.set_shape([rank])
    return SparseTensor(indices, values, sizes)


def deserialize_many_sparse(
    serialized_sparse: Any, dtype: Any, rank: int | None = None, name: str | None = None
) -> SparseTensor:
    """The serialized sparse tensors [rows, 3] as one, with a dimension more in front.

    `rank`, where given, is the result's. InvalidArgumentError when running for another dtype.
    """
    indices, values, sizes = DeserializeManySparse(serialized_sparse, as_dtype(dtype), name=name)
    indices.set_shape([None, rank])
    sizes.set_shape([rank])
    return SparseTensor(indices, values, sizes)


# Compressed strings.

_WINDOWS = {"ZLIB": zlib.MAX_WBITS, "GZIP": zlib.MAX_WBITS + 16}


def _inflated(text: bytes, kind: str) -> bytes:
    try:
        return zlib.decompress(text, _WINDOWS[kind])
    except zlib.error as error:
        raise DataLossError(None, None, f"{kind} data is damaged: {error}") from None


@op("string -> string", shape=unchanged)
def DecodeCompressed(bytes, *, compression_type=""):
    """Each string as it was before it was compressed."""
    if not compression_type:
        return bytes.copy()
    if compression_type not in _WINDOWS:
        raise ValueError(
            f"Only ZLIB, GZIP or NONE are supported compressions. Got: {compression_type}"
        )
    return each(lambda text: _inflated(text, compression_type), bytes)


def decode_compressed(bytes: Any, compression_type: str = "", name: str | None = None) -> Tensor:
    """Each string as it was before it was compressed: "ZLIB", "GZIP", or "" for not at all."""
    return DecodeCompressed(bytes, compression_type, name=name)
