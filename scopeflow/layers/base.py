"""`tf.layers.Layer`: a Keras layer whose variables are those of variable scopes."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import scopeflow as tf

_NOT_COPIED = ("_scope", "_always_reuse_variable_scope", "_current_scope", "_graph", "_cell_scope")


class Layer(tf.keras.layers.Layer):
    """Weights and the computation that uses them, in a variable scope of the layer's own.

    The scope is opened by the first call: the layer's name in the current scope, or the class's
    name made unique (`dense`, `dense_1`), or the call's `scope` argument. The weights come from
    `tf.get_variable`: reuse, custom getters, partitioners, initializers and regularizers of the
    scope hold for them. Losses join the collection REGULARIZATION_LOSSES, updates UPDATE_OPS.
    Subclasses make their weights in `build` with `add_weight` and compute in `call`.

    `_scope` (a name or VariableScope) and `_reuse` say at construction which scope it is, and
    whether its variables are there already.
    """

    _tracks_layers = False

    def __init__(
        self, trainable: bool = True, name: str | None = None, dtype: Any = None, **kwargs: Any
    ) -> None:
        scope = kwargs.pop("_scope", None)
        self._reuse = kwargs.pop("_reuse", None)
        self._scope: Any = None
        self._graph: Any = None
        super().__init__(trainable=trainable, name=name, dtype=dtype, **kwargs)
        if scope is not None:
            with tf.variable_scope(scope) as captured:
                self._scope = captured

    def _own_name(self, name: str | None) -> str:
        self._base_name = name or self._class_name()
        return name or self._numbered_name(self._base_name)

    def _track(self, value: Any) -> None:
        """Only what `add_weight` made is the layer's own."""

    @property
    def graph(self) -> Any:
        """The graph of the first call; None before."""
        return self._graph

    @property
    def scope_name(self) -> str:
        """The name of the layer's variable scope. ValueError before the first call."""
        if self._scope is None:
            raise ValueError(
                f'No name available for layer scope because the layer "{self._name}" has not been '
                "used yet. The scope name  is determined the first time the layer instance is "
                "called. You must therefore call the layer before querying `scope_name`."
            )
        return self._scope.name

    def _set_scope(self, scope: Any = None) -> None:
        """Settle the variable scope, if it is not: `scope`, or the layer's name."""
        if self._scope is not None:
            return
        if self._reuse:
            opened = tf.variable_scope(scope if scope is not None else self._base_name)
        else:
            opened = tf.variable_scope(scope, default_name=self._base_name)
        with opened as captured:
            self._scope = captured

    def _name_scope(self) -> str:
        return self._current_scope.original_name_scope

    @contextmanager
    def _in_scope(self, reuse: Any) -> Iterator[Any]:
        scope = tf.variable_scope(self._scope, reuse=reuse, auxiliary_name_scope=False)
        with scope as self._current_scope:
            yield self._current_scope

    def __call__(self, inputs: Any, *args: Any, **kwargs: Any) -> Any:
        scope = kwargs.pop("scope", None)
        if self._graph is None:
            self._graph = tf.get_default_graph()
        self._set_scope(scope)
        tf.get_collection_ref(tf.GraphKeys.UPDATE_OPS)
        with self._in_scope(True if self.built else self._reuse) as current:
            if self._takes_scope():
                kwargs["scope"] = current
            return super().__call__(inputs, *args, **kwargs)

    def add_weight(
        self,
        name: str,
        shape: Any,
        dtype: Any = None,
        initializer: Any = None,
        regularizer: Any = None,
        trainable: bool | None = None,
        constraint: Any = None,
        use_resource: bool | None = None,
        synchronization: Any = tf.VariableSynchronization.AUTO,
        aggregation: Any = tf.VariableAggregation.NONE,
        partitioner: Any = None,
        **kwargs: Any,
    ) -> Any:
        """`tf.get_variable` in the layer's scope, noted among the layer's weights.

        The dtype is the layer's, unless given. With `trainable=False`, or in a layer that is not
        trainable, the variable is not trained.
        """
        for key in kwargs:
            if key != "experimental_autocast":
                raise TypeError("Unknown keyword argument:", key)
        self._set_scope(None)
        before = {id(v) for v in tf.global_variables()}
        penalty = tf.keras.regularizers.get(regularizer)
        with self._in_scope(self.built or self._reuse), tf.name_scope(self._name_scope()):
            variable = super().add_weight(
                name, shape, dtype, initializer, None, trainable, constraint, partitioner,
                use_resource, synchronization, aggregation, getter=tf.get_variable,
            )  # fmt: skip
            for piece in _pieces(variable):
                if penalty is not None and id(piece) not in before:
                    self._regularize(name, piece, penalty)
        return variable

    def _regularize(self, name: str, variable: Any, regularizer: Any) -> None:
        """The penalty of a new variable."""
        super()._regularize(name, variable, regularizer)
        with tf.name_scope(name + "/Regularizer"):
            loss = regularizer(variable)
        if loss is not None:
            tf.add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES, loss)

    def _new_losses(self, losses: Any) -> list:
        made = [loss() if callable(loss) else loss for loss in tf.nest.flatten(losses)]
        added = super()._new_losses(made)
        for loss in added:
            tf.add_to_collection(tf.GraphKeys.REGULARIZATION_LOSSES, loss)
        return added

    def _new_updates(self, updates: Any) -> list:
        added = super()._new_updates(updates)
        for update in added if self.trainable or self.stateful else ():
            tf.add_to_collection(tf.GraphKeys.UPDATE_OPS, update)
        return added

    def __deepcopy__(self, memo: dict) -> Any:
        new = memo[id(self)] = object.__new__(type(self))
        for name, value in self.__dict__.items():
            shared = name in _NOT_COPIED
            object.__setattr__(new, name, value if shared else copy.deepcopy(value, memo))
        return new


def _pieces(variable: Any) -> list:
    """The parts of a partitioned variable; another variable alone."""
    parts = getattr(variable, "_get_variable_list", None)
    return parts() if parts else [variable]
