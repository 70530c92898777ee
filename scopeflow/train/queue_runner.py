"""QueueRunner: threads that keep a queue filled."""

from __future__ import annotations

import threading
import weakref
from typing import Any

import scopeflow as tf

from . import _protos


class QueueRunner:
    """Threads that run `enqueue_ops` again and again, one thread for each.

    When all have come to an end (with one of `queue_closed_exception_types`: OutOfRangeError) the
    queue is closed; when the coordinator stops, it is closed and whoever waits is cancelled.
    """

    def __init__(
        self,
        queue: Any = None,
        enqueue_ops: Any = None,
        close_op: Any = None,
        cancel_op: Any = None,
        queue_closed_exception_types: Any = None,
        queue_runner_def: Any = None,
        import_scope: str | None = None,
    ) -> None:
        if queue_runner_def is not None:
            if queue or enqueue_ops:
                raise ValueError("queue_runner_def and queue are mutually exclusive.")
            self._from_def(queue_runner_def, import_scope)
            return
        if queue is None or not enqueue_ops:
            raise ValueError("Must provide queue and enqueue_ops.")
        if queue_closed_exception_types is None:
            queue_closed_exception_types = (tf.errors.OutOfRangeError,)
        elif (
            not isinstance(queue_closed_exception_types, tuple)
            or not queue_closed_exception_types
            or not all(
                isinstance(kind, type) and issubclass(kind, tf.errors.OpError)
                for kind in queue_closed_exception_types
            )
        ):
            raise TypeError(
                "queue_closed_exception_types, when provided, must be a tuple of tf.error types, "
                f"but saw: {queue_closed_exception_types}"
            )
        self._queue = queue
        self._enqueue_ops = enqueue_ops
        self._close_op = queue.close() if close_op is None else close_op
        self._cancel_op = (
            queue.close(cancel_pending_enqueues=True) if cancel_op is None else cancel_op
        )
        self._queue_closed_exception_types = queue_closed_exception_types
        self._begin()

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._runs_per_session: Any = weakref.WeakKeyDictionary()
        self._exceptions_raised: list[Exception] = []

    @property
    def queue(self) -> Any:
        """The queue."""
        return self._queue

    @property
    def enqueue_ops(self) -> Any:
        """The ops that fill it."""
        return self._enqueue_ops

    @property
    def close_op(self) -> Any:
        """The op that closes it at the end."""
        return self._close_op

    @property
    def cancel_op(self) -> Any:
        """The op that closes it and cancels whoever waits to enqueue."""
        return self._cancel_op

    @property
    def queue_closed_exception_types(self) -> Any:
        """The exceptions that mean that there is no more to enqueue."""
        return self._queue_closed_exception_types

    @property
    def exceptions_raised(self) -> list[Exception]:
        """What threads without a coordinator failed with."""
        return self._exceptions_raised

    @property
    def name(self) -> str:
        """The queue's name."""
        return self._queue.name

    def create_threads(
        self, sess: Any, coord: Any = None, daemon: bool = False, start: bool = False
    ) -> list[threading.Thread]:
        """The threads, one for each enqueue op and, with a coordinator, one that closes the queue.

        None where the queue is being filled for this session already.
        """
        with self._lock:
            if self._runs_per_session.get(sess, 0) > 0:
                return []
            self._runs_per_session[sess] = len(self._enqueue_ops)
            self._exceptions_raised = []
        threads = [
            threading.Thread(
                target=self._run,
                args=(sess, op, coord),
                name=f"QueueRunnerThread-{self.name}-{op.name}",
            )
            for op in self._enqueue_ops
        ]
        if coord:
            threads.append(
                threading.Thread(
                    target=self._close_on_stop,
                    args=(sess, self._cancel_op, coord),
                    name=f"QueueRunnerThread-{self.name}-close_on_stop",
                )
            )
        for thread in threads:
            if coord:
                coord.register_thread(thread)
            thread.daemon = daemon
            if start:
                thread.start()
        return threads

    def to_proto(self, export_scope: str | None = None) -> Any:
        """The QueueRunnerDef, with names below `export_scope`; None if the queue is elsewhere."""
        if export_scope is not None and not self._queue.name.startswith(export_scope):
            return None
        below = "" if export_scope is None else export_scope.rstrip("/") + "/"

        def name(item: Any) -> str:
            return item.name.removeprefix(below)

        return _protos.QueueRunnerDef(
            queue_name=name(self._queue),
            enqueue_op_name=[name(op) for op in self._enqueue_ops],
            close_op_name=name(self._close_op),
            cancel_op_name=name(self._cancel_op),
            queue_closed_exception_types=[
                tf.errors.error_code_from_exception_type(kind)
                for kind in self._queue_closed_exception_types
            ],
        )

    def _from_def(self, definition: Any, scope: str | None) -> None:
        """What the message names, which is in the graph, below `scope`."""
        graph = tf.get_default_graph()
        below = "" if not scope else scope.rstrip("/") + "/"

        def element(name: str) -> Any:
            return graph.as_graph_element(below + name)

        self._queue = element(definition.queue_name)
        self._enqueue_ops = [element(name) for name in definition.enqueue_op_name]
        self._close_op = element(definition.close_op_name)
        self._cancel_op = element(definition.cancel_op_name)
        codes = definition.queue_closed_exception_types or [tf.errors.OUT_OF_RANGE]
        self._queue_closed_exception_types = tuple(
            tf.errors.exception_type_from_error_code(code) for code in codes
        )
        self._begin()

    @staticmethod
    def from_proto(queue_runner_def: Any, import_scope: str | None = None) -> Any:
        """The queue runner of a QueueRunnerDef whose ops are in the graph, in `import_scope`."""
        return QueueRunner(queue_runner_def=queue_runner_def, import_scope=import_scope)

    def _run(self, sess: Any, enqueue_op: Any, coord: Any) -> None:
        running = True
        try:
            enqueue = sess.make_callable(enqueue_op)
            while not (coord and coord.should_stop()):
                try:
                    enqueue()
                except self._queue_closed_exception_types:
                    running = False
                    if self._ended(sess) == 0:
                        self._quietly(sess, self._close_op)
                    return
        except Exception as error:
            if coord:
                coord.request_stop(error)
            else:
                tf.logging.error("Exception in QueueRunner: %s", error)
                with self._lock:
                    self._exceptions_raised.append(error)
                raise
        finally:
            if running:
                self._ended(sess)

    def _ended(self, sess: Any) -> int:
        """One thread less. Returns how many are left."""
        with self._lock:
            self._runs_per_session[sess] -= 1
            return self._runs_per_session[sess]

    def _close_on_stop(self, sess: Any, cancel_op: Any, coord: Any) -> None:
        coord.wait_for_stop()
        self._quietly(sess, cancel_op)

    def _quietly(self, sess: Any, op: Any) -> None:
        try:
            sess.run(op)
        except Exception as error:  # closed already: by another thread, or with its session
            tf.logging.vlog(1, "Ignored exception: %s", error)


