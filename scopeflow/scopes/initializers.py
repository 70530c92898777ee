"""Initializers: objects that make a variable's first value when called with its shape."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.dtypes import DType, as_dtype
from ..ops.array import reshape
from ..ops.constant import constant
from ..ops.filling import ones, zeros
from ..ops.linalg import diag_part, eye, matrix_transpose, qr
from ..ops.math import sign
from ..ops.random import random_normal, random_uniform, truncated_normal
from ..ops.slicing import slice

# Of what lies between -2 and 2 of the standard normal distribution.
_STDDEV_OF_TRUNCATED_NORMAL = 0.87962566103423978


class Initializer:
    """What all initializers are: called with a shape, they return a tensor of that shape."""

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        """The value for a variable.

        `dtype` overrides the initializer's own. `partition_info` says, for a part of a partitioned
        variable, what the whole is: its `full_shape`, and the part's `var_offset` in it.
        """
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments, as plain values where they are plain."""
        return {}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """An initializer with the arguments that `get_config` gave."""
        return cls(**config)


def _dtype(own: DType, asked: Any) -> DType:
    return own if asked is None else as_dtype(asked)


def _floating(dtype: Any) -> DType:
    dtype = as_dtype(dtype)
    if not dtype.is_floating:
        raise ValueError(f"Expected floating point type, got {dtype}.")
    return dtype


def _whole(shape: Any, partition_info: Any) -> list[int]:
    """The dims of the whole variable, of which a part is made."""
    return [int(d) for d in (shape if partition_info is None else partition_info.full_shape)]


class Zeros(Initializer):
    """Zeros (False, empty strings)."""

    def __init__(self, dtype: Any = dtypes.float32) -> None:
        self.dtype = as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        return zeros(shape, _dtype(self.dtype, dtype))

    def get_config(self) -> dict[str, Any]:
        return {"dtype": self.dtype.name}


class Ones(Initializer):
    """Ones."""

    def __init__(self, dtype: Any = dtypes.float32) -> None:
        self.dtype = as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        return ones(shape, _dtype(self.dtype, dtype))

    def get_config(self) -> dict[str, Any]:
        return {"dtype": self.dtype.name}


class Constant(Initializer):
    """A given number, list or array.

    A list or array with fewer elements than the shape is filled up with its last one; with more it
    is a ValueError. With `verify_shape` its shape must be the one asked for (TypeError).

    >>> import scopeflow as tf
    >>> tf.get_variable("table", [2, 2], initializer=tf.constant_initializer([1, 2, 3, 4]))
    <tf.Variable 'table:0' shape=(2, 2) dtype=float32_ref>
    """

    def __init__(
        self, value: Any = 0, dtype: Any = dtypes.float32, verify_shape: bool = False
    ) -> None:
        if not (np.isscalar(value) or isinstance(value, list | tuple | np.ndarray)):
            raise TypeError(
                f"Invalid type for initial value: {type(value)} (expected Python scalar, list or "
                "tuple of values, or numpy.ndarray)."
            )
        self.value = value
        self.dtype = as_dtype(dtype)
        self._verify_shape = verify_shape

    def __call__(
        self, shape: Any, dtype: Any = None, partition_info: Any = None, verify_shape: Any = None
    ) -> Any:
        verify = self._verify_shape if verify_shape is None else verify_shape
        return constant(self.value, _dtype(self.dtype, dtype), shape, verify_shape=verify)

    def get_config(self) -> dict[str, Any]:
        return {"value": self.value, "dtype": self.dtype.name}


