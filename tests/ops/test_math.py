"""Elementary functions, one table: value, gradient, static shape, and the dtypes of every op."""

from __future__ import annotations

import gzip
import json
import math
from pathlib import Path

import numpy as np
import pytest
from ops.common import check, data, gradient_of, run, value

import scopeflow as tf
from scopeflow.core.op import registry


def _vector(function):
    return np.vectorize(function, otypes=[np.float64])


def digamma(x):
    """By its recurrence and the asymptotic series."""
    found = np.zeros_like(x)
    while (x < 30).any():
        found = np.where(x < 30, found - 1 / x, found)
        x = np.where(x < 30, x + 1, x)
    series = 1 / 12 - 1 / (120 * x**2) + 1 / (252 * x**4)
    return found + np.log(x) - 1 / (2 * x) - series / x**2


UNARY = {
    "abs": (np.abs, -2, 2),
    "acos": (np.arccos, -0.9, 0.9),
    "acosh": (np.arccosh, 1.1, 4),
    "asin": (np.arcsin, -0.9, 0.9),
    "asinh": (np.arcsinh, -2, 2),
    "atan": (np.arctan, -2, 2),
    "atanh": (np.arctanh, -0.9, 0.9),
    "cos": (np.cos, -3, 3),
    "cosh": (np.cosh, -2, 2),
    "digamma": (digamma, 0.2, 4),
    "erf": (_vector(math.erf), -2, 2),
    "erfc": (_vector(math.erfc), -2, 2),
    "exp": (np.exp, -2, 2),
    "expm1": (np.expm1, -2, 2),
    "identity": (lambda x: x, -2, 2),
    "lgamma": (_vector(math.lgamma), 0.2, 4),
    "log": (np.log, 0.1, 4),
    "log1p": (np.log1p, -0.9, 4),
    "log_sigmoid": (lambda x: -np.log1p(np.exp(-x)), -3, 3),
    "negative": (np.negative, -2, 2),
    "reciprocal": (lambda x: 1 / x, 0.1, 2),
    "rsqrt": (lambda x: x**-0.5, 0.1, 4),
    "sigmoid": (lambda x: 1 / (1 + np.exp(-x)), -3, 3),
    "sign": (np.sign, -2, 2),
    "sin": (np.sin, -3, 3),
    "sinh": (np.sinh, -2, 2),
    "sqrt": (np.sqrt, 0.1, 4),
    "square": (np.square, -2, 2),
    "tan": (np.tan, -1.4, 1.4),
    "tanh": (np.tanh, -2, 2),
    "nn.softplus": (lambda x: np.log1p(np.exp(x)), -3, 3),
    "nn.softsign": (lambda x: x / (1 + np.abs(x)), -3, 3),
}
"""Function of `tf` -> (numpy's, and the interval of the samples)."""


@pytest.mark.parametrize("name", UNARY)
def test_unary(name):
    expected, low, high = UNARY[name]
    check(_named(name), data(3, 4, low=low, high=high), expected=expected)
    check(_named(name), data(0, 2, low=low, high=high), expected=expected, gradient=False)


def _named(name):
    found = tf
    for part in name.split("."):
        found = getattr(found, part)
    return found


STEPS = {
    "ceil": np.ceil,
    "floor": np.floor,
    "rint": np.rint,
    "round": np.round,
    "zeros_like": np.zeros_like,
    "ones_like": np.ones_like,
    "is_finite": np.isfinite,
    "is_inf": np.isinf,
    "is_nan": np.isnan,
}


@pytest.mark.parametrize("name", STEPS)
def test_steps_have_no_gradient(name):
    special = np.array([-2.5, -1.5, -0.5, 0.5, 1.5, 2.5, 3.7])
    if name.startswith("is_"):
        special = np.array([-np.inf, np.inf, np.nan, 0, 1])
    check(_named(name), special, expected=STEPS[name], gradient=False)
    with tf.Graph().as_default():
        x = tf.zeros([2])
        found = _named(name)(x)
        if found.dtype.is_floating:
            assert tf.gradients(found, x) == [None]


def positive(*shape, seed=0):
    return data(*shape, seed=seed, low=0.3, high=2.5)


BINARY = {
    "add": (np.add, data),
    "atan2": (np.arctan2, positive),
    "div": (np.divide, positive),
    "divide": (np.divide, positive),
    "div_no_nan": (np.divide, positive),
    "maximum": (np.maximum, data),
    "minimum": (np.minimum, data),
    "multiply": (np.multiply, data),
    "pow": (np.power, positive),
    "realdiv": (np.divide, positive),
    "squared_difference": (lambda x, y: (x - y) ** 2, data),
    "subtract": (np.subtract, data),
    "truediv": (np.divide, positive),
    "math.multiply_no_nan": (np.multiply, positive),
    "math.xdivy": (np.divide, positive),
    "math.xlogy": (lambda x, y: x * np.log(y), positive),
}


