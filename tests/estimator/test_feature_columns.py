"""Feature columns against recorded TensorFlow 1.15.5."""

import json
from pathlib import Path

import pytest
from estimator import column_cases

import scopeflow as tf

RECORDED = json.loads(Path(__file__).with_name("recorded_columns.json").read_text())["cases"]
fc = tf.feature_column


@pytest.mark.parametrize("case", list(column_cases.cases()), ids="|".join)
def test_as_tensorflow(case):
    found = json.loads(json.dumps(column_cases.run(tf, *case)))
    recorded = RECORDED["|".join(case)]
    if isinstance(found, list):
        assert found[1] == [pytest.approx(row, rel=1e-6) for row in recorded[1]]
        found[1] = recorded[1]
    assert found == recorded


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: fc.numeric_column(3), "key must be a string"),
        (lambda: fc.numeric_column("a", shape=0), "greater than 0"),
        (lambda: fc.numeric_column("a", dtype=tf.string), "convertible to float"),
        (lambda: fc.bucketized_column(fc.numeric_column("a"), [2, 1]), "sorted list"),
        (lambda: fc.categorical_column_with_vocabulary_list("a", []), "must be non-empty"),
        (lambda: fc.categorical_column_with_vocabulary_list("a", ["x", "x"]), "Duplicate keys"),
        (lambda: fc.categorical_column_with_identity("a", 2, 3), r"not in range \[0, 2\)"),
        (lambda: fc.categorical_column_with_hash_bucket("a", 0), "must be at least 1"),
        (lambda: fc.crossed_column(["a"], 3), "length > 1"),
        (lambda: fc.crossed_column([fc.numeric_column("a"), "b"], 3), "Unsupported key type"),
        (lambda: fc.input_layer({}, []), "must not be empty"),
        (lambda: fc.input_layer({}, [fc.numeric_column("a")]), "Feature a is not in features"),
        (
            lambda: fc.input_layer({}, [fc.categorical_column_with_identity("a", 2)]),
            "wrap a categorical column",
        ),
    ],
)
def test_errors(make, text):
    with tf.Graph().as_default(), pytest.raises(ValueError, match=text):
        make()
