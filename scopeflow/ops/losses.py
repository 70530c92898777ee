"""Cross entropies and other losses, one number for each example or element."""

from __future__ import annotations

import math
from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor, dtype_of
from ..core.graph import name_scope
from ..core.lazy_torch import made_once, torch, values_known
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor, dims_text
from ..core.shape_rules import broadcast, merged_dim, product, rank_is
from ..core.tensor_shape import TensorShape
from ..core.types import INDEX
from .array import _one_of, rank, reshape, shape, stop_gradient, transpose
from .compare import greater_equal, logical_and
from .constant import constant
from .conv import FLOATS
from .filling import ones_like, zeros_like
from .gathering import where
from .joining import concat
from .math import abs, add, cast, exp, log, log1p, negative, subtract
from .nn import relu
from .ranges import range
from .slicing import slice

# The op types. Both compute their gradient for the logits together with the loss, as their second
# output: TensorFlow's gradient is that one, softmax - labels, also where labels do not sum to 1.


@made_once
def _recorded() -> Any:
    """The loss with that gradient, as torch's autograd records it."""

    class CrossEntropy(torch.autograd.Function):
        @staticmethod
        def forward(ctx, logits, labels, compute):
            loss, backprop = compute(logits, labels)
            ctx.save_for_backward(logits, labels, backprop)
            ctx.mark_non_differentiable(backprop)
            ctx.compute = compute
            return loss, backprop

        @staticmethod
        def backward(ctx, grad, _):
            logits, labels, backprop = ctx.saved_tensors
            grad = grad.unsqueeze(-1)
            for_logits = for_labels = None
            if ctx.needs_input_grad[0]:
                if torch.is_grad_enabled():  # a gradient of this gradient is wanted
                    change = torch.softmax(logits, -1)
                    backprop = change + (backprop - change).detach()
                    if labels.requires_grad:
                        backprop = backprop - labels + labels.detach()
                for_logits = grad * backprop
            if ctx.needs_input_grad[1]:
                for_labels = -grad * torch.log_softmax(logits, -1)
            return for_logits, for_labels, None

    return CrossEntropy.apply


def _dense(logits, labels):
    logs = torch.log_softmax(logits, -1)
    loss = -(labels * logs).sum(-1)
    return loss, logs.exp_().sub_(labels)


def _sparse(logits, places):
    logs = torch.log_softmax(logits, -1)
    loss = -logs.gather(1, places).squeeze(1)
    backprop = logs.exp_()
    return loss, backprop.scatter_add_(1, places, backprop.new_full((1, 1), -1).expand_as(places))


def _dense_shape(features, labels) -> list[Dims]:
    dims = broadcast(features, labels)
    if dims is None:
        dims = (None, None)
    if len(dims) != 2:
        raise ShapeError(f"Shape must be broadcasted with rank 2, but is rank {len(dims)}")
    return [dims[:1], dims]


@op("T, T -> T, T", shape=_dense_shape, T=FLOATS)
def SoftmaxCrossEntropyWithLogits(features, labels):
    """-sum(labels · log(softmax(features))) for each row, and softmax(features) - labels."""
    if features.shape != labels.shape:
        try:
            features, labels = torch.broadcast_tensors(features, labels)
        except RuntimeError:
            sizes = [dims_text(tuple(t.shape)) for t in (features, labels)]
            raise ValueError(
                "logits and labels must be broadcastable: "
                f"logits_size={sizes[0]} labels_size={sizes[1]}"
            ) from None
    if features.requires_grad or labels.requires_grad:
        return _recorded()(features, labels, _dense)
    return _dense(features, labels)


def _sparse_shape(features, labels) -> list[Dims]:
    dims, known = rank_is(features, 2), rank_is(labels, 1)
    batch = merged_dim(dims[0], known[0])  # type: ignore[index]
    return [(batch,), (batch, dims[1])]  # type: ignore[index]


