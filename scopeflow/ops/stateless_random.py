"""Random numbers that depend on nothing but the seed that they are given: TensorFlow's own."""

from __future__ import annotations

import math
from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import as_dtype
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_is
from ..core.static_value import dims_from, static_value
from ..core.types import INDEX, REAL, TypeSet
from . import philox
from .math import Add, Mul, Sub

_FLOAT = TypeSet(dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64)
_INTEGER = TypeSet(dtypes.int32, dtypes.int64)
_SEED = TypeSet(dtypes.int32, dtypes.int64, default=dtypes.int64)


def _tensor(found: Any, shape: Any, dtype: Any, device: Any) -> Any:
    """The numbers as a tensor."""
    size = shape if isinstance(shape, tuple) else (shape,)
    return torch.from_numpy(found).reshape(size).to(device, dtype)


def _name(dtype: Any) -> str:
    """The name of torch's dtype."""
    return str(dtype).removeprefix("torch.")


def _count(shape: Any) -> int:
    return math.prod(shape if isinstance(shape, tuple) else (shape,))


def _stateless_shape(shape: Tensor, seed: Tensor, *rest: Any, **_: Any) -> Dims:
    (count,) = rank_is(seed, 1)  # type: ignore[misc]
    if count not in (None, 2):
        raise ShapeError(f"Dimension must be 2 but is {count}")
    return dims_from(shape)


@op(
    "host T, host Tseed -> dtype",
    shape=_stateless_shape,
    differentiable=False,
    T=INDEX,
    Tseed=_SEED,
    dtype=_FLOAT,
)
def StatelessRandomUniform(shape, seed, *, dtype=dtypes.float32, device):
    """Values evenly distributed over [0, 1)."""
    found = philox.uniform(philox.seeded(seed), _count(shape), _name(dtype))
    return _tensor(found, shape, dtype, device)


@op(
    "host T, host Tseed -> dtype",
    shape=_stateless_shape,
    differentiable=False,
    T=INDEX,
    Tseed=_SEED,
    dtype=_FLOAT,
)
def StatelessRandomNormal(shape, seed, *, dtype=dtypes.float32, device):
    """Values of the standard normal distribution."""
    found = philox.normal(philox.seeded(seed), _count(shape), _name(dtype))
    return _tensor(found, shape, dtype, device)


@op(
    "host T, host Tseed -> dtype",
    shape=_stateless_shape,
    differentiable=False,
    T=INDEX,
    Tseed=_SEED,
    dtype=_FLOAT,
)
def StatelessTruncatedNormal(shape, seed, *, dtype=dtypes.float32, device):
    """Values of the standard normal distribution, of those within two standard deviations."""
    found = philox.truncated_normal(philox.seeded(seed), _count(shape), _name(dtype))
    return _tensor(found, shape, dtype, device)


@op(
    "host T, host Tseed, host dtype, host dtype -> dtype",
    shape=_stateless_shape,
    differentiable=False,
    T=INDEX,
    Tseed=_SEED,
    dtype=_INTEGER,
)
def StatelessRandomUniformInt(shape, seed, minval, maxval, *, op, device):
    """Integers evenly distributed over [minval, maxval)."""
    if minval >= maxval:
        raise ValueError(f"Need minval < maxval, got {minval} >= {maxval}")
    dtype = op.outputs[0].dtype
    found = philox.integers(philox.seeded(seed), _count(shape), minval, maxval, dtype.name)
    return _tensor(found, shape, getattr(torch, dtype.name), device)


def _classes_shape(logits: Tensor, num_samples: Tensor, seed: Tensor, **_: Any) -> Dims:
    return (rank_is(logits, 2)[0], static_value(num_samples))  # type: ignore[index]


