"""tensorflow.python.framework.indexed_slices: what an IndexedSlices is made of."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


class IndexedSlicesSpec(tf.TypeSpec):
    """Shape and dtypes of a tf.IndexedSlices; it has a dense shape if that has a dtype."""

    def __init__(
        self, shape: Any = None, dtype: Any = tf.float32, indices_dtype: Any = tf.int64,
        dense_shape_dtype: Any = None, indices_shape: Any = None,
    ) -> None:  # fmt: skip
        self._shape = tf.TensorShape(shape)
        self._values_dtype = tf.as_dtype(dtype)
        self._indices_dtype = tf.as_dtype(indices_dtype)
        self._dense_shape_dtype = (
            None if dense_shape_dtype is None else tf.as_dtype(dense_shape_dtype)
        )
        self._indices_shape = tf.TensorShape(indices_shape).with_rank(1)

    @property
    def value_type(self) -> type:
        """`tf.IndexedSlices`."""
        return tf.IndexedSlices

    def _serialize(self) -> tuple:
        return (
            self._shape, self._values_dtype, self._indices_dtype, self._dense_shape_dtype,
            self._indices_shape,
        )  # fmt: skip

    def __eq__(self, other: Any) -> bool:
        return type(other) is type(self) and repr(self._serialize()) == repr(other._serialize())

    def __hash__(self) -> int:
        return hash(repr(self._serialize()))

    @property
    def _component_specs(self) -> tuple:
        values = self._indices_shape.concatenate(self._shape[1:])
        specs = (
            tf.TensorSpec(values, self._values_dtype),
            tf.TensorSpec(self._indices_shape, self._indices_dtype),
        )
        if self._dense_shape_dtype is None:
            return specs
        return (*specs, tf.TensorSpec([self._shape.ndims], self._dense_shape_dtype))

    def _to_components(self, value: Any) -> tuple:
        parts = (value.values, value.indices)
        return parts if value.dense_shape is None else (*parts, value.dense_shape)

    def _from_components(self, parts: Any) -> Any:
        return tf.IndexedSlices(*parts)
