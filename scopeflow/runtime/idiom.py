"""What an idiom is: several ops that are computed together, found by a pattern."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..core.operation import Operation, Tensor
from ..core.static_value import static_value

if TYPE_CHECKING:
    from .lowering import Lowering


class NoMatch(Exception):
    """The ops are not this idiom."""


class Idiom:
    """Ops that are computed together: the last of them, and those that it absorbs."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.inner: dict[Operation, None] = {}
        self.inputs: list[Tensor] = []
        self.function: Callable[..., Any]
        self.rest: dict[str, Any] = {}
        self.generator: Operation | None = None
        self.once = False  # whether it has first derivatives only

    def take(self, tensor: Tensor, *types: str) -> Operation:
        """The op that makes the tensor, absorbed; NoMatch where it is of another type."""
        op = tensor.op
        if op.type not in types or len(op.outputs) != 1:
            raise NoMatch
        self.inner[op] = None
        return op

    def computes(self, function: Callable[..., Any], *inputs: Tensor, **rest: Any) -> None:
        """What to call, with the values of which tensors and which other arguments."""
        self.function, self.inputs, self.rest = function, list(inputs), rest

    def lower(self, lowering: Lowering, op: Operation) -> None:
        """One line for all ops of the idiom."""
        recorded = lowering.records(op)
        arguments = [lowering.tensor(t, recorded) for t in self.inputs]
        arguments += [f"{key}={lowering.literal(key, value)}" for key, value in self.rest.items()]
        if self.generator is not None:
            arguments.append(f"generator={lowering.generator(self.generator)}")
        lowering.assign(op, f"{lowering.fused(self.function)}({', '.join(arguments)})")


Pattern = Callable[[Idiom, Operation], None]
PATTERNS: dict[str, list[tuple[str, Pattern]]] = {}
"""Op type -> the idioms that may end in an op of that type, the larger ones first."""


def ends_in(*types: str) -> Callable[[Pattern], Pattern]:
    """Register the pattern, under its function's name, for idioms that end in such an op."""

    def register(pattern: Pattern) -> Pattern:
        for op_type in types:
            PATTERNS.setdefault(op_type, []).append((pattern.__name__, pattern))
        return pattern

    return register


# What patterns are made of.

ADD, MUL, SUB, DIV = ("Add", "AddV2"), ("Mul",), ("Sub",), ("RealDiv", "Div")


def number(tensor: Tensor) -> float:
    """The value of a constant scalar."""
    op = tensor.op
    value = op.attrs["value"] if op.type == "Const" else None
    if value is None or value.size != 1 or value.dtype.kind not in "fiu":
        raise NoMatch
    return float(value.reshape(-1)[0])


def scalar(tensor: Tensor) -> float:
    """The value of a scalar that is computed from a constant by a cast and roots."""
    op = tensor.op
    if op.type == "Cast":
        return scalar(op.inputs[0])
    if op.type in ("Sqrt", "Rsqrt"):
        root = math.sqrt(scalar(op.inputs[0]))
        return root if op.type == "Sqrt" else 1 / root
    return number(tensor)


def is_number(tensor: Tensor, value: float) -> bool:
    """Whether the tensor is a constant close to the value."""
    try:
        return math.isclose(number(tensor), value, rel_tol=1e-4)
    except NoMatch:
        return False


def factors(idiom: Idiom, op: Operation, depth: int = 4) -> list[Tensor]:
    """The factors of a product of products."""
    found: list[Tensor] = []
    for tensor in op.inputs:
        if tensor.op.type == "Mul" and depth and len(tensor.op.outputs) == 1:
            idiom.inner[tensor.op] = None
            found += factors(idiom, tensor.op, depth - 1)
        else:
            found.append(tensor)
    return found


def split(tensors: Iterable[Tensor], *values: float) -> list[Tensor]:
    """The tensors without constants of these values; NoMatch unless each is there once."""
    rest = list(tensors)
    for value in values:
        constant = next((t for t in rest if is_number(t, value)), None)
        if constant is None:
            raise NoMatch
        rest.remove(constant)
    return rest


def over_last(op: Operation) -> None:
    """NoMatch unless the op reduces the last dimension alone, and keeps it."""
    axes = static_value(op.inputs[1])
    rank = op.inputs[0].shape.ndims
    axes = axes if isinstance(axes, tuple) else (axes,)
    if not op.attrs.get("keep_dims") or len(axes) != 1 or axes[0] is None or rank is None:
        raise NoMatch
    if axes[0] not in (-1, rank - 1):
        raise NoMatch


def either(op: Operation, *types: str) -> list[tuple[Tensor, Tensor]]:
    """(operand of such a type, the other one), in both orders."""
    a, b = op.inputs
    return [(x, y) for x, y in ((a, b), (b, a)) if x.op.type in types]


def last_dim(tensor: Tensor) -> int:
    """The static size of the last dimension."""
    dims = tensor._dims
    if not dims or dims[-1] is None:
        raise NoMatch
    return dims[-1]


def floating(tensor: Tensor) -> None:
    """NoMatch for what is not floating."""
    if not tensor.dtype.is_floating:
        raise NoMatch