class RandomUniform(Initializer):
    """Values evenly distributed over [minval, maxval).

    `maxval` is 1 where it is not given; for integers it must be.
    """

    def __init__(
        self, minval: Any = 0, maxval: Any = None, seed: Any = None, dtype: Any = dtypes.float32
    ) -> None:
        self.minval = minval
        self.maxval = maxval
        self.seed = seed
        self.dtype = as_dtype(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        return random_uniform(
            shape, self.minval, self.maxval, _dtype(self.dtype, dtype), seed=self.seed
        )

    def get_config(self) -> dict[str, Any]:
        return {
            "minval": self.minval,
            "maxval": self.maxval,
            "seed": self.seed,
            "dtype": self.dtype.name,
        }


class RandomNormal(Initializer):
    """Values of the normal distribution. ValueError for a dtype that is not floating-point."""

    def __init__(
        self,
        mean: Any = 0.0,
        stddev: Any = 1.0,
        seed: Any = None,
        dtype: Any = dtypes.float32,
    ) -> None:
        self.mean = mean
        self.stddev = stddev
        self.seed = seed
        self.dtype = _floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        return random_normal(
            shape, self.mean, self.stddev, _dtype(self.dtype, dtype), seed=self.seed
        )

    def get_config(self) -> dict[str, Any]:
        return {
            "mean": self.mean,
            "stddev": self.stddev,
            "seed": self.seed,
            "dtype": self.dtype.name,
        }


class TruncatedNormal(Initializer):
    """Values of the normal distribution, of those within two standard deviations of the mean.

    ValueError for a dtype that is not floating-point.
    """

    def __init__(
        self,
        mean: Any = 0.0,
        stddev: Any = 1.0,
        seed: Any = None,
        dtype: Any = dtypes.float32,
    ) -> None:
        self.mean = mean
        self.stddev = stddev
        self.seed = seed
        self.dtype = _floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        return truncated_normal(
            shape, self.mean, self.stddev, _dtype(self.dtype, dtype), seed=self.seed
        )

    def get_config(self) -> dict[str, Any]:
        return {
            "mean": self.mean,
            "stddev": self.stddev,
            "seed": self.seed,
            "dtype": self.dtype.name,
        }


class UniformUnitScaling(Initializer):
    """Values evenly distributed over ±factor · sqrt(3 / n), n the product of all dims but the last.

    They keep the scale of what a matrix of this shape is multiplied with.
    """

    def __init__(self, factor: float = 1.0, seed: Any = None, dtype: Any = dtypes.float32) -> None:
        self.factor = factor
        self.seed = seed
        self.dtype = _floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        inputs = max(math.prod(_whole(shape, partition_info)[:-1]), 1)
        limit = self.factor * math.sqrt(3.0 / inputs)
        return random_uniform(shape, -limit, limit, _dtype(self.dtype, dtype), seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return {"factor": self.factor, "seed": self.seed, "dtype": self.dtype.name}


class VarianceScaling(Initializer):
    """Values with mean 0 and variance `scale` / n, n counted from the shape.

    `mode` says what n is: the number of inputs of a unit ("fan_in"), of its outputs ("fan_out") or
    their mean ("fan_avg"). `distribution` is "uniform", "untruncated_normal", or
    "truncated_normal" (also called "normal"), whose values lie within two standard deviations of
    the normal distribution that is cut.
    """

    def __init__(
        self,
        scale: float = 1.0,
        mode: str = "fan_in",
        distribution: str = "truncated_normal",
        seed: Any = None,
        dtype: Any = dtypes.float32,
    ) -> None:
        if scale <= 0.0:
            raise ValueError("`scale` must be positive float.")
        if mode not in ("fan_in", "fan_out", "fan_avg"):
            raise ValueError(
                f"Invalid `mode` argument: {mode!r}. It is fan_in, fan_out or fan_avg."
            )
        distribution = distribution.lower()
        if distribution not in ("normal", "uniform", "truncated_normal", "untruncated_normal"):
            raise ValueError(
                f"Invalid `distribution` argument: {distribution!r}. It is truncated_normal (or "
                "normal), untruncated_normal or uniform."
            )
        self.scale = scale
        self.mode = mode
        self.distribution = distribution
        self.seed = seed
        self.dtype = _floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        wanted = _dtype(self.dtype, dtype)
        inputs, outputs = _fans(_whole(shape, partition_info))
        count = {"fan_in": inputs, "fan_out": outputs, "fan_avg": (inputs + outputs) / 2.0}
        variance = self.scale / max(1.0, count[self.mode])
        if self.distribution == "uniform":
            limit = math.sqrt(3.0 * variance)
            return random_uniform(shape, -limit, limit, wanted, seed=self.seed)
        if self.distribution == "untruncated_normal":
            return random_normal(shape, 0.0, math.sqrt(variance), wanted, seed=self.seed)
        stddev = math.sqrt(variance) / _STDDEV_OF_TRUNCATED_NORMAL
        return truncated_normal(shape, 0.0, stddev, wanted, seed=self.seed)

    def get_config(self) -> dict[str, Any]:
        return {
            "scale": self.scale,
            "mode": self.mode,
            "distribution": self.distribution,
            "seed": self.seed,
            "dtype": self.dtype.name,
        }


def _fans(dims: list[int]) -> tuple[int, int]:
    """How many inputs and outputs a unit has, of weights with this shape.

    >>> _fans([3, 3, 16, 32])
    (144, 288)
    """
    if len(dims) < 2:
        count = math.prod(dims)
        return count, count
    *window, inputs, outputs = dims
    area = math.prod(window)
    return inputs * area, outputs * area


class GlorotUniform(VarianceScaling):
    """Values evenly distributed over ±sqrt(6 / (fan_in + fan_out)) (Glorot's; Xavier's)."""

    def __init__(self, seed: Any = None, dtype: Any = dtypes.float32) -> None:
        super().__init__(1.0, "fan_avg", "uniform", seed, dtype)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed, "dtype": self.dtype.name}


class GlorotNormal(VarianceScaling):
    """Values of a truncated normal distribution with variance 2 / (fan_in + fan_out)."""

    def __init__(self, seed: Any = None, dtype: Any = dtypes.float32) -> None:
        super().__init__(1.0, "fan_avg", "truncated_normal", seed, dtype)

    def get_config(self) -> dict[str, Any]:
        return {"seed": self.seed, "dtype": self.dtype.name}


class Orthogonal(Initializer):
    """An orthogonal matrix, times `gain`; of more than two dims all but the last count as rows.

    Where it is not square, the rows or the columns (whichever are fewer) are orthonormal.
    ValueError for a shape of fewer than two dims.
    """

    def __init__(self, gain: float = 1.0, seed: Any = None, dtype: Any = dtypes.float32) -> None:
        self.gain: Any = gain
        self.seed = seed
        self.dtype = _floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        dims = [int(d) for d in shape]
        if len(dims) < 2:
            raise ValueError("The tensor to initialize must be at least two-dimensional")
        rows, columns = math.prod(dims[:-1]), dims[-1]
        tall = [max(rows, columns), min(rows, columns)]
        drawn = random_normal(tall, dtype=_dtype(self.dtype, dtype), seed=self.seed)
        q, r = qr(drawn)
        # The signs make the distribution uniform over all orthogonal matrices.
        q = q * sign(diag_part(r))
        if rows < columns:
            q = matrix_transpose(q)
        return self.gain * reshape(q, dims)

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain, "seed": self.seed, "dtype": self.dtype.name}


