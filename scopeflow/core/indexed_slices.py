"""IndexedSlices: the gradient of a gathered tensor, as the rows that were gathered."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from .composite import CompositeTensor
from .convert import convert_to_tensor
from .operation import Tensor


class IndexedSlicesValue(NamedTuple):
    """What a session returns for a fetched IndexedSlices."""

    values: np.ndarray
    indices: np.ndarray
    dense_shape: np.ndarray | None = None


class IndexedSlices(CompositeTensor):
    """Rows of a larger tensor: `dense[indices[i], ...] += values[i, ...]`.

    `values` [n, ...], `indices` [n] int32 or int64, `dense_shape` [rank] or None where unknown.
    """

    _value_type = IndexedSlicesValue

    def __init__(self, values: Tensor, indices: Tensor, dense_shape: Tensor | None = None) -> None:
        self._values = values
        self._indices = indices
        self._dense_shape = dense_shape

    @property
    def _components(self) -> list[Tensor]:
        tensors = (self._values, self._indices, self._dense_shape)
        return [t for t in tensors if t is not None]

    @property
    def values(self) -> Tensor:
        """The rows."""
        return self._values

    @property
    def indices(self) -> Tensor:
        """Which row of the dense tensor each belongs to; an index may repeat."""
        return self._indices

    @property
    def dense_shape(self) -> Tensor | None:
        """The shape of the dense tensor, where known."""
        return self._dense_shape

    @property
    def name(self) -> str:
        """The values' name."""
        return self._values.name

    @property
    def device(self) -> str:
        """The device that the values asked for."""
        return self._values.device

    def __str__(self) -> str:
        shape = f", dense_shape={self._dense_shape}" if self._dense_shape is not None else ""
        return f"IndexedSlices(indices={self._indices}, values={self._values}{shape})"

    def __neg__(self) -> IndexedSlices:
        return IndexedSlices(-self._values, self._indices, self._dense_shape)


def convert_to_tensor_or_indexed_slices(
    value: Any, dtype: Any = None, name: str | None = None
) -> Tensor | IndexedSlices:
    """`value` itself where it is an IndexedSlices, else as a tensor."""
    if isinstance(value, IndexedSlices):
        return value
    return convert_to_tensor(value, dtype=dtype, name=name)
