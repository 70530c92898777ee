"""`tf.keras.callbacks`: what is told of the progress of training."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from typing import Any

import numpy as np

import scopeflow as tf

from . import backend


class Callback:
    """Subclasses define what they want to be told of. `self.model` is the model."""

    def __init__(self) -> None:
        self.model: Any = None
        self.params: dict[str, Any] = {}
        self.validation_data: Any = None

    def set_params(self, params: dict) -> None:
        """What is known of the training: epochs, steps, metrics, …"""
        self.params = params

    def set_model(self, model: Any) -> None:
        """The model that is trained."""
        self.model = model

    def on_train_begin(self, logs: Any = None) -> None:
        """Training begins."""

    def on_train_end(self, logs: Any = None) -> None:
        """Training ends."""

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """An epoch begins."""

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """An epoch ends; `logs` has the loss and the metrics."""

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        """A training step begins."""

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """A training step ends."""

    def on_train_batch_begin(self, batch: int, logs: Any = None) -> None:
        """A training step begins."""
        self.on_batch_begin(batch, logs=logs)

    def on_train_batch_end(self, batch: int, logs: Any = None) -> None:
        """A training step ends."""
        self.on_batch_end(batch, logs=logs)


class CallbackList:
    """Several callbacks, told at once."""

    def __init__(self, callbacks: list, model: Any, params: dict) -> None:
        self._callbacks = callbacks
        for callback in callbacks:
            callback.set_params(params)
            callback.set_model(model)

    def __call__(self, what: str, *args: Any) -> None:
        """Call the method of each."""
        for callback in self._callbacks:
            getattr(callback, what)(*args)


class History(Callback):
    """The losses and metrics of the epochs: `history` is a dict of lists."""

    def __init__(self) -> None:
        super().__init__()
        self.epoch: list[int] = []
        self.history: dict[str, list] = {}

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Note them."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)


class Printer(Callback):
    """One line an epoch."""

    def __init__(self, verbose: int = 1) -> None:
        super().__init__()
        self.verbose = verbose

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Print it."""
        values = " - ".join(f"{name}: {value:.4f}" for name, value in (logs or {}).items())
        print(f"Epoch {epoch + 1}/{self.params['epochs']} - {values}")


class BaseLogger(Callback):
    """Accepted: the logs of an epoch are means already."""

    def __init__(self, stateful_metrics: Any = None) -> None:
        super().__init__()
        self.stateful_metrics = set(stateful_metrics or ())


class TerminateOnNaN(Callback):
    """Stops where the loss is no number."""

    def __init__(self) -> None:
        super().__init__()

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """Look at the loss."""
        loss = (logs or {}).get("loss")
        if loss is not None and not np.isfinite(loss):
            print(f"Batch {batch}: Invalid loss, terminating training")
            self.model.stop_training = True


def _better(mode: str, monitor: str) -> Any:
    """A comparison: whether the first is better."""
    if mode not in ("auto", "min", "max"):
        mode = "auto"
    largest = mode == "max" or (
        mode == "auto" and ("acc" in monitor or monitor.startswith("fmeasure"))
    )
    return np.greater if largest else np.less


