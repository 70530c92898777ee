"""`StagingArea`."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

_NO_LIMIT = 2**31 - 1


class StagingArea:
    """Keeps what `put` gives it until `get` takes it: the oldest first.

    `put` waits while `capacity` elements are in (0: no limit), `get` while none is. `memory_limit`
    and `shared_name` are accepted without effect.
    """

    def __init__(
        self, dtypes: Any, shapes: Any = None, names: Any = None, shared_name: Any = None,
        capacity: int = 0, memory_limit: int = 0,
    ) -> None:  # fmt: skip
        self._dtypes = [tf.as_dtype(d) for d in dtypes]
        if shapes is not None and len(shapes) != len(self._dtypes):
            raise ValueError("StagingArea shapes must be the same length as dtypes")
        if names is not None and len(names) != len(self._dtypes):
            raise ValueError("StagingArea names must be the same length as dtypes")
        if capacity < 0 or memory_limit < 0:
            raise ValueError("capacity and memory_limit must be 0 or more")
        self._shapes = [tf.TensorShape(s) for s in shapes or [None] * len(self._dtypes)]
        self._names = list(names) if names is not None else None
        self._capacity, self._memory_limit = capacity, memory_limit
        known = all(shape.is_fully_defined() for shape in self._shapes)
        with tf.init_scope() if hasattr(tf, "init_scope") else tf.name_scope(None):
            self._queue = tf.FIFOQueue(
                capacity or _NO_LIMIT, self._dtypes, self._shapes if known else None,
                name="StagingArea",
            )  # fmt: skip

    @property
    def name(self) -> str:
        """The name of the area."""
        return self._queue.name

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
        """What was given."""
        return self._memory_limit

    def put(self, values: Any, name: str | None = None) -> tf.Operation:
        """An op that adds an element: a list of tensors, or with `names` a dict."""
        if self._names is not None:
            if not isinstance(values, dict) or values.keys() != set(self._names):
                raise ValueError(f"values must be a dict with the keys {self._names}")
            values = [values[n] for n in self._names]
        elif isinstance(values, dict):
            raise ValueError("values must be a list: the StagingArea has no names")
        if not isinstance(values, list | tuple):
            values = [values]
        if len(values) != len(self._dtypes):
            raise ValueError(f"Unexpected number of inputs {len(values)} vs {len(self._dtypes)}")
        return self._queue.enqueue(list(values), name=name)

    def _given(self, values: Any) -> Any:
        values = list(values) if isinstance(values, list | tuple) else [values]
        for value, shape in zip(values, self._shapes):
            value.set_shape(shape)
        if self._names is not None:
            return dict(zip(self._names, values))
        return values

    def get(self, name: str | None = None) -> Any:
        """Take the oldest element: a list of tensors, or with `names` a dict."""
        return self._given(self._queue.dequeue(name=name))

    def peek(self, index: Any, name: str | None = None) -> Any:
        """Raises NotImplementedError: the elements are in a queue, which gives them out once."""
        raise NotImplementedError(
            "StagingArea.peek(): an element is seen only by taking it. Call get(), and put() what "
            "is to stay."
        )

    def size(self, name: str | None = None) -> Any:
        """How many elements there are."""
        return self._queue.size(name)

    def clear(self, name: str | None = None) -> tf.Operation:
        """An op that takes all elements out."""
        count = self._queue.size()
        taken = (
            self._queue.dequeue_many(count)
            if all(s.is_fully_defined() for s in self._shapes)
            else None
        )
        if taken is None:
            raise NotImplementedError(
                "StagingArea.clear(): needs an area whose `shapes` are given and known."
            )
        return tf.group(*(taken if isinstance(taken, list | tuple) else [taken]), name=name)
