"""Idioms: what TensorFlow 1 programs write with several ops, and torch computes with one.

A pattern looks at an op, and the ops before it, and says what the whole computes. It is used where
nobody else sees the values in between. `scopeflow.options(fuse=False)` leaves all ops as they are;
in a program's listing the line says which idiom it is.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from ..core.operation import Operation, Tensor
from ..core.static_value import static_value
from ..core.storage import root
from ..ops import fused
from .aliases import reads_variable

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


# The idioms.


@ends_in("Add", "AddV2")
def layer_norm(idiom: Idiom, op: Operation) -> None:
    """Layer normalization along the last dimension, as programs and tf.nn.moments write it."""
    for scaled, beta in either(op, "Mul"):
        if beta._dims is not None and len(beta._dims) == 1:
            _normalized_then_scaled(idiom, scaled, beta)
            return
    _folded(idiom, op)


def _normalized_then_scaled(idiom: Idiom, scaled: Tensor, beta: Tensor) -> None:
    """(x - mean) · rsqrt(variance + ε) · γ + β, or (x - mean) / sqrt(variance + ε) · γ + β."""
    parts = [scaled]
    idiom.take(scaled, "Mul")
    parts = factors(idiom, scaled.op)
    gamma = [t for t in parts if t._dims is not None and len(t._dims) == 1]
    rest = [t for t in parts if t not in gamma]
    if len(gamma) != 1:
        raise NoMatch
    if len(rest) == 1 and rest[0].op.type in DIV:
        quotient = idiom.take(rest[0], *DIV)
        centred, deviation = quotient.inputs
        inverse = idiom.take(deviation, "Sqrt")
    elif len(rest) == 2:
        roots = [t for t in rest if t.op.type == "Rsqrt"]
        if len(roots) != 1:
            raise NoMatch
        inverse = idiom.take(roots[0], "Rsqrt")
        centred = next(t for t in rest if t is not roots[0])
    else:
        raise NoMatch
    x, mean = idiom.take(centred, "Sub").inputs
    epsilon = _variance(idiom, inverse.inputs[0], x, mean)
    _as_layer_norm(idiom, x, gamma[0], beta, epsilon)


def _folded(idiom: Idiom, op: Operation) -> None:
    """x · m + (β - mean · m) with m = rsqrt(variance + ε) · γ: tf.nn.batch_normalization."""
    for product, offset in either(op, "Mul"):
        if offset.op.type != "Sub":
            continue
        beta, shift = idiom.take(offset, "Sub").inputs
        shifted = idiom.take(shift, "Mul").inputs
        scaled = idiom.take(product, "Mul").inputs
        common = [t for t in scaled if t in shifted]
        if len(common) != 1:
            raise NoMatch
        x = next(t for t in scaled if t is not common[0])
        mean = next(t for t in shifted if t is not common[0])
        scale = idiom.take(common[0], "Mul").inputs
        roots = [t for t in scale if t.op.type == "Rsqrt"]
        if len(roots) != 1:
            raise NoMatch
        gamma = next(t for t in scale if t is not roots[0])
        inverse = idiom.take(roots[0], "Rsqrt")
        epsilon = _variance(idiom, inverse.inputs[0], x, mean)
        _as_layer_norm(idiom, x, gamma, beta, epsilon)
        return
    raise NoMatch


def _variance(idiom: Idiom, shifted: Tensor, x: Tensor, mean: Tensor) -> float:
    """ε, where the tensor is the variance of x around its mean, plus ε."""
    first = idiom.take(mean, "Mean")
    over_last(first)
    if first.inputs[0] is not x:
        raise NoMatch
    total = idiom.take(shifted, *ADD)
    for spread, constant in (tuple(total.inputs), tuple(total.inputs)[::-1]):
        if spread.op.type == "Mean":
            epsilon = number(constant)
            break
    else:
        raise NoMatch
    second = idiom.take(spread, "Mean")
    over_last(second)
    square = idiom.take(second.inputs[0], "Square", "SquaredDifference")
    if square.type == "Square":
        pair = idiom.take(square.inputs[0], "Sub").inputs
    else:
        pair = square.inputs
    around = pair[1]
    if around.op.type == "StopGradient":
        around = idiom.take(around, "StopGradient").inputs[0]
    if pair[0] is not x or around is not mean:
        raise NoMatch
    return epsilon


def _as_layer_norm(idiom: Idiom, x: Tensor, gamma: Tensor, beta: Tensor, epsilon: float) -> None:
    floating(x)
    if gamma._dims != (last_dim(x),) or beta._dims != gamma._dims:
        raise NoMatch
    idiom.computes(fused.layer_norm, x, gamma, beta, epsilon=epsilon)


@ends_in("Mul")
def gelu_tanh(idiom: Idiom, op: Operation) -> None:
    """x · ½ · (1 + tanh(√(2/π) · (x + 0.044715 · x³)))."""
    x, one_more = _two(split(factors(idiom, op), 0.5), *ADD)
    tanh = idiom.take(_plus_number(idiom, one_more, 1.0), "Tanh")
    inside = idiom.take(tanh.inputs[0], "Mul")
    (total,) = split(factors(idiom, inside), math.sqrt(2 / math.pi))
    for cubic, same in either(idiom.take(total, *ADD), "Mul"):
        if same is x:
            (power,) = split(factors(idiom, idiom.take(cubic, "Mul")), 0.044715)
            base, exponent = idiom.take(power, "Pow").inputs
            if base is x and is_number(exponent, 3.0):
                floating(x)
                idiom.computes(fused.gelu_tanh, x)
                return
    raise NoMatch


@ends_in("Mul")
def gelu(idiom: Idiom, op: Operation) -> None:
    """x · ½ · (1 + erf(x / √2))."""
    x, one_more = _two(split(factors(idiom, op), 0.5), *ADD)
    erf = idiom.take(_plus_number(idiom, one_more, 1.0), "Erf")
    inside = erf.inputs[0].op
    if inside.type in DIV:
        top, bottom = idiom.take(erf.inputs[0], *DIV).inputs
        right = top is x and is_number(bottom, math.sqrt(2))
    else:
        right = split(factors(idiom, idiom.take(erf.inputs[0], "Mul")), math.sqrt(0.5)) == [x]
    if not right:
        raise NoMatch
    floating(x)
    idiom.computes(fused.gelu, x)


def _two(tensors: list[Tensor], *types: str) -> tuple[Tensor, Tensor]:
    """Of two tensors the one that is of no such type, and the one that is."""
    if len(tensors) != 2:
        raise NoMatch
    a, b = tensors
    if b.op.type in types:
        return a, b
    if a.op.type in types:
        return b, a
    raise NoMatch


def _plus_number(idiom: Idiom, tensor: Tensor, value: float) -> Tensor:
    """What is added to a number."""
    (rest,) = split(idiom.take(tensor, *ADD).inputs, value)
    return rest


@ends_in("RealDiv", "Div")
def softmax(idiom: Idiom, op: Operation) -> None:
    """exp(x - max) / sum(exp(x - max)) along the last dimension."""
    top, bottom = op.inputs
    total = idiom.take(bottom, "Sum")
    over_last(total)
    if total.inputs[0] is not top:
        raise NoMatch
    x, largest = idiom.take(idiom.take(top, "Exp").inputs[0], "Sub").inputs
    most = idiom.take(largest, "Max")
    over_last(most)
    if most.inputs[0] is not x:
        raise NoMatch
    floating(x)
    idiom.computes(fused.softmax, x)


@ends_in("Mul")
def dropout(idiom: Idiom, op: Operation) -> None:
    """tf.nn.dropout: x / (1 - rate), where a random number is at least the rate."""
    kept = [t for t in op.inputs if t.op.type == "Cast"]
    if len(kept) != 1:
        raise NoMatch
    scaled = next(t for t in op.inputs if t is not kept[0])
    decided = idiom.take(idiom.take(kept[0], "Cast").inputs[0], "GreaterEqual")
    uniform, rate = decided.inputs
    span = idiom.take(uniform, *ADD).inputs
    product = idiom.take(span[0], "Mul").inputs
    if not is_number(span[1], 0.0) and number(span[1]) != 0.0:
        raise NoMatch
    spread = idiom.take(product[1], "Sub").inputs
    if number(spread[0]) != 1.0 or number(spread[1]) != 0.0:
        raise NoMatch
    random = idiom.take(product[0], "RandomUniform")
    x, scale = idiom.take(scaled, "Mul").inputs
    quotient = idiom.take(scale, *DIV).inputs
    rest = idiom.take(quotient[1], "Sub").inputs
    if number(quotient[0]) != 1.0 or number(rest[0]) != 1.0:
        raise NoMatch
    if random.inputs[0].op.type == "Shape":
        same = idiom.take(random.inputs[0], "Shape").inputs[0] is x
    else:
        same = x._dims is not None and static_value(random.inputs[0]) == x._dims
    if not same:
        raise NoMatch
    if rest[1] is not rate or rate._dims != ():
        raise NoMatch
    floating(x)
    idiom.generator = random
    idiom.computes(fused.dropout, x, rate)


@ends_in("BiasAdd", "Add", "AddV2")
def bias(idiom: Idiom, op: Operation) -> None:
    """A product of matrices, or a convolution, and a bias."""
    for product, offset in ((op.inputs[0], op.inputs[1]), (op.inputs[1], op.inputs[0])):
        if product.op.type in ("MatMul", "Conv2D") and _is_bias(op, product, offset):
            inner = idiom.take(product, "MatMul", "Conv2D")
            floating(product)
            if product.dtype.base_dtype.name not in ("float32", "float64"):
                raise NoMatch
            if inner.type == "MatMul":
                turns = [key for key in ("transpose_a", "transpose_b") if inner.attrs[key]]
                idiom.computes(
                    fused.matmul_bias, *inner.inputs, offset, **dict.fromkeys(turns, True)
                )
            else:
                defaults = inner.op_def.attrs
                attrs = {
                    key: inner.attrs[key]
                    for key in inner.op_def.kernel_parameters
                    if key in inner.attrs and inner.attrs[key] != defaults.get(key)
                }
                idiom.computes(fused.conv2d_bias, *inner.inputs, offset, **attrs)
            return
        if op.type == "BiasAdd":
            break
    raise NoMatch


def _is_bias(op: Operation, product: Tensor, offset: Tensor) -> bool:
    """Whether the offset is a vector as long as the product's last dimension is."""
    if product.op.type == "Conv2D" and product.op.attrs["data_format"] != "NHWC":
        return op.type == "BiasAdd" and op.attrs.get("data_format") == "NCHW"
    if op.attrs.get("data_format", "NHWC") != "NHWC":
        return False
    if op.type == "BiasAdd":
        return True
    dims = product._dims
    return (
        offset._dims is not None
        and len(offset._dims) == 1
        and bool(dims and dims[-1] is not None and dims[-1] == offset._dims[0])
    )


