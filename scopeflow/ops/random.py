"""Random numbers, and the seeds that make them repeatable.

An op's stream is fixed by its attributes `seed` and `seed2`, which `get_seed` makes of the graph's
seed and the op's own; where both are 0 the session starts the stream anywhere. The values are
torch's, the distributions TensorFlow's.
"""

from __future__ import annotations

import math
from typing import Any

from ..core import dtypes
from ..core.context import get_default_graph
from ..core.convert import convert_to_tensor
from ..core.dtypes import DType, as_dtype
from ..core.graph import name_scope
from ..core.lazy_torch import made_once, torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_is, unchanged
from ..core.static_value import dims_from, static_value
from ..core.types import INDEX, REAL, TypeSet
from .math import Add, Mul, Sub

_SEEDS = {"seed": 0, "seed2": 0}
_FLOAT = TypeSet(dtypes.float16, dtypes.bfloat16, dtypes.float32, dtypes.float64)
_INTEGER = TypeSet(dtypes.int32, dtypes.int64)


# Seeds.

_LARGEST_SEED = 2**31 - 1
_SEED_OF_UNSEEDED_GRAPH = 87654321


def set_random_seed(seed: Any) -> None:
    """Set the default graph's seed; the random ops made from now on give repeatable values.

    Each op's stream then depends on this seed and on how many ops were made before it.
    """
    get_default_graph().seed = seed


def get_seed(op_seed: Any) -> tuple[Any, Any]:
    """The two seeds for an op that is made now with `op_seed` (None: without one).

    (None, None) where neither the graph nor the op has a seed.

    >>> import scopeflow as tf
    >>> tf.get_seed(5)
    (87654321, 5)
    """
    graph = get_default_graph()
    if graph.seed is None:
        if op_seed is None:
            return None, None
        seeds = _SEED_OF_UNSEEDED_GRAPH, op_seed
    else:
        seeds = graph.seed, graph._last_id if op_seed is None else op_seed
    first, second = (seed % _LARGEST_SEED for seed in seeds)
    # A pair of zeros would mean: no seed.
    return (0, _LARGEST_SEED) if first == second == 0 else (first, second)


def _seed_attrs(op_seed: Any) -> dict[str, int]:
    first, second = get_seed(op_seed)
    return {"seed": int(first or 0), "seed2": int(second or 0)}


# The ops.


def _shape_rule(shape: Tensor, *rest: Any, **_: Any) -> Dims:
    rank_is(shape, 1)
    return dims_from(shape)


def _size(shape: tuple[int, ...]) -> int:
    """The number of elements. ValueError for a negative dimension."""
    for dim in shape:
        if dim < 0:
            raise ValueError(f"Dimension {dim} must be >= 0")
    return math.prod(shape)


@op(
    "host T -> dtype",
    attrs=_SEEDS,
    shape=_shape_rule,
    differentiable=False,
    stateful=True,
    T=INDEX,
    dtype=_FLOAT,
)
def RandomStandardNormal(shape, *, dtype, generator, device):
    """Values of the normal distribution with mean 0 and standard deviation 1."""
    _size(shape)
    return torch.randn(shape, **_by(generator), dtype=_wide(dtype), device=device).to(dtype)


@op(
    "host T -> dtype",
    attrs=_SEEDS,
    shape=_shape_rule,
    differentiable=False,
    stateful=True,
    T=INDEX,
    dtype=_FLOAT,
)
def RandomUniform(shape, *, dtype, generator, device):
    """Values evenly distributed over [0, 1).

    One random bit for each bit of the mantissa, as TensorFlow's have: with one more (torch.rand)
    `1 + x` would sometimes round to 2.
    """
    _size(shape)
    integer, one, two = _bits_from_1_to_2()[dtype]
    bits = torch.randint(one, two, shape, **_by(generator), dtype=integer, device=device)
    return bits.view(dtype).sub_(1)


def _by(generator: Any) -> dict[str, Any]:
    """The generator as an argument; torch takes none at all where sizes are symbolic."""
    return {} if generator is None else {"generator": generator}


@made_once
def _bits_from_1_to_2() -> dict[Any, tuple[Any, int, int]]:
    """For each float type the integer type of its size, and the bits of 1.0 and 2.0 in it."""
    return {
        torch.float16: (torch.int16, 0x3C00, 0x4000),
        torch.bfloat16: (torch.int16, 0x3F80, 0x4000),
        torch.float32: (torch.int32, 0x3F800000, 0x40000000),
        torch.float64: (torch.int64, 0x3FF0000000000000, 0x4000000000000000),
    }


def _wide(dtype):
    """The type to compute in: at least float32."""
    return torch.float64 if dtype == torch.float64 else torch.float32


def _uniform_int_shape(shape: Tensor, minval: Tensor, maxval: Tensor) -> Dims:
    rank_is(minval, 0)
    rank_is(maxval, 0)
    return _shape_rule(shape)


