"""Writing checkpoints in TensorFlow's V2 format, the TensorBundle."""

from __future__ import annotations

import contextlib
import glob
import os
import struct
from collections.abc import Sequence
from typing import Any

import numpy as np

from ..core.dtypes import DType
from ..core.errors import InvalidArgumentError, OpError
from .checksums import crc32c, mask
from .durable import move, new_file, sync_directory, temporary_name, write_whole
from .files import data_name, index_name, read_index
from .protos import messages
from .slices import Extents, slice_key
from .table import read_table
from .table_writer import table_bytes, to_varint

_STEP = 1 << 20  # what is summed and written in one go stays in the processor's cache


class BundleWriter:
    """Writes one data file and its index.

    >>> with BundleWriter("model") as writer:  # doctest: +SKIP
    ...     writer.add("w", tf.float32, np.zeros([2], np.float32))

    Until the block ends without an error, a checkpoint of that name stays as it was.
    """

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._entries: dict[bytes, Any] = {}
        self._offset = 0
        directory = os.path.dirname(prefix)
        if directory and not os.path.isdir(directory):
            with contextlib.suppress(OSError):
                os.mkdir(directory)
        self._temporary = temporary_name(data_name(prefix, 0, 1))
        self._opened = new_file(self._temporary)

    def __enter__(self) -> BundleWriter:
        self._file = self._opened.__enter__()
        return self

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool | None:
        stopped = self._opened.__exit__(kind, error, trace)
        if kind is None:
            publish(self._prefix, [self._temporary], self._entries)
        return stopped

    def add(self, name: str, dtype: DType, value: np.ndarray) -> None:
        """Write a tensor: its elements in memory as they are, or an array of bytes objects."""
        self._add(name.encode(), dtype, value)

    def add_slice(
        self, name: str, dtype: DType, shape: Sequence[int], extents: Extents, value: np.ndarray
    ) -> None:
        """Write a part of a tensor of that shape."""
        if all(
            start == 0 and length in (None, size)
            for (start, length), size in zip(extents, shape, strict=True)
        ):
            self.add(name, dtype, value)
            return
        key = name.encode()
        whole = self._entries.get(key)
        if whole is None:
            whole = self._entries[key] = self._entry(dtype, shape)
        elif whole.dtype != dtype.as_datatype_enum or [d.size for d in whole.shape.dim] != [*shape]:
            raise InvalidArgumentError(
                None, None, f"The slices of {name!r} are of tensors of different shape or dtype"
            )
        part = whole.slices.add()
        for start, length in extents:
            extent = part.extent.add(start=start)
            if length is not None:
                extent.length = length
        self._add(slice_key(key, extents), dtype, value)

    def _entry(self, dtype: DType, shape: Sequence[int]) -> Any:
        entry = messages().BundleEntryProto(dtype=dtype.as_datatype_enum)
        entry.shape.SetInParent()
        for size in shape:
            entry.shape.dim.add(size=size)
        return entry

    def _add(self, key: bytes, dtype: DType, value: np.ndarray) -> None:
        if key in self._entries:
            raise InvalidArgumentError(
                None, None, f"Adding duplicate key: {key.decode(errors='replace')}"
            )
        if not key:
            raise InvalidArgumentError(None, None, "A tensor in a checkpoint needs a name")
        entry = self._entry(dtype, value.shape)
        begin = self._offset
        if dtype.name == "string":
            crc = self._write_strings(value)
        else:
            crc = self._write(np.ascontiguousarray(value).reshape(-1).view(np.uint8))
        if begin:
            entry.offset = begin
        entry.size, entry.crc32c = self._offset - begin, mask(crc)
        self._entries[key] = entry

    def _write(self, data: np.ndarray, crc: int = 0) -> int:
        for start in range(0, len(data), _STEP):
            part = data[start : start + _STEP]
            crc = crc32c(part, crc)
            self._file.write(part.data)
        self._offset += len(data)
        return crc

    def _write_strings(self, value: np.ndarray) -> int:
        texts = [t.encode() if isinstance(t, str) else bytes(t) for t in value.ravel().tolist()]
        lengths = [len(text) for text in texts]
        crc = crc32c(b"".join(struct.pack("<I" if n < 1 << 32 else "<Q", n) for n in lengths))
        head = b"".join(map(to_varint, lengths))
        check = struct.pack("<I", mask(crc))
        self._file.write(head)
        self._offset += len(head)
        crc = self._write(np.frombuffer(check, np.uint8), crc)
        return self._write(np.frombuffer(b"".join(texts), np.uint8), crc)


