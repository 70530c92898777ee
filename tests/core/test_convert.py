"""Python values as tensors. Every fact here was observed in TensorFlow 1.15.5."""

import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    graph = tf.Graph()
    with graph.as_default():
        yield graph


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


DTYPES = [
    (1, "int32"), (1.5, "float32"), (True, "bool"), ("a", "string"), (b"a", "string"),
    (1j, "complex128"), (2**31, "int64"), ([1, 2.5], "float32"), ([True, False], "bool"),
    ([1, 2**40], "int64"), (np.float64(1), "float64"), (np.int64(1), "int64"),
    ([np.float64(1)], "float32"), ([np.int64(3)], "int32"), (np.array([1.0]), "float64"),
    (np.array([1]), "int64"), (np.float16(1), "float16"), ([np.float16(1)], "float16"),
    (np.array(["a"]), "string"), (["a", b"b"], "string"), ([], "float32"), ([[]], "float32"),
    ((1, 2), "int32"), (np.bool_(True), "bool"), ([np.float32(1), 2.0], "float32"),
    (np.uint8(3), "uint8"), ([np.uint8(3)], "uint8"),
]  # fmt: skip


@pytest.mark.parametrize(("value", "dtype"), DTYPES, ids=[repr(v) for v, _ in DTYPES])
def test_dtypes(value, dtype):
    assert tf.constant(value).dtype == dtype
    assert tf.convert_to_tensor(value).dtype == dtype


@settings(deadline=None)
@given(
    arrays.arrays(
        st.sampled_from(["float32", "float64", "int32", "int64", "uint8", "bool", "complex64"]),
        arrays.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
    )
)
def test_arrays_come_back(value):
    with tf.Graph().as_default():
        tensor = tf.constant(value)
        assert tensor.shape.as_list() == list(value.shape)
        found = run(tensor)
    assert found.dtype == value.dtype
    np.testing.assert_array_equal(found, value)


@settings(deadline=None)
@given(
    st.recursive(st.integers(-(2**31), 2**31 - 1), lambda x: st.lists(x, min_size=2, max_size=2))
)
def test_nested_lists_are_dense_or_refused(value):
    with tf.Graph().as_default():
        try:
            expected = np.array(value)
        except ValueError:
            with pytest.raises((ValueError, TypeError)):
                tf.constant(value)
        else:
            np.testing.assert_array_equal(run(tf.constant(value)), expected)


@pytest.mark.parametrize(
    "text", [b"ab\x00", "x\x00", "é", b"\xff", ["a", b"b"], [[b"a\x00\x00"], ["é"]]]
)
def test_strings_are_bytes(text):
    found = np.array(run(tf.constant(text)), object).reshape(-1)
    for have, put_in in zip(found, np.array(text, object).reshape(-1), strict=True):
        assert type(have) is bytes
        assert have == (put_in.encode() if isinstance(put_in, str) else put_in)


CASES = [
    ((1.5, tf.int32), TypeError, "Expected int32, got 1.5 of type 'float' instead."),
    (([1, 1.5], tf.int32), TypeError, "Expected int32, got 1.5 of type 'float' instead."),
    ((1, tf.bool), TypeError, "Expected bool, got 1 of type 'int' instead."),
    (("a", tf.float32), TypeError, "Expected float32, got 'a' of type 'str' instead."),
    ((1, tf.string), TypeError, "Expected string, got 1 of type 'int' instead."),
    (([1, None], tf.float32), TypeError, "Expected float32, got None of type 'NoneType' instead."),
    ((None,), ValueError, "None values not supported."),
    (
        ([None],),
        TypeError,
        "Failed to convert object of type <class 'list'> to Tensor. Contents: [None]. Consider "
        "casting elements to a supported type.",
    ),
    (
        ([1, "a"],),
        TypeError,
        "Failed to convert object of type <class 'list'> to Tensor. Contents: [1, 'a']. Consider "
        "casting elements to a supported type.",
    ),
    (
        (2**70,),
        TypeError,
        "Failed to convert object of type <class 'int'> to Tensor. Contents: "
        "1180591620717411303424. Consider casting elements to a supported type.",
    ),
    (
        ({"a": 1},),
        TypeError,
        "Failed to convert object of type <class 'dict'> to Tensor. Contents: {'a': 1}. Consider "
        "casting elements to a supported type.",
    ),
    (
        ([[1, 2], [3]],),
        ValueError,
        "Argument must be a dense tensor: [[1, 2], [3]] - got shape [2], but wanted [2, 2].",
    ),
    (
        ([["a"], ["b", "c"]],),
        ValueError,
        "Argument must be a dense tensor: [['a'], ['b', 'c']] - got shape [2], but wanted [2, 1].",
    ),
    (
        ([[[1], [2]], [[3], [4, 5]]],),
        ValueError,
        "Argument must be a dense tensor: [[[1], [2]], [[3], [4, 5]]] - got shape [2, 2], but "
        "wanted [2, 2, 1].",
    ),
    (([[1, 2], [3]], tf.float32), ValueError, "setting an array element with a sequence."),
    (
        ([1, 2, 3], None, [2]),
        ValueError,
        "Too many elements provided. Needed at most 2, but received 3",
    ),
    (
        ([1, 2], None, [2, 2], "c", True),
        TypeError,
        "Expected Tensor's shape: (2, 2), got (2,).",
    ),
]


@pytest.mark.parametrize(("arguments", "error", "text"), CASES, ids=[repr(c[0]) for c in CASES])
def test_what_is_no_constant(arguments, error, text):
    with pytest.raises(error, match=re.escape(text)):
        tf.constant(*arguments)


