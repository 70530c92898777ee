"""The optimizers' update ops. Each changes a variable (and its slots) by TensorFlow's formula.

Scalars (learning rates, …) are tensors of rank 0. With `in_place` the old values are overwritten.
"""

from __future__ import annotations

from ..core.lazy_torch import torch
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.types import INDEX, INEXACT
from .state import writable


def _variable_shape(var: Tensor, *others: Tensor, **_: object) -> Dims:
    return var._dims


@op("Ref(T), T, T -> Ref(T)", attrs={"use_locking": False}, shape=_variable_shape, T=INEXACT,
    differentiable=False)
def ApplyGradientDescent(var, alpha, delta, *, in_place):
    """var -= alpha · delta."""
    var.value = writable(var, in_place).addcmul_(delta, alpha, value=-1)
    return var.value


@op("Ref(T), Ref(T), T, T, T -> Ref(T)", attrs={"use_locking": False}, shape=_variable_shape,
    T=INEXACT, differentiable=False)
def ApplyMomentum(var, accum, lr, grad, momentum, *, use_nesterov=False, in_place):
    """accum = accum · momentum + grad; var -= lr · accum.

    With use_nesterov var -= lr · (grad + momentum · accum) (Sutskever et al. 2013).
    """
    accum.value = moved = writable(accum, in_place).mul_(momentum).add_(grad)
    step = grad + momentum * moved if use_nesterov else moved
    var.value = writable(var, in_place).addcmul_(step, lr, value=-1)
    return var.value


@op("Ref(T), Ref(T), T, T, Tindices, T -> Ref(T)", attrs={"use_locking": False},
    shape=_variable_shape, T=INEXACT, Tindices=INDEX, differentiable=False)
def SparseApplyMomentum(var, accum, lr, grad, indices, momentum, *, use_nesterov=False, in_place):
    """ApplyMomentum on the rows `indices` (each at most once) alone."""
    indices = indices.long()
    moved = accum.value.index_select(0, indices).mul_(momentum).add_(grad)
    accum.value = writable(accum, in_place).index_copy_(0, indices, moved)
    step = grad + momentum * moved if use_nesterov else moved
    var.value = writable(var, in_place).index_add_(0, indices, -(step * lr))
    return var.value


@op("Ref(T), Ref(T), Ref(T), T, T, T, T, T, T, T -> Ref(T)", attrs={"use_locking": False},
    shape=_variable_shape, T=INEXACT, differentiable=False)
def ApplyAdam(
    var, m, v, beta1_power, beta2_power, lr, beta1, beta2, epsilon, grad, *, use_nesterov=False,
    in_place,
):
    """Adam (Kingma and Ba 2015), with epsilon outside the bias correction ("epsilon hat").

    m += (1 - beta1) · (grad - m); v += (1 - beta2) · (grad² - v);
    var -= lr · sqrt(1 - beta2_power) / (1 - beta1_power) · m / (sqrt(v) + epsilon).
    """
    rate = lr * torch.sqrt(1 - beta2_power) / (1 - beta1_power)
    m.value = mean = writable(m, in_place).lerp_(grad, 1 - beta1)
    v.value = square = writable(v, in_place).lerp_(grad * grad, 1 - beta2)
    if use_nesterov:
        mean = mean * beta1 + grad * (1 - beta1)
    var.value = writable(var, in_place).addcdiv_(mean * rate, square.sqrt().add_(epsilon), value=-1)
    return var.value
