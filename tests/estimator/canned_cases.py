"""Estimators whose model is there already, for TensorFlow and scopeflow alike."""

import os
import sys

import numpy as np

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
sys.path.insert(0, os.path.join(TESTS, "train"))
import session_cases as lines_of  # noqa: E402

X = {"a": np.linspace(-1, 1, 8).astype(np.float32), "c": np.array(list("xyzxyzxy"))}
TWO = np.array([0, 1, 0, 1, 1, 0, 1, 0])
THREE = np.array([0, 1, 2, 1, 1, 0, 2, 0])
NUMBERS = np.linspace(0, 2, 8).astype(np.float32)


def columns(tf):
    fc = tf.feature_column
    words = fc.categorical_column_with_vocabulary_list("c", ["x", "y", "z"])
    return [fc.numeric_column("a"), words], [fc.numeric_column("a"), fc.indicator_column(words)]


def models(tf):
    estimator = tf.estimator
    wide, deep = columns(tf)
    return {
        "linear 2": (lambda d: estimator.LinearClassifier(wide, d), TWO),
        "linear names": (
            lambda d: estimator.LinearClassifier(
                wide, d, n_classes=3, label_vocabulary=["p", "q", "r"], weight_column="a"
            ),
            np.array(list("pqrpqrqq")),
        ),
        "linear": (lambda d: estimator.LinearRegressor(wide, d, optimizer="SGD"), NUMBERS),
        "deep 2": (lambda d: estimator.DNNClassifier([3, 2], deep, d), TWO),
        "deep 3": (
            lambda d: estimator.DNNClassifier(
                [3], deep, d, n_classes=3, batch_norm=True, dropout=0.1
            ),
            THREE,
        ),
        "deep": (lambda d: estimator.DNNRegressor([3], deep, d, optimizer="Adam"), NUMBERS),
        "both 2": (
            lambda d: estimator.DNNLinearCombinedClassifier(
                d, linear_feature_columns=wide, dnn_feature_columns=deep, dnn_hidden_units=[3]
            ),
            TWO,
        ),
    }


def cases():
    return [
        (name,)
        for name in (
            "linear 2", "linear names", "linear", "deep 2", "deep 3", "deep", "both 2",
        )
    ]  # fmt: skip


def run(tf, name):
    with lines_of.told(tf) as lines:
        make, labels = models(tf)[name]
        known = name.startswith("linear")  # the networks begin at random
        numpy_input_fn = tf.estimator.inputs.numpy_input_fn
        own = make(lines.folder)
        own.train(numpy_input_fn(X, labels, 4, None, shuffle=False), steps=4)
        result = own.evaluate(numpy_input_fn(X, labels, 4, 1, shuffle=False))
        prediction = next(own.predict(numpy_input_fn(X, None, 4, 1, shuffle=False)))
        _, deep = columns(tf)
        spec = tf.feature_column.make_parse_example_spec(deep)
        receiver_fn = tf.estimator.export.build_parsing_serving_input_receiver_fn(spec)
        path = own.export_saved_model(os.path.join(lines.folder, "out"), receiver_fn)
        with tf.Graph().as_default(), tf.Session() as session:
            signatures = tf.saved_model.load(session, ["serve"], path.decode()).signature_def
        return {
            "names": [n for n in own.get_variable_names() if name[:4] != "deep" or "Ad" not in n],
            "weights": {
                n: own.get_variable_value(n).tolist()
                for n in own.get_variable_names()
                if known and "Ftrl" not in n
            },
            "result": {key: float(v) if known else 0 for key, v in sorted(result.items())},
            "prediction": {
                key: [str(np.asarray(v).dtype), np.shape(v), value_of(v) if known else 0]
                for key, v in sorted(prediction.items())
            },
            "signatures": {
                key: [signature.method_name, sorted(signature.outputs)]
                for key, signature in sorted(signatures.items())
            },
        }


def value_of(value):
    value = np.asarray(value)
    return [v.decode() for v in value] if value.dtype == object else value.tolist()