@op("T, Tlabels -> T, T", shape=_sparse_shape, T=FLOATS, Tlabels=INDEX)
def SparseSoftmaxCrossEntropyWithLogits(features, labels):
    """-log(softmax(features)[label]) for each row, and its gradient.

    A label out of range is an error on the CPU and gives NaN on a GPU.
    """
    if labels.ndim != 1:
        raise ValueError(f"labels must be 1-D, but got shape {list(labels.shape)}")
    if labels.shape[0] != features.shape[0]:
        raise ValueError(
            "logits and labels must have the same first dimension, got logits shape "
            f"{list(features.shape)} and labels shape {list(labels.shape)}"
        )
    labels = labels.long().unsqueeze(1)
    if values_known(features):
        try:
            return _sparse_loss(features, labels)
        except RuntimeError as error:
            outside = labels[(labels < 0) | (labels >= features.shape[1])]
            if not len(outside):
                raise
            raise ValueError(
                f"Received a label value of {outside[0].item()} which is outside the valid range "
                f"of [0, {features.shape[1]}).  "
                f"Label values: {' '.join(map(str, labels.squeeze(1).tolist()))}"
            ) from error
    outside = (labels < 0) | (labels >= features.shape[1])
    loss, backprop = _sparse_loss(features, torch.where(outside, 0, labels))
    return torch.where(outside.squeeze(1), math.nan, loss), backprop


def _sparse_loss(features, places):
    if features.requires_grad:
        return _recorded()(features, places, _sparse)
    return _sparse(features, places)


@op("T -> T", shape=lambda t: (), T=FLOATS)
def L2Loss(t):
    """sum(t²) / 2."""
    return torch.square(t).sum() * 0.5


l2_loss = L2Loss


# With logits: a number for each row.


def _named_arguments(name: str, sentinel: Any, labels: Any, logits: Any) -> None:
    if sentinel is not None:
        raise ValueError(
            f"Only call `{name}` with named arguments (labels=..., logits=..., ...). "
            "(Before TensorFlow 1.0 the order was: logits, labels.)"
        )
    if labels is None or logits is None:
        raise ValueError("Both labels and logits must be provided.")


def _in_the_old_order(logits: Any, labels: Any) -> bool:
    """Whether they are floating logits and integer labels."""
    kinds = [getattr(dtype_of(value), "is_integer", None) for value in (logits, labels)]
    return kinds == [False, True]


def _as_matrix(tensor: Tensor) -> Tensor:
    """All dimensions but the last as one."""
    number = rank(tensor)
    last = slice(shape(tensor), [subtract(number, 1)], [1])
    found = reshape(tensor, concat([[-1], last], 0))
    if tensor._dims is not None:
        found.set_shape([product(tensor._dims[:-1]), tensor._dims[-1]])
    return found


def _axis_last(tensor: Tensor, axis: int, number: Tensor) -> Tensor:
    return transpose(tensor, concat([range(axis), range(axis + 1, number), [axis]], 0))


def softmax_cross_entropy_with_logits_v2(
    labels: Any,
    logits: Any,
    axis: int | None = None,
    name: str | None = None,
    dim: int | None = None,
) -> Tensor:
    """-sum(labels · log(softmax(logits))) along `axis` (the last one).

    `labels` are probabilities in the shape of `logits`; both get gradients. `dim` is the old name
    of `axis`.
    """
    axis = _one_of("axis", axis, "dim", dim)
    return _softmax_cross_entropy(labels, logits, -1 if axis is None else axis, name)


def _softmax_cross_entropy(labels: Any, logits: Any, axis: int, name: str | None) -> Tensor:
    with name_scope(name, "softmax_cross_entropy_with_logits", [logits, labels]) as scope:
        logits = convert_to_tensor(logits, name="logits")
        labels = convert_to_tensor(labels, name="labels")
        narrow = logits.dtype.base_dtype in (dtypes.float16, dtypes.bfloat16)
        precise = cast(logits, dtypes.float32) if narrow else logits
        labels = cast(labels, precise.dtype.base_dtype)
        number = rank(precise)
        dims = logits._dims
        if axis != -1:
            if dims is None:
                raise TypeError(f"axis {axis} of logits of unknown rank: give them a shape")
            axis %= len(dims)
            precise = _axis_last(precise, axis, number)
            labels = _axis_last(labels, axis, number)
        sizes = shape(precise)
        cost, _ = SoftmaxCrossEntropyWithLogits(_as_matrix(precise), _as_matrix(labels), name=scope)
        cost = reshape(cost, slice(sizes, [0], [subtract(number, 1)]))
        if dims is not None:
            axis %= len(dims)
            cost.set_shape(dims[:axis] + dims[axis + 1 :])
        return cast(cost, logits.dtype.base_dtype) if narrow else cost


