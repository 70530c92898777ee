"""The optimizers' update ops for gathered variables: a formula of `training`, on some rows alone.

`grad` [n, …] holds the gradients of the rows `indices` [n]; each row stands there at most once
(optimizers sum the gradients of a row first). The other rows and their slots stay as they are.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.op import op
from ..core.types import INDEX, INEXACT
from . import training
from .gathering import check_bounds
from .state import writable


def sparse(
    formula: Callable, in_place: bool, cells: tuple, grad: Any, indices: Any, *scalars: Any
) -> Any:
    """Apply a formula to rows of variables; returns the new value of the first."""
    for cell in cells:
        if cell.value.shape[1:] != grad.shape[1:]:
            raise ValueError(
                f"The gradients of rows have shape {list(grad.shape)}, {cell.op.name} has shape "
                f"{list(cell.value.shape)}"
            )
    length = min(cell.value.shape[0] for cell in cells)
    check_bounds(indices, length)
    places = indices.long()
    values = [writable(cell, in_place) for cell in cells]
    rows = [value.index_select(0, places) for value in values]
    formula(*rows, grad, *scalars)
    for cell, value, row in zip(cells, values, rows, strict=True):
        cell.value = value.index_copy_(0, places, row)
    return values[0]


def _op(types: str, roles: str) -> Callable:
    return op(
        types,
        attrs={"use_locking": False},
        shape=training.shapes(roles),
        T=INEXACT,
        Tindices=INDEX,
        differentiable=False,
    )


@_op("Ref(T), T, T, T, T, Tindices -> Ref(T)", "v...ri")
def SparseApplyProximalGradientDescent(var, alpha, l1, l2, grad, indices, *, in_place):
    """ApplyProximalGradientDescent on the rows `indices`."""
    return sparse(training._proximal, in_place, (var,), grad, indices, alpha, l1, l2)


@_op("Ref(T), Ref(T), T, T, Tindices, T -> Ref(T)", "vv.ri.")
def SparseApplyMomentum(var, accum, lr, grad, indices, momentum, *, use_nesterov=False, in_place):
    """ApplyMomentum on the rows `indices`."""
    return sparse(
        training._momentum, in_place, (var, accum), grad, indices, lr, momentum, use_nesterov
    )


@_op("Ref(T), Ref(T), T, T, Tindices -> Ref(T)", "vv.ri")
def SparseApplyAdagrad(var, accum, lr, grad, indices, *, update_slots=True, in_place):
    """ApplyAdagrad on the rows `indices`."""
    return sparse(training._adagrad, in_place, (var, accum), grad, indices, lr, update_slots)


@_op("Ref(T), Ref(T), T, T, T, Tindices -> Ref(T)", "vv..ri")
def SparseApplyAdagradV2(var, accum, lr, epsilon, grad, indices, *, update_slots=True, in_place):
    """ApplyAdagradV2 on the rows `indices`."""
    return sparse(
        training._adagrad_v2, in_place, (var, accum), grad, indices, lr, epsilon, update_slots
    )


@_op("Ref(T), Ref(T), T, T, T, T, Tindices -> Ref(T)", "vv...ri")
def SparseApplyProximalAdagrad(var, accum, lr, l1, l2, grad, indices, *, in_place):
    """ApplyProximalAdagrad on the rows `indices`."""
    return sparse(training._proximal_adagrad, in_place, (var, accum), grad, indices, lr, l1, l2)


@_op("Ref(T), Ref(T), Ref(T), T, Tindices, T, T, T, int64 -> Ref(T)", "vvvri....")
def SparseApplyAdagradDA(
    var,
    gradient_accumulator,
    gradient_squared_accumulator,
    grad,
    indices,
    lr,
    l1,
    l2,
    global_step,
    *,
    in_place,
):
    """ApplyAdagradDA on the rows `indices`."""
    cells = (var, gradient_accumulator, gradient_squared_accumulator)
    return sparse(training._adagrad_da, in_place, cells, grad, indices, lr, l1, l2, global_step)


@_op("Ref(T), Ref(T), Ref(T), T, T, T, T, Tindices -> Ref(T)", "vvv...ri")
def SparseApplyAdadelta(var, accum, accum_update, lr, rho, epsilon, grad, indices, *, in_place):
    """ApplyAdadelta on the rows `indices`."""
    cells = (var, accum, accum_update)
    return sparse(training._adadelta, in_place, cells, grad, indices, lr, rho, epsilon)


@_op("Ref(T), Ref(T), Ref(T), T, T, T, T, T, Tindices -> Ref(T)", "vvv....ri")
def SparseApplyRMSProp(var, ms, mom, lr, rho, momentum, epsilon, grad, indices, *, in_place):
    """ApplyRMSProp on the rows `indices`."""
    cells = (var, ms, mom)
    return sparse(training._rmsprop, in_place, cells, grad, indices, lr, rho, momentum, epsilon)


@_op("Ref(T), Ref(T), Ref(T), Ref(T), T, T, T, T, T, Tindices -> Ref(T)", "vvvv....ri")
def SparseApplyCenteredRMSProp(
    var, mg, ms, mom, lr, rho, momentum, epsilon, grad, indices, *, in_place
):
    """ApplyCenteredRMSProp on the rows `indices`."""
    cells = (var, mg, ms, mom)
    return sparse(
        training._centered_rmsprop, in_place, cells, grad, indices, lr, rho, momentum, epsilon
    )


@_op("Ref(T), Ref(T), Ref(T), T, Tindices, T, T, T, T -> Ref(T)", "vvvri....")
def SparseApplyFtrl(var, accum, linear, grad, indices, lr, l1, l2, lr_power, *, in_place):
    """ApplyFtrl on the rows `indices`."""
    cells = (var, accum, linear)
    return sparse(training._ftrl, in_place, cells, grad, indices, lr, l1, l2, lr_power)


@_op("Ref(T), Ref(T), Ref(T), T, Tindices, T, T, T, T, T -> Ref(T)", "vvvri.....")
def SparseApplyFtrlV2(
    var, accum, linear, grad, indices, lr, l1, l2, l2_shrinkage, lr_power, *, in_place
):
    """ApplyFtrlV2 on the rows `indices`."""
    cells = (var, accum, linear)
    return sparse(
        training._ftrl_v2, in_place, cells, grad, indices, lr, l1, l2, l2_shrinkage, lr_power
    )