@op(
    "host T, host Tout, host Tout -> Tout",
    attrs=_SEEDS,
    shape=_uniform_int_shape,
    differentiable=False,
    stateful=True,
    T=INDEX,
    Tout=_INTEGER,
)
def RandomUniformInt(shape, minval, maxval, *, op, generator, device):
    """Integers evenly distributed over [minval, maxval)."""
    dtype = getattr(torch, op.outputs[0].dtype.name)
    if _size(shape) == 0:
        return torch.empty(shape, dtype=dtype, device=device)
    if minval >= maxval:
        raise ValueError(f"Need minval < maxval, got {minval} >= {maxval}")
    return torch.randint(minval, maxval, shape, **_by(generator), dtype=dtype, device=device)


@op(
    "host T -> dtype",
    attrs=_SEEDS,
    shape=_shape_rule,
    differentiable=False,
    stateful=True,
    T=INDEX,
    dtype=_FLOAT,
)
def TruncatedNormal(shape, *, dtype, generator, device):
    """Values of the standard normal distribution, of those within two standard deviations."""
    _size(shape)
    limit = math.erf(math.sqrt(2.0))  # the inverse of the cumulative distribution, in [-2, 2]
    values = torch.rand(shape, **_by(generator), dtype=_wide(dtype), device=device)
    values.mul_(2 * limit).sub_(limit)
    return values.erfinv_().mul_(math.sqrt(2.0)).clamp(-2.0, 2.0).to(dtype)


@op("T -> T", attrs=_SEEDS, shape=unchanged, differentiable=None, stateful=True)
def RandomShuffle(value, *, generator, device):
    """The slices along the first dimension in a random order (a scalar stays as it is)."""
    if not isinstance(value, torch.Tensor):
        if value.ndim == 0:
            return value.copy()
        order = torch.randperm(len(value), **_by(generator), device=device)
        return value[order.cpu().numpy()]
    if value.ndim == 0:
        return value.clone()
    return value[torch.randperm(value.shape[0], **_by(generator), device=device)]


def _multinomial_shape(logits: Tensor, num_samples: Tensor, **_: Any) -> Dims:
    batch = rank_is(logits, 2)[0]  # type: ignore[index]
    rank_is(num_samples, 0)
    count = static_value(num_samples)
    if count is not None and count < 0:
        raise ShapeError(
            f"Dimension size, given by scalar input 1, must be non-negative but is {count}"
        )
    return (batch, count)


@op(
    "T, host int32 -> output_dtype",
    attrs=_SEEDS,
    shape=_multinomial_shape,
    differentiable=False,
    stateful=True,
    T=REAL,
    output_dtype=_INTEGER,
)
def Multinomial(logits, num_samples, *, output_dtype=dtypes.int64, generator, device):
    """For each row num_samples classes, drawn with the probabilities softmax(row).

    A logit that is not finite has probability 0; a row without any finite one gives the number of
    classes, as TensorFlow's CPU kernel does.
    """
    if num_samples < 0:
        raise ValueError(f"num_samples should be nonnegative, got {num_samples}")
    if logits.shape[1] == 0:
        raise ValueError("num_classes should be positive, got 0")
    logits = logits.to(torch.float64)
    finite = torch.isfinite(logits)
    logits = torch.where(finite, logits, -math.inf)
    weights = torch.where(finite, torch.exp(logits - logits.amax(1, keepdim=True)), 0.0)
    sums = weights.cumsum(1)
    size = (logits.shape[0], num_samples)
    draws = torch.rand(size, **_by(generator), dtype=torch.float64, device=device)
    return torch.searchsorted(sums, draws * sums[:, -1:], right=True).to(output_dtype)


# The public functions.


def _shape_tensor(shape: Any) -> Tensor:
    empty = isinstance(shape, list | tuple) and not shape
    return convert_to_tensor(shape, dtypes.int32 if empty else None, name="shape")


def _check_allowed(dtype: DType, allowed: TypeSet, parameter: str = "dtype") -> None:
    if dtype not in allowed:
        raise TypeError(
            f"Value passed to parameter '{parameter}' has DataType {dtype.name} not in list of "
            f"allowed values: {allowed}"
        )


def random_uniform(
    shape: Any,
    minval: Any = 0,
    maxval: Any = None,
    dtype: Any = dtypes.float32,
    seed: Any = None,
    name: str | None = None,
) -> Tensor:
    """Values evenly distributed over [minval, maxval), in a tensor of shape `shape`.

    `maxval` is 1 where it is not given; for integers it must be. ValueError for a dtype other than
    float16, bfloat16, float32, float64, int32 and int64.

    >>> import scopeflow as tf
    >>> tf.random_uniform([2, 3]).shape
    TensorShape([Dimension(2), Dimension(3)])
    """
    wanted = as_dtype(dtype).base_dtype
    if wanted not in _FLOAT and wanted not in _INTEGER:
        raise ValueError(f"Invalid dtype {wanted!r}")
    if maxval is None:
        if wanted.is_integer:
            raise ValueError(f"Must specify maxval for integer dtype {wanted!r}")
        maxval = 1
    with name_scope(name, "random_uniform", [shape, minval, maxval]) as scope:
        shape = _shape_tensor(shape)
        minval = convert_to_tensor(minval, wanted, name="min")
        maxval = convert_to_tensor(maxval, wanted, name="max")
        seeds = _seed_attrs(seed)
        if wanted.is_integer:
            return RandomUniformInt(shape, minval, maxval, **seeds, name=scope)
        drawn = RandomUniform(shape, wanted, **seeds)
        span = Sub(maxval, minval, name="sub")
        return Add(Mul(drawn, span, name="mul"), minval, name=scope)


