"""Files that are there whole or not at all, whenever the process stops.

With `SCOPEFLOW_SYNC=1` in the environment also when the machine stops: each file is on the disk
before it gets its name, which takes as long as the disk takes.
"""

from __future__ import annotations

import contextlib
import errno
import os
from collections.abc import Iterator
from typing import BinaryIO

from ..core.errors import (
    FailedPreconditionError,
    InvalidArgumentError,
    NotFoundError,
    OpError,
    PermissionDeniedError,
    ResourceExhaustedError,
    UnknownError,
)

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
_FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
_UNFIT = {errno.EISDIR, errno.ENOTDIR, errno.ENOTEMPTY}


def waits_for_disk() -> bool:
    """Whether files have to be on the disk before anything refers to them."""
    return os.environ.get("SCOPEFLOW_SYNC", "0") not in ("", "0")


def temporary_name(path: str) -> str:
    """A name beside `path` that nobody else takes, as TensorFlow calls files that are not done."""
    return f"{path}.tempstate{int.from_bytes(os.urandom(8), 'little')}"


@contextlib.contextmanager
def new_file(path: str) -> Iterator[BinaryIO]:
    """A file to write, which is gone if the block fails.

    Python's errors become those of `tf.errors`.
    """
    try:
        file = open(path, "xb", buffering=1 << 18)
    except (OSError, ValueError) as error:
        raise cannot_write(path, error) from None
    try:
        with file:
            yield file
            file.flush()
            if waits_for_disk():
                os.fsync(file.fileno())
    except BaseException as error:
        with contextlib.suppress(OSError):
            os.unlink(path)
        if isinstance(error, OSError):
            raise cannot_write(path, error) from None
        raise


def write_whole(path: str, data: bytes) -> None:
    """Put `data` in the place of what the file contains, if there is one."""
    temporary = temporary_name(path)
    with new_file(temporary) as file:
        file.write(data)
    move(temporary, path)
    sync_directory(path)


def move(source: str, target: str) -> None:
    """Rename; what `target` was is gone."""
    try:
        os.replace(source, target)
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(source)
        raise cannot_write(target, error) from None


def sync_directory(path: str) -> None:
    """Have the names in the directory of `path` on the disk, where the system can do that."""
    if not waits_for_disk():
        return
    with contextlib.suppress(OSError):
        directory = os.open(os.path.dirname(path) or ".", os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


def cannot_write(path: str, error: Exception) -> OpError:
    """The error to raise for one that Python's file functions raised while writing `path`."""
    reason = getattr(error, "strerror", None) or str(error)
    number = getattr(error, "errno", None)
    message = f"{path}; {reason}"
    if number in _FULL:
        return ResourceExhaustedError(
            None, None, f"{message}\nWhat was saved before is as it was. Make room, or keep fewer "
            "checkpoints: tf.train.Saver(max_to_keep=…).",
        )  # fmt: skip
    if number in _FORBIDDEN:
        return PermissionDeniedError(None, None, message)
    if number == errno.ENOENT:
        return NotFoundError(
            None, None, f"{message}\nMake the directory first: "
            f"tf.gfile.MakeDirs({os.path.dirname(path)!r}).",
        )  # fmt: skip
    if number in _UNFIT:
        return FailedPreconditionError(None, None, message)
    if isinstance(error, ValueError):  # a name that no file can have
        return InvalidArgumentError(None, None, f"{path!r}: {reason}")
    return UnknownError(None, None, message)
