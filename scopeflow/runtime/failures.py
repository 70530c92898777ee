"""The one place where an error inside a run becomes the `tf.errors` class that fits."""

from __future__ import annotations

import traceback
from typing import Any

from ..core import errors
from ..core.operation import Operation
from .cell import Cell
from .program import by_filename


def translated(error: Exception) -> Exception:
    """The error as TensorFlow would raise it, naming the op and the user's line that made it."""
    op = _failed_op(error)
    if isinstance(error, AttributeError) and isinstance(error.obj, Cell) and error.name == "value":
        kind, first_line = _uninitialized(error.obj.op, op)
        return kind(
            None,
            error.obj.op,
            f"{first_line}\n"
            "Run its initializer first: session.run(tf.global_variables_initializer()).",
        )
    if isinstance(error, errors.OpError):
        if op is not None and error.op is None:
            error._op = op
        return error
    if "device-side assert" in str(error):
        return errors.InternalError(None, op, _LATE if op is None else f"{_LATE}{_where(op)}")
    if op is None:
        return error
    return _kind(error)(None, op, f"{error}{_where(op)}")


_LATE = """\
A kernel on the GPU met an index that is out of range (CUDA: device-side assert triggered). A GPU \
tells so late: an op named here may be one after it, and this process can no longer use the GPU.
To see the op and the index, run on the CPU: tf.ConfigProto(device_count={"GPU": 0}); or set the \
environment variable CUDA_LAUNCH_BLOCKING=1."""


def _uninitialized(variable: Operation, op: Operation | None) -> tuple[Any, str]:
    """The error's class and first line: TensorFlow's differ by how the variable is referred to."""
    name = variable.name
    if variable.type == "VariableV2":
        return errors.FailedPreconditionError, f"Attempting to use uninitialized value {name}"
    missing = f"Resource localhost/{name}/N10tensorflow3VarE does not exist."
    if op is not None and op.type != "ReadVariableOp":
        return errors.NotFoundError, missing
    return errors.FailedPreconditionError, (
        f"Error while reading resource variable {name} from Container: localhost. This could mean "
        f"that the variable was uninitialized. Not found: {missing}"
    )


def _failed_op(error: Exception) -> Operation | None:
    """The op of the innermost line of a program (a function may be another program's)."""
    found = None
    for frame, line in traceback.walk_tb(error.__traceback__):
        code = by_filename.get(frame.f_code.co_filename)
        if code is not None:
            found = code.line_ops.get(line, found)
    return found


def _kind(error: Exception) -> Any:
    if isinstance(error, NotImplementedError):  # torch has no kernel for the dtype, say
        return errors.UnimplementedError
    if "out of memory" in str(error) or isinstance(error, MemoryError):
        return errors.ResourceExhaustedError
    if isinstance(error, RuntimeError | ValueError | IndexError | ArithmeticError | TypeError):
        return errors.InvalidArgumentError
    return errors.UnknownError


def _where(op: Operation) -> str:
    inputs = ", ".join(
        f"{t.name} {'<unknown>' if t._dims is None else t.shape} {t.dtype.name}" for t in op.inputs
    )
    return (
        f"\n\t [[node {op.name} (op type {op.type})]]"
        f"\nIts inputs (static shapes): {inputs or 'none'}"
    )
