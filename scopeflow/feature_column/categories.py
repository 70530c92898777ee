"""Columns of categories: identity, hash buckets, vocabularies, weights, crosses."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

import numpy as np

import scopeflow as tf

from .base import CategoricalColumn, Features, check_dtype, check_given, check_key
from .numbers import BucketizedColumn


class _OfOneFeature(CategoricalColumn):
    __slots__ = ()

    key: str
    dtype: Any

    @property
    def name(self) -> str:
        return self.key

    @property
    def parse_example_spec(self) -> dict:
        return {self.key: tf.VarLenFeature(self.dtype)}

    def transformed(self, features: Features) -> Any:
        return self._ids_of(features.sparse(self.key))

    def _ids_of(self, given: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__}._ids_of")


def _with_values(sparse: Any, values: Any) -> Any:
    return tf.SparseTensor(sparse.indices, values, sparse.dense_shape)


class IdentityCategoricalColumn(
    _OfOneFeature,
    namedtuple("IdentityCategoricalColumn", ["key", "number_buckets", "default_value"]),
):
    """See categorical_column_with_identity."""

    __slots__ = ()

    @property
    def parse_example_spec(self) -> dict:
        return {self.key: tf.VarLenFeature(tf.int64)}

    @property
    def num_buckets(self) -> int:
        return self.number_buckets

    def _ids_of(self, given: Any) -> Any:
        if not given.dtype.is_integer:
            raise ValueError(f"Invalid input, not integer. key: {self.key} dtype: {given.dtype}")
        values = tf.cast(given.values, tf.int64, name="values")
        buckets = tf.cast(self.number_buckets, tf.int64, name="num_buckets")
        zero = tf.cast(0, tf.int64, name="zero")
        if self.default_value is None:
            what = f'categorical column "{self.key}"'
            with tf.control_dependencies(
                [
                    tf.assert_less(
                        values, buckets, data=(values, buckets),
                        message=f"Bucket index for {what} exceeds number of buckets",
                        name="assert_less_than_num_buckets",
                    ),
                    tf.assert_greater_equal(
                        values, zero, data=(values,),
                        message=f"Negative bucket index for {what}",
                        name="assert_greater_or_equal_0",
                    ),
                ]
            ):  # fmt: skip
                values = tf.identity(values)
        else:
            outside = tf.logical_or(values < zero, values >= buckets, name="out_of_range")
            default = tf.cast(self.default_value, tf.int64)
            values = tf.where(
                outside, tf.fill(tf.shape(values), default, name="default_values"), values
            )
        return _with_values(given, values)


class HashedCategoricalColumn(
    _OfOneFeature, namedtuple("HashedCategoricalColumn", ["key", "hash_bucket_size", "dtype"])
):
    """See categorical_column_with_hash_bucket."""

    __slots__ = ()

    @property
    def num_buckets(self) -> int:
        return self.hash_bucket_size

    def _ids_of(self, given: Any) -> Any:
        check_given(self, given)
        values = given.values if self.dtype == tf.string else tf.as_string(given.values)
        return _with_values(
            given, tf.string_to_hash_bucket_fast(values, self.hash_bucket_size, name="lookup")
        )


class VocabularyListCategoricalColumn(
    _OfOneFeature,
    namedtuple(
        "VocabularyListCategoricalColumn",
        ["key", "vocabulary_list", "dtype", "default_value", "num_oov_buckets"],
    ),
):
    """See categorical_column_with_vocabulary_list."""

    __slots__ = ()

    @property
    def num_buckets(self) -> int:
        return len(self.vocabulary_list) + self.num_oov_buckets

    def _ids_of(self, given: Any) -> Any:
        check_given(self, given)
        key_dtype = self.dtype
        if given.dtype.is_integer:
            given, key_dtype = _with_values(given, tf.cast(given.values, tf.int64)), tf.int64
        table = tf.contrib.lookup.index_table_from_tensor(
            tuple(self.vocabulary_list),
            default_value=self.default_value,
            num_oov_buckets=self.num_oov_buckets,
            dtype=key_dtype,
            name=f"{self.key}_lookup",
        )
        return table.lookup(given)


class VocabularyFileCategoricalColumn(
    _OfOneFeature,
    namedtuple(
        "VocabularyFileCategoricalColumn",
        ["key", "vocabulary_file", "vocabulary_size", "num_oov_buckets", "dtype", "default_value"],
    ),
):
    """See categorical_column_with_vocabulary_file."""

    __slots__ = ()

    @property
    def num_buckets(self) -> int:
        return self.vocabulary_size + self.num_oov_buckets

    def _ids_of(self, given: Any) -> Any:
        check_given(self, given)
        key_dtype = self.dtype
        if given.dtype.is_integer:
            given, key_dtype = _with_values(given, tf.cast(given.values, tf.int64)), tf.int64
        table = tf.contrib.lookup.index_table_from_file(
            vocabulary_file=self.vocabulary_file,
            num_oov_buckets=self.num_oov_buckets,
            vocab_size=self.vocabulary_size,
            default_value=self.default_value,
            key_dtype=key_dtype,
            name=f"{self.key}_lookup",
        )
        return table.lookup(given)


class WeightedCategoricalColumn(
    CategoricalColumn,
    namedtuple("WeightedCategoricalColumn", ["categorical_column", "weight_feature_key", "dtype"]),
):
    """See weighted_categorical_column."""

    __slots__ = ()

    @property
    def name(self) -> str:
        return f"{self.categorical_column.name}_weighted_by_{self.weight_feature_key}"

    @property
    def parse_example_spec(self) -> dict:
        spec = dict(self.categorical_column.parse_example_spec)
        if self.weight_feature_key in spec:
            raise ValueError(
                f"Parse config {self.weight_feature_key} already exists: it is both a feature and "
                "its weight."
            )
        spec[self.weight_feature_key] = tf.VarLenFeature(self.dtype)
        return spec

    @property
    def num_buckets(self) -> int:
        return self.categorical_column.num_buckets

    def transformed(self, features: Features) -> Any:
        weights = features.get(self.weight_feature_key)
        if self.dtype != weights.dtype.base_dtype:
            raise ValueError(f"Bad dtype, expected {self.dtype}, but got {weights.dtype}.")
        if not isinstance(weights, tf.SparseTensor):
            # Weights may be 0; they are left out by their value's sign elsewhere.
            weights = features.sparse(self.weight_feature_key, ignored=0.0)
        return (
            self.categorical_column.ids(features)[0],
            _with_values(weights, tf.cast(weights.values, tf.float32)),
        )

    def ids(self, features: Features) -> tuple[Any, Any]:
        return features.get(self)


class CrossedColumn(
    CategoricalColumn, namedtuple("CrossedColumn", ["keys", "hash_bucket_size", "hash_key"])
):
    """See crossed_column."""

    __slots__ = ()

    @property
    def name(self) -> str:
        return "_X_".join(sorted(self._names()))

    def _names(self) -> list[str]:
        found: list[str] = []
        for key in self.keys:
            if isinstance(key, CrossedColumn):
                found += key._names()
            else:
                found.append(key if isinstance(key, str) else key.name)
        return found

    def _leaves(self) -> list:
        found: list = []
        for key in self.keys:
            found += key._leaves() if isinstance(key, CrossedColumn) else [key]
        return found

    @property
    def parse_example_spec(self) -> dict:
        spec: dict = {}
        for key in self.keys:
            if isinstance(key, str):
                spec[key] = tf.VarLenFeature(tf.string)
            else:
                spec.update(key.parse_example_spec)
        return spec

    @property
    def num_buckets(self) -> int:
        return self.hash_bucket_size

    def transformed(self, features: Features) -> Any:
        parts = []
        for key in self._leaves():
            if isinstance(key, str):
                parts.append(features.get(key))
                continue
            ids, weights = key.ids(features)
            if weights is not None:
                raise ValueError(
                    "crossed_column does not support weight_tensor, but the given column populates "
                    f"weight_tensor. Given column: {key.name}"
                )
            parts.append(ids)
        return tf.sparse.cross_hashed(
            inputs=parts, num_buckets=self.hash_bucket_size, hash_key=self.hash_key
        )


def categorical_column_with_identity(
    key: str, num_buckets: int, default_value: int | None = None
) -> Any:
    """A feature of ids below `num_buckets`; others are an error, or `default_value`."""
    check_key(key)
    if num_buckets < 1:
        raise ValueError(f"num_buckets {num_buckets} < 1, column_name {key}")
    if default_value is not None and not 0 <= default_value < num_buckets:
        raise ValueError(
            f"default_value {default_value} not in range [0, {num_buckets}), column_name {key}"
        )
    return IdentityCategoricalColumn(key, num_buckets, default_value)


def categorical_column_with_hash_bucket(
    key: str, hash_bucket_size: int, dtype: Any = tf.string
) -> Any:
    """A feature of strings or integers, by a hash of the value."""
    check_key(key)
    if hash_bucket_size is None:
        raise ValueError(f"hash_bucket_size must be set. key: {key}")
    if hash_bucket_size < 1:
        raise ValueError(
            f"hash_bucket_size must be at least 1. hash_bucket_size: {hash_bucket_size}, key: {key}"
        )
    check_dtype(dtype, key)
    return HashedCategoricalColumn(key, hash_bucket_size, dtype)


def _check_unknown(key: str, num_oov_buckets: int, default_value: Any, nothing: Any) -> None:
    if num_oov_buckets:
        if default_value != nothing:
            raise ValueError(f"Can't specify both num_oov_buckets and default_value in {key}.")
        if num_oov_buckets < 0:
            raise ValueError(f"Invalid num_oov_buckets {num_oov_buckets} in {key}.")


def categorical_column_with_vocabulary_list(
    key: str,
    vocabulary_list: Any,
    dtype: Any = None,
    default_value: int = -1,
    num_oov_buckets: int = 0,
) -> Any:
    """A feature of words, by their place in the list; others: a default, or hashed buckets."""
    check_key(key)
    if vocabulary_list is None or len(vocabulary_list) < 1:
        raise ValueError(f"vocabulary_list {vocabulary_list} must be non-empty, column_name: {key}")
    if len(set(vocabulary_list)) != len(vocabulary_list):
        raise ValueError(f"Duplicate keys in vocabulary_list {vocabulary_list}, column_name: {key}")
    array = np.array(vocabulary_list)
    found = tf.string if array.dtype.kind in "USO" else tf.as_dtype(array.dtype)
    _check_unknown(key, num_oov_buckets, default_value, -1)
    check_dtype(found, key, "vocabulary ")
    if dtype is None:
        dtype = found
    elif dtype.is_integer != found.is_integer:
        raise ValueError(
            f"dtype {dtype} and vocabulary dtype {found} do not match, column_name: {key}"
        )
    check_dtype(dtype, key)
    return VocabularyListCategoricalColumn(
        key, tuple(vocabulary_list), dtype, default_value, num_oov_buckets
    )


def categorical_column_with_vocabulary_file(
    key: str,
    vocabulary_file: str,
    vocabulary_size: int | None = None,
    num_oov_buckets: int = 0,
    default_value: int | None = None,
    dtype: Any = tf.string,
) -> Any:
    """A feature of words, by the number of their line in the file."""
    check_key(key)
    if not vocabulary_file:
        raise ValueError(f"Missing vocabulary_file in {key}.")
    if vocabulary_size is None:
        if not tf.gfile.Exists(vocabulary_file):
            raise ValueError("vocabulary_file does not exist.")
        with tf.gfile.GFile(vocabulary_file, "rb") as file:
            vocabulary_size = sum(1 for _ in file)
        tf.logging.info(
            "vocabulary_size = %d in %s is inferred from the number of elements in the "
            "vocabulary_file %s.", vocabulary_size, key, vocabulary_file,
        )  # fmt: skip
    if vocabulary_size < 1:
        raise ValueError(f"Invalid vocabulary_size in {key}.")
    _check_unknown(key, num_oov_buckets, default_value, None)
    check_dtype(dtype, key)
    return VocabularyFileCategoricalColumn(
        key, vocabulary_file, vocabulary_size, 0 if num_oov_buckets is None else num_oov_buckets,
        dtype, -1 if default_value is None else default_value,
    )  # fmt: skip


def weighted_categorical_column(
    categorical_column: Any, weight_feature_key: str, dtype: Any = tf.float32
) -> Any:
    """Categories with weights, which are another feature of the same shape."""
    if dtype is None or not (dtype.is_integer or dtype.is_floating):
        raise ValueError(f"dtype {dtype} is not convertible to float.")
    return WeightedCategoricalColumn(categorical_column, weight_feature_key, dtype)


def crossed_column(keys: Any, hash_bucket_size: int, hash_key: Any = None) -> Any:
    """Each combination of the categories of several columns (or string features), hashed."""
    if not hash_bucket_size or hash_bucket_size < 1:
        raise ValueError(f"hash_bucket_size must be > 1. hash_bucket_size: {hash_bucket_size}")
    if not keys or len(keys) < 2:
        raise ValueError(f"keys must be a list with length > 1. Given: {keys}")
    for key in keys:
        if isinstance(key, HashedCategoricalColumn):
            raise ValueError(
                "categorical_column_with_hash_bucket is not supported for crossing: hashing before "
                "crossing makes more collisions. Use the name of the feature, or another column. "
                f"Given: {key}"
            )
        if not isinstance(key, str | CategoricalColumn | BucketizedColumn):
            raise ValueError(
                "Unsupported key type. All keys must be either string, or categorical column "
                f"except HashedCategoricalColumn. Given: {key}"
            )
    return CrossedColumn(tuple(keys), hash_bucket_size, hash_key)
