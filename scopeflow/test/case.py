"""`tf.test.TestCase`."""

from __future__ import annotations

import os
import random
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

import scopeflow as tf

from .comparisons import Comparisons
from .program import get_temp_dir

_SEED = 87654321


class TestCase(Comparisons):
    """A test case of unittest with a fresh default graph and fixed seeds for each test."""

    def __init__(self, methodName: str = "runTest") -> None:
        super().__init__(methodName)
        self._threads: list[_CheckedThread] = []
        self._folder: str | None = None
        self._cached: Any = None
        self._cached_graph: Any = None
        self._cached_with: tuple = ()

    def setUp(self) -> None:
        """A new default graph; Python's, NumPy's and TensorFlow's seeds are set."""
        super().setUp()
        self._close_cached()
        random.seed(_SEED)
        np.random.seed(_SEED)
        tf.reset_default_graph()
        tf.set_random_seed(_SEED)

    def tearDown(self) -> None:
        """Threads that were started must have been joined."""
        self._close_cached()
        waiting = [thread for thread in self._threads if not thread.joined]
        self._threads = []
        if waiting:
            self.fail(f"A checkedThread was not joined: {waiting[0].target}")
        super().tearDown()

    def _close_cached(self) -> None:
        if self._cached is not None:
            self._cached.close()
            self._cached = None

    def get_temp_dir(self) -> str:
        """A folder for this test's files."""
        if self._folder is None:
            self._folder = tempfile.mkdtemp(dir=get_temp_dir())
        return self._folder

    # Sessions.

    def evaluate(self, tensors: Any) -> Any:
        """The values of a structure of tensors, from the default session or the cached one."""
        session = tf.get_default_session()
        if session is None:
            with self.cached_session() as session:
                return session.run(tensors)
        return session.run(tensors)

    @contextmanager
    def session(
        self, graph: Any = None, config: Any = None, use_gpu: bool = False, force_gpu: bool = False
    ) -> Iterator[Any]:
        """A new session, which is closed when the block ends. Ops in it are on the CPU.

        `use_gpu` leaves their device open, `force_gpu` asks for a GPU: names only, for a session
        runs on one device.
        """
        made = _session(graph, config)
        with made, _placed(made, use_gpu, force_gpu):
            yield made

    @contextmanager
    def cached_session(
        self, graph: Any = None, config: Any = None, use_gpu: bool = False, force_gpu: bool = False
    ) -> Iterator[Any]:
        """The same session in each block of a test; ValueError for another graph or config."""
        if self._cached is None:
            self._cached = _session(graph, config)
            self._cached_graph, self._cached_with = graph, (config, force_gpu)
        elif self._cached_graph is not graph:
            raise ValueError(
                "The graph used to get the cached session is different than the one that was used "
                "to create it. Use self.session() for a session of its own."
            )
        elif self._cached_with != (config, force_gpu):
            raise ValueError(
                "config or force_gpu used to get the cached session is different than the one that "
                "was used to create it. Use self.session() for a session of its own."
            )
        made = self._cached
        with made.graph.as_default(), made.as_default(), _placed(made, use_gpu, force_gpu):
            yield made

    def test_session(
        self, graph: Any = None, config: Any = None, use_gpu: bool = False, force_gpu: bool = False
    ) -> Any:
        """`session` for a graph, `cached_session` without one."""
        if self._testMethodName == "test_session":
            self.skipTest("this is no test: unittest goes by the name alone")
        open_session = self.cached_session if graph is None else self.session
        return open_session(graph, config, use_gpu, force_gpu)

    # Around the code under test.

    @contextmanager
    def captureWritesToStream(self, stream: Any) -> Iterator[Any]:
        """Catches what is written to a stream's file, also from below Python: `.contents()`."""
        target = stream.fileno()
        stream.flush()
        saved = os.dup(target)
        with tempfile.TemporaryFile() as file:
            captured = _Captured(file)
            os.dup2(file.fileno(), target)
            try:
                yield captured
            finally:
                stream.flush()
                os.dup2(saved, target)
                os.close(saved)
                captured.keep()

    def checkedThread(
        self, target: Callable, args: Any = None, kwargs: Any = None
    ) -> _CheckedThread:
        """A thread whose errors make the test fail: use `start` and `join`."""
        thread = _CheckedThread(self, target, args or (), kwargs or {})
        self._threads.append(thread)
        return thread


def _session(graph: Any, config: Any) -> Any:
    return tf.Session(graph=graph, config=config)


@contextmanager
def _placed(session: Any, use_gpu: bool, force_gpu: bool) -> Iterator[None]:
    device = "/device:GPU:0" if force_gpu else None if use_gpu else "/device:CPU:0"
    with session.graph.device(device):
        yield


class _Captured:
    def __init__(self, file: Any) -> None:
        self._file = file
        self._text: str | None = None

    def keep(self) -> None:
        self._text = self.contents()

    def contents(self) -> str:
        """What was written so far."""
        if self._text is not None:
            return self._text
        self._file.flush()
        self._file.seek(0)
        return self._file.read().decode("utf-8", "replace")


class _CheckedThread:
    """A thread that keeps its error until it is joined."""

    def __init__(self, case: TestCase, target: Callable, args: Any, kwargs: Any) -> None:
        self.target = target
        self.joined = False
        self._case = case
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, args=(args, kwargs))

    def _run(self, args: Any, kwargs: Any) -> None:
        try:
            self.target(*args, **kwargs)
        except Exception as error:
            self._error = error

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def join(self) -> None:
        """Wait for the end; the test fails if there was an error."""
        self.joined = True
        self._thread.join()
        if self._error is not None:
            self._case.fail(f"Error in checkedThread: {self._error}")

    def is_alive(self) -> bool:
        """Whether it runs."""
        return self._thread.is_alive()
