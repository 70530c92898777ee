"""SyncReplicasOptimizer: one update from the gradients of several steps."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .adagrad import filled
from .optimizer import Optimizer


class SyncReplicasOptimizer(Optimizer):
    """Applies, through `opt`, the mean of the gradients of `replicas_to_aggregate` steps.

    TensorFlow gathers one gradient from each of several processes. A session here is one process
    that stands for all of them: each run of the train op counts as one replica's step, every
    `replicas_to_aggregate`-th run changes the variables and increments the global step, the others
    only add up gradients. Of gathered variables the mean for a row is taken over the steps in
    which it occurred. No step is ever stale. What has been added up is kept in local variables,
    beside `sync_rep_local_step`: run `local_step_init_op` (or `chief_init_op`, or the hook of
    `make_session_run_hook`) once the global variables are initialized.

    `total_num_replicas` (by default as many as are aggregated) only matters to
    `get_init_tokens_op`. With `variable_averages` (an ExponentialMovingAverage) each update is
    followed by its `apply(variables_to_average)`.
    """

    def __init__(
        self,
        opt: Optimizer,
        replicas_to_aggregate: int,
        total_num_replicas: int | None = None,
        variable_averages: Any = None,
        variables_to_average: Any = None,
        use_locking: bool = False,
        name: str = "sync_replicas",
    ) -> None:
        super().__init__(use_locking, name)
        if replicas_to_aggregate < 1:
            raise ValueError(f"replicas_to_aggregate must be positive: {replicas_to_aggregate}")
        self._opt = opt
        self._replicas_to_aggregate = replicas_to_aggregate
        self._total_num_replicas = (
            replicas_to_aggregate if total_num_replicas is None else total_num_replicas
        )
        self._variable_averages = variable_averages
        self._variables_to_average = variables_to_average
        self._gradients_applied = False

    def compute_gradients(self, *args: Any, **kwargs: Any) -> list[tuple[Any, Any]]:
        """The gradients that `opt` computes."""
        return self._opt.compute_gradients(*args, **kwargs)

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None
    ) -> tf.Tensor:
        """The op of one step. ValueError without gradients or without a global step.

        `name` is accepted: the update's ops are named by `opt`.
        """
        pairs = [(gradient, variable) for gradient, variable in grads_and_vars]
        if not pairs:
            raise ValueError("Must supply at least one variable")
        if global_step is None:
            raise ValueError("Global step is required: it counts the updates.")
        self._local_step = _local(0, "sync_rep_local_step", global_step.dtype.base_dtype)
        self.local_step_init_op = tf.assign(self._local_step, global_step)
        self.ready_for_local_init_op = tf.report_uninitialized_variables(tf.global_variables())
        initial: list[Any] = [self.local_step_init_op]
        if self._replicas_to_aggregate == 1:
            done = self._apply_now(pairs, global_step)
        else:
            done = self._update_now_and_then(pairs, global_step, initial)
        with tf.name_scope(self._name):
            self.chief_init_op = tf.group(*initial)
        with tf.control_dependencies([done]):
            train_op = tf.assign(self._local_step, global_step)
        if self._replicas_to_aggregate > 1:
            tf.add_to_collection(tf.GraphKeys.TRAIN_OP, train_op.op)
        self._gradients_applied = True
        return train_op

    def _update_now_and_then(self, pairs: list, global_step: Any, initial: list) -> Any:
        """Adds the gradients up; updates where this is the last step of a round."""
        graph = tf.get_default_graph()
        outside = graph.get_name_scope()
        with tf.name_scope(self._name):
            gathered = _Gathered([(g, v) for g, v in pairs if g is not None])
            full = tf.equal(gathered.count, self._replicas_to_aggregate)
        initial += gathered.initializers
        train_ops = tf.get_collection_ref(tf.GraphKeys.TRAIN_OP)
        before = len(train_ops)

        def update() -> tf.Operation:
            means = gathered.means(self._replicas_to_aggregate)
            with graph.name_scope(f"{outside}/" if outside else None):
                done = self._apply_now(means, global_step)
            with tf.control_dependencies([done]):
                return gathered.reset()

        done = tf.cond(full, update, tf.no_op, name=f"{self._name}/update")
        del train_ops[before:]  # an op inside a condition is not run by itself
        return done

    def _apply_now(self, pairs: list, global_step: Any) -> Any:
        done = self._opt.apply_gradients(pairs, global_step)
        if self._variable_averages is None:
            return done
        with tf.control_dependencies([done]):
            return self._variable_averages.apply(self._variables_to_average)

    def get_slot(self, *args: Any, **kwargs: Any) -> Any:
        """The slot that `opt` keeps."""
        return self._opt.get_slot(*args, **kwargs)

    def get_slot_names(self, *args: Any, **kwargs: Any) -> list[str]:
        """The names of the slots that `opt` keeps."""
        return self._opt.get_slot_names(*args, **kwargs)

    def variables(self) -> list:
        """The variables that `opt` keeps."""
        return self._opt.variables()

    # What the processes of TensorFlow need in order to wait for each other.

    def get_init_tokens_op(self, num_tokens: int = -1) -> tf.Operation:
        """An op that does nothing: one process waits for no tokens.

        ValueError before `apply_gradients`, or for fewer tokens than the first round needs.
        """
        self._applied("get_init_tokens_op")
        needed = self._replicas_to_aggregate - self._total_num_replicas
        if num_tokens != -1 and num_tokens < needed:
            raise ValueError(
                f"Too few tokens to finish the first step: {num_tokens}, {needed} are needed"
            )
        return tf.no_op(name="no_init_tokens")

    def get_chief_queue_runner(self) -> ChiefQueueRunner:
        """A queue runner without threads: the train op does the update itself.

        ValueError before `apply_gradients`.
        """
        self._applied("get_chief_queue_runner")
        return ChiefQueueRunner()

    def make_session_run_hook(self, is_chief: bool, num_tokens: int = -1) -> SyncReplicasHook:
        """A hook that initializes what this optimizer keeps, once a session exists."""
        return SyncReplicasHook(self, is_chief, num_tokens)

    def _applied(self, what: str) -> None:
        if not self._gradients_applied:
            raise ValueError(f"{what}() should be called after apply_gradients().")


class ChiefQueueRunner:
    """Stands where TensorFlow's chief has a thread that updates the variables: there is none."""

    name = "sync_replicas"

    def create_threads(
        self, sess: Any, coord: Any = None, daemon: bool = False, start: bool = False
    ) -> list:
        """No threads."""
        return []


