"""Inverse hyperbolic functions, bits, special functions, products and quotients without NaN."""

from __future__ import annotations

import math

import numpy as np
import pytest
from ops.common import check, data, gradient_of, ops_of, run, value

import scopeflow as tf
from scopeflow.ops import bitwise, special
from scopeflow.ops import math as elementwise


def test_inverse_hyperbolic():
    x = data(5, low=-0.9, high=0.9)
    check(elementwise.asinh, x, expected=np.arcsinh)
    check(elementwise.atanh, x, expected=np.arctanh)
    check(elementwise.acosh, x + 2, expected=np.arccosh)


def test_bits():
    # TF 1.15.5: shifts are by at least 0 and at most the number of bits minus 1.
    x, n = np.int32([1, 2, -3, 1, 1]), np.int32([3, 4, 1, 40, -1])
    assert value(bitwise.left_shift, x, n).tolist() == [8, 32, -6, -(2**31), 1]
    x = np.int32([1, 200, -3, 1, -5])
    assert value(bitwise.right_shift, x, n).tolist() == [0, 12, -2, 0, -5]
    assert value(bitwise.invert, np.int32([1, 0, -3])).tolist() == [-2, -1, 2]
    x, n = np.uint8([1, 200]), np.uint8([3, 9])
    assert value(bitwise.left_shift, x, n).tolist() == [8, 0]
    assert value(bitwise.right_shift, np.uint8([255, 200]), n).tolist() == [31, 1]
    assert value(bitwise.bitwise_xor, np.int32([6]), np.int32([3])).tolist() == [5]
    with tf.Graph().as_default(), pytest.raises(TypeError, match="bool"):
        bitwise.invert(tf.constant(True))


def test_special_values():
    # TF 1.15.5, float32
    with tf.Graph().as_default():
        found = run([
            special.igamma([1.0, 2.0, 0.0, -1.0], [0.5, 3.0, 1.0, 1.0]),
            special.igammac([1.0, 2.0, 0.0, -1.0], [0.5, 3.0, 1.0, 1.0]),
            special.zeta([2.0, 1.0, 3.0], [1.0, 2.0, 2.0]),
            special.polygamma([0.0, 1.0, 2.0, 1.5], [1.0, 2.0, 3.0, 1.0]),
            elementwise.bessel_i0e([0.0, 1.0, -2.0]), elementwise.bessel_i1e([0.0, 1.0, -2.0]),
            special.bessel_i0([1.0]), special.bessel_i1([1.0]),
            special.nextafter([1.0], [2.0]),
        ])  # fmt: skip
    expected = [
        [0.39346936, 0.8008517, np.nan, np.nan], [0.60653067, 0.19914828, np.nan, np.nan],
        [1.644934, np.inf, 0.20205691], [-0.5772159, 0.6449341, -0.1541138, np.nan],
        [1.0, 0.46575963, 0.3085083], [0.0, 0.20791042, -0.21526928], [1.266066], [0.5651591],
        [1.0000001],
    ]  # fmt: skip
    for got, wanted in zip(found, expected, strict=True):
        np.testing.assert_allclose(got, wanted, rtol=1e-6)


def test_special_gradients():
    x, two = data(4, low=0.5, high=3.0), np.float64(2)
    for function in (elementwise.bessel_i0e, elementwise.bessel_i1e, special.bessel_i0,
                     special.bessel_i1, lambda x: special.igamma(two, x),
                     lambda x: special.igammac(two, x), lambda x: special.zeta(two, x),
                     lambda x: special.polygamma(np.arange(4.0), x)):  # fmt: skip
        check(function, x)
    for function in (special.igamma, special.igammac):  # towards a too
        check(function, data(3, 4, low=0.3, high=9.0, seed=1), data(3, 4, low=0.2, high=30.0))
    # TF 1.15.5
    slopes = gradient_of(lambda a: special.igamma(a, np.float32([2, 2])), np.float32([0.5, 4]))
    np.testing.assert_allclose(slopes, [-0.13561936, -0.13026233], rtol=1e-5)
    assert gradient_of(lambda a: special.igamma(a, np.float64([0])), np.float64([2])) == 0
    assert value(special.igamma, np.float64([2, 2]), np.float64([0, np.inf])).tolist() == [0, 1]


