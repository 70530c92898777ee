"""Sums over segments."""

from __future__ import annotations

from ..core.lazy_torch import torch
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.static_value import static_value
from ..core.types import INDEX, NUMBER


def _segment_shape(data: Tensor, segment_ids: Tensor, num_segments: Tensor) -> Dims:
    if data._dims is None or segment_ids._dims is None:
        return None
    return (static_value(num_segments), *data._dims[len(segment_ids._dims) :])


@op("T, Tindices, host Tnumsegments -> T", shape=_segment_shape, T=NUMBER, Tindices=INDEX,
    Tnumsegments=INDEX)
def UnsortedSegmentSum(data, segment_ids, num_segments):
    """Row i of the result is the sum of the rows of `data` whose segment id is i.

    Rows with a negative id are dropped.
    """
    rest = data.shape[segment_ids.ndim :]
    flat_ids = segment_ids.reshape(-1)
    rows = data.reshape(flat_ids.shape[0], *rest)
    if flat_ids.numel() and not flat_ids.is_cuda and flat_ids.min() < 0:
        kept = flat_ids >= 0
        flat_ids, rows = flat_ids[kept], rows[kept]
    out = torch.zeros((num_segments, *rest), dtype=data.dtype, device=data.device)
    return out.index_add(0, flat_ids, rows)


unsorted_segment_sum = UnsortedSegmentSum
