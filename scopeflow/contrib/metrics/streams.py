"""Metrics of `tf.contrib.metrics` alone: rates, covariance and correlation, all values so far."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def _variable(initial: Any, dtype: tf.DType, name: str, fixed: bool = True) -> Any:
    return tf.Variable(
        initial,
        trainable=False,
        collections=[tf.GraphKeys.LOCAL_VARIABLES, tf.GraphKeys.METRIC_VARIABLES],
        validate_shape=fixed,
        dtype=dtype,
        name=name,
    )


def _number(name: str) -> Any:
    return _variable(lambda: tf.zeros([], tf.float32), tf.float32, name)


def _collected(value: Any, update: Any, metrics: Any, updates: Any) -> tuple[Any, Any]:
    if metrics:
        tf.add_to_collections(metrics, value)
    if updates:
        tf.add_to_collections(updates, update)
    return value, update


def accuracy(
    predictions: Any, labels: Any, weights: Any = None, name: str | None = None
) -> tf.Tensor:
    """The share of a batch's predictions that equal the labels: no state, no update."""
    if not (labels.dtype.is_integer or labels.dtype in (tf.bool, tf.string)):
        raise ValueError(
            f"Labels should have bool, integer, or string dtype. Given: {labels.dtype}"
        )
    if labels.dtype.base_dtype != predictions.dtype.base_dtype:
        raise ValueError(
            "Dtypes of predictions and labels should match. Given: "
            f"predictions ({predictions.dtype}) and labels ({labels.dtype})"
        )
    with tf.name_scope(name, "accuracy", [predictions, labels]):
        correct = tf.to_float(tf.equal(predictions, labels))
        if weights is not None:
            correct = tf.multiply(correct, weights)
            total = tf.reduce_sum(weights * tf.ones_like(correct))
            return tf.div(tf.reduce_sum(correct), total)
        return tf.reduce_mean(correct)


