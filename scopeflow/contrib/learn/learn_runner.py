"""`tf.contrib.learn.learn_runner`: makes an experiment and runs one of its methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .experiment import Experiment

__all__ = ["run"]


def run(
    experiment_fn: Callable,
    output_dir: str | None = None,
    schedule: str | None = None,
    run_config: Any = None,
    hparams: Any = None,
) -> Any:
    """Calls a method of the experiment that a function makes, and returns what it returns.

    Args:
      experiment_fn: A function of `output_dir`, or of `run_config` and `hparams`.
      output_dir: For the function; or `run_config`.
      schedule: The method's name; "train_and_evaluate" if None.
      run_config: A RunConfig with a `model_dir`.
      hparams: A `tf.contrib.training.HParams`, with `run_config`.

    Raises:
      ValueError: If both or neither of `output_dir` and `run_config` are given, or there is no such
        method.
      TypeError: If the function is none, or makes no Experiment, or `schedule` names no method.
    """
    if output_dir is not None and run_config is not None:
        raise ValueError("Cannot provide both `output_dir` and `run_config`")
    if output_dir is None and run_config is None:
        raise ValueError("Must set value for `output_dir` or `run_config`")
    if not callable(experiment_fn):
        raise TypeError(f'Experiment builder "{experiment_fn}" is not callable.')
    if run_config is None:
        if hparams is not None:
            raise ValueError("Must set `hparams` as None for `experiment_fn` with `output_dir`.")
        experiment = experiment_fn(output_dir=output_dir)
    else:
        if not run_config.model_dir:
            raise ValueError("Must specify a model directory `model_dir` in `run_config`.")
        if hparams is not None and not isinstance(hparams, tf.contrib.training.HParams):
            raise ValueError("`hparams` must be `HParams` instance")
        experiment = experiment_fn(run_config=run_config, hparams=hparams)
    if not isinstance(experiment, Experiment):
        raise TypeError(
            f"Experiment builder did not return an Experiment instance, got {type(experiment)} "
            "instead."
        )
    schedule = schedule or "train_and_evaluate"
    methods = [name for name in dir(experiment)
               if name[0] != "_" and callable(getattr(experiment, name))]  # fmt: skip
    if not hasattr(experiment, schedule):
        raise ValueError(
            f"Schedule references non-existent task {schedule}. Allowed values for this experiment "
            f"are: {methods}"
        )
    if schedule not in methods:
        raise TypeError(
            f"Schedule references non-callable member {schedule}. Allowed values for this "
            f"experiment are: {methods}"
        )
    return getattr(experiment, schedule)()
