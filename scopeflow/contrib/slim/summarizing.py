"""`slim.summaries`: summaries of tensors by name."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

__all__ = [
    "add_histogram_summaries", "add_histogram_summary", "add_image_summaries",
    "add_image_summary", "add_scalar_summaries", "add_scalar_summary",
    "add_zero_fraction_summaries", "add_zero_fraction_summary",
]  # fmt: skip


def _name(tensor: Any, name: str | None, prefix: str | None, postfix: str | None = None) -> str:
    name = name or tensor.op.name
    name = f"{prefix}/{name}" if prefix else name
    return f"{name}/{postfix}" if postfix else name


def _printed(summary: Any, tensor: Any, name: str) -> Any:
    tensor = tf.Print(tensor, [tensor], name)
    with tf.control_dependencies([tensor]):
        return tf.identity(summary)


def add_histogram_summary(tensor: Any, name: str | None = None, prefix: str | None = None) -> Any:
    """A histogram of the tensor, under its name or another, with a prefix."""
    return tf.summary.histogram(_name(tensor, name, prefix), tensor)


def add_image_summary(
    tensor: Any, name: str | None = None, prefix: str | None = None, print_summary: bool = False
) -> Any:
    """A summary of images."""
    name = _name(tensor, name, prefix)
    summary = tf.summary.image(name=name, tensor=tensor)
    return _printed(summary, tensor, name) if print_summary else summary


def add_scalar_summary(
    tensor: Any, name: str | None = None, prefix: str | None = None, print_summary: bool = False
) -> Any:
    """A summary of a number, which may be printed, too."""
    name = _name(tensor, name, prefix)
    summary = tf.summary.scalar(name, tensor)
    return _printed(summary, tensor, name) if print_summary else summary


def add_zero_fraction_summary(
    tensor: Any, name: str | None = None, prefix: str | None = None, print_summary: bool = False
) -> Any:
    """A summary of the share of elements that are 0."""
    name = _name(tensor, name, prefix, "Fraction_of_Zero_Values")
    share = tf.nn.zero_fraction(tensor)
    summary = tf.summary.scalar(name, share)
    return _printed(summary, share, name) if print_summary else summary


def add_histogram_summaries(tensors: Any, prefix: str | None = None) -> list:
    """A histogram of each tensor."""
    return [add_histogram_summary(tensor, prefix=prefix) for tensor in tensors]


def add_image_summaries(tensors: Any, prefix: str | None = None) -> list:
    """A summary of each tensor of images."""
    return [add_image_summary(tensor, prefix=prefix) for tensor in tensors]


def add_scalar_summaries(
    tensors: Any, prefix: str | None = None, print_summary: bool = False
) -> list:
    """A summary of each number."""
    return [add_scalar_summary(t, prefix=prefix, print_summary=print_summary) for t in tensors]


def add_zero_fraction_summaries(tensors: Any, prefix: str | None = None) -> list:
    """A summary of the share of zeros of each tensor."""
    return [add_zero_fraction_summary(tensor, prefix=prefix) for tensor in tensors]
