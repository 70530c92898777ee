"""What inputs a layer takes, and the check that it got such."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


class InputSpec:
    """The dtype, shape, rank or sizes of some axes that a layer wants of an input.

    `axes` maps an axis to its size. What is None is not checked.

    >>> InputSpec(min_ndim=2, axes={-1: 4})
    InputSpec(min_ndim=2, axes={-1: 4})
    """

    def __init__(
        self,
        dtype: Any = None,
        shape: Any = None,
        ndim: int | None = None,
        max_ndim: int | None = None,
        min_ndim: int | None = None,
        axes: Any = None,
    ) -> None:
        self.dtype = None if dtype is None else tf.as_dtype(dtype).name
        self.shape = shape
        self.ndim = len(shape) if shape is not None else ndim
        self.max_ndim = max_ndim
        self.min_ndim = min_ndim
        try:
            self.axes = {int(axis): size for axis, size in (axes or {}).items()}
        except (ValueError, TypeError):
            raise TypeError("The keys in axes must be integers.") from None
        rank = self.ndim if self.ndim is not None else self.max_ndim
        if self.axes and rank is not None and max(self.axes) >= rank:
            raise ValueError(
                f"Axis {max(self.axes)} is greater than the maximum allowed value: {rank - 1}"
            )

    def _given(self) -> dict[str, Any]:
        names = ("dtype", "shape", "ndim", "max_ndim", "min_ndim", "axes")
        return {name: getattr(self, name) for name in names}

    def __repr__(self) -> str:
        texts = [f"{name}={value}" for name, value in self._given().items() if value]
        return f"InputSpec({', '.join(texts)})"

    def get_config(self) -> dict[str, Any]:
        """The arguments that make it again."""
        return self._given()

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> InputSpec:
        """A spec with the arguments that `get_config` gave."""
        return cls(**config)


def check_inputs(spec: Any, inputs: Any, layer: str) -> None:
    """ValueError unless the (nested) inputs are as the layer's `spec` (one or a list) says."""
    if not spec:
        return
    specs, values = tf.nest.flatten(spec), tf.nest.flatten(inputs)
    if len(values) != len(specs):
        raise ValueError(
            f"Layer {layer} expects {len(specs)} inputs, but it received {len(values)} input "
            f"tensors. Inputs received: {inputs}"
        )
    for index, (value, wanted) in enumerate(zip(values, specs, strict=True)):
        if wanted is not None:
            wrong = _difference(wanted, value)
            if wrong:
                raise ValueError(
                    f"Input {index} of layer {layer} is incompatible with the layer: {wrong}"
                )


def _difference(spec: InputSpec, value: Any) -> str | None:
    shape = value.shape
    if shape.ndims is None:
        if spec.ndim is None and spec.min_ndim is None and spec.max_ndim is None:
            return None
        return "its rank is undefined, but the layer requires a defined rank."
    dims, rank = shape.as_list(), shape.ndims
    if spec.ndim is not None and rank != spec.ndim:
        return f"expected ndim={spec.ndim}, found ndim={rank}. Full shape received: {dims}"
    if spec.max_ndim is not None and rank > spec.max_ndim:
        return f"expected max_ndim={spec.max_ndim}, found ndim={rank}"
    if spec.min_ndim is not None and rank < spec.min_ndim:
        return (
            f": expected min_ndim={spec.min_ndim}, found ndim={rank}. Full shape received: {dims}"
        )
    if spec.dtype is not None and value.dtype.base_dtype.name != spec.dtype:
        return f"expected dtype={spec.dtype}, found dtype={value.dtype}"
    for axis, size in spec.axes.items():
        size = getattr(size, "value", size)
        if size is not None and dims[axis] not in (size, None):
            return (
                f"expected axis {axis} of input shape to have value {size} but received input "
                f"with shape {dims}"
            )
    if spec.shape is not None:
        wanted = tf.TensorShape(spec.shape)
        if not wanted.is_compatible_with(shape):
            return f"expected shape={spec.shape}, found shape={dims}"
    return None
