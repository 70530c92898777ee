"""tensorflow.contrib.tpu.python.tpu.tpu: what programs with a TPUEstimator of their own name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

_TPU_REPLICATE_ATTR = "_tpu_replicate"
_OUTSIDE_COMPILATION_ATTR = "_xla_outside_compilation"


def rewrite_for_inference(
    computation: Callable,
    inputs: Any = None,
    infeed_queue: Any = None,
    device_assignment: Any = None,
    name: str | None = None,
) -> Any:
    """The computation's outputs, as a list: see tf.contrib.tpu.rewrite."""
    return tf.contrib.tpu.rewrite(computation, inputs, infeed_queue, device_assignment, name)


def split_compile_and_shard(
    computation: Callable, inputs: Any = None, num_shards: int = 1, input_shard_axes: Any = None,
    outputs_from_all_shards: Any = True, output_shard_axes: Any = None, infeed_queue: Any = None,
    device_assignment: Any = None, name: str | None = None,
) -> tuple[Any, Any]:  # fmt: skip
    """(an op that compiles, which is nothing; the outputs of tf.contrib.tpu.shard)."""
    outputs = tf.contrib.tpu.shard(
        computation, inputs, num_shards, input_shard_axes, outputs_from_all_shards,
        output_shard_axes, infeed_queue, device_assignment, name,
    )  # fmt: skip
    return tf.no_op(), outputs
