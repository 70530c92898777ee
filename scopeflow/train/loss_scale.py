"""Losses scaled up, so that small gradients survive in 16 bits."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .optimizer import Optimizer


class LossScale:
    """What a loss is multiplied by. Subclasses define `__call__`, `update` and `get_config`."""

    def __call__(self) -> Any:
        """The present scale, a float32 scalar tensor."""
        raise NotImplementedError(f"{type(self).__name__} does not say its scale (__call__).")

    def update(self, grads: Any) -> tuple[Any, Any]:
        """(the op that adapts the scale to a step's gradients, whether to apply these)."""
        raise NotImplementedError(f"{type(self).__name__} does not define update.")

    def get_config(self) -> dict[str, Any]:
        """The arguments to make the like."""
        raise NotImplementedError(f"{type(self).__name__} does not define get_config.")

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> LossScale:
        """The scale that `get_config` describes."""
        return cls(**config)

    def _add_weight(self, name: str, initial_value: Any, dtype: Any = None) -> Any:
        """A variable of the scale's own, which is not trained."""
        made = tf.Variable(
            initial_value, trainable=False, dtype=dtype, name=name, use_resource=True
        )
        self.__dict__.setdefault("_weights", {})[name] = made
        return made

    @property
    def _checkpoint_dependencies(self) -> list[tuple[str, Any]]:
        return list(self.__dict__.get("_weights", {}).items())

    def __repr__(self) -> str:
        settings = ", ".join(f"{key}={value!r}" for key, value in self.get_config().items())
        return f"{type(self).__name__}({settings})"


class FixedLossScale(LossScale):
    """Always the same scale. ValueError for what is no number, and below 1."""

    def __init__(self, loss_scale_value: float) -> None:
        if not isinstance(loss_scale_value, int | float):
            raise ValueError("loss_scale_value must be a Python int or float.")
        if loss_scale_value < 1:
            raise ValueError("loss_scale_value must be at least 1.")
        self._value = float(loss_scale_value)

    def __call__(self) -> Any:
        """The scale."""
        return tf.constant(self._value, tf.float32)

    def update(self, grads: Any) -> tuple[Any, Any]:
        """Nothing to do, and True: all gradients are applied."""
        return tf.no_op(), True

    def get_config(self) -> dict[str, Any]:
        """{"loss_scale_value": the scale}."""
        return {"loss_scale_value": self._value}

    def __repr__(self) -> str:
        return f"FixedLossScale({self._value})"


class DynamicLossScale(LossScale):
    """A scale that grows after good steps and shrinks after a bad one.

    It is multiplied by `multiplier` after `increment_period` steps in a row with finite gradients,
    unless it would get infinite, and divided by it, though not below 1, after a step with another
    gradient, which is not applied. It is the variable `current_loss_scale`; `good_steps` counts.
    """

    def __init__(
        self,
        initial_loss_scale: float = 2**15,
        increment_period: int = 2000,
        multiplier: float = 2.0,
    ) -> None:
        self._initial, self._period = float(initial_loss_scale), int(increment_period)
        self._multiplier = float(multiplier)
        self._scale = self._add_weight("current_loss_scale", self._initial, tf.float32)
        self._good_steps = self._add_weight("good_steps", 0, tf.int64)

    @property
    def initial_loss_scale(self) -> float:
        """The scale at the begin."""
        return self._initial

    @property
    def increment_period(self) -> int:
        """After so many good steps the scale grows."""
        return self._period

    @property
    def multiplier(self) -> float:
        """The factor by which it grows and shrinks."""
        return self._multiplier

    def __call__(self) -> Any:
        """The present scale."""
        return self._scale.read_value()

    def update(self, grads: Any) -> tuple[Any, Any]:
        """(the op that adapts the scale, whether all gradients are finite)."""
        finite = tf.reduce_all(
            [
                tf.reduce_all(tf.is_finite(_values(grad)))
                for grad in tf.nest.flatten(grads)
                if grad is not None
            ]
        )

        def assigned(scale: Any, good_steps: Any) -> Any:
            return tf.group(self._scale.assign(scale), self._good_steps.assign(good_steps))

        def good() -> Any:
            scale = self._scale.read_value()
            grown = scale * self._multiplier
            steps = self._good_steps.read_value() + 1
            return tf.cond(
                steps >= self._period,
                lambda: assigned(tf.where(tf.is_finite(grown), grown, scale), 0),
                lambda: tf.group(self._good_steps.assign(steps)),
            )

        def bad() -> Any:
            return assigned(tf.maximum(self._scale.read_value() / self._multiplier, 1.0), 0)

        return tf.cond(finite, good, bad), finite

    def get_config(self) -> dict[str, Any]:
        """The three arguments."""
        return {
            "initial_loss_scale": self._initial,
            "increment_period": self._period,
            "multiplier": self._multiplier,
        }


class MixedPrecisionLossScaleOptimizer(Optimizer):
    """An optimizer around another one: the loss is scaled up, the gradients down again.

    `loss_scale` is a LossScale, a number for a FixedLossScale, or "dynamic" for a
    DynamicLossScale; with the latter, a step whose gradients are not all finite changes no
    variable. Slots and variables are those of the optimizer inside. ValueError for another `opt`.
    """

    def __init__(self, opt: Optimizer, loss_scale: Any) -> None:
        if not isinstance(opt, Optimizer):
            raise ValueError(f'"opt" must be an instance of Optimizer, but got: {type(opt)}')
        super().__init__(opt._use_locking, opt.get_name())
        self._optimizer = opt
        self._loss_scale = _loss_scale_of(loss_scale)

    def compute_gradients(
        self,
        loss: Any,
        var_list: Any = None,
        gate_gradients: int = Optimizer.GATE_OP,
        aggregation_method: Any = None,
        colocate_gradients_with_ops: bool = False,
        grad_loss: Any = None,
    ) -> list:
        """[(gradient of the loss, variable)], computed of the scaled loss."""
        scale = self._loss_scale()

        def scaled(value: Any) -> Any:
            return value * tf.cast(scale, value.dtype)

        pairs = self._optimizer.compute_gradients(
            (lambda: scaled(loss())) if callable(loss) else scaled(loss),
            var_list=var_list,
            gate_gradients=gate_gradients,
            aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
            grad_loss=grad_loss,
        )
        return [(_scaled_down(grad, 1.0 / scale), var) for grad, var in pairs]

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None
    ) -> Any:
        """The update of the optimizer inside, where the gradients are to be applied."""
        pairs = list(grads_and_vars)
        update, wanted = self._loss_scale.update([grad for grad, _ in pairs])
        if wanted is True:
            return self._optimizer.apply_gradients(pairs, global_step, name)
        name = name or self.get_name()
        applied = tf.cond(
            wanted,
            lambda: tf.group(
                self._optimizer.apply_gradients(pairs, global_step, f"{name}-wrapped")
            ),
            tf.no_op,
        )
        return tf.group(applied, update, name=name)

    def get_slot(self, var: Any, name: str) -> Any:
        """The slot of the optimizer inside."""
        return self._optimizer.get_slot(var, name)

    def get_slot_names(self) -> list[str]:
        """The names of the slots of the optimizer inside."""
        return self._optimizer.get_slot_names()

    def variables(self) -> list:
        """The variables of the optimizer inside."""
        return self._optimizer.variables()

    @property
    def _checkpoint_dependencies(self) -> list[tuple[str, Any]]:
        return [("base_optimizer", self._optimizer), ("loss_scale", self._loss_scale)]


