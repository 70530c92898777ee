"""The op types that find the buckets of numbers: quantiles of what streams by.

A stream keeps each distinct value and its weight, so its quantiles are exact; TensorFlow's sketch
of many values is off by up to epsilon of the ranks.
"""

from __future__ import annotations

import numpy as np

from ..core.errors import FailedPreconditionError
from ..core.held import held_object
from ..core.lazy_torch import torch
from ..core.op import op
from .texts import numpy_of, tensor_of


class QuantileStreams:
    """The streams of one model's features: values with weights, and the buckets' bounds."""

    def __init__(self) -> None:
        self.made = False
        self.seen: list[dict[float, float]] = []
        self.bounds: list[np.ndarray] = []

    def make(self, count: int) -> None:
        """So many streams without values."""
        self.made = True
        self.seen = [{} for _ in range(count)]
        self.bounds = [np.zeros(0, np.float32) for _ in range(count)]

    def flush(self, num_buckets: int, all_quantiles: bool) -> None:
        """Make bounds of the values, and forget these."""
        for i, seen in enumerate(self.seen):
            values = np.array(sorted(seen), np.float32)
            if len(values) and (all_quantiles or len(values) > num_buckets):
                weights = np.array([seen[value] for value in sorted(seen)])
                middles = np.cumsum(weights) - weights / 2
                ranks = weights.sum() * np.arange(num_buckets + 1) / num_buckets
                # The value whose middle rank is the nearest.
                places = np.searchsorted((middles[:-1] + middles[1:]) / 2, ranks, side="right")
                values = values[places]
                values = values if all_quantiles else np.unique(values)
            self.bounds[i] = values
        self.seen = [{} for _ in self.seen]


def _made(streams: QuantileStreams) -> QuantileStreams:
    if not streams.made:
        raise FailedPreconditionError(None, None, "The quantile streams are not initialized.")
    return streams


@op("-> resource", shape=lambda: (), stateful=True)
def BoostedTreesQuantileStreamResourceHandleOp(*, container="", shared_name="", op, held):
    """The streams of a model's features, in the session."""
    return held_object(held, op, QuantileStreams)


@op("held resource, float32, host int64", attrs={"max_elements": 1 << 40}, stateful=True)
def BoostedTreesCreateQuantileStreamResource(
    quantile_stream_resource_handle, epsilon, num_streams
):  # fmt: skip
    """Make the streams, unless they are made already. They are exact, whatever epsilon is."""
    if not quantile_stream_resource_handle.made:
        quantile_stream_resource_handle.make(num_streams)


@op("held resource -> bool", shape=lambda handle: (), stateful=True)
def IsBoostedTreesQuantileStreamResourceInitialized(quantile_stream_resource_handle, *, device):
    """Whether the streams are made."""
    return torch.tensor(quantile_stream_resource_handle.made, device=device)


@op(
    "num_features * float32, float32, float32 -> num_features * float32",
    shape=lambda values, weights, epsilon: [(None, 4)] * len(values),
    differentiable=False,
    varies=True,
)
def BoostedTreesMakeQuantileSummaries(float_values, example_weights, epsilon, *, device):
    """For each feature its distinct values, with weight, lowest and highest rank."""
    found = []
    for values in float_values:
        distinct, places = np.unique(numpy_of(values).ravel(), return_inverse=True)
        each = np.broadcast_to(numpy_of(example_weights).ravel(), places.shape)
        weights = np.bincount(places.ravel(), each, minlength=len(distinct))
        highest = np.cumsum(weights)
        rows = np.stack([distinct, weights, highest - weights, highest], 1)
        found.append(tensor_of(rows, np.float32, device))
    return found


@op(
    "held resource -> num_features * float32",
    shape=lambda handle, *, num_features: [(None, 4)] * num_features,
    stateful=True,
    varies=True,
)
def BoostedTreesFlushQuantileSummaries(quantile_stream_resource_handle, *, num_features, device):
    """What the streams hold, as summaries; they are empty afterwards."""
    streams, found = _made(quantile_stream_resource_handle), []
    for seen in streams.seen:
        values = sorted(seen)
        weights = np.array([seen[value] for value in values])
        highest = np.cumsum(weights)
        rows = np.stack([np.array(values), weights, highest - weights, highest], 1)
        found.append(tensor_of(rows, np.float32, device))
    streams.seen = [{} for _ in streams.seen]
    return found


@op("held resource, num_features * float32", stateful=True)
def BoostedTreesQuantileStreamResourceAddSummaries(quantile_stream_resource_handle, summaries):
    """Add batches to the streams."""
    streams = _made(quantile_stream_resource_handle)
    for seen, summary in zip(streams.seen, summaries, strict=True):
        for value, weight, *_ in numpy_of(summary).tolist():
            if weight > 0:
                seen[value] = seen.get(value, 0.0) + weight


@op("held resource, host int64", stateful=True)
def BoostedTreesQuantileStreamResourceFlush(
    quantile_stream_resource_handle, num_buckets, *, generate_quantiles=False
):  # fmt: skip
    """Make the buckets' bounds: each value where there are few, else quantiles."""
    _made(quantile_stream_resource_handle).flush(num_buckets, generate_quantiles)


@op("held resource, num_streams * float32", stateful=True)
def BoostedTreesQuantileStreamResourceDeserialize(
    quantile_stream_resource_handle, bucket_boundaries
):  # fmt: skip
    """Give the streams these bounds."""
    quantile_stream_resource_handle.make(len(bucket_boundaries))
    quantile_stream_resource_handle.bounds = [numpy_of(each).copy() for each in bucket_boundaries]


@op(
    "held resource -> num_features * float32",
    shape=lambda handle, *, num_features: [(None,)] * num_features,
    stateful=True,
    varies=True,
)
def BoostedTreesQuantileStreamResourceGetBucketBoundaries(
    quantile_stream_resource_handle, *, num_features, device
):  # fmt: skip
    """The bounds of each feature's buckets; none before they are made."""
    bounds = _made(quantile_stream_resource_handle).bounds
    return [tensor_of(each, np.float32, device) for each in bounds]


@op(
    "num_features * float32, num_features * float32 -> num_features * int32",
    shape=lambda values, bounds: [value._dims for value in values],
    differentiable=False,
)
def BoostedTreesBucketize(float_values, bucket_boundaries):
    """The bucket of each value: the first bound that is not below it, or else the last."""
    found = []
    for values, bounds in zip(float_values, bucket_boundaries, strict=True):
        places = torch.searchsorted(bounds, values.contiguous(), out_int32=True)
        found.append(places.clamp(0, max(bounds.numel() - 1, 0)))
    return found
