"""Activations, softmax, dropout, top k."""

from __future__ import annotations

import numbers
from collections.abc import Callable
from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.errors import InvalidArgumentError
from ..core.graph import name_scope
from ..core.lazy_torch import F, torch
from ..core.op import ShapeError, define, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged_dim, rank_at_least, rank_is, unchanged
from ..core.static_value import constant_value, static_value
from ..core.tensor_shape import TensorShape
from ..core.types import INDEX, REAL
from .array import _one_of, identity, rank, shape, size, transpose
from .compare import greater_equal
from .conv import FLOATS
from .convolution import bias_add
from .joining import concat
from .math import cast, matmul, negative, sigmoid, subtract
from .random import random_uniform
from .ranges import range
from .reduce import count_nonzero

# Activations.


def _activation(op_type: str, torch_name: str, types: Any, doc: str) -> Callable[..., Tensor]:
    return define(
        op_type,
        ["features"],
        "T -> T",
        f"torch.nn.functional.{torch_name}",
        shape=unchanged,
        doc=doc,
        T=types,
    )


relu = _activation("Relu", "relu", REAL, "max(x, 0); the gradient at 0 is 0.")
relu6 = _activation("Relu6", "relu6", REAL, "min(max(x, 0), 6); the gradient at 0 and 6 is 0.")
elu = _activation("Elu", "elu", FLOATS, "x above 0, e^x - 1 below.")
softsign = _activation("Softsign", "softsign", FLOATS, "x / (1 + |x|).")

_SELU_SCALE = 1.0507009873554804934193349852946
_SELU_ALPHA = 1.6732632423543772848170429916717


@op("T -> T", shape=unchanged, T=FLOATS)
def Selu(features):
    """1.0507 · x above 0, 1.0507 · 1.6733 · (e^x - 1) below; the slope at 0 is the upper one."""
    if not features.requires_grad:
        return F.selu(features)
    below = torch.expm1(features.clamp(max=0)) * (_SELU_SCALE * _SELU_ALPHA)
    return torch.where(features < 0, below, features * _SELU_SCALE)


@op("T -> T", shape=unchanged, T=FLOATS)
def Softplus(features):
    """log(e^x + 1)."""
    return F.softplus(features, 1, 40)  # above 40 the result is x in every dtype


@op("T -> T", shape=unchanged, T=FLOATS)
def LeakyRelu(features, *, alpha=0.2):
    """x above 0, alpha · x below (and the gradient alpha at 0)."""
    return F.leaky_relu(features, alpha)


selu, softplus = Selu, Softplus


def leaky_relu(features: Any, alpha: float = 0.2, name: str | None = None) -> Tensor:
    """x above 0, alpha · x below; integers become float32. `alpha` is a Python number."""
    with name_scope(name, "LeakyRelu", [features, alpha]) as scope:
        features = convert_to_tensor(features, name="features")
        if features.dtype.is_integer:
            features = cast(features, dtypes.float32)
        if isinstance(alpha, Tensor):
            raise TypeError(
                f"Expected float for argument 'alpha' not {alpha!r}. "
                "For a computed slope write tf.maximum(alpha * x, x)."
            )
        return LeakyRelu(features, alpha=float(alpha), name=scope)


def crelu(features: Any, name: str | None = None, axis: int = -1) -> Tensor:
    """relu([x, -x]), joined along `axis`, which doubles."""
    with name_scope(name, "CRelu", [features]) as scope:
        features = convert_to_tensor(features, name="features")
        return relu(concat([features, negative(features)], axis, name=scope))


def swish(features: Any) -> Tensor:
    """x · sigmoid(x)."""
    features = convert_to_tensor(features, name="features")
    return features * sigmoid(features)


def log_sigmoid(x: Any, name: str | None = None) -> Tensor:
    """log(1 / (1 + e^-x)) = -softplus(-x)."""
    with name_scope(name, "LogSigmoid", [x]) as scope:
        x = convert_to_tensor(x, name="x")
        return negative(softplus(negative(x)), name=scope)


# Softmax.


def _at_least_vector(logits: Tensor) -> Dims:
    return rank_at_least(logits, 1)


@op("T -> T", shape=_at_least_vector, T=FLOATS)
def Softmax(logits):
    """e^x / sum(e^x) along the last dimension."""
    return torch.softmax(logits, -1)


@op("T -> T", shape=_at_least_vector, T=FLOATS)
def LogSoftmax(logits):
    """x - log(sum(e^x)) along the last dimension."""
    return torch.log_softmax(logits, -1)


