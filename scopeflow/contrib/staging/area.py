"""`StagingArea`, and what it has in common with one of keys."""

from __future__ import annotations

from contextlib import nullcontext
from typing import Any

import scopeflow as tf


class BaseStagingArea:
    """The elements' types, shapes and names, and the limits of how many there may be.

    `capacity` is the most elements, `memory_limit` the most bytes; 0 is no limit. Areas of one
    `shared_name` share their elements. ValueError for negative limits, and unless `shapes` and
    `names`, where given, are as many as `dtypes`.
    """

    def __init__(
        self, dtypes: Any, shapes: Any = None, names: Any = None, shared_name: Any = None,
        capacity: int = 0, memory_limit: int = 0,
    ) -> None:  # fmt: skip
        kind = type(self).__name__
        self._name = shared_name or tf.get_default_graph().unique_name(kind)
        self._dtypes = [tf.as_dtype(d) for d in dtypes]
        for what, given in (("shapes", shapes), ("names", names)):
            if given is not None and len(given) != len(self._dtypes):
                raise ValueError(f"StagingArea {what} must be the same length as dtypes")
        if capacity < 0 or memory_limit < 0:
            raise ValueError("capacity and memory_limit must be 0 or more")
        self._shapes = [tf.TensorShape(s) for s in shapes or [None] * len(self._dtypes)]
        self._names = list(names) if names is not None else None
        self._capacity, self._memory_limit = capacity, memory_limit
        with tf.name_scope(f"{self._name}_root"):
            self._place = tf.no_op()

    @property
    def name(self) -> str:
        """The name of the area."""
        return self._name

    @property
    def dtypes(self) -> list:
        """The dtypes of an element's tensors."""
        return self._dtypes

    @property
    def shapes(self) -> list:
        """Their shapes."""
        return self._shapes

    @property
    def names(self) -> list | None:
        """Their names, or None."""
        return self._names

    @property
    def capacity(self) -> int:
        """How many elements there may be; 0 is no limit."""
        return self._capacity

    @property
    def memory_limit(self) -> int:
        """How many bytes they may have; 0 is no limit."""
        return self._memory_limit

    def _add(self, op_type: str, name: str | None, what: str, **arguments: Any) -> Any:
        """An op of this area, named after it; what takes nothing out stands with the area."""
        taking = what in ("get", "get_nokey", "peek", "pop")
        with nullcontext() if taking else tf.colocate_with(self._place):
            return getattr(tf.raw_ops, op_type)(
                **arguments, capacity=self._capacity, memory_limit=self._memory_limit,
                shared_name=self._name, name=name or f"{self._name}_{what}",
            )  # fmt: skip

    def _given(self, values: Any, indices: Any) -> tuple[list, list[int]]:
        """Tensors to put in, and which of an element's they are."""
        if isinstance(values, dict):
            if self._names is None:
                raise ValueError("Staging areas must have names to enqueue a dictionary")
            if not set(values) <= set(self._names):
                raise ValueError(f"values must be a dict with the keys {self._names}")
            indices = sorted(self._names.index(name) for name in values)
            values = [values[self._names[i]] for i in indices]
        else:
            if self._names is not None:
                raise ValueError(
                    "You must enqueue a dictionary in a staging area with names: a dict with the "
                    f"keys {self._names}"
                )
            values = list(values) if isinstance(values, list | tuple) else [values]
            if indices is None:
                raise ValueError("Indices must be supplied when inserting a list of tensors")
            indices = list(indices)
            if len(indices) != len(values):
                raise ValueError(
                    f"Number of indices {len(indices)} doesn't match number of values {len(values)}"
                )
        tensors = []
        for i, value in zip(indices, values):
            dtype = self._dtypes[i]
            if not isinstance(value, tf.Tensor | tf.Variable):
                value = tf.convert_to_tensor(value, dtype)
            if value.dtype.base_dtype != dtype:
                raise ValueError(f"Datatypes do not match. {value.dtype!r} != {dtype!r}")
            value.shape.assert_is_compatible_with(self._shapes[i])
            tensors.append(value)
        return tensors, indices

    def _taken(self, values: Any, indices: list[int]) -> Any:
        """What an op gives out: a list, or with names a dict."""
        for value, i in zip(values, indices):
            value.set_shape(self._shapes[i])
        if self._names is not None:
            return {self._names[i]: value for i, value in zip(indices, values)}
        return list(values)


class StagingArea(BaseStagingArea):
    """Keeps what `put` gives it until `get` takes it: the oldest first.

    `put` waits while `capacity` elements (or `memory_limit` bytes) are in, `get` while none is.
    """

    def put(self, values: Any, name: str | None = None) -> tf.Operation:
        """An op that adds an element: a list of tensors, or with `names` a dict."""
        if not isinstance(values, dict | list | tuple):
            values = [values]
        if len(values) != len(self._dtypes):
            raise ValueError(
                f"Unexpected number of inputs '{len(values)}' vs '{len(self._dtypes)}'"
            )
        return self._add(
            "Stage", name, "put", values=self._given(values, range(len(self._dtypes)))[0]
        )

    def get(self, name: str | None = None) -> Any:
        """Take the oldest element: a list of tensors, or with `names` a dict."""
        found = self._add("Unstage", name, "get", dtypes=self._dtypes)
        return self._taken(found, list(range(len(self._dtypes))))

    def peek(self, index: Any, name: str | None = None) -> Any:
        """The element at a place, 0 being the oldest, which stays; waits until there is one."""
        found = self._add("StagePeek", name, "peek", index=index, dtypes=self._dtypes)
        return self._taken(found, list(range(len(self._dtypes))))

    def size(self, name: str | None = None) -> Any:
        """How many elements there are."""
        return self._add("StageSize", name, "size", dtypes=self._dtypes)

    def clear(self, name: str | None = None) -> tf.Operation:
        """An op that forgets all elements."""
        return self._add("StageClear", name, "clear", dtypes=self._dtypes)
