"""tensorflow.contrib.testing.python.framework.fake_summary_writer: a writer that keeps it all."""

from __future__ import annotations

from typing import Any, ClassVar

import scopeflow as tf

from . import test_util


class FakeSummaryWriter:
    """Has a tf.summary.FileWriter's methods, and keeps what it was given instead of writing it."""

    _get: ClassVar[Any] = None

    @classmethod
    def install(cls) -> None:
        """From now on tf.summary.FileWriterCache gives such writers."""
        if cls._get is not None:
            raise ValueError("FakeSummaryWriter already installed.")
        cls._get = tf.summary.FileWriterCache.get
        made: dict[str, FakeSummaryWriter] = {}

        def get(logdir: str) -> FakeSummaryWriter:
            if logdir not in made:
                made[logdir] = cls(logdir, graph=tf.get_default_graph())
            return made[logdir]

        cls._replace(get)

    @classmethod
    def uninstall(cls) -> None:
        """Undo `install`."""
        if cls._get is None:
            raise ValueError("FakeSummaryWriter not installed.")
        cls._replace(cls._get)
        cls._get = None

    @staticmethod
    def _replace(get: Any) -> None:
        """Give FileWriterCache another `get`."""
        setattr(tf.summary.FileWriterCache, "get", staticmethod(get))  # noqa: B010

    def __init__(self, logdir: str, graph: Any = None) -> None:
        self._logdir = logdir
        self._graph = graph
        self._summaries: dict[Any, list] = {}
        self._added_graphs: list = []
        self._added_meta_graphs: list = []
        self._added_session_logs: list = []
        self._added_run_metadata: dict[str, Any] = {}

    @property
    def summaries(self) -> dict[Any, list]:
        """The summaries of each step."""
        return self._summaries

    def assert_summaries(
        self,
        test_case: Any,
        expected_logdir: str | None = None,
        expected_graph: Any = None,
        expected_summaries: dict | None = None,
        expected_added_graphs: list | None = None,
        expected_added_meta_graphs: list | None = None,
        expected_session_logs: list | None = None,
    ) -> None:
        """The test fails unless the writer was given these; what is None is not looked at.

        `expected_summaries` gives for steps the numbers by tag.
        """
        if expected_logdir is not None:
            test_case.assertEqual(expected_logdir, self._logdir)
        if expected_graph is not None:
            test_case.assertTrue(expected_graph is self._graph)
        for step, wanted in (expected_summaries or {}).items():
            test_case.assertIn(step, self._summaries)
            values = {
                value.tag: value.simple_value
                for summary in self._summaries[step]
                for value in summary.value
            }
            for tag, number in wanted.items():
                test_case.assertAlmostEqual(number, values[tag], places=4)
        if expected_added_graphs is not None:
            test_case.assertEqual(expected_added_graphs, self._added_graphs)
        if expected_added_meta_graphs is not None:
            pairs = zip(expected_added_meta_graphs, self._added_meta_graphs, strict=True)
            for wanted, added in pairs:
                test_util.assert_meta_graph_protos_equal(test_case, wanted, added)
        if expected_session_logs is not None:
            test_case.assertEqual(expected_session_logs, self._added_session_logs)

    def add_summary(self, summ: Any, current_global_step: Any) -> None:
        """Keep a summary, given as message or as its bytes."""
        if isinstance(summ, bytes):
            summ = tf.Summary.FromString(summ)
        self._summaries.setdefault(current_global_step, []).append(summ)

    def add_graph(self, graph: Any, global_step: Any = None, graph_def: Any = None) -> None:
        """Keep a graph. ValueError for a step or a graph_def."""
        if global_step is not None or graph_def is not None:
            raise ValueError("FakeSummaryWriter takes graphs alone.")
        self._added_graphs.append(graph)

    def add_meta_graph(self, meta_graph_def: Any, global_step: Any = None) -> None:
        """Keep a MetaGraphDef. ValueError for a step."""
        if global_step is not None:
            raise ValueError("FakeSummaryWriter takes no step with a MetaGraphDef.")
        self._added_meta_graphs.append(meta_graph_def)

    def add_session_log(self, session_log: Any, global_step: Any = None) -> None:
        """Keep a session's log."""
        self._added_session_logs.append(session_log)

    def add_run_metadata(self, run_metadata: Any, tag: str, global_step: Any = None) -> None:
        """Keep a run's metadata."""
        self._added_run_metadata[tag] = run_metadata

    def flush(self) -> None:
        """Nothing to do."""

    def reopen(self) -> None:
        """Nothing to do."""

    def close(self) -> None:
        """Nothing to do."""
