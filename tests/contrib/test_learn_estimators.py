"""tf.contrib.learn: estimators, monitors, metrics and experiments, as TensorFlow 1.15 has them."""

import functools
import os

import numpy as np
import pytest

import scopeflow as tf

learn = tf.contrib.learn
ModeKeys = learn.ModeKeys
X = np.random.RandomState(0).rand(40, 3)
Y = (X.sum(1) > 1.5).astype(np.int64)


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def model_fn(features, targets, mode, params):
    x = next(iter(features.values())) if isinstance(features, dict) else features
    logits = tf.layers.dense(
        tf.cast(x, tf.float32), 2, kernel_initializer=tf.zeros_initializer(), name="d"
    )
    loss = train_op = None
    if mode != ModeKeys.INFER:
        loss = tf.losses.sparse_softmax_cross_entropy(targets, logits)
    if mode == ModeKeys.TRAIN:
        train_op = tf.contrib.layers.optimize_loss(
            loss, tf.contrib.framework.get_global_step(), params["rate"], "SGD"
        )
    predictions = {"classes": tf.argmax(logits, 1), "prob": tf.nn.softmax(logits)}
    return learn.ModelFnOps(mode, predictions, loss, train_op)


def input_fn():
    return tf.constant(X), tf.constant(Y)


@pytest.fixture
def estimator(tmp_path):
    return made(tmp_path)


def made(path, cls=learn.Estimator, **config):
    config = learn.RunConfig(**config)
    return cls(model_fn, str(path), config=config, params={"rate": 0.5})


def close(found, expected):
    assert sorted(found) == sorted(expected)
    for key, value in expected.items():
        assert found[key] == pytest.approx(value, rel=1e-5), key


ACCURACY = {"acc": learn.MetricSpec(tf.metrics.accuracy, prediction_key="classes")}


# Estimators. The figures are TensorFlow 1.15.5's.


def test_arrays(estimator, tmp_path):
    for ask in (lambda: estimator.evaluate(x=X, y=Y), lambda: estimator.predict(x=X)):
        with pytest.raises(learn.NotFittedError, match="Couldn't find trained model at "):
            ask()
    assert estimator.fit(x=X, y=Y, steps=10) is estimator
    assert estimator.model_dir == str(tmp_path)
    names = ["OptimizeLoss/learning_rate", "d/bias", "d/kernel", "global_step"]
    assert estimator.get_variable_names() == names
    assert estimator.get_variable_value("global_step") == 10
    expected = {"acc": 0.775, "loss": 0.6028833, "global_step": 10}
    close(estimator.evaluate(x=X, y=Y, metrics=ACCURACY), expected)
    close(estimator.evaluate(x=X, y=Y, metrics={("acc", "classes"): tf.metrics.accuracy}), expected)
    found = estimator.evaluate(x=X, y=Y, batch_size=7, steps=2, name="part", log_progress=False)
    close(found, {"loss": 0.58348185, "global_step": 10})
    assert any("tfevents" in name for name in os.listdir(tmp_path / "eval_part"))
    examples = list(estimator.predict(x=X))
    assert len(examples) == 40
    np.testing.assert_allclose(examples[0]["prob"], [0.3984634, 0.60153663], rtol=1e-5)
    whole = estimator.predict(x=X, as_iterable=False)
    assert {key: value.shape for key, value in whole.items()} == {"classes": (40,), "prob": (40, 2)}
    batches = estimator.predict(x=X, batch_size=16, iterate_batches=True, outputs=["classes"])
    assert [(sorted(b), len(b["classes"])) for b in batches] == [
        (["classes"], 16), (["classes"], 16), (["classes"], 8),
    ]  # fmt: skip
    with pytest.raises(ValueError, match="at least one output from .*provided .'nope'"):
        list(estimator.predict(x=X, outputs=["nope"]))


