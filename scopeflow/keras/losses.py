"""`tf.keras.losses`: functions of (labels, predictions), a loss for each example, and classes."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from . import saved_objects as _saved

_SMALL = 1e-7


def _pair(y_true: Any, y_pred: Any) -> tuple[Any, Any]:
    y_pred = tf.convert_to_tensor(y_pred)
    return tf.cast(y_true, y_pred.dtype), y_pred


def mean_squared_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of (y_pred - y_true)² along the last dimension."""
    y_true, y_pred = _pair(y_true, y_pred)
    return tf.reduce_mean(tf.squared_difference(y_pred, y_true), axis=-1)


def mean_absolute_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of |y_pred - y_true|."""
    y_true, y_pred = _pair(y_true, y_pred)
    return tf.reduce_mean(tf.abs(y_pred - y_true), axis=-1)


def mean_absolute_percentage_error(y_true: Any, y_pred: Any) -> Any:
    """100 times the mean of |y_pred - y_true| / |y_true|."""
    y_true, y_pred = _pair(y_true, y_pred)
    share = tf.abs((y_true - y_pred) / tf.maximum(tf.abs(y_true), _SMALL))
    return 100.0 * tf.reduce_mean(share, axis=-1)


def mean_squared_logarithmic_error(y_true: Any, y_pred: Any) -> Any:
    """The mean of (log(1 + y_pred) - log(1 + y_true))²."""
    y_true, y_pred = _pair(y_true, y_pred)
    first, second = (tf.log(tf.maximum(y, _SMALL) + 1.0) for y in (y_pred, y_true))
    return tf.reduce_mean(tf.squared_difference(first, second), axis=-1)


def _signs(y_true: Any) -> Any:
    """Labels 0 and 1 as -1 and 1; others as they are."""
    binary = tf.reduce_all(tf.logical_or(tf.equal(y_true, 0), tf.equal(y_true, 1)))
    return tf.cond(binary, lambda: 2.0 * y_true - 1.0, lambda: y_true)


def hinge(y_true: Any, y_pred: Any) -> Any:
    """The mean of max(1 - y_true · y_pred, 0), with labels -1 and 1 (or 0 and 1)."""
    y_true, y_pred = _pair(y_true, y_pred)
    return tf.reduce_mean(tf.maximum(1.0 - _signs(y_true) * y_pred, 0.0), axis=-1)


def squared_hinge(y_true: Any, y_pred: Any) -> Any:
    """The mean of max(1 - y_true · y_pred, 0)²."""
    y_true, y_pred = _pair(y_true, y_pred)
    return tf.reduce_mean(tf.square(tf.maximum(1.0 - _signs(y_true) * y_pred, 0.0)), axis=-1)


def categorical_hinge(y_true: Any, y_pred: Any) -> Any:
    """max(largest prediction of a wrong class - the right one's + 1, 0)."""
    y_true, y_pred = _pair(y_true, y_pred)
    right = tf.reduce_sum(y_true * y_pred, axis=-1)
    wrong = tf.reduce_max((1.0 - y_true) * y_pred, axis=-1)
    return tf.maximum(0.0, wrong - right + 1.0)


def logcosh(y_true: Any, y_pred: Any) -> Any:
    """The mean of log(cosh(y_pred - y_true))."""
    y_true, y_pred = _pair(y_true, y_pred)
    x = y_pred - y_true
    log_2 = tf.log(tf.constant(2.0, x.dtype))
    return tf.reduce_mean(x + tf.nn.softplus(-2.0 * x) - log_2, axis=-1)


def _logits_of(output: Any, kind: str) -> Any:
    """What an activation made the output of; None if another op made it."""
    while output.op.type == "Identity":
        output = output.op.inputs[0]
    return output.op.inputs[0] if output.op.type == kind else None


def categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0
) -> Any:
    """The cross entropy of one-hot labels and probabilities (or logits)."""
    y_true, y_pred = _pair(y_true, y_pred)
    if label_smoothing:
        count = tf.cast(tf.shape(y_true)[1], y_pred.dtype)
        y_true = y_true * (1.0 - label_smoothing) + label_smoothing / count
    logits = y_pred if from_logits else _logits_of(y_pred, "Softmax")
    if logits is not None:
        return tf.nn.softmax_cross_entropy_with_logits_v2(labels=y_true, logits=logits)
    y_pred = y_pred / tf.reduce_sum(y_pred, -1, True)
    return -tf.reduce_sum(y_true * tf.log(tf.clip_by_value(y_pred, _SMALL, 1.0 - _SMALL)), -1)


