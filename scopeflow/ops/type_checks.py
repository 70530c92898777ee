"""Assertions on ranks, shapes and dtypes: checked while the graph is built where they are known."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import DType, as_dtype
from ..core.graph import name_scope
from ..core.op import op
from ..core.operation import Dims, Operation, Tensor, dims_text
from ..core.shape_rules import merged
from ..core.static_value import constant_value
from ..core.tensor_shape import TensorShape, as_shape
from .array import no_op, rank, shape
from .checks import Assert
from .compare import equal, greater_equal, logical_or
from .control_flow import with_dependencies

# Ranks.


def _rank_check(
    x: Any,
    ranks: Any,
    text: str,
    holds: Callable[[int, list[int]], bool],
    compare: Callable[[Any, list], Any],
    data: Any,
    summarize: int | None,
    message: str | None,
) -> Operation:
    """Checks the rank now where everything is known, else when run."""
    x = convert_to_tensor(x, name="x")
    ranks = [convert_to_tensor(r, name="rank") for r in ranks]
    message = message or ""
    if data is None:
        data = [
            message,
            f"Tensor {x.name} must have rank{text}",
            *ranks,
            "Received shape: ",
            shape(x),
        ]
    for wanted in ranks:
        assert_type(wanted, dtypes.int32)
    known = [constant_value(r) for r in ranks]
    if any(r is not None and r.ndim for r in known):
        raise ValueError("Rank must be a scalar.")
    if x._dims is not None and None not in known:
        numbers = [int(r) for r in known]  # type: ignore[arg-type]
        if not holds(len(x._dims), numbers):
            shown = numbers[0] if len(numbers) == 1 else tuple(numbers)
            raise ValueError(
                f"{message}.  Tensor {x.name} must have rank{text} {shown}.  Received rank "
                f"{len(x._dims)}, shape {x.shape}"
            )
        return no_op("static_checks_determined_all_ok")
    condition = compare(rank(x), ranks)
    unknown = [r for r, value in zip(ranks, known, strict=True) if value is None]
    if unknown:
        scalars = [
            assert_rank(r, 0, data=["Rank must be a scalar. Received rank: ", r]) for r in unknown
        ]
        condition = with_dependencies(scalars, condition)
    return Assert(condition, data, summarize=summarize)


def _any_equal(have: Tensor, ranks: list) -> Tensor:
    found = [equal(r, have) for r in ranks]
    condition = found[0]
    for other in found[1:]:
        condition = logical_or(condition, other)
    return condition


def assert_rank(
    x: Any,
    rank: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless `x` has so many dimensions.

    ValueError at once where the rank is known and another. Else the error shows `data`.
    """
    with name_scope(name, "assert_rank", [x, rank, *(data or ())]):
        return _rank_check(
            x,
            [rank],
            "",
            lambda have, wanted: have == wanted[0],
            lambda have, ranks: equal(have, ranks[0]),
            data,
            summarize,
            message,
        )


