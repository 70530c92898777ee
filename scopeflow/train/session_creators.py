"""Who makes the session of a monitored session: the chief restores, a worker waits."""

from __future__ import annotations

import abc
from typing import Any

import scopeflow as tf

from .scaffold import Scaffold


class SessionCreator(metaclass=abc.ABCMeta):
    """Makes sessions, at first and after a failure."""

    @abc.abstractmethod
    def create_session(self) -> Any:
        """A new tf.Session."""
        raise NotImplementedError(f"{type(self).__name__} has no create_session")


class ChiefSessionCreator(SessionCreator):
    """Makes sessions that begin with the newest checkpoint, or else initialized."""

    def __init__(
        self,
        scaffold: Any = None,
        master: str = "",
        config: Any = None,
        checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
    ) -> None:
        self._checkpoint_dir = checkpoint_dir
        self._checkpoint_filename_with_path = checkpoint_filename_with_path
        self._scaffold = scaffold or Scaffold()
        self._master = master
        self._config = config

    def create_session(self) -> Any:
        """A session that is ready."""
        self._scaffold.finalize()
        return _manager(self._scaffold).prepare_session(
            self._master,
            saver=self._scaffold.saver,
            checkpoint_dir=self._checkpoint_dir,
            checkpoint_filename_with_path=self._checkpoint_filename_with_path,
            config=self._config,
            init_op=self._scaffold.init_op,
            init_feed_dict=self._scaffold.init_feed_dict,
            init_fn=self._scaffold.init_fn,
        )


class WorkerSessionCreator(SessionCreator):
    """Makes sessions that wait until the chief has initialized the variables."""

    def __init__(
        self,
        scaffold: Any = None,
        master: str = "",
        config: Any = None,
        max_wait_secs: float = 30 * 60,
    ) -> None:
        self._scaffold = scaffold or Scaffold()
        self._master = master
        self._config = config
        self._max_wait_secs = max_wait_secs

    def create_session(self) -> Any:
        """A session that is ready."""
        self._scaffold.finalize()
        return _manager(self._scaffold).wait_for_session(
            self._master, config=self._config, max_wait_secs=self._max_wait_secs
        )


def _manager(scaffold: Any) -> Any:
    return tf.train.SessionManager(
        local_init_op=scaffold.local_init_op,
        ready_op=scaffold.ready_op,
        ready_for_local_init_op=scaffold.ready_for_local_init_op,
        graph=tf.get_default_graph(),
    )
