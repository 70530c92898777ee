"""A training step in one call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

OPTIMIZER_CLS_NAMES: dict[str, Any] = {
    "Adagrad": tf.train.AdagradOptimizer,
    "Adam": tf.train.AdamOptimizer,
    "Ftrl": tf.train.FtrlOptimizer,
    "Momentum": lambda learning_rate: tf.train.MomentumOptimizer(learning_rate, momentum=0.9),
    "RMSProp": tf.train.RMSPropOptimizer,
    "SGD": tf.train.GradientDescentOptimizer,
}

OPTIMIZER_SUMMARIES = [
    "learning_rate", "loss", "gradients", "gradient_norm", "global_gradient_norm",
]  # fmt: skip


def optimize_loss(
    loss: Any,
    global_step: Any,
    learning_rate: Any,
    optimizer: Any,
    gradient_noise_scale: float | None = None,
    gradient_multipliers: Any = None,
    clip_gradients: Any = None,
    learning_rate_decay_fn: Callable | None = None,
    update_ops: Any = None,
    variables: Any = None,
    name: str | None = None,
    summaries: Any = None,
    colocate_gradients_with_ops: bool = False,
    increment_global_step: bool = True,
) -> Any:
    """The loss, as a tensor whose run is a training step.

    `optimizer` is a name of OPTIMIZER_CLS_NAMES, a class, an object or a function of the learning
    rate. The gradients are those of `variables` (None: the trainable ones), with noise, factors
    by variable (`gradient_multipliers`) and clipping (a norm, or a function of the gradients and
    variables) as wanted. `learning_rate_decay_fn` makes the learning rate from it and the global
    step. `update_ops` (None: the collection UPDATE_OPS) run before. `summaries` are names of
    OPTIMIZER_SUMMARIES.
    """
    loss = tf.convert_to_tensor(loss)
    if loss.shape.ndims not in (0, None):
        raise ValueError(f"Expected scalar shape for {loss.name}, saw shape: {loss.shape}.")
    if global_step is None:
        global_step = tf.train.get_global_step()
    else:
        tf.train.assert_global_step(global_step)
    with tf.variable_scope(name, "OptimizeLoss", [loss, global_step]):
        if update_ops is None:
            update_ops = set(tf.get_collection(tf.GraphKeys.UPDATE_OPS))
        if update_ops:
            with tf.control_dependencies(list(update_ops)):
                loss = tf.identity(loss)
        wanted = _summaries(summaries)
        rate = _learning_rate(learning_rate, learning_rate_decay_fn, global_step)
        if "learning_rate" in wanted and rate is not None:
            tf.summary.scalar("learning_rate", rate)
        opt = _optimizer(optimizer, rate)
        if variables is None:
            variables = tf.trainable_variables()
        gradients = opt.compute_gradients(
            loss, variables, colocate_gradients_with_ops=colocate_gradients_with_ops
        )
        if gradient_noise_scale is not None:
            gradients = _with_noise(gradients, gradient_noise_scale)
        if gradient_multipliers is not None:
            gradients = _multiplied(gradients, gradient_multipliers)
        if "global_gradient_norm" in wanted or "gradient_norm" in wanted:
            there = [gradient for gradient, _ in gradients if gradient is not None]
            tf.summary.scalar("global_norm/gradient_norm", tf.global_norm(there))
        gradients = _clipped(gradients, clip_gradients)
        if "loss" in wanted:
            tf.summary.scalar("loss", loss)
        for gradient, variable in gradients:
            values = gradient.values if isinstance(gradient, tf.IndexedSlices) else gradient
            if values is None:
                continue
            label = variable.name.replace(":", "_")
            if "gradients" in wanted:
                tf.summary.histogram(f"gradients/{label}", values)
            if "gradient_norm" in wanted:
                tf.summary.scalar(f"gradient_norm/{label}", tf.global_norm([values]))
        if clip_gradients is not None and (
            "global_gradient_norm" in wanted or "gradient_norm" in wanted
        ):
            there = [gradient for gradient, _ in gradients if gradient is not None]
            tf.summary.scalar("global_norm/clipped_gradient_norm", tf.global_norm(there))
        step = opt.apply_gradients(
            gradients, global_step=global_step if increment_global_step else None, name="train"
        )
        with tf.control_dependencies([step]):
            return tf.identity(loss)


def _summaries(summaries: Any) -> list:
    if summaries is None:
        return ["loss", "learning_rate", "global_gradient_norm"]
    for each in summaries:
        if each not in OPTIMIZER_SUMMARIES:
            raise ValueError(
                f"Summaries should be one of [{', '.join(OPTIMIZER_SUMMARIES)}], you provided "
                f"{each}."
            )
    return summaries


def _learning_rate(value: Any, decay: Callable | None, global_step: Any) -> Any:
    rate = None
    if value is not None:
        if isinstance(value, tf.Tensor) and value.shape.ndims == 0:
            rate = value
        elif isinstance(value, float):
            if value < 0.0:
                raise ValueError("Invalid learning_rate %s.", value)
            rate = tf.get_variable(
                "learning_rate", [], trainable=False, initializer=tf.constant_initializer(value)
            )
        else:
            raise ValueError(
                f"Learning rate should be 0d Tensor or float. Got {value} of type {type(value)}"
            )
    if rate is not None and decay is not None:
        if global_step is None:
            raise ValueError("global_step is required for learning_rate_decay_fn")
        rate = decay(rate, global_step)
    return rate


def _optimizer(optimizer: Any, rate: Any) -> Any:
    if isinstance(optimizer, str):
        if optimizer not in OPTIMIZER_CLS_NAMES:
            raise ValueError(
                f"Optimizer name should be one of [{', '.join(OPTIMIZER_CLS_NAMES)}], you provided "
                f"{optimizer}."
            )
        if rate is None:
            raise ValueError(
                "Learning rate is None, but should be specified if optimizer is string "
                f"({optimizer})."
            )
        return OPTIMIZER_CLS_NAMES[optimizer](learning_rate=rate)
    if isinstance(optimizer, type) and issubclass(optimizer, tf.train.Optimizer):
        if rate is None:
            raise ValueError(
                "Learning rate is None, but should be specified if optimizer is class "
                f"({optimizer})."
            )
        return optimizer(learning_rate=rate)  # type: ignore[call-arg]
    if isinstance(optimizer, tf.train.Optimizer):
        return optimizer
    if callable(optimizer):
        made = optimizer() if rate is None else optimizer(rate)
        if not isinstance(made, tf.train.Optimizer):
            raise ValueError(
                f"Unrecognized optimizer: function should return subclass of Optimizer. Got {made}."
            )
        return made
    raise ValueError(
        "Unrecognized optimizer: should be string, subclass of Optimizer, instance of subclass of "
        f"Optimizer or function with one argument. Got {optimizer}."
    )


def _on_values(gradient: Any, function: Callable) -> Any:
    if isinstance(gradient, tf.IndexedSlices):
        values = function(gradient.values)
        return tf.IndexedSlices(values, gradient.indices, gradient.dense_shape)
    return function(gradient)


def _with_noise(gradients: list, scale: float) -> list:
    def noisy(values: Any) -> Any:
        shape = values.shape if values.shape.is_fully_defined() else tf.shape(values)
        return values + tf.truncated_normal(shape) * scale

    return [(None if g is None else _on_values(g, noisy), v) for g, v in gradients]


def _multiplied(gradients: list, factors: Any) -> list:
    found = []
    for gradient, variable in gradients:
        factor = factors.get(variable, factors.get(variable.name))
        if gradient is not None and factor is not None:
            factor = tf.cast(factor, tf.float32)
            gradient = _on_values(gradient, lambda values, factor=factor: values * factor)
        found.append((gradient, variable))
    return found


def _clipped(gradients: list, clip: Any) -> list:
    if clip is None:
        return gradients
    if isinstance(clip, float):
        values = [gradient for gradient, _ in gradients]
        clipped, _ = tf.clip_by_global_norm(values, clip)
        return list(zip(clipped, [variable for _, variable in gradients], strict=True))
    if callable(clip):
        return clip(gradients)
    raise ValueError(f"Unknown type {type(clip)} for clip_gradients")