def enable_mixed_precision_graph_rewrite(opt: Any, loss_scale: Any = "dynamic") -> Any:
    """The optimizer, with its loss scaled: see MixedPrecisionLossScaleOptimizer.

    TensorFlow also lets a GPU compute some ops in float16 then, which changes the last digits and
    the speed; here they are computed in float32, as they are on TensorFlow's CPU. ValueError for
    what is no optimizer, and for one that is wrapped already.
    """
    if isinstance(opt, MixedPrecisionLossScaleOptimizer):
        raise ValueError(
            '"opt" must not already be an instance of a MixedPrecisionLossScaleOptimizer. '
            "`enable_mixed_precision_graph_rewrite` will automatically wrap the optimizer with a "
            "MixedPrecisionLossScaleOptimizer."
        )
    if isinstance(opt, tf.keras.optimizers.Optimizer):
        raise NotImplementedError(
            "tf.train.experimental.enable_mixed_precision_graph_rewrite: losses of Keras "
            "optimizers are not scaled. Use an optimizer of tf.train."
        )
    if not isinstance(opt, Optimizer):
        raise ValueError(
            '"opt" must be an instance of a tf.train.Optimizer or a '
            f"tf.keras.optimizers.Optimizer, but got: {opt}"
        )
    return MixedPrecisionLossScaleOptimizer(opt, loss_scale)


def disable_mixed_precision_graph_rewrite() -> None:
    """Nothing: everything is computed in the dtypes that the program names."""


def _loss_scale_of(identifier: Any) -> LossScale:
    if isinstance(identifier, LossScale):
        return identifier
    if isinstance(identifier, int | float):
        return FixedLossScale(identifier)
    if identifier == "dynamic":
        return DynamicLossScale()
    raise ValueError(f"Could not interpret loss scale identifier: {identifier}")


def _values(gradient: Any) -> Any:
    return gradient.values if isinstance(gradient, tf.IndexedSlices) else gradient


def _scaled_down(gradient: Any, factor: Any) -> Any:
    if gradient is None:
        return None
    factor = tf.cast(factor, gradient.dtype)
    if isinstance(gradient, tf.IndexedSlices):
        return tf.IndexedSlices(gradient.values * factor, gradient.indices, gradient.dense_shape)
    return gradient * factor
