"""tensorflow.python.ops.nn_impl: what the sampled losses compute first."""

from __future__ import annotations

from typing import Any

import scopeflow as tf
from scopeflow.ops.candidates import _sampled_logits


def _compute_sampled_logits(
    weights: Any,
    biases: Any,
    labels: Any,
    inputs: Any,
    num_sampled: int,
    num_classes: int,
    num_true: int = 1,
    sampled_values: Any = None,
    subtract_log_q: bool = True,
    remove_accidental_hits: bool = False,
    partition_strategy: str = "mod",
    name: str | None = None,
    seed: int | None = None,
) -> Any:
    """(logits, labels) of the true and the sampled classes.

    With `subtract_log_q` the logits are less the logarithm of how often the class is expected.
    """
    if sampled_values is None and not subtract_log_q:
        sampled_values = tf.nn.log_uniform_candidate_sampler(
            labels, num_true, num_sampled, True, num_classes, seed
        )
    if sampled_values is not None and not subtract_log_q:
        classes, of_true, of_sampled = sampled_values
        sampled_values = (classes, tf.ones_like(of_true), tf.ones_like(of_sampled))
    return _sampled_logits(
        weights, biases, labels, inputs, num_sampled, num_classes, num_true, sampled_values,
        remove_accidental_hits, partition_strategy, name, "compute_sampled_logits", seed,
    )  # fmt: skip
