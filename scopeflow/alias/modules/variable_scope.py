"""tensorflow.python.ops.variable_scope: what it has beside `tf`."""

from __future__ import annotations

from typing import Any

import scopeflow as tf
from scopeflow.scopes.slice_info import PartitionInfo as _PartitionInfo
from scopeflow.scopes.store import VariableStore, store_of

__all__ = ["_PartitionInfo"]


class _VariableStore:
    """The variables that `get_variable` has made in the graph, by full names."""

    def __init__(self, store: VariableStore) -> None:
        self._store = store

    @property
    def _vars(self) -> dict[str, Any]:
        return self._store.variables

    @property
    def _partitioned_vars(self) -> dict[str, Any]:
        return self._store.partitioned

    def get_variable(
        self, name: str, shape: Any = None, dtype: Any = tf.float32, initializer: Any = None,
        regularizer: Any = None, reuse: Any = None, *args: Any, **kwargs: Any,
    ) -> Any:  # fmt: skip
        """The variable of that full name: without `reuse` it is made where there is none."""
        root = tf.VariableScope(tf.AUTO_REUSE if reuse is None else reuse)
        return root.get_variable(
            self._store, name, shape, dtype, initializer, regularizer,
            tf.AUTO_REUSE if reuse is None else reuse, *args, **kwargs,
        )  # fmt: skip


def _get_default_variable_store() -> _VariableStore:
    return _VariableStore(store_of(tf.get_default_graph()))