@pytest.mark.parametrize("name", BINARY)
@pytest.mark.parametrize("shapes", [((3, 4), (3, 4)), ((3, 1, 2), (4, 1)), ((), (2,))])
def test_binary(name, shapes):
    expected, sample = BINARY[name]
    x, y = (sample(*shape, seed=seed) for seed, shape in enumerate(shapes))
    check(_named(name), np.asarray(x), np.asarray(y), expected=expected)


SIGNS = np.array([7, 7, -7, -7, 6, -6, 0]), np.array([3, -3, 3, -3, 3, 3, 2])
DIVISIONS = {
    "floordiv": np.floor_divide,
    "floor_div": np.floor_divide,
    "div": np.floor_divide,
    "truncatediv": lambda x, y: np.trunc(x / y).astype(x.dtype),
    "truncatemod": np.fmod,
    "mod": np.mod,
    "floormod": np.mod,
}


@pytest.mark.parametrize("name", DIVISIONS)
@pytest.mark.parametrize("dtype", [np.int32, np.int64, np.float64])
def test_division_of_signed_numbers(name, dtype):
    x, y = (a.astype(dtype) for a in SIGNS)
    expected = DIVISIONS[name]
    if dtype is np.float64 and name in ("div", "truncatediv"):
        expected = np.divide  # TF 1.15.5: floats are not rounded
    check(_named(name), x, y, expected=expected, gradient=False)


