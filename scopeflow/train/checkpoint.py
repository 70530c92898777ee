"""`tf.train.Checkpoint`: checkpoints of objects, whose values are found by the objects' names."""

from __future__ import annotations

import os
from typing import Any

import scopeflow as tf

from .load_status import InitializationOnlyStatus, NameBasedStatus, ObjectStatus
from .object_saving import Writer, note, session_or_default
from .trackable import AutoTrackable, NoDependency, is_trackable


class Checkpoint(AutoTrackable):
    """Variables, layers, optimizers and what else has state, to be saved under these names.

    What a layer or optimizer holds is saved with it, under the names that it has there: the key of
    a value is the way to it from the Checkpoint (`model/dense/kernel`), whatever the variable's own
    name is. Further objects can be assigned to attributes; so can lists, tuples and dicts of
    objects. The values of optimizers for each variable (slots) are saved if the variable is.

    The files are those of TensorFlow: it reads them, and what it wrote is read here.

    ValueError for an argument that has no state to be saved.

    >>> checkpoint = tf.train.Checkpoint(model=model, optimizer=optimizer)  # doctest: +SKIP
    >>> path = checkpoint.save("training/ckpt", session=session)  # doctest: +SKIP
    >>> status = checkpoint.restore(tf.train.latest_checkpoint("training"))  # doctest: +SKIP
    >>> status.assert_consumed().run_restore_ops(session)  # doctest: +SKIP
    """

    def __init__(self, **kwargs: Any) -> None:
        super().__init__()
        self._save_counter: Any = None
        self._writer = Writer()
        self._restore_ops: Any = NoDependency({})
        for name, value in sorted(kwargs.items()):
            if not is_trackable(value):
                raise ValueError(
                    "`Checkpoint` was expecting a trackable object (an object derived from "
                    f"`TrackableBase`), got {value}. Variables, layers and optimizers are; a list, "
                    f"tuple or dict can be assigned to an attribute: checkpoint.{name} = …"
                )
            setattr(self, name, value)

    @property
    def _checkpoint_dependencies(self) -> list:
        own = [item for item in super()._checkpoint_dependencies if item.name != "_save_counter"]
        counter = [] if self._save_counter is None else [("save_counter", self._save_counter)]
        return [*own, *counter]

    @property
    def save_counter(self) -> Any:
        """How often `save` was called: an int64 variable, which is saved, too."""
        self._make_counter()
        return self._save_counter

    def _make_counter(self) -> None:
        if self._save_counter is not None:
            return
        self._save_counter = tf.Variable(
            0, name="save_counter", dtype=tf.int64, trainable=False, use_resource=True
        )

    def write(self, file_prefix: str, session: Any = None) -> str:
        """Write a checkpoint of that name; returns the name. The state file stays as it is."""
        session = session_or_default(session)
        return self._writer.write(self, os.fspath(file_prefix), session)

    def save(self, file_prefix: str, session: Any = None) -> str:
        """Count, and write a checkpoint named `file_prefix-number`; returns that name.

        The state file of the directory names it then: `tf.train.latest_checkpoint` finds it.
        `session` is the default one unless given, else Keras's.
        """
        session = session_or_default(session)
        path = f"{os.fspath(file_prefix)}-{self._count(session)}"
        path = self.write(path, session)
        note(os.path.dirname(path), [path])
        return path

    def _count(self, session: Any) -> int:
        """The number of the next save."""
        initialize, has_value, increment = self._writer.counting(self.save_counter)
        if not session.run(has_value):
            session.run(initialize)
        session.run(increment)
        return int(session.run(self.save_counter))

    def restore(self, save_path: str | None) -> Any:
        """What is to be restored from a checkpoint, once its `run_restore_ops` is called.

        The result also tells whether all fits (`assert_consumed`), and initializes what is not in
        the checkpoint (`initialize_or_restore`). Objects that are assigned to attributes in the
        meantime are restored, too. Without a path nothing is restored. A checkpoint that a
        `tf.train.Saver` wrote is read by the names of the variables.

        `tf.errors.NotFoundError` where there is no checkpoint of that name.
        """
        self._make_counter()
        if save_path is None:
            return InitializationOnlyStatus(self)
        path = os.fspath(save_path)
        reader = tf.train.NewCheckpointReader(path)
        graph = reader.object_graph()
        if graph is None:
            tf.logging.warning(
                "%s is a checkpoint of tf.train.Saver: the variables are found by their names.",
                path,
            )
            return NameBasedStatus(self, path, reader)
        return ObjectStatus(self, path, graph, self._restore_ops)