def test_dicts_of_arrays_and_part_by_part(estimator):
    estimator.fit(x={"x": X}, y=Y, steps=4, batch_size=8)
    estimator.partial_fit(x={"x": X.tolist()}, y=Y.tolist())
    assert estimator.get_variable_value("global_step") == 5
    with pytest.raises(ValueError, match="different numbers of rows: .39, 40"):
        estimator.fit(x=X, y=Y[1:], steps=1)


def test_input_functions(estimator):
    estimator.fit(input_fn=input_fn, max_steps=15)
    estimator.fit(input_fn=input_fn, max_steps=15)
    assert estimator.get_variable_value("global_step") == 15
    # Constants would come without end: one step is made.
    assert len(list(estimator.predict(input_fn=input_fn))) == 40
    epoch = lambda: (tf.train.limit_epochs(tf.constant(X), 2), None)  # noqa: E731
    assert len(list(estimator.predict(input_fn=epoch))) == 40
    dataset = lambda: tf.data.Dataset.from_tensor_slices(X).batch(16)  # noqa: E731
    assert len(list(estimator.predict(input_fn=dataset))) == 40
    place = {}

    def fed():
        place["x"] = tf.placeholder(tf.float32, [None, 3])
        return place["x"], tf.ones(tf.shape(place["x"])[:1], tf.int64)

    found = estimator.evaluate(input_fn=fed, feed_fn=lambda: {place["x"]: X[:4]}, steps=3)
    assert found["global_step"] == 15


@pytest.mark.parametrize(
    "arguments, text",
    [
        ({}, "Either x or input_fn must be provided."),
        ({"x": X, "y": Y, "input_fn": input_fn}, "Can not provide both input_fn and x or y."),
        ({"input_fn": input_fn, "batch_size": 3}, "Can not provide both input_fn and batch_size."),
        ({"input_fn": input_fn, "steps": 1, "max_steps": 1}, "both steps and max_steps."),
    ],
)
def test_arguments_that_contradict(estimator, arguments, text):
    with pytest.raises(ValueError, match=text):
        estimator.fit(**arguments)


def test_model_functions_of_the_older_form(tmp_path):
    def of_two(features, labels):
        w = tf.get_variable("w", [], initializer=tf.zeros_initializer())
        loss = tf.square(w - labels[0])
        step = tf.train.get_global_step()
        train_op = tf.train.GradientDescentOptimizer(0.1).minimize(loss, step)
        return w * features, loss, train_op

    def engineer(features, labels):
        return tf.cast(features[:, 0] * 2, tf.float32), tf.ones_like(labels, tf.float32)

    estimator = learn.Estimator(of_two, str(tmp_path), feature_engineering_fn=engineer)
    estimator.fit(input_fn=input_fn, steps=1)
    close(estimator.evaluate(input_fn=input_fn, steps=1), {"loss": 0.64, "global_step": 1})
    metrics = {"mean": lambda predictions, labels: tf.reduce_mean(predictions) - 1.0}
    found = estimator.evaluate(input_fn=input_fn, steps=1, metrics=metrics)
    assert found["mean"] == pytest.approx(0.4 * X[:, 0].mean() - 1, rel=1e-5)
    with pytest.raises(ValueError, match="does not have a params argument, but params"):
        learn.Estimator(of_two, params={"a": 1})
    with pytest.raises(ValueError, match="model_fn must be provided"):
        learn.Estimator()
    wrong = learn.Estimator(lambda features, labels: (1, 2))
    with pytest.raises(ValueError, match="please return ModelFnOps or"):
        wrong.fit(input_fn=input_fn, steps=1)


