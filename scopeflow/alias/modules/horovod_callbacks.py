"""`horovod.keras.callbacks`: what data-parallel training of a Keras model does beside the steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from . import horovod

backend = tf.keras.backend


class BroadcastGlobalVariablesCallback(tf.keras.callbacks.Callback):
    """Gives all processes the variables of process `root_rank` when training begins."""

    def __init__(self, root_rank: int, device: str = "") -> None:
        super().__init__()
        self.root_rank, self.device = root_rank, device

    def on_train_begin(self, logs: Any = None) -> None:
        """Send them."""
        session = backend.get_session()  # which gives new variables their first values
        with tf.device(self.device):
            session.run(horovod.broadcast_global_variables(self.root_rank))


class MetricAverageCallback(tf.keras.callbacks.Callback):
    """At the end of an epoch its losses and metrics become the means over all processes.

    Stands before callbacks that use them (ReduceLROnPlateau, ModelCheckpoint, TensorBoard).
    """

    def __init__(self, device: str = "") -> None:
        super().__init__()
        self.device = device
        self._means: tuple[Any, Any] | None = None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Put the means in place."""
        if not logs or horovod.size() == 1:
            return
        if self._means is None:
            with tf.device(self.device):
                values = tf.placeholder(tf.float64, [None], name="metrics")
                self._means = values, horovod.allreduce(values)
        names = sorted(logs)
        values, means = self._means
        found = backend.get_session().run(means, {values: [logs[name] for name in names]})
        logs.update(zip(names, found.tolist(), strict=True))


class LearningRateScheduleCallback(tf.keras.callbacks.Callback):
    """The learning rate is the first one times `multiplier`, a number or a function of the epoch.

    From `start_epoch` on and before `end_epoch`. With `staircase` it changes at epochs, else at
    every batch: the epoch is then a fraction. `momentum_correction` scales the momentum by the
    rate's change for the step after it. `initial_lr` is the optimizer's where not given.
    """

    def __init__(
        self, initial_lr: float | None = None, multiplier: Any = None, start_epoch: int = 0,
        end_epoch: int | None = None, staircase: bool = True, momentum_correction: bool = True,
        steps_per_epoch: int | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        if multiplier is None:
            raise ValueError("LearningRateScheduleCallback needs a multiplier: multiplier=0.1, say")
        constant = not callable(multiplier)
        self.initial_lr = initial_lr
        self.multiplier: Callable = (lambda epoch: multiplier) if constant else multiplier
        self.start_epoch, self.end_epoch = start_epoch, end_epoch
        self.staircase = staircase or constant
        self.momentum_correction = momentum_correction
        self.steps_per_epoch = steps_per_epoch
        self.current_epoch = 0
        self._momentum: float | None = None

    def on_train_begin(self, logs: Any = None) -> None:
        """Note the first rate, and how many steps an epoch has."""
        if self.initial_lr is None:
            self.initial_lr = float(backend.get_value(self.model.optimizer.lr))
        self.steps_per_epoch = self.steps_per_epoch or self.params.get("steps")
        if not self.staircase and not self.steps_per_epoch:
            raise ValueError(
                f"{type(self).__name__} changes the rate at every batch, and cannot find out how "
                "many an epoch has: pass steps_per_epoch."
            )

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        """Note the epoch."""
        self.current_epoch = epoch

    def on_batch_begin(self, batch: int, logs: Any = None) -> None:
        """Set the rate, where it changes."""
        epoch = self.current_epoch
        if epoch < self.start_epoch or (self.end_epoch is not None and epoch >= self.end_epoch):
            return
        if not self.staircase:
            self._set(epoch + batch / self.steps_per_epoch)  # type: ignore[operator]
        elif batch == 0:
            self._set(epoch)

    def _set(self, epoch: float) -> None:
        optimizer = self.model.optimizer
        before = float(backend.get_value(optimizer.lr))
        rate = float(self.initial_lr * self.multiplier(epoch))
        backend.set_value(optimizer.lr, rate)
        if self.momentum_correction and before and getattr(optimizer, "momentum", None) is not None:
            self._momentum = float(backend.get_value(optimizer.momentum))
            backend.set_value(optimizer.momentum, self._momentum * rate / before)

    def on_batch_end(self, batch: int, logs: Any = None) -> None:
        """The momentum as it was."""
        if self._momentum is not None:
            backend.set_value(self.model.optimizer.momentum, self._momentum)
            self._momentum = None

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Tell the rate among the epoch's numbers."""
        if logs is not None:
            logs["lr"] = float(backend.get_value(self.model.optimizer.lr))


class LearningRateWarmupCallback(LearningRateScheduleCallback):
    """The rate grows from 1 / size of the first one to all of it, in `warmup_epochs` epochs.

    At epoch e (a fraction) it is initial_lr / size · (1 + e · (size - 1) / warmup_epochs).
    """

    def __init__(
        self, initial_lr: float | None = None, warmup_epochs: int = 5,
        momentum_correction: bool = True, steps_per_epoch: int | None = None, verbose: int = 0,
    ) -> None:  # fmt: skip
        def multiplier(epoch: float) -> float:
            epoch += 1 / self.steps_per_epoch  # type: ignore[operator]
            return (1 + epoch * (horovod.size() - 1) / warmup_epochs) / horovod.size()

        super().__init__(
            initial_lr, multiplier, 0, warmup_epochs, False, momentum_correction, steps_per_epoch
        )
        self.verbose = verbose

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        """Tell when it is done."""
        super().on_epoch_end(epoch, logs)
        if self.verbose and self.end_epoch is not None and epoch == self.end_epoch - 1:
            rate = backend.get_value(self.model.optimizer.lr)
            print(f"\nEpoch {epoch + 1}: finished gradual learning rate warmup to {rate:g}.")


__all__ = [
    "BroadcastGlobalVariablesCallback", "LearningRateScheduleCallback",
    "LearningRateWarmupCallback", "MetricAverageCallback",
]  # fmt: skip