def sparse_categorical_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, axis: int = -1
) -> Any:
    """The cross entropy of class numbers and probabilities (or logits)."""
    y_pred = tf.convert_to_tensor(y_pred)
    if axis not in (-1, y_pred.shape.ndims - 1):
        raise NotImplementedError(
            f"sparse_categorical_crossentropy(axis={axis}): transpose the predictions so that the "
            "classes come last."
        )
    logits = y_pred if from_logits else _logits_of(y_pred, "Softmax")
    if logits is None:
        logits = tf.log(tf.clip_by_value(y_pred, _SMALL, 1.0 - _SMALL))
    classes = tf.cast(y_true, tf.int64)
    dims = logits.shape.as_list()
    flat = tf.reshape(logits, [-1, dims[-1]])
    found = tf.nn.sparse_softmax_cross_entropy_with_logits(
        labels=tf.reshape(classes, [-1]), logits=flat
    )
    return tf.reshape(found, tf.shape(logits)[:-1]) if len(dims) > 2 else found


def binary_crossentropy(
    y_true: Any, y_pred: Any, from_logits: bool = False, label_smoothing: float = 0
) -> Any:
    """The mean cross entropy of labels 0 and 1 and probabilities (or logits)."""
    y_true, y_pred = _pair(y_true, y_pred)
    if label_smoothing:
        y_true = y_true * (1.0 - label_smoothing) + 0.5 * label_smoothing
    logits = y_pred if from_logits else _logits_of(y_pred, "Sigmoid")
    if logits is not None:
        found = tf.nn.sigmoid_cross_entropy_with_logits(labels=y_true, logits=logits)
        return tf.reduce_mean(found, axis=-1)
    y_pred = tf.clip_by_value(y_pred, _SMALL, 1.0 - _SMALL)
    found = y_true * tf.log(y_pred + _SMALL) + (1 - y_true) * tf.log(1 - y_pred + _SMALL)
    return tf.reduce_mean(-found, axis=-1)


def kullback_leibler_divergence(y_true: Any, y_pred: Any) -> Any:
    """The sum of y_true · log(y_true / y_pred)."""
    y_true, y_pred = _pair(y_true, y_pred)
    y_true, y_pred = (tf.clip_by_value(y, _SMALL, 1.0) for y in (y_true, y_pred))
    return tf.reduce_sum(y_true * tf.log(y_true / y_pred), axis=-1)


def poisson(y_true: Any, y_pred: Any) -> Any:
    """The mean of y_pred - y_true · log(y_pred)."""
    y_true, y_pred = _pair(y_true, y_pred)
    return tf.reduce_mean(y_pred - y_true * tf.log(y_pred + _SMALL), axis=-1)


def cosine_similarity(y_true: Any, y_pred: Any, axis: int = -1) -> Any:
    """The cosine between the vectors (as in TensorFlow 1.15, not negated)."""
    y_true, y_pred = (tf.nn.l2_normalize(y, axis) for y in _pair(y_true, y_pred))
    return tf.reduce_sum(y_true * y_pred, axis=axis)


mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
kld = KLD = kullback_leibler_divergence
cosine = cosine_proximity = cosine_similarity


