"""Feature columns as boosted trees take them: a bucket for each example."""

from __future__ import annotations

from typing import Any, NamedTuple

import scopeflow as tf
from scopeflow.feature_column.base import Features
from scopeflow.feature_column.embeddings import IndicatorColumn
from scopeflow.feature_column.numbers import BucketizedColumn, NumericColumn


class Bucketed(NamedTuple):
    """One feature: the column's name, the number of buckets, the bucket of each example."""

    name: str
    num_buckets: int
    values: Any


def sorted_columns(columns: Any) -> list:
    """The columns in the order of their names. ValueError for those that have no buckets."""
    found = sorted(columns or (), key=lambda column: column.name)
    for column in found:
        if isinstance(column, NumericColumn):
            raise NotImplementedError(
                f"numeric_column({column.key!r}) in boosted trees: scopeflow does not find the "
                "buckets of numbers by quantiles; say where they end with "
                "tf.feature_column.bucketized_column(column, boundaries)."
            )
        if not isinstance(column, BucketizedColumn | IndicatorColumn):
            raise ValueError(
                "For now, only bucketized_column and indicator_column are supported by boosted "
                f"trees, not {column}"
            )
    return found


def importance_names(columns: list) -> list[str]:
    """For each bucketed feature the name under which its importance is told."""
    names: list[str] = []
    for column in columns:
        if isinstance(column, BucketizedColumn):
            names += [column.name] * column.source_column.shape[0]
        else:
            inner = column.categorical_column
            names += [inner.name] * column.variable_shape[-1].value
    return names


def bucketed(features: dict, columns: list) -> list[Bucketed]:
    """What the columns make of the features."""
    given = Features(features)
    found = []
    for column in columns:
        is_bucketized = isinstance(column, BucketizedColumn)
        if is_bucketized:
            width, count = column.source_column.shape[0], len(column.boundaries) + 1
        else:
            width, count = column.variable_shape[-1].value, 2
        with tf.name_scope(column.name):
            values = given.get(column)
            if not is_bucketized:
                values = tf.cast(values, tf.int32)
            parts = tf.unstack(tf.reshape(values, [-1, width]), num=width, axis=1)
        found += [Bucketed(column.name, count, part) for part in parts]
    return found
