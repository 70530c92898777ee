"""The idioms: what TensorFlow 1 programs write with several ops, and torch computes with one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core.operation import Operation, Tensor
from ..core.static_value import static_value
from ..ops import fused
from .idiom import (
    ADD,
    DIV,
    Idiom,
    NoMatch,
    either,
    ends_in,
    factors,
    floating,
    is_number,
    last_dim,
    number,
    over_last,
    scalar,
    split,
)


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
    x = _exponentials_by_sum(idiom, op)
    floating(x)
    idiom.computes(fused.softmax, x)


def _exponentials_by_sum(idiom: Idiom, op: Operation) -> Tensor:
    """x, where the op divides exp(x - max) by its sum."""
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
    return x


BATCHED = ("BatchMatMul", "BatchMatMulV2")


@ends_in(*BATCHED)
def attention(idiom: Idiom, op: Operation) -> None:
    """softmax(q kᵀ · scale + mask) v (Vaswani et al. 2017), the mask in one of three forms."""
    if op.attrs["adj_x"] or op.attrs["adj_y"]:
        raise NoMatch
    weights, v = op.inputs
    if weights.op.type == "Softmax":
        scores = idiom.take(weights, "Softmax").inputs[0]
    else:
        scores = _exponentials_by_sum(idiom, idiom.take(weights, *DIV))
    scores, mask, form = _unmasked(idiom, scores)
    scale = 1.0
    if scores.op.type == "Mul":
        a, b = idiom.take(scores, "Mul").inputs
        scores, scale = (a, scalar(b)) if a.op.type in BATCHED else (b, scalar(a))
    elif scores.op.type in DIV:
        scores, divisor = idiom.take(scores, *DIV).inputs
        scale = 1 / scalar(divisor)
    product = idiom.take(scores, *BATCHED)
    q, k = product.inputs
    dims = [t.shape.ndims for t in (q, k, v)]
    if product.attrs["adj_x"] or None in dims or len(set(dims)) > 1:
        raise NoMatch
    if q.dtype.base_dtype.name not in ("float32", "float64"):
        raise NoMatch
    idiom.once = True  # torch's kernel has no second derivative
    turned = {} if product.attrs["adj_y"] else {"turned": True}
    masked = [mask] if mask is not None else []
    idiom.computes(fused.attention, q, k, v, *masked, scale=scale, **form, **turned)


def _unmasked(idiom: Idiom, scores: Tensor) -> tuple[Tensor, Tensor | None, dict[str, float]]:
    """The scores without their mask; the mask; how fused.attention is to take it."""
    op = scores.op
    if op.type in ADD:
        idiom.take(scores, *ADD)
        for inner, mask in either(op, "Mul", *DIV, *BATCHED):
            if mask.shape.ndims and mask.shape.ndims >= 2:
                return inner, mask, {}
        raise NoMatch
    if op.type != "Sub":
        return scores, None, {}
    kept, dropped = idiom.take(scores, "Sub").inputs  # scores · kept - far · (1 - kept)
    for inner, mask in either(idiom.take(kept, "Mul"), "Mul", *DIV, *BATCHED):
        if not _is_zero_or_one(mask) or not mask.shape.ndims or mask.shape.ndims < 2:
            continue
        if dropped.op.type == "Const":
            zeros, ones = _places(mask, dropped)
            if (ones == 0).all() and (zeros >= 1e4).all():
                return inner, dropped, {"mask_factor": -1.0}
            raise NoMatch
        for far, rest in either(idiom.take(dropped, "Mul"), "Const", "Cast"):
            one, same = idiom.take(rest, "Sub").inputs
            if number(one) == 1.0 and same is mask and scalar(far) >= 1e4:
                return inner, mask, {"far": scalar(far)}
    raise NoMatch


def _is_zero_or_one(tensor: Tensor) -> bool:
    """Whether all elements are 0 or 1."""
    op = tensor.op
    while op.type in ("Reshape", "ExpandDims", "Identity"):
        op = op.inputs[0].op
    if op.type == "Const":
        return bool(((op.attrs["value"] == 0) | (op.attrs["value"] == 1)).all())
    return op.type == "Cast" and op.inputs[0].dtype.is_bool


def _places(mask: Tensor, values: Tensor) -> tuple[Any, Any]:
    """A constant's elements where a constant mask is 0, and where it is 1."""
    if mask.op.type != "Const":
        raise NoMatch
    kept, found = np.broadcast_arrays(mask.op.attrs["value"], values.op.attrs["value"])
    return found[kept == 0], found[kept == 1]


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
