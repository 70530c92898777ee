"""Precision and recall of the k best classes of each example."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .state import collected, metric_variable


def _sets(labels: Any, places: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """The labels as int64 [..., n], and which of them count: each of a row once."""
    labels = tf.convert_to_tensor_or_sparse_tensor(labels)
    if isinstance(labels, tf.SparseTensor):
        if labels.shape.ndims is not None and labels.shape.ndims == (places.shape.ndims or 0) - 1:
            labels = tf.sparse_reshape(labels, tf.concat([labels.dense_shape, [1]], 0))
        shape = labels.dense_shape
        values = tf.scatter_nd(labels.indices, tf.cast(labels.values, tf.int64), shape)
        given = tf.scatter_nd(labels.indices, tf.ones_like(labels.values, tf.int32), shape)
        # What is not given equals no place and nothing that is given.
        values = tf.where(given > 0, values, tf.fill(tf.shape(values), tf.int64.min))
        return values, tf.logical_and(_first(values), given > 0)
    values = tf.cast(labels, tf.int64)
    if values.shape.ndims is not None and values.shape.ndims == (places.shape.ndims or 0) - 1:
        values = tf.expand_dims(values, -1)
    return values, _first(values)


def _first(values: tf.Tensor) -> tf.Tensor:
    """Whether an element of a row has no equal before it."""
    equal = tf.equal(tf.expand_dims(values, -1), tf.expand_dims(values, -2))
    below = tf.matrix_band_part(tf.cast(equal, tf.int32), -1, 0)
    return tf.equal(tf.reduce_sum(below, -1), 1)


def _members(labels: Any, places: tf.Tensor, class_id: int | None) -> tuple[tf.Tensor, ...]:
    """For each example how many places are labels, how many are not, how many labels are missed."""
    values, valid = _sets(labels, places)
    chosen = _first(places)
    if class_id is not None:
        valid = tf.logical_and(valid, tf.equal(values, class_id))
        chosen = tf.logical_and(chosen, tf.equal(places, class_id))
    equal = tf.equal(tf.expand_dims(values, -1), tf.expand_dims(places, -2))
    pairs = tf.logical_and(
        equal, tf.logical_and(tf.expand_dims(valid, -1), tf.expand_dims(chosen, -2))
    )

    def number(mask: tf.Tensor) -> tf.Tensor:
        return tf.reduce_sum(tf.cast(mask, tf.float64), -1)

    hits = tf.reduce_sum(tf.cast(pairs, tf.float64), [-1, -2])
    return hits, number(chosen) - hits, number(valid) - hits


def _added(values: tf.Tensor, weights: Any, name: str) -> tuple[Any, tf.Tensor]:
    if weights is not None:
        values = values * tf.cast(weights, tf.float64)
    state = metric_variable([], tf.float64, name)
    return state, tf.assign_add(state, tf.reduce_sum(values))


def _label(name: str, k: Any, class_id: int | None) -> str:
    return f"{name}_at_{'k' if k is None else k}" + (
        "" if class_id is None else f"_class{class_id}"
    )


def _streamed(
    kind: str,
    labels: Any,
    places: tf.Tensor,
    k: Any,
    class_id: int | None,
    weights: Any,
    collections: tuple[Any, Any],
    scope: str,
) -> tuple[tf.Tensor, tf.Tensor]:
    hits, wrong, missed = _members(labels, places, class_id)
    other = wrong if kind == "precision" else missed
    other_name = "false_positive" if kind == "precision" else "false_negative"
    right, add_right = _added(hits, weights, _label("true_positive", k, class_id))
    bad, add_bad = _added(other, weights, _label(other_name, k, class_id))
    value = tf.div(right, right + bad, name=scope)
    update = tf.div(add_right, add_right + add_bad, name="update")
    return collected(value, update, *collections)


def _best(predictions: Any, k: int) -> tf.Tensor:
    return tf.cast(tf.nn.top_k(predictions, k)[1], tf.int64)


def recall_at_k(
    labels: Any,
    predictions: Any,
    k: int,
    class_id: int | None = None,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Of the labels the share that is among the `k` highest predictions, and the update op.

    `labels` are class numbers [..., n] (or [...], for one each, or a SparseTensor), `predictions`
    scores [..., classes]. With `class_id` only that class counts.
    """
    values = (predictions, labels, weights)
    with tf.name_scope(name, _label("recall", k, class_id), values) as scope:
        collections = (metrics_collections, updates_collections)
        places = _best(predictions, k)
        return _streamed("recall", labels, places, k, class_id, weights, collections, scope)


