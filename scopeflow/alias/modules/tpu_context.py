"""tensorflow.contrib.tpu.python.tpu.tpu_context: what an input or model function runs on.

It runs on the host: there are no TPUs, so that numbers of hosts, cores and replicas are 0.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import scopeflow as tf


class _InternalTPUContext:
    """The batch sizes and the mode of a TPUEstimator."""

    def __init__(
        self, config: Any, train_batch_size: int | None, eval_batch_size: int | None,
        predict_batch_size: int | None, use_tpu: bool, eval_on_tpu: bool = True,
        embedding_config_spec: Any = None,
    ) -> None:  # fmt: skip
        if use_tpu:
            raise NotImplementedError(
                "tf.contrib.tpu: there is no TPU to run on. Say use_tpu=False: it runs on the CPU "
                "or on one GPU."
            )
        if embedding_config_spec is not None:
            raise NotImplementedError(
                "tf.contrib.tpu: embedding_config_spec is for tables on TPUs. Use "
                "tf.nn.embedding_lookup."
            )
        modes = tf.estimator.ModeKeys
        self._config = config
        self._use_tpu, self._eval_on_tpu = use_tpu, eval_on_tpu
        self._train_batch_size = train_batch_size
        self._batch_sizes = {
            modes.TRAIN: train_batch_size,
            modes.EVAL: eval_batch_size,
            modes.PREDICT: predict_batch_size,
        }
        self._mode: Any = None

    @contextmanager
    def with_mode(self, mode: str) -> Iterator[_InternalTPUContext]:
        """A block with a context of that mode (train, eval or infer)."""
        found = copy.copy(self)
        found._mode = mode
        yield found

    @property
    def mode(self) -> str:
        """The mode. RuntimeError outside `with_mode`."""
        if self._mode is None:
            raise RuntimeError("`mode` needs to be set via contextmanager `with_mode`.")
        found: str = self._mode
        return found

    @property
    def config(self) -> Any:
        """The RunConfig."""
        return self._config

    def is_running_on_cpu(self, is_export_mode: bool = False) -> bool:
        """True."""
        return True

    @property
    def global_batch_size(self) -> int | None:
        """The batch size of the mode."""
        return self._batch_sizes[self.mode]

    batch_size_for_input_fn = batch_size_for_model_fn = global_batch_size

    @property
    def num_cores(self) -> int:
        """0: there are no TPUs. RuntimeError outside `with_mode`."""
        _ = self.mode  # asked, for its error
        return 0

    num_hosts = num_replicas = num_of_cores_per_host = num_of_replicas_per_host = num_cores

    @property
    def master_job(self) -> None:
        """None: the master is this process."""

    device_assignment = input_partition_dims = embedding_config = master_job

    @property
    def model_parallelism_enabled(self) -> bool:
        """False."""
        return False

    def is_input_sharded_per_core(self) -> bool:
        """False."""
        return False

    def is_input_per_host_with_iterators(self) -> bool:
        """False."""
        return False

    def is_input_broadcast_with_iterators(self) -> bool:
        """False."""
        return False

    def is_replica_across_hosts(self) -> bool:
        """False."""
        return False

    def is_input_slice_broadcast_to_all_cores(self) -> bool:
        """False."""
        return False

    @property
    def tpu_host_placement_function(self) -> Callable:
        """Nothing is placed: a function that gives None."""
        return lambda host_id=None, replica_id=None: None

    @property
    def tpu_device_placement_function(self) -> Callable:
        """Nothing is placed: a function that gives None."""
        return lambda i: None


class TPUContext:
    """What an input function (`params["context"]`) or a model function learns of where it runs."""

    def __init__(
        self,
        internal_ctx: Any,
        input_device: Any = None,
        invocation_index: int | None = None,
        call_from_input_fn: bool = True,
    ) -> None:
        self._context = internal_ctx
        self._input_device = input_device
        self._invocation_index = invocation_index
        self._call_from_input_fn = call_from_input_fn

    def current_input_fn_deployment(self) -> tuple[Any, Any, int, int]:
        """(device, number of this call, number of calls, replicas that this call feeds).

        RuntimeError outside an input function.
        """
        if not self._call_from_input_fn:
            raise RuntimeError("This TPUContext instance must not be called from model_fn.")
        if self._context.is_running_on_cpu():
            return self._input_device, 0, 1, 1
        raise NotImplementedError("TPUContext: there is no TPU to feed.")

    @property
    def num_replicas(self) -> int:
        """How many replicas there are."""
        found: int = self._context.num_replicas
        return found

    @property
    def num_hosts(self) -> int:
        """How many TPU hosts there are."""
        found: int = self._context.num_hosts
        return found

    @property
    def current_host(self) -> int | None:
        """The number of this call of the input function."""
        return self._invocation_index

    @property
    def num_of_replicas_per_host(self) -> int:
        """How many replicas each host feeds."""
        found: int = self._context.num_of_replicas_per_host
        return found

    @property
    def device_assignment(self) -> Any:
        """None. RuntimeError in an input function."""
        if self._call_from_input_fn:
            raise RuntimeError("This TPUContext instance must not be called from input_fn.")
        return self._context.device_assignment

    @property
    def tpu_host_placement_function(self) -> Callable:
        """A function that gives the device of a host: None."""
        found: Callable = self._context.tpu_host_placement_function
        return found


def _get_tpu_context(
    config: Any, train_batch_size: int | None, eval_batch_size: int | None,
    predict_batch_size: int | None, use_tpu: bool, eval_on_tpu: bool = True,
    embedding_config_spec: Any = None,
) -> _InternalTPUContext:  # fmt: skip
    """The context of a TPUEstimator that runs on the host."""
    return _InternalTPUContext(
        config, train_batch_size, eval_batch_size, predict_batch_size, use_tpu, eval_on_tpu,
        embedding_config_spec,
    )  # fmt: skip
