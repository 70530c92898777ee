"""What an Estimator looks at before it begins: its config, its functions, what it was asked for."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .input_features import arguments
from .run_config import RunConfig, default_session_config

_MODEL_FN_ARGUMENTS = {"features", "labels", "mode", "params", "config", "self"}


def settled_config(config: Any, model_dir: str | None) -> Any:
    if config is None:
        config = RunConfig()
        tf.logging.info("Using default config.")
    elif not isinstance(config, RunConfig):
        raise ValueError(f"config must be an instance of `RunConfig`, but provided {config}.")
    if model_dir is not None:
        model_dir = os.fsdecode(model_dir)
    if config.model_dir is not None and model_dir not in (None, config.model_dir):
        raise ValueError(
            "`model_dir` are set both in constructor and `RunConfig`, but with different values. "
            f"In constructor: '{model_dir}', in `RunConfig`: '{config.model_dir}' "
        )
    model_dir = model_dir or config.model_dir
    if model_dir is None:
        model_dir = tempfile.mkdtemp()
        tf.logging.warning("Using temporary folder as model directory: %s", model_dir)
    config = config.replace(model_dir=model_dir)
    if config.session_config is None:
        config = config.replace(session_config=default_session_config())
    return config


def check_arguments(model_fn: Callable, params: Any) -> None:
    names = set(arguments(model_fn))
    if "features" not in names:
        raise ValueError(f"model_fn ({model_fn}) must include features argument.")
    if params is not None and "params" not in names:
        raise ValueError(
            f"model_fn ({model_fn}) does not include params argument, but params ({params}) is "
            "passed to Estimator."
        )
    if params is None and "params" in names:
        tf.logging.warning("Estimator's model_fn (%s) includes params argument, but params are "
                           "not passed to Estimator.", model_fn)  # fmt: skip
    if other := names - _MODEL_FN_ARGUMENTS:
        raise ValueError(f"model_fn ({model_fn}) has following not expected args: {sorted(other)}")


def check_single(config: Any) -> None:
    if config.num_worker_replicas > 1 or config.num_ps_replicas > 0:
        raise NotImplementedError(
            f"tf.estimator: the environment variable TF_CONFIG has a cluster, {config.cluster_spec}"
            ", but everything runs in this process. Unset it, or name a single task."
        )


def new_graph(config: Any) -> Any:
    graph = tf.Graph()
    return Building(graph, config)


class Building:
    """A `with` block in a new graph, with the config's seed and device function."""

    def __init__(self, graph: Any, config: Any) -> None:
        self._blocks = [graph.as_default()]
        if config.device_fn is not None:
            self._blocks.append(graph.device(config.device_fn))
        self._seed = config.tf_random_seed

    def __enter__(self) -> None:
        for block in self._blocks:
            block.__enter__()
        tf.set_random_seed(self._seed)

    def __exit__(self, *exc_info: Any) -> None:
        for block in reversed(self._blocks):
            block.__exit__(*exc_info)


def scope_of(strategy: Any) -> Any:
    return strategy.scope() if strategy is not None else tf.name_scope(None)


def saved_step(folder: str) -> int:
    path = tf.train.latest_checkpoint(folder)
    if not path:
        return 0
    try:
        return int(tf.train.load_variable(path, tf.GraphKeys.GLOBAL_STEP))
    except tf.errors.NotFoundError:
        return 0


def checked_listeners(given: Any) -> tuple:
    found = tuple(given or ())
    for listener in found:
        if not isinstance(listener, tf.train.CheckpointSaverListener):
            raise TypeError(
                "saving_listeners must be a list of CheckpointSaverListener instances, given: "
                f"{listener}"
            )
    return found


def with_keys(predictions: Any, keys: Any) -> Any:
    if not keys:
        return predictions
    if not isinstance(predictions, dict):
        raise ValueError("predict_keys argument is not valid in case of non-dict predictions.")
    found = {key: value for key, value in predictions.items() if key in keys}
    if not found:
        raise ValueError(
            f"Expected to run at least one output from {predictions.keys()}, provided {keys}."
        )
    return found


def batch_length(found: dict) -> int:
    length = None
    for key, value in found.items():
        length = length or value.shape[0]
        if value.shape[0] != length:
            raise ValueError(
                f"Batch length of predictions should be same. {key} has different batch length "
                "than others."
            )
    return length or 0
