"""Initializers of convolutions that keep the norm of what they are applied to.

They follow "Dynamical Isometry and a Mean Field Theory of CNNs" (Xiao et al., 2018): the kernel is
an orthogonal matrix at its middle point (delta), or a product of kernels of size 2, which are made
of projections, and an orthogonal matrix.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from functools import reduce
from typing import Any

import scopeflow as tf

Point = tuple[int, ...]
Kernel = dict[Point, Any]
"""The matrix at each point of a kernel."""


class _Convolutional(tf.keras.initializers.Initializer):
    """What these initializers share: their arguments and the checks of the shape."""

    def __init__(self, gain: float = 1.0, seed: Any = None, dtype: Any = tf.float32) -> None:
        self.gain: Any = gain
        self.seed = seed
        self.dtype = tf.as_dtype(dtype)
        if not self.dtype.is_floating:
            raise ValueError(f"Expected floating point type, got {self.dtype}.")

    def __call__(self, shape: Any, dtype: Any = None, partition_info: Any = None) -> Any:
        dims = [int(d) for d in shape]
        self._check_rank(len(dims))
        if dims[-2] > dims[-1]:
            raise ValueError("In_filters cannot be greater than out_filters.")
        draws = _Draws(self.seed, self.dtype if dtype is None else tf.as_dtype(dtype))
        kernel = self._kernel(dims, draws)
        nothing = tf.zeros(dims[-2:], draws.dtype)
        points = itertools.product(*(range(size) for size in dims[:-2]))
        return self.gain * tf.reshape(tf.stack([kernel.get(p, nothing) for p in points]), dims)

    def get_config(self) -> dict[str, Any]:
        return {"gain": self.gain, "seed": self.seed, "dtype": self.dtype.name}

    def _check_rank(self, rank: int) -> None:
        raise NotImplementedError

    def _kernel(self, dims: list[int], draws: _Draws) -> Kernel:
        raise NotImplementedError


class _Draws:
    """Random matrices; with a seed each has a seed of its own."""

    def __init__(self, seed: Any, dtype: Any) -> None:
        one_each: Iterator[Any] = itertools.repeat(None)
        self._seeds = one_each if seed is None else itertools.count(seed)
        self.dtype = dtype

    def orthogonal(self, size: int) -> Any:
        """A matrix of the uniform distribution over all orthogonal ones."""
        drawn = tf.random_normal([size, size], dtype=self.dtype, seed=next(self._seeds))
        q, r = tf.qr(drawn)
        return q * tf.sign(tf.diag_part(r))

    def projection(self, size: int) -> Any:
        """A symmetric projection to a random subspace: each of the directions is in or out."""
        q = self.orthogonal(size)
        drawn = tf.random_uniform([size], dtype=self.dtype, seed=next(self._seeds))
        return tf.matmul(q * tf.cast(drawn < 0.5, self.dtype), tf.matrix_transpose(q))


class ConvolutionDeltaOrthogonal(_Convolutional):
    """An orthogonal matrix, times `gain`, at the middle of a kernel that is 0 elsewhere.

    For kernels of one to three dimensions. ValueError for more input filters than output filters.
    """

    def _check_rank(self, rank: int) -> None:
        if not 3 <= rank <= 5:
            raise ValueError(
                "The tensor to initialize must be at least three-dimensional and at most "
                "five-dimensional"
            )

    def _kernel(self, dims: list[int], draws: _Draws) -> Kernel:
        middle = tuple((size - 1) // 2 for size in dims[:-2])
        return {middle: draws.orthogonal(dims[-1])[: dims[-2]]}


class _Orthogonal(_Convolutional):
    """A kernel that is orthogonal as an operation on signals that go around."""

    _spatial: int
    _rank: str

    def _check_rank(self, rank: int) -> None:
        if rank != self._spatial + 2:
            raise ValueError(f"The tensor to initialize must be {self._rank}-dimensional")

    def _kernel(self, dims: list[int], draws: _Draws) -> Kernel:
        sizes = dims[:-2]
        if len(set(sizes)) > 1:
            raise ValueError("Kernel sizes must be equal.")
        inputs, outputs = dims[-2:]
        start: Kernel = {(0,) * self._spatial: draws.orthogonal(outputs)[:inputs]}
        blocks = (self._block(outputs, draws) for _ in range(sizes[0] - 1))
        return reduce(_product, blocks, start)

    def _block(self, size: int, draws: _Draws) -> Kernel:
        """A kernel of size 2: along each dimension a projection, or what it leaves out."""
        one = tf.eye(size, dtype=draws.dtype)
        sides = [(p, one - p) for p in (draws.projection(size) for _ in range(self._spatial))]
        return {
            point: reduce(tf.matmul, (side[i] for side, i in zip(sides, point, strict=True)))
            for point in itertools.product((0, 1), repeat=self._spatial)
        }


def _product(first: Kernel, second: Kernel) -> Kernel:
    """The kernel that does what the two do one after the other."""
    found: Kernel = {}
    for (p, a), (q, b) in itertools.product(first.items(), second.items()):
        point = tuple(i + j for i, j in zip(p, q, strict=True))
        term = tf.matmul(a, b)
        found[point] = term if point not in found else found[point] + term
    return found


class ConvolutionOrthogonal1D(_Orthogonal):
    """An orthogonal kernel of a convolution in one dimension, times `gain`."""

    _spatial = 1
    _rank = "three"


class ConvolutionOrthogonal2D(_Orthogonal):
    """An orthogonal kernel of a convolution in two dimensions, times `gain`; it is square."""

    _spatial = 2
    _rank = "four"


class ConvolutionOrthogonal3D(_Orthogonal):
    """An orthogonal kernel of a convolution in three dimensions, times `gain`; it is a cube."""

    _spatial = 3
    _rank = "five"
