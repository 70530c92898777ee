"""Programs with hooks, monitored sessions and supervisors; what they do is recorded as lines."""

import contextlib
import glob
import logging
import os
import re
import shutil
import tempfile

FLOAT = re.compile(r"\d+\.\d+(e-\d+)?( sec)?")


class Lines(list):
    """What a program told: its own lines and the log's."""

    def __init__(self, folder):
        self.folder = folder

    def __call__(self, *parts):
        self.append(" ".join(map(str, parts)).replace(self.folder, "DIR"))

    def attempt(self, function):
        try:
            self("fine", function())
        except Exception as error:
            text = re.sub(r"<tf.Variable.*>", "<variable>", str(error))
            self(type(error).__name__, text.splitlines()[0][:60] if text else "")


@contextlib.contextmanager
def told(tf):
    folder = tempfile.mkdtemp()
    lines = Lines(folder)
    handler = logging.Handler()

    def emit(record):
        text = record.getMessage()
        known = ("eprecat", "Instructions", "seems that global step", "Restoring parameters")
        if not any(word in text for word in known):
            text = re.sub(r"(global_step/sec: ).*", r"\1N", text)
            text = re.sub(r"\(\d+\.\d+ sec\)", "(N sec)", text)
            text = re.sub(r"(An error was raised\.).*", r"\1", text)
            lines(record.levelname, text)

    handler.emit = emit
    logger = logging.getLogger("tensorflow")
    before, level, propagate = list(logger.handlers), logger.level, logger.propagate
    logger.handlers = [handler]
    logger.propagate = False
    logger.setLevel(logging.INFO)
    try:
        with tf.Graph().as_default():
            yield lines
    finally:
        logger.handlers, logger.propagate = before, propagate
        logger.setLevel(level)
        tf.summary.FileWriterCache.clear()
        shutil.rmtree(folder)


def trace_hook(tf, name, lines):
    class Trace(tf.train.SessionRunHook):
        def begin(self):
            lines(name, "begin", tf.get_default_graph().finalized)

        def after_create_session(self, session, coord):
            lines(name, "created", type(session).__name__, type(coord).__name__)

        def before_run(self, run_context):
            args = run_context.original_args
            lines(name, "before", len(args.fetches), args.feed_dict, args.options)
            return tf.train.SessionRunArgs(tf.train.get_global_step())

        def after_run(self, run_context, run_values):
            lines(name, "after", type(run_values.run_metadata).__name__)

        def end(self, session):
            lines(name, "end", type(session).__name__)

    return Trace()


def listener(tf, lines):
    class Listener(tf.train.CheckpointSaverListener):
        def begin(self):
            lines("listener begin")

        def before_save(self, session, global_step_value):
            lines("listener before", global_step_value)

        def after_save(self, session, global_step_value):
            lines("listener after", global_step_value)
            return global_step_value == 4

        def end(self, session, global_step_value):
            lines("listener end", global_step_value)

        def __str__(self):
            return "Listener"

    return Listener()


def model(tf):
    step = tf.train.get_or_create_global_step()
    w = tf.get_variable("w", initializer=1.0)
    loss = tf.square(w, name="loss")
    tf.summary.scalar("loss_summary", loss)
    with tf.control_dependencies([loss]):
        train = tf.train.GradientDescentOptimizer(0.25).minimize(loss, step)
    with tf.control_dependencies([train]):
        return tf.identity(loss), loss


def files(lines):
    found = os.listdir(lines.folder)
    lines(sorted("events" if name.startswith("events") else name for name in found))


def events(tf, lines):
    tf.summary.FileWriterCache.clear()
    for path in sorted(glob.glob(lines.folder + "/events*")):
        for event in tf.train.summary_iterator(path):
            what = event.WhichOneof("what")
            log = event.session_log.status if what == "session_log" else ""
            lines(what, event.step, [value.tag for value in event.summary.value], log)