def add_queue_runner(qr: QueueRunner, collection: str = "queue_runners") -> None:
    """Let `start_queue_runners` start this one too."""
    tf.add_to_collection(collection, qr)


def start_queue_runners(
    sess: Any = None,
    coord: Any = None,
    daemon: bool = True,
    start: bool = True,
    collection: str = "queue_runners",
) -> list[threading.Thread]:
    """Start the threads of all queue runners of the graph. Returns the threads.

    `sess` is the default session unless given; ValueError where there is none.
    """
    if sess is None:
        sess = tf.get_default_session()
        if not sess:
            raise ValueError(
                "Cannot start queue runners: No default session is registered. Use `with "
                "sess.as_default()` or pass an explicit session to "
                "tf.start_queue_runners(sess=sess)"
            )
    if not isinstance(sess, tf.Session | tf.InteractiveSession):
        if hasattr(sess, "run_step_fn"):
            tf.logging.warning("A monitored session starts the queue runners itself.")
            return []
        raise TypeError(f"sess must be a `tf.Session` object. Given class: {sess.__class__}")
    with sess.graph.as_default():
        runners = tf.get_collection(collection)
        if not runners:
            tf.logging.warning(
                "`tf.train.start_queue_runners()` was called when no queue runners were defined. "
                "The call can be left out."
            )
        threads: list[threading.Thread] = []
        for runner in runners:
            threads += runner.create_threads(sess, coord=coord, daemon=daemon, start=start)
    return threads
