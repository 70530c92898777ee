"""`tf.contrib.learn.Estimator`: fits, evaluates and predicts, from arrays or input functions."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import scopeflow as tf

from .arrays import input_of
from .errors import NotFittedError
from .metric_spec import metric_ops
from .model_fn import GraphRewriteSpec, InputFnOps, ModeKeys, ModelFnOps
from .monitors import replace_monitors_with_hooks
from .run_config import RunConfig

AS_IT_IS = (GraphRewriteSpec((tf.saved_model.tag_constants.SERVING,), ()),)
"""An export of the graph as it is."""


class Estimator:
    """Fits the model of a model function, evaluates it, and predicts with it.

    Args:
      model_fn: A function of features and labels, and of `mode`, `params`, `config` and `model_dir`
        where it has arguments of these names, that returns ModelFnOps or (predictions, loss,
        train_op).
      model_dir: Where checkpoints and summaries are; a temporary directory if None.
      config: A RunConfig.
      params: For the model function.
      feature_engineering_fn: A function of features and labels that returns both, called first.

    Raises:
      ValueError: If there are params that the model function does not take.
    """

    def __init__(
        self,
        model_fn: Callable | None = None,
        model_dir: str | None = None,
        config: Any = None,
        params: Any = None,
        feature_engineering_fn: Callable | None = None,
    ) -> None:
        if model_fn is None:
            raise ValueError("model_fn must be provided to Estimator.")
        self._arguments = list(inspect.signature(model_fn).parameters)
        if params is not None and "params" not in self._arguments:
            raise ValueError(
                f"Estimator's model_fn ({model_fn}) does not have a params argument, but params "
                f"({params}) were passed to the Estimator's constructor."
            )
        self._model_fn = model_fn
        self.params = params
        self._feature_engineering_fn = feature_engineering_fn
        config = RunConfig() if config is None else config
        if config.session_config is None and isinstance(config, RunConfig):
            config = config.replace(session_config=config.tf_config)
        # What a run is made of, checkpoints and sessions and hooks, is tf.estimator's.
        self._runs = tf.estimator.Estimator(self._spec, model_dir, config)
        self._config = self._runs.config
        self._model_dir = self._runs.model_dir
        self._metrics: Any = None
        self._default_output: str | None = None
        self._ends = True

    def __repr__(self) -> str:
        return f"{type(self).__name__}(params={self.params!r})"

    @property
    def config(self) -> Any:
        """A copy of the RunConfig."""
        return copy.deepcopy(self._config)

    @property
    def model_dir(self) -> str:
        """Where checkpoints and summaries are."""
        return self._model_dir

    @property
    def model_fn(self) -> Callable:
        """The model function as a function of features, labels, mode and config."""
        return self._call_model_fn

    def get_variable_names(self) -> list[str]:
        """The names in the newest checkpoint."""
        return self._runs.get_variable_names()

    def get_variable_value(self, name: str) -> Any:
        """The value of a variable in the newest checkpoint."""
        return self._runs.get_variable_value(name)

    def fit(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: Callable | None = None,
        steps: int | None = None,
        batch_size: int | None = None,
        monitors: Any = None,
        max_steps: int | None = None,
    ) -> Estimator:
        """Trains for `steps` more steps, or until `max_steps` in all, or until the input ends.

        Args:
          x: Features, an array or a dict of arrays; the rows come shuffled, without end.
          y: Labels, an array or a dict of arrays.
          input_fn: Instead of x and y: a function that returns tensors, features and labels.
          steps: How many steps more.
          batch_size: Of x and y; all rows if None.
          monitors: Monitors and SessionRunHooks.
          max_steps: Until the global step has this value.

        Returns:
          The estimator.
        """
        if steps is not None and max_steps is not None:
            raise ValueError("Can not provide both steps and max_steps.")
        input_fn, hooks = input_of(x, y, input_fn, None, batch_size, None, True)
        hooks = [*hooks, *replace_monitors_with_hooks(monitors, self)]
        self._runs.train(input_fn, hooks=hooks, steps=steps, max_steps=max_steps)
        return self

    def partial_fit(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: Callable | None = None,
        steps: int = 1,
        batch_size: int | None = None,
        monitors: Any = None,
    ) -> Estimator:
        """`fit` for one step, unless `steps` says otherwise."""
        return self.fit(x, y, input_fn, steps, batch_size, monitors)

    def evaluate(
        self,
        x: Any = None,
        y: Any = None,
        input_fn: Callable | None = None,
        feed_fn: Callable | None = None,
        batch_size: int | None = None,
        steps: int | None = None,
        metrics: dict | None = None,
        name: str | None = None,
        checkpoint_path: str | None = None,
        hooks: Any = None,
        log_progress: bool = True,
    ) -> dict:
        """The metrics over `steps` batches, or all, with "loss" and "global_step".

        Args:
          x: Features, an array or a dict of arrays, that come once.
          y: Labels.
          input_fn: Instead of x and y.
          feed_fn: A function that returns what each step feeds to the tensors of `input_fn`.
          batch_size: Of x and y; all rows if None.
          steps: How many batches; until the input ends if None.
          metrics: Name to MetricSpec, besides the model function's own.
          name: Of the directory that gets the summaries, below `model_dir`.
          checkpoint_path: The newest of `model_dir` if None.
          hooks: SessionRunHooks.
          log_progress: Whether progress is logged.

        Raises:
          NotFittedError: If there is no checkpoint.
        """
        input_fn, more = input_of(x, y, input_fn, feed_fn, batch_size, 1, False)
        self._check_fitted(checkpoint_path)
        self._metrics = metrics
        before = tf.logging.get_verbosity()
        if not log_progress:
            tf.logging.set_verbosity(max(before, tf.logging.WARN))
        try:
            return self._runs.evaluate(
                input_fn, steps, [*more, *(hooks or [])], checkpoint_path, name
            )
        finally:
            self._metrics = None
            tf.logging.set_verbosity(before)

    def predict(
        self,
        x: Any = None,
        input_fn: Callable | None = None,
        batch_size: int | None = None,
        outputs: list | None = None,
        as_iterable: bool = True,
        iterate_batches: bool = False,
    ) -> Any:
        """The predictions of each example.

        Args:
          x: Features, an array or a dict of arrays.
          input_fn: Instead of x. If its tensors do not change from step to step, one step is made.
          batch_size: Of x; all rows if None.
          outputs: The keys that are wanted of a dict of predictions.
          as_iterable: An iterator over the examples if true; else one array, or dict of arrays.
          iterate_batches: Whether the iterator gives whole batches.

        Raises:
          NotFittedError: If there is no checkpoint.
          ValueError: If `outputs` names no prediction.
        """
        input_fn, hooks = input_of(x, None, input_fn, None, batch_size, 1, False)
        self._check_fitted(None)
        batches = self._batches(input_fn, hooks, outputs)
        if not as_iterable:
            return _joined(list(batches))
        return batches if iterate_batches else _examples(batches)

    def _batches(self, input_fn: Callable, hooks: list, outputs: list | None) -> Iterator:
        found = self._runs.predict(input_fn, hooks=hooks, yield_single_examples=False)
        for batch in found:
            if outputs is not None and isinstance(batch, dict):
                wanted = {key: value for key, value in batch.items() if key in outputs}
                if not wanted:
                    raise ValueError(
                        f"Expected to run at least one output from {batch.keys()}, provided "
                        f"{outputs}."
                    )
                batch = wanted
            yield batch
            if not (hooks or self._ends):
                found.close()  # the same tensors would come again
                return

    def export_savedmodel(
        self,
        export_dir_base: Any,
        serving_input_fn: Callable,
        default_output_alternative_key: str | None = None,
        assets_extra: dict | None = None,
        as_text: bool = False,
        checkpoint_path: str | None = None,
        graph_rewrite_specs: Any = AS_IT_IS,
        strip_default_attrs: bool = False,
    ) -> Any:
        """Writes a SavedModel to a new directory below `export_dir_base`; returns its path.

        `serving_input_fn` returns InputFnOps. Each of the model function's `output_alternatives` is
        a signature, and the one named is also the default; without any the predictions are.
        `strip_default_attrs` is accepted.

        Raises:
          NotImplementedError: For other `graph_rewrite_specs` than the graph as it is.
        """
        if tuple(graph_rewrite_specs) != AS_IT_IS:
            raise NotImplementedError(
                "export_savedmodel(graph_rewrite_specs=...): scopeflow has no graph transforms; "
                "export the graph as it is, without this argument."
            )
        if serving_input_fn is None:
            raise ValueError("serving_input_fn must be defined.")

        def receiver() -> Any:
            given = InputFnOps(*serving_input_fn())
            return tf.estimator.export.ServingInputReceiver(given.features, given.default_inputs)

        self._default_output = default_output_alternative_key
        try:
            return self._runs.export_savedmodel(
                export_dir_base, receiver, assets_extra, as_text, checkpoint_path
            )
        finally:
            self._default_output = None

    def _check_fitted(self, path: str | None) -> None:
        if not (path or self._runs.latest_checkpoint()):
            raise NotFittedError(f"Couldn't find trained model at {self._model_dir}.")

    def _call_model_fn(self, features: Any, labels: Any, mode: str, config: Any = None) -> Any:
        if self._feature_engineering_fn is not None:
            features, labels = self._feature_engineering_fn(features, labels)
        given = {
            "mode": mode,
            "params": self.params,
            "config": config or self.config,
            "model_dir": self._model_dir,
        }
        result = self._model_fn(
            features, labels, **{name: given[name] for name in given if name in self._arguments}
        )
        if isinstance(result, ModelFnOps):
            return result
        if not isinstance(result, tuple | list) or len(result) != 3:
            raise ValueError(
                "Unrecognized value returned by model_fn, please return ModelFnOps or "
                f"(predictions, loss, train_op), got {result}."
            )
        return ModelFnOps(mode, *result)

    def _spec(self, features: Any, labels: Any, mode: str, config: Any) -> Any:
        self._ends = _ends(tf.get_default_graph())
        ops = self._call_model_fn(features, labels, mode, config)
        if mode == ModeKeys.EVAL and self._metrics:
            metrics = metric_ops(self._metrics, features, labels, ops.predictions)
            ops = ops._replace(eval_metric_ops={**ops.eval_metric_ops, **metrics})
        return ops.estimator_spec(self._default_output)


def _ends(graph: Any) -> bool:
    """Whether the input may end by itself: it comes from queues or datasets."""
    iterators = ("Iterator", "IteratorV2", "OneShotIterator", "MakeIterator")
    return bool(graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS)) or any(
        op.type in iterators for op in graph.get_operations()
    )


def _examples(batches: Iterator) -> Iterator:
    for batch in batches:
        if isinstance(batch, dict):
            for i in range(len(next(iter(batch.values())))):
                yield {key: value[i] for key, value in batch.items()}
        else:
            yield from batch


def _joined(batches: list) -> Any:
    if batches and isinstance(batches[0], dict):
        return {key: np.concatenate([batch[key] for batch in batches]) for key in batches[0]}
    return np.concatenate(batches)


class SKCompat:
    """An estimator with scikit-learn's methods: `fit`, `score` and `predict` of arrays."""

    def __init__(self, estimator: Estimator) -> None:
        self._estimator = estimator

    def fit(
        self, x: Any, y: Any, batch_size: int = 128, steps: int | None = None,
        max_steps: int | None = None, monitors: Any = None,
    ) -> SKCompat:  # fmt: skip
        """As Estimator.fit."""
        self._estimator.fit(
            x, y, batch_size=batch_size, steps=steps, max_steps=max_steps, monitors=monitors
        )
        return self

    def score(
        self, x: Any, y: Any, batch_size: int = 128, steps: int | None = None,
        metrics: dict | None = None, name: str | None = None,
    ) -> dict:  # fmt: skip
        """As Estimator.evaluate."""
        return self._estimator.evaluate(
            x, y, batch_size=batch_size, steps=steps, metrics=metrics, name=name
        )

    def predict(self, x: Any, batch_size: int = 128, outputs: list | None = None) -> Any:
        """The predictions of all rows, an array or a dict of arrays."""
        return self._estimator.predict(x, batch_size=batch_size, outputs=outputs, as_iterable=False)
