"""A copy of a variable's value that torch.compile leaves alone."""

from __future__ import annotations

import torch


@torch.library.custom_op("scopeflow::kept", mutates_args=())
def _kept(value: torch.Tensor) -> torch.Tensor:
    return value.clone()


_kept.register_fake(torch.empty_like)
_kept.register_autograd(lambda context, gradient: gradient)


def kept(value: torch.Tensor) -> torch.Tensor:
    """The value as it is now, for the gradient of a call that changes the variable.

    torch.compile may make a plain clone once more for the backward pass, of the memory that the
    call has overwritten by then; it does not look into an op that it does not know.
    """
    return _kept(value) if torch.compiler.is_dynamo_compiling() else value.clone()
