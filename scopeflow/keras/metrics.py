"""`tf.keras.metrics`: numbers that tell how good a model is, over all batches of a run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from . import backend, losses
from . import saved_objects as _saved
from .engine.naming import snake_case

KLD = losses.KLD
MAE = losses.MAE
MAPE = losses.MAPE
MSE = losses.MSE
MSLE = losses.MSLE
binary_crossentropy = losses.binary_crossentropy
categorical_crossentropy = losses.categorical_crossentropy
cosine = losses.cosine
cosine_proximity = losses.cosine_proximity
hinge = losses.hinge
kld = losses.kld
kullback_leibler_divergence = losses.kullback_leibler_divergence
mae = losses.mae
mape = losses.mape
mean_absolute_error = losses.mean_absolute_error
mean_absolute_percentage_error = losses.mean_absolute_percentage_error
mean_squared_error = losses.mean_squared_error
mean_squared_logarithmic_error = losses.mean_squared_logarithmic_error
mse = losses.mse
msle = losses.msle
poisson = losses.poisson
sparse_categorical_crossentropy = losses.sparse_categorical_crossentropy
squared_hinge = losses.squared_hinge


def binary_accuracy(y_true: Any, y_pred: Any, threshold: float = 0.5) -> Any:
    """The share of an example's outputs that are on the labels' side of the threshold."""
    decided = tf.cast(tf.convert_to_tensor(y_pred) > threshold, y_pred.dtype)
    return tf.reduce_mean(tf.cast(tf.equal(tf.cast(y_true, y_pred.dtype), decided), "float32"), -1)


def categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """1 where the largest output is the one-hot label's."""
    right = tf.equal(tf.argmax(y_true, axis=-1), tf.argmax(y_pred, axis=-1))
    return tf.cast(right, tf.float32)


def sparse_categorical_accuracy(y_true: Any, y_pred: Any) -> Any:
    """1 where the largest output is the class that the label numbers."""
    y_pred = tf.convert_to_tensor(y_pred)
    y_true = tf.convert_to_tensor(y_true)
    if y_true.shape.ndims is not None and y_true.shape.ndims == y_pred.shape.ndims:
        y_true = tf.squeeze(y_true, [-1])
    right = tf.equal(tf.cast(y_true, tf.int64), tf.argmax(y_pred, axis=-1))
    return tf.cast(right, tf.float32)


def top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """1 where the one-hot label's output is among the k largest."""
    return tf.cast(tf.nn.in_top_k(y_pred, tf.argmax(y_true, axis=-1), k), tf.float32)


def sparse_top_k_categorical_accuracy(y_true: Any, y_pred: Any, k: int = 5) -> Any:
    """1 where the output of the class that the label numbers is among the k largest."""
    flat = tf.cast(tf.reshape(y_true, [-1]), tf.int32)
    return tf.cast(tf.nn.in_top_k(y_pred, flat, k), tf.float32)


