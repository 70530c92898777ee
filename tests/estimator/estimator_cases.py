"""Estimators, for TensorFlow and scopeflow alike; what they do is told as lines."""

import os
import re
import sys

import numpy as np

sys.path.insert(
    0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "train")
)
import session_cases as lines_of

NOISE = (
    "config",
    "evaluation at",
    "Skipping",
    "serializ",
    "enqueue_data",
    "Signatures",
    "SavedModel",
    "ssets",
    "temporary",
)


def numbers(value):
    if isinstance(value, dict):
        return {key: numbers(item) for key, item in sorted(value.items())}
    if isinstance(value, (list, tuple)):
        return [numbers(item) for item in value]
    return np.round(np.asarray(value, np.float64), 5).tolist()


def dataset(tf, repeats=3):
    features = {"x": np.arange(12, dtype=np.float32).reshape(6, 2)}
    labels = np.arange(6, dtype=np.float32)
    data = tf.data.Dataset.from_tensor_slices((features, labels))
    return data.repeat(repeats).batch(2)


def model_fn_for(tf, lines, **more):
    def model_fn(features, labels, mode, params, config):
        lines("model_fn", mode, sorted(params.items()), type(config).__name__, labels is None)
        w = tf.get_variable("w", [2, 1], initializer=tf.constant_initializer(0.1))
        p = tf.matmul(features["x"], w)[:, 0]
        if mode == tf.estimator.ModeKeys.PREDICT:
            return tf.estimator.EstimatorSpec(mode, predictions={"p": p, "twice": p * 2})
        loss = tf.losses.mean_squared_error(labels, p)
        optimizer = tf.train.GradientDescentOptimizer(params["rate"])
        train = optimizer.minimize(loss, tf.train.get_global_step())
        metrics = {"mae": tf.metrics.mean_absolute_error(labels, p)}
        return tf.estimator.EstimatorSpec(
            mode, loss=loss, train_op=train, eval_metric_ops=metrics, **more
        )

    return model_fn


def made(tf, lines, **more):
    config = tf.estimator.RunConfig(
        save_checkpoints_steps=4, save_summary_steps=3, log_step_count_steps=3
    )
    return tf.estimator.Estimator(
        model_fn_for(tf, lines, **more), lines.folder, config, params={"rate": 0.001}
    )


def life(tf, lines):
    own = made(tf, lines)
    lines(own.train(lambda: dataset(tf), steps=5) is own)
    own.train(lambda: dataset(tf), max_steps=5)
    own.train(lambda: dataset(tf), hooks=[lines_of.trace_hook(tf, "hook", lines)], max_steps=7)
    lines(numbers(own.evaluate(lambda: dataset(tf), steps=2, name="foo")))
    lines(numbers(own.evaluate(lambda: dataset(tf, 1))))
    lines(numbers(list(own.predict(lambda: dataset(tf, 1)))))
    batches = own.predict(lambda: dataset(tf), predict_keys=["p"], yield_single_examples=False)
    lines(numbers(next(batches)))
    batches.close()
    lines(own.get_variable_names(), numbers(own.get_variable_value("w")))
    lines(own.latest_checkpoint(), own.model_dir, own.params, own.eval_dir(), own.eval_dir("x"))
    with open(os.path.join(own.model_dir, "checkpoint")) as file:
        lines(file.read())
    lines_of.files(lines)
    lines_of.events(tf, lines)
    lines.folder = own.eval_dir("foo")
    lines_of.events(tf, lines)


def errors(tf, lines):
    own = made(tf, lines)
    estimator = tf.estimator
    for function in (
        lambda: own.train(dataset, steps=1, max_steps=2),
        lambda: own.train(dataset, steps=0),
        lambda: own.train(dataset, max_steps=-1),
        lambda: own.evaluate(dataset, steps=0),
        lambda: list(own.predict(lambda: dataset(tf), predict_keys=["z"])),
        lambda: estimator.Estimator(None),
        lambda: estimator.Estimator(own.model_fn, config=3),
        lambda: estimator.Estimator(
            own.model_fn, "/tmp/a", config=estimator.RunConfig(model_dir="/tmp/b")
        ),
        lambda: estimator.RunConfig(save_checkpoints_steps=1, save_checkpoints_secs=2),
        lambda: estimator.RunConfig(keep_checkpoint_max=-1),
        lambda: estimator.RunConfig(save_summary_steps=-1),
        lambda: estimator.RunConfig(tf_random_seed="a"),
        lambda: estimator.RunConfig().replace(other=3),
        lambda: estimator.TrainSpec(dataset, max_steps=0),
        lambda: estimator.EvalSpec(dataset, steps=0),
        lambda: estimator.TrainSpec(3),
        lambda: estimator.EvalSpec(dataset)[1:],
        lambda: estimator.TrainSpec(dataset)[1:],
    ):
        lines.attempt(function)
    config = estimator.RunConfig().replace(save_checkpoints_steps=3)
    lines(config.save_checkpoints_secs, config.save_checkpoints_steps, config.task_type)
    lines(config.task_id, config.master, config.is_chief, config.num_worker_replicas)
    lines(config.num_ps_replicas, config.cluster_spec, config.service, config.evaluation_master)


