"""What a session holds beside its variables, and how it is made."""

from __future__ import annotations

from typing import Any, NamedTuple

import scopeflow as tf

_KEY, _LOCAL_KEY = "resources", "local_resources"


class _Resource(NamedTuple):
    """A resource, the op that makes it, and whether it is made."""

    handle: Any
    create: Any
    is_initialized: Any


def _noted(key: str) -> list:
    """What a collection has; plain tuples, as other programs note them, with names."""
    return [
        _Resource(*entry) if type(entry) is tuple else entry for entry in tf.get_collection(key)
    ]


def register_resource(
    handle: Any, create_op: Any, is_initialized_op: Any, is_shared: bool = True
) -> None:
    """Note something that `initialize_resources` has to make."""
    entry = _Resource(handle, create_op, is_initialized_op)
    tf.add_to_collection(_KEY if is_shared else _LOCAL_KEY, entry)


def shared_resources() -> list:
    """What was noted as shared."""
    return _noted(_KEY)


def local_resources() -> list:
    """What was noted as local."""
    return _noted(_LOCAL_KEY)


def initialize_resources(resource_list: Any, name: str = "init") -> Any:
    """An op that makes all of them."""
    made = [entry[1] if isinstance(entry, tuple) else entry.create for entry in resource_list]
    return tf.group(*made, name=name) if made else tf.no_op(name=name)


def report_uninitialized_resources(
    resource_list: Any = None, name: str = "report_uninitialized_resources"
) -> Any:
    """The names of the resources that are not made yet: of shared and local ones."""
    entries = shared_resources() + local_resources() if resource_list is None else resource_list
    if not entries:
        with tf.name_scope(name):
            return tf.constant([], tf.string)
    missing = tf.logical_not(tf.stack([tf.reshape(entry[2], []) for entry in entries]))
    names = tf.constant([entry[0].name for entry in entries])
    return tf.boolean_mask(names, missing, name=name)
