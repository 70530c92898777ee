"""Reading checkpoints in TensorFlow's V2 format, the TensorBundle."""

from __future__ import annotations

import math
import os
import struct
import threading
from dataclasses import dataclass
from typing import Any, NoReturn

import numpy as np

from ..core.dtypes import DType, as_dtype
from ..core.errors import NotFoundError, UnimplementedError
from .checksums import copy_with_crc32c, crc32c, mask
from .files import DataFile, data_name, index_name, near, read_index
from .protos import messages
from .slices import Extents, check_cover, place_of, slice_key
from .table import Damaged, damaged, read_table, varint

_VERSION = 1  # of the format, the only one there is
_MOST_AXES = 254  # of a TensorFlow tensor
_MOST_AXES_IN_NUMPY = 32 if np.lib.NumpyVersion(np.__version__) < "2.0.0" else 64
_MOST_SHARDS_OPEN = 64
_STRING = 7  # DT_STRING
# TensorFlow's names for its types, as far as they are not "DT_" and scopeflow's name.
_TYPE_NAMES = {"float32": "FLOAT", "float64": "DOUBLE", "float16": "HALF"}


@dataclass(frozen=True)
class Entry:
    """What the index says of a tensor, or of one slice of it."""

    dtype_number: int
    shape: tuple[int, ...]
    shard: int
    offset: int
    size: int
    crc: int
    slices: tuple[Extents, ...]

    @property
    def dtype(self) -> DType | None:
        """None for a type that TensorFlow 1 did not have."""
        try:
            found = as_dtype(self.dtype_number)
        except TypeError:
            return None
        return found if found.base_dtype is found else None

    @property
    def dtype_name(self) -> str:
        return self.dtype.name if self.dtype else f"dtype {self.dtype_number}"

    @property
    def elements(self) -> int:
        return math.prod(self.shape)


OBJECT_GRAPH = "_CHECKPOINTABLE_OBJECT_GRAPH"
"""The key of the message that names the objects of a `tf.train.Checkpoint`."""


