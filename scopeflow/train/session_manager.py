"""SessionManager: sessions that begin from a checkpoint, or from their initializers."""

from __future__ import annotations

import time
from typing import Any

import numpy as np

import scopeflow as tf


class SessionManager:
    """Makes sessions whose model is ready: restored from a checkpoint, else initialized.

    `ready_op` gives the names of what is not initialized yet (tf.report_uninitialized_variables()).
    `local_init_op` runs in each new session, once `ready_for_local_init_op` names nothing.
    """

    def __init__(
        self,
        local_init_op: Any = None,
        ready_op: Any = None,
        ready_for_local_init_op: Any = None,
        graph: Any = None,
        recovery_wait_secs: float = 30,
        local_init_run_options: Any = None,
    ) -> None:
        if ready_for_local_init_op is not None and local_init_op is None:
            raise ValueError(
                "If you pass a ready_for_local_init_op you must also pass a local_init_op , "
                f"ready_for_local_init_op [{ready_for_local_init_op}]"
            )
        self._local_init_op = local_init_op
        self._ready_op = ready_op
        self._ready_for_local_init_op = ready_for_local_init_op
        self._graph = tf.get_default_graph() if graph is None else graph
        self._recovery_wait_secs = recovery_wait_secs
        self._local_init_run_options = local_init_run_options

    def prepare_session(
        self,
        master: str,
        init_op: Any = None,
        saver: Any = None,
        checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200,
        config: Any = None,
        init_feed_dict: Any = None,
        init_fn: Any = None,
    ) -> Any:
        """A session that is ready: restored by `saver`, else by `init_op` and `init_fn(session)`.

        The checkpoint is the latest of `checkpoint_dir`, or that of the given name. RuntimeError
        where the model is not ready then.
        """
        session, restored = self._restored(
            master, saver, checkpoint_dir, checkpoint_filename_with_path, wait_for_checkpoint,
            max_wait_secs, config,
        )  # fmt: skip
        if not restored:
            if init_op is None and not init_fn and self._local_init_op is None:
                raise RuntimeError(
                    "Model is not initialized and no init_op or init_fn or local_init_op was given"
                )
            if init_op is not None:
                session.run(init_op, feed_dict=init_feed_dict)
            if init_fn:
                init_fn(session)
        done = f"Init op: {getattr(init_op, 'name', init_op)}, init fn: {init_fn}"
        problem = self._run_local_init(session)
        if problem:
            raise RuntimeError(
                f"Init operations did not make model ready for local_init.  {done}, "
                f"error: {problem}"
            )
        problem = _not_ready(session, self._ready_op, "Model not ready")
        if problem:
            raise RuntimeError(
                f"Init operations did not make model ready.  {done}, "
                f"local_init_op: {self._local_init_op}, error: {problem}"
            )
        return session

    def recover_session(
        self,
        master: str,
        saver: Any = None,
        checkpoint_dir: str | None = None,
        checkpoint_filename_with_path: str | None = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200,
        config: Any = None,
    ) -> tuple[Any, bool]:
        """(session, whether it was restored from a checkpoint and is ready)."""
        session, restored = self._restored(
            master, saver, checkpoint_dir, checkpoint_filename_with_path, wait_for_checkpoint,
            max_wait_secs, config,
        )  # fmt: skip
        problem = self._run_local_init(session)
        if not restored:
            return session, False
        source = checkpoint_dir or checkpoint_filename_with_path
        if problem:
            tf.logging.info(
                "Restoring model from %s did not make model ready for local init: %s",
                source,
                problem,
            )
            return session, False
        problem = _not_ready(session, self._ready_op, "Model not ready")
        if problem:
            tf.logging.info("Restoring model from %s did not make model ready: %s", source, problem)
            return session, False
        tf.logging.info("Restored model from %s", source)
        return session, True

    def wait_for_session(
        self, master: str, config: Any = None, max_wait_secs: float = float("Inf")
    ) -> Any:
        """A session that is ready without being initialized here.

        It looks every `recovery_wait_secs`; DeadlineExceededError where it would take more than
        `max_wait_secs`. Variables live in their session: without a `local_init_op` that makes the
        model ready it never becomes so.
        """
        limit = 7200.0 if max_wait_secs is None else max_wait_secs
        end = time.monotonic() + limit
        while True:
            session = tf.Session(master, graph=self._graph, config=config)
            problem = self._run_local_init(session)
            problem = problem or _not_ready(session, self._ready_op, "Model not ready")
            if not problem:
                return session
            session.close()
            if time.monotonic() + self._recovery_wait_secs > end:
                raise tf.errors.DeadlineExceededError(
                    None, None, f"Session was not ready after waiting {limit:.0f} secs."
                )
            tf.logging.info("Waiting for model to be ready: %s", problem)
            time.sleep(self._recovery_wait_secs)

    def _restored(
        self, master: str, saver: Any, folder: str | None, path: str | None, wait: bool,
        max_wait_secs: float, config: Any,
    ) -> tuple[Any, bool]:  # fmt: skip
        if folder and path:
            raise ValueError(
                "Can not provide both checkpoint_dir and checkpoint_filename_with_path."
            )
        session = tf.Session(master, graph=self._graph, config=config)
        if not saver or not (folder or path):
            return session, False
        if path:
            saver.restore(session, path)
            return session, True
        end = time.monotonic() + max_wait_secs
        state = tf.train.get_checkpoint_state(folder)
        while not state or not state.model_checkpoint_path:
            if not wait or time.monotonic() >= end:
                return session, False
            tf.logging.info("Waiting for checkpoint to be available.")
            time.sleep(self._recovery_wait_secs)
            state = tf.train.get_checkpoint_state(folder)
        saver.restore(session, state.model_checkpoint_path)
        saver.recover_last_checkpoints(state.all_model_checkpoint_paths)
        return session, True

    def _run_local_init(self, session: Any) -> str | None:
        """None, or what the model lacks for it."""
        if self._local_init_op is None:
            return None
        problem = _not_ready(
            session, self._ready_for_local_init_op, "Model not ready for local init"
        )
        if problem:
            return problem
        tf.logging.info("Running local_init_op.")
        session.run(self._local_init_op, options=self._local_init_run_options)
        tf.logging.info("Done running local_init_op.")
        return None


def _not_ready(session: Any, op: Any, message: str) -> str | None:
    """None, or why the op says that the model is not ready."""
    if op is None:
        return None
    try:
        value = session.run(op)
    except tf.errors.FailedPreconditionError as error:
        if "uninitialized" not in str(error):
            raise
        return message
    if value is None or np.asarray(value).dtype == np.int32 or np.size(value) == 0:
        return None
    names = ", ".join(name.decode() for name in np.ravel(value))
    return f"Variables not initialized: {names}"
