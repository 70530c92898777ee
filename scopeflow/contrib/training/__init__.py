"""`tf.contrib.training`: hyperparameters, and what trains and evaluates."""

from .bucketing import bucket, bucket_by_sequence_length
from .checkpoints import checkpoints_iterator, wait_for_new_checkpoint
from .device_setter import GreedyLoadBalancingStrategy, RandomStrategy, byte_size_load_fn
from .evaluation import (
    StopAfterNEvalsHook,
    SummaryAtEndHook,
    evaluate_once,
    evaluate_repeatedly,
    get_or_create_eval_step,
)
from .hparam import HParams, parse_values
from .training import (
    add_gradients_summaries,
    clip_gradient_norms,
    clip_gradient_norms_fn,
    create_train_op,
    multiply_gradients,
    train,
)

__all__ = [
    "GreedyLoadBalancingStrategy", "HParams", "RandomStrategy", "bucket",
    "bucket_by_sequence_length", "byte_size_load_fn", "StopAfterNEvalsHook",
    "SummaryAtEndHook", "add_gradients_summaries",
    "checkpoints_iterator", "clip_gradient_norms", "clip_gradient_norms_fn", "create_train_op",
    "evaluate_once", "evaluate_repeatedly", "get_or_create_eval_step", "multiply_gradients",
    "parse_values", "train", "wait_for_new_checkpoint",
]  # fmt: skip
