"""`tf.io.gfile`: local files and folders."""

from __future__ import annotations

import fnmatch as _fnmatch
import os as _os
import shutil as _shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import scopeflow as _tf

from .file import GFile
from .file import errors_of as _errors_of
from .file import local as _local

__all__ = [
    "GFile", "copy", "exists", "glob", "isdir", "listdir", "makedirs", "mkdir", "remove", "rename",
    "rmtree", "stat", "walk",
]  # fmt: skip


@dataclass(frozen=True)
class FileStatistics:
    """What `tf.gfile.Stat` tells: bytes, nanoseconds since 1970, whether it is a folder."""

    length: int
    mtime_nsec: int
    is_directory: bool


def exists(path: Any) -> bool:
    """Whether there is such a file or folder."""
    return _os.path.lexists(_local(path))


def isdir(path: Any) -> bool:
    """Whether there is such a folder."""
    try:
        return _os.path.isdir(_local(path))
    except _tf.errors.UnimplementedError:
        return False


def listdir(path: Any) -> list[str]:
    """The names in a folder, sorted (TensorFlow promises no order)."""
    if not isdir(path):
        _local(path)
        raise _tf.errors.NotFoundError(None, None, f"Could not find directory {_text(path)}")
    with _errors_of(path):
        return sorted(_os.listdir(_local(path)))


def glob(pattern: Any) -> list[str]:
    """The paths that match a pattern, sorted; of a list of patterns, those of one after another.

    `*` and `?` match within one name, also a leading dot; `[…]` one of some characters. As in
    TensorFlow, what is found in the current folder begins with `./`, and a folder in front of the
    pattern that does not exist is a NotFoundError.
    """
    if isinstance(pattern, list | tuple):
        return [path for one in pattern for path in glob(one)]
    text = _text(pattern)
    path = _local(pattern)
    prefix = text[: len(text) - len(path)]
    parts = path.split("/")
    first = next((i for i, part in enumerate(parts) if set(part) & set("*?[\\")), len(parts) - 1)
    base = "/".join(parts[:first]) or ("/" if path.startswith("/") else ".")
    if not _os.path.isdir(base):
        raise _tf.errors.NotFoundError(None, None, f"{base}; No such file or directory")
    found = [base]
    for part in parts[first:]:
        found = [_os.path.join(f, name) for f in found for name in _names(f, part)]
    return [prefix + path for path in found]


def _names(folder: str, pattern: str) -> list[str]:
    if not _os.path.isdir(folder) or not pattern:
        return []
    return [n for n in sorted(_os.listdir(folder)) if _fnmatch.fnmatchcase(n, pattern)]


def mkdir(path: Any) -> None:
    """Make a folder in one that exists; nothing happens if it is there already."""
    with _errors_of(path):
        if not _os.path.isdir(_local(path)):
            _os.mkdir(_local(path))


def makedirs(path: Any) -> None:
    """Make a folder and those above it, as far as they are not there."""
    with _errors_of(path):
        _os.makedirs(_local(path), exist_ok=True)


def remove(path: Any) -> None:
    """Delete a file."""
    with _errors_of(path):
        _os.remove(_local(path))


def rmtree(path: Any) -> None:
    """Delete a folder and all in it."""
    if not _os.path.lexists(_local(path)):
        raise _tf.errors.NotFoundError(None, None, f"{_text(path)} not found")
    with _errors_of(path):
        _shutil.rmtree(_local(path))


def copy(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Copy a file."""
    source, target = _local(src), _local(dst)
    _refuse_existing(dst, overwrite)
    with _errors_of(src):
        if not (_os.path.exists(target) and _os.path.samefile(source, target)):
            _shutil.copyfile(source, target)


def rename(src: Any, dst: Any, overwrite: bool = False) -> None:
    """Move a file."""
    source, target = _local(src), _local(dst)
    _refuse_existing(dst, overwrite)
    with _errors_of(src):
        _os.replace(source, target)


def _refuse_existing(path: Any, overwrite: bool) -> None:
    if not overwrite and exists(path):
        raise _tf.errors.AlreadyExistsError(
            None, None, f"file already exists: {_text(path)}. Pass overwrite=True to replace it."
        )


def stat(path: Any) -> FileStatistics:
    """Length, time of the last change and kind."""
    with _errors_of(path):
        found = _os.stat(_local(path))
    return FileStatistics(found.st_size, found.st_mtime_ns, _os.path.isdir(_local(path)))


def walk(
    top: Any, topdown: bool = True, onerror: Callable[[Any], Any] | None = None
) -> Iterator[tuple[str, list[str], list[str]]]:
    """(folder, folders in it, files in it) of a folder and all below it.

    `onerror` is called with the error for a folder that cannot be listed.
    """
    top = _text(top)
    try:
        names = listdir(top)
    except _tf.errors.NotFoundError as error:
        if onerror is not None:
            onerror(error)
        return
    folders = [name for name in names if isdir(_os.path.join(top, name))]
    here = (top, folders, [name for name in names if name not in folders])
    if topdown:
        yield here
    for name in folders:
        yield from walk(_os.path.join(top, name), topdown, onerror)
    if not topdown:
        yield here


def _text(path: Any) -> str:
    return _tf.compat.as_str(_os.fspath(path) if isinstance(path, _os.PathLike) else path)