def test_export(estimator, tmp_path):
    estimator.fit(x=X, y=Y, steps=2)

    def serving_input_fn():
        x = tf.placeholder(tf.float32, [None, 3], "given")
        return learn.InputFnOps(x, None, {"x": x})

    path = estimator.export_savedmodel(str(tmp_path / "export"), serving_input_fn)
    with tf.Session(graph=tf.Graph()) as session:
        model = tf.saved_model.loader.load(session, ["serve"], path)
        signature = model.signature_def["serving_default"]
        fetch = signature.outputs["prob"].name
        probabilities = session.run(fetch, {signature.inputs["x"].name: X[:2]})
    expected = estimator.predict(x=X[:2], as_iterable=False)["prob"]
    np.testing.assert_allclose(probabilities, expected, rtol=1e-6)
    with pytest.raises(NotImplementedError, match="graph_rewrite_specs"):
        estimator.export_savedmodel(str(tmp_path), serving_input_fn, graph_rewrite_specs=())


def test_alternatives_of_an_export():
    a, b = {"a": tf.constant([1.0])}, {"b": tf.constant([2.0])}
    kind = learn.ProblemType.UNSPECIFIED
    ops = learn.ModelFnOps(
        ModeKeys.INFER, a, output_alternatives={"one": (kind, a), "two": (kind, b)}
    )
    outputs = ops.estimator_spec("two").export_outputs
    assert outputs["serving_default"].outputs == b and outputs["one"].outputs == a
    with pytest.raises(ValueError, match=r"output_alternatives are: \['one', 'two'\]"):
        ops.estimator_spec()
    with pytest.raises(ValueError, match="'three' is none of"):
        ops.estimator_spec("three")


@pytest.mark.parametrize(
    "arguments, text",
    [
        ({"mode": "train"}, "Missing train_op."),
        ({"mode": "eval"}, "Missing loss."),
        ({"mode": "infer"}, "Missing predictions."),
        ({"mode": "bad"}, "Invalid mode bad."),
    ],
)
def test_what_a_mode_needs(arguments, text):
    with pytest.raises(ValueError, match=text):
        learn.ModelFnOps(**arguments)


def test_as_scikit_learn(estimator):
    model = learn.SKCompat(estimator)
    assert model.fit(X.astype(np.float32), Y, batch_size=8, steps=20) is model
    assert model.score(X, Y)["global_step"] == 20
    assert model.predict(X)["classes"].shape == (40,)


# Configurations.


def test_configurations(tmp_path):
    config = learn.RunConfig()
    assert (config.save_checkpoints_secs, config.save_checkpoints_steps) == (600, None)
    assert config.task_type is None and config.task_id == config.get_task_id() == 0
    assert config.environment == "local" and config.is_chief
    assert config.session_config is None and config.session_creation_timeout_secs == 7200
    assert config.tf_config.gpu_options.per_process_gpu_memory_fraction == 1
    config = learn.RunConfig(
        save_checkpoints_steps=5, save_checkpoints_secs=9, gpu_memory_fraction=0.5, num_cores=3
    )
    assert (config.save_checkpoints_secs, config.save_checkpoints_steps) == (None, 5)
    assert config.tf_config.intra_op_parallelism_threads == 3
    assert config.tf_config.gpu_options.per_process_gpu_memory_fraction == 0.5
    estimator = made(tmp_path, num_cores=1)
    assert estimator.config.session_config.intra_op_parallelism_threads == 1
    assert learn.RunConfig(save_checkpoints_secs=None).save_checkpoints_secs is None
    other = config.replace(model_dir="x", session_creation_timeout_secs=3)
    assert isinstance(other, learn.RunConfig) and other.model_dir == "x"
    assert other.session_creation_timeout_secs == 3
    assert config.session_creation_timeout_secs == 7200
    with pytest.raises(ValueError, match="Replacing foo is not supported"):
        config.replace(foo=3)


def test_what_tells_configurations_apart():
    one, two = learn.RunConfig(), learn.RunConfig(keep_checkpoint_max=3)
    assert one.uid() == two.uid() != learn.RunConfig(num_cores=2).uid()
    assert one.uid(whitelist=["model_dir"]) != two.uid(whitelist=["model_dir"])


# Metrics.


def given(labels, predictions, weights=None):
    return labels, predictions, weights


