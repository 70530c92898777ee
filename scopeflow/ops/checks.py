"""Assertions on values, checked while running (constants: while the graph is built)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.errors import InvalidArgumentError
from ..core.graph import name_scope
from ..core.op import define
from ..core.operation import Operation, Tensor
from ..core.static_value import constant_value
from .array import no_op, reshape, shape, size
from .compare import equal, greater, greater_equal, less, less_equal, not_equal
from .constant import constant
from .control_flow import cond
from .math import abs
from .printing import summary
from .reduce import reduce_all
from .slicing import strided_slice


def _assert(condition, data, *, summarize=3):
    if isinstance(condition, tuple):
        raise ValueError(f"In[0] should be a scalar: [{len(condition)}]")
    if not condition:
        shown = " ".join(f"[{summary(item, summarize)}]" for item in data)
        raise ValueError(f"assertion failed: {shown}")


_Assert = define(
    "Assert",
    ["condition", "data"],
    "host bool, [T] ->",
    _assert,
    attrs={"summarize": 3},
    differentiable=False,
    stateful=True,
    doc="InvalidArgumentError that shows `data` unless the condition holds.",
)
_PLAIN = (dtypes.string, dtypes.int32)


def Assert(
    condition: Any, data: Any, summarize: int | None = None, name: str | None = None
) -> Operation:
    """An op that raises InvalidArgumentError, when run, unless the scalar `condition` is true.

    The error shows the tensors in the list `data`, `summarize` (3) elements of each. The op has to
    run to have an effect: make what depends on it wait with tf.control_dependencies.

    >>> import scopeflow as tf
    >>> x = tf.constant([1.0, 2.0])
    >>> with tf.control_dependencies([Assert(tf.reduce_all(x > 0), [x])]):
    ...     y = tf.log(x)
    """
    if isinstance(data, str | bytes | Tensor) or not hasattr(data, "__iter__"):
        raise TypeError(f"Expected list for 'data' argument to 'Assert' Op, not {data!r}.")
    data = list(data)
    limit = 3 if summarize is None else summarize
    with name_scope(name, "Assert", [condition, *data]):
        tensors = [convert_to_tensor(item) for item in data]
        if all(t.dtype.base_dtype in _PLAIN for t in tensors):
            return _Assert(condition, data, limit, name="Assert")
        # Other tensors are looked at only where the condition fails.
        known = convert_to_tensor(condition, name="Condition")
        guarded = cond(
            known, no_op, lambda: _Assert(known, data, limit, name="Assert"), name="AssertGuard"
        )
        return guarded.op


# Two tensors, element by element.


def _raise_if_false(condition: Any, data: list) -> None:
    if not condition:
        lines = []
        for item in data:
            known = constant_value(item) if isinstance(item, Tensor) else item
            lines.append(str(item if known is None else known))
        raise InvalidArgumentError(None, None, "\n".join(lines))


def _binary(
    sign: str,
    op_name: str,
    compare: Callable,
    on_arrays: Callable,
    x: Any,
    y: Any,
    data: Any,
    summarize: int | None,
    message: str | None,
    name: str | None,
) -> Operation:
    with name_scope(name, op_name, [x, y, *(data or ())]):
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, name="y")
        if data is None:
            data = [
                f"Condition x {sign} y did not hold element-wise:",
                f"x ({x.name}) = ",
                x,
                f"y ({y.name}) = ",
                y,
            ]
        data = list(data) if message is None else [message, *data]
        condition = reduce_all(compare(x, y))
        known = constant_value(x), constant_value(y)
        if known[0] is not None and known[1] is not None:
            _raise_if_false(np.all(on_arrays(*known)), data)
        return Assert(condition, data, summarize=summarize)


def _comparison(sign: str, op_name: str, compare: Callable, on_arrays: Callable) -> Callable:
    def check(
        x: Any,
        y: Any,
        data: Any = None,
        summarize: int | None = None,
        message: str | None = None,
        name: str | None = None,
    ) -> Operation:
        return _binary(sign, op_name, compare, on_arrays, x, y, data, summarize, message, name)

    check.__name__ = check.__qualname__ = op_name
    check.__doc__ = f"""An op that fails unless x {sign} y for all elements; shapes broadcast.

    Where both are constants, InvalidArgumentError is raised at once. The error shows `data` (x and
    y where not given), `summarize` elements of each, after `message`.
    """
    return check


assert_none_equal = _comparison("!=", "assert_none_equal", not_equal, np.not_equal)
assert_less = _comparison("<", "assert_less", less, np.less)
assert_less_equal = _comparison("<=", "assert_less_equal", less_equal, np.less_equal)
assert_greater = _comparison(">", "assert_greater", greater, np.greater)
assert_greater_equal = _comparison(">=", "assert_greater_equal", greater_equal, np.greater_equal)
_assert_equal = _comparison("==", "assert_equal", equal, np.equal)


def assert_equal(
    x: Any,
    y: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless x == y for all elements; shapes broadcast.

    Where both are constants, InvalidArgumentError is raised at once. The error shows `data` (x and
    y where not given), `summarize` elements of each, after `message`.
    """
    with name_scope(name, "assert_equal", [x, y, *(data or ())]):
        if x is y:
            return no_op("NoOp")
    return _assert_equal(x, y, data, summarize, message, name)


