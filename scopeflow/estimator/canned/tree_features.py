"""Feature columns as boosted trees take them: a bucket for each example."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

import scopeflow as tf

from .tree_quantiles import NUM_QUANTILES, Quantiles


class Bucketed(NamedTuple):
    """One feature: the number of buckets, and the bucket of each example."""

    num_buckets: int
    values: Any


def _is_bucketized(column: Any) -> bool:
    return hasattr(column, "boundaries") and hasattr(column, "source_column")


def _is_indicator(column: Any) -> bool:
    return type(column).__name__ == "IndicatorColumn"


def _is_numeric(column: Any) -> bool:
    return type(column).__name__ == "NumericColumn"


def sorted_columns(columns: Any) -> list:
    """The columns in the order of their names. ValueError for those that have no buckets."""
    found = sorted(columns or (), key=lambda column: column.name)
    for column in found:
        if not (_is_bucketized(column) or _is_indicator(column) or _is_numeric(column)):
            raise ValueError(
                "For now, only bucketized_column, indicator_column and numeric_column are "
                f"supported by boosted trees, not {column}"
            )
    return found


def _width(column: Any) -> int:
    """How many features a column is."""
    if _is_bucketized(column):
        return int(np.prod(column.source_column.shape))
    if _is_numeric(column):
        return int(np.prod(column.shape))
    return column.variable_shape[-1].value


def importance_names(columns: list) -> list[str]:
    """For each bucketed feature the name under which its importance is told."""
    names: list[str] = []
    for column in columns:
        told = column.categorical_column if _is_indicator(column) else column
        names += [told.name] * _width(column)
    return names


def bucketed(
    features: dict, columns: list, epsilon: float
) -> tuple[list[Bucketed], Quantiles | None]:
    """What the columns make of the features, and what finds the buckets of numeric ones."""
    found: list[Bucketed] = []
    numbers: dict[int, Any] = {}
    for column in columns:
        if _is_numeric(column):
            given = tf.feature_column.input_layer(features, [column])
            for part in tf.unstack(given, num=_width(column), axis=1):
                numbers[len(found)] = part
                found.append(Bucketed(NUM_QUANTILES + 1, part))
            continue
        if _is_bucketized(column):
            given = tf.feature_column.input_layer(features, [column.source_column])
            bounds = list(column.boundaries)
            values, count = tf.raw_ops.Bucketize(input=given, boundaries=bounds), len(bounds) + 1
        else:
            given = tf.feature_column.input_layer(features, [column])
            values, count = tf.cast(given, tf.int32), 2
        parts = tf.unstack(values, num=_width(column), axis=1)
        found += [Bucketed(count, part) for part in parts]
    if not numbers:
        return found, None
    quantiles = Quantiles(list(numbers.values()), epsilon)
    for place, buckets in zip(numbers, quantiles.buckets(), strict=True):
        found[place] = Bucketed(NUM_QUANTILES + 1, buckets)
    return found, quantiles
