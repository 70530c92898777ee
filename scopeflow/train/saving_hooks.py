"""The stock hooks that write: checkpoints, summaries, the speed, traces."""

from __future__ import annotations

import os
from typing import Any

import scopeflow as tf

from .hooks import SecondOrStepTimer, required_global_step
from .session_run_hook import SessionRunArgs, SessionRunHook
from .timeline import Timeline


class CheckpointSaverListener:
    """Called before and after each checkpoint. Override what you need."""

    def begin(self) -> None:
        """Called once, before the session is made."""

    def before_save(self, session: Any, global_step_value: int) -> None:
        """Called before a checkpoint is written."""

    def after_save(self, session: Any, global_step_value: int) -> Any:
        """Called after a checkpoint was written. True asks for the training to stop."""

    def end(self, session: Any, global_step_value: int) -> None:
        """Called when the session ends."""


class CheckpointSaverHook(SessionRunHook):
    """Saves a checkpoint at the begin, every `save_secs` or `save_steps`, and at the end."""

    def __init__(
        self,
        checkpoint_dir: str,
        save_secs: float | None = None,
        save_steps: int | None = None,
        saver: Any = None,
        checkpoint_basename: str = "model.ckpt",
        scaffold: Any = None,
        listeners: Any = None,
    ) -> None:
        tf.logging.info("Create CheckpointSaverHook.")
        if saver is not None and scaffold is not None:
            raise ValueError("You cannot provide both saver and scaffold.")
        self._saver = saver
        self._checkpoint_dir = checkpoint_dir
        self._save_path = os.path.join(checkpoint_dir, checkpoint_basename)
        self._scaffold = scaffold
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)
        self._listeners = listeners or []
        self._steps_per_run = 1
        self._summary_writer: Any = None

    def _set_steps_per_run(self, steps_per_run: int) -> None:
        """By how much one run increases the global step."""
        self._steps_per_run = steps_per_run

    def begin(self) -> None:
        """Find the global step and the directory's writer."""
        self._summary_writer = tf.summary.FileWriterCache.get(self._checkpoint_dir)
        self._global_step_tensor = required_global_step("CheckpointSaverHook")
        for listener in self._listeners:
            listener.begin()

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Write the graph and the first checkpoint."""
        step = session.run(self._global_step_tensor)
        graph = tf.get_default_graph()
        tf.train.write_graph(
            graph.as_graph_def(add_shapes=True), self._checkpoint_dir, "graph.pbtxt"
        )
        saver = self._get_saver()
        meta_graph = tf.train.export_meta_graph(
            graph_def=graph.as_graph_def(add_shapes=True),
            saver_def=saver.saver_def if saver else None,
        )
        self._summary_writer.add_graph(graph)
        self._summary_writer.add_meta_graph(meta_graph)
        self._save(session, step)
        self._timer.update_last_triggered_step(step)

    def before_run(self, run_context: Any) -> Any:
        """Ask for the global step."""
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Save if it is time."""
        if self._timer.should_trigger_for_step(run_values.results + self._steps_per_run):
            # The value may be of before or after the step: look again.
            step = run_context.session.run(self._global_step_tensor)
            if self._timer.should_trigger_for_step(step):
                self._timer.update_last_triggered_step(step)
                if self._save(run_context.session, step):
                    run_context.request_stop()

    def end(self, session: Any) -> None:
        """Save what was not saved yet."""
        step = session.run(self._global_step_tensor)
        if step != self._timer.last_triggered_step():
            self._save(session, step)
        for listener in self._listeners:
            listener.end(session, step)

    def _save(self, session: Any, step: int) -> bool:
        """Save; whether a listener wants to stop."""
        tf.logging.info("Saving checkpoints for %d into %s.", step, self._save_path)
        for listener in self._listeners:
            listener.before_save(session, step)
        self._get_saver().save(session, self._save_path, global_step=step)
        self._summary_writer.add_session_log(
            tf.SessionLog(status=tf.SessionLog.CHECKPOINT, checkpoint_path=self._save_path), step
        )
        stop = False
        for listener in self._listeners:
            if listener.after_save(session, step):
                tf.logging.info("A CheckpointSaverListener requested that training be stopped. "
                                "listener: %s", listener)  # fmt: skip
                stop = True
        return stop

    def _get_saver(self) -> Any:
        if self._saver is not None:
            return self._saver
        if self._scaffold is not None:
            return self._scaffold.saver
        savers = tf.get_collection(tf.GraphKeys.SAVERS)
        if len(savers) != 1:
            raise RuntimeError(
                f"The collection {tf.GraphKeys.SAVERS!r} has {len(savers)} savers: give "
                "CheckpointSaverHook a saver or a scaffold."
            )
        self._saver = savers[0]
        return self._saver