class Metric:
    """What all metrics are: variables, `update_state`, `result` and `reset_states`.

    `update_state` returns the op that must run, a call the result after the update.
    """

    def __init__(self, name: str | None = None, dtype: Any = None, **kwargs: Any) -> None:
        self._name = name or snake_case(type(self).__name__)
        self._dtype = dtype or backend.floatx()
        self._variables: list[Any] = []

    @property
    def name(self) -> str:
        """The metric's name."""
        return self._name

    @property
    def variables(self) -> list:
        """The metric's variables."""
        return self._variables

    weights = variables

    def add_weight(
        self,
        name: str,
        shape: Any = (),
        aggregation: Any = tf.VariableAggregation.SUM,
        synchronization: Any = tf.VariableSynchronization.ON_READ,
        initializer: Any = None,
        dtype: Any = None,
    ) -> Any:
        """A variable that starts with zeros."""
        first = tf.keras.initializers.get(initializer) or tf.zeros_initializer()
        kind = tf.as_dtype(dtype or self._dtype)
        with tf.name_scope(""):
            variable = tf.Variable(
                lambda: first(list(shape), dtype=kind),
                trainable=False,
                collections=[],
                name=name,
                use_resource=True,
                dtype=kind,
            )
        backend.track_variable(variable)
        self._variables.append(variable)
        return variable

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """The result after an update."""
        with tf.control_dependencies([self.update_state(*args, **kwargs)]):
            return tf.identity(self.result())

    def update_state(self, *args: Any, **kwargs: Any) -> Any:
        """The op that takes in a batch."""
        raise NotImplementedError("Must be implemented in subclasses.")

    def result(self) -> Any:
        """The number."""
        raise NotImplementedError("Must be implemented in subclasses.")

    def reset_states(self) -> None:
        """Start again, in the session of the backend."""
        backend.batch_set_value([(variable, _zeros(variable)) for variable in self._variables])

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {"name": self._name, "dtype": self._dtype}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A metric with the arguments that `get_config` gave."""
        return cls(**config)


def _zeros(variable: Any) -> Any:
    import numpy as np

    return np.zeros(variable.shape.as_list(), variable.dtype.base_dtype.as_numpy_dtype)


def _weighted(values: Any, weights: Any) -> Any:
    if weights is None:
        return values
    weights = tf.cast(weights, values.dtype)
    while weights.shape.ndims is not None and weights.shape.ndims < (values.shape.ndims or 0):
        weights = tf.expand_dims(weights, -1)
    if weights.shape.ndims is not None and weights.shape.ndims > (values.shape.ndims or 0):
        values = tf.expand_dims(values, -1)
    return values * weights


class Sum(Metric):
    """The (weighted) sum of values."""

    def __init__(self, name: str = "sum", dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self.total = self.add_weight("total")

    def update_state(self, values: Any, sample_weight: Any = None) -> Any:
        """The op that takes in values."""
        values = tf.cast(values, self._dtype)
        return self.total.assign_add(tf.reduce_sum(_weighted(values, sample_weight))).op

    def result(self) -> Any:
        """The sum."""
        return tf.identity(self.total)


class Mean(Metric):
    """The (weighted) mean of values."""

    def __init__(self, name: str = "mean", dtype: Any = None) -> None:
        super().__init__(name, dtype)
        self.total = self.add_weight("total")
        self.count = self.add_weight("count")

    def update_state(self, values: Any, sample_weight: Any = None) -> Any:
        """The op that takes in values."""
        values = tf.cast(values, self._dtype)
        weighted = _weighted(values, sample_weight)
        if sample_weight is None:
            count = tf.cast(tf.size(values), self._dtype)
        else:
            count = tf.reduce_sum(_weighted(tf.ones_like(values), sample_weight))
        with tf.control_dependencies([weighted]):
            total = self.total.assign_add(tf.reduce_sum(weighted))
        return tf.group(total, self.count.assign_add(count))

    def result(self) -> Any:
        """The mean."""
        return tf.div_no_nan(tf.identity(self.total), tf.identity(self.count))


class MeanMetricWrapper(Mean):
    """The mean of a function of labels and predictions."""

    def __init__(
        self, fn: Callable, name: str | None = None, dtype: Any = None, **kwargs: Any
    ) -> None:
        super().__init__(name or str(getattr(fn, "__name__", "metric")), dtype)
        self._fn, self._given = fn, kwargs

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The op that takes in a batch."""
        return super().update_state(self._fn(y_true, y_pred, **self._given), sample_weight)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), **self._given}


class Accuracy(MeanMetricWrapper):
    """How often predictions are the labels."""

    def __init__(self, name: str = "accuracy", dtype: Any = None) -> None:
        super().__init__(
            lambda a, b: tf.cast(tf.equal(a, tf.cast(b, a.dtype)), "float32"), name, dtype
        )


class BinaryAccuracy(MeanMetricWrapper):
    """The mean of `binary_accuracy`."""

    def __init__(
        self, name: str = "binary_accuracy", dtype: Any = None, threshold: float = 0.5
    ) -> None:
        super().__init__(binary_accuracy, name, dtype, threshold=threshold)


