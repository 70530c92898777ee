"""Checkpoints as safetensors or npz files, and back: every name, shape, dtype and byte is kept.

What the other format has no type for is stored as what it has (bfloat16 as uint16 in npz, …), and
the right type is noted beside it, as JSON: in the metadata of a safetensors file, in a member of
the npz archive. Strings stand in those notes altogether.
"""

from __future__ import annotations

import base64
import json
import math
import mmap
import os
import struct
import zipfile
from collections.abc import Callable, Iterable
from functools import partial
from typing import Any, NamedTuple

import numpy as np

from ..core import dtypes
from ..core.dtypes import DType, as_dtype
from ..core.errors import InvalidArgumentError, NotFoundError, UnimplementedError
from .durable import move, new_file, sync_directory, temporary_name
from .files import cannot_read
from .reader import open_checkpoint
from .state import checkpoint_of
from .table import damaged
from .writer import BundleWriter

_NOTES = "scopeflow"  # the key, and the member's name, of the notes
_LARGEST_HEADER = 100_000_000
_STEP = 1 << 24

# safetensors' name of a type: ours.
_SAFE = {
    "F64": "float64", "F32": "float32", "F16": "float16", "BF16": "bfloat16", "I64": "int64",
    "I32": "int32", "I16": "int16", "I8": "int8", "U64": "uint64", "U32": "uint32",
    "U16": "uint16", "U8": "uint8", "BOOL": "bool", "C64": "complex64",
}  # fmt: skip
_SAFE_NAMES = {ours: name for name, ours in _SAFE.items()}


class Item(NamedTuple):
    """A variable of a file: `read` gives its elements as checkpoints have them."""

    name: str
    dtype: DType
    shape: tuple[int, ...]
    read: Callable[[], np.ndarray]

    @property
    def bytes(self) -> int:
        """How many it takes; of strings only their number is known."""
        return math.prod(self.shape) * (self.dtype.size if self.dtype is not dtypes.string else 1)


def read_items(source: str) -> list[Item]:
    """The variables of a checkpoint, a safetensors or an npz file."""
    if source.endswith(".safetensors"):
        return _safetensors_items(source)
    if source.endswith(".npz"):
        return _npz_items(source)
    reader = open_checkpoint(checkpoint_of(source))
    found = []
    for name, entry in reader.entries.items():
        dtype = reader.get_variable_to_dtype_map()[name] if entry.dtype is None else entry.dtype
        found.append(Item(name, dtype, entry.shape, partial(reader.stored, name)))
    return found


def convert(items: Iterable[Item], target: str, done: Callable[[int], None]) -> None:
    """Write the variables to `target`, whose ending says what it is: a checkpoint if nothing else.

    `done` is told the bytes of each as it is written.
    """
    items = list(items)
    if target.endswith(".safetensors"):
        _write_safetensors(items, target, done)
    elif target.endswith(".npz"):
        _write_npz(items, target, done)
    else:
        with BundleWriter(target) as bundle:
            for item in sorted(items, key=lambda item: item.name.encode()):
                bundle.add(item.name, item.dtype, item.read())
                done(item.bytes)


# What is noted.


def _text_note(value: np.ndarray) -> dict[str, Any]:
    texts = [base64.b64encode(text).decode() for text in value.ravel().tolist()]
    return {"shape": list(value.shape), "base64": texts}


def _text_item(path: str, name: str, note: Any) -> Item:
    try:
        value = np.empty(len(note["base64"]), object)
        value[:] = [base64.b64decode(text, validate=True) for text in note["base64"]]
        value = value.reshape(note["shape"])
    except (ValueError, KeyError, TypeError):
        damaged(path, f"the strings of {name!r} are not readable")
    return Item(name, dtypes.string, value.shape, lambda: value)


def _notes(path: str, text: str | bytes) -> tuple[dict[str, str], dict[str, Any]]:
    try:
        found = json.loads(text)
        return dict(found["dtypes"]), dict(found["strings"])
    except (ValueError, KeyError, TypeError):
        damaged(path, "its notes on dtypes are not readable")


