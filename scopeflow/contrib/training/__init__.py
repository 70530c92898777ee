"""`tf.contrib.training`: hyperparameters, and what trains and evaluates."""

from .hparam import HParams, parse_values

__all__ = ["HParams", "parse_values"]
