"""Connectionist temporal classification: the loss of sequences of labels without positions."""

from __future__ import annotations

import math
from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import F, made_once, torch
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged_dim, rank_is
from ..core.sparse_tensor import SparseTensor
from ..core.types import INDEX, TypeSet
from .array import shape, transpose
from .compare import less, not_equal
from .gathering import gather_nd, where
from .joining import concat
from .math import cast
from .rearrange import sequence_mask
from .reduce import reduce_max, reduce_sum
from .running_totals import cumsum

_LOGITS = TypeSet(dtypes.float32, dtypes.float64)

# The loss is computed together with its gradient, softmax - (how likely each class is at each time,
# given the labels), which TensorFlow's op gives out as well: a row without any possible path has an
# infinite loss, and softmax as its gradient.


@made_once
def _recorded() -> Any:
    class Loss(torch.autograd.Function):
        @staticmethod
        def forward(ctx, inputs, compute):
            loss, slope = compute(inputs.detach())
            ctx.save_for_backward(slope)
            ctx.mark_non_differentiable(slope)
            return loss, slope

        @staticmethod
        @torch.autograd.function.once_differentiable
        def backward(ctx, grad, _):
            (slope,) = ctx.saved_tensors
            return slope * grad.reshape(1, -1, 1), None

    return Loss.apply


def _standard(logits, rows, lengths, blank):
    """Repeated labels in a path are one: torch's loss."""
    targets = torch.tensor([v for row in rows for v in row], dtype=torch.long, device=logits.device)
    sizes = torch.tensor([len(row) for row in rows], dtype=torch.long)
    logs = torch.log_softmax(logits, -1)
    steps = torch.tensor(lengths, dtype=torch.long)
    return F.ctc_loss(logs, targets, steps, sizes, blank=blank, reduction="none")


_NONE = -1e30
"""The logarithm of 0 for arithmetic that must stay free of NaN."""


def _unmerged(logits, rows, lengths, blank):
    """Each label of a path stands for itself, so that it takes exactly one step."""
    logs = torch.log_softmax(logits, -1)
    found = []
    for i, row in enumerate(rows):
        if not lengths[i]:
            found.append(logs.new_zeros(()) if not row else logs.new_full((), math.inf))
            continue
        steps = logs[: lengths[i], i]
        labels = steps[:, row]
        none = steps.new_full((1,), _NONE)
        reached = torch.cat([steps.new_zeros(1), none.expand(len(row))])  # by labels so far
        for step, label in zip(steps[:, blank], labels, strict=True):
            moved = torch.cat([none, reached[:-1] + label])
            reached = torch.logaddexp(reached + step, moved)
        found.append(-reached[-1])
    losses = torch.stack(found)
    return torch.where(losses > -_NONE / 2, math.inf, losses)


def _with_gradient(inputs, loss_of, rows, lengths, blank, skipped=(), after_end=False):
    """(loss, gradient); the rows in `skipped` have neither.

    `after_end`: steps that do not count have softmax as their gradient, not 0.
    """

    def compute(x):
        wide = x.float() if x.dtype == torch.float16 else x
        with torch.enable_grad():
            leaf = wide.detach().requires_grad_()
            loss = loss_of(leaf, rows, lengths, blank)
            impossible = torch.isinf(loss.detach())
            reachable = torch.where(impossible, torch.zeros_like(loss), loss).sum()
            (slope,) = torch.autograd.grad(reachable, leaf)
        times = torch.arange(len(x), device=x.device).unsqueeze(1)
        inside = times < torch.tensor(lengths, device=x.device)
        likely = torch.softmax(wide, -1)
        slope = torch.where(impossible.reshape(1, -1, 1), likely, slope)
        rest = likely if after_end else torch.zeros_like(slope)
        slope = torch.where(inside.unsqueeze(-1), slope, rest)
        loss = loss.detach()
        if skipped:
            loss[skipped] = 0
            slope[:, skipped] = 0
        return loss.to(x.dtype), slope.to(x.dtype)

    return _recorded()(inputs, compute) if inputs.requires_grad else compute(inputs)


def _loss_shape(
    inputs: Tensor, labels_indices: Tensor, labels_values: Tensor, sequence_length: Tensor, **_: Any
) -> list[Dims]:
    steps, batch, classes = rank_is(inputs, 3)  # type: ignore[misc]
    rank_is(labels_indices, 2)
    rank_is(labels_values, 1)
    (lengths,) = rank_is(sequence_length, 1)  # type: ignore[misc]
    batch = merged_dim(batch, lengths)
    return [(batch,), (steps, batch, classes)]


def _rows_of(places, values, batch):
    rows: list[list[int]] = [[] for _ in range(batch)]
    for (row, _), value in zip(places.tolist(), values.tolist(), strict=True):
        if not 0 <= row < batch:
            raise ValueError(f"labels indices: row {row} is not in [0, {batch})")
        rows[row].append(value)
    return rows


