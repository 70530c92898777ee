"""Summary ops, against what TensorFlow 1.15.5 made of the same inputs."""

import json
from pathlib import Path

import numpy as np
import pytest
from summary import summary_cases

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


RECORDED = json.loads(Path(__file__).with_name("recorded_summaries.json").read_text())["cases"]


@pytest.mark.parametrize("case", summary_cases.cases(), ids="|".join)
def test_as_in_tensorflow(case):
    found, wanted = summary_cases.run(tf, *case), RECORDED["|".join(case)]
    if case[0] in ("histogram", "tensor", "audio"):
        assert tf.Summary.FromString(bytes.fromhex(found)) == tf.Summary.FromString(
            bytes.fromhex(wanted)
        )
    else:
        assert found == wanted


def run(fetch, feeds=None):
    with tf.Session() as session:
        return session.run(fetch, feeds)


def test_building_refuses_what_cannot_be_a_summary():
    x = tf.placeholder(tf.float32, [None])
    with pytest.raises(TypeError, match="'values' has DataType string"):
        tf.summary.scalar("s", "text")
    with pytest.raises(ValueError, match="Expected tensor .* to have dtype string"):
        tf.summary.text("t", x)
    with pytest.raises(ValueError, match="At least one of name"):
        tf.summary.scalar(None, x)
    with pytest.raises(ValueError, match="length 0 shorter than minimum length 1"):
        tf.summary.merge([])
    with pytest.raises(ValueError, match="must have rank 4|must be rank 4|rank 4"):
        tf.summary.image("i", x)
    assert tf.summary.merge_all("nothing") is None


def test_running_refuses_values_that_have_no_summary():
    x = tf.placeholder(tf.float32, [None], name="x")
    scalar, histogram = tf.summary.scalar("loss", x), tf.summary.histogram("h", x)
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"\[\] != \[2\] \(tag 'loss'\)"):
        run(scalar, {x: [1, 2]})
    with pytest.raises(tf.errors.InvalidArgumentError, match="Nan in summary histogram for: h"):
        run(histogram, {x: [1, np.nan]})
    with pytest.raises(tf.errors.InvalidArgumentError, match="Infinity in summary histogram"):
        run(histogram, {x: [1, np.inf]})
    same = tf.raw_ops.ScalarSummary(tags=["a", "b"], values=[1.0, 2.0])
    with pytest.raises(tf.errors.InvalidArgumentError, match="Duplicate tag a found"):
        run(tf.summary.merge([same, same]))


def test_several_tags_in_one_summary():
    found = tf.Summary.FromString(run(tf.raw_ops.ScalarSummary(tags=["a", "b"], values=[1, 2])))
    assert [(v.tag, v.simple_value) for v in found.value] == [("a", 1.0), ("b", 2.0)]


def test_summary_description():
    described = tf.raw_ops.TensorSummary(tensor=1.0, description='{"type_hint": "kind"}')
    assert tf.summary.get_summary_description(described.op.node_def).type_hint == "kind"
    with pytest.raises(ValueError, match="Can't get_summary_description on Const"):
        tf.summary.get_summary_description(tf.constant(1).op.node_def)


def test_values_computed_on_the_host_and_16_bit_floats():
    x = tf.placeholder(tf.bfloat16, [])
    rows = tf.summary.scalar("rows", tf.shape(tf.zeros([3, 2]))[0])
    found = tf.Summary.FromString(
        run(tf.summary.merge([rows, tf.summary.scalar("x", x)]), {x: 1.5})
    )
    assert [v.simple_value for v in found.value] == [3.0, 1.5]
