"""`MapStagingArea`: elements that wait under keys."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .area import BaseStagingArea


class MapStagingArea(BaseStagingArea):
    """Keeps elements under int64 keys until `get` takes them.

    The tensors of an element may be put in, and be taken, one after the other; it can be taken once
    it has all of them. Without a key `get` gives the first one: with `ordered` that of the smallest
    key. `put` waits while `capacity` elements (or `memory_limit` bytes) are in.
    """

    def __init__(
        self, dtypes: Any, shapes: Any = None, names: Any = None, shared_name: Any = None,
        ordered: bool = False, capacity: int = 0, memory_limit: int = 0,
    ) -> None:  # fmt: skip
        super().__init__(dtypes, shapes, names, shared_name, capacity, memory_limit)
        self._prefix = "OrderedMap" if ordered else "Map"

    def _chosen(self, indices: Any) -> list[int]:
        """Which of an element's tensors are meant: all, unless `indices` or names are given."""
        if indices is None:
            return list(range(len(self._dtypes)))
        if any(isinstance(i, str) for i in indices):
            if self._names is None:
                raise ValueError(
                    f"String indices provided {indices!r}, but this Staging Area was not created "
                    "with names."
                )
            return [self._names.index(name) for name in indices]
        return list(indices)

    def put(
        self, key: Any, vals: Any, indices: Any = None, name: str | None = None
    ) -> tf.Operation:
        """An op that sets tensors of the element under `key`: a dict of them, by name, or a list.

        `indices` tell which of the element's those of a list are.
        """
        values, indices = self._given(vals, indices)
        return self._add(
            f"{self._prefix}Stage", name, "put",
            key=tf.convert_to_tensor(key, tf.int64), indices=indices, values=values,
            dtypes=self._dtypes,
        )  # fmt: skip

    def get(self, key: Any = None, indices: Any = None, name: str | None = None) -> tuple:
        """(key, tensors) of the element under `key`, or of the first one; they are then gone.

        `indices` (numbers or names) choose some of the tensors, the others stay.
        """
        chosen = self._chosen(indices)
        dtypes = [self._dtypes[i] for i in chosen]
        if key is None:
            found = self._add(
                f"{self._prefix}UnstageNoKey", name, "get_nokey", indices=chosen, dtypes=dtypes
            )
            return found[0], self._taken(found[1], chosen)
        key = tf.convert_to_tensor(key, tf.int64)
        found = self._add(
            f"{self._prefix}Unstage", name, "get", key=key, indices=chosen, dtypes=dtypes
        )
        return key, self._taken(found, chosen)

    def peek(self, key: Any, indices: Any = None, name: str | None = None) -> Any:
        """The tensors of the element under `key`, which stay; waits until it has all of them."""
        chosen = self._chosen(indices)
        found = self._add(
            f"{self._prefix}Peek", name, "pop",
            key=tf.convert_to_tensor(key, tf.int64), indices=chosen,
            dtypes=[self._dtypes[i] for i in chosen],
        )  # fmt: skip
        return self._taken(found, chosen)

    def size(self, name: str | None = None) -> Any:
        """How many elements have all their tensors."""
        return self._add(f"{self._prefix}Size", name, "size", dtypes=self._dtypes)

    def incomplete_size(self, name: str | None = None) -> Any:
        """How many elements lack some."""
        return self._add(
            f"{self._prefix}IncompleteSize", name, "incomplete_size", dtypes=self._dtypes
        )

    def clear(self, name: str | None = None) -> tf.Operation:
        """An op that forgets all elements."""
        return self._add(f"{self._prefix}Clear", name, "clear", dtypes=self._dtypes)
