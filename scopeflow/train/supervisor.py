"""Supervisor: a session with threads that save checkpoints and summaries."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from typing import Any

import scopeflow as tf

from .coordinator import LooperThread


class Supervisor:
    """Restores or initializes a model, saves it while it is trained, and ends its threads.

    >>> supervisor = tf.train.Supervisor(logdir="/tmp/model")  # doctest: +SKIP
    >>> with supervisor.managed_session() as session:  # doctest: +SKIP
    ...     while not supervisor.should_stop():
    ...         session.run(train_op)

    What is not given (USE_DEFAULT) is taken from its collection, or made. None leaves it out.
    """

    USE_DEFAULT = 0

    def __init__(
        self,
        graph: Any = None,
        ready_op: Any = USE_DEFAULT,
        ready_for_local_init_op: Any = USE_DEFAULT,
        is_chief: bool = True,
        init_op: Any = USE_DEFAULT,
        init_feed_dict: Any = None,
        local_init_op: Any = USE_DEFAULT,
        logdir: str | None = None,
        summary_op: Any = USE_DEFAULT,
        saver: Any = USE_DEFAULT,
        global_step: Any = USE_DEFAULT,
        save_summaries_secs: float = 120,
        save_model_secs: float = 600,
        recovery_wait_secs: float = 30,
        stop_grace_secs: float = 120,
        checkpoint_basename: str = "model.ckpt",
        session_manager: Any = None,
        summary_writer: Any = USE_DEFAULT,
        init_fn: Callable | None = None,
        local_init_run_options: Any = None,
    ) -> None:
        self._graph = tf.get_default_graph() if graph is None else graph
        keys = tf.GraphKeys
        with self._graph.as_default():
            self._ready_op = self._settled(
                ready_op, keys.READY_OP, tf.report_uninitialized_variables
            )
            self._ready_for_local_init_op = self._settled(
                ready_for_local_init_op, keys.READY_FOR_LOCAL_INIT_OP, lambda: None
            )
            self._init_op = self._settled(init_op, keys.INIT_OP, tf.global_variables_initializer)
            self._local_init_op = self._settled(
                local_init_op, keys.LOCAL_INIT_OP, _default_local_init_op
            )
            self._global_step = self._settled(
                global_step, None, lambda: tf.train.get_global_step(self._graph)
            )
            if is_chief:
                self._saver = self._settled(saver, keys.SAVERS, _default_saver)
                self._summary_op = self._settled(summary_op, keys.SUMMARY_OP, tf.summary.merge_all)
        self._init_feed_dict = init_feed_dict
        self._init_fn = init_fn
        self._is_chief = is_chief
        self._recovery_wait_secs = recovery_wait_secs
        self._stop_grace_secs = stop_grace_secs
        self._coord = tf.train.Coordinator()
        self._graph_written = False
        self._logdir = logdir if is_chief else None
        self._save_summaries_secs = save_summaries_secs if is_chief else None
        self._save_model_secs = save_model_secs if is_chief else None
        self._save_path = None
        self._summary_writer = None
        if is_chief:
            if self._logdir:
                self._save_path = os.path.join(self._logdir, checkpoint_basename)
            if summary_writer is not Supervisor.USE_DEFAULT:
                self._summary_writer = summary_writer
            elif self._logdir:
                self._summary_writer = tf.summary.FileWriter(self._logdir)
        else:
            self._saver = self._summary_op = None
        self._session_manager = session_manager or tf.train.SessionManager(
            local_init_op=self._local_init_op,
            ready_op=self._ready_op,
            ready_for_local_init_op=self._ready_for_local_init_op,
            graph=self._graph,
            recovery_wait_secs=recovery_wait_secs,
            local_init_run_options=local_init_run_options,
        )
        self._check_devices()
        self._graph.finalize()

    @staticmethod
    def _settled(value: Any, collection: str | None, make: Callable[[], Any]) -> Any:
        """The given value, else the collection's first element, else a new one that joins it."""
        if value is not Supervisor.USE_DEFAULT:
            return value
        if collection and (found := tf.get_collection(collection)):
            return found[0]
        made = make()
        if collection and made is not None:
            tf.add_to_collection(collection, made)
        return made

    def _check_devices(self) -> None:
        if not self._is_chief:
            with self._graph.as_default():
                for variable in tf.global_variables():
                    if not variable.device:
                        raise ValueError(
                            "When using replicas, all Variables must have their device set: "
                            f"{variable}"
                        )

    @property
    def is_chief(self) -> bool:
        """Whether this process initializes and saves."""
        return self._is_chief

    @property
    def session_manager(self) -> Any:
        """The SessionManager."""
        return self._session_manager

    @property
    def coord(self) -> Any:
        """The Coordinator of the threads."""
        return self._coord

    @property
    def init_op(self) -> Any:
        """The op that initializes."""
        return self._init_op

    @property
    def init_feed_dict(self) -> Any:
        """What is fed to it."""
        return self._init_feed_dict

    @property
    def ready_op(self) -> Any:
        """The tensor that names what is not initialized."""
        return self._ready_op

    @property
    def ready_for_local_init_op(self) -> Any:
        """The tensor that names what the local variables wait for."""
        return self._ready_for_local_init_op

    @property
    def summary_writer(self) -> Any:
        """The FileWriter, or None."""
        return self._summary_writer

    @property
    def summary_op(self) -> Any:
        """The merged summaries, or None."""
        return self._summary_op

    @property
    def save_summaries_secs(self) -> Any:
        """The seconds between summaries."""
        return self._save_summaries_secs

    @property
    def global_step(self) -> Any:
        """The global step, or None."""
        return self._global_step

    @property
    def saver(self) -> Any:
        """The Saver, or None."""
        return self._saver

    @property
    def save_model_secs(self) -> Any:
        """The seconds between checkpoints."""
        return self._save_model_secs

    @property
    def save_path(self) -> Any:
        """What checkpoints are named after, or None."""
        return self._save_path

    def start_standard_services(self, sess: Any) -> list:
        """Start the threads that save checkpoints and summaries and count steps."""
        if not self._is_chief:
            raise RuntimeError(
                "Only chief supervisor can start standard services. Because only chief "
                "supervisors can write events."
            )
        if not self._logdir:
            tf.logging.warning("Standard services need a 'logdir' passed to the SessionManager")
            return []
        if self._global_step is not None and self._summary_writer:
            step = tf.train.global_step(sess, self._global_step)
            self._summary_writer.add_session_log(tf.SessionLog(status=tf.SessionLog.START), step)
        threads: list[Any] = []
        if self._save_summaries_secs and self._summary_writer:
            if self._summary_op is not None:
                threads.append(_SummaryThread(self, sess))
            if self._global_step is not None:
                threads.append(_StepCounterThread(self, sess))
        if self._saver and self._save_model_secs:
            threads.append(_CheckpointThread(self, sess))
        for thread in threads:
            thread.start()
        return threads

    def prepare_or_wait_for_session(
        self,
        master: str = "",
        config: Any = None,
        wait_for_checkpoint: bool = False,
        max_wait_secs: float = 7200,
        start_standard_services: bool = True,
    ) -> Any:
        """A session that is ready, with the threads started."""
        self._coord.clear_stop()
        if self._summary_writer:
            self._summary_writer.reopen()
        if self._is_chief:
            sess = self._session_manager.prepare_session(
                master,
                init_op=self._init_op,
                saver=self._saver,
                checkpoint_dir=self._logdir,
                wait_for_checkpoint=wait_for_checkpoint,
                max_wait_secs=max_wait_secs,
                config=config,
                init_feed_dict=self._init_feed_dict,
                init_fn=self._init_fn,
            )
            self._write_graph()
            if start_standard_services:
                tf.logging.info("Starting standard services.")
                self.start_standard_services(sess)
        else:
            sess = self._session_manager.wait_for_session(
                master, config=config, max_wait_secs=max_wait_secs
            )
        if start_standard_services:
            tf.logging.info("Starting queue runners.")
            self.start_queue_runners(sess)
        return sess

    def _write_graph(self) -> None:
        if self._logdir:
            graph_def = self._graph.as_graph_def(add_shapes=True)
            tf.train.write_graph(graph_def, self._logdir, "graph.pbtxt")
        if self._summary_writer and not self._graph_written:
            self._summary_writer.add_graph(self._graph)
            self._summary_writer.add_meta_graph(
                tf.train.export_meta_graph(
                    graph=self._graph, saver_def=self._saver.saver_def if self._saver else None
                )
            )
            self._graph_written = True

    def start_queue_runners(self, sess: Any, queue_runners: Any = None) -> list:
        """Start the threads of these queue runners: of all in the graph, unless given."""
        if queue_runners is None:
            queue_runners = self._graph.get_collection(tf.GraphKeys.QUEUE_RUNNERS)
        threads: list[Any] = []
        for runner in queue_runners:
            threads += runner.create_threads(sess, coord=self._coord, daemon=True, start=True)
        return threads

    def loop(
        self,
        timer_interval_secs: float | None,
        target: Callable,
        args: Any = None,
        kwargs: Any = None,
    ) -> Any:
        """A started thread that calls `target` again and again until the stop."""
        looper = LooperThread(self._coord, timer_interval_secs, target=target, args=args,
                              kwargs=kwargs)  # fmt: skip
        looper.start()
        return looper

    def stop(
        self,
        threads: Any = None,
        close_summary_writer: bool = True,
        ignore_live_threads: bool = False,
    ) -> None:
        """Stop the threads, wait for them, close the writer."""
        self._coord.request_stop()
        try:
            self._coord.join(
                threads,
                stop_grace_period_secs=self._stop_grace_secs,
                ignore_live_threads=ignore_live_threads,
            )
        finally:
            if close_summary_writer and self._summary_writer:
                self._summary_writer.add_session_log(tf.SessionLog(status=tf.SessionLog.STOP))
                self._summary_writer.close()
                self._graph_written = False

    def request_stop(self, ex: Any = None) -> None:
        """Ask the threads to stop; `ex` is raised when they are joined."""
        self._coord.request_stop(ex=ex)

    def should_stop(self) -> bool:
        """Whether a stop was asked for."""
        return self._coord.should_stop()

    def stop_on_exception(self) -> Any:
        """A `with` block whose exceptions ask for a stop."""
        return self._coord.stop_on_exception()

    def wait_for_stop(self) -> None:
        """Wait until a stop is asked for."""
        self._coord.wait_for_stop()

    def summary_computed(self, sess: Any, summary: Any, global_step: Any = None) -> None:
        """Write summaries, at the session's global step unless given."""
        if not self._summary_writer:
            raise RuntimeError("Writing a summary requires a summary writer.")
        if global_step is None and self._global_step is not None:
            global_step = tf.train.global_step(sess, self._global_step)
        self._summary_writer.add_summary(summary, global_step)

    @contextlib.contextmanager
    def managed_session(*args: Any, **kwds: Any) -> Iterator[Any]:
        """A `with` block around a session: the threads are ended and their errors raised.

        Arguments: master="", config=None, start_standard_services=True, close_summary_writer=True.
        """
        self, *positional = args
        names = ("master", "config", "start_standard_services", "close_summary_writer")
        given = {**dict(zip(names, positional, strict=False)), **kwds}
        unknown = given.keys() - set(names)
        if unknown or len(positional) > len(names):
            raise TypeError(f"managed_session takes {names}, not {sorted(unknown) or positional}")
        close_summary_writer = given.pop("close_summary_writer", True)
        sess = None
        try:
            sess = self.prepare_or_wait_for_session(**given)
            yield sess
        except Exception as error:
            self.request_stop(error)
        finally:
            try:
                self.stop(close_summary_writer=close_summary_writer)
            finally:
                if sess is not None:
                    sess.close()

    Loop = loop
    PrepareSession = prepare_or_wait_for_session
    RequestStop = request_stop
    ShouldStop = should_stop
    StartQueueRunners = start_queue_runners
    StartStandardServices = start_standard_services
    Stop = stop
    StopOnException = stop_on_exception
    SummaryComputed = summary_computed
    WaitForStop = wait_for_stop


