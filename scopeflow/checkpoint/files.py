"""The files of a checkpoint: their names, opening them, and what is wrong where that fails."""

from __future__ import annotations

import difflib
import glob
import mmap
import os
import re
import stat
from collections.abc import Iterable
from typing import BinaryIO, NoReturn

import numpy as np

from ..core.errors import (
    DataLossError,
    InvalidArgumentError,
    NotFoundError,
    OpError,
    PermissionDeniedError,
    UnknownError,
)
from .table import FOOTER_SIZE, damaged, has_magic

_LARGEST_INDEX = 1 << 30  # that of a million variables has a tenth of it


def index_name(prefix: str) -> str:
    """The name of a checkpoint's index file."""
    return prefix + ".index"


def data_name(prefix: str, shard: int, shards: int) -> str:
    """The name of one of its data files."""
    return f"{prefix}.data-{shard:05d}-of-{shards:05d}"


def read_index(prefix: str) -> bytes:
    """The bytes of the index file."""
    path = index_name(prefix)
    try:
        with _open(path) as file:
            size = os.fstat(file.fileno()).st_size
            if size > _LARGEST_INDEX:
                damaged(path, f"it has {size} bytes, more than an index needs")
            return file.read(size)
    except FileNotFoundError:
        _no_checkpoint(prefix)
    except (OSError, ValueError) as error:
        raise cannot_read(path, error) from None


class DataFile:
    """A data file, mapped into memory: `data` are its bytes."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._map: mmap.mmap | None = None
        self.data = np.empty(0, np.uint8)
        try:
            with _open(path) as file:
                if os.fstat(file.fileno()).st_size:  # an empty one cannot be mapped
                    self._map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
                    self.data = np.frombuffer(self._map, np.uint8)
        except FileNotFoundError:
            raise NotFoundError(
                None, None, f"{path}; No such file or directory\n"
                "This data file of the checkpoint is missing: its index file is there.",
            ) from None  # fmt: skip
        except (OSError, ValueError) as error:
            raise cannot_read(path, error) from None

    def size(self) -> int:
        """How many bytes may be read: fewer than there were if it was cut since."""
        return 0 if self._map is None else min(len(self.data), self._map.size())

    def release(self, start: int, end: int) -> None:
        """These bytes need not stay in this process's memory."""
        start -= start % mmap.PAGESIZE
        if self._map is not None and end > start and hasattr(mmap, "MADV_DONTNEED"):
            self._map.madvise(mmap.MADV_DONTNEED, start, end - start)


def _open(path: str) -> BinaryIO:
    # Looked at first: opening a named pipe would wait for a writer.
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise IsADirectoryError(0, "Is a directory or no plain file")
    return open(path, "rb")


def cannot_read(path: str, error: Exception) -> OpError:
    """The error to raise for one that Python's file functions raised."""
    reason = getattr(error, "strerror", None) or str(error)
    if isinstance(error, PermissionError):
        return PermissionDeniedError(None, None, f"{path}; {reason}")
    if isinstance(error, ValueError):  # a name that no file can have
        return InvalidArgumentError(None, None, f"{path!r}: {reason}")
    if isinstance(error, IsADirectoryError | NotADirectoryError):
        return NotFoundError(None, None, f"{path}; {reason}")
    return UnknownError(None, None, f"{path}; {reason}")


def _no_checkpoint(prefix: str) -> NoReturn:
    """There is no index file: say what is there instead."""
    message = (
        "Unsuccessful TensorSliceReader constructor: "
        f"Failed to find any matching files for {prefix}"
    )
    part = re.fullmatch(r"(.+)\.(index|data-\d{5}-of-\d{5}|meta)", prefix, re.DOTALL)
    if os.path.isdir(prefix):
        message += (
            "\nThis is a directory. tf.train.latest_checkpoint(directory) gives the name of the "
            "newest checkpoint in it."
        )
    elif part and os.path.isfile(prefix):
        message += (
            "\nThis is one file of a checkpoint, which is named by what they have in common: "
            f"{part[1]!r}."
        )
    elif os.path.isfile(prefix):
        raise DataLossError(
            None, None, f"Unable to open table file {prefix}: not a checkpoint (bad magic number)"
        )
    else:
        message += _others(prefix)
    raise NotFoundError(None, None, message)


def first_generation(prefix: str) -> list[str]:
    """The V1 files of that name: one, or one for each shard, or what a pattern stands for."""
    shards = glob.glob(glob.escape(prefix) + "-?????-of-?????")
    found = []
    for path in [prefix] if os.path.isfile(prefix) else sorted({*shards, *glob.glob(prefix)}):
        try:
            with _open(path) as file:
                file.seek(-FOOTER_SIZE, os.SEEK_END)
                if has_magic(file.read()) and not path.endswith(".index"):
                    found.append(path)
        except (OSError, ValueError):
            pass
    return found


def _others(prefix: str) -> str:
    directory = os.path.dirname(prefix) or "."
    try:
        names = os.listdir(directory)
    except (OSError, ValueError):
        return f"\nThe directory {directory} does not exist or cannot be read."
    prefixes = sorted(name[: -len(".index")] for name in names if name.endswith(".index"))
    if not prefixes:
        return f"\nThere are no checkpoints in {directory}."
    found = near(os.path.basename(prefix), prefixes) or prefixes[-3:]
    return f"\nIn {directory} there are {len(prefixes)}, such as {', '.join(found)}."


def near(name: str, names: Iterable[str]) -> list[str]:
    """Up to three of the names that look like `name`, quickly even where there are many."""
    possible = [n for n in names if len(n) < 300]
    same = [n for n in possible if n.endswith("/" + name) or name.endswith("/" + n)][:3]
    if len(possible) > 2000:
        end, start = "/" + name.rpartition("/")[2], name[: max(1, len(name) // 2)]
        possible = [n for n in possible if n.endswith(end) or n.startswith(start)][:2000]
    alike = difflib.get_close_matches(name[:300], possible, 3, 0.6)
    return list(dict.fromkeys(same + alike))[:3]
