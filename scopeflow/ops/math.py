"""Arithmetic and elementary functions."""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import DType, as_dtype
from ..core.graph import name_scope
from ..core.host import elementwise, unbounded
from ..core.indexed_slices import IndexedSlices
from ..core.lazy_torch import torch, values_known
from ..core.op import define, op
from ..core.operation import Tensor
from ..core.shape_rules import all_alike, broadcast, unchanged
from ..core.sparse_tensor import SparseTensor
from ..core.types import COMPLEX, FLOAT, INEXACT, NUMBER, STRING, WIDE, TypeSet
from .bitwise import _widened
from .matmul import BatchMatMulV2 as BatchMatMulV2
from .matmul import MatMul as MatMul
from .matmul import conj as conj
from .matmul import matmul as matmul
from .sparse_values import of_values

# Element by element, one input: op type, torch's function, dtypes, what it computes.

_UNARY = [
    ("Neg", "torch.neg", WIDE | COMPLEX, "-x."),
    ("Square", "torch.square", WIDE | COMPLEX, "x · x."),
    ("Exp", "torch.exp", INEXACT, "e to the power x."),
    ("Expm1", "torch.expm1", INEXACT, "e to the power x, minus 1, exact near 0."),
    ("Log", "torch.log", INEXACT, "The natural logarithm."),
    ("Log1p", "torch.log1p", INEXACT, "The natural logarithm of 1 + x, exact near 0."),
    ("Sqrt", "torch.sqrt", INEXACT, "The square root."),
    ("Rsqrt", "torch.rsqrt", INEXACT, "1 / sqrt(x)."),
    ("Reciprocal", "torch.reciprocal", INEXACT, "1 / x."),
    ("Inv", "torch.reciprocal", INEXACT, "1 / x."),
    ("Sigmoid", "torch.sigmoid", INEXACT, "1 / (1 + e^-x)."),
    ("Tanh", "torch.tanh", INEXACT, "The hyperbolic tangent."),
    ("Sin", "torch.sin", INEXACT, "The sine; x in radians."),
    ("Cos", "torch.cos", INEXACT, "The cosine; x in radians."),
    ("Tan", "torch.tan", INEXACT, "The tangent; x in radians."),
    ("Asin", "torch.asin", INEXACT, "The arc sine, in radians."),
    ("Acos", "torch.acos", INEXACT, "The arc cosine, in radians."),
    ("Atan", "torch.atan", INEXACT, "The arc tangent, in radians."),
    ("Sinh", "torch.sinh", INEXACT, "The hyperbolic sine."),
    ("Cosh", "torch.cosh", INEXACT, "The hyperbolic cosine."),
    ("Asinh", "torch.asinh", INEXACT, "The inverse of the hyperbolic sine."),
    ("Acosh", "torch.acosh", INEXACT, "The inverse of the hyperbolic cosine, for x >= 1."),
    ("Atanh", "torch.atanh", INEXACT, "The inverse of the hyperbolic tangent, for |x| < 1."),
    ("Erf", "torch.erf", FLOAT, "The error function."),
    ("Erfc", "torch.erfc", FLOAT, "1 - erf(x)."),
    ("Lgamma", "torch.lgamma", FLOAT, "The logarithm of |gamma(x)|."),
    ("Digamma", "torch.digamma", FLOAT, "The derivative of lgamma."),
    ("BesselI0e", "torch.special.i0e", FLOAT, "e^-|x| times the modified Bessel function I0."),
    ("BesselI1e", "torch.special.i1e", FLOAT, "e^-|x| times the modified Bessel function I1."),
]
_SHORT = TypeSet(dtypes.int8, dtypes.int16)
_ADDED = WIDE | _SHORT | TypeSet(dtypes.uint8) | COMPLEX
_MULTIPLIED = _ADDED | TypeSet(dtypes.uint16)
_HOST = {
    "Neg": unbounded(elementwise(operator.neg)),
    "Square": unbounded(elementwise(lambda x: x * x)),
}

# Gradients that are zero or undefined: TensorFlow gives None through these.
_STEPS = [
    ("Floor", "torch.floor", FLOAT, "The largest integer not above x."),
    ("Ceil", "torch.ceil", FLOAT, "The smallest integer not below x."),
    ("Rint", "torch.round", FLOAT, "The nearest integer, halves to even."),
    ("Round", "torch.round", WIDE | COMPLEX, "The nearest integer, halves to even."),
]