def softmax_cross_entropy_with_logits(
    _sentinel: Any = None,
    labels: Any = None,
    logits: Any = None,
    dim: int = -1,
    name: str | None = None,
    axis: int | None = None,
) -> Tensor:
    """`tf.nn.softmax_cross_entropy_with_logits_v2` without a gradient for the labels.

    Takes named arguments only. `axis` is another name of `dim`.
    """
    _named_arguments("softmax_cross_entropy_with_logits", _sentinel, labels, logits)
    if axis is not None and dim != -1:
        raise ValueError("Cannot specify both 'dim' and 'axis'")
    axis = dim if axis is None else axis
    with name_scope(name, "softmax_cross_entropy_with_logits_sg", [logits, labels]) as scope:
        labels = stop_gradient(labels, name="labels_stop_gradient")
        return _softmax_cross_entropy(labels, logits, axis, scope)


def sparse_softmax_cross_entropy_with_logits(
    _sentinel: Any = None, labels: Any = None, logits: Any = None, name: str | None = None
) -> Tensor:
    """-log(softmax(logits)[label]) for integer `labels`, whose shape is that of the result.

    `logits` have one dimension more, the classes. Takes named arguments only, or (logits, labels)
    in the order of before TensorFlow 1.0, which the dtypes tell. Raises ValueError where the shapes
    do not fit; a label out of range is an InvalidArgumentError while running on the CPU and gives
    NaN on a GPU.
    """
    if logits is None and _in_the_old_order(_sentinel, labels):
        logits, _sentinel = _sentinel, None
    _named_arguments("sparse_softmax_cross_entropy_with_logits", _sentinel, labels, logits)
    default = "SparseSoftmaxCrossEntropyWithLogits"
    with name_scope(name, default, [labels, logits]):
        labels = convert_to_tensor(labels)
        logits = convert_to_tensor(logits)
        narrow = logits.dtype.base_dtype in (dtypes.float16, dtypes.bfloat16)
        precise = cast(logits, dtypes.float32) if narrow else logits
        sizes = shape(labels)
        _check_sparse(labels._dims, logits._dims)
        if logits._dims is not None and len(logits._dims) == 2:
            cost, _ = SparseSoftmaxCrossEntropyWithLogits(precise, labels, name=name)
        else:
            classes = shape(logits)[rank(logits) - 1]
            cost, _ = SparseSoftmaxCrossEntropyWithLogits(
                reshape(precise, [-1, classes]), reshape(labels, [-1]), name=name
            )
            cost = reshape(cost, sizes)
            cost.set_shape(labels.shape)
        return cast(cost, logits.dtype.base_dtype) if narrow else cost


def _check_sparse(labels: Dims, logits: Dims) -> None:
    if logits == ():
        raise ValueError("Logits cannot be scalars - received shape ().")
    if labels is None or logits is None:
        return
    if len(labels) != len(logits) - 1:
        raise ValueError(
            f"Rank mismatch: Rank of labels (received {len(labels)}) should equal rank of "
            f"logits minus 1 (received {len(logits)})."
        )
    if any(
        a is not None and b is not None and a != b for a, b in zip(labels, logits[:-1], strict=True)
    ):
        raise ValueError(
            "Shape mismatch: The shape of labels (received "
            f"{TensorShape._make(labels)}) should equal the shape of logits except for the last "
            f"dimension (received {TensorShape._make(logits)})."
        )


# Element by element.


def _same_shape(labels: Tensor, logits: Tensor) -> None:
    try:
        labels.shape.merge_with(logits.shape)
    except ValueError:
        raise ValueError(
            f"logits and labels must have the same shape ({logits.shape} vs {labels.shape})"
        ) from None


