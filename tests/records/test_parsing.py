"""tf.parse_example and its kin. Names, shapes, values and texts are TensorFlow 1.15.5's."""

import numpy as np
import pytest

import scopeflow as tf

Fixed, Var, Rows = tf.FixedLenFeature, tf.VarLenFeature, tf.FixedLenSequenceFeature
LISTS = {
    bytes: ("bytes_list", tf.train.BytesList),
    float: ("float_list", tf.train.FloatList),
    int: ("int64_list", tf.train.Int64List),
}


def feature(values):
    if values is None:
        return tf.train.Feature()
    name, kind = LISTS[type(values[0]) if values else int]
    return tf.train.Feature(**{name: kind(value=values)})


def features(**values):
    return tf.train.Features(feature={key: feature(v) for key, v in values.items()})


def example(**values):
    return tf.train.Example(features=features(**values)).SerializeToString()


def sequence(context, **lists):
    made = {
        key: tf.train.FeatureList(feature=[feature(v) for v in steps])
        for key, steps in lists.items()
    }
    return tf.train.SequenceExample(
        context=features(**context), feature_lists=tf.train.FeatureLists(feature_list=made)
    ).SerializeToString()


FIRST = example(i=[1, 2], f=[1.5], b=[b"x", b"y"])
SECOND = example(i=[3, 4], f=[2.5], b=[b"z"])
SPARE = example(f=[1.0])
SPEC = {
    "i": Fixed([2], tf.int64),
    "f": Fixed([], tf.float32, default_value=7.0),
    "b": Var(tf.string),
}


