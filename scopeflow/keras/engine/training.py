"""`tf.keras.Model`: training, evaluation and prediction with arrays."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import scopeflow as tf

from .. import backend, losses, metrics, optimizers
from . import arrays, looping
from .network import Network


class Model(Network):
    """Layers between inputs and outputs, which can be trained.

    `Model(inputs, outputs)` is made of tensors that `tf.keras.Input` and layers made. A subclass
    assigns layers to attributes and connects them in `call`.
    """

    def compile(
        self,
        optimizer: Any = "rmsprop",
        loss: Any = None,
        metrics: Any = None,
        loss_weights: Any = None,
        sample_weight_mode: Any = None,
        weighted_metrics: Any = None,
        target_tensors: Any = None,
        distribute: Any = None,
        **kwargs: Any,
    ) -> None:
        """Say how to train: the optimizer, the loss of each output, what to measure.

        Losses, metrics and weights are one for all outputs, a list, or a dict by output.
        """
        for name, value in (("distribute", distribute), ("sample_weight_mode", sample_weight_mode)):
            if value is not None:
                raise NotImplementedError(
                    f"Model.compile({name}=…) is not supported; leave it out."
                )
        kwargs.pop("run_eagerly", None)
        if kwargs:
            raise TypeError("Invalid keyword argument(s) in `compile`:", list(kwargs))
        self.optimizer = optimizers.get(optimizer)
        self.loss = loss
        self._compiled = (loss, metrics, loss_weights, weighted_metrics, target_tensors)
        self._functions: dict[str, Any] = {}
        self.metrics_names_: list[str] = []
        if self.outputs:
            self._build_training()

    def _set_inputs(self, x: Any) -> None:
        """Connect a model that is no graph yet to placeholders like the arrays."""
        if self.outputs:
            return
        data = (
            list(x.values()) if isinstance(x, dict) else x if isinstance(x, list | tuple) else [x]
        )
        data = [np.asarray(each) for each in data]
        kinds = [backend.floatx() if a.dtype.kind == "f" else a.dtype.name for a in data]
        self.inputs = [
            tf.placeholder(kind, [None, *a.shape[1:]], name=f"input_{index}")
            for index, (a, kind) in enumerate(zip(data, kinds, strict=True), 1)
        ]
        self.input_names = [f"input_{index}" for index in range(1, len(data) + 1)]
        given = self.inputs[0] if not isinstance(x, list | tuple | dict) else self.inputs
        self.outputs = tf.nest.flatten(self(given))
        self.output_names = [f"output_{index}" for index in range(1, len(self.outputs) + 1)]
        if self.optimizer is not None:
            self._build_training()

    def _for_outputs(self, value: Any, what: str) -> list:
        names = self.output_names
        if isinstance(value, dict):
            unknown = set(value) - set(names)
            if unknown:
                raise ValueError(
                    f"Unknown entries in {what} dictionary: {sorted(unknown)}. Only expected "
                    f"following keys: {names}"
                )
            return [value.get(name) for name in names]
        if isinstance(value, list | tuple):
            if what in ("metrics", "weighted_metrics"):
                if len(names) > 1 and value and all(isinstance(v, list | tuple) for v in value):
                    return list(value)
                return [list(value) for _ in names]
            if len(value) != len(names):
                raise ValueError(
                    f"When passing a list as {what}, it should have one entry per model output. "
                    f"The model has {len(names)} outputs, but you passed {what}={value}"
                )
            return list(value)
        return [value for _ in names]

    def _build_training(self) -> None:
        loss, wanted, loss_weights, weighted, given_targets = self._compiled
        functions = [losses.get(each) for each in self._for_outputs(loss, "loss")]
        factors = self._for_outputs(loss_weights, "loss_weights")
        measures = [
            (self._for_outputs(wanted, "metrics"), False),
            (self._for_outputs(weighted, "weighted_metrics"), True),
        ]
        given = tf.nest.flatten(given_targets) if given_targets is not None else []
        self.targets, self._weights_in, self._target_names = [], [], []
        self._metric_objects: list[Any] = []
        self.metrics_names_ = ["loss"]
        parts = []
        for index, (name, output, function) in enumerate(
            zip(self.output_names, self.outputs, functions, strict=True)
        ):
            if function is None:
                continue
            target = given[index] if given else self._target(name, output, function)
            weight = tf.placeholder_with_default(
                tf.ones(tf.shape(output)[:1]), [None], name=f"{name}_sample_weights"
            )
            self.targets.append(target)
            self._weights_in.append(weight)
            self._target_names.append(name)
            with tf.name_scope("loss/"), tf.name_scope(f"{name}_loss"):
                if isinstance(function, losses.Loss):
                    part = losses.reduced(function.call(target, output), weight, function.reduction)
                else:
                    part = losses.reduced(function(target, output), weight)
            factor = factors[index]
            parts.append(part if factor is None else part * factor)
            many = len(self.outputs) > 1
            if many:
                mean = metrics.Mean(f"{name}_loss")
                self._metric_objects.append((mean, mean.update_state(part)))
                self.metrics_names_.append(f"{name}_loss")
            for choices, is_weighted in measures:
                chosen = choices[index]
                for metric in [] if chosen is None else tf.nest.flatten(chosen):
                    made = metrics.for_model(metric, function, output)
                    with tf.name_scope("metrics/"), tf.name_scope(made.name):
                        update = made.update_state(
                            target, output, sample_weight=weight if is_weighted else None
                        )
                    self._metric_objects.append((made, update))
                    self.metrics_names_.append(f"{name}_{made.name}" if many else made.name)
        if not parts:
            raise ValueError("The model cannot be compiled because it has no loss to optimize.")
        with tf.name_scope("loss/"):
            total = sum(parts[1:], parts[0])
            for extra in self.losses:
                total = total + tf.cast(extra, total.dtype)
            self.total_loss = tf.identity(total)
        self._results = [metric.result() for metric, _ in self._metric_objects]

    def _target(self, name: str, output: Any, function: Any) -> Any:
        dims = output.shape.as_list()
        label = getattr(function, "name", None) or getattr(function, "__name__", "")
        if label == "sparse_categorical_crossentropy":
            shape = [None] * len(dims)
        else:
            shape = [None, *dims[1:]] if label in _KNOWN_LOSSES else None  # type: ignore[assignment]
        return tf.placeholder(output.dtype.base_dtype, shape, name=f"{name}_target")

    @property
    def metrics_names(self) -> list:
        """What `evaluate` returns: "loss", then the metrics."""
        return self.metrics_names_

    @property
    def sample_weights(self) -> list:
        """The placeholders of the examples' weights."""
        return self._weights_in

    @property
    def run_eagerly(self) -> bool:
        """False: models are graphs."""
        return False

    def _need_compiled(self) -> None:
        if self.optimizer is None:
            raise RuntimeError(
                "You must compile your model before training/testing. "
                "Use `model.compile(optimizer, loss)`."
            )

    def _function(self, kind: str) -> Callable[[dict, int], list]:
        """A function from feeds and the learning phase to the wanted values."""
        if kind not in self._functions:
            fetches: Any
            if kind == "predict":
                fetches = [list(self.outputs), []]
            else:
                updates = [update for _, update in self._metric_objects]
                if kind == "train":
                    trained = self.trainable_weights
                    before = self.updates
                    with tf.control_dependencies(before):
                        steps = self.optimizer.get_updates(self.total_loss, trained)
                    updates = [*updates, *steps, *before]
                fetches = [[self.total_loss], updates]
            self._functions[kind] = fetches
        fetches = self._functions[kind]
        phase = backend.learning_phase()

        def run(feeds: dict, training: int) -> list:
            session = backend.get_session()
            feeds = dict(feeds)
            if isinstance(phase, tf.Tensor):
                feeds[phase] = bool(training)
            values, _ = session.run(fetches, feeds)
            if kind != "predict" and self._results:
                values = values + session.run(self._results)
            return values

        return run

    _functions: dict[str, Any] = {}  # until `compile` makes the model's own

    def _data(
        self, x: Any, y: Any, sample_weight: Any, class_weight: Any
    ) -> tuple[list, list, list]:
        """(arrays for the inputs, for the targets, weights)."""
        self._set_inputs(x)
        shapes = [t.shape.as_list() if t.shape.ndims is not None else None for t in self.inputs]
        names = self.input_names
        xs = arrays.fitted(arrays.by_name(x, names, "input"), shapes, names, "input")
        ys: list[Any] = []
        ws: list[Any] = []
        if y is not None:
            names = self._target_names
            shapes = [
                t.shape.as_list() if t.shape.ndims is not None else None for t in self.targets
            ]
            ys = arrays.fitted(arrays.by_name(y, names, "target"), shapes, names, "target")
            given: list[Any] = [None] * len(ys)
            if sample_weight is not None:
                given = (
                    [sample_weight.get(name) for name in names]
                    if isinstance(sample_weight, dict)
                    else [sample_weight]
                    if len(ys) == 1 and hasattr(sample_weight, "shape")
                    else list(sample_weight)
                )
            for labels, weights in zip(ys, given, strict=True):
                found = None if weights is None else np.asarray(weights, np.float32)
                if class_weight:
                    by_class = arrays.class_weights(labels, class_weight)
                    found = by_class if found is None else found * by_class
                ws.append(np.ones(len(labels), np.float32) if found is None else found)
        arrays.check_lengths(xs, ys, ws)
        return xs, ys, ws

    def _feeds(self, xs: list, ys: list, ws: list) -> dict:
        feeds = dict(zip(self.inputs, xs, strict=False))
        if ys:
            feeds |= dict(zip(self.targets, ys, strict=True))
            feeds |= dict(zip(self._weights_in, ws, strict=True))
        return feeds

    def reset_metrics(self) -> None:
        """Have the metrics start again."""
        for metric, _ in getattr(self, "_metric_objects", ()):
            metric.reset_states()

    def _on_batch(self, kind: str, data: tuple, reset: bool) -> Any:
        if reset:
            self.reset_metrics()
        values = self._function(kind)(self._feeds(*data), kind == "train")
        values = [float(value) for value in values]
        return values[0] if len(values) == 1 else values

    def train_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None,
        reset_metrics: bool = True,
    ) -> Any:  # fmt: skip
        """One training step; the loss and the metrics."""
        self._need_compiled()
        return self._on_batch("train", self._data(x, y, sample_weight, class_weight), reset_metrics)

    def test_on_batch(
        self, x: Any, y: Any = None, sample_weight: Any = None, reset_metrics: bool = True
    ) -> Any:
        """The loss and the metrics of a batch."""
        self._need_compiled()
        return self._on_batch("test", self._data(x, y, sample_weight, None), reset_metrics)

    def predict_on_batch(self, x: Any) -> Any:
        """The outputs for a batch."""
        xs, _, _ = self._data(x, None, None, None)
        found = self._function("predict")(self._feeds(xs, [], []), 0)
        return found[0] if len(found) == 1 else found

    def fit(
        self, x: Any = None, y: Any = None, batch_size: int | None = None, epochs: int = 1,
        verbose: int = 1, callbacks: Any = None, validation_split: float = 0.0,
        validation_data: Any = None, shuffle: Any = True, class_weight: Any = None,
        sample_weight: Any = None, initial_epoch: int = 0, steps_per_epoch: int | None = None,
        validation_steps: int | None = None, validation_freq: int = 1, max_queue_size: int = 10,
        workers: int = 1, use_multiprocessing: bool = False, **kwargs: Any,
    ) -> Any:  # fmt: skip
        """Train on arrays, or on what a generator yields. A History of the epochs comes back.

        `max_queue_size`, `workers` and `use_multiprocessing` are accepted without effect.
        """
        self._need_compiled()
        epochs = kwargs.pop("nb_epoch", epochs)
        if kwargs:
            raise TypeError("Unrecognized keyword arguments: " + str(kwargs))
        if looping.is_generator(x):
            return self.fit_generator(
                x, steps_per_epoch, epochs, verbose, callbacks, validation_data, validation_steps,
                validation_freq, class_weight, shuffle=shuffle, initial_epoch=initial_epoch,
            )  # fmt: skip
        data: tuple = self._data(x, y, sample_weight, class_weight)
        held: Any = None
        if validation_data is not None:
            held = self._validation(validation_data)
        elif validation_split:
            at = int(len(data[0][0]) * (1.0 - validation_split))
            held = tuple([array[at:] for array in group] for group in data)
            data = tuple([array[:at] for array in group] for group in data)
        size = batch_size or 32
        return looping.fit(
            self, lambda epoch: looping.batches(data, size, bool(shuffle), steps_per_epoch),
            looping.count(data, size, steps_per_epoch), epochs, verbose, callbacks,
            (lambda: looping.batches(held, size, False, validation_steps)) if held else None,
            initial_epoch, validation_freq, len(data[0][0]),
        )  # fmt: skip

    def _validation(self, given: Any) -> Any:
        if not isinstance(given, list | tuple) or len(given) not in (2, 3):
            raise ValueError(
                "When passing a `validation_data` argument, it must contain 2 items (x_val, y_val) "
                f"or 3 items (x_val, y_val, val_sample_weights). Received: {type(given)}"
            )
        return self._data(given[0], given[1], given[2] if len(given) > 2 else None, None)

    def fit_generator(
        self, generator: Any, steps_per_epoch: int | None = None, epochs: int = 1,
        verbose: int = 1, callbacks: Any = None, validation_data: Any = None,
        validation_steps: int | None = None, validation_freq: int = 1, class_weight: Any = None,
        max_queue_size: int = 10, workers: int = 1, use_multiprocessing: bool = False,
        shuffle: Any = True, initial_epoch: int = 0,
    ) -> Any:  # fmt: skip
        """Train on (x, y) or (x, y, weights) that a generator or Sequence yields."""
        self._need_compiled()
        steps = looping.steps_of(generator, steps_per_epoch, "steps_per_epoch")
        held: Any = None
        if looping.is_generator(validation_data):
            many = looping.steps_of(validation_data, validation_steps, "validation_steps")
            held = lambda: looping.generated(self, validation_data, many, None)  # noqa: E731
        elif validation_data is not None:
            arrays_ = self._validation(validation_data)
            held = lambda: looping.batches(arrays_, 32, False, validation_steps)  # noqa: E731
        return looping.fit(
            self, lambda epoch: looping.generated(self, generator, steps, class_weight), steps,
            epochs, verbose, callbacks, held, initial_epoch, validation_freq, None,
        )  # fmt: skip

    def evaluate(
        self, x: Any = None, y: Any = None, batch_size: int | None = None, verbose: int = 1,
        sample_weight: Any = None, steps: int | None = None, callbacks: Any = None,
        max_queue_size: int = 10, workers: int = 1, use_multiprocessing: bool = False,
    ) -> Any:  # fmt: skip
        """The loss, or a list of the loss and the metrics, over all examples."""
        self._need_compiled()
        if looping.is_generator(x):
            return self.evaluate_generator(x, steps)
        data = self._data(x, y, sample_weight, None)
        return looping.evaluate(self, looping.batches(data, batch_size or 32, False, steps))

    def evaluate_generator(
        self, generator: Any, steps: int | None = None, callbacks: Any = None,
        max_queue_size: int = 10, workers: int = 1, use_multiprocessing: bool = False,
        verbose: int = 0,
    ) -> Any:  # fmt: skip
        """`evaluate` of what a generator yields."""
        self._need_compiled()
        many = looping.steps_of(generator, steps, "steps")
        return looping.evaluate(self, looping.generated(self, generator, many, None))

    def predict(
        self, x: Any, batch_size: int | None = None, verbose: int = 0, steps: int | None = None,
        callbacks: Any = None, max_queue_size: int = 10, workers: int = 1,
        use_multiprocessing: bool = False,
    ) -> Any:  # fmt: skip
        """The outputs for all examples."""
        if looping.is_generator(x):
            return self.predict_generator(x, steps)
        xs, _, _ = self._data(x, None, None, None)
        return looping.predict(self, looping.batches((xs, [], []), batch_size or 32, False, steps))

    def predict_generator(
        self, generator: Any, steps: int | None = None, callbacks: Any = None,
        max_queue_size: int = 10, workers: int = 1, use_multiprocessing: bool = False,
        verbose: int = 0,
    ) -> Any:  # fmt: skip
        """The outputs for all that a generator yields."""
        many = looping.steps_of(generator, steps, "steps")
        return looping.predict(self, looping.generated(self, generator, many, None, inputs=True))

    def save_weights(self, filepath: str, overwrite: bool = True, save_format: Any = None) -> None:
        """Write the weights: an HDF5 file for `.h5`, `.hdf5` and `.keras`, else a checkpoint."""
        from . import saving

        saving.save_weights(self, filepath, save_format)

    def load_weights(self, filepath: str, by_name: bool = False) -> None:
        """Read what `save_weights` wrote."""
        from . import saving

        saving.load_weights(self, filepath, by_name)


_KNOWN_LOSSES = frozenset(
    name
    for name in losses.__all__
    if name not in ("deserialize", "get", "serialize") and not name[0].isupper()
)