def of_targets(prediction, target):
    return target, prediction, None


@pytest.mark.parametrize(
    "spec, arguments, expected",
    [
        ({"metric_fn": given}, ({}, "L", "P"), ("L", "P", None)),
        ({"metric_fn": given}, ({}, {"l": "L"}, {"p": "P"}), ("L", "P", None)),
        (
            {"metric_fn": given, "prediction_key": "p", "label_key": "l", "weight_key": "w"},
            ({"w": "W"}, {"l": "L", "k": 0}, {"p": "P", "q": 0}),
            ("L", "P", "W"),
        ),
        ({"metric_fn": of_targets}, ({}, "L", "P"), ("L", "P", None)),
        ({"metric_fn": functools.partial(given, weights=3)}, ({}, "L", "P"), ("L", "P", 3)),
        ({"metric_fn": lambda predictions: predictions}, ({}, "L", "P"), "P"),
        ({"metric_fn": lambda a, b: (a, b)}, ({}, "L", "P"), ("L", "P")),
    ],
)
def test_what_a_metric_takes(spec, arguments, expected):
    assert learn.MetricSpec(**spec).create_metric_ops(*arguments) == expected


@pytest.mark.parametrize(
    "spec, arguments, kind, text",
    [
        ({"prediction_key": "p"}, ({}, "L", "P"), ValueError, "prediction_key specified requires"),
        ({"prediction_key": "p"}, ({}, "L", {"q": 0}), KeyError, "Key 'p' missing from"),
        ({}, ({}, {"l": 0, "k": 0}, "P"), ValueError, "without specified label_key requires"),
        ({"weight_key": "w"}, ({}, "L", "P"), KeyError, "w"),
    ],
)
def test_what_a_metric_lacks(spec, arguments, kind, text):
    with pytest.raises(kind, match=text):
        learn.MetricSpec(given, **spec).create_metric_ops(*arguments)


def test_a_metric_without_weights():
    with pytest.raises(ValueError, match="missing from <lambda>"):
        learn.MetricSpec(lambda a, b: a, weight_key="w")
    spec = learn.MetricSpec(tf.metrics.accuracy, "p", "l", "w")
    text = "MetricSpec(metric_fn=accuracy, prediction_key=p, label_key=l, weight_key=w)"
    assert str(spec) == text
    assert spec.metric_fn is tf.metrics.accuracy
    assert (spec.prediction_key, spec.label_key, spec.weight_key) == ("p", "l", "w")


# Monitors.


class Told(learn.monitors.BaseMonitor):
    def __init__(self):
        super().__init__()
        self.log = []

    def set_estimator(self, estimator):
        super().set_estimator(estimator)
        self.log.append("estimator")

    def begin(self, max_steps=None):
        self.log.append(("begin", max_steps))

    def end(self, session=None):
        self.log.append("end")

    def step_begin(self, step):
        self.log.append(("step_begin", step))
        return ["d/bias:0"]

    def step_end(self, step, output):
        self.log.append(("step_end", step, sorted(output)))
        return step == 2

    def post_step(self, step, session):
        assert session.run("d/bias:0").shape == (2,)
        self.log.append(("post_step", step))


def test_what_a_monitor_is_told(estimator):
    monitor = Told()
    estimator.fit(input_fn=input_fn, steps=10, monitors=[monitor])
    assert monitor.log == [
        "estimator", ("begin", None),
        ("step_begin", 1), ("step_end", 1, ["d/bias:0"]), ("post_step", 1),
        ("step_begin", 2), ("step_end", 2, ["d/bias:0"]), ("post_step", 2), "end",
    ]  # fmt: skip


class Sometimes(learn.monitors.EveryN):
    def __init__(self, *arguments):
        super().__init__(*arguments)
        self.log = []

    def every_n_step_end(self, step, outputs):
        self.log.append(step)
        return super().every_n_step_end(step, outputs)

    def every_n_post_step(self, step, session):
        super().every_n_post_step(step, session)
        self.log.append(-step)


