"""The programs that record_training.py runs under TensorFlow and test_losses.py here."""

import numpy as np

REDUCTIONS = (
    "none",
    "weighted_sum",
    "weighted_mean",
    "weighted_sum_over_batch_size",
    "weighted_sum_by_nonzero_weights",
)

# name: the loss, given tf.losses, labels [3, 4] of 0 and 1, predictions [3, 4] between 0 and 1,
# class numbers [3] and the other arguments
LOSSES = {
    "absolute_difference": lambda t, y, p, c, **k: t.absolute_difference(y, p, **k),
    "mean_squared_error": lambda t, y, p, c, **k: t.mean_squared_error(y, p, **k),
    "huber": lambda t, y, p, c, **k: t.huber_loss(y, p, delta=0.4, **k),
    "log": lambda t, y, p, c, **k: t.log_loss(y, p, **k),
    "hinge": lambda t, y, p, c, **k: t.hinge_loss(y, p, **k),
    "cosine": lambda t, y, p, c, **k: t.cosine_distance(y, p, axis=1, **k),
    "sigmoid": lambda t, y, p, c, **k: t.sigmoid_cross_entropy(y, p, **k),
    "sigmoid_smooth": lambda t, y, p, c, **k: t.sigmoid_cross_entropy(
        y, p, label_smoothing=0.2, **k
    ),
    "softmax": lambda t, y, p, c, **k: t.softmax_cross_entropy(y, p, **k),
    "softmax_smooth": lambda t, y, p, c, **k: t.softmax_cross_entropy(
        y, p, label_smoothing=0.2, **k
    ),
    "sparse_softmax": lambda t, y, p, c, **k: t.sparse_softmax_cross_entropy(c, p, **k),
    "pairwise": lambda t, y, p, c, **k: t.mean_pairwise_squared_error(y, p, **k),
    "weighted": lambda t, y, p, c, **k: t.compute_weighted_loss(p, **k),
}
BY_ROW = ("softmax", "softmax_smooth", "sparse_softmax")

WEIGHTS = {
    "default": None,
    "integer": 2,
    "zero": 0.0,
    "rows": [[2.0], [0.0], [0.5]],
    "elements": [[1.0, 0.0, 2.0, 0.5], [0.0, 0.0, 0.0, 0.0], [1.0, 1.0, 1.0, 3.0]],
}


def cases():
    """[(loss, weights, reduction, dtype of the predictions, whether sizes are unknown)]."""
    found = []
    for name in LOSSES:
        for weights in WEIGHTS:
            if weights == "elements" and (name in BY_ROW or name == "cosine"):
                continue
            found.append((name, weights, REDUCTIONS[-1], "float32", "static"))
        found.append((name, "default", REDUCTIONS[-1], "float64", "static"))
        found.append((name, "default", REDUCTIONS[-1], "float32", "dynamic"))
        if name != "pairwise":
            for reduction in REDUCTIONS[:-1]:
                found.append((name, "rows", reduction, "float32", "static"))
    return found


def run(tf, name, weights, reduction, dtype, sizes):
    """The loss, its gradient for the predictions, its name and the ops that compute it."""
    random = np.random.RandomState(3)
    truth = (random.uniform(size=[3, 4]) > 0.5).astype(np.int32)
    guesses = random.uniform(0.05, 0.95, size=[3, 4]).astype(dtype)
    dims = [3, 4] if sizes == "static" else [None, 4]
    with tf.Graph().as_default() as graph:
        labels = tf.placeholder(tf.int32, dims, name="labels")
        predictions = tf.placeholder(dtype, dims, name="predictions")
        classes = tf.placeholder(tf.int32, dims[:1], name="classes")
        arguments = {}
        if WEIGHTS[weights] is not None:
            given = WEIGHTS[weights]
            if name in BY_ROW and isinstance(given, list):
                given = [row[0] for row in given]
            arguments["weights"] = given
        if name != "pairwise":
            arguments["reduction"] = reduction
        loss = LOSSES[name](tf.losses, labels, predictions, classes, **arguments)
        ops = [[op.type, op.name] for op in graph.get_operations()]
        gradient = tf.gradients(loss, predictions)[0]
        feeds = {labels: truth, predictions: guesses, classes: [2, 0, 3]}
        with tf.Session() as session:
            value, slope = session.run([loss, gradient], feeds)
        plain = weights == "default" and sizes == "static" and dtype == "float32"
        return {
            "value": value.tolist(),
            "gradient": slope.tolist(),
            "name": loss.name,
            "dtype": loss.dtype.name,
            "collected": [x.name for x in tf.losses.get_losses()],
            "ops": ops if plain else None,
        }