class Loss:
    """What all losses are: called with labels, predictions and weights, they return a number."""

    def __init__(self, reduction: str = "auto", name: str | None = None) -> None:
        if reduction not in ("auto", "none", "sum", "sum_over_batch_size"):
            raise ValueError(f"Invalid Reduction Key {reduction}.")
        self.reduction = reduction
        self.name = name

    def __call__(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The losses of all examples, reduced to a mean (or as `reduction` says)."""
        with tf.name_scope(self.name or type(self).__name__):
            return reduced(self.call(y_true, y_pred), sample_weight, self.reduction)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The loss of each example."""
        raise NotImplementedError("Must be implemented in subclasses.")

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"reduction": self.reduction, "name": self.name}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A loss with the arguments that `get_config` gave."""
        return cls(**config)


def reduced(losses: Any, weights: Any, reduction: str = "auto") -> Any:
    """The losses of the examples, weighted: their mean, their sum, or all of them."""
    if weights is not None:
        weights = tf.cast(weights, losses.dtype)
        if weights.shape.ndims is not None and losses.shape.ndims is not None:
            while weights.shape.ndims < losses.shape.ndims:
                weights = tf.expand_dims(weights, -1)
            if weights.shape.ndims > losses.shape.ndims:
                weights = tf.squeeze(weights, [-1])
        losses = losses * weights
    if reduction == "none":
        return losses
    if reduction == "sum":
        return tf.reduce_sum(losses)
    count = tf.cast(tf.size(losses), losses.dtype)
    return tf.div_no_nan(tf.reduce_sum(losses), count)


class _FunctionLoss(Loss):
    _function: Any

    def __init__(self, reduction: str, name: str | None, **arguments: Any) -> None:
        super().__init__(reduction, name)
        self._given = arguments

    def call(self, y_true: Any, y_pred: Any) -> Any:
        """The loss of each example."""
        return type(self)._function(y_true, y_pred, **self._given)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), **self._given}


def _huber(y_true: Any, y_pred: Any, delta: float = 1.0) -> Any:
    y_true, y_pred = _pair(y_true, y_pred)
    error = tf.abs(y_pred - y_true)
    quadratic = tf.minimum(error, delta)
    return tf.reduce_mean(0.5 * quadratic * quadratic + delta * (error - quadratic), axis=-1)


class MeanSquaredError(_FunctionLoss):
    """`mean_squared_error`, reduced."""

    _function = staticmethod(mean_squared_error)

    def __init__(self, reduction: str = "auto", name: str = "mean_squared_error") -> None:
        super().__init__(reduction, name)


class MeanAbsoluteError(_FunctionLoss):
    """`mean_absolute_error`, reduced."""

    _function = staticmethod(mean_absolute_error)

    def __init__(self, reduction: str = "auto", name: str = "mean_absolute_error") -> None:
        super().__init__(reduction, name)


class MeanAbsolutePercentageError(_FunctionLoss):
    """`mean_absolute_percentage_error`, reduced."""

    _function = staticmethod(mean_absolute_percentage_error)

    def __init__(
        self, reduction: str = "auto", name: str = "mean_absolute_percentage_error"
    ) -> None:
        super().__init__(reduction, name)


class MeanSquaredLogarithmicError(_FunctionLoss):
    """`mean_squared_logarithmic_error`, reduced."""

    _function = staticmethod(mean_squared_logarithmic_error)

    def __init__(
        self, reduction: str = "auto", name: str = "mean_squared_logarithmic_error"
    ) -> None:
        super().__init__(reduction, name)


class CategoricalHinge(_FunctionLoss):
    """`categorical_hinge`, reduced."""

    _function = staticmethod(categorical_hinge)

    def __init__(self, reduction: str = "auto", name: str = "categorical_hinge") -> None:
        super().__init__(reduction, name)


class Hinge(_FunctionLoss):
    """`hinge`, reduced."""

    _function = staticmethod(hinge)

    def __init__(self, reduction: str = "auto", name: str = "hinge") -> None:
        super().__init__(reduction, name)


class SquaredHinge(_FunctionLoss):
    """`squared_hinge`, reduced."""

    _function = staticmethod(squared_hinge)

    def __init__(self, reduction: str = "auto", name: str = "squared_hinge") -> None:
        super().__init__(reduction, name)


class LogCosh(_FunctionLoss):
    """`logcosh`, reduced."""

    _function = staticmethod(logcosh)

    def __init__(self, reduction: str = "auto", name: str = "logcosh") -> None:
        super().__init__(reduction, name)


class Poisson(_FunctionLoss):
    """`poisson`, reduced."""

    _function = staticmethod(poisson)

    def __init__(self, reduction: str = "auto", name: str = "poisson") -> None:
        super().__init__(reduction, name)


class KLDivergence(_FunctionLoss):
    """`kullback_leibler_divergence`, reduced."""

    _function = staticmethod(kullback_leibler_divergence)

    def __init__(self, reduction: str = "auto", name: str = "kullback_leibler_divergence") -> None:
        super().__init__(reduction, name)


class BinaryCrossentropy(_FunctionLoss):
    """`binary_crossentropy`, reduced."""

    _function = staticmethod(binary_crossentropy)

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0,
        reduction: str = "auto",
        name: str = "binary_crossentropy",
    ) -> None:
        super().__init__(reduction, name, from_logits=from_logits, label_smoothing=label_smoothing)


class CategoricalCrossentropy(_FunctionLoss):
    """`categorical_crossentropy`, reduced."""

    _function = staticmethod(categorical_crossentropy)

    def __init__(
        self,
        from_logits: bool = False,
        label_smoothing: float = 0,
        reduction: str = "auto",
        name: str = "categorical_crossentropy",
    ) -> None:
        super().__init__(reduction, name, from_logits=from_logits, label_smoothing=label_smoothing)


class SparseCategoricalCrossentropy(_FunctionLoss):
    """`sparse_categorical_crossentropy`, reduced."""

    _function = staticmethod(sparse_categorical_crossentropy)

    def __init__(
        self,
        from_logits: bool = False,
        reduction: str = "auto",
        name: str = "sparse_categorical_crossentropy",
    ) -> None:
        super().__init__(reduction, name, from_logits=from_logits)


class CosineSimilarity(_FunctionLoss):
    """`cosine_similarity`, reduced."""

    _function = staticmethod(cosine_similarity)

    def __init__(
        self,
        axis: int = -1,
        reduction: str = "auto",
        name: str = "cosine_similarity",
    ) -> None:
        super().__init__(reduction, name, axis=axis)


class Huber(_FunctionLoss):
    """The Huber loss: quadratic up to `delta`, then linear, reduced."""

    _function = staticmethod(_huber)

    def __init__(
        self,
        delta: float = 1.0,
        reduction: str = "auto",
        name: str = "huber_loss",
    ) -> None:
        super().__init__(reduction, name, delta=delta)


_KNOWN = {
    name: value
    for name, value in globals().items()
    if not name.startswith("_") and callable(value) and name not in ("Any", "reduced")
}


def serialize(loss: Any) -> Any:
    """The loss's name, or its class's with its config."""
    return _saved.serialize(loss)


def deserialize(name: Any, custom_objects: Any = None) -> Any:
    """The loss of a name or of what `serialize` gave."""
    return _saved.deserialize(name, _KNOWN, custom_objects, "loss function")


def get(identifier: Any) -> Any:
    """The loss that a name means, or the function itself; None for None."""
    if identifier is None or callable(identifier):
        return identifier
    if isinstance(identifier, str | dict):
        return deserialize(identifier)
    raise ValueError("Could not interpret loss function identifier:", identifier)


__all__ = [*_KNOWN, "deserialize", "get", "serialize"]
