"""Slots: the variables that an optimizer keeps beside each variable that it trains."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any

import scopeflow as tf


def create_slot(primary: Any, val: Any, name: str, colocate_with_primary: bool = True) -> Any:
    """A slot of `primary` with initial value `val`, named `<primary>/<name>`.

    It stands with the primary and on its device, unless `colocate_with_primary` is False.
    """
    with tf.variable_scope(None, f"{primary.op.name}/{name}"):
        with _beside(primary, colocate_with_primary):
            return _slot(primary, val, None, None)


def create_slot_with_initializer(
    primary: Any,
    initializer: Any,
    shape: Any,
    dtype: Any,
    name: str,
    colocate_with_primary: bool = True,
) -> Any:
    """A slot of `primary` made by `initializer`, of any shape and dtype."""
    with tf.variable_scope(None, f"{primary.op.name}/{name}"):
        with _beside(primary, colocate_with_primary):
            return _slot(primary, initializer, shape, dtype)


def create_zeros_slot(
    primary: Any, name: str, dtype: Any = None, colocate_with_primary: bool = True
) -> Any:
    """A slot of zeros in the shape of `primary`."""
    wanted = primary.dtype.base_dtype if dtype is None else dtype
    shape = primary.get_shape()
    if shape.is_fully_defined():
        zeros = tf.zeros_initializer()
        return create_slot_with_initializer(
            primary, zeros, shape, wanted, name, colocate_with_primary
        )
    start = primary if isinstance(primary, tf.Tensor) else primary.initialized_value()
    value = tf.zeros(tf.shape(start), dtype=wanted)
    return create_slot(primary, value, name, colocate_with_primary)


def _beside(primary: Any, wanted: bool) -> AbstractContextManager[None]:
    return primary.graph.colocate_with(primary) if wanted else nullcontext()


def _slot(primary: Any, initializer: Any, shape: Any, dtype: Any) -> Any:
    # The name is the scope's own: an empty last part ("v/Adam/") means exactly "v/Adam".
    known = initializer.get_shape() if isinstance(initializer, tf.Tensor) else shape
    scope = tf.get_variable_scope()
    partitioner = scope.partitioner
    scope.set_partitioner(None)  # a part's slot is not split again
    made = tf.get_variable(
        "",
        shape=shape,
        dtype=dtype,
        initializer=initializer,
        trainable=False,
        use_resource=(
            not primary.dtype._is_ref_dtype if isinstance(primary, tf.Variable) else None
        ),
        validate_shape=known is None or known.is_fully_defined(),
    )
    scope.set_partitioner(partitioner)
    info = getattr(primary, "_save_slice_info", None)
    if info is not None and made.get_shape() == primary.get_shape():
        # A part's slot is a part of the whole's slot: checkpoints have "w/Adam" for all parts.
        # In an outer scope the slot's name begins otherwise; TensorFlow cuts as many letters off.
        own = made.op.name[len(primary.op.name) + 1 :]
        made._set_save_slice_info(
            type(info)(f"{info.full_name}/{own}", info.full_shape, info.var_offset, info.var_shape)
        )
    return made
