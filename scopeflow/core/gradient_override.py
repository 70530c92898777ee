"""Gradients that a program defines itself: registered functions, and the ops that they are for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .graph import OVERRIDE
from .operation import Operation

registered: dict[str, Callable[..., Any] | None] = {}
"""Name -> the gradient function (None: not differentiable), as tf.RegisterGradient notes it."""


def passes_gradient(op: Operation) -> bool:
    """Whether a gradient can pass through the op."""
    return bool(op.op_def.differentiable) or OVERRIDE in op.attrs