def softmax(
    logits: Any, axis: int | None = None, name: str | None = None, dim: int | None = None
) -> Tensor:
    """e^x / sum(e^x) along `axis` (the last one). `dim` is the old name of `axis`."""
    axis = _one_of("axis", axis, "dim", dim)
    return _along(Softmax, logits, -1 if axis is None else axis, name)


def log_softmax(
    logits: Any, axis: int | None = None, name: str | None = None, dim: int | None = None
) -> Tensor:
    """x - log(sum(e^x)) along `axis` (the last one). `dim` is the old name of `axis`."""
    axis = _one_of("axis", axis, "dim", dim)
    return _along(LogSoftmax, logits, -1 if axis is None else axis, name)


def _along(function: Callable[..., Tensor], logits: Any, axis: Any, name: str | None) -> Tensor:
    """`function`, which works along the last dimension, along another one."""
    logits = convert_to_tensor(logits)
    if isinstance(axis, Tensor):
        known = static_value(axis)
        if known is None:
            raise NotImplementedError(
                f"an axis that is only known at run time ({axis.name}) is not supported in "
                "tf.nn.softmax: pass a Python int"
            )
        axis = known
    count = None if logits._dims is None else len(logits._dims)
    if axis == -1 or (count is not None and axis == count - 1) or count == 0:
        return function(logits, name=name)
    if count is None:
        raise TypeError(f"axis {axis} of a tensor of unknown rank: give the logits a shape")
    if not -count <= axis < count:
        raise InvalidArgumentError(
            None,
            None,
            f"Dimension ({axis}) must be in the range [{-count}, {count}) where {count} is the "
            "number of dimensions in the input.",
        )
    rank(logits)  # TensorFlow makes these nodes too: names of later ones follow from it
    number = rank(logits)
    axis %= count
    moved = function(_swapped(logits, axis, subtract(number, 1), None))
    found = _swapped(moved, axis, subtract(number, 1), name)
    found.set_shape(logits.shape)
    return found


def _swapped(tensor: Tensor, axis: int, last: Tensor, name: str | None) -> Tensor:
    order = concat([range(axis), [last], range(axis + 1, last), [axis]], 0)
    return transpose(tensor, order) if name is None else transpose(tensor, order, name=name)


# Dropout.


def dropout(
    x: Any,
    keep_prob: Any = None,
    noise_shape: Any = None,
    seed: Any = None,
    name: str | None = None,
    rate: Any = None,
) -> Tensor:
    """`x` with elements set to 0 at random and the others divided by the probability to stay.

    Give either `rate`, the probability to be set to 0, or (older) `keep_prob` = 1 - rate: a number
    or a scalar tensor. `noise_shape` (which may hold None for `x`'s own size) broadcasts to `x`'s
    shape: elements along its dimensions of size 1 stay or go together. Raises ValueError for a
    probability out of range or an `x` that is no float.
    """
    try:
        from_keep = None if keep_prob is None else 1.0 - keep_prob
    except TypeError:
        raise ValueError(
            f"keep_prob must be a floating point number or Tensor (got {keep_prob!r})"
        ) from None
    if rate is not None and from_keep is not None:
        raise ValueError("Cannot specify both 'keep_prob' and 'rate'")
    rate = from_keep if rate is None else rate
    if rate is None:
        raise ValueError("You must provide a rate to dropout.")
    with name_scope(name, "dropout", [x]):
        x = convert_to_tensor(x, name="x")
        if not x.dtype.is_floating:
            raise ValueError(
                "x has to be a floating point tensor since it's going to be scaled. "
                f"Got a {x.dtype} tensor instead."
            )
        if isinstance(rate, numbers.Real):
            if not 0 <= float(rate) < 1:
                raise ValueError(
                    f"rate must be a scalar tensor or a float in the range [0, 1), got {rate:g}"
                )
            if rate == 0:
                return x
        rate = convert_to_tensor(rate, dtype=x.dtype.base_dtype, name="rate")
        rate.shape.assert_is_compatible_with(TensorShape([]))
        if rate.op.type == "Const" and constant_value(rate) == 0:
            return x
        noise = random_uniform(_noise_shape(x, noise_shape), seed=seed, dtype=x.dtype.base_dtype)
        scale = 1 / (1 - rate)
        kept = greater_equal(noise, rate)
        found = x * scale * cast(kept, x.dtype.base_dtype)
        found.set_shape(x.shape)
        return found


def _noise_shape(x: Tensor, noise_shape: Any) -> Any:
    if noise_shape is None:
        return shape(x)
    if isinstance(noise_shape, Tensor):
        return noise_shape
    try:
        wanted = TensorShape(noise_shape)._dims
    except (TypeError, ValueError):
        return noise_shape
    if wanted is None or x._dims is None or len(wanted) != len(x._dims):
        return noise_shape
    return TensorShape(
        [have if want is None else want for want, have in zip(wanted, x._dims, strict=True)]
    )


