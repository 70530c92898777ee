"""Estimator: a model function that is trained, evaluated, asked and exported."""

from __future__ import annotations

import copy
import os
from collections.abc import Callable, Iterator
from typing import Any

import scopeflow as tf

from . import evaluating, exporting
from .input_features import arguments, features_and_labels, tensors
from .mode_keys import ModeKeys
from .model_fn import EstimatorSpec
from .model_fn import hooks as checked_hooks
from .preparing import (
    batch_length,
    check_arguments,
    check_single,
    checked_listeners,
    new_graph,
    saved_step,
    scope_of,
    settled_config,
    with_keys,
)
from .warm_start import settings


class Estimator:
    """Trains and evaluates the model of a model function.

    `model_fn(features, labels, mode, params, config)` (all but features may be left out) returns
    an EstimatorSpec. Each call makes a new graph and a new session; what was learned is in the
    checkpoints of `model_dir`. The first training may start from `warm_start_from`, a checkpoint's
    path or WarmStartSettings.
    """

    def __init__(
        self,
        model_fn: Callable,
        model_dir: str | None = None,
        config: Any = None,
        params: Any = None,
        warm_start_from: Any = None,
    ) -> None:
        _assert_not_overridden(self)
        self._config = settled_config(config, model_dir)
        self._model_dir = self._config.model_dir
        self._session_config = self._config.session_config
        tf.logging.info("Using config: %s", str(vars(self._config)))
        if model_fn is None:
            raise ValueError("model_fn must be provided to Estimator.")
        check_arguments(model_fn, params)
        self._model_fn = model_fn
        self._params = copy.deepcopy(params or {})
        self._warm_start_settings = settings(warm_start_from)

    @property
    def model_dir(self) -> Any:
        """The directory of checkpoints and summaries."""
        return self._model_dir

    @property
    def config(self) -> Any:
        """A copy of the RunConfig."""
        return copy.deepcopy(self._config)

    @property
    def params(self) -> Any:
        """A copy of the model function's parameters."""
        return copy.deepcopy(self._params)

    @property
    def model_fn(self) -> Callable:
        """The model function, as a function of features, labels, mode and config."""

        def public_model_fn(features: Any, labels: Any, mode: str, config: Any) -> Any:
            return self._call_model_fn(features, labels, mode, config)

        return public_model_fn

    def get_variable_value(self, name: str) -> Any:
        """The value of a variable in the newest checkpoint."""
        self._check_trained()
        return tf.train.load_variable(self.model_dir, name)

    def get_variable_names(self) -> list[str]:
        """The names in the newest checkpoint."""
        self._check_trained()
        return [name for name, _ in tf.train.list_variables(self.model_dir)]

    def _check_trained(self) -> None:
        if not self.latest_checkpoint():
            raise ValueError(f"Estimator has not been trained yet: {self.model_dir} has no "
                             "checkpoint.")  # fmt: skip

    def latest_checkpoint(self) -> Any:
        """The path of the newest checkpoint, None where there is none."""
        return tf.train.latest_checkpoint(self.model_dir)

    def eval_dir(self, name: str | None = None) -> str:
        """Where an evaluation of that name writes its summaries."""
        return os.path.join(self.model_dir, "eval" if not name else f"eval_{name}")

    # Training.

    def train(
        self,
        input_fn: Callable,
        hooks: Any = None,
        steps: int | None = None,
        max_steps: int | None = None,
        saving_listeners: Any = None,
    ) -> Any:
        """Train for `steps` more steps, or until `max_steps` in all, or until the input ends."""
        if self._config.task_type in ("evaluator", "ps"):
            raise ValueError(
                f"Train has been called wrong configuration: task_type={self._config.task_type!r}."
            )
        if steps is not None and max_steps is not None:
            raise ValueError("Can not provide both steps and max_steps.")
        for name, value in (("steps", steps), ("max_steps", max_steps)):
            if value is not None and value <= 0:
                raise ValueError(f"Must specify {name} > 0, given: {value}")
        if max_steps is not None and saved_step(self.model_dir) >= max_steps:
            tf.logging.info("Skipping training since max_steps has already saved.")
            return self
        hooks = list(checked_hooks(hooks))
        if steps is not None or max_steps is not None:
            hooks.append(tf.train.StopAtStepHook(steps, max_steps))
        loss = self._train_model(input_fn, hooks, checked_listeners(saving_listeners))
        tf.logging.info("Loss for final step: %s.", loss)
        return self

    def _train_model(self, input_fn: Callable, hooks: list, listeners: tuple) -> Any:
        check_single(self._config)
        with self._graph(), scope_of(self._config.train_distribute):
            step = self._create_global_step(tf.get_default_graph())
            features, labels, input_hooks = self._get_features_and_labels(input_fn, ModeKeys.TRAIN)
            spec = self._call_model_fn(features, labels, ModeKeys.TRAIN, self.config)
            return self._train_with_spec(spec, input_hooks, hooks, step, listeners)

    def _train_with_spec(
        self, spec: Any, input_hooks: list, hooks: list, step: Any, listeners: tuple
    ) -> Any:
        if self._warm_start_settings and not self.latest_checkpoint():
            tf.logging.info("Warm-starting with WarmStartSettings: %s", self._warm_start_settings)
            tf.train.warm_start(*self._warm_start_settings)
        config = self._config
        names = [getattr(item, "op", None) for item in tf.get_collection(tf.GraphKeys.SUMMARIES)]
        if not any(op is not None and op.name == "loss" for op in names):
            tf.summary.scalar("loss", spec.loss)
        worker_hooks = [*input_hooks, *hooks, tf.train.NanTensorHook(spec.loss)]
        if config.log_step_count_steps is not None:
            worker_hooks.append(
                tf.train.LoggingTensorHook(
                    {"loss": spec.loss, "step": step}, every_n_iter=config.log_step_count_steps
                )
            )
        worker_hooks.extend(spec.training_hooks)
        if not (spec.scaffold.saver or tf.get_collection(tf.GraphKeys.SAVERS)):
            tf.add_to_collection(
                tf.GraphKeys.SAVERS,
                tf.train.Saver(
                    sharded=True,
                    max_to_keep=config.keep_checkpoint_max,
                    keep_checkpoint_every_n_hours=config.keep_checkpoint_every_n_hours,
                    defer_build=True,
                    save_relative_paths=True,
                ),
            )
        chief_hooks: list[Any] = []
        every = [*worker_hooks, *spec.training_chief_hooks]
        savers = [hook for hook in every if isinstance(hook, tf.train.CheckpointSaverHook)]
        if (config.save_checkpoints_secs or config.save_checkpoints_steps) and not savers:
            savers = chief_hooks = [
                tf.train.CheckpointSaverHook(
                    self._model_dir,
                    save_secs=config.save_checkpoints_secs,
                    save_steps=config.save_checkpoints_steps,
                    scaffold=spec.scaffold,
                )
            ]
        if listeners:
            if not savers:
                raise ValueError(
                    "There should be a CheckpointSaverHook to use saving_listeners. Please set one "
                    "of the RunConfig.save_checkpoints_steps or RunConfig.save_checkpoints_secs."
                )
            savers[0]._listeners.extend(listeners)
        loss = None
        with tf.train.MonitoredTrainingSession(
            master=config.master,
            is_chief=config.is_chief,
            checkpoint_dir=self._model_dir,
            scaffold=spec.scaffold,
            hooks=worker_hooks,
            chief_only_hooks=[*chief_hooks, *spec.training_chief_hooks],
            save_checkpoint_secs=0,
            save_summaries_steps=config.save_summary_steps,
            config=self._session_config,
            log_step_count_steps=config.log_step_count_steps,
        ) as session:
            while not session.should_stop():
                _, loss = session.run([spec.train_op, spec.loss])
        if loss is None:
            tf.logging.warning("Training with estimator made no steps. Perhaps input is empty or "
                               "misspecified.")  # fmt: skip
        return loss

    # Evaluating.

    def evaluate(
        self,
        input_fn: Callable,
        steps: int | None = None,
        hooks: Any = None,
        checkpoint_path: str | None = None,
        name: str | None = None,
    ) -> dict:
        """The metrics over `steps` batches, or all, with "loss" and "global_step"."""
        if steps is not None and steps <= 0:
            raise ValueError(f"Must specify steps > 0, given: {steps}")
        hooks = list(checked_hooks(hooks))
        if steps is not None:
            hooks.append(evaluating.StopAfterEvals(steps))
        path = checkpoint_path or self.latest_checkpoint()
        if not path:
            tf.logging.info("Could not find trained model in model_dir: %s, running "
                            "initialization to evaluate.", self._model_dir)  # fmt: skip
        with self._graph(), scope_of(self._config.eval_distribute):
            step = self._create_global_step(tf.get_default_graph())
            features, labels, input_hooks = self._get_features_and_labels(input_fn, ModeKeys.EVAL)
            spec = self._call_model_fn(features, labels, ModeKeys.EVAL, self.config)
            metrics = dict(spec.eval_metric_ops)
            # Its name is taken by the variables of "loss".
            if "loss" not in metrics:
                metrics["loss"] = tf.metrics.mean(spec.loss)
            updates = [metrics[key][1] for key in sorted(metrics)]
            values = {key: metrics[key][0] for key in sorted(metrics)}
            values[tf.GraphKeys.GLOBAL_STEP] = step
            found = evaluating.evaluate_once(
                path,
                self._config.evaluation_master,
                spec.scaffold,
                tf.group(*updates),
                values,
                [*input_hooks, *hooks, *spec.evaluation_hooks],
                self._session_config,
            )
            at = int(found[tf.GraphKeys.GLOBAL_STEP])
            evaluating.write_summaries(self.eval_dir(name), found, at)
            if path:
                evaluating.write_checkpoint_path(self.eval_dir(name), path, at)
        return found

    # Asking.

    def predict(
        self,
        input_fn: Callable,
        predict_keys: Any = None,
        hooks: Any = None,
        checkpoint_path: str | None = None,
        yield_single_examples: bool = True,
    ) -> Iterator[Any]:
        """Yield the predictions, example by example or batch by batch, until the input ends."""
        hooks = list(checked_hooks(hooks))
        path = checkpoint_path or self.latest_checkpoint()
        if not path:
            tf.logging.info("Could not find trained model in model_dir: %s, running "
                            "initialization to predict.", self._model_dir)  # fmt: skip
        with self._graph():
            self._create_global_step(tf.get_default_graph())
            features, input_hooks = self._get_features(input_fn, ModeKeys.PREDICT)
            spec = self._call_model_fn(features, None, ModeKeys.PREDICT, self.config)
            predictions = with_keys(spec.predictions, predict_keys)
            creator = tf.train.ChiefSessionCreator(
                checkpoint_filename_with_path=path,
                master=self._config.master,
                scaffold=spec.scaffold,
                config=self._session_config,
            )
            every = [*input_hooks, *hooks, *spec.prediction_hooks]
            with tf.train.MonitoredSession(creator, every) as session:
                while not session.should_stop():
                    found = session.run(predictions)
                    if not yield_single_examples:
                        yield found
                    elif not isinstance(found, dict):
                        yield from found
                    else:
                        for i in range(batch_length(found)):
                            yield {key: value[i] for key, value in found.items()}

    # Exporting.

    def export_saved_model(
        self,
        export_dir_base: str,
        serving_input_receiver_fn: Callable,
        assets_extra: Any = None,
        as_text: bool = False,
        checkpoint_path: str | None = None,
        experimental_mode: str = ModeKeys.PREDICT,
    ) -> bytes:
        """Write a SavedModel to a new directory below `export_dir_base`; returns its path."""
        if serving_input_receiver_fn is None:
            raise ValueError("An input_receiver_fn must be defined.")
        return exporting.export(
            self, export_dir_base, {experimental_mode: serving_input_receiver_fn}, assets_extra,
            as_text, checkpoint_path,
        )  # fmt: skip

    def export_savedmodel(
        self,
        export_dir_base: str,
        serving_input_receiver_fn: Callable,
        assets_extra: Any = None,
        as_text: bool = False,
        checkpoint_path: str | None = None,
        strip_default_attrs: bool = False,
    ) -> bytes:
        """The older name of `export_saved_model`. `strip_default_attrs` is accepted."""
        return self.export_saved_model(
            export_dir_base, serving_input_receiver_fn, assets_extra, as_text, checkpoint_path
        )

    def experimental_export_all_saved_models(
        self,
        export_dir_base: str,
        input_receiver_fn_map: dict,
        assets_extra: Any = None,
        as_text: bool = False,
        checkpoint_path: str | None = None,
    ) -> bytes:
        """As `export_saved_model`, for serving; the other modes cannot be exported."""
        return exporting.export(
            self, export_dir_base, input_receiver_fn_map, assets_extra, as_text, checkpoint_path
        )

    # The graph's parts.

    def _graph(self) -> Any:
        return new_graph(self._config)

    def _create_global_step(self, graph: Any = None) -> Any:
        """The global step: subclasses may make their own."""
        return tf.train.create_global_step(graph)

    def _get_features_and_labels(self, input_fn: Callable, mode: str) -> tuple[Any, Any, list]:
        return features_and_labels(self._call_input_fn(input_fn, mode))

    def _get_features(self, input_fn: Callable, mode: str) -> tuple[Any, list]:
        result, hooks = tensors(self._call_input_fn(input_fn, mode))
        if not hooks and not tf.get_collection(tf.GraphKeys.QUEUE_RUNNERS):
            tf.logging.warning(
                "Input graph does not use tf.data.Dataset or contain a QueueRunner. That means "
                "predict yields forever. This is probably a mistake."
            )
        # Labels are not used.
        return (result[0] if isinstance(result, list | tuple) else result), hooks

    def _call_input_fn(self, input_fn: Callable, mode: str, input_context: Any = None) -> Any:
        names = arguments(input_fn)
        given: dict[str, Any] = {}
        if "mode" in names:
            given["mode"] = mode
        if "params" in names:
            given["params"] = self.params
        if "config" in names:
            given["config"] = self.config
        if "input_context" in names:
            given["input_context"] = input_context
        with tf.device("/cpu:0"):
            return input_fn(**given)

    def _call_model_fn(self, features: Any, labels: Any, mode: str, config: Any) -> Any:
        names = arguments(self._model_fn)
        given: dict[str, Any] = {}
        if "labels" in names:
            given["labels"] = labels
        elif labels is not None:
            raise ValueError("model_fn does not take labels, but input_fn returns labels.")
        if "mode" in names:
            given["mode"] = mode
        if "params" in names:
            given["params"] = self.params
        if "config" in names:
            given["config"] = config
        tf.logging.info("Calling model_fn.")
        spec = self._run_model_fn(features, given, mode)
        tf.logging.info("Done calling model_fn.")
        if not isinstance(spec, EstimatorSpec):
            raise ValueError("model_fn should return an EstimatorSpec.")
        return spec

    def _run_model_fn(self, features: Any, given: dict, mode: str) -> Any:
        return self._model_fn(features=features, **given)


def _assert_not_overridden(estimator: Any) -> None:
    """What a subclass may not replace: public members, and how the functions are called.

    As in TensorFlow, only the object's own class is asked, and one named TPUEstimator is not.
    """
    kind = type(estimator)
    ours = kind.__module__.startswith(__name__.split(".")[0] + ".")
    if ours or kind.__name__ == "TPUEstimator":
        return
    fixed = {name for name in vars(Estimator) if not name.startswith("_")}
    fixed |= {"_call_input_fn", "_call_model_fn", "_train_model"}
    free = {"model_fn", "eval_dir", "config", "params"}
    clash = sorted(name for name in fixed - free if name in vars(kind))
    if clash:
        raise ValueError(
            "Subclasses of Estimator cannot override members of Estimator. "
            f"{kind} does override {clash}"
        )
