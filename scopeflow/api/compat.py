"""`tf.compat`, and the switches between TensorFlow 1 and 2 behaviour."""

from __future__ import annotations

import datetime
import numbers
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

import numpy as np

from ..core.tensor_shape import dimension_at_index, dimension_value

__all__ = [
    "as_bytes", "as_str", "as_str_any", "as_text", "bytes_or_text_types", "complex_types",
    "forward_compatibility_horizon", "forward_compatible",
    "dimension_at_index", "dimension_value", "integral_types", "path_to_str", "real_types",
]  # fmt: skip

bytes_or_text_types = (bytes, str)
integral_types = (numbers.Integral, np.integer)
real_types = (numbers.Real, np.integer, np.floating)
complex_types = (numbers.Complex, np.number)


def __getattr__(name: str) -> Any:
    if name == "v1":  # version 1 is all there is: tf.compat.v1 is the package itself
        import scopeflow

        return scopeflow
    raise AttributeError(f"module 'scopeflow.compat' has no attribute {name!r}")


def as_bytes(bytes_or_text: Any, encoding: str = "utf-8") -> bytes:
    """Text encoded; bytes as they are. TypeError for anything else.

    >>> as_bytes("a"), as_bytes(b"a")
    (b'a', b'a')
    """
    if isinstance(bytes_or_text, str):
        return bytes_or_text.encode(encoding)
    if isinstance(bytes_or_text, bytes | bytearray):
        return bytes(bytes_or_text)
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


def as_text(bytes_or_text: Any, encoding: str = "utf-8") -> str:
    """Bytes decoded; text as it is. TypeError for anything else.

    >>> as_text("a"), as_text(b"a")
    ('a', 'a')
    """
    if isinstance(bytes_or_text, str):
        return bytes_or_text
    if isinstance(bytes_or_text, bytes):
        return bytes_or_text.decode(encoding)
    raise TypeError(f"Expected binary or unicode string, got {bytes_or_text!r}")


as_str = as_text


def as_str_any(value: Any) -> str:
    """Bytes decoded; anything else as `str` gives it."""
    return as_str(value) if isinstance(value, bytes) else str(value)


def path_to_str(path: Any) -> Any:
    """A path object as text; anything else as it is."""
    return as_str_any(os.fspath(path)) if hasattr(path, "__fspath__") else path


_horizon = [datetime.date(2019, 8, 21)]


def forward_compatible(year: int, month: int, day: int) -> bool:
    """Whether TensorFlow 1.15 wrote graphs with what had come until this day."""
    return _horizon[-1] > datetime.date(year, month, day)


@contextmanager
def forward_compatibility_horizon(year: int, month: int, day: int) -> Iterator[None]:
    """A block in which `forward_compatible` goes by another day."""
    _horizon.append(datetime.date(year, month, day))
    try:
        yield
    finally:
        _horizon.pop()


# The switches. What can be switched off is off: those functions have nothing to do.


def disable_v2_behavior() -> None:
    """Nothing to do: scopeflow behaves as TensorFlow 1."""


def disable_eager_execution() -> None:
    """Nothing to do: ops are always added to a graph."""


def disable_control_flow_v2() -> None:
    """Nothing to do: TensorFlow 2's control flow ops are not used."""


def disable_v2_tensorshape() -> None:
    """Nothing to do: a shape's items are Dimension objects, as in TensorFlow 1."""


def disable_tensor_equality() -> None:
    """Nothing to do: `==` compares tensors by identity, as in TensorFlow 1."""


def executing_eagerly() -> bool:
    """False: ops are always added to a graph."""
    return False


def control_flow_v2_enabled() -> bool:
    """False: TensorFlow 2's control flow ops are not used."""
    return False


def _refuse(function: str, instead: str) -> NoReturn:
    raise NotImplementedError(
        f"tf.{function}(): scopeflow behaves as TensorFlow 1, and only so. "
        f"Leave the call out{instead}."
    )


def enable_v2_behavior() -> NoReturn:
    """Raises NotImplementedError: there is no TensorFlow 2 behaviour."""
    _refuse("enable_v2_behavior", " and run tensors in a tf.Session")


def enable_eager_execution(
    config: Any = None, device_policy: Any = None, execution_mode: Any = None
) -> NoReturn:
    """Raises NotImplementedError: there is no eager execution."""
    _refuse("enable_eager_execution", " and run tensors in a tf.Session")


def enable_control_flow_v2() -> NoReturn:
    """Raises NotImplementedError: there are no TensorFlow 2 control flow ops."""
    _refuse("enable_control_flow_v2", "; tf.cond and tf.while_loop need no switch")


def enable_v2_tensorshape() -> NoReturn:
    """Raises NotImplementedError: a shape's items are Dimension objects."""
    _refuse("enable_v2_tensorshape", " and use shape.as_list() for the sizes as ints")


def enable_tensor_equality() -> NoReturn:
    """Raises NotImplementedError: `==` compares tensors by identity."""
    _refuse("enable_tensor_equality", " and compare values with tf.equal")