def training(tf, lines):
    for _ in range(2):
        with tf.Graph().as_default():
            train, loss = model(tf)
            hooks = [
                trace_hook(tf, "hook", lines),
                tf.train.StopAtStepHook(num_steps=5),
                tf.train.LoggingTensorHook({"b": loss, "a": "loss:0"}, every_n_iter=2, at_end=True),
                tf.train.NanTensorHook(loss),
            ]
            with tf.train.MonitoredTrainingSession(
                checkpoint_dir=lines.folder,
                hooks=hooks,
                chief_only_hooks=[trace_hook(tf, "chief", lines)],
                save_checkpoint_steps=2,
                save_summaries_steps=2,
                log_step_count_steps=2,
            ) as session:
                while not session.should_stop():
                    lines("run", session.run([train])[0])
        files(lines)
    events(tf, lines)


def listeners(tf, lines):
    train, loss = model(tf)
    hook = tf.train.CheckpointSaverHook(
        lines.folder, save_steps=2, listeners=[listener(tf, lines)], checkpoint_basename="own"
    )
    final = tf.train.FinalOpsHook(loss)
    with tf.train.MonitoredSession(hooks=[hook, final]) as session:
        while not session.should_stop():
            session.run(train)
    lines(final.final_ops_values, tf.get_default_graph().finalized)
    files(lines)


def constructors(tf, lines):
    train = tf.train
    for function in (
        lambda: train.StopAtStepHook(),
        lambda: train.StopAtStepHook(num_steps=1, last_step=2),
        lambda: train.LoggingTensorHook({"a": "b"}),
        lambda: train.LoggingTensorHook({"a": "b"}, every_n_iter=0),
        lambda: train.LoggingTensorHook({"a": "b"}, every_n_iter=1, every_n_secs=1),
        lambda: train.CheckpointSaverHook("x", saver=1, scaffold=2),
        lambda: train.CheckpointSaverHook("x"),
        lambda: train.CheckpointSaverHook("x", save_steps=1, save_secs=1),
        lambda: train.StepCounterHook(every_n_steps=None),
        lambda: train.StepCounterHook(every_n_steps=1, every_n_secs=1),
        lambda: train.SummarySaverHook(),
        lambda: train.SummarySaverHook(save_steps=1),
        lambda: train.SummarySaverHook(save_steps=1, save_secs=1, summary_op=1),
        lambda: train.SecondOrStepTimer(),
        lambda: train.SecondOrStepTimer(1, 1),
        lambda: train.ProfilerHook(),
        lambda: train.StopAtStepHook(3).begin(),
        lambda: train.StepCounterHook().begin(),
        lambda: train.SummarySaverHook(save_steps=1, scaffold=1).begin(),
        lambda: train.GlobalStepWaiterHook(3).begin(),
        lambda: train.Scaffold(copy_from_scaffold=3),
        lambda: train.NanLossDuringTrainingError(),
        lambda: train.SessionRunHook().before_run(None),
        lambda: train.SessionRunArgs([1]),
        lambda: train.SessionRunValues(1, 2, 3),
    ):
        lines.attempt(function)


def timer(tf, lines):
    timer = tf.train.SecondOrStepTimer(every_steps=3)
    for step in range(8):
        due = timer.should_trigger_for_step(step)
        lines(step, due, timer.last_triggered_step())
        if due:
            lines(timer.update_last_triggered_step(step)[1])