def _scaled(
    make: Any,
    default_name: str,
    shape: Any,
    mean: Any,
    stddev: Any,
    dtype: Any,
    seed: Any,
    name: str | None,
) -> Tensor:
    """Values of a standard distribution, times stddev, plus mean."""
    wanted = as_dtype(dtype).base_dtype
    with name_scope(name, default_name, [shape, mean, stddev]) as scope:
        shape = _shape_tensor(shape)
        mean = convert_to_tensor(mean, wanted, name="mean")
        stddev = convert_to_tensor(stddev, wanted, name="stddev")
        _check_allowed(wanted, _FLOAT)
        drawn = make(shape, wanted, **_seed_attrs(seed))
        return Add(Mul(drawn, stddev, name="mul"), mean, name=scope)


def random_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    seed: Any = None,
    name: str | None = None,
) -> Tensor:
    """Values of the normal distribution, in a tensor of shape `shape`.

    `mean` and `stddev` may be tensors that broadcast with it. TypeError for a dtype that is no
    real floating-point one.
    """
    return _scaled(RandomStandardNormal, "random_normal", shape, mean, stddev, dtype, seed, name)


def truncated_normal(
    shape: Any,
    mean: Any = 0.0,
    stddev: Any = 1.0,
    dtype: Any = dtypes.float32,
    seed: Any = None,
    name: str | None = None,
) -> Tensor:
    """As `random_normal`, but only values within two standard deviations of the mean.

    (The standard deviation of what is left is 0.88 stddev.)
    """
    return _scaled(TruncatedNormal, "truncated_normal", shape, mean, stddev, dtype, seed, name)


def random_shuffle(value: Any, seed: Any = None, name: str | None = None) -> Tensor:
    """The slices of `value` along its first dimension, each once, in a random order.

    Gradients do not pass; shuffle indices and gather where they should.
    """
    return RandomShuffle(value, **_seed_attrs(seed), name=name)


def random_crop(value: Any, size: Any, seed: Any = None, name: str | None = None) -> Tensor:
    """A block of shape `size` at a random place in `value`.

    InvalidArgumentError, when running, where `size` is larger than the value in some dimension.
    """
    from .array import shape as shape_of
    from .checks import Assert
    from .compare import greater_equal
    from .control_flow import with_dependencies
    from .math import AddV2, FloorMod
    from .reduce import reduce_all
    from .slicing import slice

    with name_scope(name, "random_crop", [value, size]) as scope:
        value = convert_to_tensor(value, name="value")
        size = convert_to_tensor(size, dtypes.int32, name="size")
        whole = shape_of(value)
        check = Assert(
            reduce_all(greater_equal(whole, size)),
            ["Need value.shape >= size, got ", whole, size],
            summarize=1000,
        )
        whole = with_dependencies([check], whole)
        room = AddV2(Sub(whole, size, name="sub"), 1, name="add")
        drawn = random_uniform(
            shape_of(whole), maxval=dtypes.int32.max, dtype=dtypes.int32, seed=seed
        )
        return slice(value, FloorMod(drawn, room, name="mod"), size, name=scope)


def multinomial(
    logits: Any,
    num_samples: Any,
    seed: Any = None,
    name: str | None = None,
    output_dtype: Any = None,
) -> Tensor:
    """For each row of `logits` [batch, classes] num_samples classes, drawn independently.

    A class has the probability softmax(row)[class]. The result is [batch, num_samples] of
    `output_dtype`, int64 or int32.
    """
    with name_scope(name, "multinomial", [logits]):
        return _drawn_classes(logits, num_samples, output_dtype, seed)


def categorical(
    logits: Any,
    num_samples: Any,
    dtype: Any = None,
    seed: Any = None,
    name: str | None = None,
) -> Tensor:
    """`tf.multinomial` under its later name."""
    with name_scope(name, "categorical", [logits]):
        return _drawn_classes(logits, num_samples, dtype, seed)


def _drawn_classes(logits: Any, num_samples: Any, dtype: Any, seed: Any) -> Tensor:
    logits = convert_to_tensor(logits, name="logits")
    wanted = dtypes.int64 if dtype is None else as_dtype(dtype).base_dtype
    _check_allowed(wanted, _INTEGER, "output_dtype")
    return Multinomial(logits, num_samples, output_dtype=wanted, **_seed_attrs(seed))
