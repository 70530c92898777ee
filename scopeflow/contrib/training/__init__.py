"""`tf.contrib.training`: hyperparameters, and what trains and evaluates."""

from .checkpoints import checkpoints_iterator, wait_for_new_checkpoint
from .hparam import HParams, parse_values

__all__ = ["HParams", "checkpoints_iterator", "parse_values", "wait_for_new_checkpoint"]
