"""The commonest update ops for many variables at once: one call for a whole train op.

A function takes what the ops of its type take: for each role a list (the variables' cells, the
slots' cells, the gradients), and the scalars, which all of them share. The formulas are those of
`training`.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from ..core.lazy_torch import torch

TOGETHER: dict[str, Callable[..., None]] = {}
"""Op type -> f(lists of cells, gradients, scalars, attributes)."""


def together(*types: str) -> Callable[[Callable], Callable]:
    """Register the decorated function for these op types."""

    def register(function: Callable) -> Callable:
        TOGETHER.update(dict.fromkeys(types, function))
        return function

    return register


def _values(cells: list[list], grads: list) -> list[list]:
    """The cells' tensors; ValueError where a gradient does not fit its variable."""
    for cell, grad in zip(cells[0], grads, strict=True):
        if cell.value.shape != grad.shape:
            raise ValueError(
                f"The gradient has shape {list(grad.shape)}, {cell.op.name} has shape "
                f"{list(cell.value.shape)}"
            )
    return [[cell.value for cell in column] for column in cells]


@together("ApplyGradientDescent", "ResourceApplyGradientDescent")
def gradient_descent(cells: list[list], grads: list, scalars: list) -> None:
    """var -= alpha · delta."""
    (variables,) = _values(cells, grads)
    torch._foreach_sub_(variables, torch._foreach_mul(grads, scalars[0]))


@together("ApplyMomentum", "ResourceApplyMomentum")
def momentum(cells: list[list], grads: list, scalars: list, *, use_nesterov: bool = False) -> None:
    """accum = accum · momentum + grad; var -= lr · accum."""
    variables, accumulated = _values(cells, grads)
    rate, factor = scalars
    torch._foreach_mul_(accumulated, factor)
    torch._foreach_add_(accumulated, grads)
    steps = accumulated
    if use_nesterov:
        steps = torch._foreach_mul(accumulated, factor)
        torch._foreach_add_(steps, grads)
    torch._foreach_sub_(variables, torch._foreach_mul(steps, rate))


@together("ApplyAdagrad", "ResourceApplyAdagrad")
def adagrad(cells: list[list], grads: list, scalars: list, *, update_slots: bool = True) -> None:
    """accum += grad²; var -= lr · grad / sqrt(accum)."""
    variables, accumulated = _values(cells, grads)
    if update_slots:
        torch._foreach_addcmul_(accumulated, grads, grads)
    roots = torch._foreach_rsqrt(accumulated)
    torch._foreach_mul_(roots, grads)
    torch._foreach_mul_(roots, scalars[0])
    torch._foreach_sub_(variables, roots)


@together("ApplyRMSProp", "ResourceApplyRMSProp")
def rmsprop(cells: list[list], grads: list, scalars: list) -> None:
    """ms += (1 - rho) · (grad² - ms); mom = momentum · mom + lr · grad / sqrt(ms + epsilon)."""
    variables, squares, moments = _values(cells, grads)
    rate, rho, factor, epsilon = scalars
    number = _number(rho)
    torch._foreach_mul_(squares, number)
    torch._foreach_addcmul_(squares, grads, grads, 1 - number)
    roots = torch._foreach_add(squares, _number(epsilon))
    torch._foreach_rsqrt_(roots)
    torch._foreach_mul_(roots, grads)
    torch._foreach_mul_(roots, rate)
    torch._foreach_mul_(moments, factor)
    torch._foreach_add_(moments, roots)
    torch._foreach_sub_(variables, moments)


def _number(scalar: Any) -> float:
    return scalar.item()


@together("ApplyAdam", "ResourceApplyAdam")
def adam(cells: list[list], grads: list, scalars: list, *, use_nesterov: bool = False) -> None:
    """Adam, with epsilon outside the bias correction ("epsilon hat").

    torch's fused Adam corrects the bias by the number of steps, and has epsilon inside that
    correction. After endless steps there is nothing left to correct: then its formula is this one,
    with TensorFlow's corrected rate.
    """
    variables, means, squares = _values(cells, grads)
    power1, power2, rate, beta1, beta2, epsilon = map(_number, scalars)
    rate *= math.sqrt(1 - power2) / (1 - power1)
    plain = not use_nesterov and beta1 < 1 and beta2 < 1
    if plain and all(v.is_floating_point() and v.is_contiguous() for v in variables + grads):
        endless = torch.full((), 1e30, dtype=torch.float32, device=variables[0].device)
        torch._fused_adam_(
            variables, grads, means, squares, [], [endless] * len(variables), lr=rate,
            beta1=beta1, beta2=beta2, weight_decay=0.0, eps=epsilon, amsgrad=False, maximize=False,
        )  # fmt: skip
        return
    torch._foreach_lerp_(means, grads, 1 - beta1)
    torch._foreach_mul_(squares, beta2)
    torch._foreach_addcmul_(squares, grads, grads, 1 - beta2)
    roots = torch._foreach_sqrt(squares)
    torch._foreach_add_(roots, epsilon)
    top = means
    if use_nesterov:
        top = torch._foreach_mul(means, beta1)
        torch._foreach_add_(top, grads, alpha=1 - beta1)
    torch._foreach_addcdiv_(variables, top, roots, -rate)
