"""What elements are made of: a spec for each leaf of their structure.

A spec turns a leaf into the one tensor that travels through the graph (a sparse tensor, a dataset
and an optional are one `variant` tensor) and back.
"""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from . import nest


class Structure:
    """The kind of a leaf: what it is made of."""

    @property
    def value_type(self) -> Any:
        """The Python type of such leaves."""
        raise NotImplementedError

    def is_compatible_with(self, spec_or_value: Any) -> bool:
        """Whether the other spec, or a value, is of this kind."""
        other = spec_or_value
        if not isinstance(other, Structure | tf.TensorSpec):
            other = spec_of(other)
        return type(other) is type(self) and self._fits(other)

    def _fits(self, other: Any) -> bool:
        raise NotImplementedError

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash(type(self).__name__)


class DatasetSpec(Structure):
    """Datasets as elements of a dataset."""

    def __init__(self, element_spec: Any, dataset_shape: Any = ()) -> None:
        self._element_spec = element_spec
        self._dataset_shape = tf.TensorShape(dataset_shape)

    @property
    def value_type(self) -> Any:
        """The class of datasets."""
        return tf.data.Dataset

    def most_specific_compatible_type(self, other: Any) -> DatasetSpec:
        """What both have in common."""
        found = nest.mapped(common, self._element_spec, other._element_spec)
        return DatasetSpec(found, self._dataset_shape)

    @staticmethod
    def from_value(value: Any) -> DatasetSpec:
        """The spec of a dataset."""
        return DatasetSpec(value.element_spec)

    def _fits(self, other: Any) -> bool:
        return compatible(self._element_spec, other._element_spec)

    def __repr__(self) -> str:
        return f"DatasetSpec({self._element_spec!r}, {self._dataset_shape!r})"


class OptionalStructure(Structure):
    """Optionals: values that may be missing."""

    def __init__(self, value_structure: Any) -> None:
        self._value_structure = value_structure

    @property
    def value_type(self) -> Any:
        """The class of optionals."""
        return tf.data.experimental.Optional

    def most_specific_compatible_type(self, other: Any) -> OptionalStructure:
        """What both have in common."""
        return OptionalStructure(nest.mapped(common, self._value_structure, other._value_structure))

    @staticmethod
    def from_value(value: Any) -> OptionalStructure:
        """The structure of an optional."""
        return OptionalStructure(value.value_structure)

    def _fits(self, other: Any) -> bool:
        return compatible(self._value_structure, other._value_structure)

    def __repr__(self) -> str:
        return f"OptionalStructure({self._value_structure!r})"


def spec_of(value: Any) -> Any:
    """The spec of one leaf."""
    if isinstance(value, tf.SparseTensor):
        return tf.SparseTensorSpec(value.shape, value.dtype)
    if isinstance(value, tf.data.Dataset):
        return DatasetSpec.from_value(value)
    if isinstance(value, tf.data.experimental.Optional):
        return OptionalStructure.from_value(value)
    return tf.TensorSpec(value.shape, value.dtype)


def specs_of(structure: Any) -> Any:
    """The specs of a structure of leaves."""
    return nest.mapped(spec_of, structure)


def is_plain(spec: Any) -> bool:
    """Whether the leaf is a tensor."""
    return isinstance(spec, tf.TensorSpec)


def is_sparse(spec: Any) -> bool:
    """Whether the leaf is a sparse tensor."""
    return isinstance(spec, tf.SparseTensorSpec)


def flat_types(specs: Any) -> list:
    """The dtypes of the tensors that travel through the graph."""
    return [spec.dtype if is_plain(spec) else tf.variant for spec in nest.flatten(specs)]


def flat_shapes(specs: Any) -> list:
    """The shapes of the tensors that travel through the graph."""
    return [
        spec.shape if is_plain(spec) else tf.TensorShape(None if is_sparse(spec) else [])
        for spec in nest.flatten(specs)
    ]


def flat_arguments(specs: Any) -> dict[str, list]:
    """The attributes of an op whose output has elements of these specs."""
    return {"output_types": flat_types(specs), "output_shapes": flat_shapes(specs)}


def to_tensors(structure: Any) -> list:
    """The tensors that stand for the leaves."""
    return [_to_tensor(leaf) for leaf in nest.flatten(structure)]


def _to_tensor(leaf: Any) -> Any:
    if isinstance(leaf, tf.SparseTensor):
        return tf.raw_ops.SparseToVariant(
            sparse_indices=leaf.indices, sparse_values=leaf.values, sparse_shape=leaf.dense_shape
        )
    if isinstance(leaf, tf.data.Dataset | tf.data.experimental.Optional):
        return leaf._variant_tensor
    return leaf


def from_tensors(specs: Any, tensors: list) -> Any:
    """The leaves that the tensors stand for, in their structure."""
    pairs = zip(nest.flatten(specs), tensors, strict=True)
    return nest.pack(specs, (_from_tensor(spec, tensor) for spec, tensor in pairs))


def _from_tensor(spec: Any, tensor: Any) -> Any:
    if is_sparse(spec):
        rank = spec.shape.ndims
        parts = tf.raw_ops.VariantToSparse(serialized_sparse=tensor, dtype=spec.dtype, rank=rank)
        return tf.SparseTensor(*parts)
    if isinstance(spec, DatasetSpec):
        from .dataset import DatasetV1Adapter

        return DatasetV1Adapter(tensor, spec._element_spec)
    if isinstance(spec, OptionalStructure):
        from .optional import made

        return made(tensor, spec._value_structure)
    if tensor.shape.ndims is None or not tensor.shape.is_fully_defined():
        tensor.set_shape(spec.shape)
    return tensor


