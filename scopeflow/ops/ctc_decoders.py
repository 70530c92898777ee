"""Decoders of networks trained with the CTC loss: the best class at each step, and beam search."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.lazy_torch import torch
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged_dim, rank_is
from ..core.sparse_tensor import SparseTensor
from ..core.types import TypeSet

_LOGITS = TypeSet(dtypes.float32, dtypes.float64)


def _batch(inputs: Tensor, sequence_length: Tensor) -> int | None:
    return merged_dim(rank_is(inputs, 3)[1], rank_is(sequence_length, 1)[0])  # type: ignore[index]


def _greedy_shape(inputs: Tensor, sequence_length: Tensor, **_: Any) -> list[Dims]:
    return [(None, 2), (None,), (2,), (_batch(inputs, sequence_length), 1)]


def _check_lengths(lengths, steps):
    for number, length in enumerate(lengths):
        if length > steps:
            raise ValueError(f"sequence_length({number}) <= {steps}, but it is {length}")


def _sparse(rows, device):
    """(indices, values, shape) of rows of different lengths."""
    places = [(i, j) for i, row in enumerate(rows) for j in range(len(row))]
    values = [int(v) for row in rows for v in row]
    width = max((len(row) for row in rows), default=0)
    return (
        torch.tensor(places, dtype=torch.int64, device=device).reshape(-1, 2),
        torch.tensor(values, dtype=torch.int64, device=device),
        torch.tensor([len(rows), width], dtype=torch.int64, device=device),
    )


@op(
    "T, int32 -> decoded_indices: int64, decoded_values: int64, decoded_shape: int64, "
    "log_probability: T",
    shape=_greedy_shape,
    differentiable=False,
    T=_LOGITS,
)
def CTCGreedyDecoder(inputs, sequence_length, *, merge_repeated=False):
    """The best class of each step, without blanks (the last class)."""
    steps, batch, classes = inputs.shape
    lengths = sequence_length.tolist()
    _check_lengths(lengths, steps)
    best, places = inputs.max(-1)
    rows, scores = [], inputs.new_zeros(batch, 1)
    for number, length in enumerate(lengths):
        said = places[:length, number].tolist()
        scores[number, 0] = -best[:length, number].sum()
        rows.append(
            [
                label
                for step, label in enumerate(said)
                if label != classes - 1
                and not (merge_repeated and step and said[step - 1] == label)
            ]
        )
    return *_sparse(rows, inputs.device), scores


def ctc_greedy_decoder(
    inputs: Any, sequence_length: Any, merge_repeated: bool = True
) -> tuple[list[SparseTensor], Tensor]:
    """([labels], scores): the best class of each step of `inputs` [time, batch, classes].

    The labels are an int64 SparseTensor [batch, length]; the last class is the blank and left out.
    With `merge_repeated` equal classes in a row are one. The scores [batch, 1] are minus the sums
    of the best logits.
    """
    found = CTCGreedyDecoder(inputs, sequence_length, merge_repeated=merge_repeated)
    return [SparseTensor(*found[:3])], found[3]


# Beam search. A beam is a prefix with two probabilities (logarithms): that what was said so far
# ends with a blank, or with the prefix's last label.


class _Beams:
    """The prefixes that are followed, the best first."""

    def __init__(self) -> None:
        self.prefixes: list[tuple[int, ...]] = [()]
        self.blank = np.zeros(1)
        self.label = np.full(1, -np.inf)

    def step(self, logs: np.ndarray, width: int) -> None:
        """Go on by one step; `logs` are the classes' log probabilities, the blank last."""
        total = np.logaddexp(self.blank, self.label)
        count, labels = len(self.prefixes), len(logs) - 1
        last = np.array([p[-1] if p else -1 for p in self.prefixes])
        longer = total[:, None] + logs[:-1]
        same = np.flatnonzero(last >= 0)
        longer[same, last[same]] = self.blank[same] + logs[last[same]]
        blank = total + logs[-1]
        label = np.where(last >= 0, self.label + logs[last], -np.inf)
        where = {prefix: i for i, prefix in enumerate(self.prefixes)}
        for i, prefix in enumerate(self.prefixes):
            parent = where.get(prefix[:-1]) if prefix else None
            if parent is not None:  # one more way to say what is followed already
                label[i] = np.logaddexp(label[i], longer[parent, prefix[-1]])
                longer[parent, prefix[-1]] = -np.inf
        scores = np.concatenate([np.logaddexp(blank, label), longer.ravel()])
        best = np.argsort(-scores, kind="stable")[:width]
        best = best[scores[best] > -np.inf]
        prefixes = []
        for i in best.tolist():
            if i < count:
                prefixes.append(self.prefixes[i])
            else:
                row, added = divmod(i - count, labels)
                prefixes.append((*self.prefixes[row], added))
        nothing = np.full(longer.size, -np.inf)
        self.blank = np.concatenate([blank, nothing])[best]
        self.label = np.concatenate([label, longer.ravel()])[best]
        self.prefixes = prefixes


