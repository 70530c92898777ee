"""Beams: the paths that a beam search ends with."""

from __future__ import annotations

from ..core import dtypes
from ..core.lazy_torch import torch
from ..core.op import op
from ..core.types import TypeSet


@op(
    "T, T, int32, T -> T",
    shape=lambda step_ids, parent_ids, *_: step_ids._dims,
    T=TypeSet(dtypes.int32),
    differentiable=False,
)
def GatherTree(step_ids, parent_ids, max_sequence_lengths, end_token):
    """The ids along each beam's path, from its last step back to the first.

    Ids and the parents that they follow are [time, batch, beam]; behind the lengths, and behind the
    first `end_token` of a path, is `end_token`.
    """
    steps, batch, width = step_ids.shape
    out = end_token.expand(step_ids.shape).clone()
    beams = torch.arange(width, device=step_ids.device).expand(batch, width)
    for time in range(steps - 1, -1, -1):
        within = (max_sequence_lengths > time)[:, None]
        out[time] = torch.where(within, step_ids[time].gather(1, beams), end_token)
        if time:
            beams = torch.where(within, parent_ids[time].long().gather(1, beams), beams)
    ended = (out == end_token).int().cumsum(0)
    ended[1:] = ended[:-1].clone()
    ended[:1] = 0
    return torch.where(ended > 0, end_token, out)
