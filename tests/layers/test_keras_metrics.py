"""tf.keras.metrics over two batches, without and with weights, as TensorFlow 1.15.5 has them.

recorded_keras_metrics.json is what `python tests/layers/test_keras_metrics.py` prints there.
"""

import json
import os

import numpy as np

RANDOM = np.random.RandomState(0)
OUTPUTS = RANDOM.rand(12, 4).astype("f")
LABELS = (RANDOM.rand(12, 4) > 0.6).astype("f")
WEIGHTS = RANDOM.rand(12).astype("f")
SHARES = OUTPUTS / OUTPUTS.sum(1, keepdims=True)
ONE_HOT = np.eye(4, dtype="f")[RANDOM.randint(4, size=12)]
CLASSES, OTHERS = RANDOM.randint(4, size=(12, 1)), RANDOM.randint(4, size=(12, 1))


def cases():
    """(key, the class's name, its arguments, labels, predictions, whether weights are tried)."""
    for kind in (
        "TruePositives", "TrueNegatives", "FalsePositives", "FalseNegatives", "Precision", "Recall",
    ):  # fmt: skip
        for end, arguments in (
            ("", {}), ("t", {"thresholds": [0.2, 0.7]}), ("u", {"thresholds": 0.3})
        ):  # fmt: skip
            yield kind + end, kind, arguments, LABELS, OUTPUTS, True
    for kind in ("Precision", "Recall"):
        yield kind + "k", kind, {"top_k": 2}, LABELS, OUTPUTS, True
        yield kind + "c", kind, {"class_id": 1}, LABELS, OUTPUTS, False
        yield kind + "kc", kind, {"top_k": 2, "class_id": 1}, LABELS, OUTPUTS, False
    for curve in ("ROC", "PR"):
        for how in ("interpolation", "minoring", "majoring"):
            given = {"curve": curve, "summation_method": how}
            yield "auc" + curve + how, "AUC", given, LABELS, OUTPUTS, True
            few = dict(given, num_thresholds=5)
            yield "auc5" + curve + how, "AUC", few, LABELS, OUTPUTS, True
    yield "auct", "AUC", {"thresholds": [0.6, 0.2]}, LABELS, OUTPUTS, True
    for kind in (
        "CategoricalHinge", "LogCoshError", "CosineSimilarity", "BinaryCrossentropy",
        "CategoricalCrossentropy", "RootMeanSquaredError",
    ):  # fmt: skip
        yield kind, kind, {}, ONE_HOT, SHARES, True
    numbers = CLASSES.astype("f")
    yield "topk", "TopKCategoricalAccuracy", {"k": 2}, ONE_HOT, SHARES, True
    yield "stopk", "SparseTopKCategoricalAccuracy", {"k": 2}, numbers, SHARES, True
    yield "scc", "SparseCategoricalCrossentropy", {}, numbers, SHARES, False
    logits = {"from_logits": True, "label_smoothing": 0.1}
    yield "bcel", "BinaryCrossentropy", logits, ONE_HOT, OUTPUTS, True
    yield "ccl", "CategoricalCrossentropy", logits, ONE_HOT, OUTPUTS, True
    yield "miou", "MeanIoU", {"num_classes": 5}, CLASSES, OTHERS, False


def measured(tf, kind, arguments, labels, outputs, weighted):
    """The result after two batches, without weights and with them."""
    found = []
    for weights in (None, WEIGHTS) if weighted else (None,):
        with tf.Graph().as_default(), tf.Session().as_default() as session:
            metric = getattr(tf.keras.metrics, kind)(**arguments)
            updates = [
                metric.update_state(
                    tf.constant(labels[part]),
                    tf.constant(outputs[part]),
                    None if weights is None else tf.constant(weights[part]),
                )
                for part in (slice(0, 7), slice(7, None))
            ]
            result = metric.result()
            session.run([variable.initializer for variable in metric.variables])
            for update in updates:
                session.run(update)
            again = type(metric).from_config(metric.get_config())
            assert again.name == metric.name
            found.append(np.round(np.asarray(session.run(result), float), 5).tolist())
    return found


def main():
    """Print what TensorFlow gives."""
    import tensorflow

    print(json.dumps({case[0]: measured(tensorflow, *case[1:]) for case in cases()}, indent=0))


if __name__ == "__main__":
    main()
else:
    import pytest

    import scopeflow as tf

    with open(os.path.join(os.path.dirname(__file__), "recorded_keras_metrics.json")) as file:
        RECORDED = json.load(file)

    @pytest.mark.parametrize("case", list(cases()), ids=lambda case: case[0])
    def test_as_tensorflow_measures(case):
        for found, expected in zip(measured(tf, *case[1:]), RECORDED[case[0]], strict=True):
            np.testing.assert_allclose(found, expected, atol=2e-5)

    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (lambda: tf.keras.metrics.Precision(thresholds=[0.5, 2.0]), "must be in"),
            (lambda: tf.keras.metrics.AUC(curve="other"), "Invalid AUC curve"),
            (lambda: tf.keras.metrics.AUC(summation_method="x"), "Invalid AUC summation"),
            (lambda: tf.keras.metrics.AUC(num_thresholds=1), "must be > 1"),
        ],
    )
    def test_what_they_refuse(make, message):
        with pytest.raises(ValueError, match=message):
            make()

    def test_predictions_out_of_range():
        metric = tf.keras.metrics.Recall()
        outputs = tf.placeholder(tf.float32, [1])
        update = metric.update_state(tf.constant([1.0]), outputs)
        with tf.Session() as session:
            session.run([variable.initializer for variable in metric.variables])
            with pytest.raises(tf.errors.InvalidArgumentError, match="predictions must be <= 1"):
                session.run(update, {outputs: [1.5]})
