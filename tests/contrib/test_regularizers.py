"""tf.contrib.layers' regularizers. Graphs and the first lines of errors: TensorFlow 1.15.5."""

import inspect

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.contrib import layers

l1, l2, both = layers.l1_regularizer, layers.l2_regularizer, layers.l1_l2_regularizer


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def run(fetches):
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return session.run(fetches)


def nodes(graph, below=""):
    return [
        " ".join([o.name, o.type, *(i.name for i in o.inputs)]).replace(below, "")
        for o in graph.get_operations()
        if o.name.startswith(below)
    ]


def l1_nodes(at, x="x:0"):
    return [
        f"{at}/scale Const",
        f"{at}/Abs Abs {x}",
        f"{at}/Const Const",
        f"{at}/Sum Sum {at}/Abs:0 {at}/Const:0",
        f"{at} Mul {at}/scale:0 {at}/Sum:0",
    ]


def l2_nodes(at, x="x:0"):
    return [f"{at}/scale Const", f"{at}/L2Loss L2Loss {x}", f"{at} Mul {at}/scale:0 {at}/L2Loss:0"]


def l1_l2_nodes(at, x="x:0"):
    first, second = f"{at}/l1_regularizer", f"{at}/l2_regularizer"
    return [*l1_nodes(first, x), *l2_nodes(second, x), f"{at} AddN {first}:0 {second}:0"]


def alone(at, kind="l1", x="x:0"):
    inner = f"{at}/{kind}_regularizer"
    return [*(l1_nodes if kind == "l1" else l2_nodes)(inner, x), f"{at} Identity {inner}:0"]


GRAPHS = [
    (l1(0.5), l1_nodes("l1_regularizer"), 1.5),
    (l1(0.5, "sc"), l1_nodes("sc"), 1.5),
    (l2(0.5), l2_nodes("l2_regularizer"), 1.25),
    (l2(0.5, "sc"), l2_nodes("sc"), 1.25),
    (both(), l1_l2_nodes("l1_l2_regularizer"), 5.5),
    (both(0.5, 1.0, "sc"), l1_l2_nodes("sc"), 4.0),
    (both(0.0, 0.5), l2_nodes("l1_l2_regularizer"), 1.25),
    (both(0.5, 0.0, "sc"), l1_nodes("sc"), 1.5),
    (layers.sum_regularizer([l1(1.0), l2(1.0)]), l1_l2_nodes("sum_regularizer"), 5.5),
    (layers.sum_regularizer([l1(1.0), l2(1.0)], "hey"), l1_l2_nodes("hey"), 5.5),
    (layers.sum_regularizer((l1(1.0),)), alone("sum_regularizer"), 3),
    (layers.sum_regularizer([None, l1(1.0)]), alone("sum_regularizer"), 3),
    (layers.sum_regularizer([l1(0.0), l2(1.0)]), alone("sum_regularizer", "l2"), 2.5),
]


@pytest.mark.parametrize("regularizer, expected, penalty", GRAPHS)
def test_graph(graph, regularizer, expected, penalty):
    made = regularizer(tf.constant([-1.0, 2.0], name="x"))
    assert nodes(graph)[1:] == expected
    assert made.op.name == expected[-1].split()[0] and made.shape == []
    assert run(made) == penalty


@pytest.mark.parametrize("regularizer, expected, penalty", GRAPHS)
def test_graph_of_get_variable(graph, regularizer, expected, penalty):
    tf.get_variable(
        "s/w", initializer=tf.constant([-1.0, 2.0]), regularizer=regularizer, trainable=False
    )
    found = nodes(graph, "s/w/Regularizer/")
    assert found == [line.replace("x:0", "s/w/read:0") for line in expected]
    (loss,) = tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES)
    assert loss.op.name == f"s/w/Regularizer/{expected[-1].split()[0]}"