@pytest.mark.parametrize(
    "arguments, expected",
    [
        ((5, 1), [1, -1, 6, -6, 11, -11]),
        ((3, 2), [1, -1, 2, -2, 5, -5, 8, -8, 11, -11]),
        ((4, 0), [4, -4, 8, -8, -11]),
    ],
)
def test_every_n_steps(estimator, arguments, expected):
    monitor = Sometimes(*arguments)
    estimator.fit(input_fn=input_fn, steps=11, monitors=[monitor])
    assert monitor.log == expected


def test_every_n_steps_of_a_training_that_goes_on(estimator):
    estimator.fit(input_fn=input_fn, steps=3)
    monitor = Sometimes(5, 1)
    estimator.fit(input_fn=input_fn, steps=8, monitors=[monitor])
    assert monitor.log == [5, -5, 10, -10, -11]


def test_the_stock_monitors(estimator, tmp_path, caplog):
    monitors = learn.monitors
    captured = monitors.CaptureVariable("d/bias:0", every_n=2)
    summed = {}

    def with_summary(features, targets, mode, params):
        ops = model_fn(features, targets, mode, params)
        summed["saver"]._summary_op = tf.summary.scalar("mine", ops.loss)
        summed["nan"]._loss_tensor = ops.loss
        return ops

    estimator = learn.Estimator(with_summary, str(tmp_path), params={"rate": 0.5})
    summed["saver"] = monitors.SummarySaver(None, save_steps=2, output_dir=str(tmp_path / "s"))
    summed["nan"] = monitors.NanLoss("loss", every_n_steps=1)
    before = tf.logging.get_verbosity()
    tf.logging.set_verbosity(tf.logging.INFO)
    try:
        estimator.fit(
            input_fn=input_fn,
            steps=6,
            monitors=[
                captured,
                summed["saver"],
                summed["nan"],
                monitors.PrintTensor({"b": "d/bias:0"}, every_n=3),
                monitors.LoggingTrainable("d/", every_n=4),
                monitors.StepCounter(2, output_dir=str(tmp_path / "s")),
                monitors.CheckpointSaver(
                    str(tmp_path / "c"), save_steps=4, scaffold=tf.train.Scaffold(),
                    saver=_LateSaver(),
                ),
                monitors.StopAtStep(5),
            ],
        )  # fmt: skip
    finally:
        tf.logging.set_verbosity(before)
    assert sorted(captured.values) == [1, 3, 5] and captured.values[5].shape == (2,)
    assert estimator.get_variable_value("global_step") == 5
    assert "Step 4: b = [" in caplog.text
    assert "Logging Trainable: Step 5: d/kernel:0 = " in caplog.text
    tags = {}
    (name,) = os.listdir(tmp_path / "s")
    for event in tf.train.summary_iterator(str(tmp_path / "s" / name)):
        for value in event.summary.value:
            tags.setdefault(value.tag, []).append(event.step)
    assert tags == {"mine": [1, 3, 5], "global_step/sec": [3, 5]}
    saved = {name for name in os.listdir(tmp_path / "c") if name.endswith(".index")}
    assert saved == {"model.ckpt-1.index", "model.ckpt-5.index"}


class _LateSaver:
    """A saver of a graph that is not there yet."""

    def save(self, session, path, step):
        with session.graph.as_default():
            session.graph._unsafe_unfinalize()
            return tf.train.Saver().save(session, path, step)


def test_a_loss_that_is_no_number(tmp_path):
    def diverges(features, labels):
        step = tf.assign_add(tf.train.get_global_step(), 1)
        return features, tf.constant(0.0), tf.identity(step, "n")

    def watched(raises):
        estimator = learn.Estimator(diverges, str(tmp_path / str(raises)))
        nan = lambda: (tf.constant(X), tf.constant(np.nan, name="nan"))  # noqa: E731
        monitor = learn.monitors.NanLoss("nan:0", fail_on_nan_loss=raises)
        estimator.fit(input_fn=nan, steps=5, monitors=[monitor])
        return estimator.get_variable_value("global_step")

    assert watched(False) == 1
    with pytest.raises(learn.NanLossDuringTrainingError):
        watched(True)


