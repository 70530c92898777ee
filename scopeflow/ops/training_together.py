"""The commonest update ops for many variables at once: one call for a whole train op.

A function takes what the ops of its type take: for each role a list (the variables' cells, the
slots' cells, the gradients), and the scalars, which all of them share; and where the small ones
may be packed. The formulas are those of `training`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.lazy_torch import torch
from . import training
from .state_scatter import rows_of
from .training_packed import Packed

TOGETHER: dict[str, Callable[..., None]] = {}
"""Op type -> f(lists of cells, gradients, scalars, attributes)."""


def together(*types: str) -> Callable[[Callable], Callable]:
    """Register the decorated function for these op types."""

    def register(function: Callable) -> Callable:
        TOGETHER.update(dict.fromkeys(types, function))
        return function

    return register


def _values(cells: list[list], grads: list, packed: Packed | None) -> tuple[list[list], list, bool]:
    """The tensors to update; their gradients; whether torch's fused kernels may run over them.

    These go through memory as it lies: gradients and slots get the layout of their variables. A
    ValueError where a gradient does not fit its variable.
    """
    for cell, grad in zip(cells[0], grads, strict=True):
        if cell.value.shape != grad.shape:
            raise ValueError(
                f"The gradient has shape {list(grad.shape)}, {cell.op.name} has shape "
                f"{list(cell.value.shape)}"
            )
    first = cells[0][0].value
    fused = not first.is_cuda and first.is_floating_point() and not torch.compiler.is_compiling()
    wholes: list[list] = [[] for _ in cells]
    together: list = []
    if fused and packed is not None:
        wholes, together, cells, grads = packed.part(cells, grads)
    variables = [cell.value for cell in cells[0]]
    if fused:
        for column in cells[1:]:
            for cell, variable in zip(column, variables, strict=True):
                cell.value = _laid_out(cell.value, variable)
        grads = [_laid_out(g, v) for g, v in zip(grads, variables, strict=True)]
    tensors = [
        [*whole, *(cell.value for cell in column)]
        for whole, column in zip(wholes, cells, strict=True)
    ]
    return tensors, [*together, *grads], fused


def _laid_out(tensor: Any, like: Any) -> Any:
    """The tensor, its elements in the order in memory of `like`, which lies densely."""
    if tensor.stride() == like.stride():
        return tensor
    return torch.empty_like(like).copy_(tensor)


@together("ApplyGradientDescent", "ResourceApplyGradientDescent")
def gradient_descent(
    cells: list[list], grads: list, scalars: list, *, packed: Packed | None = None
) -> None:
    """var -= alpha · delta."""
    (variables,), grads, fused = _values(cells, grads, packed)
    if fused:
        _fused_descent(variables, grads, [], scalars[0])
    else:
        torch._foreach_sub_(variables, torch._foreach_mul(grads, scalars[0]))


def _fused_descent(
    variables: list, grads: list, accumulated: list, rate: Any, factor: float = 0.0,
    use_nesterov: bool = False,
) -> None:  # fmt: skip
    torch._fused_sgd_(
        variables, grads, accumulated, weight_decay=0.0, momentum=factor, lr=_number(rate),
        dampening=0.0, nesterov=use_nesterov, maximize=False, is_first_step=False,
    )  # fmt: skip


@together("ApplyMomentum", "ResourceApplyMomentum")
def momentum(
    cells: list[list],
    grads: list,
    scalars: list,
    *,
    packed: Packed | None = None,
    use_nesterov: bool = False,
) -> None:
    """accum = accum · momentum + grad; var -= lr · accum."""
    (variables, accumulated), grads, fused = _values(cells, grads, packed)
    rate, factor = scalars
    if fused:
        _fused_descent(variables, grads, accumulated, rate, _number(factor), use_nesterov)
        return
    torch._foreach_mul_(accumulated, factor)
    torch._foreach_add_(accumulated, grads)
    steps = accumulated
    if use_nesterov:
        steps = torch._foreach_mul(accumulated, factor)
        torch._foreach_add_(steps, grads)
    torch._foreach_sub_(variables, torch._foreach_mul(steps, rate))


@together("ApplyAdagrad", "ResourceApplyAdagrad")
def adagrad(
    cells: list[list],
    grads: list,
    scalars: list,
    *,
    packed: Packed | None = None,
    update_slots: bool = True,
) -> None:
    """accum += grad²; var -= lr · grad / sqrt(accum)."""
    (variables, accumulated), grads, fused = _values(cells, grads, packed)
    if fused and update_slots:
        steps = [torch.ones((), dtype=torch.float32)] * len(variables)
        torch._fused_adagrad_(
            variables, grads, accumulated, steps, lr=_number(scalars[0]), lr_decay=0.0,
            weight_decay=0.0, eps=0.0, maximize=False,
        )  # fmt: skip
        return
    if update_slots:
        torch._foreach_addcmul_(accumulated, grads, grads)
    roots = torch._foreach_rsqrt(accumulated)
    torch._foreach_mul_(roots, grads)
    torch._foreach_mul_(roots, scalars[0])
    torch._foreach_sub_(variables, roots)


@together("ApplyRMSProp", "ResourceApplyRMSProp")
def rmsprop(cells: list[list], grads: list, scalars: list, *, packed: Packed | None = None) -> None:
    """ms += (1 - rho) · (grad² - ms); mom = momentum · mom + lr · grad / sqrt(ms + epsilon)."""
    (variables, squares, moments), grads, _ = _values(cells, grads, packed)
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
def adam(
    cells: list[list],
    grads: list,
    scalars: list,
    *,
    packed: Packed | None = None,
    use_nesterov: bool = False,
) -> None:
    """Adam, with epsilon outside the bias correction ("epsilon hat")."""
    (variables, means, squares), grads, fused = _values(cells, grads, packed)
    numbers = training.adam_numbers(not torch.compiler.is_compiling(), *scalars)
    rate, beta1, beta2, epsilon = numbers
    if torch.compiler.is_compiling():  # which fuses plain arithmetic, and must not read numbers
        for var, m, v, grad in zip(variables, means, squares, grads, strict=True):
            training._adam(var, m, v, grad, rate, beta1, beta2, epsilon, use_nesterov)
        return
    if fused and not use_nesterov and beta1 < 1 and beta2 < 1:
        training.fused_adam(variables, grads, means, squares, *numbers)
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


BLOCK = 1 << 17
"""So many elements of a table are updated at a time: no more than a core's cache holds."""