def test_several_of_a_kind(graph):
    layers.sum_regularizer([l1(0.1), l1(0.2)])(tf.ones([2], name="x"))
    first, second = "sum_regularizer/l1_regularizer", "sum_regularizer/l1_regularizer_1"
    assert nodes(graph)[1:] == [
        *l1_nodes(first), *l1_nodes(second), f"sum_regularizer AddN {first}:0 {second}:0",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "regularizer", [l1(0.0), l2(0.0), both(0.0, 0.0), layers.sum_regularizer([l1(0.0)])]
)
def test_no_penalty(graph, regularizer):
    assert regularizer(tf.ones([2], name="x")) is None
    assert len(nodes(graph)) == 1
    tf.get_variable("w", [2], regularizer=regularizer)
    assert tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES) == []


def test_no_regularizer():
    assert layers.sum_regularizer([]) is None
    assert layers.sum_regularizer([None]) is None


def test_dtype_of_the_weights():
    for regularizer in (l1(0.1), l2(0.1), both()):
        assert regularizer(tf.ones([2], tf.float64)).dtype is tf.float64


def test_signatures():
    assert list(inspect.signature(l1(0.1)).parameters) == ["weights", "name"]
    for regularizer in (l2(0.1), both(), layers.sum_regularizer([l1(0.1)])):
        assert list(inspect.signature(regularizer).parameters) == ["weights"]
    assert l1(np.float32(0.5)) and l2(tf.constant(0.5))


@pytest.mark.parametrize(
    "make, text",
    [
        (lambda: l1(2), "scale cannot be an integer: 2"),
        (lambda: l2(1), "scale cannot be an integer: 1"),
        (lambda: l1(True), "scale cannot be an integer: True"),
        (lambda: both(1, 2), "scale_l1 cannot be an integer: 1"),
        (lambda: both(2.0, 1), "scale_l2 cannot be an integer: 1"),
        (lambda: l1(-1.0), "Setting a scale less than 0 on a regularizer: -1"),
        (lambda: l2(-1.0), "Setting a scale less than 0 on a regularizer: -1."),
        (lambda: both(-0.1, 0.2), "Setting a scale less than 0 on a regularizer: -0.1"),
        (lambda: layers.apply_regularization(l2(0.1)), "No weights to regularize."),
        (lambda: layers.apply_regularization(l2(0.1), []), "No weights to regularize."),
        (lambda: layers.apply_regularization(lambda w: w, [tf.ones([1])]),
         "regularizer must return a scalar Tensor instead of a Tensor with rank 1."),
    ],
)  # fmt: skip
def test_errors(make, text):
    with pytest.raises(ValueError) as caught:
        make()
    assert str(caught.value).split("\n")[0] == text


# apply_regularization.

AT = "get_regularization_penalty"


def weights():
    return [
        tf.get_variable(name, [size], initializer=tf.ones_initializer())
        for name, size in (("a", 2), ("b", 3))
    ]


def test_apply(graph):
    made = layers.apply_regularization(l2(0.5), weights())
    assert nodes(graph, AT) and nodes(graph)[8:] == [
        *l2_nodes(f"{AT}/l2_regularizer", "a/read:0"),
        *l2_nodes(f"{AT}/l2_regularizer_1", "b/read:0"),
        f"{AT} AddN {AT}/l2_regularizer:0 {AT}/l2_regularizer_1:0",
    ]
    assert tf.get_collection(tf.GraphKeys.REGULARIZATION_LOSSES) == [made]
    assert run(made) == 1.25


@pytest.mark.parametrize("empty", [None, []])
def test_apply_to_the_collection(graph, empty):
    tf.add_to_collection(tf.GraphKeys.WEIGHTS, weights()[0])
    layers.apply_regularization(l2(0.1), empty)
    expected = alone(AT, "l2", "a/read:0")
    assert nodes(graph)[8:] == expected


def test_apply_without_penalty(graph):
    made = layers.apply_regularization(l2(0.0), weights())
    assert nodes(graph)[8:] == [
        f"{AT}/Const Const", f"{AT}/Const_1 Const", f"{AT} AddN {AT}/Const:0 {AT}/Const_1:0",
    ]  # fmt: skip
    assert run(made) == 0
    # Zeros are made after all penalties.
    again = layers.apply_regularization(
        lambda w: None if w.op.name == "a" else tf.constant(1.0), tf.global_variables()
    )
    assert [i.name for i in again.op.inputs] == [f"{AT}_1/Const_1:0", f"{AT}_1/Const:0"]