@pytest.mark.parametrize(
    "make, text",
    [
        (lambda m: m.StopAtStep(), "Exactly one of num_steps and last_step"),
        (lambda m: m.CheckpointSaver("x", save_steps=1), "`scaffold` or `saver`"),
        (lambda m: m.CheckpointSaver("x", saver=1), "Either save_steps or save_secs"),
        (lambda m: m.ValidationMonitor(), "Either x or input_fn should be provided."),
        (lambda m: m.BaseMonitor().set_estimator(None), "Missing estimator."),
    ],
)
def test_what_monitors_need(make, text):
    with pytest.raises(ValueError, match=text):
        make(learn.monitors)


def test_hooks_and_monitors(estimator):
    replace = learn.monitors.replace_monitors_with_hooks
    hook = tf.train.StopAtStepHook(3)
    found = replace([Told(), hook, Told()], estimator)
    assert found[0] is hook and len(found) == 2
    assert isinstance(found[1], learn.monitors.RunHookAdapterForMonitors)
    assert replace(None, estimator) == []
    with pytest.raises(AttributeError, match="set_estimator"):
        replace([3], estimator)
    made = learn.monitors.get_default_monitors(
        tf.constant(1.0), tf.summary.scalar("a", 1.0), output_dir=estimator.model_dir
    )
    assert [type(m).__name__ for m in made] == ["PrintTensor", "SummarySaver"]