def sessions(tf, lines):
    step = tf.train.get_or_create_global_step()
    fed = tf.placeholder_with_default(tf.constant(5, tf.int64), [])
    add = tf.assign_add(step, 1)
    seen = []

    class Raising(tf.train.SessionRunHook):
        def __init__(self, error):
            self.error = error

        def after_create_session(self, session, coord):
            lines("created")

        def before_run(self, run_context):
            return tf.train.SessionRunArgs(None)

        def after_run(self, run_context, run_values):
            seen.append(run_values.results)
            if len(seen) == 2:
                raise self.error

        def end(self, session):
            lines("end")

    class Feeding(tf.train.SessionRunHook):
        def before_run(self, run_context):
            return tf.train.SessionRunArgs(None, {fed: 3})

    def run(hooks, times=3, **kwargs):
        del seen[:]
        with tf.train.MonitoredSession(hooks=hooks) as session:
            for _ in range(times):
                lines("run", session.run(add, **kwargs), session.should_stop())

    for error in (
        tf.errors.OutOfRangeError(None, None, "done"),
        tf.errors.AbortedError(None, None, "aborted"),
        ValueError("own"),
        StopIteration("stop"),
    ):
        lines.attempt(lambda error=error: run([Raising(error)]))
    lines.attempt(lambda: run([Feeding()], 1, feed_dict={fed: 1}))
    lines.attempt(lambda: run([Feeding(), Feeding()], 1))
    lines.attempt(lambda: run([tf.train.FeedFnHook(lambda: {fed: 7})], 1))

    def step_fn(step_context):
        lines("step", step_context.session.run(step))
        value = step_context.run_with_hooks(add)
        if value > 1:
            step_context.request_stop()
        return value

    with tf.train.SingularMonitoredSession(hooks=[tf.train.StopAtStepHook(9)]) as session:
        lines(type(session.raw_session()).__name__, tf.get_default_session() is None)
        lines.attempt(lambda: session.run_step_fn(lambda: 1))
        while not session.should_stop():
            lines("stepped", session.run_step_fn(step_fn))
    lines(session.should_stop())
    closed = tf.train.MonitoredSession()
    closed.close()
    lines.attempt(closed.close)


def nan(tf, lines):
    tf.train.get_or_create_global_step()
    x = tf.placeholder(tf.float32, [])
    for fail in (True, False):

        def run(fail=fail):
            hooks = [tf.train.NanTensorHook(x, fail_on_nan_loss=fail)]
            with tf.train.MonitoredSession(hooks=hooks) as session:
                session.run(x, {x: float("nan")})
                lines(session.should_stop())

        lines.attempt(run)


def scaffold(tf, lines):
    graph = tf.get_default_graph()
    made = tf.train.Scaffold(init_fn=lambda own, session: lines("init", type(own).__name__))
    lines(made.init_op, made.saver)
    with tf.train.MonitoredSession(tf.train.ChiefSessionCreator(made)) as session:
        lines(made.init_op.name, made.local_init_op.name, made.ready_op.name, made.summary_op)
        lines(session.graph is graph, graph.finalized)
    lines(graph.finalized)
    lines([op.name for op in graph.get_operations()][:15])
    lines(tf.train.Scaffold.get_or_default("summary_op", "own", lambda: 3))
    tf.add_to_collection("own", 4)
    lines.attempt(lambda: tf.train.Scaffold(saver=5, copy_from_scaffold=made).saver)


def supervisor(tf, lines):
    step = tf.train.create_global_step()
    add = tf.assign_add(step, 1)
    own = tf.train.Supervisor(logdir=lines.folder, summary_op=None, save_summaries_secs=0)
    lines(own.is_chief, own.save_path, own.save_model_secs, own.save_summaries_secs)
    with own.managed_session(start_standard_services=False) as session:
        lines(type(session).__name__, tf.get_default_graph().finalized, own.should_stop())
        lines(session.run(add))
    own = tf.train.Supervisor(logdir=None)

    def train_step(session, by, other=0):
        lines("step", session.run(add), by, other)
        if session.run(step) >= 2:
            own.request_stop()

    tf.train.basic_train_loop(own, train_step, args=(3,), kwargs={"other": 4})
    lines.attempt(lambda: own.summary_computed(None, 1))

    def fail(error):
        with own.managed_session() as session:
            lines(session.run(step))
            raise error

    lines.attempt(lambda: fail(tf.errors.OutOfRangeError(None, None, "x")))
    lines.attempt(lambda: fail(ValueError("x")))
    events(tf, lines)


CASES = {
    function.__name__: function
    for function in (
        training, listeners, constructors, timer, sessions, nan, scaffold, supervisor,
    )
}  # fmt: skip


def cases():
    return [(name,) for name in CASES]


def run(tf, name):
    with told(tf) as lines:
        CASES[name](tf, lines)
        return list(lines)