_functions: dict[str, Callable[..., Any]] = {}
for _type, _torch, _types, _doc in _UNARY:
    _functions[_type] = define(
        _type, ["x"], "T -> T", _torch, shape=unchanged, host=_HOST.get(_type), doc=_doc, T=_types
    )
for _type, _torch, _types, _doc in _STEPS:
    _functions[_type] = define(
        _type, ["x"], "T -> T", _torch, shape=unchanged, doc=_doc, differentiable=False, T=_types
    )

negative, square, exp, expm1 = (_functions[t] for t in ("Neg", "Square", "Exp", "Expm1"))
log, log1p, sqrt, rsqrt = (_functions[t] for t in ("Log", "Log1p", "Sqrt", "Rsqrt"))
reciprocal, sigmoid, tanh = (_functions[t] for t in ("Reciprocal", "Sigmoid", "Tanh"))
sin, cos, tan, asin = (_functions[t] for t in ("Sin", "Cos", "Tan", "Asin"))
acos, atan, sinh, cosh = (_functions[t] for t in ("Acos", "Atan", "Sinh", "Cosh"))
asinh, acosh, atanh = (_functions[t] for t in ("Asinh", "Acosh", "Atanh"))
erf, erfc, lgamma, digamma = (_functions[t] for t in ("Erf", "Erfc", "Lgamma", "Digamma"))
bessel_i0e, bessel_i1e = _functions["BesselI0e"], _functions["BesselI1e"]
negative, square = of_values(negative, "Neg", "negative"), of_values(square, "Square", "square")
sqrt, tanh = of_values(sqrt, "Sqrt", "sqrt"), of_values(tanh, "Tanh", "tanh")
erf = of_values(erf, "Erf", "erf")
floor, ceil, rint = (_functions[t] for t in ("Floor", "Ceil", "Rint"))


@op("T -> T", shape=unchanged, T=WIDE | _SHORT)
def Abs(x):
    """|x|; the gradient at 0 is 0."""
    return torch.abs(x)


@op("T -> T", shape=unchanged, T=WIDE | COMPLEX)
def Sign(x):
    """-1, 0 or 1; the gradient is 0."""
    return torch.sgn(x) if x.is_complex() else torch.sign(x)


# Element by element, two inputs, broadcast. Python's own operators compute them on the host.


def _host_mod(x: int, y: int) -> int:
    return _divisible(x, y) and x % y


def _host_floordiv(x: int, y: int) -> int:
    return _divisible(x, y) and x // y


def _divisible(x: int, y: int) -> bool:
    if not y:
        raise ZeroDivisionError("Integer division by zero")
    return True


_BINARY = [
    ("Add", "torch.add", _ADDED | STRING, operator.add, "x + y; strings are joined."),
    ("AddV2", "torch.add", _ADDED, operator.add, "x + y."),
    ("Sub", "torch.sub", _MULTIPLIED, operator.sub, "x - y."),
    ("Mul", "torch.mul", _MULTIPLIED, operator.mul, "x · y."),
    ("RealDiv", "torch.div", INEXACT, None, "x / y."),
    ("FloorMod", "torch.remainder", WIDE, _host_mod, "x - floor(x / y) · y: y's sign."),
    ("TruncateMod", "torch.fmod", WIDE, None, "The remainder of TruncateDiv: x's sign."),
]
for _type, _torch, _types, _python, _doc in _BINARY:
    _functions[_type] = define(
        _type,
        ["x", "y"],
        "T, T -> T",
        _torch,
        shape=broadcast,
        doc=_doc,
        T=_types,
        host=unbounded(elementwise(_python)) if _python else None,
    )
Add, AddV2, Sub, Mul, RealDiv = (_functions[t] for t in ("Add", "AddV2", "Sub", "Mul", "RealDiv"))
FloorMod, TruncateMod = _functions["FloorMod"], _functions["TruncateMod"]
atan2 = define(
    "Atan2",
    ["y", "x"],
    "T, T -> T",
    "torch.atan2",
    shape=broadcast,
    T=FLOAT,
    doc="The angle of the point (x, y), in radians.",
)
add, floormod, truncatemod = Add, FloorMod, TruncateMod


@op(
    "T, T -> T",
    shape=broadcast,
    T=_MULTIPLIED,
    host=unbounded(elementwise(_host_floordiv)),
    differentiable=False,
)
def FloorDiv(x, y):
    """floor(x / y), rounded towards minus infinity. Integer division by 0 is an error."""
    if x.is_floating_point():
        return torch.floor(torch.div(x, y))
    return _integer_divided(x, y, "floor")


