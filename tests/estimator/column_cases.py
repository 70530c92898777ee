"""Feature columns, for TensorFlow and scopeflow alike."""

import numpy as np


def columns(tf):
    fc = tf.feature_column
    number = fc.numeric_column("a")
    pair = fc.numeric_column("b", shape=[2], normalizer_fn=lambda x: x / 2)
    buckets = fc.bucketized_column(number, [0.0, 1.0, 2.0])
    words = fc.categorical_column_with_vocabulary_list("c", ["x", "y", "z"])
    other = fc.categorical_column_with_vocabulary_list("d", ["x", "y", "z"])
    unknown = fc.categorical_column_with_vocabulary_list("c2", ["x", "y", "z"], num_oov_buckets=2)
    hashed = fc.categorical_column_with_hash_bucket("h", 5)
    numbers = fc.categorical_column_with_hash_bucket("i", 5, dtype=tf.int64)
    identity = fc.categorical_column_with_identity("i", 4, default_value=0)
    crossed = fc.crossed_column([buckets, "c", "h"], 7)
    weighted = fc.weighted_categorical_column(fc.categorical_column_with_identity("j", 4), "w")
    half = tf.constant_initializer(0.5)
    embedded = fc.embedding_column(words, 2, initializer=half)
    summed = fc.embedding_column(hashed, 2, initializer=half, combiner="sum")
    shared = fc.shared_embedding_columns([words, other], 3, initializer=half)
    return {
        "number": [number],
        "numbers": [pair, number],
        "buckets": [buckets],
        "embedded": [embedded],
        "summed": [summed],
        "identity": [fc.indicator_column(identity)],
        "crossed": [fc.indicator_column(crossed)],
        "weighted": [fc.indicator_column(weighted)],
        "unknown": [fc.indicator_column(unknown)],
        "shared": shared,
        "many": [embedded, number, fc.indicator_column(identity), buckets],
        "categories": [words, identity, hashed, crossed, weighted],
        "hashed numbers": [numbers],
    }


def features(tf):
    return {
        "a": tf.constant([[-1.0], [0.5], [3.0]]),
        "b": tf.constant([[1.0, 2.0], [3, 4], [5, 6]]),
        "c": tf.constant([["x"], ["q"], ["z"]]),
        "c2": tf.constant(["x", "q", "z"]),
        "d": tf.constant([["x"], ["z"], ["z"]]),
        "h": tf.SparseTensor([[0, 0], [0, 1], [2, 0]], ["u", "v", "w"], [3, 2]),
        "i": tf.constant([[1, 2], [3, 9], [-1, 0]], tf.int64),
        "j": tf.constant([[1, 2], [3, 0], [2, 0]], tf.int64),
        "w": tf.constant([[1.0, 2.0], [3, 4], [0.5, 0.25]]),
    }


def cases():
    for name in ("number", "numbers", "buckets", "embedded", "summed", "identity", "crossed",
                 "weighted", "unknown", "shared", "many"):  # fmt: skip
        yield "input_layer", name
    for name in ("number", "numbers", "buckets", "embedded", "identity", "crossed", "weighted",
                 "categories", "hashed numbers"):  # fmt: skip
        yield "linear_model", name
    yield "spec", ""
    yield "names", ""


def run(tf, function, name):
    with tf.Graph().as_default():
        made = columns(tf)
        if function == "names":
            return {key: [column.name for column in group] for key, group in made.items()}
        if function == "spec":
            every = [column for key, group in made.items() for column in group
                     if key in ("many", "categories", "numbers")]  # fmt: skip
            spec = tf.feature_column.make_parse_example_spec(every)
            return {key: str(value) for key, value in spec.items()}
        by_column = {}
        if function == "input_layer":
            output = tf.feature_column.input_layer(features(tf), made[name], cols_to_vars=by_column)
        else:
            output = tf.feature_column.linear_model(
                features(tf), made[name], cols_to_vars=by_column, sparse_combiner="mean", units=2
            )
        with tf.Session() as session:
            session.run([tf.global_variables_initializer(), tf.tables_initializer()])
            if function == "linear_model":
                for i, variable in enumerate(tf.global_variables()):
                    shape = variable.shape.as_list()
                    value = np.arange(i, i + np.prod(shape)).reshape(shape)
                    variable.load(value.astype(np.float32), session)
            return [
                output.name,
                session.run(output).tolist(),
                [variable.name for variable in tf.global_variables()],
                sorted(
                    [getattr(key, "name", key), [variable.name for variable in group]]
                    for key, group in by_column.items()
                ),
            ]
