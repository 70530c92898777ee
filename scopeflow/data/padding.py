"""The arguments of padded_batch."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from . import nest, structure


def padding_arguments(
    specs: Any, padded_shapes: Any, padding_values: Any
) -> tuple[list, list, Any]:
    """Shapes and values as tensors, one for each component, and the specs of padded elements."""
    leaves = nest.flatten(specs)
    for leaf in leaves:
        if not structure.is_plain(leaf):
            raise TypeError(f"Batching of padded {type(leaf).__name__} is not supported")
    given = _like(specs, padded_shapes)
    shapes, static = [], []
    for leaf, shape in zip(leaves, given, strict=True):
        tensor, known = _shape(leaf, shape)
        shapes.append(tensor)
        static.append(tf.TensorSpec(known, leaf.dtype))
    if padding_values is None:
        values: list[Any] = [None] * len(leaves)
    else:
        nest.assert_same(specs, padding_values)
        values = nest.flatten(padding_values)
    pairs = zip(leaves, values, strict=True)
    return shapes, [_value(leaf, value) for leaf, value in pairs], nest.pack(specs, static)


def _like(specs: Any, shapes: Any) -> list:
    """The shape given for each component; tensors as they are."""
    if isinstance(specs, dict):
        if not isinstance(shapes, dict) or set(shapes) != set(specs):
            nest.assert_same(specs, shapes)
        return [s for key in sorted(specs) for s in _like(specs[key], shapes[key])]
    if isinstance(specs, tuple):
        if not isinstance(shapes, tuple | list) or len(shapes) != len(specs):
            nest.assert_same(specs, shapes)
        pairs = zip(specs, shapes, strict=True)
        return [s for spec, shape in pairs for s in _like(spec, shape)]
    return [shapes]


def _shape(leaf: Any, shape: Any) -> tuple[Any, Any]:
    """The padded shape as a tensor (-1: as long as the longest), and statically."""
    if isinstance(shape, tf.Tensor):
        if shape.dtype != tf.int64 or shape.shape.ndims not in (None, 1):
            raise TypeError(f"Padded shape {shape} must be a 1-D tensor of tf.int64 values.")
        known = tf.get_static_value(shape)
        dims = None if known is None else [None if d < 0 else int(d) for d in known]
        return shape, tf.TensorShape(
            dims if dims is not None else [None] * (shape.shape[0].value or 0)
        )
    if isinstance(shape, tf.TensorShape):
        wanted = shape
    else:
        sizes = [shape] if isinstance(shape, int | tf.Dimension) else list(shape)
        sizes = [getattr(size, "value", size) for size in sizes]
        wanted = tf.TensorShape([None if size is None or size < 0 else size for size in sizes])
    if not _fits(wanted, leaf.shape):
        raise ValueError(
            f"The padded shape {_text(wanted)} is not compatible with the corresponding input "
            f"component shape {_text(leaf.shape)}."
        )
    sizes = [-1 if size is None else size for size in wanted.as_list()]
    return tf.constant(sizes, tf.int64, [len(sizes)]), wanted


def _fits(wanted: Any, shape: Any) -> bool:
    """Whether elements of the shape may be padded to the other."""
    if shape.ndims is None:
        return True
    return wanted.ndims == shape.ndims and all(
        size is None or limit is None or size <= limit
        for size, limit in zip(shape.as_list(), wanted.as_list(), strict=True)
    )


def _text(shape: Any) -> str:
    sizes = shape.as_list()
    return f"({sizes[0]},)" if len(sizes) == 1 else f"({', '.join(map(str, sizes))})"


def _value(leaf: Any, value: Any) -> Any:
    if value is None:
        value = "" if leaf.dtype == tf.string else leaf.dtype.as_numpy_dtype()
    found = tf.convert_to_tensor(value, name="padding_value")
    if found.shape.ndims not in (None, 0):
        raise ValueError(f"Padding value should be a scalar, but is not: {found}")
    if found.dtype != leaf.dtype:
        raise TypeError(f"Padding value tensor ({found}) does not match output type: {leaf.dtype}")
    return found
