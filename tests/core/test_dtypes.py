"""dtypes. The expected values were observed in TensorFlow 1.15.5 unless a test says otherwise."""

import copy
import doctest
import pickle
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from scopeflow.core import dtypes as tf

# name: enum, size, the flags that are true
OBSERVED = {
    "float32": (1, 4, "floating"),
    "float64": (2, 8, "floating"),
    "int32": (3, 4, "integer"),
    "uint8": (4, 1, "integer unsigned"),
    "int16": (5, 2, "integer"),
    "int8": (6, 1, "integer"),
    "string": (7, 8, ""),
    "complex64": (8, 8, "complex"),
    "int64": (9, 8, "integer"),
    "bool": (10, 1, "bool"),
    "qint8": (11, 1, "quantized"),
    "quint8": (12, 1, "quantized"),
    "qint32": (13, 4, "quantized"),
    "bfloat16": (14, 2, "floating"),
    "qint16": (15, 2, "quantized"),
    "quint16": (16, 2, "quantized"),
    "uint16": (17, 2, "integer unsigned"),
    "complex128": (18, 16, "complex"),
    "float16": (19, 2, "floating"),
    "resource": (20, 1, ""),
    "variant": (21, 1, ""),
    "uint32": (22, 4, "integer unsigned"),
    "uint64": (23, 8, "integer unsigned"),
}
FLAGS = ("floating", "integer", "complex", "bool", "quantized", "unsigned")
ALL = [getattr(tf, name + suffix) for name in OBSERVED for suffix in ("", "_ref")]
REFUSED = "Cannot convert value {!r} to a TensorFlow DType."


def first_line(error):
    return str(error.value).split("\n")[0]


@pytest.mark.parametrize("name", OBSERVED)
def test_every_type_has_the_observed_attributes(name):
    enum, size, flags = OBSERVED[name]
    dtype, ref = getattr(tf, name), getattr(tf, name + "_ref")
    for d in (dtype, ref):
        assert d.size == size
        assert {flag for flag in FLAGS if getattr(d, "is_" + flag)} == set(flags.split())
        assert d.is_numpy_compatible == (name not in ("resource", "variant"))
        assert d.base_dtype is dtype
        assert d._as_ref is ref
        assert repr(d) == f"tf.{d.name}"
        assert str(d) == f"<dtype: '{d.name}'>"
    assert (dtype.name, ref.name) == (name, name + "_ref")
    assert (dtype.as_datatype_enum, ref.as_datatype_enum) == (enum, enum + 100)
    assert (dtype._is_ref_dtype, ref._is_ref_dtype) == (False, True)


def test_real_dtype():
    assert tf.complex64.real_dtype is tf.complex64_ref.real_dtype is tf.float32
    assert tf.complex128.real_dtype is tf.complex128_ref.real_dtype is tf.float64
    others = [dtype for dtype in ALL if not dtype.is_complex]
    assert all(dtype.real_dtype is dtype for dtype in others)


def test_aliases_and_sets():
    assert (tf.half, tf.double) == (tf.float16, tf.float64)
    assert (tf.half_ref, tf.double_ref) == (tf.float16_ref, tf.float64_ref)
    names = {dtype.name for dtype in tf.QUANTIZED_DTYPES}
    assert names == {
        q + ref for q in ("qint8", "quint8", "qint16", "quint16", "qint32") for ref in ("", "_ref")
    }


@pytest.mark.parametrize("dtype", ALL, ids=lambda dtype: dtype.name)
def test_one_object_each(dtype):
    assert tf.as_dtype(dtype) is dtype
    assert tf.as_dtype(dtype.name) is dtype
    assert tf.as_dtype(dtype.as_datatype_enum) is dtype
    assert tf.DType(dtype.as_datatype_enum) is dtype
    assert copy.copy(dtype) is dtype
    assert copy.deepcopy({"a": [dtype]})["a"][0] is dtype
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(dtype, protocol)) is dtype
    assert hash(dtype) == dtype.as_datatype_enum