def rows_tensor(leaf: Any) -> Any:
    """The tensor whose rows stand for the rows of the leaf."""
    if isinstance(leaf, tf.SparseTensor):
        return tf.raw_ops.SparseRowsToVariant(
            sparse_indices=leaf.indices, sparse_values=leaf.values, sparse_shape=leaf.dense_shape
        )
    if isinstance(leaf, tf.Tensor):
        return leaf
    raise TypeError(f"from_tensor_slices takes tensors and sparse tensors, not {leaf!r}.")


def normalized(element: Any) -> Any:
    """An element given by the user, its leaves as tensors (sparse tensors and datasets as such)."""
    with tf.name_scope("normalize_element"):
        leaves = []
        for i, leaf in enumerate(nest.flatten(element)):
            if isinstance(leaf, tf.SparseTensorValue):
                leaf = tf.SparseTensor.from_value(leaf)
            if not isinstance(
                leaf, tf.SparseTensor | tf.data.Dataset | tf.data.experimental.Optional
            ):
                leaf = tf.convert_to_tensor(leaf, name=f"component_{i}")
            leaves.append(leaf)
    return nest.pack(element, leaves)


# How specs change.


def with_shape(spec: Any, shape: Any) -> Any:
    """The spec with another shape."""
    if is_plain(spec):
        return tf.TensorSpec(shape, spec.dtype)
    if is_sparse(spec):
        return tf.SparseTensorSpec(shape, spec.dtype)
    if isinstance(spec, DatasetSpec):
        return DatasetSpec(spec._element_spec, shape)
    return spec


def shape_of(spec: Any) -> Any:
    """The shape of leaves of a spec."""
    return (
        spec._dataset_shape
        if isinstance(spec, DatasetSpec)
        else getattr(spec, "shape", tf.TensorShape([]))
    )


def batched(specs: Any, size: int | None) -> Any:
    """The specs of batches."""
    return nest.mapped(
        lambda spec: with_shape(spec, tf.TensorShape([size]).concatenate(shape_of(spec))), specs
    )


def unbatched(specs: Any) -> Any:
    """The specs of the rows of batches."""

    def row(spec: Any) -> Any:
        shape = shape_of(spec)
        return with_shape(spec, shape if shape.ndims is None else shape[1:])

    return nest.mapped(row, specs)


def common(first: Any, second: Any) -> Any:
    """The most specific spec that both fit."""
    if not is_plain(first) and not is_sparse(first):
        return first.most_specific_compatible_type(second)
    return with_shape(first, common_shape(shape_of(first), shape_of(second)))


def common_shape(first: Any, second: Any) -> Any:
    """The most specific shape that both fit."""
    if first.ndims is None or first.ndims != second.ndims:
        return tf.TensorShape(None)
    return tf.TensorShape(
        [a if a == b else None for a, b in zip(first.as_list(), second.as_list(), strict=True)]
    )


def compatible(first: Any, second: Any) -> bool:
    """Whether elements of both specs may stand at one place."""
    if not nest.same(first, second):
        return False
    pairs = zip(nest.flatten(first), nest.flatten(second), strict=True)
    return all(_leaf_compatible(a, b) for a, b in pairs)


def _leaf_compatible(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if is_plain(a) or is_sparse(a):
        return a.dtype == b.dtype and a.shape.is_compatible_with(b.shape)
    return a.is_compatible_with(b)


# The three structures in which programs of version 1 know the specs.


def legacy_types(specs: Any) -> Any:
    """Structure of dtypes."""
    return nest.mapped(lambda s: s.dtype if is_plain(s) or is_sparse(s) else s, specs)


def legacy_shapes(specs: Any) -> Any:
    """Structure of shapes."""
    return nest.mapped(lambda s: s.shape if is_plain(s) or is_sparse(s) else s, specs)


def legacy_classes(specs: Any) -> Any:
    """Structure of classes."""

    def kind(spec: Any) -> Any:
        if is_plain(spec):
            return tf.Tensor
        return tf.SparseTensor if is_sparse(spec) else spec

    return nest.mapped(kind, specs)


def from_legacy(types: Any, shapes: Any, classes: Any) -> Any:
    """The specs of dtypes, shapes (None: unknown) and classes (None: tensors)."""
    flat = nest.flatten(types)
    if shapes is None:
        all_shapes: list = [tf.TensorShape(None)] * len(flat)
    else:
        all_shapes = shapes_like(types, shapes)
    all_classes = [tf.Tensor] * len(flat) if classes is None else nest.flatten(classes)
    leaves: list[Any] = []
    for dtype, shape, kind in zip(flat, all_shapes, all_classes, strict=True):
        if isinstance(dtype, Structure):
            leaves.append(dtype)
        elif kind is tf.SparseTensor:
            leaves.append(tf.SparseTensorSpec(shape, tf.as_dtype(dtype)))
        else:
            leaves.append(tf.TensorSpec(shape, tf.as_dtype(dtype)))
    return nest.pack(types, leaves)


def shapes_like(structure: Any, shapes: Any) -> list:
    """The shape at each leaf of `structure`, given as a TensorShape, a list or tuple, or None."""
    if isinstance(structure, dict):
        return [s for key in sorted(structure) for s in shapes_like(structure[key], shapes[key])]
    if isinstance(structure, tuple):
        if not isinstance(shapes, tuple | list) or len(shapes) != len(structure):
            nest.assert_same(structure, shapes)
        pairs = zip(structure, shapes, strict=True)
        return [s for part, shape in pairs for s in shapes_like(part, shape)]
    return [shapes if isinstance(shapes, Structure) else tf.TensorShape(shapes)]
