"""`tf.train.CheckpointManager`: the checkpoints of a directory, the oldest of which are deleted."""

from __future__ import annotations

import os
import time
from typing import Any

import scopeflow as tf

from .object_saving import note, session_or_default


class CheckpointManager:
    """Saves a `tf.train.Checkpoint` and keeps the newest `max_to_keep` of a directory.

    Beyond them, one every `keep_checkpoint_every_n_hours` is kept for ever; with `max_to_keep=None`
    all are. What an earlier manager of the directory left goes on to be managed, what was saved
    without one is left alone. Files are named `checkpoint_name-number`. ValueError for
    `max_to_keep` below 1.

    >>> manager = tf.train.CheckpointManager(checkpoint, "training", 3)  # doctest: +SKIP
    >>> checkpoint.restore(manager.latest_checkpoint).run_restore_ops()  # doctest: +SKIP
    >>> manager.save()  # doctest: +SKIP
    """

    def __init__(
        self,
        checkpoint: Any,
        directory: str,
        max_to_keep: int | None,
        keep_checkpoint_every_n_hours: float | None = None,
        checkpoint_name: str = "ckpt",
    ) -> None:
        if max_to_keep is not None and max_to_keep <= 0:
            raise ValueError(
                f"Expected a positive integer or `None` for `max_to_keep`, got {max_to_keep}."
            )
        self._checkpoint = checkpoint
        self._directory = os.fspath(directory)
        self._max_to_keep = max_to_keep
        self._keep_every = keep_checkpoint_every_n_hours
        self._prefix = os.path.join(self._directory, checkpoint_name)
        self._latest: str | None = None
        self._times: dict[str, float] = {}  # of those that may be deleted, oldest first
        now = self._preserved = time.time()
        state = tf.train.get_checkpoint_state(self._directory)
        if state is None:
            return
        self._latest = state.model_checkpoint_path
        times = state.all_model_checkpoint_timestamps
        if state.last_preserved_timestamp > now:
            tf.logging.warning(
                "The time is %s now, behind the last preserved checkpoint timestamp %s: the "
                "checkpoints in %s will not be deleted.",
                now, state.last_preserved_timestamp, self._directory,
            )  # fmt: skip
        elif times:
            self._preserved = state.last_preserved_timestamp or self._preserved
            pairs = zip(state.all_model_checkpoint_paths, times, strict=True)
            self._times = {path: then for path, then in pairs if then > self._preserved}

    @property
    def latest_checkpoint(self) -> str | None:
        """The name of the newest checkpoint; None where there is none."""
        return self._latest

    @property
    def checkpoints(self) -> list[str]:
        """The names of those that are managed, oldest first."""
        return list(self._times)

    def save(self, checkpoint_number: Any = None) -> str:
        """Write a checkpoint, note it in the state file, delete what is too old; returns the name.

        Its number is `checkpoint_number`, a number, tensor or variable, or how many saves there
        were: they are counted in any case. The session is the default one, or else Keras's.
        """
        session = session_or_default(None)
        number = self._checkpoint._count(session)
        if isinstance(checkpoint_number, tf.Tensor | tf.Variable):
            number = int(session.run(checkpoint_number))
        elif checkpoint_number is not None:
            number = int(checkpoint_number)
        path = self._checkpoint.write(f"{self._prefix}-{number}", session)
        self._times.pop(path, None)
        self._times[path] = time.time()
        self._latest = path
        self._delete_old()
        note(self._directory, self.checkpoints, list(self._times.values()), self._preserved)
        return path

    def _delete_old(self) -> None:
        while self._max_to_keep is not None and len(self._times) > self._max_to_keep:
            path = next(iter(self._times))
            written = self._times.pop(path)
            if self._keep_every and written - 3600 * self._keep_every >= self._preserved:
                self._preserved = written  # this one stays
            else:
                tf.train.remove_checkpoint(path)