class SyncReplicasHook:
    """A session hook: initializes the optimizer's local variables when the session is made."""

    def __init__(self, sync_optimizer: SyncReplicasOptimizer, is_chief: bool, num_tokens: int):
        self._sync_optimizer = sync_optimizer
        self._is_chief = is_chief
        self._num_tokens = num_tokens

    def begin(self) -> None:
        """ValueError where the optimizer has not been applied."""
        self._sync_optimizer._applied("SyncReplicasOptimizer's hook: begin")
        if self._is_chief:
            self._sync_optimizer.get_init_tokens_op(self._num_tokens)

    def after_create_session(self, session: Any, coord: Any) -> None:
        """Runs the initializers. RuntimeError while global variables are not initialized."""
        missing = session.run(self._sync_optimizer.ready_for_local_init_op)
        if len(missing):
            names = ", ".join(name.decode() for name in missing)
            raise RuntimeError(
                "Init operations did not make model ready for SyncReplicasOptimizer local_init. "
                f"Variables not initialized: {names}"
            )
        session.run(self._sync_optimizer.chief_init_op)

    def before_run(self, run_context: Any) -> None:
        """Asks for nothing."""

    def after_run(self, run_context: Any, run_values: Any) -> None:
        """Nothing to do."""

    def end(self, session: Any) -> None:
        """Nothing to do."""


class _Gathered:
    """What the gradients of a round add up to. `count` is the number of steps so far."""

    def __init__(self, pairs: list) -> None:
        self._entries: list[tuple[Any, Any, Any]] = []  # the variable, the sum, how often each row
        pushes = []
        for gradient, variable in pairs:
            name, shape = variable.op.name, variable.get_shape()
            total = _local(filled(variable, 0.0), name, shape=shape)
            seen = None
            if isinstance(gradient, tf.IndexedSlices):
                rows, places = tf.unique(gradient.indices)
                values = tf.unsorted_segment_sum(gradient.values, places, tf.size(rows))
                start = tf.zeros_like(total.initial_value, dtype=tf.int32)
                axes = tf.range(1, tf.rank(start))
                seen = _local(tf.reduce_sum(start, axes), f"{name}/seen", shape=shape[:1])
                pushes.append(tf.scatter_add(total, rows, values))
                pushes.append(tf.scatter_add(seen, rows, tf.ones_like(rows, dtype=tf.int32)))
            else:
                pushes.append(tf.assign_add(total, gradient))
            self._entries.append((variable, total, seen))
        counter = _local(0, "count")
        with tf.control_dependencies(pushes):
            self.count = tf.assign_add(counter, 1)
        kept = [counter, *(v for _, *both in self._entries for v in both if v is not None)]
        self._variables = kept
        self.initializers = [variable.initializer for variable in kept]

    def means(self, steps: int) -> list[tuple[Any, Any]]:
        """[(mean of the gradients, variable)]; a row's is that over the steps that had it."""
        found = []
        for variable, total, seen in self._entries:
            if seen is None:
                found.append((total / steps, variable))
                continue
            rows = tf.reshape(tf.where(seen > 0), [-1])
            sums = tf.gather(total, rows)
            times = tf.cast(tf.gather(seen, rows), sums.dtype)
            ones = tf.ones([tf.rank(sums) - 1], tf.int32)
            times = tf.reshape(times, tf.concat([tf.shape(rows), ones], 0))
            found.append((tf.IndexedSlices(sums / times, rows, tf.shape(total)), variable))
        return found

    def reset(self) -> tf.Operation:
        """Sets all sums and counts to 0."""
        return tf.group(*(tf.assign(v, tf.zeros_like(v)) for v in self._variables))


def _local(initial_value: Any, name: str, dtype: Any = None, shape: Any = None) -> Any:
    return tf.Variable(
        initial_value,
        name=name,
        dtype=dtype,
        trainable=False,
        collections=[tf.GraphKeys.LOCAL_VARIABLES],
        validate_shape=shape is None or shape.is_fully_defined(),
    )