class CategoricalAccuracy(MeanMetricWrapper):
    """The mean of `categorical_accuracy`."""

    def __init__(self, name: str = "categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(categorical_accuracy, name, dtype)


class SparseCategoricalAccuracy(MeanMetricWrapper):
    """The mean of `sparse_categorical_accuracy`."""

    def __init__(self, name: str = "sparse_categorical_accuracy", dtype: Any = None) -> None:
        super().__init__(sparse_categorical_accuracy, name, dtype)


class MeanSquaredError(MeanMetricWrapper):
    """The mean of `mean_squared_error`."""

    def __init__(self, name: str = "mean_squared_error", dtype: Any = None) -> None:
        super().__init__(mean_squared_error, name, dtype)


class MeanAbsoluteError(MeanMetricWrapper):
    """The mean of `mean_absolute_error`."""

    def __init__(self, name: str = "mean_absolute_error", dtype: Any = None) -> None:
        super().__init__(mean_absolute_error, name, dtype)


class MeanAbsolutePercentageError(MeanMetricWrapper):
    """The mean of `mean_absolute_percentage_error`."""

    def __init__(self, name: str = "mean_absolute_percentage_error", dtype: Any = None) -> None:
        super().__init__(mean_absolute_percentage_error, name, dtype)


class MeanSquaredLogarithmicError(MeanMetricWrapper):
    """The mean of `mean_squared_logarithmic_error`."""

    def __init__(self, name: str = "mean_squared_logarithmic_error", dtype: Any = None) -> None:
        super().__init__(mean_squared_logarithmic_error, name, dtype)


class Hinge(MeanMetricWrapper):
    """The mean of `hinge`."""

    def __init__(self, name: str = "hinge", dtype: Any = None) -> None:
        super().__init__(hinge, name, dtype)


class SquaredHinge(MeanMetricWrapper):
    """The mean of `squared_hinge`."""

    def __init__(self, name: str = "squared_hinge", dtype: Any = None) -> None:
        super().__init__(squared_hinge, name, dtype)


class Poisson(MeanMetricWrapper):
    """The mean of `poisson`."""

    def __init__(self, name: str = "poisson", dtype: Any = None) -> None:
        super().__init__(poisson, name, dtype)


class KLDivergence(MeanMetricWrapper):
    """The mean of `kullback_leibler_divergence`."""

    def __init__(self, name: str = "kullback_leibler_divergence", dtype: Any = None) -> None:
        super().__init__(kullback_leibler_divergence, name, dtype)


class CategoricalHinge(MeanMetricWrapper):
    """The mean of `tf.keras.losses.categorical_hinge`."""

    def __init__(self, name: str = "categorical_hinge", dtype: Any = None) -> None:
        super().__init__(losses.categorical_hinge, name, dtype)


class LogCoshError(MeanMetricWrapper):
    """The mean of `tf.keras.losses.logcosh`."""

    def __init__(self, name: str = "logcosh", dtype: Any = None) -> None:
        super().__init__(losses.logcosh, name, dtype)


class CosineSimilarity(MeanMetricWrapper):
    """The mean cosine between the vectors along `axis`."""

    def __init__(self, name: str = "cosine_similarity", dtype: Any = None, axis: int = -1) -> None:
        super().__init__(losses.cosine_similarity, name, dtype, axis=axis)


class TopKCategoricalAccuracy(MeanMetricWrapper):
    """The mean of `top_k_categorical_accuracy`."""

    def __init__(
        self, k: int = 5, name: str = "top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(top_k_categorical_accuracy, name, dtype, k=k)


class SparseTopKCategoricalAccuracy(MeanMetricWrapper):
    """The mean of `sparse_top_k_categorical_accuracy`."""

    def __init__(
        self, k: int = 5, name: str = "sparse_top_k_categorical_accuracy", dtype: Any = None
    ) -> None:
        super().__init__(sparse_top_k_categorical_accuracy, name, dtype, k=k)


class BinaryCrossentropy(MeanMetricWrapper):
    """The mean of `binary_crossentropy`."""

    def __init__(
        self, name: str = "binary_crossentropy", dtype: Any = None, from_logits: bool = False,
        label_smoothing: float = 0,
    ) -> None:  # fmt: skip
        super().__init__(
            binary_crossentropy, name, dtype, from_logits=from_logits,
            label_smoothing=label_smoothing,
        )  # fmt: skip


class CategoricalCrossentropy(MeanMetricWrapper):
    """The mean of `categorical_crossentropy`."""

    def __init__(
        self, name: str = "categorical_crossentropy", dtype: Any = None,
        from_logits: bool = False, label_smoothing: float = 0,
    ) -> None:  # fmt: skip
        super().__init__(
            categorical_crossentropy, name, dtype, from_logits=from_logits,
            label_smoothing=label_smoothing,
        )  # fmt: skip


class SparseCategoricalCrossentropy(MeanMetricWrapper):
    """The mean of `sparse_categorical_crossentropy`."""

    def __init__(
        self, name: str = "sparse_categorical_crossentropy", dtype: Any = None,
        from_logits: bool = False, axis: int = -1,
    ) -> None:  # fmt: skip
        super().__init__(
            sparse_categorical_crossentropy, name, dtype, from_logits=from_logits, axis=axis
        )


class RootMeanSquaredError(Mean):
    """The root of the mean squared difference."""

    def __init__(self, name: str = "root_mean_squared_error", dtype: Any = None) -> None:
        super().__init__(name, dtype)

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The op that takes in a batch."""
        y_pred = tf.cast(y_pred, self._dtype)
        errors = tf.squared_difference(y_pred, tf.cast(y_true, self._dtype))
        return super().update_state(errors, sample_weight)

    def result(self) -> Any:
        """The root of the mean."""
        return tf.sqrt(super().result())


class MeanIoU(Metric):
    """The mean over the classes of intersection / union of labels and predictions (classes)."""

    def __init__(self, num_classes: int, name: str | None = None, dtype: Any = None) -> None:
        super().__init__(name or "mean_io_u", dtype)
        self.num_classes = num_classes
        self.total_cm = self.add_weight(
            "total_confusion_matrix", [num_classes, num_classes], dtype=tf.float64
        )

    def update_state(self, y_true: Any, y_pred: Any, sample_weight: Any = None) -> Any:
        """The op that takes in a batch."""
        labels, classes = (tf.reshape(tf.cast(y, tf.int64), [-1]) for y in (y_true, y_pred))
        weights = sample_weight
        if weights is not None:
            weights = tf.reshape(tf.cast(weights, tf.float64), [-1])
        found = tf.confusion_matrix(labels, classes, self.num_classes, tf.float64, weights=weights)
        return self.total_cm.assign_add(found).op

    def result(self) -> Any:
        """The mean over the classes that there are."""
        matrix = tf.cast(tf.identity(self.total_cm), self._dtype)
        both = tf.diag_part(matrix)
        union = tf.reduce_sum(matrix, 0) + tf.reduce_sum(matrix, 1) - both
        number = tf.reduce_sum(tf.cast(tf.not_equal(union, 0), self._dtype))
        return tf.div_no_nan(tf.reduce_sum(tf.div_no_nan(both, union)), number)

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "num_classes": self.num_classes}


from .confusion import (  # noqa: E402, F401 (they are metrics, too)
    AUC,
    FalseNegatives,
    FalsePositives,
    Precision,
    Recall,
    TrueNegatives,
    TruePositives,
)

_KNOWN = {
    name: value
    for name, value in globals().items()
    if not name.startswith("_")
    and callable(value)
    and name not in ("Any", "Callable", "snake_case", "MeanMetricWrapper")
}


def serialize(metric: Any) -> Any:
    """The metric's name, or its class's with its config."""
    return _saved.serialize(metric)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The metric of a name or of what `serialize` gave."""
    return _saved.deserialize(config, _KNOWN, custom_objects, "metric function")


def get(identifier: Any) -> Any:
    """The metric that a name means, or the function itself."""
    if isinstance(identifier, str | dict):
        return deserialize(identifier)
    if callable(identifier):
        return identifier
    raise ValueError(f"Could not interpret metric function identifier: {identifier}")


def for_model(metric: Any, loss: Any, output: Any) -> Metric:
    """A metric object for an output of a model; "accuracy" means the one that fits the loss."""
    if isinstance(metric, Metric):
        return metric
    kinds = {"accuracy": "accuracy", "acc": "accuracy", "crossentropy": "crossentropy"}
    kinds["ce"] = "crossentropy"
    if metric in kinds:
        labels = str(getattr(loss, "name", None) or getattr(loss, "__name__", ""))
        front = "categorical"
        if output.shape.as_list()[-1] == 1 or labels == "binary_crossentropy":
            front = "binary"
        elif labels.startswith("sparse_categorical"):
            front = "sparse_categorical"
        name = {"accuracy": "acc", "crossentropy": "ce"}[kinds[metric]]
        return MeanMetricWrapper(globals()[f"{front}_{kinds[metric]}"], name)
    function = get(metric)
    if isinstance(function, Metric):
        return function
    if isinstance(function, losses.Loss):
        return MeanMetricWrapper(function.call, function.name)
    return MeanMetricWrapper(function)


__all__ = [*_KNOWN, "deserialize", "get", "serialize"]