def _noted_dtype(path: str, name: str, noted: dict[str, str], stored: DType) -> DType:
    """The dtype that is noted, or that of what is stored."""
    if name not in noted:
        return stored
    try:
        return as_dtype(noted[name])
    except TypeError:
        damaged(path, f"{name!r} is noted to be of type {noted[name]!r}")


# safetensors: the length of a header, the header (JSON), the data.


def _write_safetensors(items: list[Item], target: str, done: Callable[[int], None]) -> None:
    header: dict[str, Any] = {}
    noted: dict[str, str] = {}
    strings: dict[str, Any] = {}
    numbers = []
    begin = 0
    for item in sorted(items, key=lambda item: (-item.dtype.size, item.name)):
        if item.name == "__metadata__":
            raise InvalidArgumentError(
                None, None, "safetensors files cannot have a variable named '__metadata__'"
            )
        if item.dtype is dtypes.string:
            strings[item.name] = _text_note(item.read())
            done(item.bytes)
            continue
        kind, shape = item.dtype.name, list(item.shape)
        if kind not in _SAFE_NAMES:
            noted[item.name] = kind
            kind = "float64" if item.dtype.is_complex else kind.removeprefix("q")
            shape += [2] if item.dtype.is_complex else []
        end = begin + item.bytes
        header[item.name] = {
            "dtype": _SAFE_NAMES[kind], "shape": shape, "data_offsets": [begin, end]
        }  # fmt: skip
        numbers.append(item)
        begin = end
    if noted or strings:
        notes = json.dumps({"dtypes": noted, "strings": strings})
        header = {"__metadata__": {_NOTES: notes}, **header}
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    temporary = temporary_name(target)
    with new_file(temporary) as file:
        file.write(struct.pack("<Q", len(text)) + text)
        for item in numbers:
            data = np.ascontiguousarray(item.read()).reshape(-1).view(np.uint8)
            for start in range(0, len(data), _STEP):
                file.write(data[start : start + _STEP].data)
            done(item.bytes)
    move(temporary, target)
    sync_directory(target)


def _safetensors_items(path: str) -> list[Item]:
    data = _mapped(path)
    if len(data) < 8:
        damaged(path, "it is too short for a safetensors file")
    (length,) = struct.unpack("<Q", data[:8].tobytes())
    if length > min(_LARGEST_HEADER, len(data) - 8):
        damaged(path, f"its header should have {length} bytes")
    try:
        header = json.loads(data[8 : 8 + length].tobytes())
        metadata = header.pop("__metadata__", {})
    except (ValueError, AttributeError, TypeError):
        damaged(path, "its header is no JSON")
    noted: dict[str, str] = {}
    strings: dict[str, Any] = {}
    if _NOTES in metadata:
        noted, strings = _notes(path, metadata[_NOTES])
    found = [_text_item(path, name, note) for name, note in strings.items()]
    body = data[8 + length :]
    for name, place in header.items():
        try:
            begin, end = map(int, place["data_offsets"])
            shape, kind = tuple(map(int, place["shape"])), place["dtype"]
        except (ValueError, KeyError, TypeError):
            damaged(path, f"the place of {name!r} is not readable")
        if kind not in _SAFE:
            raise UnimplementedError(
                None, None, f"{name!r} in {path} is of type {kind}, which TensorFlow 1 has not"
            )
        stored = as_dtype(_SAFE[kind])
        dtype = _noted_dtype(path, name, noted, stored)
        if dtype is dtypes.complex128:
            shape = shape[:-1]
        size = math.prod(shape) * dtype.size
        fits = 0 <= begin <= end <= len(body) and end - begin == size
        if not fits or min(shape, default=0) < 0:
            damaged(path, f"{name!r} should be {size} bytes at bytes {begin} to {end} of its data")
        read = partial(_part, body[begin:end], _plain(dtype), shape)
        found.append(Item(name, dtype, shape, read))
    return found