@op(
    "T, host int32, host Tseed -> output_dtype",
    shape=_classes_shape,
    differentiable=False,
    T=REAL,
    Tseed=_SEED,
    output_dtype=_INTEGER,
)
def StatelessMultinomial(logits, num_samples, seed, *, output_dtype=dtypes.int64, device):
    """For each row num_samples classes, drawn with the probabilities softmax(row).

    (TensorFlow gives the rows of large draws to several threads, whose numbers then overlap: those
    are others here.)
    """
    wide = logits.detach().to(torch.float64)
    counted = torch.isfinite(wide)
    top = torch.where(counted, wide, -math.inf).amax(-1, keepdim=True)
    ends = torch.where(counted, torch.exp(wide - top), 0.0).cumsum(-1)
    rows, classes = logits.shape
    drawn = philox.uniform(philox.seeded(seed), rows * num_samples, "float64")
    places = torch.from_numpy(drawn).to(device).reshape(rows, num_samples) * ends[:, -1:]
    found = torch.searchsorted(ends, places, right=True).clamp_(max=classes - 1)
    return found.to(output_dtype)


def _shape_of(shape: Any) -> Tensor:
    empty = isinstance(shape, list | tuple) and not shape
    return convert_to_tensor(shape, dtypes.int32 if empty else None, name="shape")


def stateless_random_uniform(
    shape: Any,
    seed: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """Values over [minval, maxval) that are the same whenever `seed`, two integers, is the same.

    They are TensorFlow's numbers. `maxval` is 1 for floats; for integers it must be given
    (ValueError).
    """
    wanted = as_dtype(dtype).base_dtype
    if wanted not in _FLOAT and wanted not in _INTEGER:
        raise ValueError(f"Invalid dtype {wanted!r}")
    if maxval is None:
        if wanted.is_integer:
            raise ValueError(f"Must specify maxval for integer dtype {wanted!r}")
        maxval = 1
    with name_scope(name, "stateless_random_uniform", [shape, seed, minval, maxval]) as scope:
        shape = _shape_of(shape)
        low = convert_to_tensor(minval, wanted, name="min")
        high = convert_to_tensor(maxval, wanted, name="max")
        if wanted.is_integer:
            return StatelessRandomUniformInt(shape, seed, low, high, name=scope)
        drawn = StatelessRandomUniform(shape, seed, dtype=wanted)
        span = Sub(high, low, name="sub")
        return Add(Mul(drawn, span, name="mul"), low, name=scope)


def _scaled(
    op_type: Any, scope: str, shape: Any, seed: Any, mean: Any, stddev: Any, dtype: Any
) -> Tensor:
    wanted = as_dtype(dtype).base_dtype
    shape = _shape_of(shape)
    mean = convert_to_tensor(mean, wanted, name="mean")
    stddev = convert_to_tensor(stddev, wanted, name="stddev")
    drawn = op_type(shape, seed, dtype=wanted)
    return Add(Mul(drawn, stddev, name="mul"), mean, name=scope)


def stateless_random_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """Values of a normal distribution, the same ones whenever `seed` is the same."""
    with name_scope(name, "stateless_random_normal", [shape, seed, mean, stddev]) as scope:
        return _scaled(StatelessRandomNormal, scope, shape, seed, mean, stddev, dtype)


def stateless_truncated_normal(
    shape: Any,
    seed: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    name: str | None = None,
) -> Tensor:
    """`stateless_random_normal` within two standard deviations of the mean."""
    with name_scope(name, "stateless_truncated_normal", [shape, seed, mean, stddev]) as scope:
        return _scaled(StatelessTruncatedNormal, scope, shape, seed, mean, stddev, dtype)


def stateless_categorical(
    logits: Any, num_samples: Any, seed: Any, dtype: Any = dtypes.int64, name: str | None = None
) -> Tensor:
    """`tf.random.categorical` with a seed that decides alone."""
    with name_scope(name, "stateless_categorical", [logits, seed]):
        return _classes(logits, num_samples, seed, dtype)


def stateless_multinomial(
    logits: Any,
    num_samples: Any,
    seed: Any,
    output_dtype: Any = dtypes.int64,
    name: str | None = None,
) -> Tensor:
    """`stateless_categorical` under its older name."""
    with name_scope(name, "stateless_multinomial", [logits, seed]):
        return _classes(logits, num_samples, seed, output_dtype)


def _classes(logits: Any, num_samples: Any, seed: Any, dtype: Any) -> Tensor:
    logits = convert_to_tensor(logits, name="logits")
    return StatelessMultinomial(logits, num_samples, seed, output_dtype=as_dtype(dtype))
