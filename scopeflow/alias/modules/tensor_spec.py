"""tensorflow.python.framework.tensor_spec: specs of tensors whose values have bounds."""

from __future__ import annotations

from typing import Any

import numpy as np

import scopeflow as tf


class BoundedTensorSpec(tf.TensorSpec):
    """A tf.TensorSpec with the least and the largest value, arrays that broadcast to the shape."""

    def __init__(
        self, shape: Any, dtype: Any, minimum: Any, maximum: Any, name: str | None = None
    ) -> None:
        super().__init__(shape, dtype, name)
        if minimum is None or maximum is None:
            raise ValueError("minimum and maximum must be provided; but saw None")
        self._minimum, self._maximum = self._bound(minimum), self._bound(maximum)

    def _bound(self, value: Any) -> np.ndarray:
        bound = np.array(value, self.dtype.as_numpy_dtype)
        bound.setflags(write=False)
        try:
            tf.broadcast_static_shape(tf.TensorShape(bound.shape), self.shape)
        except ValueError:
            raise ValueError(
                f"A bound of shape {bound.shape} is not compatible with the shape {self.shape}."
            ) from None
        return bound

    @classmethod
    def from_spec(cls, spec: Any, name: str | None = None) -> BoundedTensorSpec:
        """A spec like `spec`, whose bounds are those of its dtype if it has none."""
        dtype = tf.as_dtype(spec.dtype)
        low, high = getattr(spec, "minimum", dtype.min), getattr(spec, "maximum", dtype.max)
        return cls(spec.shape, dtype, low, high, name or spec.name)

    @property
    def minimum(self) -> np.ndarray:
        """The least value."""
        return self._minimum

    @property
    def maximum(self) -> np.ndarray:
        """The largest value."""
        return self._maximum

    def __repr__(self) -> str:
        return (
            f"BoundedTensorSpec(shape={self.shape}, dtype={self.dtype!r}, name={self.name!r}, "
            f"minimum={self.minimum!r}, maximum={self.maximum!r})"
        )

    def __eq__(self, other: object) -> bool:
        return (
            super().__eq__(other)
            and isinstance(other, BoundedTensorSpec)
            and np.allclose(self.minimum, other.minimum)
            and np.allclose(self.maximum, other.maximum)
        )

    def __hash__(self) -> int:
        return super().__hash__()

    def __reduce__(self) -> tuple:
        whole = (self.shape, self.dtype, self.minimum, self.maximum, self.name)
        return BoundedTensorSpec, whole
