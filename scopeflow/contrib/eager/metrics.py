"""`tf.contrib.eager.metrics`: objects that count over many batches."""

from __future__ import annotations

import re
from typing import Any

import scopeflow as tf

__all__ = [
    "Accuracy", "BinaryAccuracy", "CategoricalAccuracy", "Mean", "Metric", "SparseAccuracy",
]  # fmt: skip


class Metric:
    """A number over many batches. Subclasses define `build` (variables), `call` and `result`.

    Calling it gives what `call` returns, or an op where that is nothing; running either does all
    that `call` does. Its variables are local ones unless `use_global_variables`; run
    `init_variables()` (or tf.local_variables_initializer()) first.
    """

    def __init__(self, name: str | None = None, use_global_variables: bool = False) -> None:
        name = type(self).__name__ if name is None else name
        self._name = re.sub(r"[^A-Za-z0-9.\-_]", "_", name)
        self._collection = (
            tf.GraphKeys.GLOBAL_VARIABLES if use_global_variables else tf.GraphKeys.LOCAL_VARIABLES
        )
        self._built = False
        self._variables: list[Any] = []
        with tf.variable_scope(None, self._name, reuse=False) as scope:
            self._scope = scope

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self._built:
            with tf.variable_scope(self._scope), tf.init_scope():
                self.build(*args, **kwargs)
            self._built = True
        graph = tf.get_default_graph()
        before = len(graph.get_operations())
        found = self.call(*args, **kwargs)
        made = graph.get_operations()[before:]
        if found is None:
            return tf.group(made)
        with tf.control_dependencies(made):
            return tf.contrib.framework.nest.map_structure(tf.identity, found)

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def variables(self) -> list[Any]:
        """Its variables."""
        return list(self._variables)

    def init_variables(self) -> Any:
        """The op that sets all variables to their begin."""
        return tf.group([variable.initializer for variable in self._variables])

    def build(self, *args: Any, **kwargs: Any) -> None:
        """Makes the variables, with `add_variable`, for the first call's arguments."""

    def call(self, *args: Any, **kwargs: Any) -> Any:
        """Counts a batch."""
        raise NotImplementedError("Metrics must define a call() member function")

    def result(self) -> Any:
        """The number so far."""
        raise NotImplementedError("Metrics must define a result() member function")

    def value(self) -> Any:
        """The number so far."""
        return self.result()

    def add_variable(
        self, name: str, shape: Any = None, dtype: Any = None, initializer: Any = None
    ) -> Any:
        """A variable of the metric's own. RuntimeError once it is built."""
        if self._built:
            raise RuntimeError("Can't call add_variable() except in build().")
        variable = tf.get_variable(
            name, shape, dtype, initializer, trainable=False, collections=[self._collection],
            use_resource=True,
        )  # fmt: skip
        self._variables.append(variable)
        return variable

    def aggregate(self, metrics: Any) -> Any:
        """The op that adds what other metrics of the kind have counted."""
        return tf.group(
            [
                mine.assign_add(tf.add_n([tf.identity(m.variables[i]) for m in metrics]))
                for i, mine in enumerate(self._variables)
            ]
        )


class Mean(Metric):
    """The mean of all values, each with its weight."""

    def __init__(
        self, name: str | None = None, dtype: Any = tf.float64, use_global_variables: bool = False
    ) -> None:
        super().__init__(name, use_global_variables)
        self.dtype = dtype

    def build(self, *args: Any, **kwargs: Any) -> None:
        """The sum, and the weights' sum."""
        zeros = tf.zeros_initializer()
        self.numer = self.add_variable("numer", (), self.dtype, zeros)
        self.denom = self.add_variable("denom", (), self.dtype, zeros)

    def call(self, values: Any, weights: Any = None) -> Any:
        """Counts values; gives the arguments."""
        values = tf.convert_to_tensor(values)
        if weights is None:
            self.denom.assign_add(tf.cast(tf.size(values), self.dtype))
            self.numer.assign_add(tf.reduce_sum(tf.cast(values, self.dtype)))
            return values
        weights = tf.convert_to_tensor(weights)
        spread = tf.cast(weights, self.dtype) * tf.ones_like(values, self.dtype)
        self.denom.assign_add(tf.reduce_sum(spread))
        self.numer.assign_add(tf.reduce_sum(tf.cast(values, self.dtype) * spread))
        return values, weights

    def result(self, write_summary: bool = True) -> Any:
        """The mean so far; tf.contrib.summary records it unless `write_summary` is False."""
        mean = self.numer / self.denom
        if write_summary:
            tf.contrib.summary.scalar(name=self.name, tensor=mean)
        return mean


class _Share(Mean):
    """A mean of what is true of a batch."""

    def __init__(self, name: str | None = None, dtype: Any = tf.float64) -> None:
        super().__init__(name, dtype)


class Accuracy(_Share):
    """The share of predictions that equal their labels."""

    def call(  # type: ignore[override]
        self, labels: Any, predictions: Any, weights: Any = None
    ) -> Any:
        """Counts a batch; gives the arguments."""
        labels, predictions = tf.convert_to_tensor(labels), tf.convert_to_tensor(predictions)
        labels.shape.assert_is_compatible_with(predictions.shape)
        super().call(tf.equal(labels, predictions), weights)
        return (labels, predictions) if weights is None else (labels, predictions, weights)


class CategoricalAccuracy(_Share):
    """The share of rows whose largest prediction is where the label's 1 is."""

    def call(  # type: ignore[override]
        self, labels: Any, predictions: Any, weights: Any = None
    ) -> Any:
        """Counts a batch of one-hot labels; gives the arguments."""
        labels, predictions = tf.convert_to_tensor(labels), tf.convert_to_tensor(predictions)
        labels.shape.assert_is_compatible_with(predictions.shape)
        super().call(tf.equal(tf.argmax(labels, -1), tf.argmax(predictions, -1)), weights)
        return (labels, predictions) if weights is None else (labels, predictions, weights)


class BinaryAccuracy(Mean):
    """The share of predictions that are above `threshold` just where the label is true."""

    def __init__(self, threshold: float, name: str | None = None, dtype: Any = tf.float64) -> None:
        super().__init__(name, dtype)
        self.threshold = threshold

    def call(  # type: ignore[override]
        self, labels: Any, predictions: Any, weights: Any = None
    ) -> Any:
        """Counts a batch; gives the arguments."""
        labels, predictions = tf.convert_to_tensor(labels), tf.convert_to_tensor(predictions)
        labels.shape.assert_is_compatible_with(predictions.shape)
        above = tf.cast(predictions, self.dtype) > self.threshold
        super().call(tf.equal(tf.cast(labels, tf.bool), above), weights)
        return (labels, predictions) if weights is None else (labels, predictions, weights)


class SparseAccuracy(_Share):
    """The share of rows whose largest prediction is at the label's number."""

    def call(  # type: ignore[override]
        self, labels: Any, predictions: Any, weights: Any = None
    ) -> Any:
        """Counts a batch of numbers of classes; gives the arguments."""
        labels, predictions = tf.convert_to_tensor(labels), tf.convert_to_tensor(predictions)
        labels.shape.assert_is_compatible_with(predictions.shape[:-1])
        best = tf.cast(tf.argmax(predictions, -1), labels.dtype)
        super().call(tf.equal(labels, best), weights)
        return (labels, predictions) if weights is None else (labels, predictions, weights)