def test_rounded_quotients():
    # TF 1.15.5: the floor of the rounded quotient, not Python's x // y; no gradient.
    x, y = np.array([1.0, -np.inf, 3.0]), np.array([0.1, -2.0, 0.0])
    assert value(tf.floordiv, x, y).tolist() == [10, np.inf, np.inf]
    assert value(lambda x, y: x // y, x, y).tolist() == [10, np.inf, np.inf]
    with tf.Graph().as_default():
        x = tf.ones([2])
        assert tf.gradients(x // 2.0, x) == tf.gradients(tf.truncatediv(x, 2.0), x) == [None]
        for divide in (tf.floordiv, tf.truncatediv, tf.div):
            with pytest.raises(tf.errors.InvalidArgumentError, match="Integer division by zero"):
                run(divide(tf.placeholder_with_default([1], None), [0]))


def test_zero_wins():
    zeros, ones = np.zeros(2), np.ones(2)
    for name in ("div_no_nan", "math.multiply_no_nan"):
        assert value(_named(name), np.array([np.nan, np.inf]), zeros).tolist() == [0, 0]
    for name in ("math.xdivy", "math.xlogy"):
        assert value(_named(name), zeros, zeros).tolist() == [0, 0]
        assert value(_named(name), ones, zeros).tolist() != [0, 0]


KINKS = {
    "abs": ([-1.0, 0.0, 2.0], [-1, 0, 1]),
    "sign": ([-1.0, 0.0, 2.0], [0, 0, 0]),
    "sqrt": ([0.0, 4.0], [np.inf, 0.25]),
    "nn.relu": ([-1.0, 0.0, 2.0], [0, 0, 1]),
    "nn.relu6": ([0.0, 3.0, 6.0], [0, 1, 0]),
    "nn.elu": ([0.0], [1]),
    "square": ([0.0], [0]),
}


@pytest.mark.parametrize("name", KINKS)
def test_gradient_at_kinks(name):
    # TF 1.15.5
    x, expected = KINKS[name]
    assert gradient_of(_named(name), np.array(x)).tolist() == expected


def test_ties():
    # TF 1.15.5: the first argument alone gets the gradient.
    with tf.Graph().as_default():
        x, y = tf.constant([1.0, 2.0]), tf.constant([1.0, 3.0])
        found = run([tf.gradients(f(x, y), [x, y]) for f in (tf.maximum, tf.minimum)])
    assert np.array(found).tolist() == [[[1, 0], [0, 1]], [[1, 1], [0, 0]]]


def test_complex_numbers():
    x = np.array([1 + 2j, -3 + 0.5j])
    for name, expected in (
        ("abs", np.abs), ("conj", np.conj), ("real", np.real), ("imag", np.imag),
        ("angle", np.angle), ("exp", np.exp), ("square", np.square), ("negative", np.negative),
        ("sqrt", np.sqrt), ("tanh", np.tanh), ("reciprocal", lambda x: 1 / x),
    ):  # fmt: skip
        check(_named(name), x, expected=expected, gradient=False)
    both = value(tf.complex, data(3), data(3, seed=1))
    assert both.tolist() == (data(3) + 1j * data(3, seed=1)).tolist()
    # TF 1.15.5: |x - y|²
    found = value(tf.squared_difference, x, np.conj(x))
    assert found.tolist() == [16, 1]


LOGICAL = {"logical_and": np.logical_and, "logical_or": np.logical_or, "logical_xor": np.not_equal}
COMPARED = {
    "equal": np.equal,
    "not_equal": np.not_equal,
    "less": np.less,
    "less_equal": np.less_equal,
    "greater": np.greater,
    "greater_equal": np.greater_equal,
}
BITS = {
    "bitwise.bitwise_and": np.bitwise_and,
    "bitwise.bitwise_or": np.bitwise_or,
    "bitwise.bitwise_xor": np.bitwise_xor,
    "bitwise.left_shift": np.left_shift,
    "bitwise.right_shift": np.right_shift,
}


@pytest.mark.parametrize("name", [*LOGICAL, *COMPARED, *BITS])
def test_truth_and_bits(name):
    x, y = np.array([[1], [2], [3]]), np.array([1, 2, 3, 0])
    if name in LOGICAL:
        x, y = x > 1, y > 1
    check(_named(name), x, y, expected=(LOGICAL | COMPARED | BITS)[name], gradient=False)
    if name in COMPARED:
        check(_named(name), x / 2, y / 2, expected=COMPARED[name], gradient=False)
        with tf.Graph().as_default(), pytest.raises(TypeError, match="does not match type"):
            _named(name)(tf.constant([1]), tf.constant([1.0]))
    with tf.Graph().as_default():
        a, b = tf.zeros([3], tf.as_dtype(x.dtype)), tf.zeros([4], tf.as_dtype(y.dtype))
        with pytest.raises(ValueError, match="Dimensions must be equal, but are 3 and 4"):
            _named(name)(a, b)


@pytest.mark.parametrize("name", [*BINARY, *DIVISIONS])
def test_bad_input(name):
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="Dimensions must be equal, but are 3 and 4"):
            _named(name)(tf.zeros([3]), tf.zeros([4]))
        converts = name in ("div", "div_no_nan", "math.multiply_no_nan")
        with pytest.raises(ValueError if converts else TypeError):
            _named(name)(tf.zeros([3]), tf.zeros([3], tf.float64))
        if name != "add":
            with pytest.raises(TypeError):
                _named(name)(tf.constant(["a"]), tf.constant(["b"]))


# The dtypes that op types take, against those of TensorFlow 1.15.5.

RECORDED = Path(__file__).with_name("recorded_op_types.json.gz")
_QUANTIZED = {"qint8", "quint8", "qint16", "quint16", "qint32"}
MORE = {
    "ComplexAbs": "one kernel with Abs",
    "Conj": "tf.conj does not make it for real numbers",
    "CumulativeLogsumexp": "bfloat16 as in later versions",
    "DivNoNan": "bfloat16 as in later versions",
    "ExtractImagePatches": "patches are moved, not computed",
    "FusedBatchNormGrad": "one definition with V2 and V3",
    "FusedBatchNormGradV2": "gradients are checked in float64",
    "FusedBatchNormGradV3": "gradients are checked in float64",
    "MaxPool": "the unsigned integers, too",
    "MaxPool3D": "gradients are checked in float64",
    "Range": "the small integers and float16, too",
    "SparseSegmentMean": "the half floats, too",
    "SparseSegmentMeanWithNumSegments": "the half floats, too",
    "SparseSegmentSqrtN": "the half floats, too",
    "SparseSegmentSqrtNWithNumSegments": "the half floats, too",
    "SparseSoftmax": "the half floats, too",
    "WriteImageSummary": "float64, too",
}
"""Op types that take dtypes which TensorFlow refuses: why."""


@pytest.mark.parametrize("kind", sorted(registry.keys() - MORE.keys()))
def test_dtypes(kind):
    recorded = json.loads(gzip.decompress(RECORDED.read_bytes()))["ops"].get(kind, {})
    for key, allowed in recorded.items():
        ours = registry[kind].type_sets.get(key)
        if ours is not None:
            more = {dtype.name for dtype in ours.order} - set(allowed) - _QUANTIZED
            assert not more, f"{kind}.{key}"
