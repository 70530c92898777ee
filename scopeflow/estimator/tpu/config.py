"""How a TPUEstimator runs: TPUConfig, InputPipelineConfig, RunConfig."""

from __future__ import annotations

import enum
import re
from collections import namedtuple
from typing import Any

from ..run_config import RunConfig as _RunConfig


class InputPipelineConfig(enum.IntEnum):
    """How often the input function is called for several hosts: it is called once here."""

    PER_SHARD_V1 = 1
    PER_HOST_V1 = 2
    PER_HOST_V2 = 3
    BROADCAST = 4
    SLICED = 5


class TPUConfig(
    namedtuple(
        "TPUConfig",
        [
            "iterations_per_loop", "num_shards", "num_cores_per_replica",
            "per_host_input_for_training", "tpu_job_name", "initial_infeed_sleep_secs",
            "input_partition_dims", "eval_training_input_configuration",
            "experimental_host_call_every_n_steps",
        ],
    )
):  # fmt: skip
    """What concerns TPUs: looked at, and without effect on a CPU or GPU."""

    __slots__ = ()

    def __new__(
        cls,
        iterations_per_loop: Any = 2,
        num_shards: int | None = None,
        num_cores_per_replica: int | None = None,
        per_host_input_for_training: Any = True,
        tpu_job_name: str | None = None,
        initial_infeed_sleep_secs: int | None = None,
        input_partition_dims: Any = None,
        eval_training_input_configuration: Any = InputPipelineConfig.PER_HOST_V1,
        experimental_host_call_every_n_steps: int = 1,
    ) -> TPUConfig:
        timed = isinstance(iterations_per_loop, str)
        if (timed and not re.fullmatch(r"[1-9]\d*[smh]", iterations_per_loop)) or (
            not timed and iterations_per_loop < 1
        ):
            raise ValueError(
                "Invalid TPUConfig `iterations_per_loop` value. Value must be a positive integer or"
                f" a time such as '3600s', '60m' or '1h', not {iterations_per_loop!r}."
            )
        if num_shards is not None and num_shards < 1:
            raise ValueError(f"TPUConfig num_shards must be positive, got {num_shards}")
        if num_cores_per_replica is not None:
            allowed = [2**i for i in range(8)]
            if num_cores_per_replica not in allowed:
                raise ValueError(
                    f"num_cores_per_replica must be {', '.join(map(str, allowed))}; got "
                    f"{num_cores_per_replica}"
                )
        if per_host_input_for_training is True:
            per_host_input_for_training = InputPipelineConfig.PER_HOST_V1
        elif per_host_input_for_training is False:
            per_host_input_for_training = InputPipelineConfig.PER_SHARD_V1
        if initial_infeed_sleep_secs is not None and initial_infeed_sleep_secs < 1:
            raise ValueError(
                f"TPUConfig initial_infeed_sleep_secs must be positive, got "
                f"{initial_infeed_sleep_secs}"
            )
        return super().__new__(
            cls, iterations_per_loop, num_shards, num_cores_per_replica,
            per_host_input_for_training, tpu_job_name, initial_infeed_sleep_secs,
            input_partition_dims, eval_training_input_configuration,
            experimental_host_call_every_n_steps,
        )  # fmt: skip


class RunConfig(_RunConfig):
    """tf.estimator.RunConfig with a TPUConfig.

    `cluster`, a resolver, gives the `master`; without a TPU it is None or that of this process.
    """

    def __init__(
        self,
        tpu_config: Any = None,
        evaluation_master: str | None = None,
        master: str | None = None,
        cluster: Any = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        if cluster is not None and master is not None:
            raise ValueError("Both cluster and master are set.")
        self._tpu_config = tpu_config or TPUConfig()
        self._cluster = cluster
        if master is not None:
            self._master = master
        if cluster is not None:
            self._master = cluster.master()
        if evaluation_master is not None:
            self._evaluation_master = evaluation_master
        elif self._task_type != "evaluator":
            self._evaluation_master = self._master

    @property
    def tpu_config(self) -> Any:
        """The TPUConfig."""
        return self._tpu_config

    @property
    def cluster(self) -> Any:
        """The cluster's resolver."""
        return self._cluster

    @property
    def master(self) -> str:
        """The target of sessions."""
        return self._master

    @property
    def evaluation_master(self) -> str:
        """The target of sessions that evaluate."""
        return self._evaluation_master

    def replace(self, **kwargs: Any) -> Any:
        """A copy with other values."""
        if "tpu_config" not in kwargs:
            return super().replace(**kwargs)
        tpu_config = kwargs.pop("tpu_config")
        made: Any = super().replace(**kwargs)
        made._tpu_config = tpu_config
        return made
