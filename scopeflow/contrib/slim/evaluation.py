"""`slim.evaluation`: a model's metrics from its checkpoints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .. import training
from ..framework import get_variables_to_restore
from ..training import checkpoints_iterator, wait_for_new_checkpoint

__all__ = [
    "checkpoints_iterator",
    "evaluate_once",
    "evaluation_loop",
    "wait_for_new_checkpoint",
]

_USE_DEFAULT: Any = 0  # as TensorFlow's signature has it: all summaries of the graph


def _scaffold(
    initial_op: Any, initial_op_feed_dict: Any, variables_to_restore: Any, init_fn: Any = None
) -> Any:
    """What begins an evaluation's session: the variables to restore, and `initial_op`."""
    saver = tf.train.Saver(variables_to_restore or get_variables_to_restore())
    return tf.train.Scaffold(
        init_op=initial_op, init_feed_dict=initial_op_feed_dict, init_fn=init_fn, saver=saver
    )


def _hooks(
    num_evals: int, summary_op: Any, summary_op_feed_dict: Any, logdir: str, hooks: Any
) -> list:
    """The hooks that count the runs and, if wanted, write summaries; then the caller's."""
    if summary_op is _USE_DEFAULT:
        summary_op = tf.summary.merge_all()
    found: list = [training.StopAfterNEvalsHook(num_evals)]
    if summary_op is not None:
        found.append(
            training.SummaryAtEndHook(
                log_dir=logdir, summary_op=summary_op, feed_dict=summary_op_feed_dict
            )
        )
    return found + list(hooks or ())


def evaluate_once(
    master: str, checkpoint_path: str, logdir: str, num_evals: int = 1, initial_op: Any = None,
    initial_op_feed_dict: Any = None, eval_op: Any = None, eval_op_feed_dict: Any = None,
    final_op: Any = None, final_op_feed_dict: Any = None, summary_op: Any = _USE_DEFAULT,
    summary_op_feed_dict: Any = None, variables_to_restore: Any = None, session_config: Any = None,
    hooks: Any = None,
) -> Any:  # fmt: skip
    """The value of `final_op` after `num_evals` runs of `eval_op` with a checkpoint's variables.

    Args:
        master: "" (there are no servers).
        checkpoint_path: the checkpoint.
        logdir: where summaries are written.
        num_evals: how often `eval_op` runs, with `eval_op_feed_dict`.
        initial_op: runs first, with `initial_op_feed_dict`.
        eval_op: such as the update ops of metrics.
        final_op: fetched at the end, with `final_op_feed_dict`.
        summary_op: run at the end, with `summary_op_feed_dict`: all summaries if left out; None for
            no summaries.
        variables_to_restore: a list; all that `get_variables_to_restore()` knows if left out.
        session_config: a `tf.ConfigProto`.
        hooks: further hooks.
    """
    return training.evaluate_once(
        checkpoint_path,
        master=master,
        scaffold=_scaffold(initial_op, initial_op_feed_dict, variables_to_restore),
        eval_ops=eval_op,
        feed_dict=eval_op_feed_dict,
        final_ops=final_op,
        final_ops_feed_dict=final_op_feed_dict,
        hooks=_hooks(num_evals, summary_op, summary_op_feed_dict, logdir, hooks),
        config=session_config,
    )


def evaluation_loop(
    master: str, checkpoint_dir: str, logdir: str, num_evals: int = 1, initial_op: Any = None,
    initial_op_feed_dict: Any = None, init_fn: Callable | None = None, eval_op: Any = None,
    eval_op_feed_dict: Any = None, final_op: Any = None, final_op_feed_dict: Any = None,
    summary_op: Any = _USE_DEFAULT, summary_op_feed_dict: Any = None,
    variables_to_restore: Any = None, eval_interval_secs: float = 60,
    max_number_of_evaluations: int | None = None, session_config: Any = None,
    timeout: float | None = None, timeout_fn: Callable | None = None, hooks: Any = None,
) -> Any:  # fmt: skip
    """`evaluate_once` for each checkpoint that appears in `checkpoint_dir`; the last value.

    At most one in `eval_interval_secs` seconds, until there were `max_number_of_evaluations`, or
    none has appeared for `timeout` seconds and `timeout_fn()`, if given, agrees. `init_fn(scaffold,
    session)` initializes what no checkpoint is there for.
    """
    return training.evaluate_repeatedly(
        checkpoint_dir,
        master=master,
        scaffold=_scaffold(initial_op, initial_op_feed_dict, variables_to_restore, init_fn),
        eval_ops=eval_op,
        feed_dict=eval_op_feed_dict,
        final_ops=final_op,
        final_ops_feed_dict=final_op_feed_dict,
        eval_interval_secs=eval_interval_secs,
        hooks=_hooks(num_evals, summary_op, summary_op_feed_dict, logdir, hooks),
        config=session_config,
        max_number_of_evaluations=max_number_of_evaluations,
        timeout=timeout,
        timeout_fn=timeout_fn,
    )