def _part(data: np.ndarray, kind: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    return np.frombuffer(data.tobytes(), kind).reshape(shape)


def _plain(dtype: DType) -> np.dtype:
    """numpy's type for the elements as they are stored."""
    if dtype is dtypes.bfloat16:
        return np.dtype(np.uint16)
    kind = np.dtype(dtype.as_numpy_dtype)
    return kind[0] if dtype.is_quantized else kind


def _mapped(path: str) -> np.ndarray:
    try:
        with open(path, "rb") as file:
            if not os.fstat(file.fileno()).st_size:
                return np.empty(0, np.uint8)
            return np.frombuffer(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ), np.uint8)
    except FileNotFoundError:
        raise NotFoundError(None, None, f"{path}; No such file or directory") from None
    except (OSError, ValueError) as error:
        raise cannot_read(path, error) from None


# npz: an archive of npy files.


def _write_npz(items: list[Item], target: str, done: Callable[[int], None]) -> None:
    noted: dict[str, str] = {}
    strings: dict[str, Any] = {}
    temporary = temporary_name(target)
    with new_file(temporary) as file, zipfile.ZipFile(file, "w", allowZip64=True) as archive:
        for item in items:
            value = item.read()
            if item.dtype is dtypes.string:
                strings[item.name] = _text_note(value)
            else:
                if "\0" in item.name:
                    raise InvalidArgumentError(
                        None, None, f"npz files cannot have a variable named {item.name!r}"
                    )
                if value.dtype != item.dtype.as_numpy_dtype or item.dtype.is_quantized:
                    noted[item.name] = item.dtype.name
                with archive.open(_member(item.name), "w", force_zip64=True) as member:
                    np.lib.format.write_array(member, value, allow_pickle=False)
            done(item.bytes)
        if noted or strings:
            archive.writestr(_NOTES, json.dumps({"dtypes": noted, "strings": strings}))
    move(temporary, target)
    sync_directory(target)


def _member(name: str) -> zipfile.ZipInfo:
    """The same files whenever they are written."""
    return zipfile.ZipInfo(f"{name}.npy")


def _npz_items(path: str) -> list[Item]:
    if not os.path.exists(path):
        raise NotFoundError(None, None, f"{path}; No such file or directory")
    try:
        archive = zipfile.ZipFile(path)
        names = archive.namelist()
        noted: dict[str, str] = {}
        strings: dict[str, Any] = {}
        if _NOTES in names:
            noted, strings = _notes(path, archive.read(_NOTES))
            names.remove(_NOTES)
        found = [_text_item(path, name, note) for name, note in strings.items()]
        for member in names:
            with archive.open(member) as file:
                version = np.lib.format.read_magic(file)
                header = np.lib.format.read_array_header_1_0
                if version != (1, 0):
                    header = np.lib.format.read_array_header_2_0
                shape, _, kind = header(file)
                if math.prod(shape) * kind.itemsize > archive.getinfo(member).file_size:
                    damaged(path, f"{member} is too short for its shape {shape}")
            name = member.removesuffix(".npy")
            if kind.kind in "SU":
                dtype = dtypes.string
            else:
                try:
                    if kind.hasobject:
                        raise TypeError
                    dtype = _noted_dtype(path, name, noted, as_dtype(kind.newbyteorder("=")))
                except TypeError:
                    raise UnimplementedError(
                        None, None, f"{name!r} in {path} is an array of {kind}, which is no "
                        "TensorFlow type",
                    ) from None  # fmt: skip
            read = partial(_npy, path, archive, member, dtype)
            found.append(Item(name, dtype, shape, read))
    except (zipfile.BadZipFile, OSError, ValueError, EOFError) as error:
        damaged(path, str(error))
    return found


def _npy(path: str, archive: zipfile.ZipFile, member: str, dtype: DType) -> np.ndarray:
    try:
        with archive.open(member) as file:
            value = np.lib.format.read_array(file, allow_pickle=False)
    except (zipfile.BadZipFile, OSError, ValueError, EOFError) as error:
        damaged(path, f"{member}: {error}")
    if dtype is dtypes.string:
        texts = np.empty(value.shape, object)
        for place in np.ndindex(value.shape):
            item = value[place]
            texts[place] = item.encode() if isinstance(item, str) else bytes(item)
        return texts
    return np.asarray(value, value.dtype.newbyteorder("="))
