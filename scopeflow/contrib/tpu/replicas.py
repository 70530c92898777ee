"""A computation on replicas: on one, which is this graph."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NoReturn

import scopeflow as tf

from .loops import _check_infeed, _listed, _ops


def core(num: int) -> str:
    """The device name of a TPU's core."""
    return f"device:TPU_REPLICATED_CORE:{num}"


def _refuse(name: str) -> NoReturn:
    raise NotImplementedError(
        f"tf.tpu.{name}: there is no TPU. Leave the call out: a session runs on the CPU or on one "
        "GPU as it is."
    )


def initialize_system(embedding_config: Any = None, job: str | None = None) -> Any:
    """NotImplementedError: there is no TPU."""
    _refuse("initialize_system")


def shutdown_system(job: str | None = None) -> Any:
    """NotImplementedError: there is no TPU."""
    _refuse("shutdown_system")


def outside_compilation(computation: Callable, *args: Any, **kwargs: Any) -> Any:
    """Call the computation: nothing is compiled."""
    return computation(*args, **kwargs)


def _outputs(results: Any) -> Any:
    """What a computation gives: its tensors behind its ops; the ops alone as one op."""
    tensors, ops = _ops(results)
    with tf.control_dependencies(ops):
        found = [tf.identity(tensor) for tensor in tensors]
    return found or tf.group(*ops)


def replicate(
    computation: Callable,
    inputs: Any = None,
    infeed_queue: Any = None,
    device_assignment: Any = None,
    name: str | None = None,
    maximum_shapes: Any = None,
) -> Any:
    """The outputs for each list of inputs: of one replica. NotImplementedError for more.

    `device_assignment` and `maximum_shapes` are accepted.
    """
    _check_infeed(infeed_queue)
    lists = [[]] if inputs is None else list(inputs)
    if len(lists) != 1:
        raise NotImplementedError(
            f"tf.tpu.replicate: there is one device, not {len(lists)}. Call it with a single list "
            "of inputs."
        )
    with tf.name_scope(name, "tpu_replicate"):
        found = _outputs(computation(*map(tf.convert_to_tensor, _listed(lists[0]))))
    return [found]


def rewrite(
    computation: Callable,
    inputs: Any = None,
    infeed_queue: Any = None,
    device_assignment: Any = None,
    name: str | None = None,
) -> Any:
    """The computation's outputs, as a list. `device_assignment` is accepted."""
    listed = None if inputs is None else [_listed(inputs)]
    (found,) = replicate(computation, listed, infeed_queue, device_assignment, name)
    return found


def shard(
    computation: Callable,
    inputs: Any = None,
    num_shards: int = 1,
    input_shard_axes: Any = None,
    outputs_from_all_shards: Any = True,
    output_shard_axes: Any = None,
    infeed_queue: Any = None,
    device_assignment: Any = None,
    name: str | None = None,
) -> Any:
    """The computation's outputs, of one shard. NotImplementedError for more.

    The axes, `outputs_from_all_shards` and `device_assignment` are accepted: one shard has all.
    """
    if num_shards <= 0:
        raise ValueError("num_shards must be a positive integer.")
    if num_shards != 1:
        raise NotImplementedError(
            f"tf.tpu.shard: there is one device, not {num_shards}. Use num_shards=1."
        )
    return rewrite(computation, inputs, infeed_queue, device_assignment, name)


def batch_parallel(
    computation: Callable,
    inputs: Any = None,
    num_shards: int = 1,
    infeed_queue: Any = None,
    device_assignment: Any = None,
    name: str | None = None,
) -> Any:
    """As `shard`."""
    return shard(
        computation, inputs, num_shards=num_shards, infeed_queue=infeed_queue,
        device_assignment=device_assignment, name=name,
    )  # fmt: skip