# Where they may be used.


class Idioms:
    """The idioms of a run: by the op that ends them; and the ops that need no line any more."""

    def __init__(self, lowering: Lowering, fetches: list[Any], use: bool) -> None:
        self.at: dict[Operation, Idiom] = {}
        self.absorbed: set[Operation] = set()
        if not use:
            return
        self._lowering = lowering
        self._fetched = {f for f in fetches if isinstance(f, Tensor)} | {
            t for f in fetches if isinstance(f, Operation) for t in f.outputs
        }
        ops = set(lowering.ops)
        waited = {before for op in lowering.ops for before in op.control_inputs}
        for op in reversed(lowering.ops):
            if op in self.absorbed or len(op.outputs) != 1 or op.outputs[0] in lowering.fed:
                continue
            for name, pattern in PATTERNS.get(op.type, ()):
                idiom = Idiom(name)
                try:
                    pattern(idiom, op)
                except (NoMatch, ValueError, IndexError):  # (a wrong number of operands)
                    continue
                if self._fits(idiom, op, ops, waited):
                    self.at[op] = idiom
                    self.absorbed.update(idiom.inner)
                    for tensor in idiom.inputs:
                        last = lowering.aliases.last_use
                        last[tensor] = max(last.get(tensor, -1), lowering.aliases.position[op])
                    break

    def _fits(self, idiom: Idiom, op: Operation, ops: set, waited: set) -> bool:
        """Whether nobody needs what the idiom leaves out."""
        lowering, members = self._lowering, {op, *idiom.inner}
        recorded = op in lowering.recording.ops
        if lowering.backward.keys() & members or lowering.watch.last.keys() & idiom.inner.keys():
            return False
        seen = {t for edges in lowering.watch.edges.values() for side in edges for t in side}
        for inner in idiom.inner:
            if inner not in ops or inner in self.absorbed or inner in self.at or inner in waited:
                return False
            if inner.control_flow is not op.control_flow:
                return False
            if not set(inner.control_inputs) <= set(op.control_inputs):
                return False
            output = inner.outputs[0]
            if output in lowering.fed or output in self._fetched or output in seen:
                return False
            if output in lowering.recording.targets:
                return False
            if any(user in ops and user not in members for user in output._consumers):
                return False
            if self._in_outputs_of_blocks(output):
                return False
            if recorded and inner not in lowering.recording.ops and self._carries(inner):
                return False
        return self._unchanged(idiom, op)

    def _in_outputs_of_blocks(self, tensor: Tensor) -> bool:
        return tensor in self._lowering.block_outputs

    def _carries(self, inner: Operation) -> bool:
        """Whether gradients would now pass through an op that stops them."""
        if inner.type in ("StopGradient", "Cast", "GreaterEqual", "Shape", "RandomUniform"):
            return False  # an idiom that has these knows what it does
        return any(t in self._lowering.recording.tensors for t in inner.inputs)

    def _unchanged(self, idiom: Idiom, op: Operation) -> bool:
        """Whether the variables that it reads are assigned by nobody in between."""
        lowering = self._lowering
        read = {root(t).op for t in idiom.inputs if reads_variable(t, lowering.fed)}
        if not read:
            return True
        position = lowering.aliases.position
        first = min(position[inner] for inner in idiom.inner)
        for between in lowering.ops[first : position[op]]:
            arguments = zip(between.op_def.argument_of(between.attrs), between.inputs, strict=True)
            if any(arg.cell and root(t).op in read for arg, t in arguments):
                return False
        return True


def lower_idiom(lowering: Lowering, op: Operation, idiom: Idiom) -> None:
    """One line for all ops of the idiom."""
    recorded = lowering.records(op)
    arguments = [lowering.tensor(t, recorded) for t in idiom.inputs]
    arguments += [f"{key}={lowering.literal(key, value)}" for key, value in idiom.rest.items()]
    if idiom.generator is not None:
        arguments.append(f"generator={lowering.generator(idiom.generator)}")
    function = idiom.function
    lowering.settle(function)
    setattr(lowering.space["fused"], function.__name__, function)
    lowering.assign(op, f"fused.{function.__name__}({', '.join(arguments)})")