def assert_rank_at_least(
    x: Any,
    rank: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless `x` has so many dimensions or more.

    ValueError at once where the rank is known and smaller. Else the error shows `data`.
    """
    with name_scope(name, "assert_rank_at_least", [x, rank, *(data or ())]):
        return _rank_check(
            x,
            [rank],
            " at least",
            lambda have, wanted: have >= wanted[0],
            lambda have, ranks: greater_equal(have, ranks[0]),
            data,
            summarize,
            message,
        )


def assert_rank_in(
    x: Any,
    ranks: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that fails unless the rank of `x` is one of `ranks`.

    ValueError at once where the rank is known and none of them. Else the error shows `data`.
    """
    with name_scope(name, "assert_rank_in", [x, *ranks, *(data or ())]):
        return _rank_check(
            x,
            ranks,
            " in",
            lambda have, wanted: have in wanted,
            _any_equal,
            data,
            summarize,
            message,
        )


# Dtypes and shapes, known while the graph is built.


def assert_type(
    tensor: Any, tf_type: Any, message: str | None = None, name: str | None = None
) -> Operation:
    """TypeError unless the tensor has dtype `tf_type`; returns an op that does nothing."""
    wanted = as_dtype(tf_type)
    with name_scope(name, "assert_type", [tensor]):
        tensor = convert_to_tensor(tensor, name="tensor")
        if tensor.dtype.base_dtype is not wanted.base_dtype:
            raise TypeError(f"{message or ''}  {tensor.name} must be of type {wanted}")
        return no_op("statically_determined_correct_type")


def assert_integer(x: Any, message: str | None = None, name: str | None = None) -> Operation:
    """TypeError unless `x` has an integer dtype; returns an op that does nothing."""
    with name_scope(name, "assert_integer", [x]):
        x = convert_to_tensor(x, name="x")
        if not x.dtype.is_integer:
            raise TypeError(
                f'{message or ""}  Expected "x" to be integer type.  Found: {x.name} of dtype '
                f"{x.dtype!r}"
            )
        return no_op("statically_determined_was_integer")


def assert_scalar(tensor: Any, name: str | None = None, message: str | None = None) -> Tensor:
    """The tensor. ValueError unless it is known to have no dimensions."""
    with name_scope(name, "assert_scalar", [tensor]) as scope:
        tensor = convert_to_tensor(tensor, name=scope)
        if tensor._dims != ():
            raise ValueError(
                f"{message or ''}Expected scalar shape for {tensor.name}, saw shape: "
                f"{tensor.shape}."
            )
        return tensor


def assert_same_float_dtype(tensors: Any = None, dtype: Any = None) -> DType:
    """The one floating-point dtype of all `tensors`, which is `dtype` where that is given.

    float32 where there is neither. ValueError where they disagree or are no floats.
    """
    expected = None if dtype is None else as_dtype(dtype).base_dtype
    first: Any = None
    for item in tensors or ():
        if item is None:
            continue
        found = item.dtype.base_dtype
        if expected is None:
            expected, first = found, item
        elif found is not expected:
            like = "" if first is None else f" as {first.name}"
            raise ValueError(
                f"{item.name}, type={found!r}, must be of the same type ({expected!r}){like}."
            )
    if expected is None:
        return dtypes.float32
    if not expected.is_floating:
        raise ValueError(f"Expected floating point type, got {expected!r}.")
    return expected


def assert_proper_iterable(values: Any) -> None:
    """TypeError unless `values` is an iterable other than a tensor, an array or a string."""
    if isinstance(values, Tensor | np.ndarray | str | bytes) or hasattr(values, "dense_shape"):
        raise TypeError(
            f'Expected argument "values" to be a "proper" iterable.  Found: {type(values)}'
        )
    if not hasattr(values, "__iter__"):
        raise TypeError(f'Expected argument "values" to be iterable.  Found: {type(values)}')


def _ensured(input: Tensor, *, shape: TensorShape) -> Dims:
    return merged(shape._dims, input._dims)


@op("T -> T", shape=_ensured, view=True)
def EnsureShape(input, *, shape, op):
    """The input. InvalidArgumentError where it does not have the shape."""
    if shape is not None and (
        len(shape) != input.ndim
        or any(want not in (None, have) for want, have in zip(shape, input.shape, strict=True))
    ):
        raise ValueError(
            f"Shape of tensor {op.inputs[0].op.name} {dims_text(tuple(input.shape))} is not "
            f"compatible with expected shape {dims_text(shape)}."
        )
    return input


def ensure_shape(x: Any, shape: Any, name: str | None = None) -> Tensor:
    """`x` with the static shape `shape`, as far as that is known; checked while running.

    ValueError at once where the shape is known and does not fit, else InvalidArgumentError.
    """
    return EnsureShape(x, as_shape(shape), name=name)
