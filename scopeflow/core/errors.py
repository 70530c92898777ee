"""`tf.errors`: what a failing op raises, one class for each of TensorFlow's status codes."""

from __future__ import annotations

import copyreg
import traceback
from typing import Any, ClassVar

OK = 0
CANCELLED = 1
UNKNOWN = 2
INVALID_ARGUMENT = 3
DEADLINE_EXCEEDED = 4
NOT_FOUND = 5
ALREADY_EXISTS = 6
PERMISSION_DENIED = 7
RESOURCE_EXHAUSTED = 8
FAILED_PRECONDITION = 9
ABORTED = 10
OUT_OF_RANGE = 11
UNIMPLEMENTED = 12
INTERNAL = 13
UNAVAILABLE = 14
DATA_LOSS = 15
UNAUTHENTICATED = 16


class OpError(Exception):
    """An op failed. `str()` gives the message, then where the program created the op.

    A copy or a pickle keeps that text but not `op` and `node_def`: a graph stays in its process.
    """

    def __init__(self, node_def: Any, op: Any, message: str, error_code: int) -> None:
        super().__init__(message)
        self._node_def = node_def
        self._op = op
        self._message = message
        self._error_code = error_code
        self._origin: str | None = None

    @property
    def message(self) -> str:
        """The text that says what went wrong."""
        return self._message

    @property
    def op(self) -> Any:
        """The Operation that failed, or None where the error has none."""
        return self._op

    @property
    def node_def(self) -> Any:
        """The NodeDef of the op that failed, or None where the error has none."""
        return self._node_def

    @property
    def error_code(self) -> int:
        """TensorFlow's number for this kind of error, such as `tf.errors.NOT_FOUND`."""
        return self._error_code

    def __str__(self) -> str:
        return f"{self._message}{self._where()}"

    def _where(self) -> str:
        if self._origin is not None:
            return self._origin
        # An op that does not know its origin must not hide the message behind a second error.
        frames = getattr(self._op, "traceback", None)
        if not frames:
            return ""
        lines = "".join(traceback.format_list(list(frames)))
        return f"\n\nOriginal stack trace for {self._op.name!r}:\n{lines}"

    def __reduce__(self) -> tuple[Any, ...]:
        state = {**self.__dict__, "_op": None, "_node_def": None, "_origin": self._where()}
        # Exceptions are rebuilt by calling the class with args, which here would be too few.
        return copyreg.__newobj__, (type(self), *self.args), state  # type: ignore[attr-defined]


class _StatusError(OpError):
    """The constructor that the subclasses share: each knows its own code."""

    _code: ClassVar[int]

    def __init__(self, node_def: Any, op: Any, message: str) -> None:
        super().__init__(node_def, op, message, self._code)


class CancelledError(_StatusError):
    """The op or step was cancelled, for example by closing the session or its queue."""

    _code = CANCELLED


class UnknownError(OpError):
    """An error that fits no other class; `error_code` may be one that is not known here."""

    def __init__(self, node_def: Any, op: Any, message: str, error_code: int = UNKNOWN) -> None:
        super().__init__(node_def, op, message, error_code)


class InvalidArgumentError(_StatusError):
    """An op got an input it cannot work with, such as a shape that does not fit."""

    _code = INVALID_ARGUMENT


class DeadlineExceededError(_StatusError):
    """Time ran out before the op was done."""

    _code = DEADLINE_EXCEEDED


class NotFoundError(_StatusError):
    """Something asked for, such as a file or a tensor in a checkpoint, does not exist."""

    _code = NOT_FOUND


class AlreadyExistsError(_StatusError):
    """Something that was to be created exists already."""

    _code = ALREADY_EXISTS


class PermissionDeniedError(_StatusError):
    """The caller may not do this, such as write to a read-only directory."""

    _code = PERMISSION_DENIED


class ResourceExhaustedError(_StatusError):
    """Memory or another resource ran out."""

    _code = RESOURCE_EXHAUSTED


class FailedPreconditionError(_StatusError):
    """The state is not ready for the op, such as a variable that was not initialized."""

    _code = FAILED_PRECONDITION


class AbortedError(_StatusError):
    """The op was given up, often because of another one; trying again may help."""

    _code = ABORTED


class OutOfRangeError(_StatusError):
    """The op went past the end: a dataset or a queue has no more elements."""

    _code = OUT_OF_RANGE


class UnimplementedError(_StatusError):
    """The op cannot do this, for these types or on this device."""

    _code = UNIMPLEMENTED


class InternalError(_StatusError):
    """Something that must always hold did not: a bug in the library."""

    _code = INTERNAL


class UnavailableError(_StatusError):
    """A service is not reachable at present; trying again may help."""

    _code = UNAVAILABLE


class DataLossError(_StatusError):
    """Data is lost or damaged, such as a truncated checkpoint."""

    _code = DATA_LOSS


class UnauthenticatedError(_StatusError):
    """The caller did not say who they are."""

    _code = UNAUTHENTICATED


class OperatorNotAllowedInGraphError(TypeError):
    """Python asked a symbolic Tensor for something only a value has, such as its truth."""


_CODE_OF: dict[type, int] = {cls: cls._code for cls in _StatusError.__subclasses__()}
_CODE_OF[UnknownError] = UNKNOWN
_TYPE_OF: dict[int, type] = {code: cls for cls, code in _CODE_OF.items()}


def exception_type_from_error_code(error_code: int) -> type:
    """The exception class for a code; KeyError for `OK` and for numbers that are no code.

    >>> tf.errors.exception_type_from_error_code(tf.errors.NOT_FOUND).__name__
    'NotFoundError'
    """
    return _TYPE_OF[error_code]


def error_code_from_exception_type(cls: type) -> int:
    """The code of an exception class or of the nearest base that has one, else `UNKNOWN`."""
    return next((_CODE_OF[base] for base in cls.__mro__ if base in _CODE_OF), UNKNOWN)
