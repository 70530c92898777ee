"""RunConfig: how an Estimator runs."""

from __future__ import annotations

import copy
import inspect
import json
import os
from typing import Any

import scopeflow as tf

USE_DEFAULT = object()
"""For an argument that is not given, as None means something."""


def default_session_config() -> Any:
    """The tf.ConfigProto of sessions where none is given."""
    config = tf.ConfigProto(allow_soft_placement=True)
    options = config.graph_options.rewrite_options
    options.meta_optimizer_iterations = options.ONE
    return config


class RunConfig:
    """Directory, seed, intervals and session options of an Estimator.

    A checkpoint is saved every `save_checkpoints_steps` or `save_checkpoints_secs` (600 unless
    either is given), summaries every `save_summary_steps`. `protocol`, `experimental_distribute`
    and `experimental_max_worker_delay_secs` are accepted: there is one process. A cluster in the
    environment variable TF_CONFIG is read; more than one task cannot be trained.
    """

    def __init__(
        self,
        model_dir: str | None = None,
        tf_random_seed: int | None = None,
        save_summary_steps: int | None = 100,
        save_checkpoints_steps: Any = USE_DEFAULT,
        save_checkpoints_secs: Any = USE_DEFAULT,
        session_config: Any = None,
        keep_checkpoint_max: int | None = 5,
        keep_checkpoint_every_n_hours: float = 10000,
        log_step_count_steps: int | None = 100,
        train_distribute: Any = None,
        device_fn: Any = None,
        protocol: str | None = None,
        eval_distribute: Any = None,
        experimental_distribute: Any = None,
        experimental_max_worker_delay_secs: Any = None,
    ) -> None:
        if save_checkpoints_steps is USE_DEFAULT and save_checkpoints_secs is USE_DEFAULT:
            save_checkpoints_steps, save_checkpoints_secs = None, 600
        elif save_checkpoints_secs is USE_DEFAULT:
            save_checkpoints_secs = None
        elif save_checkpoints_steps is USE_DEFAULT:
            save_checkpoints_steps = None
        elif save_checkpoints_steps is not None and save_checkpoints_secs is not None:
            raise ValueError(BOTH)
        environment = json.loads(os.environ.get("TF_CONFIG") or "{}")
        if model_dir is None:
            model_dir = environment.get("model_dir") or None
        elif environment.get("model_dir") not in (None, "", model_dir):
            raise ValueError(
                f"`model_dir` is {model_dir!r}, but {environment['model_dir']!r} in TF_CONFIG"
            )
        self._set(
            model_dir=model_dir,
            tf_random_seed=tf_random_seed,
            save_summary_steps=save_summary_steps,
            save_checkpoints_steps=save_checkpoints_steps,
            save_checkpoints_secs=save_checkpoints_secs,
            session_config=session_config,
            keep_checkpoint_max=keep_checkpoint_max,
            keep_checkpoint_every_n_hours=keep_checkpoint_every_n_hours,
            log_step_count_steps=log_step_count_steps,
            train_distribute=train_distribute,
            device_fn=device_fn,
            protocol=protocol,
            eval_distribute=eval_distribute,
            experimental_distribute=experimental_distribute,
            experimental_max_worker_delay_secs=experimental_max_worker_delay_secs,
        )
        self._read_cluster(environment)

    def _read_cluster(self, environment: dict) -> None:
        self._service = environment.get("service")
        self._cluster_spec = tf.train.ClusterSpec(environment.get("cluster", {}))
        task = environment.get("task", {})
        self._task_type = task.get("type", "worker")
        self._task_id = int(task.get("index", 0))
        self._master = environment.get("session_master", "")
        self._evaluation_master = environment.get("eval_session_master", "")
        sizes = {job: self._cluster_spec.num_tasks(job) for job in self._cluster_spec.jobs}
        self._num_ps_replicas = sizes.get("ps", 0)
        workers = ("worker", "chief", "master")
        self._num_worker_replicas = sum(sizes.get(job, 0) for job in workers) if sizes else 1
        self._is_chief = not sizes or self._task_type in ("chief", "master")
        self._global_id_in_cluster = self._task_id
        if sizes and self._task_type in ("worker", "ps"):
            self._global_id_in_cluster += sizes.get("chief", 0) + sizes.get("master", 0)

    def _set(self, **values: Any) -> None:
        for name, value in values.items():
            if value is not None:
                _check(name, value)
            setattr(self, f"_{name}", value)

    def replace(self, **kwargs: Any) -> RunConfig:
        """A copy with other values."""
        allowed = list(inspect.signature(RunConfig.__init__).parameters)[1:]
        for name in kwargs:
            if name not in allowed:
                raise ValueError(
                    f"Replacing {name} is not supported. Allowed properties are {allowed}."
                )
        made = copy.deepcopy(self)
        secs, steps = kwargs.get("save_checkpoints_secs"), kwargs.get("save_checkpoints_steps")
        if secs is not None and steps is not None:
            raise ValueError(BOTH)
        # One of the two takes the place of the other.
        if "save_checkpoints_secs" in kwargs and "save_checkpoints_steps" not in kwargs:
            kwargs["save_checkpoints_steps"] = None
        elif "save_checkpoints_steps" in kwargs and "save_checkpoints_secs" not in kwargs:
            kwargs["save_checkpoints_secs"] = None
        made._set(**kwargs)
        return made

    def __deepcopy__(self, memo: Any) -> RunConfig:
        return copy.copy(self)  # what it holds is not changed