@pytest.mark.parametrize("number", [0, 24, 99, 100, 124])
def test_dtype_of_a_wrong_number(number):
    with pytest.raises(TypeError) as error:
        tf.DType(number)
    assert str(error.value) == f"type_enum is not a valid types_pb2.DataType: {number}"


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("float", "float32"),
        ("half", "float16"),
        ("double", "float64"),
        ("float_ref", "float32_ref"),
        ("half_ref", "float16_ref"),
        ("double_ref", "float64_ref"),
        (float, "float32"),
        (bool, "bool"),
        (object, "string"),
        (np.float32, "float32"),
        (np.bool_, "bool"),
        (np.object_, "string"),
        (np.str_, "string"),
        (np.bytes_, "string"),
        (np.longlong, "int64"),
        (np.ulonglong, "uint64"),
        (np.intc, "int32"),
        (np.uint, "uint64"),
        (np.dtype("f8"), "float64"),
        (np.dtype(">f4"), "float32"),
        (np.dtype(">i8"), "int64"),
        (np.dtype(np.longlong), "int64"),
        (np.dtype("S3"), "string"),
        (np.dtype("U3"), "string"),
        (np.dtype("S"), "string"),
        (np.dtype("O"), "string"),
        (np.dtype("?"), "bool"),
        (np.dtype("c16"), "complex128"),
        (np.dtype([("qint8", "i1")]), "qint8"),
        (np.dtype([("quint16", "<u2")]), "quint16"),
        (np.int32(1), "float32"),  # an enum number that came from numpy
    ],
)
def test_as_dtype(value, name):
    assert tf.as_dtype(value).name == name
    assert getattr(tf, name) == value
    assert (getattr(tf, name) != value) is False


@pytest.mark.parametrize(
    "value",
    [
        "int", "str", "bytes", "object", "complex", "", "Float32", "f4", "<f4", "O", b"float32",
        int, str, bytes, complex, list, type(None), np.ndarray, Exception,
        np.longdouble, np.void, np.datetime64, np.generic, np.number, np.floating,
        np.dtype([("a", "i4")]), np.dtype("M8[ns]"), np.dtype(("f4", (2,))), np.dtype("g"),
        None, 0, -1, 24, 100, 1.5, np.float32(1.5), (), (1,), np.array(3).dtype.names,
    ],
    ids=repr,
)  # fmt: skip
def test_as_dtype_refuses(value):
    with pytest.raises(TypeError) as error:
        tf.as_dtype(value)
    assert first_line(error) == REFUSED.format(value)
    assert (tf.float32 == value) is False
    assert (tf.float32 != value) is True


@pytest.mark.parametrize("value", [[], {}, [1, 2], np.array(3), np.array([1.0, 2.0])], ids=repr)
def test_as_dtype_refuses_what_cannot_be_hashed(value):
    """TF 1.15.5 raises TypeError too, in Python's words ("unhashable type")."""
    with pytest.raises(TypeError) as error:
        tf.as_dtype(value)
    assert first_line(error) == REFUSED.format(value).split("\n")[0]
    assert (tf.float32 == value) is False


def test_a_refused_python_type_says_what_to_use():
    with pytest.raises(TypeError, match="tf.int32 or tf.int64"):
        tf.as_dtype(int)


def test_equality_keeps_references_apart():
    assert tf.float32 != tf.float32_ref
    assert tf.float32 != "float32_ref"
    assert tf.float32_ref == "float32_ref"
    assert "float32" == tf.float32
    assert np.float32 == tf.float32
    assert {tf.float32: "a", tf.float32_ref: "b"}[tf.as_dtype("float")] == "a"


def test_is_compatible_with():
    assert tf.float32.is_compatible_with("float")
    assert tf.float32.is_compatible_with(tf.float32_ref)
    assert tf.float32_ref.is_compatible_with(tf.float32_ref)
    assert not tf.float32_ref.is_compatible_with(tf.float32)
    assert not tf.float32.is_compatible_with(tf.float64)
    with pytest.raises(TypeError) as error:
        tf.float32.is_compatible_with("foo")
    assert str(error.value) == REFUSED.format("foo")


