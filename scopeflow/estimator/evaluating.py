"""An evaluation: the steps' hook, the metrics' ops, the summaries of their values."""

from __future__ import annotations

import math
import time
from typing import Any

import numpy as np

import scopeflow as tf

_EVAL_STEP = "eval_step"


def eval_step() -> Any:
    """The local variable that counts the batches of an evaluation."""
    graph = tf.get_default_graph()
    found = graph.get_collection(_EVAL_STEP)
    if found:
        return found[0]
    return tf.get_variable(
        _EVAL_STEP,
        shape=[],
        dtype=tf.int64,
        initializer=tf.zeros_initializer(),
        trainable=False,
        collections=[tf.GraphKeys.LOCAL_VARIABLES, _EVAL_STEP],
    )


class StopAfterEvals(tf.train.SessionRunHook):
    """Stops after so many batches."""

    def __init__(self, num_evals: int) -> None:
        self._num_evals = num_evals
        self._every = 1 if num_evals < 20 else math.floor(num_evals / 10.0)
        self._step: Any = None

    def set_step(self, step: Any) -> None:
        """What counts."""
        self._step = step

    def before_run(self, run_context: Any) -> Any:
        """Ask for the count."""
        return tf.train.SessionRunArgs(self._step)

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Log, and stop if it is the last."""
        done = int(run_values.results)
        if done % self._every == 0 or done >= self._num_evals:
            tf.logging.info("Evaluation [%d/%d]", done, self._num_evals)
        if done >= self._num_evals:
            run_context.request_stop()


def evaluate_once(
    checkpoint_path: Any, master: str, scaffold: Any, update_op: Any, values: dict, hooks: Any,
    config: Any,
) -> dict:  # fmt: skip
    """Run the updates until the input ends or a hook stops; the metrics' values."""
    step = eval_step()
    with tf.control_dependencies([update_op]):
        count = tf.assign_add(step, 1, use_locking=True)
    for hook in hooks:
        if isinstance(hook, StopAfterEvals):
            hook.set_step(count)
    tf.logging.info("Starting evaluation at " + time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()))
    creator = tf.train.ChiefSessionCreator(
        scaffold=scaffold,
        checkpoint_filename_with_path=checkpoint_path,
        master=master,
        config=config,
    )
    final = tf.train.FinalOpsHook(values)
    with tf.train.MonitoredSession(creator, [*hooks, final]) as session:
        while not session.should_stop():
            session.run([update_op, count])
    tf.logging.info("Finished evaluation at " + time.strftime("%Y-%m-%d-%H:%M:%S", time.gmtime()))
    return final.final_ops_values


def text_of(values: dict) -> str:
    """The values, for the log."""
    return ", ".join(f"{key} = {value!s}" for key, value in sorted(values.items()))


def write_summaries(folder: str, values: dict, step: int) -> None:
    """The values as summaries in an event file of the folder."""
    tf.logging.info("Saving dict for global step %d: %s", step, text_of(values))
    writer = tf.summary.FileWriterCache.get(folder)
    summary = tf.Summary()
    for key, value in values.items():
        if value is None or key == tf.GraphKeys.GLOBAL_STEP:
            continue
        if isinstance(value, float | int | np.floating | np.integer):
            summary.value.add(tag=key, simple_value=float(value))
        elif isinstance(value, bytes):
            try:
                parsed = tf.Summary.FromString(value)
            except Exception:
                tf.logging.warning("Skipping summary for %s, its bytes are no Summary.", key)
                continue
            for i, image in enumerate(parsed.value):
                image.tag = f"{key}/{i}"
            summary.value.extend(parsed.value)
        elif isinstance(value, np.ndarray):
            added = summary.value.add(tag=key)
            added.tensor.CopyFrom(tf.make_tensor_proto(value))
        else:
            tf.logging.warning("Skipping summary for %s of type %s.", key, type(value))
    writer.add_summary(summary, step)
    writer.flush()


def write_checkpoint_path(folder: str, path: str, step: int) -> None:
    """Which checkpoint was evaluated, as a text summary."""
    tf.logging.info("Saving 'checkpoint_path' summary for global step %d: %s", step, path)
    summary = tf.Summary()
    metadata = tf.SummaryMetadata(plugin_data=tf.SummaryMetadata.PluginData(plugin_name="text"))
    summary.value.add(
        tag="checkpoint_path", metadata=metadata, tensor=tf.make_tensor_proto(path, tf.string)
    )
    writer = tf.summary.FileWriterCache.get(folder)
    writer.add_summary(summary, step)
    writer.flush()