class StepCounterHook(SessionRunHook):
    """Logs and records how many steps a second are done."""

    def __init__(
        self,
        every_n_steps: int | None = 100,
        every_n_secs: float | None = None,
        output_dir: str | None = None,
        summary_writer: Any = None,
    ) -> None:
        if (every_n_steps is None) == (every_n_secs is None):
            raise ValueError("exactly one of every_n_steps and every_n_secs should be provided.")
        self._timer = SecondOrStepTimer(every_steps=every_n_steps, every_secs=every_n_secs)
        self._summary_writer = summary_writer
        self._output_dir = output_dir
        self._last_global_step: Any = None
        self._steps_per_run = 1

    def _set_steps_per_run(self, steps_per_run: int) -> None:
        """By how much one run increases the global step."""
        self._steps_per_run = steps_per_run

    def begin(self) -> None:
        """Find the global step and the writer."""
        if self._summary_writer is None and self._output_dir:
            self._summary_writer = tf.summary.FileWriterCache.get(self._output_dir)
        self._global_step_tensor = required_global_step("StepCounterHook")
        self._summary_tag = f"{self._global_step_tensor.op.name}/sec"

    def before_run(self, run_context: Any) -> Any:
        """Ask for the global step."""
        return SessionRunArgs(self._global_step_tensor)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Log the speed if it is time."""
        seen = run_values.results
        if self._timer.should_trigger_for_step(seen + self._steps_per_run):
            # The value may be of before or after the step: look again.
            step = run_context.session.run(self._global_step_tensor)
            if self._timer.should_trigger_for_step(step):
                seconds, steps = self._timer.update_last_triggered_step(step)
                if seconds is not None:
                    self._log_and_record(steps, seconds, step)
        if seen == self._last_global_step:
            tf.logging.log_first_n(
                tf.logging.WARN,
                "It seems that global step (tf.train.get_global_step) has not been increased: it "
                "is %s after two runs. Give it to the optimizer's minimize or apply_gradients.",
                5,
                seen,
            )
        self._last_global_step = seen

    def _log_and_record(self, elapsed_steps: Any, elapsed_time: Any, global_step: Any) -> None:
        speed = elapsed_steps / elapsed_time
        if self._summary_writer is not None:
            value = tf.Summary.Value(tag=self._summary_tag, simple_value=speed)
            self._summary_writer.add_summary(tf.Summary(value=[value]), global_step)
        tf.logging.info("%s: %g", self._summary_tag, speed)


class SummarySaverHook(SessionRunHook):
    """Writes summaries every `save_steps` or `save_secs`: `summary_op`'s or the scaffold's."""

    def __init__(
        self,
        save_steps: int | None = None,
        save_secs: float | None = None,
        output_dir: str | None = None,
        summary_writer: Any = None,
        scaffold: Any = None,
        summary_op: Any = None,
    ) -> None:
        if (scaffold is None) == (summary_op is None):
            raise ValueError("Exactly one of scaffold or summary_op must be provided.")
        self._summary_op = summary_op
        self._summary_writer = summary_writer
        self._output_dir = output_dir
        self._scaffold = scaffold
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)

    def begin(self) -> None:
        """Find the global step and the writer."""
        if self._summary_writer is None and self._output_dir:
            self._summary_writer = tf.summary.FileWriterCache.get(self._output_dir)
        self._next_step: int | None = None
        self._lag = 0
        self._global_step_tensor = required_global_step("SummarySaverHook")

    def before_run(self, run_context: Any) -> Any:
        """Ask for the summaries if it is time."""
        self._request_summary = self._next_step is None or self._timer.should_trigger_for_step(
            self._next_step
        )
        requests = {"global_step": self._global_step_tensor}
        summary = self._get_summary_op() if self._request_summary else None
        if summary is not None:
            requests["summary"] = summary
        return SessionRunArgs(requests)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Write them."""
        if not self._summary_writer:
            return
        seen = run_values.results["global_step"]
        step = seen + self._lag
        if self._next_step is None or self._request_summary:
            # The value may be of before or after the step: look, and remember which.
            step = run_context.session.run(self._global_step_tensor)
            self._lag = step - seen
        if self._next_step is None:
            self._summary_writer.add_session_log(tf.SessionLog(status=tf.SessionLog.START), step)
        if self._request_summary:
            self._timer.update_last_triggered_step(step)
            found = run_values.results.get("summary")
            for summary in found if isinstance(found, list) else [found]:
                if summary is not None:
                    self._summary_writer.add_summary(summary, step)
        self._next_step = step + 1

    def end(self, session: Any = None) -> None:
        """Flush the writer."""
        if self._summary_writer:
            self._summary_writer.flush()

    def _get_summary_op(self) -> Any:
        if self._summary_op is not None:
            op = self._summary_op
        else:
            op = self._scaffold.summary_op if self._scaffold.summary_op is not None else None
        if op is None:
            return None
        return list(op) if isinstance(op, list | tuple) else [op]