def specs(tf, lines):
    one, two = tf.constant(1.0), tf.constant([1.0, 2.0])
    nothing = tf.no_op()
    for given in (
        {"mode": "train"},
        {"mode": "train", "loss": 1, "train_op": nothing},
        {"mode": "train", "loss": two, "train_op": nothing},
        {"mode": "train", "loss": one, "train_op": 3},
        {"mode": "eval"},
        {"mode": "infer"},
        {"mode": "infer", "predictions": {"a": 1}},
        {"mode": "infer", "predictions": one, "export_outputs": 3},
        {"mode": "eval", "loss": one, "eval_metric_ops": {"a": 3}},
        {"mode": "eval", "loss": one, "eval_metric_ops": []},
        {"mode": "train", "loss": one, "train_op": nothing, "training_hooks": [3]},
        {"mode": "train", "loss": one, "train_op": nothing, "scaffold": 3},
    ):
        lines.attempt(lambda given=given: tf.estimator.EstimatorSpec(**given))
    spec = tf.estimator.EstimatorSpec("infer", predictions=one)
    lines(sorted(spec.export_outputs), spec._fields)


def with_evaluation(tf, lines):
    own = made(tf, lines)

    def serving():
        x = tf.placeholder(tf.float32, [None, 2])
        return tf.estimator.export.ServingInputReceiver({"x": x}, {"x": x})

    class Noting(tf.estimator.Exporter):
        name = "noting"

        def export(self, estimator, export_path, checkpoint_path, eval_result, is_the_final_export):
            lines("export", export_path, checkpoint_path, is_the_final_export)
            return eval_result["global_step"]

    result, exports = tf.estimator.train_and_evaluate(
        own,
        tf.estimator.TrainSpec(lambda: dataset(tf, None), max_steps=9),
        tf.estimator.EvalSpec(
            lambda: dataset(tf), steps=1, throttle_secs=0,
            exporters=[Noting(), tf.estimator.FinalExporter("last", serving)],
        ),
    )  # fmt: skip
    lines(numbers(result), exports[0], type(exports[1]).__name__)
    lines(len(os.listdir(os.path.join(lines.folder, "export", "last"))))


def exported(tf, lines):
    own = made(tf, lines)
    own.train(lambda: dataset(tf), steps=1)
    spec = {"x": tf.FixedLenFeature([2], tf.float32)}
    receiver_fn = tf.estimator.export.build_parsing_serving_input_receiver_fn(spec)
    path = own.export_saved_model(os.path.join(lines.folder, "out"), receiver_fn)
    lines(type(path).__name__)
    example = tf.train.Example()
    example.features.feature["x"].float_list.value.extend([1.0, 2.0])
    with tf.Graph().as_default(), tf.Session() as session:
        graph = tf.saved_model.load(session, ["serve"], path.decode())
        signature = graph.signature_def["serving_default"]
        lines(signature.method_name, sorted(signature.inputs), sorted(signature.outputs))
        feed = {signature.inputs["examples"].name: [example.SerializeToString()]}
        lines(numbers(session.run(signature.outputs["p"].name, feed)))


def arrays(tf, lines):
    input_fn = tf.estimator.inputs.numpy_input_fn(
        {"b": np.arange(10), "a": np.ones((10, 2), np.float32)},
        np.arange(10), batch_size=4, shuffle=False, num_epochs=1,
    )  # fmt: skip
    features, labels = input_fn()
    lines(sorted(features), features["a"].name, features["a"].shape, labels.name)
    lines([op.name for op in tf.get_default_graph().get_operations()][:8])
    with tf.train.MonitoredSession() as session:
        while not session.should_stop():
            lines(numbers(session.run([features["b"], labels])))
    numbers_of = tf.estimator.inputs.numpy_input_fn
    for function in (
        lambda: numbers_of({}, shuffle=True)(),
        lambda: numbers_of(np.arange(3)),
        lambda: numbers_of(3, shuffle=True)(),
        lambda: numbers_of({"a": np.arange(3)}, np.arange(2), shuffle=False)(),
    ):
        lines.attempt(function)
    own = made(tf, lines)
    x = {"x": np.ones((8, 2), np.float32)}
    shuffled = numbers_of(x, np.ones(8, np.float32), 4, None, True)
    own.train(shuffled, steps=3)
    lines(numbers(own.get_variable_value("w")))


CASES = {
    function.__name__: function
    for function in (life, errors, specs, with_evaluation, exported, arrays)
}


def cases():
    return [(name,) for name in CASES]


def run(tf, name):
    with lines_of.told(tf) as lines:
        CASES[name](tf, lines)
        found = [line for line in lines if not any(word in line for word in NOISE)]
        return [re.sub(r"\d{10}|0x[0-9a-f]+", "N", line) for line in found]