def count(
    values: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The number of values so far (or the sum of their weights), and the update op."""
    with tf.variable_scope(name, "count", (values, weights)):
        number = _number("count")
        if weights is None:
            more = tf.to_float(tf.size(values))
        else:
            values = tf.to_float(values)
            more = tf.reduce_sum(tf.to_float(weights) * tf.ones_like(values))
        value = tf.identity(number)
        update = tf.assign_add(number, more)
        return _collected(value, update, metrics_collections, updates_collections)


def _rate(hit: tf.Tensor, other: tf.Tensor, name: str) -> tf.Tensor:
    total = hit + other
    return tf.where(tf.greater(total, 0), tf.div(hit, total), tf.zeros_like(total), name=name)


def streaming_false_positive_rate(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Of the negatives the share that was predicted positive, and the update op."""
    with tf.variable_scope(name, "false_positive_rate", (predictions, labels, weights)):
        wrong, add_wrong = tf.metrics.false_positives(labels, predictions, weights)
        right, add_right = tf.metrics.true_negatives(labels, predictions, weights)
        value = _rate(wrong, right, "value")
        update = _rate(add_wrong, add_right, "update_op")
        return _collected(value, update, metrics_collections, updates_collections)


def streaming_false_negative_rate(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Of the positives the share that was predicted negative, and the update op."""
    with tf.variable_scope(name, "false_negative_rate", (predictions, labels, weights)):
        wrong, add_wrong = tf.metrics.false_negatives(labels, predictions, weights)
        right, add_right = tf.metrics.true_positives(labels, predictions, weights)
        value = _rate(wrong, right, "value")
        update = _rate(add_wrong, add_right, "update_op")
        return _collected(value, update, metrics_collections, updates_collections)


def streaming_covariance(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The sample covariance of all predictions and labels so far, and the update op.

    NaN before there are two. Updated batch by batch from the means, which is exact for large ones.
    """
    with tf.variable_scope(name, "covariance", (predictions, labels, weights)):
        predictions, labels = tf.to_float(predictions), tf.to_float(labels)
        predictions.shape.assert_is_compatible_with(labels.shape)
        number = _number("count")
        means = [_number("mean_prediction"), _number("mean_label")]
        comoment = _number("comoment")
        if weights is None:
            heavy = tf.ones_like(predictions)
        else:
            heavy = tf.to_float(weights) * tf.ones_like(predictions)
        batch = tf.reduce_sum(heavy)
        add_number = tf.assign_add(number, batch)
        before = add_number - batch
        batch_means, previous, updated = [], [], []
        for values, state in zip((predictions, labels), means, strict=True):
            mean = tf.div_no_nan(tf.reduce_sum(values * heavy), batch)
            change = tf.div_no_nan((mean - state) * batch, add_number)
            moved = tf.assign_add(state, change)
            batch_means.append(mean)
            previous.append(moved - change)
            updated.append(moved)
        apart = (predictions - batch_means[0]) * (labels - batch_means[1]) * heavy
        shift = (previous[0] - batch_means[0]) * (previous[1] - batch_means[1])
        change = tf.reduce_sum(apart) + shift * tf.div_no_nan(before * batch, add_number)
        add_comoment = tf.assign_add(comoment, change)

        def covariance(total: Any, moment: Any, name: str) -> tf.Tensor:
            few = tf.less_equal(total, 1.0)
            none = tf.constant(float("nan"))
            return tf.where(few, none, tf.truediv(moment, total - 1.0), name=name)

        value = covariance(number, comoment, "covariance")
        with tf.control_dependencies(updated):
            update = covariance(add_number, add_comoment, "update_op")
        return _collected(value, update, metrics_collections, updates_collections)


def streaming_pearson_correlation(
    predictions: Any,
    labels: Any,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Pearson's correlation of all predictions and labels so far, and the update op."""
    with tf.variable_scope(name, "pearson_r", (predictions, labels, weights)):
        both = [
            streaming_covariance(first, second, weights, name=scope)
            for first, second, scope in (
                (predictions, labels, "covariance"),
                (predictions, predictions, "variance_predictions"),
                (labels, labels, "variance_labels"),
            )
        ]
        value, update = (
            tf.truediv(one, tf.multiply(tf.sqrt(two), tf.sqrt(three)), name=name)
            for (one, two, three), name in zip(
                zip(*both, strict=True), ("pearson_r", "update_op"), strict=True
            )
        )
        return _collected(value, update, metrics_collections, updates_collections)


def streaming_concat(
    values: Any,
    axis: int = 0,
    max_size: int | None = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """All values so far joined along `axis` (at most `max_size` of them), and the update op.

    The other dimensions must be known. The update op returns how many there are.
    """
    with tf.variable_scope(name, "streaming_concat", (values,)):
        values = tf.convert_to_tensor(values)
        dims = values.shape.as_list()
        if not -len(dims) <= axis < len(dims):
            raise ValueError(f"axis = {axis} not in [{-len(dims)}, {len(dims)})")
        axis %= len(dims)
        inner = dims[:axis] + dims[axis + 1 :]
        if None in inner:
            raise ValueError("all dimensions of `values` other than the dimension to be "
                             "concatenated must have statically known size")  # fmt: skip
        order = [axis, *[i for i in range(len(dims)) if i != axis]]
        array = _variable(
            lambda: tf.zeros([0, *inner], values.dtype), values.dtype, "array", fixed=False
        )
        size = _variable(lambda: tf.zeros([], tf.int32), tf.int32, "size")
        moved = values if axis == 0 else tf.transpose(values, order)
        joined = tf.concat([array.read_value(), moved], 0, name="joined")
        if max_size is not None:
            joined = joined[:max_size]
        kept = tf.assign(array, joined, validate_shape=False)
        with tf.control_dependencies([kept]):
            update = tf.assign(size, tf.shape(joined)[0])
        value = tf.identity(array, name="concat")
        value.set_shape([None, *inner])
        if axis:
            back = [*range(1, axis + 1), 0, *range(axis + 1, len(dims))]
            value = tf.transpose(value, back)
        return _collected(value, update, metrics_collections, updates_collections)


def aggregate_metrics(*value_update_tuples: Any) -> tuple[list, list]:
    """([values], [updates]) of several metrics."""
    if not value_update_tuples:
        raise ValueError("Expected at least one value_tensor/update_op pair")
    values, updates = zip(*value_update_tuples, strict=True)
    return list(values), list(updates)


def aggregate_metric_map(names_to_tuples: Any) -> tuple[dict, dict]:
    """({name: value}, {name: update}) of a dict of metrics."""
    values = {name: pair[0] for name, pair in names_to_tuples.items()}
    return values, {name: pair[1] for name, pair in names_to_tuples.items()}
