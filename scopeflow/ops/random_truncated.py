"""Normal distributions between bounds, each row of the result with its own."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import as_dtype
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.types import INDEX
from .random import _FLOAT, _SEEDS, _seed_attrs, _shape_rule, _size


def _bounded_shape(shape: Tensor, *parameters: Tensor, **_: Any) -> Dims:
    for parameter in parameters:
        if len(parameter._dims or ()) > 1:
            raise ShapeError(
                f"Shape must be at most rank 1 but is rank {len(parameter._dims or ())}"
            )
    return _shape_rule(shape)


@op(
    "host T, dtype, dtype, dtype, dtype -> dtype",
    attrs=_SEEDS,
    shape=_bounded_shape,
    differentiable=False,
    stateful=True,
    T=INDEX,
    dtype=_FLOAT,
)
def ParameterizedTruncatedNormal(shape, means, stdevs, minvals, maxvals, *, generator):
    """Values of normal distributions between bounds; parameters are scalars or have shape[0]."""
    count, rows = _size(shape), shape[0] if shape else 1
    wide = []
    for name, given in zip(
        ("means", "stddevs", "minvals", "maxvals"), (means, stdevs, minvals, maxvals), strict=True
    ):
        if given.numel() != 1 and tuple(given.shape) != (rows,):
            raise ValueError(
                f"Input {name} should have length 1 or shape[0], got shape: {list(given.shape)}"
            )
        wide.append(given.to(torch.float64).reshape(-1, 1))
    mean, deviation, low, high = wide
    if not bool(((deviation > 0) & torch.isfinite(mean) & (low < high)).all()):
        raise ValueError("Invalid parameters")
    low, high = (low - mean) / deviation, (high - mean) / deviation
    # By the inverse of the distribution function, which is exact in the left tail alone.
    mirrored = low + high > 0
    below, above = torch.where(mirrored, -high, low), torch.where(mirrored, -low, high)
    first, last = (torch.special.ndtr(x) for x in (below, above))
    drawn = torch.rand(
        (rows, count // rows if rows else 0), generator=generator, dtype=torch.float64,
        device=means.device,
    )  # fmt: skip
    found = torch.special.ndtri(first + drawn * (last - first))
    found = torch.maximum(torch.minimum(found, above), below)
    return (mean + deviation * torch.where(mirrored, -found, found)).reshape(shape).to(means.dtype)


def parameterized_truncated_normal(
    shape: Any,
    means: Any = 0.0,
    stddevs: Any = 1.0,
    minvals: Any = -2.0,
    maxvals: Any = 2.0,
    dtype: Any = dtypes.float32,
    seed: Any = None,
    name: str | None = None,
) -> Tensor:
    """Values of normal distributions between `minvals` and `maxvals`.

    The parameters are scalars, or vectors with one number for each index of the first dimension.
    InvalidArgumentError when running unless stddevs > 0 and minvals < maxvals.
    """
    wanted = as_dtype(dtype).base_dtype
    with name_scope(name, "parameterized_truncated_normal", [shape]):
        shape = convert_to_tensor(shape, dtypes.int32, name="shape")
        given = [
            convert_to_tensor(value, wanted, name=label)
            for label, value in (
                ("means", means), ("stddevs", stddevs), ("minvals", minvals), ("maxvals", maxvals)
            )
        ]  # fmt: skip
        return ParameterizedTruncatedNormal(shape, *given, **_seed_attrs(seed))