def precision_at_k(
    labels: Any,
    predictions: Any,
    k: int,
    class_id: int | None = None,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """Of the `k` highest predictions the share that is labels, and the update op.

    Arguments as in `recall_at_k`.
    """
    values = (predictions, labels, weights)
    with tf.name_scope(name, _label("precision", k, class_id), values) as scope:
        collections = (metrics_collections, updates_collections)
        places = _best(predictions, k)
        return _streamed("precision", labels, places, k, class_id, weights, collections, scope)


def recall_at_top_k(
    labels: Any,
    predictions_idx: Any,
    k: int | None = None,
    class_id: int | None = None,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """`recall_at_k` of the best classes themselves, `predictions_idx` [..., k]."""
    values = (predictions_idx, labels, weights)
    with tf.name_scope(name, _label("recall", k, class_id), values) as scope:
        collections = (metrics_collections, updates_collections)
        places = tf.cast(predictions_idx, tf.int64)
        return _streamed("recall", labels, places, k, class_id, weights, collections, scope)


def precision_at_top_k(
    labels: Any,
    predictions_idx: Any,
    k: int | None = None,
    class_id: int | None = None,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """`precision_at_k` of the best classes themselves, `predictions_idx` [..., k]."""
    values = (predictions_idx, labels, weights)
    with tf.name_scope(name, _label("precision", k, class_id), values) as scope:
        collections = (metrics_collections, updates_collections)
        places = tf.cast(predictions_idx, tf.int64)
        return _streamed("precision", labels, places, k, class_id, weights, collections, scope)


def sparse_precision_at_k(
    labels: Any,
    predictions: Any,
    k: int,
    class_id: int | None = None,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The old name of `precision_at_k`."""
    return precision_at_k(
        labels, predictions, k, class_id, weights, metrics_collections, updates_collections, name
    )


def average_precision_at_k(
    labels: Any,
    predictions: Any,
    k: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The mean of the examples' average precisions, and the update op.

    That of one example is the sum of the precision at each of the `k` best places that is a label,
    over the smaller of `k` and its number of labels.
    """
    scope_name = _label("average_precision", k, None)
    with tf.name_scope(name, scope_name, (predictions, labels, weights)) as scope:
        places = _best(predictions, k)
        each = _average_precision(labels, places, k)
        if weights is not None:
            weights = tf.cast(weights, tf.float64)
            each = each * weights
        with tf.name_scope("max"):
            if weights is None:
                batch = tf.cast(tf.size(each), tf.float64)
            else:
                batch = tf.reduce_sum(weights * tf.ones_like(each))
        most = metric_variable([], tf.float64, "max")
        add_most = tf.assign_add(most, batch)
        total = metric_variable([], tf.float64, "total")
        add_total = tf.assign_add(total, tf.reduce_sum(each))
        value = tf.div_no_nan(total, most, name="mean")
        update = tf.div_no_nan(add_total, add_most, name=scope)
        return collected(value, update, metrics_collections, updates_collections)


def _average_precision(labels: Any, places: tf.Tensor, k: int) -> tf.Tensor:
    values, valid = _sets(labels, places)
    equal = tf.equal(tf.expand_dims(places, -1), tf.expand_dims(values, -2))
    found = tf.reduce_any(tf.logical_and(equal, tf.expand_dims(valid, -2)), -1)
    relevant = tf.cast(found, tf.float64)
    ranks = tf.cast(tf.range(1, k + 1), tf.float64)
    precisions = tf.cumsum(relevant, -1) / ranks
    given = tf.greater_equal(values, 0)  # labels given twice count twice here
    number = tf.minimum(tf.reduce_sum(tf.cast(given, tf.float64), -1), float(k))
    return tf.div(tf.reduce_sum(precisions * relevant, -1), number)


def sparse_average_precision_at_k(
    labels: Any,
    predictions: Any,
    k: int,
    weights: Any = None,
    metrics_collections: Any = None,
    updates_collections: Any = None,
    name: str | None = None,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The old name of `average_precision_at_k`."""
    return average_precision_at_k(
        labels, predictions, k, weights, metrics_collections, updates_collections, name
    )
