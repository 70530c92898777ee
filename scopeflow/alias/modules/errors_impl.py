"""tensorflow.python.framework.errors_impl: errors by their numbers."""

from __future__ import annotations

import warnings
from typing import Any

import scopeflow as tf


def _make_specific_exception(node_def: Any, op: Any, message: Any, error_code: int) -> Any:
    """The error of the code's class; an OpError, with a warning, for an unknown code."""
    try:
        kind = tf.errors.exception_type_from_error_code(error_code)
    except KeyError:
        warnings.warn(f"Unknown error code: {error_code}", stacklevel=2)
        return tf.errors.UnknownError(node_def, op, message, error_code)
    return kind(node_def, op, message)


def error_code_from_exception_type(cls: type) -> Any:
    """The class's code; an OpError, with a warning, for another class."""
    if isinstance(cls, type) and issubclass(cls, tf.errors.OpError):
        return tf.errors.error_code_from_exception_type(cls)
    warnings.warn("Unknown class exception", stacklevel=2)
    return tf.errors.UnknownError(None, None, "Unknown class exception")
