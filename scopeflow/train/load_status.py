"""What `tf.train.Checkpoint.restore` returns: whether all fits, and the ops that restore."""

from __future__ import annotations

import itertools
import weakref
from typing import Any

import scopeflow as tf

from .object_graph import ObjectGraph, Value, matched
from .object_saving import restore, restore_op, session_or_default
from .trackable import gathered

_restored: weakref.WeakKeyDictionary[Any, int] = weakref.WeakKeyDictionary()
"""By which call of `restore` a variable got its value: an earlier one leaves it alone then."""

_calls = itertools.count(1)


class LoadStatus:
    """What all have: each method that asserts something returns the status itself."""

    def __init__(self, root: Any) -> None:
        self._root = root
        self._call = next(_calls)

    def _is_later(self, value: Any) -> bool:
        """Whether a later `restore` gives the variable its value."""
        return isinstance(value, tf.Variable) and _restored.get(value, 0) > self._call

    def _run_initializers(self, objects: list[Any], session: Any) -> None:
        ops = [
            value.initializer
            for value in objects
            if getattr(value, "initializer", None) is not None and not self._is_later(value)
        ]
        session_or_default(session).run(ops)

    def _objects(self) -> list[Any]:
        """All objects of the program, with slot variables."""
        return ObjectGraph(self._root).objects

    def assert_consumed(self) -> LoadStatus:
        """AssertionError unless all of the checkpoint has its place and all objects have values."""
        raise NotImplementedError

    def assert_existing_objects_matched(self) -> LoadStatus:
        """AssertionError unless all objects of the program are in the checkpoint."""
        raise NotImplementedError

    def assert_nontrivial_match(self) -> LoadStatus:
        """AssertionError if the checkpoint has nothing of the program."""
        raise NotImplementedError

    def expect_partial(self) -> LoadStatus:
        """The status: that part of the checkpoint is not used is never warned of."""
        return self

    def run_restore_ops(self, session: Any = None) -> None:
        """Give the objects their values, in the session: the default one, or else Keras's."""
        raise NotImplementedError

    def initialize_or_restore(self, session: Any = None) -> None:
        """Give the objects their values, and initialize those that the checkpoint has not."""
        raise NotImplementedError


class InitializationOnlyStatus(LoadStatus):
    """There is no checkpoint: variables can be initialized."""

    def _nothing(self) -> LoadStatus:
        raise AssertionError("No checkpoint specified (save_path=None): nothing is restored.")

    assert_consumed = assert_existing_objects_matched = assert_nontrivial_match = _nothing

    def run_restore_ops(self, session: Any = None) -> None:
        """AssertionError: there is nothing to restore."""
        raise AssertionError(
            "No checkpoint specified (save_path=None): there are no ops that restore. "
            "initialize_or_restore runs the initializers."
        )

    def initialize_or_restore(self, session: Any = None) -> None:
        """Run the initializers of all variables."""
        self._run_initializers(self._objects(), session)


class ObjectStatus(LoadStatus):
    """A checkpoint of objects."""

    def __init__(self, root: Any, path: str, graph: Any, ops: dict) -> None:
        super().__init__(root)
        self._path, self._graph, self._ops = path, graph, ops
        self._op()  # now: later the graph may be finished

    def _op(self) -> Any:
        """The op that restores what matches by now."""
        values = []
        for number, found in matched(self._root, self._graph).items():
            own = gathered(found)
            for attribute in self._graph.nodes[number].attributes:
                if attribute.name in own and not self._is_later(found):
                    value = own[attribute.name]
                    if isinstance(found, tf.Variable):
                        _restored[found] = self._call
                    values.append(Value(found, attribute.name, attribute.checkpoint_key, value))
        key = tf.get_default_graph(), *((value.key, value.owner) for value in values)
        if key not in self._ops:
            self._ops[key] = restore_op(values)
        return self._ops[key]

    def _unmatched(self) -> list[Any]:
        found = {id(value) for value in matched(self._root, self._graph).values()}
        return [value for value in self._objects() if id(value) not in found]

    def assert_existing_objects_matched(self) -> LoadStatus:
        """AssertionError unless all objects of the program are in the checkpoint."""
        missing = self._unmatched()
        if missing:
            raise AssertionError(
                f"Some Python objects were not bound to checkpointed values: {missing} are not in "
                f"{self._path}."
            )
        return self

    def assert_nontrivial_match(self) -> LoadStatus:
        """AssertionError if the checkpoint has nothing of the program but the root."""
        if len(matched(self._root, self._graph)) <= 1 and len(self._graph.nodes) > 1:
            raise AssertionError(
                "Nothing except the root object matched a checkpointed value: the program and "
                f"{self._path} have no names in common. Not in the checkpoint: {self._unmatched()}."
            )
        return self

    def assert_consumed(self) -> LoadStatus:
        """AssertionError unless all values of the checkpoint have their place, and all objects
        are in the checkpoint."""
        found = matched(self._root, self._graph)
        for number, node in enumerate(self._graph.nodes):
            have = gathered(found[number]) if number in found else {}
            unused = [a.checkpoint_key for a in node.attributes if a.name not in have]
            if unused:
                raise AssertionError(f"Unresolved object in checkpoint: {unused} in {self._path}.")
        return self.assert_existing_objects_matched()

    def run_restore_ops(self, session: Any = None) -> None:
        """Give the objects their values, in the session: the default one, or else Keras's."""
        restore(self._op(), self._path, session_or_default(session))

    def initialize_or_restore(self, session: Any = None) -> None:
        """Give the objects their values, and initialize those that the checkpoint has not."""
        self.run_restore_ops(session)
        self._run_initializers(self._unmatched(), session)


class NameBasedStatus(LoadStatus):
    """A checkpoint of a `tf.train.Saver`: variables are found by their names."""

    def __init__(self, root: Any, path: str, reader: Any) -> None:
        super().__init__(root)
        self._path = path
        self._names = set(reader.get_variable_to_shape_map())

    def _variables(self) -> list[Any]:
        counter = getattr(self._root, "_save_counter", None)  # which a Saver knows nothing of
        return [v for v in self._objects() if isinstance(v, tf.Variable) and v is not counter]

    def assert_existing_objects_matched(self) -> LoadStatus:
        """AssertionError unless all variables of the program are in the checkpoint."""
        missing = [v for v in self._variables() if v.op.name not in self._names]
        if missing:
            raise AssertionError(f"Object not restored: {missing} are not in {self._path}.")
        return self

    def assert_consumed(self) -> LoadStatus:
        """AssertionError unless the program has all variables of the checkpoint, and no more."""
        unused = sorted(self._names - {v.op.name for v in self._variables()})
        if unused:
            raise AssertionError(f"Unused attributes: {unused} in {self._path}.")
        return self.assert_existing_objects_matched()

    def assert_nontrivial_match(self) -> LoadStatus:
        """AssertionError if no variable of the program is in the checkpoint."""
        if not any(v.op.name in self._names for v in self._variables()):
            raise AssertionError(f"No variable of the program is in {self._path}.")
        return self

    def run_restore_ops(self, session: Any = None) -> None:
        """Give the variables their values; `tf.errors.NotFoundError` for one that is not there."""
        variables = self._variables()
        if variables:
            tf.train.Saver(variables).restore(session_or_default(session), self._path)

    def initialize_or_restore(self, session: Any = None) -> None:
        """As `run_restore_ops`, with the count of saves begun anew."""
        self.run_restore_ops(session)
        counter = getattr(self._root, "_save_counter", None)
        if counter is not None:
            self._run_initializers([counter], session)
