"""`tf.gfile.GFile`: a file as TensorFlow's file systems give it, for local files."""

from __future__ import annotations

import io
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import scopeflow as tf

_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.\-]*)://")
_HOW = {
    "gs": "gsutil cp", "hdfs": "hdfs dfs -get", "s3": "aws s3 cp", "viewfs": "hdfs dfs -get",
}  # fmt: skip
_MODES = ("r", "w", "a", "r+", "w+", "a+")


def local(path: Any) -> str:
    """The path on this machine; UnimplementedError for that of another file system."""
    text = tf.compat.as_str(os.fspath(path) if isinstance(path, os.PathLike) else path)
    scheme = _SCHEME.match(text)
    if scheme is None:
        return text
    if scheme[1] == "file":
        return text[len("file://") :]
    how = f" (`{_HOW[scheme[1]]}`, or a mounted folder)" if scheme[1] in _HOW else ""
    raise tf.errors.UnimplementedError(
        None, None,
        f"File system scheme '{scheme[1]}' not implemented (file: '{text}'): scopeflow reads and "
        f"writes local files. Copy the files to this machine{how} and give their local path.",
    )  # fmt: skip


_ERRORS: tuple[tuple[type[OSError], type], ...] = (
    (FileNotFoundError, tf.errors.NotFoundError),
    (FileExistsError, tf.errors.AlreadyExistsError),
    (PermissionError, tf.errors.PermissionDeniedError),
    (IsADirectoryError, tf.errors.FailedPreconditionError),
    (NotADirectoryError, tf.errors.FailedPreconditionError),
    (BlockingIOError, tf.errors.UnavailableError),
)


@contextmanager
def errors_of(path: Any) -> Iterator[None]:
    """Turns an OSError inside the block into TensorFlow's error for it."""
    try:
        yield
    except OSError as error:
        found = next((ours for theirs, ours in _ERRORS if isinstance(error, theirs)), None)
        raise (found or tf.errors.UnknownError)(
            None, None, f"{error.filename or path}; {error.strerror}"
        ) from None


class GFile:
    """A file, opened when it is first read or written. Text is UTF-8; with "b" in `mode`, bytes.

    Positions and sizes count bytes in both cases. Usable as a context manager and an iterator of
    lines. `write` takes text and bytes in either mode.

    With "+" in `mode`, reading has a position of its own, which begins at the start: what was
    written and flushed can be read. As in TensorFlow, "r+" makes the file, or empties it, when it
    is first written to.
    """

    def __init__(self, name: Any, mode: str = "r") -> None:
        self._name = name
        self._mode = mode
        self._file: Any = None  # to read from
        self._output: Any = None
        self._binary = "b" in mode
        plain = mode.replace("b", "")
        if plain not in _MODES:
            raise tf.errors.InvalidArgumentError(
                None, None,
                f"mode is not 'r' or 'w' or 'a' or 'r+' or 'w+' or 'a+' (with or without 'b'), "
                f"but {mode!r} for {name!r}",
            )  # fmt: skip
        self._reads = plain == "r" or "+" in plain
        self._writes = plain != "r"
        if isinstance(name, os.PathLike):
            self._name = os.fspath(name)

    @property
    def name(self) -> Any:
        """The file's name, as it was given."""
        return self._name

    @property
    def mode(self) -> str:
        """The mode, as it was given."""
        return self._mode

    def _open(self, mode: str) -> Any:
        path = local(self._name)
        with errors_of(path):
            return open(path, mode)

    def _reader(self) -> Any:
        if not self._reads:
            raise tf.errors.PermissionDeniedError(
                None, None, f"File isn't open for reading: {self._name!r} has mode {self._mode!r}"
            )
        if self._file is None:
            self._file = self._open("rb")
        return self._file

    def _writer(self) -> Any:
        if not self._writes:
            raise tf.errors.PermissionDeniedError(
                None, None, f"File isn't open for writing: {self._name!r} has mode {self._mode!r}"
            )
        if self._output is None:
            self._output = self._open("ab" if self._mode.startswith("a") else "wb")
        return self._output

    def _given(self, data: bytes) -> Any:
        return data if self._binary else data.decode("utf-8")

    def size(self) -> int:
        """The file's size in bytes."""
        self.flush()
        path = local(self._name)
        with errors_of(path):
            return os.stat(path).st_size

    def write(self, file_content: Any) -> None:
        """Append the text or bytes."""
        data = tf.compat.as_bytes(file_content)
        file = self._writer()
        with errors_of(self._name):
            file.write(data)

    def read(self, n: int = -1) -> Any:
        """The next `n` bytes (by default all that follows), decoded unless the mode is binary."""
        file = self._reader()
        with errors_of(self._name):
            return self._given(file.read(n))

    def seek(self, offset: int | None = None, whence: int = 0, position: int | None = None) -> None:
        """Go to a byte, counted from the start (0), from here (1) or from the end (2).

        `position` is an old name of `offset`.
        """
        file = self._reader()
        if offset is None and position is None:
            raise TypeError("seek(): offset argument required")
        where = offset if position is None else position
        if whence not in (0, 1, 2):
            raise tf.errors.InvalidArgumentError(
                None, None,
                f"Invalid whence argument: {whence}. Valid values are 0, 1, or 2.",
            )  # fmt: skip
        base = (0, file.tell() if whence == 1 else 0, self.size() if whence == 2 else 0)[whence]
        target = base + where  # type: ignore[operator]
        if target < 0:
            raise tf.errors.InvalidArgumentError(
                None, None, f"Seeking to a negative position: {target}"
            )
        if target > self.size():
            raise tf.errors.OutOfRangeError(None, None, "reached end of file")
        file.seek(target)

    def seekable(self) -> bool:
        """True: files can be read from any place."""
        return True

    def tell(self) -> int:
        """The position in bytes; in modes with "+" that of reading."""
        return (self._reader() if self._reads else self._writer()).tell()

    def readline(self) -> Any:
        """The next line with its end; an empty text at the end of the file."""
        line = self._reader().readline()
        return self._given(line.replace(b"\r", b""))  # as TensorFlow's reader of lines does

    def readlines(self) -> list:
        """All lines that follow."""
        return list(self)

    def flush(self) -> None:
        """Hand what was written to the operating system."""
        if self._output is not None:
            with errors_of(self._name):
                self._output.flush()

    def close(self) -> None:
        """Close the file. Reading from it again begins at its start."""
        with errors_of(self._name):
            for file in (self._file, self._output):
                if file is not None:
                    file.close()
        self._file = self._output = None

    def next(self) -> Any:
        """The next line; StopIteration at the end."""
        line = self.readline()
        if not line:
            raise StopIteration
        return line

    def __iter__(self) -> GFile:
        return self

    __next__ = next

    def __enter__(self) -> GFile:
        return self

    def __exit__(self, *unused: Any) -> None:
        self.close()

    def __del__(self) -> None:
        for name in ("_file", "_output"):
            file = self.__dict__.get(name)
            if isinstance(file, io.IOBase):
                file.close()


class FastGFile(GFile):
    """`tf.gfile.FastGFile`, the old name of GFile."""
