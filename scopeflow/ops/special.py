"""Special functions: incomplete gamma, zeta, Bessel, beta; products and quotients without NaN."""

from __future__ import annotations

import builtins
import math
from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import broadcast, merged, unchanged
from ..core.types import COMPLEX, TypeSet
from .filling import zeros_like
from .math import abs, bessel_i0e, bessel_i1e, exp, lgamma, multiply
from .reduce import reduce_sum

_SPECIAL = TypeSet(dtypes.float32, dtypes.float64)
_NO_NAN = TypeSet(dtypes.float16, *_SPECIAL.order) | COMPLEX


@op("T, T -> T", shape=broadcast, T=_SPECIAL)
def Igamma(a, x):
    """The regularized lower incomplete gamma function P(a, x)."""
    a = _positive(a)
    found = torch.special.gammainc(a.detach(), x)
    return _with_slope(found, a, x) if a.requires_grad else found


@op("T, T -> T", shape=broadcast, T=_SPECIAL)
def Igammac(a, x):
    """The regularized upper incomplete gamma function Q(a, x) = 1 - P(a, x)."""
    a = _positive(a)
    found = torch.special.gammaincc(a.detach(), x)
    return _with_slope(found, a, x, -1) if a.requires_grad else found


def _positive(a):
    """NaN unless it is positive, as TensorFlow has it."""
    return torch.where(a > 0, a, math.nan)


def _with_slope(found: Any, a: Any, x: Any, sign: int = 1) -> Any:
    """The value, with ∂P/∂a times `sign` as its gradient towards a (torch has none)."""
    slope = sign * _igamma_slope(a.detach().double(), x.detach().double()).to(a.dtype)
    return found + slope * (a - a.detach())


def _igamma_slope(a: Any, x: Any) -> Any:
    """∂P/∂a of the series P(a, x) = Σ x^(a+n) e^-x / Γ(a+n+1), n ≥ 0 (DLMF 8.7.1).

    A term's derivative is the term times ln x - ψ(a+n+1). The terms are positive, so that none
    cancels another; where they are many, most are too small to count.
    """
    a, x = torch.broadcast_tensors(a, x)
    inside = (a > 0) & (x > 0) & torch.isfinite(x)
    a, x = torch.where(inside, a, 1.0), torch.where(inside, x, 1.0)
    largest = float(torch.maximum(a, x).max()) if a.numel() else 1.0
    total = torch.zeros_like(x)
    log_x = torch.log(x)
    for n in builtins.range(int(largest + 12 * largest**0.5) + 60):
        after = a + (n + 1)
        term = torch.exp((a + n) * log_x - x - torch.lgamma(after))
        total = total + term * (log_x - torch.digamma(after))
    return torch.where(inside, total, 0.0)


@op("T, T -> T", shape=broadcast, T=_SPECIAL)
def Zeta(x, q):
    """The Hurwitz zeta function, the sum of (q + n)^-x over n >= 0; no gradient towards x."""
    return torch.special.zeta(x.detach(), q)


@op("T, T -> T", shape=broadcast, T=_SPECIAL)
def Polygamma(a, x):
    """The a-th derivative of digamma (a = 0, 1, …, else NaN); no gradient towards a."""
    a = a.detach()
    factor = torch.exp(torch.lgamma(a + 1)) * (2 * torch.remainder(a, 2) - 1)
    higher = factor * torch.special.zeta(a + 1, x)
    found = torch.where(a == 0, torch.digamma(x), higher)
    return torch.where((a >= 0) & (a == torch.floor(a)), found, math.nan)


@op("T, T -> T", shape=broadcast, T=_NO_NAN)
def Xlogy(x, y):
    """x · log(y), and 0 (with zero gradients) where x is 0."""
    return x * torch.log(torch.where(x == 0, torch.ones_like(y), y))


@op("T, T -> T", shape=broadcast, T=_NO_NAN)
def Xdivy(x, y):
    """x / y, and 0 (with zero gradients) where x is 0."""
    zero = x == 0
    return torch.where(zero, torch.zeros_like(x), x / torch.where(zero, torch.ones_like(y), y))


@op("T, T -> T", shape=broadcast, T=_NO_NAN)
def MulNoNan(x, y):
    """x · y, and 0 where y is 0, even if x is infinite or NaN."""
    return torch.where((y == 0) & ~torch.isfinite(x), torch.zeros_like(x), x) * y


@op("T, T -> T", shape=broadcast, T=_SPECIAL)
def NextAfter(x1, x2):
    """The number after x1 in the direction of x2; the gradient goes to x1."""
    found = torch.nextafter(x1.detach(), x2.detach())
    return x1 + (found - x1.detach()) if x1.requires_grad else found


