"""The optimizers' update ops. Each changes a variable (and its slots) by TensorFlow's formula.

Scalars (learning rates, …) are tensors of rank 0. A formula is a function `_name` that changes
plain tensors in place. The op `ApplyName` calls it with the whole variable, where `in_place` tells
whether the old values may be overwritten; `SparseApplyName` (training_sparse) with gathered rows.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged, merged_dim, rank_is
from ..core.types import INEXACT
from .state import writable


def shapes(roles: str) -> Callable[..., Dims]:
    """The shape rule of an update op, by the role of each input.

    v: the variable, a slot or a dense gradient; r: gradients of rows; i: the rows' indices; .: a
    scalar.
    """

    def rule(*inputs: Tensor) -> Dims:
        found: Dims = None
        for role, tensor in zip(roles, inputs, strict=True):
            if role == "v":
                found = merged(found, tensor._dims)
            elif role == ".":
                rank_is(tensor, 0)
        if "r" not in roles:
            return found
        rows, indices = inputs[roles.index("r")]._dims, inputs[roles.index("i")]._dims
        if indices is not None and len(indices) != 1:
            raise ShapeError(f"Shape must be rank 1 but is rank {len(indices)}")
        if rows is not None:
            if not rows:
                raise ShapeError("Shape must be at least rank 1 but is rank 0")
            merged_dim(rows[0], indices[0] if indices else None)
            if found is not None:
                merged(found[1:], rows[1:])
        return found

    return rule


def dense(formula: Callable, in_place: bool, cells: tuple, grad: Any, *scalars: Any) -> Any:
    """Apply a formula to whole variables; returns the new value of the first."""
    for cell in cells:
        if cell.value.shape != grad.shape:
            raise ValueError(
                f"The gradient has shape {list(grad.shape)}, {cell.op.name} has shape "
                f"{list(cell.value.shape)}"
            )
    values = [writable(cell, in_place) for cell in cells]
    formula(*values, grad, *scalars)
    for cell, value in zip(cells, values, strict=True):
        cell.value = value
    return values[0]


def _op(types: str, roles: str) -> Callable:
    return op(
        types, attrs={"use_locking": False}, shape=shapes(roles), T=INEXACT, differentiable=False
    )


# Gradient descent and its kin.


@_op("Ref(T), T, T -> Ref(T)", "v.v")
def ApplyGradientDescent(var, alpha, delta, *, in_place):
    """var -= alpha · delta."""
    return dense(_gradient_descent, in_place, (var,), delta, alpha)


def _gradient_descent(var, delta, alpha):
    var.addcmul_(delta, alpha, value=-1)


@_op("Ref(T), T, T, T, T -> Ref(T)", "v...v")
def ApplyProximalGradientDescent(var, alpha, l1, l2, delta, *, in_place):
    """var moves by -alpha · delta, then towards 0 by what l1 and l2 ask for (FOBOS)."""
    return dense(_proximal, in_place, (var,), delta, alpha, l1, l2)


def _proximal(var, delta, rate, l1, l2):
    var.copy_(shrunk(var - rate * delta, rate * l1).div_(1 + rate * l2))


def shrunk(x, by):
    """Each element moved by `by` towards 0, but not across it; as it is where `by` is 0."""
    return torch.sign(x).mul_((x.abs() - by.clamp(min=0)).clamp_(min=0))


@_op("Ref(T), Ref(T), T, T, T -> Ref(T)", "vv.v.")
def ApplyMomentum(var, accum, lr, grad, momentum, *, use_nesterov=False, in_place):
    """accum = accum · momentum + grad; var -= lr · accum.

    With use_nesterov var -= lr · (grad + momentum · accum) (Sutskever et al. 2013).
    """
    return dense(_momentum, in_place, (var, accum), grad, lr, momentum, use_nesterov)


def _momentum(var, accum, grad, lr, momentum, use_nesterov):
    accum.mul_(momentum).add_(grad)
    step = grad + momentum * accum if use_nesterov else accum
    var.addcmul_(step, lr, value=-1)


# Adagrad and its kin.


@_op("Ref(T), Ref(T), T, T -> Ref(T)", "vv.v")
def ApplyAdagrad(var, accum, lr, grad, *, update_slots=True, in_place):
    """accum += grad²; var -= lr · grad / sqrt(accum)."""
    return dense(_adagrad, in_place, (var, accum), grad, lr, update_slots)


def _adagrad(var, accum, grad, lr, update_slots):
    if update_slots:
        accum.addcmul_(grad, grad)
    var.sub_(accum.rsqrt().mul_(grad).mul_(lr))


@_op("Ref(T), Ref(T), T, T, T -> Ref(T)", "vv..v")
def ApplyAdagradV2(var, accum, lr, epsilon, grad, *, update_slots=True, in_place):
    """accum += grad²; var -= lr · grad / (sqrt(accum) + epsilon)."""
    return dense(_adagrad_v2, in_place, (var, accum), grad, lr, epsilon, update_slots)


def _adagrad_v2(var, accum, grad, lr, epsilon, update_slots):
    if update_slots:
        accum.addcmul_(grad, grad)
    var.addcdiv_(grad * lr, accum.sqrt().add_(epsilon), value=-1)


@_op("Ref(T), Ref(T), T, T, T, T -> Ref(T)", "vv...v")
def ApplyProximalAdagrad(var, accum, lr, l1, l2, grad, *, in_place):
    """accum += grad²; the step of ApplyProximalGradientDescent with the rate lr / sqrt(accum)."""
    return dense(_proximal_adagrad, in_place, (var, accum), grad, lr, l1, l2)


def _proximal_adagrad(var, accum, grad, lr, l1, l2):
    accum.addcmul_(grad, grad)
    _proximal(var, grad, accum.rsqrt().mul_(lr), l1, l2)


@_op("Ref(T), Ref(T), Ref(T), T, T, T, T, int64 -> Ref(T)", "vvvv....")
def ApplyAdagradDA(
    var,
    gradient_accumulator,
    gradient_squared_accumulator,
    grad,
    lr,
    l1,
    l2,
    global_step,
    *,
    in_place,
):
    """Adagrad with dual averaging: var is computed from sums of gradients and of their squares."""
    cells = (var, gradient_accumulator, gradient_squared_accumulator)
    return dense(_adagrad_da, in_place, cells, grad, lr, l1, l2, global_step)


def _adagrad_da(var, sums, squares, grad, lr, l1, l2, global_step):
    sums.add_(grad)
    squares.addcmul_(grad, grad)
    step = global_step.to(var.dtype)
    below = (l2 * step * lr).add(squares.sqrt())
    var.copy_(shrunk(sums, l1 * step).mul_(-lr).div_(below))


@_op("Ref(T), Ref(T), Ref(T), T, T, T, T -> Ref(T)", "vvv...v")
def ApplyAdadelta(var, accum, accum_update, lr, rho, epsilon, grad, *, in_place):
    """Steps scaled by the ratio of two running means: of squared steps and of squared gradients.

    accum += (1 - rho) · (grad² - accum);
    step = sqrt(accum_update + epsilon) / sqrt(accum + epsilon) · grad; var -= lr · step;
    accum_update += (1 - rho) · (step² - accum_update).
    """
    return dense(_adadelta, in_place, (var, accum, accum_update), grad, lr, rho, epsilon)


def _adadelta(var, accum, accum_update, grad, lr, rho, epsilon):
    rest = 1 - rho
    accum.mul_(rho).addcmul_(grad * grad, rest)
    step = (accum_update + epsilon).sqrt_().mul_((accum + epsilon).rsqrt_()).mul_(grad)
    var.addcmul_(step, lr, value=-1)
    accum_update.mul_(rho).addcmul_(step * step, rest)


# RMSProp.


@_op("Ref(T), Ref(T), Ref(T), T, T, T, T, T -> Ref(T)", "vvv....v")
def ApplyRMSProp(var, ms, mom, lr, rho, momentum, epsilon, grad, *, in_place):
    """ms += (1 - rho) · (grad² - ms); mom = momentum · mom + lr · grad / sqrt(ms + epsilon).

    var -= mom.
    """
    return dense(_rmsprop, in_place, (var, ms, mom), grad, lr, rho, momentum, epsilon)


def _rmsprop(var, ms, mom, grad, lr, rho, momentum, epsilon):
    ms.lerp_(grad * grad, 1 - rho)
    mom.mul_(momentum).add_((ms + epsilon).rsqrt_().mul_(grad).mul_(lr))
    var.sub_(mom)


@_op("Ref(T), Ref(T), Ref(T), Ref(T), T, T, T, T, T -> Ref(T)", "vvvv....v")
def ApplyCenteredRMSProp(var, mg, ms, mom, lr, rho, momentum, epsilon, grad, *, in_place):
    """ApplyRMSProp with the variance ms - mg² in place of ms; mg is the running mean of grad."""
    return dense(_centered_rmsprop, in_place, (var, mg, ms, mom), grad, lr, rho, momentum, epsilon)


def _centered_rmsprop(var, mg, ms, mom, grad, lr, rho, momentum, epsilon):
    rest = 1 - rho
    ms.lerp_(grad * grad, rest)
    mg.lerp_(grad, rest)
    variance = torch.addcmul(ms, mg, mg, value=-1).add_(epsilon)
    mom.mul_(momentum).add_(variance.rsqrt_().mul_(grad).mul_(lr))
    var.sub_(mom)


# Ftrl.


@_op("Ref(T), Ref(T), Ref(T), T, T, T, T, T -> Ref(T)", "vvvv....")
def ApplyFtrl(var, accum, linear, grad, lr, l1, l2, lr_power, *, in_place):
    """Follow the regularized leader (McMahan et al. 2013).

    new = accum + grad²; linear += grad - (new^-lr_power - accum^-lr_power) / lr · var;
    var = (clip(linear, -l1, l1) - linear) / (new^-lr_power / lr + 2 · l2).
    """
    return dense(_ftrl, in_place, (var, accum, linear), grad, lr, l1, l2, lr_power)


def _ftrl(var, accum, linear, grad, lr, l1, l2, lr_power):
    _ftrl_step(var, accum, linear, grad, grad, lr, l1, l2, lr_power)


@_op("Ref(T), Ref(T), Ref(T), T, T, T, T, T, T -> Ref(T)", "vvvv.....")
def ApplyFtrlV2(var, accum, linear, grad, lr, l1, l2, l2_shrinkage, lr_power, *, in_place):
    """ApplyFtrl where linear gets grad + 2 · l2_shrinkage · var in place of grad."""
    cells = (var, accum, linear)
    return dense(_ftrl_v2, in_place, cells, grad, lr, l1, l2, l2_shrinkage, lr_power)


def _ftrl_v2(var, accum, linear, grad, lr, l1, l2, l2_shrinkage, lr_power):
    towards = grad + 2 * l2_shrinkage * var
    _ftrl_step(var, accum, linear, grad, towards, lr, l1, l2, lr_power)


def _ftrl_step(var, accum, linear, grad, towards, lr, l1, l2, lr_power):
    before = accum.pow(-lr_power)
    accum.addcmul_(grad, grad)
    after = accum.pow(-lr_power)
    linear.add_(towards).sub_((after - before).div_(lr).mul_(var))
    var.copy_(shrunk(linear, l1).neg_().div_(after.div_(lr).add_(2 * l2)))


# Adam and its kin.


@_op("Ref(T), Ref(T), Ref(T), T, T, T, T, T, T, T -> Ref(T)", "vvv......v")
def ApplyAdam(
    var,
    m,
    v,
    beta1_power,
    beta2_power,
    lr,
    beta1,
    beta2,
    epsilon,
    grad,
    *,
    use_nesterov=False,
    in_place,
):
    """Adam (Kingma and Ba 2015), with epsilon outside the bias correction ("epsilon hat").

    m += (1 - beta1) · (grad - m); v += (1 - beta2) · (grad² - v);
    var -= lr · sqrt(1 - beta2_power) / (1 - beta1_power) · m / (sqrt(v) + epsilon).
    """
    rate, beta1, beta2, epsilon = adam_numbers(
        not grad.is_cuda, beta1_power, beta2_power, lr, beta1, beta2, epsilon
    )
    return dense(_adam, in_place, (var, m, v), grad, rate, beta1, beta2, epsilon, use_nesterov)


def adam_numbers(
    on_cpu: bool, power1: Any, power2: Any, lr: Any, beta1: Any, beta2: Any, epsilon: Any
) -> tuple[Any, Any, Any, Any]:
    """The corrected rate, beta1, beta2, epsilon: numbers where reading them waits for nothing."""
    scalars = (power1, power2, lr, beta1, beta2, epsilon)
    if on_cpu:  # arithmetic with numbers costs less
        scalars = tuple(scalar.item() for scalar in scalars)
    power1, power2, lr, beta1, beta2, epsilon = scalars
    return lr * (1 - power2) ** 0.5 / (1 - power1), beta1, beta2, epsilon


def fused_adam(
    variables: list, grads: list, means: list, squares: list, rate: float, beta1: float,
    beta2: float, epsilon: float,
) -> None:  # fmt: skip
    """Adam's update of many tensors that lie densely in memory, one pass over each.

    torch's fused Adam corrects the bias by the number of steps, and has epsilon inside that
    correction. After endless steps there is nothing left to correct: then its formula is
    TensorFlow's, with TensorFlow's corrected rate.
    """
    endless = torch.full((), 1e30, dtype=torch.float32, device=variables[0].device)
    torch._fused_adam_(
        variables, grads, means, squares, [], [endless] * len(variables), lr=rate,
        beta1=beta1, beta2=beta2, weight_decay=0.0, eps=epsilon, amsgrad=False, maximize=False,
    )  # fmt: skip


def _adam(var, m, v, grad, rate, beta1, beta2, epsilon, use_nesterov):
    m.lerp_(grad, 1 - beta1)
    v.lerp_(grad * grad, 1 - beta2)
    mean = m * beta1 + grad * (1 - beta1) if use_nesterov else m
    var.addcdiv_(mean * rate, v.sqrt().add_(epsilon), value=-1)


@_op("Ref(T), Ref(T), Ref(T), T, T, T, T, T, T -> Ref(T)", "vvv.....v")
def ApplyAdaMax(var, m, v, beta1_power, lr, beta1, beta2, epsilon, grad, *, in_place):
    """Adam with the maximum norm: m += (1 - beta1) · (grad - m); v = max(beta2 · v, |grad|).

    var -= lr / (1 - beta1_power) · m / (v + epsilon).
    """
    rate = lr / (1 - beta1_power)
    return dense(_adamax, in_place, (var, m, v), grad, rate, beta1, beta2, epsilon)


def _adamax(var, m, v, grad, rate, beta1, beta2, epsilon):
    m.lerp_(grad, 1 - beta1)
    v.copy_(torch.maximum(v * beta2, grad.abs()))
    var.addcdiv_(m * rate, v + epsilon, value=-1)


@_op("Ref(T), Ref(T), T, T, T, T, T -> Ref(T)", "vv....v")
def ApplyAddSign(var, m, lr, alpha, sign_decay, beta, grad, *, in_place):
    """m += (1 - beta) · (grad - m); var -= lr · (alpha + sign_decay · sign(grad · m)) · grad."""
    return dense(_add_sign, in_place, (var, m), grad, lr, alpha, sign_decay, beta)


def _add_sign(var, m, grad, lr, alpha, sign_decay, beta):
    m.lerp_(grad, 1 - beta)
    agreement = torch.sign(grad).mul_(torch.sign(m))
    var.addcmul_(agreement.mul_(sign_decay).add_(alpha).mul_(lr), grad, value=-1)


@_op("Ref(T), Ref(T), T, T, T, T, T -> Ref(T)", "vv....v")
def ApplyPowerSign(var, m, lr, logbase, sign_decay, beta, grad, *, in_place):
    """m += (1 - beta) · (grad - m); var -= lr · exp(logbase · sign_decay · sign(g · m)) · g.

    g is `grad`.
    """
    return dense(_power_sign, in_place, (var, m), grad, lr, logbase, sign_decay, beta)


def _power_sign(var, m, grad, lr, logbase, sign_decay, beta):
    m.lerp_(grad, 1 - beta)
    agreement = torch.sign(grad).mul_(torch.sign(m))
    var.addcmul_(agreement.mul_(logbase * sign_decay).exp_().mul_(lr), grad, value=-1)