def _known_labels(row, number, classes):
    """The labels up to the first that is none; behind that no other may come."""
    for place, value in enumerate(row):
        if value < 0:
            raise ValueError(
                f"All labels must be nonnegative integers, batch: {number} labels: "
                f"{','.join(map(str, row))}"
            )
        if value >= classes - 1:
            if any(v < classes - 1 for v in row[place:]):
                raise ValueError(
                    "Saw a non-null label (index >= num_classes - 1) following a null label, "
                    f"batch: {number} num_classes: {classes} labels: {','.join(map(str, row))}"
                )
            return row[:place]
    return row


def _merged(row):
    return [v for i, v in enumerate(row) if not i or row[i - 1] != v]


@op("T, int64, int32, int32 -> loss: T, gradient: T", shape=_loss_shape, T=_LOGITS)
def CTCLoss(
    inputs,
    labels_indices,
    labels_values,
    sequence_length,
    *,
    preprocess_collapse_repeated=False,
    ctc_merge_repeated=True,
    ignore_longer_outputs_than_inputs=False,
):
    """-log of the probability of the labels, and its gradient; the last class is the blank."""
    steps, batch, classes = inputs.shape
    if not batch:
        raise ValueError("batch_size must not be 0")
    lengths = sequence_length.tolist()
    for number, length in enumerate(lengths):
        if not 0 <= length <= steps:
            raise ValueError(f"sequence_length({number}) <= {steps}, but it is {length}")
    rows, skipped = [], []
    for number, row in enumerate(_rows_of(labels_indices, labels_values, batch)):
        if not row:
            raise ValueError(f"Labels length is zero in batch {number}")
        row = _known_labels(row, number, classes)
        if preprocess_collapse_repeated:
            row = _merged(row)
        if len(row) > lengths[number]:
            if not ignore_longer_outputs_than_inputs:
                raise ValueError(
                    "Not enough time for target transition sequence (required: "
                    f"{len(row)}, available: {lengths[number]}) in batch {number}. You can turn "
                    "this error into a warning by using the flag ignore_longer_outputs_than_inputs"
                )
            skipped.append(number)
            row = []
        rows.append(row)
    loss_of = _standard if ctc_merge_repeated else _unmerged
    return _with_gradient(inputs, loss_of, rows, lengths, classes - 1, skipped)


def ctc_loss(
    labels: Any,
    inputs: Any = None,
    sequence_length: Any = None,
    preprocess_collapse_repeated: bool = False,
    ctc_merge_repeated: bool = True,
    ignore_longer_outputs_than_inputs: bool = False,
    time_major: bool = True,
    logits: Any = None,
) -> Tensor:
    """-log of the probability that a network says `labels`, one number for each of the batch.

    `labels` is a SparseTensor of int32 [batch, length]. `inputs` (`logits` is another name) are
    float32 [time, batch, classes], or [batch, time, classes] without `time_major`; the last class
    is the blank. `sequence_length` [batch] tells how many steps count. Each of the labels takes at
    least one step, and a blank must stand between equal ones: a path with `ctc_merge_repeated`
    off has every label once. `preprocess_collapse_repeated` merges equal labels before. A row with
    more labels than steps is an InvalidArgumentError, or with `ignore_longer_outputs_than_inputs`
    has the loss 0.
    """
    if not isinstance(labels, SparseTensor):
        raise TypeError("Expected labels (first argument) to be a SparseTensor")
    if inputs is not None and logits is not None:
        raise ValueError("Cannot specify both 'logits' and 'inputs'")
    inputs = logits if inputs is None else inputs
    if inputs is None:
        raise ValueError("Argument `logits` must be given.")
    inputs = convert_to_tensor(inputs, name="logits")
    if not time_major:
        inputs = transpose(inputs, [1, 0, 2])
    return CTCLoss(
        inputs,
        labels.indices,
        labels.values,
        sequence_length,
        preprocess_collapse_repeated=preprocess_collapse_repeated,
        ctc_merge_repeated=ctc_merge_repeated,
        ignore_longer_outputs_than_inputs=ignore_longer_outputs_than_inputs,
    )[0]


def _dense_shape(labels: Tensor, logits: Tensor, *rest: Any, **_: Any) -> list[Dims]:
    steps, batch, classes = rank_is(logits, 3)  # type: ignore[misc]
    batch = merged_dim(batch, rank_is(labels, 2)[0])  # type: ignore[index]
    return [(batch,), (steps, batch, classes)]