class EarlyStopping(Callback):
    """Stops when a value has not become better for more than `patience` epochs."""

    def __init__(
        self, monitor: str = "val_loss", min_delta: float = 0, patience: int = 0, verbose: int = 0,
        mode: str = "auto", baseline: float | None = None, restore_best_weights: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.monitor, self.patience, self.verbose = monitor, patience, verbose
        self.baseline, self.restore_best_weights = baseline, restore_best_weights
        self.monitor_op = _better(mode, monitor)
        self.min_delta = abs(min_delta) * (1 if self.monitor_op is np.greater else -1)
        self.wait = self.stopped_epoch = 0
        self.best: Any = None
        self.best_weights: Any = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Start anew."""
        self.wait = self.stopped_epoch = 0
        worst = -np.inf if self.monitor_op is np.greater else np.inf
        self.best = worst if self.baseline is None else self.baseline

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Look at the value."""
        current = self.get_monitor_value(logs)
        if current is None:
            return
        if self.monitor_op(current - self.min_delta, self.best):
            self.best, self.wait = current, 0
            if self.restore_best_weights:
                self.best_weights = self.model.get_weights()
            return
        self.wait += 1
        if self.wait >= self.patience:
            self.stopped_epoch = epoch
            self.model.stop_training = True
            if self.restore_best_weights and self.best_weights is not None:
                self.model.set_weights(self.best_weights)

    def on_train_end(self, logs: Any = None) -> None:
        """Say when it stopped."""
        if self.stopped_epoch > 0 and self.verbose > 0:
            print(f"Epoch {self.stopped_epoch + 1:05d}: early stopping")

    def get_monitor_value(self, logs: Any) -> Any:
        """The value, or None with a warning."""
        value = (logs or {}).get(self.monitor)
        if value is None:
            tf.logging.warning(
                "Early stopping conditioned on metric `%s` which is not available. Available "
                "metrics are: %s", self.monitor, ",".join(logs or {}),
            )  # fmt: skip
        return value


class ModelCheckpoint(Callback):
    """Saves the model, or its weights, after each epoch: always, or when a value got better.

    The path may have places for the epoch and the logs, as `weights.{epoch:02d}.h5`.
    """

    def __init__(
        self, filepath: str, monitor: str = "val_loss", verbose: int = 0,
        save_best_only: bool = False, save_weights_only: bool = False, mode: str = "auto",
        save_freq: Any = "epoch", **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__()
        if save_freq != "epoch":
            raise NotImplementedError("ModelCheckpoint(save_freq=a number): save after epochs.")
        self.filepath, self.monitor, self.verbose = filepath, monitor, verbose
        self.save_best_only, self.save_weights_only = save_best_only, save_weights_only
        self.period = kwargs.pop("period", 1)
        kwargs.pop("load_weights_on_restart", None)
        if kwargs:
            raise ValueError(f"ModelCheckpoint does not take {sorted(kwargs)}")
        self.monitor_op = _better(mode, monitor)
        self.best = -np.inf if self.monitor_op is np.greater else np.inf

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Save."""
        logs = logs or {}
        if (epoch + 1) % self.period:
            return
        if self.save_best_only:
            current = logs.get(self.monitor)
            if current is None:
                tf.logging.warning(
                    "Can save best model only with %s available, skipping.", self.monitor
                )
                return
            if not self.monitor_op(current, self.best):
                return
            self.best = current
        path = self.filepath.format(epoch=epoch + 1, **logs)
        if self.verbose:
            print(f"\nEpoch {epoch + 1:05d}: saving model to {path}")
        if self.save_weights_only:
            self.model.save_weights(path)
        else:
            self.model.save(path)


class LearningRateScheduler(Callback):
    """Sets the learning rate at each epoch: schedule(epoch) or schedule(epoch, rate)."""

    def __init__(self, schedule: Callable, verbose: int = 0) -> None:
        super().__init__()
        self.schedule, self.verbose = schedule, verbose

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Set it."""
        try:
            rate = self.schedule(epoch, float(backend.get_value(self.model.optimizer.lr)))
        except TypeError:
            rate = self.schedule(epoch)
        if not isinstance(rate, float | np.float32 | np.float64):
            raise ValueError('The output of the "schedule" function should be float.')
        backend.set_value(self.model.optimizer.lr, rate)
        if self.verbose:
            print(
                f"\nEpoch {epoch + 1:05d}: LearningRateScheduler reducing learning rate to {rate}."
            )


class ReduceLROnPlateau(Callback):
    """Multiplies the learning rate when a value has not become better for `patience` epochs."""

    def __init__(
        self, monitor: str = "val_loss", factor: float = 0.1, patience: int = 10, verbose: int = 0,
        mode: str = "auto", min_delta: float = 1e-4, cooldown: int = 0, min_lr: float = 0,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__()
        if factor >= 1.0:
            raise ValueError("ReduceLROnPlateau does not support a factor >= 1.0.")
        self.monitor, self.factor, self.patience = monitor, factor, patience
        self.verbose, self.cooldown, self.min_lr = verbose, cooldown, min_lr
        delta = kwargs.pop("epsilon", min_delta)
        self._op = _better(mode, monitor)
        self.min_delta = delta if self._op is np.greater else -delta
        self.wait = self.cooldown_counter = 0
        self.best = -np.inf if self._op is np.greater else np.inf

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Look at the value."""
        logs = logs if logs is not None else {}
        rate = float(backend.get_value(self.model.optimizer.lr))
        logs["lr"] = rate
        current = logs.get(self.monitor)
        if current is None:
            return
        if self.in_cooldown():
            self.cooldown_counter -= 1
            self.wait = 0
        if self._op(current - self.min_delta, self.best):
            self.best, self.wait = current, 0
        elif not self.in_cooldown():
            self.wait += 1
            if self.wait >= self.patience and rate > self.min_lr:
                new = max(rate * self.factor, self.min_lr)
                backend.set_value(self.model.optimizer.lr, new)
                if self.verbose:
                    print(
                        f"\nEpoch {epoch + 1:05d}: ReduceLROnPlateau reducing learning rate to "
                        f"{new}."
                    )
                self.cooldown_counter, self.wait = self.cooldown, 0

    def in_cooldown(self) -> bool:
        """Whether it waits after a change."""
        return self.cooldown_counter > 0


class CSVLogger(Callback):
    """Writes the losses and metrics of the epochs to a CSV file."""

    def __init__(self, filename: str, separator: str = ",", append: bool = False) -> None:
        super().__init__()
        self.filename, self.sep, self.append = filename, separator, append
        self._keys: list[str] | None = None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write a line."""
        logs = logs or {}
        first = self._keys is None
        self._keys = self._keys or sorted(logs)
        there = self.append and os.path.exists(self.filename)
        mode = "w" if first and not self.append else "a"
        with open(self.filename, mode, newline="") as file:
            writer = csv.writer(file, delimiter=self.sep)
            if first and not there:
                writer.writerow(["epoch", *self._keys])
            writer.writerow([epoch, *(logs.get(key, "NA") for key in self._keys)])


class LambdaCallback(Callback):
    """Functions as a callback."""

    def __init__(
        self, on_epoch_begin: Any = None, on_epoch_end: Any = None, on_batch_begin: Any = None,
        on_batch_end: Any = None, on_train_begin: Any = None, on_train_end: Any = None,
        **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__()
        given = {
            "on_epoch_begin": on_epoch_begin, "on_epoch_end": on_epoch_end,
            "on_batch_begin": on_batch_begin, "on_batch_end": on_batch_end,
            "on_train_begin": on_train_begin, "on_train_end": on_train_end, **kwargs,
        }  # fmt: skip
        for name, function in given.items():
            if function is not None:
                setattr(self, name, function)


class TensorBoard(Callback):
    """Writes the losses and metrics of the epochs, and the graph, for TensorBoard.

    `histogram_freq` writes histograms of the weights every so many epochs. Images, gradients,
    embeddings and profiles are not written; the arguments for them are refused or, where they are
    the defaults, without effect.
    """

    def __init__(
        self, log_dir: str = "./logs", histogram_freq: int = 0, batch_size: int = 32,
        write_graph: bool = True, write_grads: bool = False, write_images: bool = False,
        embeddings_freq: int = 0, embeddings_layer_names: Any = None,
        embeddings_metadata: Any = None, embeddings_data: Any = None, update_freq: Any = "epoch",
        profile_batch: int = 2,
    ) -> None:  # fmt: skip
        super().__init__()
        for name, value in (
            ("write_grads", write_grads), ("write_images", write_images),
            ("embeddings_freq", embeddings_freq),
        ):  # fmt: skip
            if value:
                raise NotImplementedError(f"TensorBoard({name}=…) is not supported; leave it out.")
        self.log_dir, self.histogram_freq, self.write_graph = log_dir, histogram_freq, write_graph
        self.writer: Any = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Open the file."""
        graph = tf.get_default_graph() if self.write_graph else None
        self.writer = tf.summary.FileWriter(self.log_dir, graph)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Write the values."""
        summary = tf.Summary()
        for name, value in (logs or {}).items():
            summary.value.add(tag="epoch_" + name, simple_value=value)
        self.writer.add_summary(summary, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            if not hasattr(self, "_merged"):
                self._merged = tf.summary.merge(
                    [tf.summary.histogram(w.op.name, w, collections=[]) for w in self.model.weights]
                )
            self.writer.add_summary(backend.get_session().run(self._merged), epoch)
        self.writer.flush()

    def on_train_end(self, logs: Any = None) -> None:
        """Close the file."""
        self.writer.close()


__all__ = [
    "BaseLogger", "CSVLogger", "Callback", "EarlyStopping", "History", "LambdaCallback",
    "LearningRateScheduler", "ModelCheckpoint", "ReduceLROnPlateau", "TensorBoard",
    "TerminateOnNaN",
]  # fmt: skip