def table_adam(
    var: Any, m: Any, v: Any, indices: Any, mean_rows: Any, square_rows: Any, rate: Any,
    beta1: Any, beta2: Any, epsilon: Any,
) -> None:  # fmt: skip
    """Adam with gradients for some rows alone: both slots of all rows decay, and all rows move.

    m = beta1 · m, v = beta2 · v; then `mean_rows` and `square_rows` are added to their rows
    `indices`; then var -= rate · m / (sqrt(v) + epsilon).
    """
    _, places, mean_rows = rows_of(m, indices, mean_rows, True)
    _, _, square_rows = rows_of(v, indices, square_rows, True)
    tables = [cell.value for cell in (var, m, v)]
    table, mean, square = tables
    plain = not table.is_cuda and table.is_floating_point()
    plain = plain and all(t.is_contiguous() and t.shape == table.shape for t in tables)
    numbers = [_number(s) for s in (rate, beta1, beta2, epsilon)] if plain else []
    if not plain or not all(0 < beta < 1 for beta in numbers[1:3]):
        mean.mul_(beta1).index_add_(0, places, mean_rows)
        square.mul_(beta2).index_add_(0, places, square_rows)
        table.sub_((rate * mean).div_(square.sqrt().add_(epsilon)))
        return
    # The rows get what is left of it once they have decayed with all the others.
    mean.index_add_(0, places, mean_rows, alpha=1 / numbers[1])
    square.index_add_(0, places, square_rows, alpha=1 / numbers[2])
    blocks = [t.view(-1).split(BLOCK) for t in tables]
    nothing = torch.zeros_like(blocks[0][0])
    nothings = [nothing[: len(block)] for block in blocks[0]]
    training.fused_adam(blocks[0], nothings, blocks[1], blocks[2], *numbers)