def test_no_nan():
    # TF 1.15.5, values and gradients
    def both(function, x, y):
        with tf.Graph().as_default():
            a, b = tf.constant(x, tf.float64), tf.constant(y, tf.float64)
            found = function(a, b)
            return [v.tolist() for v in run([found, *tf.gradients(found, [a, b])])]

    log3 = math.log(3)
    assert both(special.xlogy, [2.0, 0, 0], [3.0, 0, -1]) == [
        [2 * log3, 0, 0], [log3, 0, 0], [2 / 3, 0, 0]]  # fmt: skip
    assert both(special.xdivy, [2.0, 0, 2], [4.0, 0, 0]) == [
        [0.5, 0, np.inf], [0.25, 0, np.inf], [-0.125, 0, -np.inf]]  # fmt: skip
    product = both(special.multiply_no_nan, [2.0, np.nan, np.inf, 5], [3.0, 0, 0, 0])
    assert product[:2] == [[6, 0, 0, 0], [3, 0, 0, 0]]
    assert product[2][0] == 2
    assert product[2][3] == 5
    assert both(special.nextafter, [2.0], [3.0])[1:] == [[1], [0]]
    assert gradient_of(elementwise.reciprocal_no_nan, np.array([0.0, 2.0])).tolist() == [0, -0.25]
    assert value(elementwise.reciprocal_no_nan, np.array([0.0, 2.0])).tolist() == [0, 0.5]


def test_polynomials_and_beta():
    coefficients = [np.float64(2.0), np.float64(-1.0), np.float64(0.5)]
    check(lambda x: special.polyval(coefficients, x), data(3, 4),
          expected=lambda x: np.polyval(coefficients, x))  # fmt: skip
    assert value(lambda x: special.polyval([], x), np.ones(2)).tolist() == [0, 0]
    with tf.Graph().as_default(), pytest.raises(ValueError, match="must be list type"):
        special.polyval((1.0,), 1.0)
    check(special.lbeta, np.array([[1.0, 2.0, 3.0], [0.5, 0.5, 4.0]]), expected=lambda x: [
        sum(map(math.lgamma, row)) - math.lgamma(sum(row)) for row in x])  # fmt: skip


def test_graph():
    # TF 1.15.5
    assert ops_of(lambda x: special.bessel_i0(x), [2]) == [
        "bessel_i0/Abs Abs", "bessel_i0/Exp Exp", "bessel_i0/BesselI0e BesselI0e",
        "bessel_i0/mul Mul"]  # fmt: skip


def test_incomplete_beta():
    # TF 1.15.5: betainc([1, 2], [2, 2], [.5, .3])
    a, b, x = np.array([1.0, 2.0]), np.array([2.0, 2.0]), np.array([0.5, 0.3])
    np.testing.assert_allclose(value(special.betainc, a, b, x), [0.75, 0.216], rtol=1e-12)
    check(lambda t: special.betainc(a, b, t), x)
    edges = value(special.betainc, np.array([0.5, 30.0, 2.0, -1.0]), np.array([40.0, 0.1, 3, 1]),
                  np.array([0.0, 1.0, 1.5, 0.5]))  # fmt: skip
    assert edges[:2].tolist() == [0, 1] and np.isnan(edges[2:]).all()
    half = value(special.betainc, np.full(3, 50.0), np.full(3, 50.0), np.full(3, 0.5))
    np.testing.assert_allclose(half, 0.5, rtol=1e-12)
    with tf.Graph().as_default(), pytest.raises(ValueError, match="equal rank"):
        special.betainc(tf.ones([3]), tf.ones([]), tf.ones([1, 3]))
