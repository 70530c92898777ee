"""Random numbers with parameters that are tensors: the gamma and the Poisson distribution."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import as_dtype
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.types import INDEX, TypeSet
from .math import Maximum
from .random import _SEEDS, _check_allowed, _seed_attrs, _shape_rule, _size, _wide

_GAMMA = TypeSet(dtypes.float16, dtypes.float32, dtypes.float64)
_POISSON = TypeSet(*_GAMMA.order, dtypes.int32, dtypes.int64)
_RATE = TypeSet(*_POISSON.order, default=dtypes.float64)


def _with_parameters(shape: Tensor, parameters: Tensor, **_: Any) -> Dims:
    dims = _shape_rule(shape)
    return None if dims is None or parameters._dims is None else (*dims, *parameters._dims)


@op("host S, T -> T", attrs=_SEEDS, shape=_with_parameters, stateful=True, S=INDEX, T=_GAMMA)
def RandomGamma(shape, alpha, *, generator):
    """Values of the gamma distributions of shape `alpha` and rate 1, `shape` for each alpha.

    Differentiable with respect to alpha. 0 where alpha is not positive.
    """
    _size(shape)
    wide = alpha.to(_wide(alpha.dtype)).expand(*shape, *alpha.shape)
    positive = wide > 0
    # The sampler would not return for other values.
    drawn = torch._standard_gamma(torch.where(positive, wide, 1.0), generator=generator)
    return torch.where(positive, drawn, 0.0).to(alpha.dtype)


@op(
    "host S, R -> dtype",
    attrs=_SEEDS,
    shape=_with_parameters,
    differentiable=False,
    stateful=True,
    S=INDEX,
    R=_RATE,
    dtype=_POISSON,
)
def RandomPoissonV2(shape, rate, *, dtype=dtypes.int64, generator):
    """Values of the Poisson distributions of mean `rate`, `shape` for each rate.

    0 where the rate is negative.
    """
    _size(shape)
    wide = rate.to(torch.float64).expand(*shape, *rate.shape)
    usual = (wide > 0) & (wide < 2.0**62)  # torch's sampler counts in 64-bit integers
    drawn = torch.poisson(torch.where(usual, wide, 0.0), generator=generator)
    return torch.where(usual, drawn, wide.clamp(min=0)).to(dtype)


def random_gamma(
    shape: Any,
    alpha: Any,
    beta: Any = None,
    dtype: Any = dtypes.float32,
    seed: Any = None,
    name: str | None = None,
) -> Tensor:
    """`shape` values of each of the gamma distributions with shape `alpha` and rate `beta` (1).

    The result has shape `shape` + the shape of alpha and beta broadcast. All values are above 0.
    Differentiable with respect to alpha and beta.
    """
    from .filling import zeros_like
    from .math import AddV2, truediv

    wanted = as_dtype(dtype).base_dtype
    with name_scope(name, "random_gamma", [shape, alpha, beta]):
        shape = convert_to_tensor(shape, dtypes.int32, name="shape")
        alpha = convert_to_tensor(alpha, wanted, name="alpha")
        beta = convert_to_tensor(1 if beta is None else beta, wanted, name="beta")
        alpha = AddV2(alpha, zeros_like(beta), name="add")
        if not wanted.is_floating:
            raise ValueError(f"data type {wanted.as_numpy_dtype!r} not inexact")
        smallest = np.finfo(wanted.as_numpy_dtype).tiny
        drawn = RandomGamma(shape, alpha, **_seed_attrs(seed))
        return Maximum(smallest, truediv(drawn, beta))


def random_poisson(
    lam: Any,
    shape: Any,
    dtype: Any = dtypes.float32,
    seed: Any = None,
    name: str | None = None,
) -> Tensor:
    """`shape` values of each of the Poisson distributions with mean `lam`.

    The result has shape `shape` + the shape of lam. Not differentiable.
    """
    wanted = as_dtype(dtype).base_dtype
    with name_scope(name, "random_poisson", [lam, shape]):
        shape = convert_to_tensor(shape, dtypes.int32, name="shape")
        _check_allowed(wanted, _POISSON)
        return RandomPoissonV2(shape, lam, dtype=wanted, **_seed_attrs(seed))
