"""tf.data.experimental.Optional: a value that may be missing."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from . import structure


class Optional:
    """A value, or the knowledge that there is none: what `get_next_as_optional` returns."""

    _variant_tensor: Any
    _specs: Any

    def has_value(self, name: Any = None) -> Any:
        """Whether there is a value, as a tensor."""
        return tf.raw_ops.OptionalHasValue(optional=self._variant_tensor, name=name)

    def get_value(self, name: Any = None) -> Any:
        """The value. Running it raises InvalidArgumentError where there is none."""
        with tf.name_scope(name, "OptionalGetValue", [self._variant_tensor]) as scope:
            outputs = tf.raw_ops.OptionalGetValue(
                optional=self._variant_tensor,
                name=scope,
                **structure.flat_arguments(self._specs),
            )
        return structure.from_tensors(self._specs, outputs)

    @property
    def value_structure(self) -> Any:
        """What the value is."""
        return self._specs

    @staticmethod
    def from_value(value: Any) -> Optional:
        """An optional that has the value."""
        with tf.name_scope("optional"):
            element = structure.normalized(value)
            variant = tf.raw_ops.OptionalFromValue(components=structure.to_tensors(element))
        return made(variant, structure.specs_of(element))

    @staticmethod
    def none_from_structure(value_structure: Any) -> Optional:
        """An optional without a value."""
        return made(tf.raw_ops.OptionalNone(), value_structure)


def made(variant: Any, specs: Any) -> Optional:
    """The optional that a tensor holds."""
    found = Optional()
    found._variant_tensor, found._specs = variant, specs
    return found


def get_next_as_optional(iterator: Any) -> Optional:
    """The iterator's next element; an optional without a value at its end."""
    variant = tf.raw_ops.IteratorGetNextAsOptional(
        iterator=iterator._iterator_resource, **structure.flat_arguments(iterator.element_spec)
    )
    return made(variant, iterator.element_spec)
