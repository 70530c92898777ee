"""Iterators: where a graph draws elements from a dataset."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from . import nest, structure


class Iterator:
    """Draws the elements of a dataset: each run of what `get_next` returned takes the next one."""

    def __init__(
        self,
        iterator_resource: Any,
        initializer: Any,
        output_types: Any,
        output_shapes: Any,
        output_classes: Any,
    ) -> None:
        self._begin(
            iterator_resource,
            initializer,
            structure.from_legacy(output_types, output_shapes, output_classes),
        )

    def _begin(self, resource: Any, initializer: Any, specs: Any) -> None:
        self._iterator_resource, self._initializer, self._specs = resource, initializer, specs
        self._handle = tf.raw_ops.IteratorToStringHandle(resource_handle=resource)

    @staticmethod
    def from_structure(
        output_types: Any,
        output_shapes: Any = None,
        shared_name: Any = None,
        output_classes: Any = None,
    ) -> Iterator:
        """An iterator for several datasets of one structure: see `make_initializer`."""
        specs = structure.from_legacy(output_types, output_shapes, output_classes)
        resource = tf.raw_ops.IteratorV2(
            shared_name=shared_name or "", container="", **structure.flat_arguments(specs)
        )
        return _iterator(resource, None, specs)

    @staticmethod
    def from_string_handle(
        string_handle: Any,
        output_types: Any,
        output_shapes: Any = None,
        output_classes: Any = None,
    ) -> Iterator:
        """The iterator that a string stands for (see `string_handle`), which may be fed."""
        specs = structure.from_legacy(output_types, output_shapes, output_classes)
        handle = tf.convert_to_tensor(string_handle, tf.string)
        resource = tf.raw_ops.IteratorFromStringHandleV2(
            string_handle=handle, **structure.flat_arguments(specs)
        )
        return _iterator(resource, None, specs)

    @property
    def initializer(self) -> Any:
        """The op that lets the iterator begin. ValueError where it has none of its own."""
        if self._initializer is None:
            raise ValueError("Iterator does not have an initializer.")
        return self._initializer

    def make_initializer(self, dataset: Any, name: Any = None) -> Any:
        """An op that lets the iterator begin at the start of `dataset`."""
        with tf.name_scope(name, "make_initializer") as scope:
            mine, other = self._specs, dataset.element_spec
            pairs = [
                structure.legacy_classes,
                structure.legacy_types,
                structure.legacy_shapes,
            ]
            for part, what in zip(
                pairs, ("classes", "types", "shapes compatible with"), strict=True
            ):
                expected, found = part(mine), part(other)
                nest.assert_same(expected, found)
                if not _agree(expected, found, what):
                    raise TypeError(
                        f"Expected output {what} {expected!r} but got dataset with output "
                        f"{what.split()[0]} {found!r}."
                    )
            return tf.raw_ops.MakeIterator(
                dataset=dataset._variant_tensor, iterator=self._iterator_resource, name=scope
            )

    def get_next(self, name: Any = None) -> Any:
        """The next element as tensors. Running them at the end raises OutOfRangeError.

        Call it once, and use the tensors again and again: every call adds an op that draws.
        """
        outputs = tf.raw_ops.IteratorGetNext(
            iterator=self._iterator_resource, name=name, **structure.flat_arguments(self._specs)
        )
        return structure.from_tensors(self._specs, outputs)

    def string_handle(self, name: Any = None) -> Any:
        """A string tensor whose value stands for this iterator in its session."""
        if name is None:
            return self._handle
        return tf.raw_ops.IteratorToStringHandle(resource_handle=self._iterator_resource, name=name)

    @property
    def element_spec(self) -> Any:
        """The structure of an element, with a `tf.TensorSpec` (or its like) for each tensor."""
        return self._specs

    @property
    def output_types(self) -> Any:
        """The structure of an element, with dtypes."""
        return structure.legacy_types(self._specs)

    @property
    def output_shapes(self) -> Any:
        """The structure of an element, with static shapes."""
        return structure.legacy_shapes(self._specs)

    @property
    def output_classes(self) -> Any:
        """The structure of an element, with classes."""
        return structure.legacy_classes(self._specs)


def _iterator(resource: Any, initializer: Any, specs: Any) -> Iterator:
    found = object.__new__(Iterator)
    found._begin(resource, initializer, specs)
    return found


def _agree(expected: Any, found: Any, what: str) -> bool:
    for a, b in zip(nest.flatten(expected), nest.flatten(found), strict=True):
        if isinstance(a, structure.Structure):
            agreed = a.is_compatible_with(b)
        elif what.startswith("shapes"):
            agreed = a.is_compatible_with(b)
        else:
            agreed = a == b
        if not agreed:
            return False
    return True


def make_initializable_iterator(dataset: Any, shared_name: Any = None) -> Iterator:
    """An iterator over the dataset that begins when its `initializer` runs."""
    specs = dataset.element_spec
    resource = tf.raw_ops.IteratorV2(
        shared_name=shared_name or "", container="", **structure.flat_arguments(specs)
    )
    initializer = tf.raw_ops.MakeIterator(dataset=dataset._variant_tensor, iterator=resource)
    return _iterator(resource, initializer, specs)


def make_one_shot_iterator(dataset: Any) -> Iterator:
    """An iterator over the dataset that needs no initialization.

    ValueError where the dataset depends on a placeholder or on what is stateful.
    """
    _check_fixed(dataset._variant_tensor)
    specs = dataset.element_spec
    resource = tf.raw_ops.OneShotIterator(
        dataset=dataset._variant_tensor, **structure.flat_arguments(specs)
    )
    return _iterator(resource, None, specs)


_STATELESS = frozenset(("MatchingFiles", "Assert"))


def _check_fixed(tensor: Any) -> None:
    """ValueError where a value depends on a placeholder or on something stateful."""
    seen = set()
    waiting = [tensor.op]
    while waiting:
        op = waiting.pop()
        if op in seen:
            continue
        seen.add(op)
        if op.type in ("Placeholder", "PlaceholderV2"):
            raise ValueError(
                f"Cannot capture a placeholder (name:{op.name}, type:{op.type}) by value."
                "\nA one-shot iterator knows its dataset when it is made: use "
                "make_initializable_iterator(), and feed the placeholder to its initializer."
            )
        if op.op_def.stateful and op.type not in _STATELESS:
            raise ValueError(
                "Failed to create a one-shot iterator for a dataset. "
                "`Dataset.make_one_shot_iterator()` does not support datasets that capture "
                "stateful objects, such as a `Variable` or `LookupTable`. In these cases, use "
                "`Dataset.make_initializable_iterator()`. (Original error: Cannot capture a "
                f"stateful node (name:{op.name}, type:{op.type}) by value.)"
            )
        waiting += [t.op for t in op.inputs]


def get_output_types(dataset_or_iterator: Any) -> Any:
    """The structure of its elements, with dtypes."""
    return structure.legacy_types(dataset_or_iterator.element_spec)


def get_output_shapes(dataset_or_iterator: Any) -> Any:
    """The structure of its elements, with static shapes."""
    return structure.legacy_shapes(dataset_or_iterator.element_spec)


def get_output_classes(dataset_or_iterator: Any) -> Any:
    """The structure of its elements, with classes."""
    return structure.legacy_classes(dataset_or_iterator.element_spec)
