"""The functions that add summary ops to a graph. Running one gives a serialized `tf.Summary`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import scopeflow as tf


def clean_tag(name: str | None) -> str | None:
    """The name with what may not stand in a node's name replaced by `_`."""
    if name is None:
        return None
    cleaned = re.sub(r"[^-/\w.]", "_", name, flags=re.ASCII).lstrip("/")
    if cleaned != name:
        tf.logging.info(f"Summary name {name} is illegal; using {cleaned} instead.")
    return cleaned


@contextmanager
def summary_scope(
    name: str | None, family: str | None = None, default_name: str | None = None, values: Any = None
) -> Iterator[tuple[str, str]]:
    """(tag, name scope) of a new summary: the tag is the scope, below the family again."""
    name, family = clean_tag(name), clean_tag(family)
    base = f"{family}/{name}" if family else name
    with tf.name_scope(base, default_name, values) as scope:
        tag = scope.rstrip("/")
        yield f"{family}/{tag}" if family else tag, scope


def _collected(summary: tf.Tensor, collections: Any) -> tf.Tensor:
    names = [tf.GraphKeys.SUMMARIES] if collections is None else collections
    tf.add_to_collections(list(names), summary)
    return summary


def scalar(name: str, tensor: Any, collections: Any = None, family: str | None = None) -> tf.Tensor:
    """A summary of one number.

    `name` becomes the op's name and, with the name scopes around, the tag; `family` stands in front
    of both and groups tags in TensorBoard. The summary joins `collections` ([SUMMARIES]).
    """
    with summary_scope(name, family, values=[tensor]) as (tag, scope):
        made = tf.raw_ops.ScalarSummary(tags=tag, values=tensor, name=scope)
        return _collected(made, collections)


def histogram(
    name: str, values: Any, collections: Any = None, family: str | None = None
) -> tf.Tensor:
    """A summary of how the values are distributed. Running it fails for NaN and infinity."""
    with summary_scope(name, family, "HistogramSummary", [values]) as (tag, scope):
        made = tf.raw_ops.HistogramSummary(tag=tag, values=values, name=scope)
        return _collected(made, collections)


def image(
    name: str,
    tensor: Any,
    max_outputs: int = 3,
    collections: Any = None,
    family: str | None = None,
) -> tf.Tensor:
    """A summary of the first `max_outputs` images of a batch [batch, height, width, channels].

    1 (grey), 3 (RGB) or 4 (RGBA) channels. uint8 values are shown as they are; floats are scaled so
    that the largest of an image becomes 255, or, where there are negative ones, so that 0 becomes
    128; pixels with NaN or infinity are red.
    """
    with summary_scope(name, family, values=[tensor]) as (tag, scope):
        made = tf.raw_ops.ImageSummary(tag=tag, tensor=tensor, max_images=max_outputs, name=scope)
        return _collected(made, collections)


def audio(
    name: str,
    tensor: Any,
    sample_rate: Any,
    max_outputs: int = 3,
    collections: Any = None,
    family: str | None = None,
) -> tf.Tensor:
    """A summary of the first `max_outputs` sounds of a batch [batch, frames, channels].

    Samples lie between -1 and 1; `sample_rate` is in hertz.
    """
    with summary_scope(name, family, values=[tensor]) as (tag, scope):
        rate = tf.convert_to_tensor(sample_rate, dtype=tf.float32, name="sample_rate")
        made = tf.raw_ops.AudioSummaryV2(
            tag=tag, tensor=tensor, sample_rate=rate, max_outputs=max_outputs, name=scope
        )
        return _collected(made, collections)


def tensor_summary(
    name: str,
    tensor: Any,
    summary_description: Any = None,
    collections: Any = None,
    summary_metadata: Any = None,
    family: str | None = None,
    display_name: str | None = None,
) -> tf.Tensor:
    """A summary of a whole tensor.

    `summary_metadata` (a tf.SummaryMetadata) tells TensorBoard which plugin shows it;
    `summary_description` and `display_name` set its fields of these names.
    """
    metadata = tf.SummaryMetadata() if summary_metadata is None else summary_metadata
    if summary_description is not None:
        metadata.summary_description = summary_description
    if display_name is not None:
        metadata.display_name = display_name
    with summary_scope(name, family, values=[tensor]) as (tag, scope):
        made = tf.raw_ops.TensorSummaryV2(
            tag=tag,
            tensor=tensor,
            serialized_summary_metadata=metadata.SerializeToString(),
            name=scope,
        )
        return _collected(made, collections)


def text(name: str, tensor: Any, collections: Any = None) -> tf.Tensor:
    """A summary of strings, which TensorBoard shows as Markdown. ValueError for other dtypes."""
    if tensor.dtype != tf.string:
        raise ValueError(f"Expected tensor {tensor.name} to have dtype string, got {tensor.dtype}")
    metadata = tf.SummaryMetadata(plugin_data={"plugin_name": "text"})
    return tensor_summary(name, tensor, summary_metadata=metadata, collections=collections)


def merge(inputs: Any, collections: Any = None, name: str | None = None) -> tf.Tensor:
    """One summary with the values of all summaries in the list `inputs`."""
    inputs = list(inputs)
    if not inputs:
        raise ValueError(
            "List argument 'inputs' to 'MergeSummary' Op with length 0 shorter than minimum "
            "length 1."
        )
    with tf.name_scope(name, "Merge", [i for i in inputs if isinstance(i, tf.Tensor)]):
        made = tf.raw_ops.MergeSummary(inputs=inputs, name=name)
        return _collected(made, [] if collections is None else collections)


def merge_all(
    key: str = tf.GraphKeys.SUMMARIES, scope: str | None = None, name: str | None = None
) -> tf.Tensor | None:
    """All summaries of the collection `key` in one (those whose names match `scope`).

    None where there are none: make the summaries before this.
    """
    found = tf.get_collection(key, scope=scope)
    return merge(found, name=name) if found else None


def get_summary_description(node_def: Any) -> Any:
    """The tf.summary.SummaryDescription that a TensorSummary node holds; ValueError for others."""
    from google.protobuf import json_format

    if node_def.op != "TensorSummary":
        raise ValueError(f"Can't get_summary_description on {node_def.op}")
    found = tf.summary.SummaryDescription()
    json_format.Parse(node_def.attr["description"].s.decode(), found)
    return found


def initialize(graph: Any = None, session: Any = None) -> None:
    """tf.contrib.summary.initialize: opens the writers of summaries that write by themselves."""
    tf.contrib.summary.initialize(graph, session)


def all_v2_summary_ops() -> list[Any]:
    """The summaries of the default graph that write by themselves (tf.contrib.summary)."""
    return tf.contrib.summary.all_summary_ops()
