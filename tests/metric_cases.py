"""tf.metrics on two batches each, for TensorFlow and scopeflow alike."""

import numpy as np

LABELS = [[0, 1, 1, 0, 1], [1, 0, 0, 1, 1]]
SCORES = [[0.1, 0.4, 0.8, 0.6, 0.55], [0.9, 0.2, 0.45, 0.35, 0.7]]
CLASSES = [[0, 1, 0, 0, 2], [1, 0, 2, 1, 1]]
WEIGHTS = [1.0, 2.0, 0.0, 1.0, 0.5]
REAL = [[1.0, 2.0, -1.0, 0.5, 0.0], [0.3, -2.0, 1.5, 2.0, 1.0]]
ROWS = [[[0.1, 0.3, 0.6], [0.5, 0.4, 0.1]], [[0.2, 0.7, 0.1], [0.3, 0.2, 0.5]]]
PLACES = [[[2], [1]], [[0], [2]]]
MANY = [[[2, 0], [1, -1]], [[0, 1], [2, 2]]]
TOP = [[[2, 0], [0, 2]], [[1, 0], [2, 1]]]

BINARY, SCORED, WEIGHTED = "binary", "scored", "weighted"
CURVES = {
    "": {},
    "few": {"num_thresholds": 11},
    "PR": {"curve": "PR", "num_thresholds": 11},
    "minoring": {"summation_method": "minoring", "num_thresholds": 11},
    "majoring": {"summation_method": "majoring", "num_thresholds": 11},
    "PR minoring": {"curve": "PR", "summation_method": "minoring", "num_thresholds": 11},
    "PR majoring": {"curve": "PR", "summation_method": "majoring", "num_thresholds": 11},
    "careful": {
        "curve": "PR",
        "summation_method": "careful_interpolation",
        "num_thresholds": 11,
    },
    "own": {"thresholds": [0.3, 0.5], "curve": "ROC"},
}
BINARY_NAMES = (
    "accuracy precision recall true_positives true_negatives false_positives false_negatives"
).split()
AT_THRESHOLDS = (
    "precision recall true_positives true_negatives false_positives false_negatives"
).split()
REGRESSION = "mean_squared_error root_mean_squared_error mean_absolute_error".split()


def cases():
    """(metric, variant) of each case."""
    for name in BINARY_NAMES + REGRESSION + ["mean", "mean_tensor"]:
        yield name, ""
        yield name, "weighted"
        yield name, "named"
    for variant in CURVES:
        yield "auc", variant
    yield "auc", "weighted"
    for name in AT_THRESHOLDS:
        yield f"{name}_at_thresholds", ""
        yield f"{name}_at_thresholds", "weighted"
    for name in ("sensitivity_at_specificity", "specificity_at_sensitivity"):
        yield name, ""
    for name in ("mean_iou", "mean_per_class_accuracy"):
        yield name, ""
        yield name, "weighted"
    for name in ("mean_relative_error", "mean_cosine_distance", "percentage_below"):
        yield name, ""
        yield name, "weighted"
    for name in ("recall_at_k", "precision_at_k", "sparse_precision_at_k"):
        for variant in ("", "class", "many", "many class", "weighted"):
            yield name, variant
    for name in ("average_precision_at_k", "sparse_average_precision_at_k"):
        for variant in ("", "many", "weighted"):
            yield name, variant
    for name in ("recall_at_top_k", "precision_at_top_k"):
        for variant in ("", "class", "many"):
            yield name, variant


def built(tf, name, variant):
    """(value, update), the placeholders, the batches."""
    metric = getattr(tf.metrics, name)
    more = {}
    if "weighted" in variant:
        more["weights"] = tf.constant(WEIGHTS)
    if variant == "named":
        more.update(name="own", metrics_collections=["values"], updates_collections="updates")

    def places(dtype, *batches):
        return [tf.placeholder(dtype, np.shape(b[0])) for b in batches]

    def scored():
        labels = tf.placeholder(tf.int32, [5])
        return [labels, tf.placeholder(tf.float32, [5])], [LABELS, SCORES]

    if name in ("mean", "mean_tensor"):
        at = places(tf.float32, REAL)
        return metric(*at, **more), at, [REAL]
    if name == "percentage_below":
        at = places(tf.float32, REAL)
        return metric(at[0], 0.75, **more), at, [REAL]
    if name in REGRESSION:
        at = places(tf.float32, SCORES, REAL)
        return metric(*at, **more), at, [SCORES, REAL]
    if name == "mean_relative_error":
        at = places(tf.float32, SCORES, REAL)
        return metric(*at, normalizer=tf.constant(WEIGHTS), **more), at, [SCORES, REAL]
    if name == "mean_cosine_distance":
        at = places(tf.float32, ROWS, ROWS[::-1])
        if more:
            more["weights"] = tf.constant([[1.0], [0.5]])
        return metric(*at, 1, **more), at, [ROWS, ROWS[::-1]]
    if name in ("mean_iou", "mean_per_class_accuracy"):
        at = places(tf.int32, LABELS, CLASSES)
        return metric(*at, 3, **more), at, [LABELS, CLASSES]
    if name == "auc":
        at, batches = scored()
        return metric(*at, **{**CURVES.get(variant, {}), **more}), at, batches
    if name.endswith("_at_thresholds"):
        at, batches = scored()
        return metric(*at, thresholds=[0.2, 0.5, 0.7], **more), at, batches
    if name in ("sensitivity_at_specificity", "specificity_at_sensitivity"):
        at, batches = scored()
        return metric(*at, 0.6, num_thresholds=11, **more), at, batches
    if name.endswith("_k"):
        if "weights" in more:
            more["weights"] = tf.constant([1.0, 0.5])
        if "class" in variant:
            more["class_id"] = 2
        labels = MANY if "many" in variant else PLACES
        if "top_k" in name:
            at = places(tf.int64, labels, TOP)
            return metric(*at, **more), at, [labels, TOP]
        at = [*places(tf.int64, labels), *places(tf.float32, ROWS)]
        return metric(*at, 2, **more), at, [labels, ROWS]
    at = places(tf.int32, LABELS, CLASSES)
    return metric(*at, **more), at, [LABELS, CLASSES]


def run(tf, name, variant):
    """The names of what is built, and value and update after each batch."""
    with tf.Graph().as_default() as graph:
        (value, update), places, batches = built(tf, name, variant)
        variables = [
            [v.op.name, v.shape.as_list(), v.dtype.base_dtype.name] for v in tf.local_variables()
        ]
        collected = [v.op.name for v in tf.get_collection("metric_variables")]
        own = [[t.op.name for t in graph.get_collection(key)] for key in ("values", "updates")]
        got = []
        with tf.Session() as session:
            session.run(tf.local_variables_initializer())
            before = session.run(value)
            for i in range(2):
                feeds = {place: batch[i] for place, batch in zip(places, batches)}
                got.append(np.array(session.run(update, feeds), np.float64).tolist())
                got.append(np.array(session.run(value), np.float64).tolist())
        return {
            "names": [value.op.name, update.op.name],
            "dtype": value.dtype.name,
            "shapes": [value.shape.as_list(), update.shape.as_list()]
            if name not in ("mean_per_class_accuracy",)
            else [],
            "variables": variables,
            "collected": collected,
            "own": own,
            "before": np.array(before, np.float64).tolist(),
            "got": got,
        }
