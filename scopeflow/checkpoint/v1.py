"""The first format of checkpoints: one table, with the values inside, for each file."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any, NamedTuple

import numpy as np

from ..core.dtypes import DType
from ..core.errors import InvalidArgumentError
from .bundle import _TYPE_NAMES, BundleReader, Entry, _empty, _parsed
from .durable import write_whole
from .files import cannot_read
from .protos import messages
from .slices import Extents, slice_key
from .table import Damaged, damaged, read_table
from .table_writer import table_bytes

# The field of a value, and what its elements are there.
_PACKED = {
    "float32": ("float_val", "<f4"), "float64": ("double_val", "<f8"),
    "complex64": ("scomplex_val", "<c8"), "complex128": ("dcomplex_val", "<c16"),
}  # fmt: skip
_FIELDS = {
    "int64": "int64_val", "bool": "bool_val", "float16": "half_val", "bfloat16": "half_val",
    "uint32": "uint32_val", "uint64": "uint64_val", "string": "string_val",
}  # fmt: skip
_NOT_WRITTEN = "bfloat16", "uint32", "uint64", "qint16", "quint16"


class FirstReader(BundleReader):
    """An open checkpoint of the V1 format; the files are read as a whole."""

    def __init__(self, prefix: str, files: list[str]) -> None:
        self._prefix = self._index = prefix
        self._entries: dict[str, Entry] = {}
        self._slices: dict[bytes, Entry] = {}
        self._values: dict[bytes, tuple[str, bytes]] = {}  # file and record, by name or slice
        self._keys: dict[int, bytes] = {}  # of the slices' entries
        for path in files:
            try:
                with open(path, "rb") as file:
                    data = file.read()
            except OSError as error:
                raise cannot_read(path, error) from None
            try:
                self._read(path, read_table(data, path))
            except Damaged as problem:
                damaged(path, str(problem))
        self._entries = dict(sorted(self._entries.items()))
        for name, entry in self._entries.items():
            if not entry.slices and name.encode() not in self._values:
                damaged(prefix, f"{name!r} has no value")

    def _read(self, path: str, table: dict[bytes, bytes]) -> None:
        head = table.pop(b"", None)
        if head is None:
            raise Damaged("its table has no header")
        for tensor in _parsed(messages().SavedTensorSlices, head, "the header").meta.tensor:
            shape = self._shape(repr(tensor.name), tensor.shape)
            parts: list[Extents] = []
            for part in tensor.slice:
                extents = tuple(
                    (e.start, e.length if e.WhichOneof("has_length") else None) for e in part.extent
                )
                key = slice_key(tensor.name.encode(), extents)
                if key not in table:
                    raise Damaged(f"a value of {tensor.name!r} is missing")
                self._values[key] = path, table[key]
                if all(extent == (0, None) for extent in extents):
                    self._values[tensor.name.encode()] = self._values.pop(key)
                    continue
                sizes = tuple(s - b if n is None else n for (b, n), s in zip(extents, shape))
                entry = self._slices[key] = Entry(tensor.type, sizes, 0, 0, 0, 0, ())
                self._keys[id(entry)] = key
                parts.append(extents)
            known = self._entries.get(tensor.name)
            if known is not None and (known.shape, known.dtype_number) != (shape, tensor.type):
                raise Damaged(f"{tensor.name!r} has another shape or dtype in another file")
            slices = (known.slices if known else ()) + tuple(parts)
            self._entries[tensor.name] = Entry(tensor.type, shape, 0, 0, 0, 0, slices)

    def missing_data(self) -> str | None:
        """Nothing: the values were in the files that were read."""
        return None

    def debug_string(self) -> bytes:
        """A line for each tensor: name, type and shape."""
        return b"".join(
            f"{name} (DT_{_TYPE_NAMES.get(entry.dtype_name, entry.dtype_name.upper())}) "
            f"[{','.join(map(str, entry.shape))}]"
            f"{f', {len(entry.slices)} slices' if entry.slices else ''}\n".encode()
            for name, entry in self._entries.items()
        )

    def _raw(self, name: str, entry: Entry, dtype: DType) -> Any:
        """The elements, as many as there must be; there are no data files."""
        path, raw = self._values[self._keys.get(id(entry), name.encode())]
        found = _array(_parsed(messages().SavedTensorSlices, raw, repr(name)).data.data, dtype)
        if found.size != entry.elements:
            damaged(path, f"{name!r} has {found.size} elements, its shape needs {entry.elements}")
        return found

    def _stored(
        self, name: str, entry: Entry, into: np.ndarray | None = None, plain: bool = False
    ) -> np.ndarray:
        dtype = self._dtype(name, entry)
        numpy_dtype = self._numpy_dtype(name, dtype, plain)
        found = self._raw(name, entry, dtype)
        if dtype.name != "string" and found.dtype != numpy_dtype:
            found = found.view(numpy_dtype)
        value = _empty(entry.shape, numpy_dtype) if into is None else into
        value[...] = found.reshape(entry.shape)
        return value


def _array(values: Any, dtype: DType) -> np.ndarray:
    """The elements that a message has, of the integers that they are stored as."""
    if dtype.name in _PACKED:
        field, kind = _PACKED[dtype.name]
        data = b"".join(getattr(values, field))
        size = np.dtype(kind).itemsize
        return np.frombuffer(data[: len(data) - len(data) % size], kind)
    listed = getattr(values, _FIELDS.get(dtype.name, "int_val"))
    if dtype.name == "string":
        found = np.empty(len(listed), object)
        found[:] = list(listed)
        return found
    numbers = np.array(listed, np.uint64 if dtype.name == "uint64" else np.int64)
    if dtype.name == "bool":
        return numbers.astype(np.bool_)
    kind = dtype.as_numpy_dtype if not dtype.is_quantized else np.dtype(dtype.as_numpy_dtype)[0]
    return numbers.astype(np.uint16 if dtype.name in ("float16", "bfloat16") else kind)


class Part(NamedTuple):
    """A tensor to write, or a slice of one."""

    name: str
    dtype: DType
    shape: tuple[int, ...]  # of the whole
    extents: Extents
    value: np.ndarray  # as checkpoints have it


def write_first(path: str, parts: Iterable[Part]) -> None:
    """Write a file of the V1 format."""
    head = messages().SavedTensorSlices()
    head.meta.versions.producer = 1
    tensors: dict[str, Any] = {}
    table: dict[bytes, bytes] = {}
    for part in parts:
        if part.dtype.name in _NOT_WRITTEN:
            raise InvalidArgumentError(
                None, None, f"Saving data type {part.dtype.name} not yet supported\n{part.name} "
                "can be saved in the V2 format: leave write_version out.",
            )  # fmt: skip
        tensor = tensors.get(part.name)
        if tensor is None:
            tensor = tensors[part.name] = head.meta.tensor.add(
                name=part.name, type=part.dtype.as_datatype_enum
            )
            tensor.shape.SetInParent()
            for size in part.shape:
                tensor.shape.dim.add(size=size)
        extents = tuple(
            (0, None) if (start, length or 0) == (0, size) else (start, length)
            for (start, length), size in zip(part.extents, part.shape)
        )
        key = slice_key(part.name.encode(), extents)
        if key in table:
            raise InvalidArgumentError(None, None, f"{part.name!r} is there twice")
        record = messages().SavedTensorSlices()
        record.data.name = part.name
        for place in (tensor.slice.add(), record.data.slice):
            place.SetInParent()
            for start, length in extents:
                extent = place.extent.add(start=start)
                if length is not None:
                    extent.length = length
        record.data.data.SetInParent()
        _fill(record.data.data, part)
        table[key] = record.SerializeToString()
    pairs = [(b"", head.SerializeToString()), *sorted(table.items())]
    directory = os.path.dirname(path)
    if directory and not os.path.isdir(directory):
        os.makedirs(directory, exist_ok=True)
    write_whole(path, table_bytes(pairs))


def _fill(values: Any, part: Part) -> None:
    value, name = part.value.reshape(-1), part.dtype.name
    if not value.size:
        return
    if name in _PACKED:
        field, kind = _PACKED[name]
        getattr(values, field).append(np.ascontiguousarray(value, kind).tobytes())
        return
    field = _FIELDS.get(name, "int_val")
    if name == "float16":
        value = value.view(np.uint16)
    getattr(values, field).extend(value.tolist())