@op("T, T -> T", shape=broadcast, T=_MULTIPLIED, differentiable=False)
def TruncateDiv(x, y):
    """x / y; between integers rounded towards 0."""
    return _divided(x, y)


def _divided(x, y):
    if x.is_floating_point() or x.is_complex():
        return torch.div(x, y)
    return _integer_divided(x, y, "trunc")


@op("T, T -> T", shape=broadcast, T=_MULTIPLIED)
def Div(x, y):
    """x / y; between integers rounded towards 0."""
    return _divided(x, y)


def _integer_divided(x, y, rounding):
    """x / y, rounded; torch does not divide the wider unsigned integers."""
    _check_divisor(y)
    if _widened(x):
        return torch.div(x.long(), y.long(), rounding_mode=rounding).to(x.dtype)
    return torch.div(x, y, rounding_mode=rounding)


def _check_divisor(y):
    if values_known(y) and not y.all():
        raise ZeroDivisionError("Integer division by zero")


_NEGATIVE_POWER = "Integers to negative integer powers are not allowed"


def _host_power(x, y):
    if y < 0:
        raise ValueError(_NEGATIVE_POWER)
    return x**y


@op("T, T -> T", shape=broadcast, T=WIDE | COMPLEX, host=unbounded(elementwise(_host_power)))
def Pow(x, y):
    """x to the power y; the gradient with respect to y is 0 where x <= 0."""
    if y.requires_grad and not x.is_complex():
        positive = x > 0
        safe = torch.where(positive, x, torch.ones_like(x))
        return torch.where(positive, torch.pow(safe, y), torch.pow(x, y.detach()))
    is_integer = not (x.is_floating_point() or x.is_complex())
    if is_integer and values_known(y) and (y < 0).any():
        raise ValueError(_NEGATIVE_POWER)
    return torch.pow(x, y)


@op("T, T -> T", shape=broadcast, T=WIDE | COMPLEX)
def SquaredDifference(x, y):
    """|x - y|², as a number of the same dtype."""
    difference = x - y
    if difference.is_complex():
        return difference * torch.conj(difference)
    return torch.square(difference)


@op("T, T -> T", shape=broadcast, T=WIDE, host=elementwise(max))
def Maximum(x, y):
    """The larger; where both are equal x alone receives the gradient."""
    if x.requires_grad or y.requires_grad:
        return torch.where(x >= y, x, y)
    return torch.maximum(x, y)


@op("T, T -> T", shape=broadcast, T=WIDE, host=elementwise(min))
def Minimum(x, y):
    """The smaller; where both are equal x alone receives the gradient."""
    if x.requires_grad or y.requires_grad:
        return torch.where(x <= y, x, y)
    return torch.minimum(x, y)


@op("N * T -> T", shape=lambda inputs: all_alike(*inputs), T=NUMBER)
def AddN(inputs):
    """The sum of several tensors of one shape."""
    if len(inputs) == 1:
        return inputs[0].clone()
    for i, term in enumerate(inputs):
        if term.shape != inputs[0].shape:
            raise ValueError(
                "Inputs to operation must have the same size and shape.  Input 0: "
                f"{list(inputs[0].shape)} != input {i}: {list(term.shape)}"
            )
    total = torch.add(inputs[0], inputs[1])
    for term in inputs[2:]:
        total = total + term
    return total


# Casts.


@op(
    "SrcT -> DstT",
    attrs={"Truncate": False},
    shape=unchanged,
    view=True,
    host=unbounded(lambda x, **_: x),
)
def Cast(x, *, DstT):
    """x converted to another dtype; floats become integers by dropping the fraction."""
    if x.is_complex() and not DstT.is_complex:
        x = x.real
    return x.to(DstT)


def cast(x: Any, dtype: Any, name: str | None = None) -> Any:
    """`x` converted to `dtype` (`x` itself where it has that dtype already)."""
    wanted = as_dtype(dtype).base_dtype
    if isinstance(x, Tensor) and x.dtype.base_dtype is wanted:
        return x
    if hasattr(x, "handle") and x.dtype is wanted:
        return x  # a resource variable: the op that takes it reads it
    with name_scope(name, "Cast", [x]) as scope:
        if isinstance(x, IndexedSlices):
            return IndexedSlices(cast(x.values, wanted), x.indices, x.dense_shape)
        if isinstance(x, SparseTensor):
            if x.dtype.base_dtype is wanted:
                return x
            return SparseTensor(x.indices, Cast(x.values, wanted, name=scope), x.dense_shape)
        x = convert_to_tensor(x, name="x")
        return x if x.dtype.base_dtype is wanted else Cast(x, wanted, name=scope)