def _betainc_shape(a: Tensor, b: Tensor, x: Tensor) -> Dims:
    dims: Dims = ()
    for tensor in (a, b, x):
        if tensor._dims == ():
            continue
        dims = tensor._dims if dims == () else merged(dims, tensor._dims)
    return dims


@op("T, T, T -> T", shape=_betainc_shape, T=_SPECIAL)
def Betainc(a, b, x):
    """The regularized incomplete beta function; its gradient goes to x alone."""
    a, b, x = torch.broadcast_tensors(a.detach(), b.detach(), x)
    found = _incomplete_beta(a.double(), b.double(), x.detach().double())
    if x.requires_grad:
        known = x.detach()
        logs = torch.lgamma(a + b) - torch.lgamma(a) - torch.lgamma(b)
        logs = logs + torch.xlogy(a - 1, known) + torch.special.xlog1py(b - 1, -known)
        return found.to(x.dtype) + (x - known) * torch.exp(logs)
    return found.to(x.dtype)


def _incomplete_beta(a, b, x):
    """By the continued fraction, from the side on which it converges fast."""
    valid = (a > 0) & (b > 0) & (x >= 0) & (x <= 1)
    swapped = x > (a + 1) / (a + b + 2)
    p, q = torch.where(swapped, b, a), torch.where(swapped, a, b)
    y = torch.where(swapped, 1 - x, x)
    tiny = 1e-300
    c = torch.ones_like(y)
    d = 1 / _away_from_zero(1 - (p + q) * y / (p + 1), tiny)
    fraction = d
    for m in builtins.range(1, 300):
        even = m * (q - m) * y / ((p + 2 * m - 1) * (p + 2 * m))
        odd = -(p + m) * (p + q + m) * y / ((p + 2 * m) * (p + 2 * m + 1))
        for term in (even, odd):
            d = 1 / _away_from_zero(1 + term * d, tiny)
            c = _away_from_zero(1 + term / c, tiny)
            fraction = fraction * d * c
        if m % 8 == 0 and bool(((d * c - 1).abs() < 1e-15)[valid].all()):
            break
    logs = torch.xlogy(p, y) + torch.special.xlog1py(q, -y)
    logs = logs + torch.lgamma(p + q) - torch.lgamma(p) - torch.lgamma(q)
    part = torch.exp(logs) * fraction / p
    return torch.where(valid, torch.where(swapped, 1 - part, part), math.nan)


def _away_from_zero(x, tiny):
    return torch.where(x.abs() < tiny, tiny, x)


betainc = Betainc


@op("T -> T", shape=unchanged, T=_SPECIAL)
def Ndtri(x):
    """The value that the standard normal distribution stays below with the probability x."""
    return torch.special.ndtri(x)


igamma, igammac, zeta, polygamma = Igamma, Igammac, Zeta, Polygamma
xlogy, xdivy, nextafter = Xlogy, Xdivy, NextAfter


def multiply_no_nan(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x · y, and 0 where y is 0, even if x is infinite or NaN."""
    with name_scope(name, "multiply_no_nan", [x, y]) as scope:
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, dtype=x.dtype.base_dtype, name="y")
        return MulNoNan(x, y, name=scope)


def bessel_i0(x: Any, name: str | None = None) -> Tensor:
    """The modified Bessel function of order 0."""
    with name_scope(name, "bessel_i0", [x]):
        return multiply(exp(abs(x)), bessel_i0e(x), name="mul")


def bessel_i1(x: Any, name: str | None = None) -> Tensor:
    """The modified Bessel function of order 1."""
    with name_scope(name, "bessel_i1", [x]):
        return multiply(exp(abs(x)), bessel_i1e(x), name="mul")


def polyval(coeffs: Any, x: Any, name: str | None = None) -> Tensor:
    """The polynomial with a list of coefficients, that of the highest power first, at `x`."""
    if not isinstance(coeffs, list):
        raise ValueError(f"Argument coeffs must be list type found {type(coeffs)}.")
    with name_scope(name, "polyval", [*coeffs, x]) as scope:
        x = convert_to_tensor(x, name="x")
        if not coeffs:
            return zeros_like(x, name=scope)
        terms = [convert_to_tensor(c, name=f"coeff_{i}") for i, c in enumerate(coeffs)]
        found: Any = terms[0]
        for term in terms[1:]:
            found = term + found * x
        return found


def lbeta(x: Any, name: str | None = None) -> Tensor:
    """ln |Beta(x)| over the last dimension: the sum of lgamma(x), minus lgamma of the sum."""
    with name_scope(name, "lbeta", [x]):
        x = convert_to_tensor(x, name="x")
        total: Any = reduce_sum(lgamma(x), [-1])
        return total - lgamma(reduce_sum(x, [-1]))