class ProfilerHook(SessionRunHook):
    """Writes `timeline-<step>.json`, a trace of a run for chrome://tracing, now and then.

    Arrows between ops (`show_dataflow`) and memory (`show_memory`) are not in the trace.
    """

    def __init__(
        self,
        save_steps: int | None = None,
        save_secs: float | None = None,
        output_dir: str = "",
        show_dataflow: bool = True,
        show_memory: bool = False,
    ) -> None:
        self._output_file = os.path.join(output_dir, "timeline-{}.json")
        self._file_writer = tf.summary.FileWriterCache.get(output_dir) if output_dir else None
        self._show_dataflow = show_dataflow
        self._show_memory = show_memory
        self._timer = SecondOrStepTimer(every_secs=save_secs, every_steps=save_steps)

    def begin(self) -> None:
        """Find the global step."""
        self._next_step: int | None = None
        self._global_step_tensor = required_global_step("ProfilerHook")

    def before_run(self, run_context: Any) -> Any:
        """Ask for a trace if it is time. The first run is not traced: it prepares."""
        self._request_summary = self._next_step is not None and self._timer.should_trigger_for_step(
            self._next_step
        )
        options = tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE)
        return SessionRunArgs(
            {"global_step": self._global_step_tensor},
            options=options if self._request_summary else None,
        )

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Write the trace."""
        step = run_context.session.run(self._global_step_tensor)
        if self._next_step is None:
            self._timer.update_last_triggered_step(step)
        if self._request_summary:
            self._timer.update_last_triggered_step(step)
            path = self._output_file.format(step)
            tf.logging.info("Saving timeline for %d into '%s'.", step, path)
            trace = Timeline(run_values.run_metadata.step_stats).generate_chrome_trace_format(
                self._show_dataflow, self._show_memory
            )
            with tf.gfile.GFile(path, "w") as file:
                file.write(trace)
            if self._file_writer is not None:
                self._file_writer.add_run_metadata(
                    run_values.run_metadata, f"step_{step}", global_step=step
                )
        self._next_step = step + 1