class Identity(Initializer):
    """The identity matrix, times `gain`. ValueError for a shape of other than two dims."""

    def __init__(self, gain: float = 1.0, dtype: Any = dtypes.float32) -> None:
        self.gain: Any = gain
        self.dtype = _floating(dtype)

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        whole = _whole(shape, partition_info)
        if len(whole) != 2:
            raise ValueError("Identity matrix initializer can only be used for 2D matrices.")
        rows, columns = whole
        made = eye(rows, columns, dtype=_dtype(self.dtype, dtype))
        if partition_info is not None:
            made = slice(made, partition_info.var_offset, shape)
        return self.gain * made

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain, "dtype": self.dtype.name}


def he_normal(seed: Any = None) -> VarianceScaling:
    """A truncated normal distribution with variance 2 / fan_in, for layers that end in a ReLU."""
    return VarianceScaling(2.0, "fan_in", "truncated_normal", seed)


def he_uniform(seed: Any = None) -> VarianceScaling:
    """The uniform distribution over ±sqrt(6 / fan_in), for layers that end in a ReLU."""
    return VarianceScaling(2.0, "fan_in", "uniform", seed)


def lecun_normal(seed: Any = None) -> VarianceScaling:
    """A truncated normal distribution with variance 1 / fan_in."""
    return VarianceScaling(1.0, "fan_in", "truncated_normal", seed)


def lecun_uniform(seed: Any = None) -> VarianceScaling:
    """The uniform distribution over ±sqrt(3 / fan_in)."""
    return VarianceScaling(1.0, "fan_in", "uniform", seed)


zeros_initializer = Zeros
ones_initializer = Ones
constant_initializer = Constant
random_uniform_initializer = RandomUniform
random_normal_initializer = RandomNormal
truncated_normal_initializer = TruncatedNormal
uniform_unit_scaling_initializer = UniformUnitScaling
variance_scaling_initializer = VarianceScaling
orthogonal_initializer = Orthogonal
glorot_uniform_initializer = GlorotUniform
glorot_normal_initializer = GlorotNormal
identity_initializer = Identity
