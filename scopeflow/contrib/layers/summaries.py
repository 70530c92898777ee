"""Summaries of tensors, for TensorBoard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

__all__ = [
    "summarize_activation", "summarize_activations", "summarize_collection", "summarize_tensor",
    "summarize_tensors",
]  # fmt: skip


def _is_new(tensor: Any, tag: str) -> bool:
    """Whether no summary of that tag is there yet, in this name scope."""
    known = tf.get_collection(tf.GraphKeys.SUMMARIES)
    return not any(tag in summary.op.name for summary in known)


def summarize_activation(op: Any) -> Any:
    """A histogram of a layer's outputs; of a Relu's also the share that is 0."""
    if op.op.type in ("Relu", "Softplus", "Relu6"):
        name = op.op.name + "/zeros"
        if _is_new(op, name):
            share = tf.reduce_mean(tf.cast(tf.less_equal(op, 0), tf.float32))
            tf.summary.scalar(name, share)
    if op.op.type == "Relu6":
        name = op.op.name + "/sixes"
        if _is_new(op, name):
            share = tf.reduce_mean(tf.cast(tf.greater_equal(op, 6), tf.float32))
            tf.summary.scalar(name, share)
    name = op.op.name + "/activation"
    return tf.summary.histogram(name, op) if _is_new(op, name) else None


def summarize_tensor(tensor: Any, tag: str | None = None) -> Any:
    """A scalar, or of what is none a histogram."""
    if tensor.shape.ndims == 0:
        tag = tag or tensor.op.name + "_summary"
        return tf.summary.scalar(tag, tensor) if _is_new(tensor, tag) else None
    tag = tag or tensor.op.name + "/histogram"
    return tf.summary.histogram(tag, tensor) if _is_new(tensor, tag) else None


def summarize_tensors(tensors: Any, summarizer: Callable = summarize_tensor) -> list:
    """A summary of each of the tensors."""
    return [summarizer(tensor) for tensor in tensors]


def summarize_collection(
    collection: str, name_filter: str | None = None, summarizer: Callable = summarize_tensor
) -> list:
    """A summary of each of a collection's tensors whose names match."""
    tensors = [
        tensor
        for tensor in tf.get_collection(collection, name_filter)
        if getattr(tensor, "op", None) is not None
    ]
    return summarize_tensors(tensors, summarizer)


def summarize_activations(
    name_filter: str | None = None, summarizer: Callable = summarize_activation
) -> list:
    """A summary of each tensor in the collection ACTIVATIONS whose names match."""
    return summarize_collection(tf.GraphKeys.ACTIVATIONS, name_filter, summarizer)