def plain(value):
    if isinstance(value, tf.SparseTensorValue):
        return [part.tolist() for part in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value.tolist() if isinstance(value, np.ndarray | np.generic) else value


def run(fetches):
    with tf.Session() as session:
        found = session.run(fetches)
    return [plain(item) for item in found] if isinstance(found, list | tuple) else plain(found)


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def test_one_example(graph):
    found = tf.parse_single_example(FIRST, SPEC)
    assert {key: item.shape.as_list() for key, item in found.items()} == {
        "b": [None], "i": [2], "f": [],
    }  # fmt: skip
    assert run(found) == {"b": [[[0], [1]], [b"x", b"y"], [2]], "f": 1.5, "i": [1, 2]}
    assert [f"{op.name} {op.type}" for op in graph.get_operations()] == [
        "ParseSingleExample/serialized Const",
        "ParseSingleExample/key_f Const",
        "ParseSingleExample/Reshape/shape Const",
        "ParseSingleExample/Reshape Reshape",
        "ParseSingleExample/Const Const",
        "ParseSingleExample/ParseSingleExample ParseSingleExample",
    ]


def test_a_batch(graph):
    found = tf.parse_example([FIRST, SECOND], SPEC)
    assert {key: item.shape.as_list() for key, item in found.items()} == {
        "b": [None, None], "i": [2, 2], "f": [2],
    }  # fmt: skip
    assert run(found) == {
        "b": [[[0, 0], [0, 1], [1, 0]], [b"x", b"y", b"z"], [2, 2]],
        "f": [1.5, 2.5],
        "i": [[1, 2], [3, 4]],
    }
    assert [f"{op.name} {op.type}" for op in graph.get_operations()] == [
        "ParseExample/key_f Const",
        "ParseExample/Reshape/shape Const",
        "ParseExample/Reshape Reshape",
        "ParseExample/Const Const",
        "ParseExample/ParseExample/serialized Const",
        "ParseExample/ParseExample/names Const",
        "ParseExample/ParseExample/sparse_keys_0 Const",
        "ParseExample/ParseExample/dense_keys_0 Const",
        "ParseExample/ParseExample/dense_keys_1 Const",
        "ParseExample/ParseExample ParseExample",
    ]
    unknown = tf.parse_example(tf.placeholder(tf.string, [None]), SPEC)
    assert unknown["i"].shape.as_list() == [None, 2]


def test_defaults_and_any_number_of_rows():
    spec = {"i": Fixed([2], tf.int64, [8, 9]), "b": Fixed([2], tf.string, ["q", "r"])}
    assert run(tf.parse_example([SPARE, FIRST], spec)) == {
        "b": [[b"q", b"r"], [b"x", b"y"]],
        "i": [[8, 9], [1, 2]],
    }
    assert run(tf.parse_example([example(i=None)], {"i": spec["i"]})) == {"i": [[8, 9]]}
    rows = {"i": Rows([], tf.int64, allow_missing=True)}
    assert run(tf.parse_example([FIRST, SPARE], rows)) == {"i": [[1, 2], [0, 0]]}
    assert run(tf.parse_single_example(FIRST, rows)) == {"i": [1, 2]}
    pairs = {"i": Rows([2], tf.int64, allow_missing=True, default_value=5)}
    found = tf.parse_example([FIRST, example(i=[1, 2, 3, 4])], pairs)
    assert found["i"].shape.as_list() == [2, None, 2]
    assert run(found) == {"i": [[[1, 2], [5, 5]], [[1, 2], [3, 4]]]}
    nothing = tf.parse_single_example(example(i=None), {"i": Var(tf.int64)})
    assert run(nothing) == {"i": [[], [], [0]]}


def test_single_strings():
    spec = {"b": Fixed([], tf.string), "d": Fixed([], tf.string, "no")}
    data = example(b=[b"abc"])
    assert run(tf.parse_example([data, data], spec)) == {"b": [b"abc"] * 2, "d": [b"no"] * 2}
    found = tf.parse_single_example(data, spec)
    assert run([found["b"], tf.decode_raw(found["b"], tf.uint8)]) == [b"abc", [97, 98, 99]]
    steps = sequence({"b": [b"x"]}, s=[[b"y"], [b"z"]])
    context, lists = tf.parse_single_sequence_example(
        steps, {"b": Fixed([], tf.string)}, {"s": Rows([], tf.string)}
    )
    assert run([context["b"], lists["s"]]) == [b"x", [b"y", b"z"]]


def test_sparse_features():
    spec = {"s": tf.SparseFeature("k", "v", tf.float32, 10)}
    batch = [example(k=[3, 1], v=[1.0, 2.0]), example(), example(k=[0], v=[5.0])]
    found = tf.parse_example(batch, spec)
    assert list(found) == ["s"]
    assert run(found) == {"s": [[[0, 1], [0, 3], [2, 0]], [2, 1, 5], [3, 10]]}
    ordered = {"s": tf.SparseFeature("k", "v", tf.float32, 10, True), "v": Var(tf.float32)}
    assert run(tf.parse_single_example(batch[0], ordered)) == {
        "s": [[[3], [1]], [1, 2], [10]],
        "v": [[[0], [1]], [1, 2], [2]],
    }
    two = {"s": tf.SparseFeature(["k", "l"], "v", tf.float32, [10, 4])}
    data = example(k=[3, 1], l=[0, 1], v=[1.0, 2.0])
    assert run(tf.parse_single_example(data, two)) == {"s": [[[1, 1], [3, 0]], [2, 1], [10, 4]]}


RUNNING = [
    (SPARE, SPEC, "Feature: i (data type: int64) is required but could not be found."),
    (
        FIRST,
        {"i": Fixed([2], tf.float32)},
        "Key: i.  Data types don't match. Data type: int64 but expected type: float",
    ),
    (
        FIRST,
        {"i": Var(tf.float32)},
        "Key: i.  Data types don't match. Expected type: float, Actual type: int64",
    ),
    (
        [FIRST],
        {"i": Fixed([3], tf.int64)},
        "Name: <unknown>, Key: i, Index: 0.  Number of int64 values != expected.  Values size: 2 "
        "but output shape: [3]",
    ),
    (
        [FIRST, SPARE],
        {"i": Fixed([2], tf.int64)},
        "Name: <unknown>, Feature: i (data type: int64) is required but could not be found.",
    ),
    (
        [example(i=[1, 2, 3])],
        {"i": Rows([2], tf.int64, True)},
        "Name: <unknown>, Key: i, Index: 0.  Number of int64 values is not a multiple of stride "
        "length. Saw 3 values but output shape is: [?,2]",
    ),
    (b"\xff", SPEC, "Could not parse example input, value: '\\xff'"),
]


@pytest.mark.parametrize(("data", "spec", "message"), RUNNING, ids=range(len(RUNNING)))
def test_examples_that_do_not_fit(data, spec, message):
    parse = tf.parse_example if isinstance(data, list) else tf.parse_single_example
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        run(parse(data, spec))
    assert caught.value.message.startswith(message + "\n")


def test_names_of_examples_are_in_errors():
    found = tf.parse_example([FIRST, SPARE], SPEC, example_names=["one", "two"])
    with pytest.raises(tf.errors.InvalidArgumentError, match="^Name: two, Feature: i"):
        run(found)


BUILDING = [
    ({}, ValueError, "Missing features."),
    (None, ValueError, "Missing features."),
    ({"i": Fixed([None], tf.int64)}, ValueError, "First dimension of shape for feature i unknown."),
    ({"i": Fixed([2], tf.int32)}, TypeError, "DataType int32 not in list of allowed values"),
    ({"i": Var(tf.int32)}, TypeError, "DataType int32 not in list of allowed values"),
    ({"i": 3}, ValueError, "Invalid feature i:3."),
    ({"i": Var(None)}, ValueError, "Missing type for feature i."),
    ({"i": Fixed(None, tf.int64)}, ValueError, "Missing shape for feature i."),
    ({"i": Rows([], tf.int64)}, ValueError, "FixedLenSequenceFeature requires allow_missing"),
]


@pytest.mark.parametrize(("spec", "kind", "message"), BUILDING)
def test_features_that_cannot_be(spec, kind, message):
    with pytest.raises(kind, match=message):
        tf.parse_single_example(FIRST, spec)


def test_ranks():
    with pytest.raises(ValueError, match="Shape must be rank 1 but is rank 0 for 'ParseExample/"):
        tf.parse_example(FIRST, SPEC)
    with pytest.raises(ValueError, match="Shape must be rank 0 but is rank 1 for 'ParseSingleEx"):
        tf.parse_single_example([FIRST], SPEC)


SEQUENCE = sequence(
    {"n": [3], "w": [b"a", b"b"]},
    tok=[[1], [2], [3]],
    emb=[[1.0, 2.0], [3.0, 4.0]],
    str=[[b"x"], [b"y", b"z"]],
)


def test_a_sequence():
    found = tf.parse_single_sequence_example(
        SEQUENCE,
        {"n": Fixed([], tf.int64), "w": Var(tf.string), "no": Fixed([], tf.float32, 0.5)},
        {
            "tok": Rows([], tf.int64),
            "emb": Rows([2], tf.float32),
            "str": Var(tf.string),
            "none": Rows([2], tf.int64, allow_missing=True),
            "gone": Var(tf.int64),
        },
    )
    assert [{k: v.shape.as_list() for k, v in part.items()} for part in found] == [
        {"n": [], "no": [], "w": [None]},
        {"tok": [None], "emb": [None, 2], "str": [None, None], "none": [None, 2],
         "gone": [None, None]},
    ]  # fmt: skip
    assert run(found) == [
        {"n": 3, "no": 0.5, "w": [[[0], [1]], [b"a", b"b"], [2]]},
        {
            "tok": [1, 2, 3],
            "emb": [[1, 2], [3, 4]],
            "str": [[[0, 0], [1, 0], [1, 1]], [b"x", b"y", b"z"], [2, 2]],
            "none": [],
            "gone": [[], [], [0, 0]],
        },
    ]


SEQUENCE_ERRORS = [
    (None, {"no": Rows([], tf.int64)}, "Name: me, Feature list 'no' is required but could not be"),
    ({"no": Fixed([], tf.int64)}, None, "Name: me, Context feature 'no' is required but could not"),
    (
        None,
        {"emb": Rows([3], tf.float32)},
        "Name: me, Key: emb, Index: 0.  Number of float values != expected.  values size: 2 but "
        "output shape: [3]",
    ),
    (
        None,
        {"emb": Rows([2], tf.int64)},
        "Name: me, Feature list: emb, Index: 0.  Data types don't match. Expected type: int64  "
        "Feature is: float_list {",
    ),
    (None, {"emb": Var(tf.int64)}, "Name: me, Feature List: emb, Index: 0.  Data types don't"),
    ({"n": Fixed([2], tf.int64)}, None, "Name: me, Key: n, Index: 0.  Number of int64 values !="),
    ({"n": Var(tf.float32)}, None, "Name: me, Context feature: n.  Data types don't match. Exp"),
]


@pytest.mark.parametrize(("context", "lists", "message"), SEQUENCE_ERRORS)
def test_sequences_that_do_not_fit(context, lists, message):
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        run(tf.parse_single_sequence_example(SEQUENCE, context, lists, example_name="me"))
    assert caught.value.message.startswith(message)


def test_sequence_features_that_cannot_be():
    with pytest.raises(ValueError, match="Missing features"):
        tf.parse_single_sequence_example(SEQUENCE)
    with pytest.raises(ValueError, match="Unsupported FixedLenSequenceFeature Fixed"):
        tf.parse_single_sequence_example(SEQUENCE, {"n": Rows([], tf.int64)})
    with pytest.raises(ValueError, match="Unsupported FixedLenFeature Fixed"):
        tf.parse_single_sequence_example(SEQUENCE, None, {"n": Fixed([], tf.int64)})


# Batches of sequences.

SHORT = sequence({"n": [7]}, emb=[[9.0, 9.0]], str=[], tok=[[5]])


def test_a_batch_of_sequences():
    found = tf.io.parse_sequence_example(
        [SEQUENCE, SHORT],
        {"n": Fixed([], tf.int64), "w": Var(tf.string), "no": Fixed([], tf.float32, 0.5)},
        {
            "emb": Rows([2], tf.float32),
            "str": Var(tf.string),
            "none": Rows([2], tf.string, allow_missing=True),
        },
    )
    assert [{k: v.shape.as_list() for k, v in part.items()} for part in found] == [
        {"n": [2], "no": [2], "w": [None, None]},
        {"emb": [2, None, 2], "str": [None, None, None], "none": [2, None, 2]},
        {"emb": [2], "none": [2]},
    ]
    assert run(found) == [
        {"n": [3, 7], "no": [0.5, 0.5], "w": [[[0, 0], [0, 1]], [b"a", b"b"], [2, 2]]},
        {
            "emb": [[[1, 2], [3, 4]], [[9, 9], [0, 0]]],
            "str": [[[0, 0, 0], [0, 1, 0], [0, 1, 1]], [b"x", b"y", b"z"], [2, 2, 2]],
            "none": [[], []],
        },
        {"emb": [2, 1], "none": [0, 0]},
    ]


@pytest.mark.parametrize(("context", "lists", "message"), SEQUENCE_ERRORS)
def test_a_batch_of_sequences_that_do_not_fit(context, lists, message):
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        run(tf.io.parse_sequence_example([SEQUENCE], context, lists, example_names=["me"]))
    assert caught.value.message.startswith(message)


def test_batches_of_sequences_that_cannot_be():
    with pytest.raises(ValueError, match="Missing features"):
        tf.io.parse_sequence_example([SEQUENCE])
    with pytest.raises(ValueError, match="Shape must be rank 1 but is rank 0"):
        tf.io.parse_sequence_example(SEQUENCE, {"n": Fixed([], tf.int64)})
    with pytest.raises(tf.errors.InvalidArgumentError, match="Expected 1 example names, got 2"):
        run(tf.io.parse_sequence_example([SHORT], {"n": Fixed([], tf.int64)}, None, ["a", "b"]))