def sigmoid_cross_entropy_with_logits(
    _sentinel: Any = None, labels: Any = None, logits: Any = None, name: str | None = None
) -> Tensor:
    """-labels · log(sigmoid(logits)) - (1 - labels) · log(1 - sigmoid(logits)), element by element.

    `labels` are probabilities in the shape and dtype of `logits` (ValueError for another shape).
    Takes named arguments only.
    """
    _named_arguments("sigmoid_cross_entropy_with_logits", _sentinel, labels, logits)
    with name_scope(name, "logistic_loss", [logits, labels]) as scope:
        logits = convert_to_tensor(logits, name="logits")
        labels = convert_to_tensor(labels, name="labels")
        _same_shape(labels, logits)
        nothing = zeros_like(logits, dtype=logits.dtype.base_dtype)
        positive = greater_equal(logits, nothing)
        above = where(positive, logits, nothing)
        below = where(positive, negative(logits), logits)
        return add(above - logits * labels, log1p(exp(below)), name=scope)


def weighted_cross_entropy_with_logits(
    labels: Any = None,
    logits: Any = None,
    pos_weight: Any = None,
    name: str | None = None,
    targets: Any = None,
) -> Tensor:
    """`tf.nn.sigmoid_cross_entropy_with_logits` with its first term times `pos_weight`.

    `targets` is another name of `labels`.
    """
    labels = _one_of("labels", labels, "targets", targets)
    with name_scope(name, "logistic_loss", [logits, labels]) as scope:
        logits = convert_to_tensor(logits, name="logits")
        labels = convert_to_tensor(labels, name="labels")
        _same_shape(labels, logits)
        weight = 1 + (pos_weight - 1) * labels
        return add(
            (1 - labels) * logits,
            weight * (log1p(exp(negative(abs(logits)))) + relu(negative(logits))),
            name=scope,
        )


def log_poisson_loss(
    targets: Any, log_input: Any, compute_full_loss: bool = False, name: str | None = None
) -> Tensor:
    """exp(log_input) - log_input · targets, element by element.

    With `compute_full_loss` plus Stirling's approximation of log(targets!) for targets above 1.
    """
    with name_scope(name, "log_poisson_loss", [log_input, targets]):
        log_input = convert_to_tensor(log_input, name="log_input")
        targets = convert_to_tensor(targets, name="targets")
        try:
            targets.shape.merge_with(log_input.shape)
        except ValueError:
            raise ValueError(
                "log_input and targets must have the same shape "
                f"({log_input.shape} vs {targets.shape})"
            ) from None
        found = exp(log_input) - log_input * targets
        if not compute_full_loss:
            return found
        half = constant(0.5, dtype=targets.dtype.base_dtype)
        circle = constant(2 * math.pi, dtype=targets.dtype.base_dtype)
        stirling = targets * log(targets) - targets + half * log(circle * targets)
        none = zeros_like(targets, dtype=targets.dtype.base_dtype)
        one = ones_like(targets, dtype=targets.dtype.base_dtype)
        small = logical_and(greater_equal(targets, none), targets <= one)
        return found + where(small, none, stirling)


# What several replicas share: a session is one.


def compute_average_loss(
    per_example_loss: Any, sample_weight: Any = None, global_batch_size: Any = None
) -> Tensor:
    """The sum of the losses (times `sample_weight`) over `global_batch_size`, or their number."""
    from .reduce import reduce_sum

    losses = convert_to_tensor(per_example_loss)
    if sample_weight is not None:
        losses = losses * cast(convert_to_tensor(sample_weight), losses.dtype)
    if global_batch_size is None:
        global_batch_size = shape(losses)[0]
    return reduce_sum(losses) / cast(global_batch_size, losses.dtype)


def scale_regularization_loss(regularization_loss: Any) -> Tensor:
    """The sum of the regularization losses, over the number of replicas: 1."""
    from .reduce import reduce_sum

    return reduce_sum(convert_to_tensor(regularization_loss)) / 1.0
