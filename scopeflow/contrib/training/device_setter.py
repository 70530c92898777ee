"""On which parameter server a variable goes: for `tf.train.replica_device_setter`."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Any

import numpy as np

import scopeflow as tf


class RandomStrategy:
    """A task drawn by the op's name and a seed.

    The tasks are others than TensorFlow's, which hashes otherwise.
    """

    def __init__(self, num_ps_tasks: int, seed: int = 0) -> None:
        self._num_tasks = num_ps_tasks
        self._seed = seed

    def __call__(self, op: tf.Operation) -> int:
        """The task of a variable."""
        return zlib.crc32(f"{self._seed}:{op.name}".encode()) % self._num_tasks


class GreedyLoadBalancingStrategy:
    """The task that has the least load so far; `load_fn(op)` says what an op adds."""

    def __init__(self, num_tasks: int, load_fn: Callable[[Any], float]) -> None:
        self._ps_loads = np.zeros(num_tasks)
        self._load_fn = load_fn

    def __call__(self, op: tf.Operation) -> int:
        """The task of a variable."""
        task = int(self._ps_loads.argmin())
        self._ps_loads[task] += self._load_fn(op)
        return task


def byte_size_load_fn(op: tf.Operation) -> int:
    """How many bytes the output of an op has.

    Raises:
      ValueError: If it has not one output, or its shape is not known.
    """
    if len(op.outputs) != 1:
        raise ValueError(f"Op {op} must have a single output")
    output = op.outputs[0]
    output.shape.assert_is_fully_defined()
    return output.dtype.base_dtype.size * (output.shape.num_elements() or 0)
