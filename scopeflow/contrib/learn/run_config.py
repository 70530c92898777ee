"""`tf.contrib.learn.RunConfig`: how an estimator runs, as programs said it before tf.estimator."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


class TaskType:
    """The jobs of a cluster."""

    MASTER = "master"
    PS = "ps"
    WORKER = "worker"


class RunConfig(tf.estimator.RunConfig):
    """A `tf.estimator.RunConfig` with a session's options as arguments of their own.

    `num_cores`, `log_device_placement` and `gpu_memory_fraction` become `tf_config`, which sessions
    have unless `session_config` is given. Checkpoints are saved every `save_checkpoints_steps`
    steps if given, else every `save_checkpoints_secs` seconds (0 means 600, None never). `master`
    and `evaluation_master` are accepted where they name no server ("" and "local").
    """

    def __init__(
        self,
        master: str | None = None,
        num_cores: int = 0,
        log_device_placement: bool = False,
        gpu_memory_fraction: float = 1,
        tf_random_seed: int | None = None,
        save_summary_steps: int | None = 100,
        save_checkpoints_secs: int | None = 0,
        save_checkpoints_steps: int | None = None,
        keep_checkpoint_max: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000,
        log_step_count_steps: int | None = 100,
        protocol: str | None = None,
        evaluation_master: str = "",
        model_dir: str | None = None,
        session_config: Any = None,
        session_creation_timeout_secs: int = 7200,
    ) -> None:
        if save_checkpoints_steps is not None:
            save_checkpoints_secs = None
        elif save_checkpoints_secs == 0:
            save_checkpoints_secs = 600
        super().__init__(
            model_dir=model_dir,
            tf_random_seed=tf_random_seed,
            save_summary_steps=save_summary_steps,
            save_checkpoints_steps=save_checkpoints_steps,
            save_checkpoints_secs=save_checkpoints_secs,
            session_config=session_config,
            keep_checkpoint_max=keep_checkpoint_max,
            keep_checkpoint_every_n_hours=keep_checkpoint_every_n_hours,
            log_step_count_steps=log_step_count_steps,
            protocol=protocol,
        )
        self._environment = "local"
        if not self.cluster_spec.jobs:
            self._task_type = None
            self._num_worker_replicas = 0
        self._master: str = master or self.master
        self._evaluation_master: str = evaluation_master or self.evaluation_master
        self._session_creation_timeout_secs = session_creation_timeout_secs
        self._tf_config = tf.ConfigProto(
            log_device_placement=log_device_placement,
            inter_op_parallelism_threads=num_cores,
            intra_op_parallelism_threads=num_cores,
            gpu_options=tf.GPUOptions(per_process_gpu_memory_fraction=gpu_memory_fraction),
        )

    @property
    def environment(self) -> str:
        """Where this runs: "local"."""
        return self._environment

    @property
    def tf_config(self) -> Any:
        """The tf.ConfigProto that the arguments describe."""
        return self._tf_config

    @property
    def session_creation_timeout_secs(self) -> int:
        """Without effect: sessions wait for no server."""
        return self._session_creation_timeout_secs

    def replace(self, **kwargs: Any) -> RunConfig:
        """A copy with other values."""
        timeout = kwargs.pop("session_creation_timeout_secs", self._session_creation_timeout_secs)
        made: Any = super().replace(**kwargs)
        made._session_creation_timeout_secs = timeout
        return made

    def uid(self, whitelist: Any = None) -> str:
        """A text that is the same for configurations with the same values.

        `whitelist` names the values that are left out (when None, those that tell how a run is
        watched and saved, not what it computes).
        """
        if whitelist is None:
            whitelist = [
                "tf_random_seed", "save_summary_steps", "save_checkpoints_steps",
                "save_checkpoints_secs", "session_config", "keep_checkpoint_max",
                "keep_checkpoint_every_n_hours", "log_step_count_steps",
            ]  # fmt: skip
        left_out = {f"_{name}" for name in whitelist}
        return ", ".join(
            f"{name}={value!r}"
            for name, value in sorted(vars(self).items())
            if name not in left_out
        )

    @staticmethod
    def get_task_id() -> int:
        """The number of this process in its job."""
        return RunConfig().task_id