def publish(prefix: str, files: list[str], entries: dict[bytes, Any]) -> None:
    """Give data files that are complete their names, and write the index of their entries.

    The index that is there names whole data at every moment. Where a checkpoint of that name
    exists, the new files therefore get names that it does not use, then the index is replaced, and
    only then they get the names that TensorFlow gives.
    """
    count = len(files)
    names = [data_name(prefix, i, count) for i in range(count)]
    used = _used(prefix) if os.path.exists(index_name(prefix)) else set()
    if used.isdisjoint(names):
        _place(prefix, files, names, entries)
    else:
        shards = count + 1
        while not used.isdisjoint(data_name(prefix, i, shards) for i in range(shards)):
            shards += 1
        aside = [data_name(prefix, i, shards) for i in range(count)]
        _place(prefix, files, aside, entries, shards)
        if _linked(aside, names):
            write_whole(index_name(prefix), _index(entries, count))
            used.update(aside)
        else:
            names = aside
    for path in used.difference(names):
        with contextlib.suppress(OSError):
            os.unlink(path)


def _place(
    prefix: str, files: list[str], names: list[str], entries: dict[bytes, Any], shards: int = 0
) -> None:
    """Move the files to names that nothing uses, and make the index that speaks of them."""
    try:
        for path, name in zip(files, names, strict=True):
            move(path, name)
        sync_directory(names[0])
        write_whole(index_name(prefix), _index(entries, shards or len(names)))
    except OpError:
        for path in (*files, *names):
            with contextlib.suppress(OSError):
                os.unlink(path)
        raise


def _used(prefix: str) -> set[str]:
    """The data files of the checkpoint that is there."""
    return set(glob.glob(glob.escape(prefix) + ".data-?????-of-?????"))


def _linked(files: list[str], names: list[str]) -> bool:
    """Give the files these names too; False where the file system cannot."""
    for path, name in zip(files, names, strict=True):
        temporary = temporary_name(name)
        try:
            os.link(path, temporary)
        except OSError:
            return False
        move(temporary, name)
    sync_directory(names[0])
    return True


def _index(entries: dict[bytes, Any], shards: int) -> bytes:
    header = messages().BundleHeaderProto(num_shards=shards)
    header.version.producer = 1
    pairs = sorted((key, entry.SerializeToString()) for key, entry in entries.items())
    return table_bytes([(b"", header.SerializeToString()), *pairs])


def merge(prefixes: Sequence[str], target: str, delete_old_dirs: bool = True) -> None:
    """Make one checkpoint of several, whose data files become its own."""
    files: list[str] = []
    entries: dict[bytes, Any] = {}
    for prefix in prefixes:
        table = read_table(read_index(prefix), index_name(prefix))
        header = messages().BundleHeaderProto.FromString(table.pop(b""))
        numbers: dict[int, int] = {}  # of its data files, here and in the result
        for key, value in table.items():
            entry = messages().BundleEntryProto.FromString(value)
            if not entry.slices:
                if entry.shard_id not in numbers:
                    numbers[entry.shard_id] = len(files)
                    files.append(data_name(prefix, entry.shard_id, header.num_shards))
                entry.shard_id = numbers[entry.shard_id]
            known = entries.get(key)
            if known is None:
                entries[key] = entry
            elif not (known.slices and entry.slices) or known.shape != entry.shape:
                raise InvalidArgumentError(
                    None, None, f"{key!r} is in several of the checkpoints to merge: "
                    f"{', '.join(prefixes)}",
                )  # fmt: skip
            else:
                known.slices.extend(entry.slices)
    if not files:
        raise InvalidArgumentError(None, None, "No checkpoints were given to be merged")
    publish(target, files, entries)
    for prefix in prefixes:
        with contextlib.suppress(OSError):
            os.unlink(index_name(prefix))
    if delete_old_dirs:
        for directory in {os.path.dirname(prefix) for prefix in prefixes}:
            with contextlib.suppress(OSError):  # something else is in it
                os.rmdir(directory)