def assert_near(
    x: Any,
    y: Any,
    rtol: Any = None,
    atol: Any = None,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless |x - y| < atol + rtol · |y| for all elements.

    Both tolerances are 10 times the dtype's epsilon where not given.
    """
    with name_scope(name, "assert_near", [x, y, rtol, atol, *(data or ())]):
        x = convert_to_tensor(x, name="x")
        y = convert_to_tensor(y, dtype=x.dtype.base_dtype, name="y")
        dtype = x.dtype.base_dtype
        usual = 10 * (2.0**-7 if dtype is dtypes.bfloat16 else np.finfo(dtype.as_numpy_dtype).eps)
        relative: Any = convert_to_tensor(usual if rtol is None else rtol, dtype, name="rtol")
        absolute: Any = convert_to_tensor(usual if atol is None else atol, dtype, name="atol")
        tolerance = absolute + relative * abs(y)
        condition = reduce_all(less(abs(x - y), tolerance))
        if data is None:
            data = [
                message or "",
                f"x and y not equal to tolerance rtol = {relative}, atol = {absolute}",
                f"x ({x.name}) = ",
                x,
                f"y ({y.name}) = ",
                y,
            ]
        return Assert(condition, data, summarize=summarize)


def _sign(sign: str, op_name: str, check: Callable, zero_first: bool) -> Callable[..., Operation]:
    def check_sign(
        x: Any,
        data: Any = None,
        summarize: int | None = None,
        message: str | None = None,
        name: str | None = None,
    ) -> Operation:
        with name_scope(name, op_name, [x, *(data or ())]):
            x = convert_to_tensor(x, name="x")
            if data is None:
                texts = [f"Condition x {sign} 0 did not hold element-wise:", f"x ({x.name}) = "]
                if op_name == "assert_non_positive":  # TensorFlow makes one constant of them
                    texts = ["".join(texts)]
                data = [message or "", *texts, x]
            zero = constant(0, x.dtype.base_dtype)
            pair = (zero, x) if zero_first else (x, zero)
            return check(*pair, data=data, summarize=summarize)

    check_sign.__name__ = check_sign.__qualname__ = op_name
    check_sign.__doc__ = f"""An op that fails unless x {sign} 0 for all elements.

    Where x is a constant, InvalidArgumentError is raised at once. The error shows `message` and x,
    or `data` where it is given, `summarize` elements of each.
    """
    return check_sign


assert_positive = _sign(">", "assert_positive", assert_less, True)
assert_negative = _sign("<", "assert_negative", assert_less, False)
assert_non_negative = _sign(">=", "assert_non_negative", assert_less_equal, True)
assert_non_positive = _sign("<=", "assert_non_positive", assert_less_equal, False)


# Order.

_NUMERIC = frozenset(
    "float32 float64 int8 int16 int32 int64 uint8 complex64 qint8 qint32 quint8".split()
)


def is_numeric_tensor(tensor: Any) -> bool:
    """Whether it is a tensor of numbers, as TensorFlow 1.15 counts: not of float16, bfloat16,
    complex128, uint16, uint32 or uint64."""
    return isinstance(tensor, Tensor) and tensor.dtype.base_dtype.name in _NUMERIC


def _steps(x: Any) -> Tensor:
    """The differences of neighbours in x as a vector; empty for fewer than two elements."""
    x = reshape(x, [-1])
    if not is_numeric_tensor(x):
        raise TypeError(f"Expected x to be numeric, instead found: {x}")
    short = less(size(x), 2)
    whole: Any = shape(x)
    count: Any = whole - 1

    def differences() -> Tensor:
        later: Any = strided_slice(x, [1], [1] + count)
        return later - strided_slice(x, [0], count)

    return cond(short, lambda: constant([], x.dtype.base_dtype), differences)


def is_non_decreasing(x: Any, name: str | None = None) -> Tensor:
    """Whether no element of `x`, in row-major order, is smaller than the one before (scalar bool).

    TypeError where `x` is not numeric.
    """
    with name_scope(name, "is_non_decreasing", [x]):
        steps = _steps(x)
        return reduce_all(less_equal(constant(0, steps.dtype.base_dtype), steps))


def is_strictly_increasing(x: Any, name: str | None = None) -> Tensor:
    """Whether each element of `x`, in row-major order, is larger than the one before (scalar bool).

    TypeError where `x` is not numeric.
    """
    with name_scope(name, "is_strictly_increasing", [x]):
        steps = _steps(x)
        return reduce_all(less(constant(0, steps.dtype.base_dtype), steps))
