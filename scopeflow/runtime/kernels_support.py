"""What lowered programs use beside the kernels: conversions between host and torch, gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from ..core.errors import InvalidArgumentError
from ..core.input_ranks import rank_of, wrong_rank
from ..core.static_value import nested_tuple
from .dead import DEAD, alive, first_alive
from .filters import lay_out_filters


def to_tensor(value: Any, dtype: torch.dtype, device: torch.device) -> torch.Tensor:
    """Ints (or a tuple of them) as a tensor; they wrap as fixed-width integers do."""
    try:
        return torch.tensor(value, dtype=dtype, device=device)
    except (RuntimeError, OverflowError):
        return torch.from_numpy(np.array(value, np.int64)).to(device=device, dtype=dtype)


def to_host(tensor: torch.Tensor) -> Any:
    """A small integer tensor as an int or (nested) tuple of ints."""
    if not isinstance(tensor, torch.Tensor):
        return tuple(tensor.tolist())
    return nested_tuple(tensor.tolist())


def host_shape(value: Any) -> tuple[int, ...]:
    """The shape of a host value."""
    return (len(value),) if isinstance(value, tuple) else ()


def unrecorded(kernel: Callable) -> Callable:
    """The kernel of an update, where autograd would record it: TensorFlow has no gradient of it."""

    def run(*args: Any, **kwargs: Any) -> Any:
        with torch.no_grad():
            return kernel(*args, **kwargs)

    return run


def may_have_wrong_ranks(op: Any) -> bool:
    """Whether the inputs' ranks are not known to be right."""
    arguments = op.op_def.argument_of(op.attrs)
    return any(
        tensor._dims is None or wrong_rank(arg.ranks, len(tensor._dims))
        for arg, tensor in zip(arguments, op.inputs, strict=True)
        if arg.ranks
    )


def with_ranks(kernel: Callable, op_def: Any) -> Callable:
    """The kernel, which first looks at its inputs' ranks."""

    def run(*args: Any, **kwargs: Any) -> Any:
        for arg, value in zip(op_def.inputs, args, strict=True):
            for item in value if arg.many or arg.mixed else [value]:
                rank = len(item) if arg.dims else rank_of(item)
                if wrong := wrong_rank(arg.ranks, rank):
                    raise ValueError(f"{arg.name}: {wrong}")
        return kernel(*args, **kwargs)

    return run


def leaf(tensor: torch.Tensor) -> torch.Tensor:
    """The same memory, as a tensor that gradients are taken of."""
    return tensor.detach().requires_grad_()


def gradients(
    ys: list[torch.Tensor],
    xs: list[torch.Tensor | None],
    grad_ys: list[torch.Tensor | None],
    stops: list[torch.Tensor],
    create_graph: bool,
    retain_graph: bool,
) -> list[Any]:
    """The sum over ys of dy/dx for each x: zeros where this run did not connect them.

    An x is None where it belongs to a branch that was not chosen: its gradient is the number 0.
    Gradients do not pass through `stops` (each is taken as a constant by what lies before it).
    """
    followed, given = [], []
    for i, y in enumerate(ys):
        if y.requires_grad:
            grad = grad_ys[i]
            followed.append(y)
            # Of one real number torch takes it by itself; for a given one it first imports sympy.
            itself = y.numel() == 1 and y.is_floating_point()
            given.append(torch.ones_like(y) if grad is None and not itself else grad)
    if not followed:
        return [0 if x is None else torch.zeros_like(x) for x in xs]
    kept: dict[int, torch.Tensor] = {}
    hooks = []
    for stop in stops:
        if stop.requires_grad:
            hooks.append(stop.register_hook(_stopping(kept, id(stop))))
    try:
        found = torch.autograd.grad(
            followed,
            [x for x in xs if x is not None],
            given,
            retain_graph=retain_graph,
            create_graph=create_graph,
            allow_unused=True,
        )
    finally:
        for hook in hooks:
            hook.remove()
    there = [i for i, x in enumerate(xs) if x is not None]
    results: list[Any] = [0] * len(xs)
    for i, gradient in zip(there, found, strict=True):
        results[i] = _gradient(xs[i], gradient, kept)
    return results


def _gradient(x: Any, found: torch.Tensor | None, kept: dict) -> torch.Tensor:
    if id(x) in kept:
        return kept[id(x)]
    return torch.zeros_like(x) if found is None else found


def _stopping(kept: dict[int, torch.Tensor], key: int) -> Any:
    def hook(gradient: torch.Tensor) -> torch.Tensor:
        kept[key] = gradient
        return torch.zeros_like(gradient)

    return hook


class _WithGradient(torch.autograd.Function):
    """Passes values on; their gradient is what a given function computes."""

    @staticmethod
    def forward(ctx: Any, function: Any, count: int, *tensors: torch.Tensor) -> Any:
        ctx.function, ctx.count = function, count
        outputs = tuple(t.view_as(t) for t in tensors[count:])
        ctx.mark_non_differentiable(
            *(t for t in outputs if not (t.is_floating_point() or t.is_complex()))
        )
        return outputs

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> Any:
        found = ctx.function(*gradients)
        return (None, None, *found, *(None for _ in gradients))


def with_gradient(function: Any, inputs: tuple, outputs: tuple) -> Any:
    """`outputs`, which were computed apart; `function` of their gradients gives the inputs'."""
    return _WithGradient.apply(function, len(inputs), *inputs, *outputs)


def unfed(message: str, op: Any) -> None:
    """Raise what TensorFlow raises for a placeholder that was needed but not fed."""
    raise InvalidArgumentError(None, op, message)


NAMESPACE: dict[str, Any] = {
    "torch": torch,
    "to_tensor": to_tensor,
    "to_host": to_host,
    "host_shape": host_shape,
    "leaf": leaf,
    "gradients": gradients,
    "with_gradient": with_gradient,
    "unfed": unfed,
    "lay_out_filters": lay_out_filters,
    "DEAD": DEAD,
    "alive": alive,
    "first_alive": first_alive,
}
