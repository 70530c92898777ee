"""`tf.gfile`: local files and folders under TensorFlow 1's names; see `tf.io.gfile`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from . import gfile_v2 as _files
from .file import FastGFile, GFile

Open = GFile

__all__ = [
    "Copy", "DeleteRecursively", "Exists", "FastGFile", "GFile", "Glob", "IsDirectory",
    "ListDirectory", "MakeDirs", "MkDir", "Open", "Remove", "Rename", "Stat", "Walk",
]  # fmt: skip


def Exists(filename: Any) -> bool:
    """Whether there is such a file or folder."""
    return _files.exists(filename)


def IsDirectory(dirname: Any) -> bool:
    """Whether there is such a folder."""
    return _files.isdir(dirname)


def ListDirectory(dirname: Any) -> list[str]:
    """The names in a folder."""
    return _files.listdir(dirname)


def Glob(filename: Any) -> list[str]:
    """The paths that match a pattern, or one of a list of patterns; see `tf.io.gfile.glob`."""
    return _files.glob(filename)


def MkDir(dirname: Any) -> None:
    """Make a folder in one that exists; nothing happens if it is there already."""
    _files.mkdir(dirname)


def MakeDirs(dirname: Any) -> None:
    """Make a folder and those above it, as far as they are not there."""
    _files.makedirs(dirname)


def Remove(filename: Any) -> None:
    """Delete a file."""
    _files.remove(filename)


def DeleteRecursively(dirname: Any) -> None:
    """Delete a folder and all in it."""
    _files.rmtree(dirname)


def Copy(oldpath: Any, newpath: Any, overwrite: bool = False) -> None:
    """Copy a file."""
    _files.copy(oldpath, newpath, overwrite)


def Rename(oldname: Any, newname: Any, overwrite: bool = False) -> None:
    """Move a file."""
    _files.rename(oldname, newname, overwrite)


def Stat(filename: Any) -> _files.FileStatistics:
    """Length, time of the last change and kind."""
    return _files.stat(filename)


def Walk(top: Any, in_order: bool = True) -> Iterator[tuple[str, list[str], list[str]]]:
    """(folder, folders in it, files in it) of a folder and all below, top first if `in_order`."""
    return _files.walk(top, in_order)
