"""Dataset.from_generator."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import scopeflow as tf

from . import nest, structure


def generator_dataset(
    generator: Callable[..., Any], output_types: Any, output_shapes: Any, args: Any
) -> tuple[Any, Any]:
    """The tensor of such a dataset, and what its elements are."""
    if not callable(generator):
        raise TypeError("`generator` must be callable.")
    specs = structure.from_legacy(output_types, output_shapes, None)
    arguments = [
        tf.convert_to_tensor(value, name=f"args_{i}")
        for i, value in enumerate(args if args is not None else ())
    ]
    made = tf.raw_ops.GeneratorDataset(
        arguments=arguments,
        generator_function=generator,
        convert=_Conversion(specs, output_types),
        **structure.flat_arguments(specs),
    )
    return made, specs


class _Conversion:
    """From what was yielded to arrays of the declared dtypes. TypeError and ValueError."""

    def __init__(self, specs: Any, output_types: Any) -> None:
        self.specs = specs
        self.types = output_types
        self.flat = [(spec, spec.dtype.as_numpy_dtype) for spec in nest.flatten(specs)]

    def __call__(self, value: Any) -> list[np.ndarray]:
        try:
            parts = nest.sorted_like(self.specs, value)
        except TypeError:
            raise TypeError(
                "`generator` yielded an element that did not match the expected structure. The "
                f"expected structure was {self.types}, but the yielded element was {value}."
            ) from None
        return [self._array(part, *leaf) for part, leaf in zip(parts, self.flat, strict=True)]

    def _array(self, part: Any, spec: Any, numpy_type: Any) -> np.ndarray:
        try:
            found = np.array(part, numpy_type)
            if numpy_type is np.object_:
                found = _as_bytes(found)
        except (TypeError, ValueError):
            raise TypeError(
                "`generator` yielded an element that could not be converted to the expected type. "
                f"The expected type was {spec.dtype.name}, but the yielded element was {part}."
            ) from None
        if not spec.shape.is_compatible_with(found.shape):
            raise ValueError(
                f"`generator` yielded an element of shape {found.shape} where an element of shape "
                f"{spec.shape} was expected."
            )
        return found


def _as_bytes(array: np.ndarray) -> np.ndarray:
    flat = [item.encode() if isinstance(item, str) else item for item in array.reshape(-1)]
    if not all(isinstance(item, bytes) for item in flat):
        raise TypeError("not strings")
    found = np.empty(len(flat), object)
    found[:] = flat
    return found.reshape(array.shape)