BOTH = "`save_checkpoints_steps` and `save_checkpoints_secs` cannot be both set."

_AT_LEAST = {
    "save_summary_steps": 0,
    "save_checkpoints_steps": 0,
    "save_checkpoints_secs": 0,
    "keep_checkpoint_max": 0,
}


def _check(name: str, value: Any) -> None:
    if name == "model_dir" and not value:
        raise ValueError("model_dir should be non-empty")
    if name in _AT_LEAST and value < _AT_LEAST[name]:
        raise ValueError(f"{name} should be >= {_AT_LEAST[name]}")
    if name in ("keep_checkpoint_every_n_hours", "log_step_count_steps") and value <= 0:
        raise ValueError(f"{name} should be > 0")
    if name == "tf_random_seed" and not isinstance(value, int):
        raise ValueError("tf_random_seed must be integer.")
    if name == "session_config" and not isinstance(value, tf.ConfigProto):
        raise ValueError("session_config must be instance of ConfigProto")
    if name == "device_fn" and not callable(value):
        raise ValueError(f"device_fn must be callable, given {value!r}")


def _property(name: str, text: str) -> property:
    return property(lambda self: getattr(self, f"_{name}"), doc=text)


for _name, _text in {
    "model_dir": "The directory of checkpoints and summaries.",
    "tf_random_seed": "The graph's seed.",
    "save_summary_steps": "Summaries are written every so many steps.",
    "save_checkpoints_steps": "A checkpoint is saved every so many steps.",
    "save_checkpoints_secs": "A checkpoint is saved every so many seconds.",
    "session_config": "The tf.ConfigProto of sessions.",
    "keep_checkpoint_max": "How many checkpoints are kept.",
    "keep_checkpoint_every_n_hours": "One checkpoint is kept for good every so many hours.",
    "log_step_count_steps": "Loss and speed are logged every so many steps.",
    "train_distribute": "The tf.distribute.Strategy of the training.",
    "eval_distribute": "The tf.distribute.Strategy of the evaluation.",
    "device_fn": "A device function for the graph.",
    "protocol": "Without effect.",
    "experimental_max_worker_delay_secs": "Without effect.",
    "cluster_spec": "The tf.train.ClusterSpec in TF_CONFIG.",
    "task_type": "The job of this process.",
    "task_id": "The number of this process in its job.",
    "global_id_in_cluster": "The number of this process among all.",
    "master": "The target of sessions.",
    "evaluation_master": "The target of sessions that evaluate.",
    "is_chief": "Whether this process saves.",
    "num_ps_replicas": "How many parameter servers there are.",
    "num_worker_replicas": "How many workers there are.",
    "service": "What TF_CONFIG says of the service.",
}.items():
    setattr(RunConfig, _name, _property(_name, _text))