class BundleReader:
    """An open checkpoint: the index is in memory, the data is read as it is asked for.

    `prefix` is the checkpoint's name, without `.index`.
    """

    def __init__(self, prefix: str | bytes | os.PathLike) -> None:
        self._prefix = os.fsdecode(prefix)
        self._index = index_name(self._prefix)
        self._shards = 0
        self._entries: dict[str, Entry] = {}
        self._slices: dict[bytes, Entry] = {}
        self._open: dict[int, DataFile] = {}
        self._lock = threading.Lock()
        table = read_table(read_index(self._prefix), self._index)
        try:
            self._read_header(table.pop(b"", None))
            for key, value in table.items():
                if key.startswith(b"\0"):
                    self._slices[key] = self._entry(key, value)
                else:
                    self._entries[_text(key)] = self._entry(key, value)
        except Damaged as problem:
            damaged(self._index, str(problem))

    @property
    def prefix(self) -> str:
        """The checkpoint's name."""
        return self._prefix

    @property
    def entries(self) -> dict[str, Entry]:
        """What the index says of each tensor, by name in sorted order."""
        return self._entries

    def has_tensor(self, tensor_str: Any) -> bool:
        """Whether a tensor of that name is there."""
        return _name(tensor_str) in self._entries

    def get_variable_to_shape_map(self) -> dict[str, list[int]]:
        """The shape of each tensor."""
        return {name: list(entry.shape) for name, entry in self._entries.items()}

    def get_variable_to_dtype_map(self) -> dict[str, DType]:
        """The dtype of each tensor."""
        return {name: self._dtype(name, entry) for name, entry in self._entries.items()}

    def get_tensor(self, tensor_str: Any) -> Any:
        """The value, as a new array, or as a scalar or bytes where there are no axes."""
        value = self.stored(_name(tensor_str), plain=False)
        return value if value.ndim else value[()]

    def object_graph(self) -> Any:
        """The TrackableObjectGraph that `tf.train.Checkpoint` wrote; None in other checkpoints."""
        if not self.has_tensor(OBJECT_GRAPH):
            return None
        from google.protobuf.message import DecodeError
        from tensorboard.compat.proto.trackable_object_graph_pb2 import TrackableObjectGraph

        try:
            return TrackableObjectGraph.FromString(self.get_tensor(OBJECT_GRAPH))
        except DecodeError:
            return None

    def keys_of_objects(self) -> dict[str, str]:
        """In a checkpoint of objects: the key of each variable by its name."""
        graph = self.object_graph()
        return {
            attribute.full_name: attribute.checkpoint_key
            for node in (graph.nodes if graph is not None else ())
            for attribute in node.attributes
            if attribute.full_name
        }

    def stored(self, name: str, plain: bool = True) -> np.ndarray:
        """The value as an array.

        With `plain`, types that numpy has not are given as the integers that they are stored as.
        """
        entry = self._entries.get(name)
        if entry is None:
            raise NotFoundError(None, None, self.missing_key(name))
        try:
            if entry.slices:
                return self._joined(name, entry, plain)
            return self._stored(name, entry, plain=plain)
        except Damaged as problem:
            damaged(self._index, f"{name!r}: {problem}")

    def stored_slice(self, name: str, extents: Extents) -> np.ndarray | None:
        """The part at these extents, plain, if it is stored as such a part."""
        part = self._slices.get(slice_key(name.encode(), extents))
        try:
            return None if part is None else self._stored(name, part, plain=True)
        except Damaged as problem:
            damaged(self._index, f"{name!r}: {problem}")

    def debug_string(self) -> bytes:
        """A line for each tensor: name, type and shape; for a partitioned one, for each slice."""
        stored = {n.encode(): entry for n, entry in self._entries.items() if not entry.slices}
        lines = []
        for key, entry in sorted({**stored, **self._slices}.items()):
            name = entry.dtype.name if entry.dtype else str(entry.dtype_number)
            name = _TYPE_NAMES.get(name, name.upper())
            shape = ",".join(map(str, entry.shape))
            lines.append(key + f" (DT_{name}) [{shape}]\n".encode())
        return b"".join(lines)

    def missing_data(self) -> str | None:
        """What is wrong with the data files' sizes, seen without reading them; None if nothing."""
        needed: dict[int, int] = {}
        for entry in (*self._entries.values(), *self._slices.values()):
            if not entry.slices:
                end = entry.offset + entry.size
                needed[entry.shard] = max(end, needed.get(entry.shard, 0))
        for shard, end in sorted(needed.items()):
            path = data_name(self._prefix, shard, self._shards)
            try:
                size = os.stat(path).st_size
            except OSError as error:
                return f"{path}: {error.strerror}"
            if size < end:
                return f"{path} has {size} bytes, its index speaks of {end}"
        return None

    # The index.

    def _read_header(self, value: bytes | None) -> None:
        if value is None:
            raise Damaged("its table has no header")
        header = _parsed(messages().BundleHeaderProto, value, "the header")
        if header.endianness != 0:
            raise UnimplementedError(
                None, None, f"The checkpoint {self._prefix} was written on a big-endian machine; "
                "such files are not read yet.",
            )  # fmt: skip
        if header.version.min_consumer > _VERSION:
            raise UnimplementedError(
                None, None, f"The checkpoint {self._prefix} needs a reader of version "
                f"{header.version.min_consumer} of the format, this one knows {_VERSION}.",
            )  # fmt: skip
        if header.num_shards < 1:
            raise Damaged(f"its header speaks of {header.num_shards} data files")
        self._shards = header.num_shards

    def _entry(self, key: bytes, value: bytes) -> Entry:
        message = _parsed(messages().BundleEntryProto, value, repr(key))
        shape = self._shape(repr(key), message.shape)
        if not 0 <= message.shard_id < self._shards:
            raise Damaged(f"{key!r} is in data file {message.shard_id} of {self._shards}")
        if message.offset < 0 or message.size < 0:
            raise Damaged(f"{key!r} has a negative place")
        slices = tuple(
            tuple((e.start, e.length if e.WhichOneof("has_length") else None) for e in s.extent)
            for s in message.slices
        )
        return Entry(
            message.dtype, shape, message.shard_id, message.offset, message.size, message.crc32c,
            slices,
        )  # fmt: skip

    @staticmethod
    def _shape(what: str, message: Any) -> tuple[int, ...]:
        shape = tuple(dim.size for dim in message.dim)
        if message.unknown_rank or len(shape) > _MOST_AXES or min(shape, default=0) < 0:
            raise Damaged(f"{what} has no possible shape")
        if math.prod(size for size in shape if size) >= 1 << 63:
            raise Damaged(f"{what} would have too many elements")
        return shape

    def _dtype(self, name: str, entry: Entry) -> DType:
        if entry.dtype is None:
            raise UnimplementedError(
                None, None, f"{name!r} in {self._prefix} has a type that TensorFlow 1 does not "
                f"know: number {entry.dtype_number} of its DataType enumeration.",
            )  # fmt: skip
        return entry.dtype

    def missing_key(self, name: str) -> str:
        """What to say of a name that is not there."""
        message = f"Key {name} not found in checkpoint\n{self._prefix} has "
        if name.endswith(":0") and name[:-2] in self._entries:
            return message + f"{name[:-2]!r}: variables are stored without ':0'."
        if found := near(name, self._entries):
            return (
                f"{message}{len(self._entries)} others; near ones: {', '.join(map(repr, found))}."
            )
        return f"{message}{len(self._entries)} others, none with a similar name."

    # The data.

    def _joined(self, name: str, entry: Entry, plain: bool) -> np.ndarray:
        """The whole tensor from its slices."""
        dtype = self._dtype(name, entry)
        places = [place_of(extents, entry.shape) for extents in entry.slices]
        parts = []
        for extents, place in zip(entry.slices, places, strict=True):
            part = self._slices.get(slice_key(name.encode(), extents))
            if part is None:
                raise Damaged(f"its slice {list(place)} is missing")
            shape = tuple(end - start for start, end in place)
            if part.slices or part.shape != shape or part.dtype_number != entry.dtype_number:
                raise Damaged(f"its slice {list(place)} has another shape or dtype")
            parts.append(part)
        # With every part inside its file and none stored over another, what follows needs no more
        # memory than the data files have bytes.
        for part in parts:
            self._raw(name, part, dtype)
        ends = 0, 0
        for part in sorted(parts, key=lambda part: (part.shard, part.offset, part.size)):
            if (part.shard, part.offset) < ends and part.size:
                raise Damaged("its slices are stored one over the other")
            ends = max(ends, (part.shard, part.offset + part.size))
        check_cover(places, entry.shape)
        whole = _empty(entry.shape, self._numpy_dtype(name, dtype, plain))
        for part, place in zip(parts, places, strict=True):
            where = tuple(slice(start, end) for start, end in place)
            self._stored(name, part, whole[where], plain)
        return whole

    def _stored(
        self, name: str, entry: Entry, into: np.ndarray | None = None, plain: bool = False
    ) -> np.ndarray:
        """The tensor or slice of the entry, checked; in a new array or `into`."""
        dtype = self._dtype(name, entry)
        if len(entry.shape) > _MOST_AXES_IN_NUMPY:
            raise UnimplementedError(
                None, None, f"{name!r} in {self._prefix} has {len(entry.shape)} axes; numpy has "
                f"at most {_MOST_AXES_IN_NUMPY}.",
            )  # fmt: skip
        numpy_dtype = self._numpy_dtype(name, dtype, plain)
        file, raw = self._raw(name, entry, dtype)
        value = _empty(entry.shape, numpy_dtype) if into is None else into
        if entry.dtype_number == _STRING:
            value[...] = self._strings(name, entry, raw)
            return value
        begin, end = entry.offset, entry.offset + entry.size
        if value.flags.c_contiguous:
            octets = value.reshape(-1).view(np.uint8)
            crc = copy_with_crc32c(
                octets, raw, lambda start, end: file.release(begin + start, begin + end)
            )
        else:
            value[...] = raw.view(numpy_dtype).reshape(entry.shape)
            octets, crc = raw, crc32c(raw)
        self._check(name, entry, crc)
        if dtype.is_bool and octets.size and octets.max() > 1:
            self._bad_data(name, entry, "is neither true nor false somewhere")
        file.release(begin, end)
        return value

    def _raw(self, name: str, entry: Entry, dtype: DType) -> tuple[DataFile, np.ndarray]:
        """The data file and the bytes in it, as many as there must be."""
        if entry.dtype_number == _STRING:
            least, fits = entry.elements + 4, entry.size >= entry.elements + 4
        else:
            least = entry.elements * dtype.size
            fits = entry.size == least
        if not fits:
            raise Damaged(f"it has {entry.size} bytes, but its shape needs {least}")
        file = self._file(entry.shard)
        end, size = entry.offset + entry.size, file.size()
        if end > size:
            place = f"bytes {entry.offset} to {end}"
            damaged(file.path, f"it ends at byte {size}, but {name!r} is at {place}")
        return file, file.data[entry.offset : end]

    def _file(self, shard: int) -> DataFile:
        with self._lock:
            file = self._open.get(shard)
            if file is None:
                file = DataFile(data_name(self._prefix, shard, self._shards))
                while len(self._open) >= _MOST_SHARDS_OPEN:
                    del self._open[next(iter(self._open))]
                self._open[shard] = file
            return file

    def _numpy_dtype(self, name: str, dtype: DType, plain: bool) -> np.dtype:
        if plain and dtype.name == "bfloat16":
            return np.dtype(np.uint16)
        try:
            if plain and dtype.is_quantized:
                return np.dtype(dtype.as_numpy_dtype)[0]
            return np.dtype(dtype.as_numpy_dtype)
        except TypeError as error:
            raise UnimplementedError(
                None, None, f"{name!r} in {self._prefix} is of type {dtype.name}: {error}"
            ) from None

    def _strings(self, name: str, entry: Entry, raw: np.ndarray) -> np.ndarray:
        """The lengths (as numbers of variable length), their checksum, then all bytes."""
        data = raw.tobytes()
        lengths, at = [], 0
        try:
            for _ in range(entry.elements):
                length, at = varint(data, at)
                lengths.append(length)
        except Damaged as problem:
            self._bad_data(name, entry, f"is not readable: {problem}")
        # The sums go over the lengths as numbers of fixed size, of 8 bytes from 2**32 on.
        packed = b"".join(struct.pack("<I" if n < 1 << 32 else "<Q", n) for n in lengths)
        crc = crc32c(packed)
        begin = at + 4
        if data[at:begin] != struct.pack("<I", mask(crc)):
            self._bad_data(name, entry, "has lengths that do not fit their checksum")
        if begin + sum(lengths) != len(data):
            self._bad_data(name, entry, "has lengths that do not fit its size")
        self._check(name, entry, crc32c(data[at:], crc))
        values = np.empty(entry.elements, np.object_)
        for number, length in enumerate(lengths):
            values[number] = data[begin : begin + length]
            begin += length
        return values.reshape(entry.shape)

    def _check(self, name: str, entry: Entry, crc: int) -> None:
        if mask(crc) != entry.crc:
            self._bad_data(name, entry, "does not fit its checksum")

    def _bad_data(self, name: str, entry: Entry, problem: str) -> NoReturn:
        path = data_name(self._prefix, entry.shard, self._shards)
        damaged(path, f"the value of {name!r} (at byte {entry.offset}) {problem}")


def _name(name: Any) -> str:
    if isinstance(name, bytes):
        return name.decode("utf-8", "replace")
    if not isinstance(name, str):
        raise TypeError(f"Expected binary or unicode string, got {name!r}")
    return name


def _empty(shape: tuple[int, ...], dtype: np.dtype) -> np.ndarray:
    try:
        return np.empty(shape, dtype)
    except ValueError:  # it has no elements, but numpy counts them without the axes of length 0
        raise Damaged(f"its shape {list(shape)} is too large") from None


def _text(key: bytes) -> str:
    try:
        return key.decode()
    except UnicodeDecodeError:
        raise Damaged(f"the name {key!r} is not UTF-8") from None


def _parsed(message: Any, value: bytes, what: str) -> Any:
    from google.protobuf.message import DecodeError

    try:
        return message.FromString(value)
    except DecodeError:
        raise Damaged(f"{what} is not readable") from None
