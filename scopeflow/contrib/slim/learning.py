"""`slim.learning`: training steps and the loop that runs them."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from typing import Any

import scopeflow as tf

from ..training.training import add_gradients_summaries, clip_gradient_norms, multiply_gradients

_USE_DEFAULT = 0  # for an argument that is not given, as None means something
_USE_GLOBAL_STEP = 0


def create_train_op(
    total_loss: Any,
    optimizer: Any,
    global_step: Any = _USE_GLOBAL_STEP,
    update_ops: Any = None,
    variables_to_train: Any = None,
    clip_gradient_norm: float = 0,
    summarize_gradients: bool = False,
    gate_gradients: int = tf.train.Optimizer.GATE_OP,
    aggregation_method: int | None = None,
    colocate_gradients_with_ops: bool = False,
    gradient_multipliers: Any = None,
    check_numerics: bool = True,
) -> Any:
    """The loss, as a tensor whose run is a training step.

    `update_ops` (None: the collection UPDATE_OPS) run before the loss is computed.
    `gradient_multipliers` are factors by variable. The global step counts, unless it is None.
    """

    def transformed(gradients: list) -> list:
        if gradient_multipliers:
            with tf.name_scope("multiply_grads"):
                gradients = multiply_gradients(gradients, gradient_multipliers)
        if clip_gradient_norm > 0:
            with tf.name_scope("clip_grads"):
                gradients = clip_gradient_norms(gradients, clip_gradient_norm)
        return gradients

    return tf.contrib.training.create_train_op(
        total_loss,
        optimizer,
        global_step,
        update_ops,
        variables_to_train,
        transform_grads_fn=transformed,
        summarize_gradients=summarize_gradients,
        gate_gradients=gate_gradients,
        aggregation_method=aggregation_method,
        colocate_gradients_with_ops=colocate_gradients_with_ops,
        check_numerics=check_numerics,
    )


def train_step(sess: Any, train_op: Any, global_step: Any, train_step_kwargs: Any) -> Any:
    """(the loss, whether to stop) of one step.

    `train_step_kwargs` may hold tensors: "should_log" (log the loss), "should_stop".
    """
    start = time.time()
    total_loss, step = sess.run([train_op, global_step])
    seconds = time.time() - start
    if "should_log" in train_step_kwargs and sess.run(train_step_kwargs["should_log"]):
        tf.logging.info("global step %d: loss = %.4f (%.3f sec/step)", step, total_loss, seconds)
    should_stop = False
    if "should_stop" in train_step_kwargs:
        should_stop = sess.run(train_step_kwargs["should_stop"])
    return total_loss, should_stop


def train(
    train_op: Any,
    logdir: Any,
    train_step_fn: Callable = train_step,
    train_step_kwargs: Any = _USE_DEFAULT,
    log_every_n_steps: int = 1,
    graph: Any = None,
    master: str = "",
    is_chief: bool = True,
    global_step: Any = None,
    number_of_steps: int | None = None,
    init_op: Any = _USE_DEFAULT,
    init_feed_dict: Any = None,
    local_init_op: Any = _USE_DEFAULT,
    init_fn: Callable | None = None,
    ready_op: Any = _USE_DEFAULT,
    summary_op: Any = _USE_DEFAULT,
    save_summaries_secs: float = 600,
    summary_writer: Any = _USE_DEFAULT,
    startup_delay_steps: int = 0,
    saver: Any = None,
    save_interval_secs: float = 600,
    sync_optimizer: Any = None,
    session_config: Any = None,
    session_wrapper: Callable | None = None,
    trace_every_n_steps: int | None = None,
    ignore_live_threads: bool = False,
) -> Any:
    """Run training steps until the global step is `number_of_steps` (None: without end).

    The newest checkpoint in `logdir` goes on being trained; without one the variables are
    initialized, `init_fn(session)` then may restore some. Checkpoints and summaries are written to
    `logdir` (None: nowhere) at intervals, and at the end. The loss of the last step comes back.

    One process trains: `master`, `is_chief`, `startup_delay_steps`, `ready_op`,
    `trace_every_n_steps` and `ignore_live_threads` are accepted without effect; a
    `sync_optimizer` needs no setting up.
    """
    if train_op is None:
        raise ValueError("train_op cannot be None.")
    if logdir is None and summary_op not in (None, _USE_DEFAULT):
        raise ValueError("Cannot provide summary_op because logdir=None")
    if saver is not None and logdir is None:
        raise ValueError("Cannot provide saver because logdir=None")
    graph = graph or tf.get_default_graph()
    with graph.as_default():
        if global_step is None:
            global_step = tf.train.get_or_create_global_step()
        saver = saver or tf.train.Saver()
        with tf.name_scope("init_ops"):
            if init_op is _USE_DEFAULT:
                init_op = tf.global_variables_initializer()
            if local_init_op is _USE_DEFAULT:
                tables = tf.get_collection(tf.GraphKeys.TABLE_INITIALIZERS)
                local_init_op = tf.group(tf.local_variables_initializer(), *tables)
        if summary_op is _USE_DEFAULT:
            summary_op = tf.summary.merge_all()
        if train_step_kwargs is _USE_DEFAULT:
            with tf.name_scope("train_step"):
                train_step_kwargs = {}
                stop = tf.constant(False)
                if number_of_steps:
                    stop = tf.greater_equal(global_step, number_of_steps)
                train_step_kwargs["should_stop"] = stop
                if log_every_n_steps > 0:
                    turn = tf.equal(tf.mod(global_step, log_every_n_steps), 0)
                    train_step_kwargs["should_log"] = turn
                train_step_kwargs["logdir"] = logdir
        writer = summary_writer
        if writer is _USE_DEFAULT:
            writer = tf.summary.FileWriter(logdir, graph) if logdir else None
        try:
            return _loop(
                graph, train_op, train_step_fn, train_step_kwargs, global_step, logdir, saver,
                writer, summary_op, (init_op, init_feed_dict, local_init_op, init_fn),
                (save_interval_secs, save_summaries_secs), session_config, session_wrapper,
            )  # fmt: skip
        finally:
            if summary_writer is _USE_DEFAULT and writer is not None:
                writer.close()


def _loop(
    graph: Any, train_op: Any, step_fn: Callable, step_kwargs: Any, global_step: Any, logdir: Any,
    saver: Any, writer: Any, summary_op: Any, init: tuple, every: tuple, config: Any,
    wrapper: Callable | None,
) -> Any:  # fmt: skip
    init_op, init_feed_dict, local_init_op, init_fn = init
    save_seconds, summary_seconds = every
    path = os.path.join(logdir, "model.ckpt") if logdir else None
    with tf.Session(graph=graph, config=config) as bare:
        sess = wrapper(bare) if wrapper else bare
        newest = tf.train.latest_checkpoint(logdir) if logdir else None
        if newest:
            saver.restore(bare, newest)
        else:
            if init_op is not None:
                bare.run(init_op, init_feed_dict)
            if init_fn is not None:
                init_fn(bare)
        if local_init_op is not None:
            bare.run(local_init_op)
        coordinator = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(bare, coordinator)
        saved = summarized = time.time()
        total_loss: Any = None

        def summarize() -> None:
            if writer is not None and summary_op is not None:
                text, step = bare.run([summary_op, global_step])
                writer.add_summary(text, step)

        try:
            while not coordinator.should_stop():
                total_loss, should_stop = step_fn(sess, train_op, global_step, step_kwargs)
                now = time.time()
                if path and save_seconds and now - saved >= save_seconds:
                    saver.save(bare, path, global_step)
                    saved = now
                if summary_seconds and now - summarized >= summary_seconds:
                    summarize()
                    summarized = now
                if should_stop:
                    tf.logging.info("Stopping Training.")
                    break
        except tf.errors.OutOfRangeError as error:
            tf.logging.info("Caught OutOfRangeError. Stopping Training. %s", error)
        finally:
            if path:
                tf.logging.info("Finished training! Saving model to disk.")
                saver.save(bare, path, global_step)
            coordinator.request_stop()
            coordinator.join(threads, stop_grace_period_secs=5, ignore_live_threads=True)
            if writer is not None:
                writer.flush()
        return total_loss


__all__ = [
    "add_gradients_summaries", "clip_gradient_norms", "create_train_op", "multiply_gradients",
    "train", "train_step",
]  # fmt: skip