def test_a_dtype_that_fits():
    assert run(tf.constant(True, tf.int32)) == 1
    assert run(tf.constant(1, tf.complex64)) == 1 + 0j
    assert run(tf.constant(np.array([1.5]), tf.int32)).tolist() == [1]
    assert run(tf.constant(np.array([1, 2]), tf.float32)).dtype == np.float32


def test_shapes():
    assert run(tf.constant([1, 2], shape=[4])).tolist() == [1, 2, 2, 2]
    assert run(tf.constant(7, shape=[2, 2])).tolist() == [[7, 7], [7, 7]]
    assert run(tf.constant([1, 2, 3, 4], shape=[2, 2])).tolist() == [[1, 2], [3, 4]]
    assert tf.constant([1, 2], shape=[0]).shape.as_list() == [0]
    assert run(tf.constant([], shape=[2])).tolist() == [0, 0]


def test_shapes_as_values():
    assert run(tf.convert_to_tensor(tf.TensorShape([2, 3]))).tolist() == [2, 3]
    assert run(tf.convert_to_tensor(tf.Dimension(3))) == 3
    with pytest.raises(
        ValueError, match="Cannot convert a partially known TensorShape to a Tensor"
    ):
        tf.convert_to_tensor(tf.TensorShape([2, None]))
    with pytest.raises(ValueError, match="Cannot convert an unknown Dimension to a Tensor"):
        tf.convert_to_tensor(tf.Dimension(None))


def test_what_is_asked_for_and_what_is_preferred():
    text = (
        "Tensor conversion requested dtype float32 for Tensor with dtype int32: "
        "<tf.Tensor 'Const:0' shape=() dtype=int32>"
    )
    with pytest.raises(ValueError, match=re.escape(text)):
        tf.convert_to_tensor(tf.constant(1), tf.float32)
    assert tf.convert_to_tensor(1, preferred_dtype=tf.float32).dtype is tf.float32
    assert tf.convert_to_tensor(1, dtype_hint=tf.float32).dtype is tf.float32
    assert tf.convert_to_tensor(1.5, preferred_dtype=tf.int32).dtype is tf.float32
    assert tf.convert_to_tensor("a", preferred_dtype=tf.int32).dtype is tf.string


def test_a_tensor_is_itself():
    a = tf.constant(1)
    assert tf.convert_to_tensor(a) is a
    assert tf.convert_to_tensor(a, tf.int32, name="other") is a


def test_variables():
    v = tf.Variable(1.0, name="v")
    assert tf.convert_to_tensor(v).name == "v/read:0"
    with pytest.raises(
        ValueError,
        match="Incompatible type conversion requested to type 'int32' for variable of type "
        "'float32_ref'",
    ):
        tf.convert_to_tensor(v, tf.int32)


# Lists that hold tensors are packed.


def packed(value, graph, **arguments):
    before = graph.version
    tensor = tf.convert_to_tensor(value, **arguments)
    return run(tensor).tolist(), [op.name for op in graph.get_operations()[before:]]


def test_packing(graph):
    a, v = tf.constant(1.0, name="a"), tf.constant([1.0], name="v")
    assert packed([a, 2], graph) == ([1, 2], ["packed/1", "packed"])
    names = ["packed_1/0/1", "packed_1/0", "packed_1/1_1", "packed_1"]
    assert packed([[a, 2.0], [3.0, 4.0]], graph) == ([[1, 2], [3, 4]], names)
    assert packed([v, [2.0]], graph, name="n") == ([[1], [2]], ["n/1_1", "n"])
    assert packed((a, a), graph) == ([1, 1], ["packed_2"])
    assert packed([a, a], graph, dtype=tf.int32)[0] == [1, 1]
    w = tf.Variable([5.0, 6.0])
    mixed = tf.convert_to_tensor([w, [3.0, a]])
    with tf.Session() as session:
        session.run(w.initializer)
        assert session.run(mixed).tolist() == [[5, 6], [3, 1]]


def test_packing_needs_one_dtype():
    a, b = tf.constant(1, name="a"), tf.constant(2.0, name="b")
    with pytest.raises(TypeError, match="Expected int32, got 2.5 of type 'float' instead."):
        tf.convert_to_tensor([a, 2.5])
    text = (
        "Cannot convert a list containing a tensor of dtype <dtype: 'float32'> to <dtype: 'int32'> "
        "(Tensor is: <tf.Tensor 'b:0' shape=() dtype=float32>)"
    )
    with pytest.raises(TypeError, match=re.escape(text)):
        tf.convert_to_tensor([a, b])


# Types of one's own.


def test_conversion_functions():
    class Money:
        pass

    def convert(value, dtype=None, name=None, as_ref=False):
        if dtype is not None and dtype != tf.float32:
            return NotImplemented
        return tf.constant(9.0, name=name)

    tf.register_tensor_conversion_function(Money, convert)
    assert run(tf.constant(1.0) + Money()) == 10
    assert tf.convert_to_tensor(Money(), name="coins").name == "coins:0"
    with pytest.raises(TypeError):
        tf.convert_to_tensor(Money(), tf.int32)
    with pytest.raises(TypeError, match="conversion_func must be callable."):
        tf.register_tensor_conversion_function(Money, 3)
    with pytest.raises(TypeError, match="base_type must be a type or a tuple of types."):
        tf.register_tensor_conversion_function("Money", convert)
