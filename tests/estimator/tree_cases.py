"""Boosted trees on 40 rows, in TensorFlow and in scopeflow alike.

`python tests/estimator/tree_cases.py` with TensorFlow 1.15.5 writes recorded_trees.json.
"""

import json
import tempfile
from pathlib import Path

import numpy as np

ROWS = 40
CASES = {
    "plain": {},
    "centered": {"center_bias": True, "steps": 30},
    "pre": {"l2_regularization": 0.1, "tree_complexity": 0.02, "pruning_mode": "pre"},
    "post": {"l2_regularization": 0.1, "tree_complexity": 0.05, "pruning_mode": "post"},
    "l1": {"l1_regularization": 0.03, "min_node_weight": 0.1},
    "two batches": {"n_trees": 2, "batches": 2, "center_bias": True},
    "not finished": {"batches": 2, "steps": 7},
    "nothing to gain": {"n_trees": 2, "tree_complexity": 50.0, "pruning_mode": "pre"},
    "weights": {"n_trees": 1, "center_bias": True, "weight_column": "w", "l2_regularization": 0.05},
    "numbers": {"numeric": True, "batches": 2},
    "classes": {"kind": "Classifier", "learning_rate": 0.3},
    "classes centered": {"kind": "Classifier", "center_bias": True, "weight_column": "w"},
}


def _data(kind):
    random = np.random.RandomState(0)
    a, b = (random.uniform(0, 1, ROWS).astype(np.float32) for _ in range(2))
    c = random.randint(0, 3, ROWS)
    noise = 0.1 * random.randn(ROWS)
    y = (3 * a + np.where(b > 0.4, 2.0, -2.0) + 0.5 * c + noise).astype(np.float32)[:, None]
    if kind == "Classifier":
        y = (y > 2).astype(np.int32)
    features = {"a": a, "b": b, "c": np.array(["x", "y", "z"])[c], "w": (a + 0.5)[:, None]}
    return features, y


def estimator(tf, **arguments):
    """The estimator of a case, and its input function of a batch size and number of epochs."""
    kind = arguments.pop("kind", "Regressor")
    numeric = arguments.pop("numeric", False)
    column = tf.feature_column
    arguments = {"n_trees": 3, "max_depth": 3, "model_dir": tempfile.mkdtemp(), **arguments}
    names = column.categorical_column_with_vocabulary_list("c", ["x", "y", "z"])
    columns = [
        column.bucketized_column(column.numeric_column("b"), [0.25, 0.4, 0.75]),
        column.indicator_column(names),
        column.bucketized_column(column.numeric_column("a"), [0.2, 0.4, 0.6, 0.8]),
    ]
    if numeric:
        columns[2] = column.numeric_column("a")
    made = getattr(tf.estimator, f"BoostedTrees{kind}")(columns, **arguments)

    def input_fn(size=ROWS, epochs=1):
        return tf.data.Dataset.from_tensor_slices(_data(kind)).repeat(epochs).batch(size)

    return made, input_fn


def run(tf, batches=1, steps=100, **arguments):
    """Losses by step, metrics and predictions of a case."""
    made, input_fn = estimator(tf, n_batches_per_layer=batches, **arguments)
    losses = []

    class Losses(tf.train.SessionRunHook):
        def before_run(self, context):
            found = tf.get_collection(tf.GraphKeys.LOSSES)
            return tf.train.SessionRunArgs(next(t for t in found if t.shape.ndims == 0))

        def after_run(self, context, values):
            losses.append(float(values.results))

    made.train(lambda: input_fn(ROWS // batches, None), [Losses()], steps)
    metrics = made.evaluate(input_fn)
    found = [p.get("predictions", p.get("logits")) for p in made.predict(input_fn)]
    return {
        "losses": losses,
        "metrics": {key: float(value) for key, value in metrics.items()},
        "predictions": [float(value[0]) for value in found],
        "importances": made.experimental_feature_importances(),
        "variables": made.get_variable_names(),
    }


if __name__ == "__main__":
    import tensorflow

    recorded = {name: run(tensorflow, **case) for name, case in CASES.items()}
    text = json.dumps({"tensorflow": tensorflow.__version__, "cases": recorded}, indent=1)
    Path(__file__).with_name("recorded_trees.json").write_text(text + "\n")