@op(
    "Tlabels, T, Tsizes, Tsteps -> loss: T, gradient: T",
    shape=_dense_shape,
    Tlabels=INDEX,
    Tsizes=INDEX,
    Tsteps=INDEX,
)
def CTCLossDense(labels, logits, label_length, logit_length, *, blank_index=0):
    """The loss for rows of labels with lengths, and its gradient.

    TensorFlow's gradient for the steps behind a sequence's end is softmax, and so it is here.
    """
    rows = [row[:size] for row, size in zip(labels.tolist(), label_length.tolist(), strict=True)]
    lengths = logit_length.tolist()
    return _with_gradient(logits, _standard, rows, lengths, blank_index, after_end=True)


def ctc_loss_v2(
    labels: Any,
    logits: Any,
    label_length: Any,
    logit_length: Any,
    logits_time_major: bool = True,
    unique: Any = None,
    blank_index: int | None = None,
    name: str | None = None,
) -> Tensor:
    """`ctc_loss` with any class as the blank (-1 is the last; 0 where it is not given).

    `labels` are int32 [batch, length] of which `label_length` count, or a SparseTensor (then
    `label_length` is None, and `blank_index` must be given). `unique` is accepted and not needed.
    """
    del unique
    logits = convert_to_tensor(logits, name="logits")
    if isinstance(labels, SparseTensor):
        if blank_index is None:
            raise ValueError("blank_index must be given when using SparseTensor labels.")
        return _sparse_v2(labels, logits, logit_length, logits_time_major, blank_index)
    with name_scope(name, "ctc_loss_dense", [logits, labels, label_length, logit_length]):
        if not logits_time_major:
            logits = transpose(logits, [1, 0, 2])
        blank = 0 if blank_index is None else blank_index
        if blank < 0:
            blank += _classes(logits)
        return CTCLossDense(labels, logits, label_length, logit_length, blank_index=blank)[0]


def _classes(logits: Tensor) -> int:
    number = None if logits._dims is None else logits._dims[-1]
    if number is None:
        raise ValueError(f"the number of classes must be known, but logits are {logits.shape}")
    return number


def _sparse_v2(
    labels: SparseTensor, logits: Tensor, steps: Any, time_major: bool, blank: int
) -> Tensor:
    classes = _classes(logits)
    blank = blank + classes if blank < 0 else blank
    if blank != classes - 1:  # move it behind the others
        parts = [logits[:, :, :blank], logits[:, :, blank + 1 :], logits[:, :, blank : blank + 1]]
        logits = concat(parts, axis=2)
        values = where(less(labels.values, blank), labels.values, labels.values - 1)
        labels = SparseTensor(labels.indices, values, labels.dense_shape)
    return ctc_loss(labels, logits, steps, time_major=time_major)


# Labels as they are fed.


def collapse_repeated(
    labels: Any, seq_length: Any, name: str | None = None
) -> tuple[Tensor, Tensor]:
    """(labels [batch, time] with runs of equal ones as one, padded with 0, and their lengths)."""
    with name_scope(name, "collapse_repeated_labels", [labels, seq_length]):
        labels = convert_to_tensor(labels, name="labels")
        lengths = convert_to_tensor(seq_length, name="seq_length")
        first = cast(labels[:, :1], dtypes.bool)
        changes = concat([not_equal(first, not_equal(first, True)), _changes(labels)], axis=1)
        kept = where(sequence_mask(lengths, shape(labels)[1]), changes, not_equal(changes, changes))
        number = reduce_sum(cast(kept, lengths.dtype), axis=1)
        places = where(kept)
        column = cumsum(cast(kept, dtypes.int64), axis=1) - 1
        target = concat([places[:, :1], gather_nd(column, places)[:, None]], axis=1)
        from .scatter import scatter_nd

        longest = cast(reduce_max(number), dtypes.int32)
        size = cast(concat([shape(labels)[:1], longest[None]], 0), dtypes.int64)
        return scatter_nd(target, gather_nd(labels, places), size), number


def _changes(labels: Tensor) -> Tensor:
    return not_equal(labels[:, 1:], labels[:, :-1])


@op("Tlabels -> int64, int32", shape=lambda labels: [labels._dims, labels._dims], Tlabels=INDEX)
def CTCUniqueLabels(labels):
    """The distinct labels of each row, padded with 0, and which of them each label is."""
    found = torch.zeros_like(labels, dtype=torch.int64)
    numbers = torch.zeros_like(labels, dtype=torch.int32)
    for row, values in enumerate(labels.tolist()):
        order = {value: place for place, value in enumerate(dict.fromkeys(values))}
        found[row, : len(order)] = found.new_tensor(list(order))
        numbers[row] = numbers.new_tensor([order[v] for v in values])
    return found, numbers


def ctc_unique_labels(labels: Any, name: str | None = None) -> list[Tensor]:
    """[distinct labels of each row in order, padded with 0; the place of each label among them]."""
    with name_scope(name, "ctc_unique_labels", [labels]):
        return list(CTCUniqueLabels(labels))