@pytest.mark.parametrize("dtype", ALL, ids=lambda dtype: dtype.name)
def test_numpy_type_goes_there_and_back(dtype):
    if dtype.base_dtype is tf.bfloat16:
        pytest.importorskip("ml_dtypes")
    if dtype.is_numpy_compatible:
        assert tf.as_dtype(dtype.as_numpy_dtype) is dtype.base_dtype
        assert tf.as_dtype(np.dtype(dtype.as_numpy_dtype)) is dtype.base_dtype
        assert np.dtype(dtype.as_numpy_dtype).itemsize == dtype.size
    else:
        with pytest.raises(TypeError, match="has no numpy type"):
            _ = dtype.as_numpy_dtype


def test_numpy_scalar_types():
    assert tf.float32.as_numpy_dtype is np.float32
    assert tf.string.as_numpy_dtype is np.object_
    assert tf.bool.as_numpy_dtype is np.bool_
    assert tf.qint32.as_numpy_dtype == np.dtype([("qint32", "i4")])


def test_min_and_max():
    assert (tf.int8.min, tf.int8.max) == (-128, 127)
    assert (tf.uint64.min, tf.uint64.max) == (0, 2**64 - 1)
    assert type(tf.int64.max) is int
    assert type(tf.float32.max) is np.float32
    assert tf.float32.max == np.float32(3.4028235e38) == -tf.float32.min
    assert tf.float16.max == 65504
    assert tf.int32_ref.max == 2147483647
    for dtype in (tf.string, tf.bool_ref, tf.complex64, tf.qint8, tf.resource):
        with pytest.raises(TypeError) as error:
            _ = dtype.min
        assert str(error.value) == f"Cannot find minimum value of {dtype}."
        with pytest.raises(TypeError) as error:
            _ = dtype.max
        assert str(error.value) == f"Cannot find maximum value of {dtype}."


def test_limits():
    assert tf.float32.limits == tf.float64_ref.limits == (0, 1)
    assert tf.uint8.limits == (0, 255)
    assert tf.int8.limits == (0, 127)
    # By the same rule; TF 1.15.5 has a KeyError here.
    assert tf.float16.limits == tf.bfloat16.limits == (0, 1)
    with pytest.raises(ValueError, match="does not have defined limits"):  # KeyError in TF 1.15.5
        _ = tf.bool.limits


def test_bfloat16_without_ml_dtypes(monkeypatch):
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    fresh = tf._intern(114, "bfloat16_ref", None, tf.bfloat16)  # one that has not met ml_dtypes
    tf._BY_ENUM[114] = tf._TABLE[114] = tf._TABLE["bfloat16_ref"] = tf.bfloat16_ref
    for attribute in ("as_numpy_dtype", "min", "max"):
        with pytest.raises(TypeError, match="pip install ml_dtypes"):
            getattr(fresh, attribute)


def test_bfloat16_with_ml_dtypes():
    ml_dtypes = pytest.importorskip("ml_dtypes")
    assert tf.bfloat16.as_numpy_dtype is ml_dtypes.bfloat16
    assert tf.as_dtype(ml_dtypes.bfloat16) is tf.bfloat16
    assert float(tf.bfloat16.max) == -float(tf.bfloat16.min) == 3.3895313892515355e38
    for other in (ml_dtypes.float8_e5m2, ml_dtypes.int4):
        with pytest.raises(TypeError):
            tf.as_dtype(other)
        with pytest.raises(TypeError):
            tf.as_dtype(np.dtype(other))


def test_a_dtype_is_constant():
    with pytest.raises(AttributeError):
        tf.float32.name = "x"
    with pytest.raises(AttributeError):
        tf.float32.other = "x"
    with pytest.raises(AttributeError):
        _ = tf.float32.other
    assert not hasattr(tf.float32, "__array_interface__")


def test_documented_examples_run():
    done = doctest.testmod(tf, extraglobs={"tf": SimpleNamespace(**vars(tf))})
    assert done.attempted > 0 and done.failed == 0