# The largest elements.


def _top_shape(input, k) -> list[Dims]:
    dims = rank_at_least(input, 1)
    count = static_value(k)
    if count is not None and count < 0:
        raise ShapeError(f"Need k >= 0, got {count}")
    if dims is None:
        return [None, None]
    if count is not None and dims[-1] is not None and dims[-1] < count:
        raise ShapeError(f"input must have last dimension >= k = {count} but is {dims[-1]}")
    return [(*dims[:-1], count)] * 2


@op("T, host int32 -> values: T, indices: int32", shape=_top_shape, T=REAL)
def TopKV2(input, k, *, sorted=True):
    """The k largest elements along the last dimension and their places; of equal ones the first."""
    length = input.shape[-1]
    if k < 0:
        raise ValueError(f"Need k >= 0, got {k}")
    if k > length:
        raise ValueError(f"input must have at least k columns. Had {length}, needed {k}")
    if k == 1:
        values, places = input.max(-1, keepdim=True)
        return values, places.int()
    known = input.detach()
    if length > 32:
        values, places = torch.topk(known, k)
        least = values[..., -1:]
        if torch.compiler.is_compiling() or not bool(
            ((known == least).sum(-1) > (values == least).sum(-1)).any()
        ):
            # It is clear which ones; equal values in the order of their places.
            places = places.sort(-1).values
            order = torch.sort(known.gather(-1, places), dim=-1, descending=True, stable=True)
            places = places.gather(-1, order.indices)
            return input.gather(-1, places), places.int()
    places = torch.sort(known, dim=-1, descending=True, stable=True).indices[..., :k]
    return input.gather(-1, places), places.int()


def top_k(
    input: Any, k: Any = 1, sorted: bool = True, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """(values, indices) of the `k` largest elements along the last dimension, largest first.

    Of equal elements the first comes first. Without `sorted` the order may be any (here it is the
    same). Raises ValueError where there are fewer than `k`.
    """
    return TopKV2(input, k, sorted=sorted, name=name)


def _in_top_shape(predictions, targets, k) -> Dims:
    dims, labels = rank_is(predictions, 2), rank_is(targets, 1)
    return (merged_dim(dims[0], labels[0]),)  # type: ignore[index]


@op("float32, T, host T -> bool", shape=_in_top_shape, T=INDEX, differentiable=False)
def InTopKV2(predictions, targets, k):
    """Whether fewer than k predictions of a row exceed that of its target."""
    targets = targets.long()
    valid = (targets >= 0) & (targets < predictions.shape[1])
    own = predictions.gather(1, torch.where(valid, targets, 0).unsqueeze(1))
    above = (predictions > own).sum(1)
    return valid & torch.isfinite(predictions).all(1) & (above < k)


def in_top_k(predictions: Any, targets: Any, k: Any, name: str | None = None) -> Tensor:
    """Whether predictions[i, targets[i]] is among the `k` largest of row i -> bool [batch].

    Ties are in; a row with a target out of range or a prediction that is not finite is not.
    """
    with name_scope(name, "in_top_k"):
        return InTopKV2(predictions, targets, k)


# Small things.


def zero_fraction(value: Any, name: str | None = None) -> Tensor:
    """The share of elements that are 0, a float32 scalar (NaN of nothing)."""
    with name_scope(name, "zero_fraction", [value]):
        value = convert_to_tensor(value, name="value")
        count = size(value, out_type=dtypes.int64)
        nonzero = count_nonzero(value, dtype=dtypes.int64)
        with name_scope("counts_to_fraction"):
            zero = cast(count - nonzero, dtypes.float32)
            fraction = zero / cast(count, dtypes.float32)
        return identity(fraction, name="fraction")


def xw_plus_b(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """x · weights + biases."""
    with name_scope(name, "xw_plus_b", [x, weights, biases]) as scope:
        x = convert_to_tensor(x, name="x")
        weights = convert_to_tensor(weights, name="weights")
        biases = convert_to_tensor(biases, name="biases")
        return bias_add(matmul(x, weights), biases, name=scope)


def relu_layer(x: Any, weights: Any, biases: Any, name: str | None = None) -> Tensor:
    """relu(x · weights + biases)."""
    with name_scope(name, "relu_layer", [x, weights, biases]) as scope:
        x = convert_to_tensor(x, name="x")
        weights = convert_to_tensor(weights, name="weights")
        biases = convert_to_tensor(biases, name="biases")
        return relu(bias_add(matmul(x, weights), biases), name=scope)
