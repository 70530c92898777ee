"""tensorflow.python.layers.utils: arguments of layers."""

from __future__ import annotations

from typing import Any

from .smart_cond import smart_cond, smart_constant_value

__all__ = [
    "constant_value", "conv_input_length", "conv_output_length", "convert_data_format",
    "deconv_output_length", "normalize_data_format", "normalize_padding", "normalize_tuple",
    "smart_cond",
]  # fmt: skip

constant_value = smart_constant_value


def convert_data_format(data_format: str, ndim: int) -> str:
    """The ops' name of a layer's data format: "channels_last" of 4 dimensions is "NHWC"."""
    names = {3: "W", 4: "HW", 5: "DHW"}
    if ndim not in names:
        raise ValueError("Input rank not supported:", ndim)
    if data_format not in ("channels_last", "channels_first"):
        raise ValueError("Invalid data_format:", data_format)
    return f"N{names[ndim]}C" if data_format == "channels_last" else f"NC{names[ndim]}"


def normalize_tuple(value: Any, n: int, name: str) -> tuple[int, ...]:
    """n ints: the given ones, or one n times. `name` is the argument's, for the ValueError."""
    if isinstance(value, int):
        return (value,) * n
    text = f"The `{name}` argument must be a tuple of {n} integers. Received: {value}"
    try:
        found = tuple(value)
    except TypeError:
        raise ValueError(text) from None
    if len(found) != n:
        raise ValueError(text)
    try:
        return tuple(int(v) for v in found)
    except (TypeError, ValueError):
        raise ValueError(text) from None


def normalize_data_format(value: str) -> str:
    """In small letters; ValueError unless it is "channels_first" or "channels_last"."""
    if value.lower() not in ("channels_first", "channels_last"):
        raise ValueError(
            'The `data_format` argument must be one of "channels_first", "channels_last". '
            f"Received: {value}"
        )
    return value.lower()


def normalize_padding(value: str) -> str:
    """In small letters; ValueError unless it is "valid" or "same"."""
    if value.lower() not in ("valid", "same"):
        raise ValueError(
            f'The `padding` argument must be one of "valid", "same". Received: {value}'
        )
    return value.lower()


def conv_output_length(
    input_length: int | None, filter_size: int, padding: str, stride: int, dilation: int = 1
) -> int | None:
    """The size of what a convolution makes of so many places."""
    if input_length is None:
        return None
    width = filter_size + (filter_size - 1) * (dilation - 1)
    lost = {"same": 0, "valid": width - 1, "full": -(width - 1)}
    return (input_length - lost[padding] + stride - 1) // stride


def conv_input_length(
    output_length: int | None, filter_size: int, padding: str, stride: int
) -> int | None:
    """The size that a convolution makes so many places of."""
    if output_length is None:
        return None
    pad = {"same": filter_size // 2, "valid": 0, "full": filter_size - 1}[padding]
    return (output_length - 1) * stride - 2 * pad + filter_size


def deconv_output_length(
    input_length: int | None, filter_size: int, padding: str, stride: int
) -> int | None:
    """The size of what a transposed convolution makes of so many places."""
    if input_length is None:
        return None
    length = input_length * stride
    return length + {
        "valid": max(filter_size - stride, 0), "full": -(stride + filter_size - 2), "same": 0,
    }[padding]  # fmt: skip