class Counting(learn.Estimator):
    """Tells what it is asked."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.log = []

    def fit(self, **kwargs):
        self.log.append(("fit", kwargs.get("steps"), kwargs.get("max_steps")))
        return super().fit(**kwargs)

    def evaluate(self, **kwargs):
        path = os.path.basename(kwargs.get("checkpoint_path") or "")
        self.log.append(("evaluate", kwargs["name"], kwargs["steps"], path))
        return super().evaluate(**kwargs)


def test_a_monitor_that_evaluates(tmp_path):
    estimator = made(tmp_path, Counting, save_checkpoints_steps=2)
    monitor = learn.monitors.ValidationMonitor(
        input_fn=input_fn, every_n_steps=1, eval_steps=1, early_stopping_rounds=2,
        early_stopping_metric_minimize=False, check_interval_secs=0, name="v",
    )  # fmt: skip
    estimator.fit(input_fn=input_fn, steps=12, monitors=[monitor])
    assert estimator.log == [("fit", 12, None), *3 * [("evaluate", "v", 1, "")]]
    assert monitor.early_stopped and monitor.best_step == 1
    assert monitor.best_value == pytest.approx(np.log(2), rel=1e-6)
    assert monitor.best_metrics["global_step"] == 0
    assert estimator.get_variable_value("global_step") == 4
    monitor.early_stopping_metric, monitor._latest_path = "nope", None
    with pytest.raises(ValueError, match=r"Metric nope missing from outputs"):
        monitor.every_n_step_end(5, {})


def test_a_monitor_that_looks_seldom(tmp_path):
    estimator = made(tmp_path, Counting, save_checkpoints_steps=2)
    monitor = learn.monitors.ValidationMonitor(
        x=X, y=Y, metrics=ACCURACY, every_n_steps=1, check_interval_secs=1000
    )
    estimator.fit(input_fn=input_fn, steps=6, monitors=[monitor])
    assert len(estimator.log) == 2 and not monitor.early_stopped


# Experiments.


def experiment(tmp_path, **changes):
    arguments = {
        "train_steps": 12, "eval_steps": 2, "eval_delay_secs": 0, "eval_metrics": ACCURACY,
        "continuous_eval_throttle_secs": 0,
    }  # fmt: skip
    estimator = made(tmp_path, Counting, save_checkpoints_steps=5)
    return learn.Experiment(estimator, input_fn, input_fn, **{**arguments, **changes})


END = {"acc": 0.775, "loss": 0.58890426, "global_step": 12}


def test_train_and_evaluate_as_two_calls(tmp_path):
    made = experiment(tmp_path)
    assert made.train() is made.estimator
    close(made.evaluate(), END)
    assert made.estimator.log == [("fit", None, 12), ("evaluate", "one_pass", 2, "")]
    assert (made.train_steps, made.eval_steps, made.eval_metrics) == (12, 2, ACCURACY)


@pytest.mark.parametrize("frequency, evaluations", [(None, 2), (3, 2), (0, 1)])
def test_train_and_evaluate(tmp_path, frequency, evaluations):
    made = experiment(tmp_path, min_eval_frequency=frequency)
    found, exports = made.train_and_evaluate()
    close(found, END)
    assert exports == []
    assert made.estimator.log == [("fit", None, 12), *evaluations * [("evaluate", None, 2, "")]]


def test_evaluate_at_each_checkpoint(tmp_path):
    made = experiment(tmp_path, checkpoint_and_export=True)
    close(made.train_and_evaluate()[0], END)
    evaluated = [entry for entry in made.estimator.log if entry[0] == "evaluate"]
    assert len(evaluated) == 5  # at steps 0, 5, 10 and 12, and afterwards


def test_run_in_turns(tmp_path):
    made = experiment(tmp_path, train_steps_per_iteration=5, train_steps=11)
    found, _ = made.continuous_train_and_eval()
    assert found["loss"] == pytest.approx(0.5693389, rel=1e-5) and found["global_step"] == 15
    turns = []
    for n in (5, 10, 15):
        turns += [("fit", 5, None), ("evaluate", "one_pass", 2, f"model.ckpt-{n}")]
    assert made.estimator.log == turns
    made = experiment(tmp_path / "b")
    seen = []

    def goes_on(found, path):
        seen.append(path and os.path.basename(path))
        return len(seen) < 3

    made.continuous_train_and_eval(goes_on)
    assert seen == [None, "model.ckpt-1", "model.ckpt-2"]


def test_checkpoints_as_they_come(tmp_path):
    made = experiment(tmp_path)
    assert made.continuous_eval(continuous_eval_predicate_fn=lambda found: False) is None
    made.train()
    close(made.continuous_eval(), END)
    close(made.continuous_eval_on_train_data(), END)
    names = [entry[1] for entry in made.estimator.log[1:]]
    assert names == ["continuous", "continuous_on_train_data"]
    with pytest.raises(NotImplementedError, match="no servers"):
        made.run_std_server()


def test_one_step_of_all(tmp_path):
    made = experiment(tmp_path)
    assert made.test()["global_step"] == 1
    assert made.estimator.log == [("fit", 1, None), ("evaluate", "one_pass", 1, "")]
    made = experiment(tmp_path / "b")
    close(made.local_run()[0], END)
    assert len(made.estimator.log) == 2


def test_what_an_experiment_exports(tmp_path):
    told = []

    def export(estimator, path, checkpoint_path=None, eval_result=None):
        told.append((path, os.path.basename(checkpoint_path), eval_result["global_step"]))
        return b"there"

    strategy = learn.ExportStrategy("best", export)
    made = experiment(tmp_path, export_strategies=strategy, min_eval_frequency=0)
    assert made.train_and_evaluate()[1] == [b"there"]
    assert told == [(os.fsencode(tmp_path / "export" / "best"), "model.ckpt-12", 12)]
    assert made.reset_export_strategies([strategy]) == [strategy]
    with pytest.raises(ValueError, match="Two export_strategies have the name 'best'"):
        made.reset_export_strategies([strategy, strategy])
    with pytest.raises(ValueError, match="must be an ExportStrategy"):
        made.reset_export_strategies([3])
    only = learn.ExportStrategy("x", lambda estimator, path, eval_result: path)
    with pytest.raises(ValueError, match="must also accept checkpoint_path"):
        only.export(made.estimator, b"x", eval_result={})


def test_an_experiment_with_hooks(tmp_path):
    class Counted(tf.train.SessionRunHook):
        runs = 0

        def after_run(self, run_context, run_values):
            Counted.runs += 1

    made = experiment(tmp_path, train_monitors=[learn.monitors.StopAtStep(2)])
    made.extend_train_hooks([Counted()])
    assert made.train_and_evaluate()[0]["global_step"] == 2
    assert Counted.runs == 2


def test_an_experiment_with_an_estimator_of_today(tmp_path):
    def of_today(features, labels, mode):
        step = tf.train.get_global_step()
        loss = tf.reduce_sum(features)
        return tf.estimator.EstimatorSpec(mode, features, loss, tf.assign_add(step, 1))

    estimator = tf.estimator.Estimator(of_today, str(tmp_path))
    stop = learn.monitors.StopAtStep(2)
    made = learn.Experiment(
        estimator, input_fn, input_fn, train_steps=3, eval_steps=1, train_monitors=[stop]
    )
    close(made.train_and_evaluate()[0], {"loss": X.sum(), "global_step": 2})
    with pytest.raises(ValueError, match="`eval_metrics` must be `None` with `tf.estimator"):
        learn.Experiment(estimator, input_fn, input_fn, eval_metrics={})
    with pytest.raises(ValueError, match="`estimator` must implement"):
        learn.Experiment(3, input_fn, input_fn)
    monitor = learn.monitors.ValidationMonitor(x=X)
    monitor.set_estimator(estimator)
    with pytest.raises(ValueError, match="does not support following arguments: x, y"):
        monitor.every_n_step_end(1, {})
    with pytest.raises(ValueError, match="`saving_listeners` must be `None`"):
        experiment(tmp_path / "b", saving_listeners=[])
    with pytest.raises(ValueError, match="`train_steps_per_iteration` must be an integer"):
        experiment(tmp_path / "b", train_steps_per_iteration=0.5)


def test_the_runner(tmp_path):
    run = learn.learn_runner.run
    make = lambda output_dir: experiment(output_dir)  # noqa: E731
    assert run(make, str(tmp_path / "a"), schedule="train").get_variable_value("global_step") == 12
    close(run(make, str(tmp_path / "b"))[0], END)
    config = learn.RunConfig(model_dir=str(tmp_path / "c"))
    hparams = tf.contrib.training.HParams(steps=2)

    def with_config(run_config, hparams):
        estimator = learn.Estimator(model_fn, config=run_config, params={"rate": 0.5})
        return learn.Experiment(estimator, input_fn, input_fn, train_steps=hparams.steps)

    assert run(with_config, run_config=config, hparams=hparams, schedule="test")["global_step"] == 1
    for arguments, kind, text in [
        ((make,), ValueError, "Must set value for `output_dir` or `run_config`"),
        ((make, "x", None, config), ValueError, "Cannot provide both"),
        ((3, "x"), TypeError, 'Experiment builder "3" is not callable.'),
        ((lambda output_dir: 3, "x"), TypeError, "did not return an Experiment instance"),
        ((with_config, None, None, learn.RunConfig()), ValueError, "Must specify a model dir"),
        ((with_config, None, None, config, 5), ValueError, "must be `HParams` instance"),
        ((make, "x", None, None, hparams), ValueError, "Must set `hparams` as None"),
        ((make, str(tmp_path / "d"), "nope"), ValueError, "references non-existent task nope"),
        ((make, str(tmp_path / "d"), "train_steps"), TypeError, "non-callable member train_steps"),
    ]:
        with pytest.raises(kind, match=text):
            run(*arguments)
