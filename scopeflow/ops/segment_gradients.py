"""The gradients of sparse segment sums, as ops: programs call them in gradients of their own."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core import dtypes
from ..core.lazy_torch import torch
from ..core.op import define
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_at_least, rank_is
from ..core.static_value import static_value
from ..core.types import INDEX, TypeSet


def _grad_shape(grad: Tensor, indices: Tensor, segment_ids: Tensor, output_dim0: Tensor) -> Dims:
    dims = rank_at_least(grad, 1)
    rank_is(indices, 1)
    rank_is(segment_ids, 1)
    return None if dims is None else (static_value(output_dim0), *dims[1:])


def _check(places: Any, what: str, limit: int) -> None:
    wrong = (places < 0) | (places >= limit)
    if bool(wrong.any()):
        raise ValueError(f"{what} {int(places[wrong][0])} out of range [0, {limit})")


def _gradient(op_type: str, power: float, what: str) -> Callable:
    def kernel(grad, indices, segment_ids, output_dim0):
        segments = grad.shape[0]
        if segment_ids.numel() and segments and int(segment_ids[-1]) >= segments:
            raise ValueError("Invalid number of segments")
        _check(segment_ids, "Segment id", segments)
        _check(indices, "Index", output_dim0)
        counts = torch.bincount(segment_ids, minlength=segments).clamp(min=1)
        scale = counts.to(grad.dtype).pow(-power).reshape(-1, *[1] * (grad.ndim - 1))
        found = grad.new_zeros(output_dim0, *grad.shape[1:])
        return found.index_add(0, indices, (grad * scale).index_select(0, segment_ids))

    return define(
        op_type,
        ["grad", "indices", "segment_ids", "output_dim0"],
        "T, Tidx, int32, host int32 -> T",
        kernel,
        shape=_grad_shape,
        doc=f"The gradient of {what} with respect to `data`, which has `output_dim0` rows.",
        T=TypeSet(dtypes.float32, dtypes.float64),
        Tidx=INDEX,
    )


sparse_segment_mean_grad = _gradient("SparseSegmentMeanGrad", 1.0, "sparse_segment_mean")
sparse_segment_sqrt_n_grad = _gradient("SparseSegmentSqrtNGrad", 0.5, "sparse_segment_sqrt_n")