# Public arithmetic: the operators' arguments are converted to each other's dtypes.


def _same_type(x: Any, y: Any) -> tuple[Tensor, Tensor]:
    x = convert_to_tensor(x, name="x")
    return x, convert_to_tensor(y, dtype=x.dtype.base_dtype, name="y")


def subtract(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x - y; shapes broadcast."""
    return Sub(x, y, name)


def multiply(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x · y element by element; shapes broadcast."""
    return Mul(x, y, name)


def truediv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y as Python 3 divides: integers become floats first (float32 up to 16 bits, else 64)."""
    with name_scope(name, "truediv", [x, y]) as scope:
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, name="y")
        if x.dtype.base_dtype is not y.dtype.base_dtype:
            raise TypeError(f"x and y must have the same dtype, got {x.dtype!r} != {y.dtype!r}")
        wanted = _float_for(x.dtype.base_dtype)
        if wanted is not None:
            x, y = cast(x, wanted), cast(y, wanted)
        return RealDiv(x, y, name=scope)


def _float_for(dtype: DType) -> DType | None:
    if not dtype.is_integer:
        return None
    return dtypes.float32 if dtype.size <= 2 else dtypes.float64


def divide(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y, Python 3's division."""
    if name is not None:
        return truediv(x, y, name)
    return convert_to_tensor(x) / y


def div(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y as Python 2 divides: between integers rounded down."""
    with name_scope(name, "div", [x, y]) as scope:
        x, y = _same_type(x, y)
        return (RealDiv if x.dtype.is_floating or x.dtype.is_complex else FloorDiv)(
            x, y, name=scope
        )


def div_no_nan(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y, and 0 where y is 0."""
    with name_scope(name, "div_no_nan", [x, y]) as scope:
        x, y = _same_type(x, y)
        return DivNoNan(x, y, name=scope)


@op("T, T -> T", shape=broadcast, T=INEXACT)
def DivNoNan(x, y):
    """x / y, and 0 (with zero gradients) where y is 0."""
    zero = y == 0
    quotient = x / torch.where(zero, torch.ones_like(y), y)
    return torch.where(zero, torch.zeros_like(quotient), quotient)


def reciprocal_no_nan(x: Any, name: str | None = None) -> Tensor:
    """1 / x, and 0 where x is 0."""
    with name_scope(name, "reciprocal_no_nan", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        one = convert_to_tensor(1, dtype=x.dtype.base_dtype, name="one")
        return DivNoNan(one, x, name=scope)


def floordiv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """floor(x / y), rounded towards minus infinity."""
    with name_scope(name, "floordiv", [x, y]) as scope:
        return FloorDiv(x, y, name=scope)


def truncatediv(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x / y rounded towards 0."""
    return TruncateDiv(x, y, name)


floor_div, realdiv = FloorDiv, RealDiv
mod = FloorMod


def pow(x: Any, y: Any, name: str | None = None) -> Tensor:
    """x to the power y; shapes broadcast."""
    with name_scope(name, "Pow", [x]) as scope:
        return Pow(x, y, name=scope)


def _abs(x: Any, name: str | None = None) -> Tensor:
    """|x|; for a complex x its modulus, a real number."""
    with name_scope(name, "Abs", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        if x.dtype.is_complex:
            return ComplexAbs(x, x.dtype.real_dtype, name=scope)
        return Abs(x, name=scope)


abs = of_values(_abs, "Abs", "abs")


@op("T -> Tout", shape=unchanged, T=INEXACT)
def ComplexAbs(x, *, Tout):
    """The modulus of complex numbers."""
    return torch.abs(x)


sign = of_values(Sign, "Sign", "sign")


def round(x: Any, name: str | None = None) -> Tensor:
    """The nearest integer, halves to even; integers stay as they are."""
    x = convert_to_tensor(x, name="x")
    if x.dtype.is_integer:
        return x
    return _functions["Round"](x, name=name)


maximum, minimum, squared_difference = Maximum, Minimum, SquaredDifference


def add_n(inputs: Any, name: str | None = None) -> Tensor:
    """The sum of a list of tensors of one shape and dtype. ValueError for an empty list."""
    if not isinstance(inputs, list | tuple) or not inputs:
        raise ValueError(
            "inputs must be a list of at least one Tensor/IndexedSlices with the same dtype and "
            "shape"
        )
    tensors = [convert_to_tensor(x) for x in inputs]
    if len(tensors) == 1:
        from .array import identity

        return tensors[0] if name is None else identity(tensors[0], name=name)
    return AddN(tensors, name=name)
