"""TPUEstimator, on a CPU or GPU: an Estimator that tells its functions the batch size."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from typing import Any

import scopeflow as tf

from ..estimator import Estimator
from ..input_features import arguments
from ..mode_keys import ModeKeys
from .config import RunConfig
from .spec import TPUEstimatorSpec

_RESERVED = ["batch_size", "context"]


class ExportSavedModelApiVersion(enum.Enum):
    """Which of TensorFlow's ways to export for TPUs: without effect."""

    V1 = 1
    V2 = 2


class ExamplesPerSecondHook(tf.train.StepCounterHook):
    """Logs and records how many examples a second are trained, with the steps."""

    def __init__(
        self,
        batch_size: int,
        every_n_steps: int | None = 100,
        every_n_secs: float | None = None,
        output_dir: str | None = None,
        summary_writer: Any = None,
    ) -> None:
        self._batch_size = batch_size
        super().__init__(every_n_steps, every_n_secs, output_dir, summary_writer)

    def _log_and_record(self, elapsed_steps: Any, elapsed_time: Any, global_step: Any) -> None:
        steps = elapsed_steps / elapsed_time
        examples = self._batch_size * steps
        if self._summary_writer is not None:
            for tag, value in (("global_step/sec", steps), ("examples/sec", examples)):
                summary = tf.Summary(value=[tf.Summary.Value(tag=tag, simple_value=value)])
                self._summary_writer.add_summary(summary, global_step)
        tf.logging.info("global_step/sec: %g", steps)
        tf.logging.info("examples/sec: %g", examples)


class TPUEstimator(Estimator):
    """An Estimator whose input and model functions find the batch size in `params["batch_size"]`.

    There are no TPUs: `use_tpu` must be False. What is for them (`batch_axis`, `eval_on_tpu`,
    `export_to_tpu`, `export_to_cpu`, `export_saved_model_api_version`) is accepted.
    """

    def __init__(
        self,
        model_fn: Callable | None = None,
        model_dir: str | None = None,
        config: Any = None,
        params: Any = None,
        use_tpu: bool = True,
        train_batch_size: int | None = None,
        eval_batch_size: int | None = None,
        predict_batch_size: int | None = None,
        batch_axis: Any = None,
        eval_on_tpu: bool = True,
        export_to_tpu: bool = True,
        export_to_cpu: bool = True,
        warm_start_from: Any = None,
        embedding_config_spec: Any = None,
        export_saved_model_api_version: Any = ExportSavedModelApiVersion.V1,
    ) -> None:
        if not isinstance(config, RunConfig):
            raise ValueError("`config` must be provided with type `tpu_config.RunConfig`")
        if params is not None and any(key in params for key in _RESERVED):
            raise ValueError(f"{_RESERVED} are reserved keys but existed in params {params}.")
        if use_tpu:
            if train_batch_size is None:
                raise ValueError("`train_batch_size` cannot be `None`")
            raise NotImplementedError(
                "TPUEstimator: there is no TPU to run on. Make it with use_tpu=False: it runs on "
                "the CPU or on one GPU."
            )
        if embedding_config_spec is not None:
            raise NotImplementedError(
                "TPUEstimator: embedding_config_spec is for tables on TPUs. Use "
                "tf.nn.embedding_lookup."
            )
        for name, size in (
            ("train_batch_size", train_batch_size),
            ("eval_batch_size", eval_batch_size),
            ("predict_batch_size", predict_batch_size),
        ):
            if size is not None and (isinstance(size, bool) or not isinstance(size, int)):
                raise TypeError(f"{name} must be int, got {type(size)}")
            if size is not None and size < 1:
                raise ValueError(f"{name} must be positive, got {size}")
        self._batch_sizes = {
            ModeKeys.TRAIN: train_batch_size,
            ModeKeys.EVAL: eval_batch_size,
            ModeKeys.PREDICT: predict_batch_size,
        }
        # The hook that counts examples logs the steps, too.
        self._log_every_n_steps = getattr(config, "log_step_count_steps")  # noqa: B009
        super().__init__(
            model_fn=model_fn,  # type: ignore[arg-type]
            model_dir=model_dir,
            config=config.replace(log_step_count_steps=None),
            params=params,
            warm_start_from=warm_start_from,
        )

    def train(
        self,
        input_fn: Callable,
        hooks: Any = None,
        steps: int | None = None,
        max_steps: int | None = None,
        saving_listeners: Any = None,
    ) -> Any:
        """As Estimator.train."""
        super().train(input_fn, hooks, steps, max_steps, saving_listeners)
        tf.logging.info("training_loop marked as finished")
        return self

    def evaluate(
        self,
        input_fn: Callable,
        steps: int | None = None,
        hooks: Any = None,
        checkpoint_path: str | None = None,
        name: str | None = None,
    ) -> dict:
        """As Estimator.evaluate."""
        found = super().evaluate(input_fn, steps, hooks, checkpoint_path, name)
        tf.logging.info("evaluation_loop marked as finished")
        return found

    def predict(
        self,
        input_fn: Callable,
        predict_keys: Any = None,
        hooks: Any = None,
        checkpoint_path: str | None = None,
        yield_single_examples: bool = True,
    ) -> Iterator[Any]:
        """As Estimator.predict."""
        yield from super().predict(
            input_fn, predict_keys, hooks, checkpoint_path, yield_single_examples
        )
        tf.logging.info("prediction_loop marked as finished")

    def _call_input_fn(self, input_fn: Callable, mode: str, input_context: Any = None) -> Any:
        names = arguments(input_fn)
        if "params" not in names:
            raise ValueError(
                f"input_fn ({input_fn}) does not include params argument, required by TPUEstimator "
                'to pass batch size as params["batch_size"]'
            )
        given: dict[str, Any] = {"params": self._with_batch_size(self.params, mode)}
        if "config" in names:
            given["config"] = self.config
        if "mode" in names:
            given["mode"] = mode
        if "input_context" in names:
            given["input_context"] = input_context
        with tf.device("/device:CPU:0"):
            return input_fn(**given)

    def _with_batch_size(self, params: Any, mode: str) -> Any:
        size = self._batch_sizes.get(mode)
        if size is not None:
            if hasattr(params, "add_hparam"):
                params.add_hparam("batch_size", size)
            else:
                params["batch_size"] = size
        return params

    def _run_model_fn(self, features: Any, given: dict, mode: str) -> Any:
        """The model function is told the batch size, and its spec made an EstimatorSpec."""
        tf.logging.info("Running %s on CPU", mode)
        if "params" in given:
            given["params"] = self._with_batch_size(given["params"], mode)
        spec = self._model_fn(features=features, **given)
        if isinstance(spec, TPUEstimatorSpec):
            spec = spec.as_estimator_spec()
        if mode == ModeKeys.TRAIN and self._log_every_n_steps is not None:
            hook = ExamplesPerSecondHook(
                self._batch_sizes[mode] or 0,
                every_n_steps=self._log_every_n_steps,
                output_dir=self.model_dir,
            )
            spec = spec._replace(training_hooks=(*spec.training_hooks, hook))
        return spec
