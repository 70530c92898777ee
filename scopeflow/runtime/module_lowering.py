"""How a module's program differs from a session's: autograd follows all of it.

In a session the gradients of a run are all that autograd records, each from its own xs. What a
module computes may be differentiated again, by the parameters and by the inputs, through gradients
that the program takes itself (a gradient penalty) and beside them.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from ..core.control_flow import blocks_of
from ..core.lazy_torch import traced
from ..core.operation import Operation, Tensor
from ..core.static_value import nested_tuple
from . import kernels_support
from .lowering import Lowering
from .values import NO_LITERAL, Value


class ModuleLowering(Lowering):
    """Builds the program of a module."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.space.update(leaf=_leaf, gradients=_gradients, traced=traced)
        self.taken.add("traced")

    def tensor(self, tensor: Tensor, recorded: bool = False) -> str:
        """An expression for the tensor on the torch side, always with its gradient."""
        return super().tensor(tensor, recorded=True)

    def lower(self, op: Operation) -> None:
        """Lower one op. A check of values is left out where torch traces the program."""
        if self._is_check(op) and self.values[op.inputs[0]].torch is not None:
            with self.block(f"if not traced({self.tensor(op.inputs[0])}):", op):
                super().lower(op)
            self.values.update((output, Value(literal=1)) for output in op.outputs)  # unused
        else:
            super().lower(op)

    def call(self, op: Operation) -> None:
        """The usual op. A range is a tensor where nobody counts with it: its length may be open."""
        known = [self.values[t].literal for t in op.inputs] if op.type == "Reshape" else []
        if known and NO_LITERAL not in known:  # paddings, say
            found = np.reshape(np.array(known[0]), known[1])
            if found.size:  # (a tuple could not tell (0, 2) from (0,))
                self.values[op.outputs[0]] = Value(literal=nested_tuple(found.tolist()))
                return
        tensor = op.outputs[0] if op.type == "Range" else None
        if tensor is None or tensor._dims != (None,) or not tensor.dtype.is_integer:
            super().call(op)
        elif self._is_counted(tensor, set()):
            super().call(op)
        else:
            ends = ", ".join(self.host(t) for t in op.inputs)
            dtype = self.torch_name(tensor.dtype)
            self.assign(op, f"torch.arange({ends}, dtype=torch.{dtype}, device=device)")

    def _is_counted(self, tensor: Tensor, seen: set[Operation]) -> bool:
        """Whether an op needs the value on the host, or computes there what another one needs."""
        for user in tensor._consumers:
            if user in self.needed and user not in seen:
                seen.add(user)
                arguments = zip(user.op_def.argument_of(user.attrs), user.inputs, strict=True)
                if any(arg.host and t is tensor for arg, t in arguments):
                    return True
                if user.op_def.host and any(self._is_counted(t, seen) for t in user.outputs):
                    return True
        return False

    def _is_check(self, op: Operation) -> bool:
        """Whether the op is an assertion, or a condition for the sake of one alone."""
        if op.type != "If" or self._is_used(op):
            return op.type == "Assert"
        types = {inner.type for block in blocks_of(op) for inner in block.needed()}
        return "Assert" in types and types <= {"Assert", "NoOp", "Const", "Identity"}

    def _is_used(self, op: Operation) -> bool:
        """Whether somebody computes with an output of the op, or fetches it."""
        if not self.fetched_tensors.isdisjoint(op.outputs):
            return True
        users = [u for output in op.outputs for u in output._consumers if u in self.needed]
        return any(user.type not in ("Identity", "Merge") or self._is_used(user) for user in users)


def _leaf(tensor: torch.Tensor) -> torch.Tensor:
    """The same memory, as a tensor that gradients are taken of, and lead on from."""
    return tensor.view_as(tensor) if tensor.requires_grad else kernels_support.leaf(tensor)


def _gradients(ys: list, xs: list, grad_ys: list, stops: list, *_: bool) -> list:
    return kernels_support.gradients(ys, xs, grad_ys, stops, create_graph=True, retain_graph=True)