def _beam_shape(inputs: Tensor, sequence_length: Tensor, *, top_paths: int, **_: Any) -> list[Dims]:
    each: list[Dims] = [(None, 2), (None,), (2,)]
    outputs = [dims for dims in each for _ in range(top_paths)]
    return [*outputs, (_batch(inputs, sequence_length), top_paths)]


@op(
    "T, int32 -> decoded_indices: top_paths * int64, decoded_values: top_paths * int64, "
    "decoded_shape: top_paths * int64, log_probability: T",
    shape=_beam_shape,
    differentiable=False,
    T=_LOGITS,
)
def CTCBeamSearchDecoder(inputs, sequence_length, *, beam_width, top_paths, merge_repeated=True):
    """The most probable labellings among the best `beam_width` prefixes."""
    if top_paths > beam_width:
        raise ValueError("requested more paths than the beam width.")
    steps, batch = inputs.shape[:2]
    lengths = sequence_length.tolist()
    _check_lengths(lengths, steps)
    logs = torch.log_softmax(inputs.double(), -1).cpu().numpy()
    scores = np.full((batch, top_paths), -np.inf)
    rows: list[list] = [[] for _ in range(top_paths)]
    for number, length in enumerate(lengths):
        beams = _Beams()
        for step in range(length):
            beams.step(logs[step, number], beam_width)
        total = np.logaddexp(beams.blank, beams.label)
        if len(total) < top_paths:
            raise ValueError(
                f"Less leaves in the beam search ({len(total)}) than requested ({top_paths})"
            )
        for path, place in enumerate(np.argsort(-total, kind="stable")[:top_paths].tolist()):
            prefix = beams.prefixes[place]
            if merge_repeated:
                prefix = tuple(v for i, v in enumerate(prefix) if not i or prefix[i - 1] != v)
            rows[path].append(prefix)
            scores[number, path] = total[place]
    columns = zip(*(_sparse(r, inputs.device) for r in rows), strict=True)
    found = torch.tensor(scores, dtype=inputs.dtype, device=inputs.device)
    return [part for column in columns for part in column] + [found]


def ctc_beam_search_decoder(
    inputs: Any,
    sequence_length: Any,
    beam_width: int = 100,
    top_paths: int = 1,
    merge_repeated: bool = True,
) -> tuple[list[SparseTensor], Tensor]:
    """(labels, log_probability): the `top_paths` best labellings of [time, batch, classes].

    The labels are int64 SparseTensors [batch, length], the probabilities [batch, top_paths]. With
    `merge_repeated` equal labels in a row are one in the result, even where a blank stood between:
    `ctc_beam_search_decoder_v2` leaves them.
    """
    found = CTCBeamSearchDecoder(
        inputs,
        sequence_length,
        beam_width=beam_width,
        top_paths=top_paths,
        merge_repeated=merge_repeated,
    )
    return [SparseTensor(*part) for part in zip(*found[:3], strict=True)], found[3]


def ctc_beam_search_decoder_v2(
    inputs: Any, sequence_length: Any, beam_width: int = 100, top_paths: int = 1
) -> tuple[list[SparseTensor], Tensor]:
    """`ctc_beam_search_decoder` with all labels of a labelling in the result."""
    return ctc_beam_search_decoder(inputs, sequence_length, beam_width, top_paths, False)