def _default_local_init_op() -> Any:
    return tf.group(tf.local_variables_initializer(), tf.tables_initializer())


def _default_saver() -> Any:
    return tf.train.Saver() if tf.global_variables() else None


class _SummaryThread(LooperThread):
    def __init__(self, supervisor: Supervisor, sess: Any) -> None:
        super().__init__(supervisor.coord, supervisor.save_summaries_secs)
        self._supervisor = supervisor
        self._sess = sess

    def run_loop(self) -> None:
        own = self._supervisor
        if own.global_step is not None:
            summary, step = self._sess.run([own.summary_op, own.global_step])
        else:
            summary, step = self._sess.run(own.summary_op), None
        if own.summary_writer:
            tf.logging.info("Recording summary at step %s.", step)
            own.summary_writer.add_summary(summary, step)


class _StepCounterThread(LooperThread):
    def __init__(self, supervisor: Supervisor, sess: Any) -> None:
        super().__init__(supervisor.coord, supervisor.save_summaries_secs)
        self._supervisor = supervisor
        self._sess = sess
        self._tag = f"{supervisor.global_step.op.name}/sec"

    def start_loop(self) -> None:
        self._time = time.time()
        self._step = tf.train.global_step(self._sess, self._supervisor.global_step)

    def run_loop(self) -> None:
        now = time.time()
        step = tf.train.global_step(self._sess, self._supervisor.global_step)
        seconds = now - self._time
        speed = (step - self._step) / seconds if seconds > 0 else float("inf")
        self._time, self._step = now, step
        if self._supervisor.summary_writer:
            value = tf.Summary.Value(tag=self._tag, simple_value=speed)
            self._supervisor.summary_writer.add_summary(tf.Summary(value=[value]), step)
        tf.logging.info("%s: %g", self._tag, speed)


class _CheckpointThread(LooperThread):
    def __init__(self, supervisor: Supervisor, sess: Any) -> None:
        super().__init__(supervisor.coord, supervisor.save_model_secs)
        self._supervisor = supervisor
        self._sess = sess

    def run_loop(self) -> None:
        own = self._supervisor
        tf.logging.info("Saving checkpoint to path %s", own.save_path)
        own.saver.save(self._sess, own.save_path, global_step=own.global_step)
        if own.summary_writer and own.global_step is not None:
            own.summary_writer.add_session_log(
                tf.SessionLog(status=tf.SessionLog.CHECKPOINT, checkpoint_path=own.save_path),
                tf.train.global_step(self._sess, own.global_step),
            )
