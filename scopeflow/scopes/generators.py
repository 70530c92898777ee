"""`tf.random.experimental`: generators of random numbers whose state is a variable."""

from __future__ import annotations

import secrets
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.context import get_default_graph
from ..core.convert import convert_to_tensor
from ..core.dtypes import as_dtype
from ..core.graph import name_scope
from ..core.operation import Operation, Tensor
from ..ops import stateful_random as ops
from ..ops.filling import zeros_like
from ..ops.joining import stack
from ..ops.math import Add, Mul, Sub
from ..ops.stateless_random import _shape_of
from .variable import Variable

_PHILOX, _THREEFRY = 1, 2
_SIZES = {_PHILOX: 3, _THREEFRY: 2}
_GLOBAL = "random generator"


def _size_of(algorithm: Any) -> int:
    if algorithm not in _SIZES:
        raise ValueError(f"Unsupported algorithm id: {algorithm}")
    return _SIZES[algorithm]


def create_rng_state(seed: Any, algorithm: int) -> np.ndarray:
    """The int64 state that a generator of this algorithm (1 is Philox) begins with.

    Of an int the first 64-bit words, the low one first; of a list the first numbers, after zeros
    where it has too few. ValueError for an unknown algorithm.
    """
    size = _size_of(algorithm)
    if np.ndim(seed) == 0:
        words = [int(seed) >> 64 * i & (2**64 - 1) for i in range(size)]
        return np.array(words, np.uint64).view(np.int64)
    given = np.asarray(seed).astype(np.int64)[:size]
    return np.concatenate([np.zeros(size - len(given), np.int64), given])


class Generator:
    """Random numbers from a state that moves on with each draw: TensorFlow's numbers (Philox).

    Made by `from_seed` and its kin, or as a copy of another one; the state is a variable, to be
    initialized like any other. `alg` is 1; other generators have no numbers here.
    """

    def __init__(
        self, copy_from: Generator | None = None, state: Any = None, alg: int | None = None
    ) -> None:
        if copy_from is not None:
            if state is not None or alg is not None:
                raise ValueError("A copy has the state and the algorithm of the other generator.")
            state, alg = copy_from.state.initialized_value(), copy_from.algorithm
        elif state is None or alg is None:
            raise ValueError("Generator needs a generator to copy, or `state` and `alg`.")
        size = _size_of(alg)
        state = convert_to_tensor(state, dtypes.int64)
        state.shape.assert_is_compatible_with([size])
        self._alg = alg
        self._state: Any = Variable(state, dtype=dtypes.int64, trainable=False, use_resource=True)

    @classmethod
    def from_state(cls, state: Any, alg: int) -> Generator:
        """A generator with this state: two words of the counter, then the key."""
        return cls(state=state, alg=alg)

    @classmethod
    def from_seed(cls, seed: Any, alg: int | None = None) -> Generator:
        """A generator with the state that `create_rng_state` makes of the seed."""
        alg = _PHILOX if alg is None else alg
        return cls(state=create_rng_state(seed, alg), alg=alg)

    @classmethod
    def from_non_deterministic_state(cls, alg: int | None = None) -> Generator:
        """A generator that starts anywhere."""
        alg = _PHILOX if alg is None else alg
        words = [secrets.randbits(64) for _ in range(_size_of(alg))]
        return cls(state=np.array(words, np.uint64).view(np.int64), alg=alg)

    @classmethod
    def from_key_counter(cls, key: Any, counter: Any, alg: int) -> Generator:
        """A generator with this key, an int64, and counter, two of them (low one first)."""
        return cls(state=_state_of(key, counter, alg), alg=alg)

    @property
    def algorithm(self) -> int:
        """The number of the algorithm."""
        return self._alg

    @property
    def state(self) -> Any:
        """The variable that holds the state."""
        return self._state

    @property
    def key(self) -> Tensor:
        """The key."""
        return self._state.value()[2 if self._alg == _PHILOX else 1]

    def reset(self, state: Any) -> Operation:
        """An op that sets the state."""
        return self._state.assign(convert_to_tensor(state, dtypes.int64)).op

    def reset_from_seed(self, seed: Any) -> Operation:
        """An op that sets the state to that of a seed."""
        return self.reset(create_rng_state(seed, self._alg))

    def reset_from_key_counter(self, key: Any, counter: Any) -> Operation:
        """An op that sets key and counter."""
        return self.reset(_state_of(key, counter, self._alg))

    def skip(self, delta: Any) -> Operation:
        """An op that moves on as if `delta` numbers had been drawn."""
        return ops.RngSkip(self._state.handle, self._alg, delta)

    def _draw(self, make: Any, shape: Any, *more: Any, **attrs: Any) -> Tensor:
        return make(self._state.handle, self._alg, _shape_of(shape), *more, **attrs)

    def _scaled(
        self, make: Any, scope: str, shape: Any, mean: Any, stddev: Any, dtype: Any
    ) -> Tensor:
        wanted = as_dtype(dtype).base_dtype
        mean = convert_to_tensor(mean, wanted, name="mean")
        stddev = convert_to_tensor(stddev, wanted, name="stddev")
        drawn = self._draw(make, shape, dtype=wanted)
        return Add(Mul(drawn, stddev, name="mul"), mean, name=scope)

    def normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = dtypes.float32,
        name: str | None = None,
    ) -> Tensor:  # fmt: skip
        """Numbers of a normal distribution."""
        with name_scope(name, "stateful_normal", [shape, mean, stddev]) as scope:
            return self._scaled(ops.StatefulStandardNormalV2, scope, shape, mean, stddev, dtype)

    def truncated_normal(
        self, shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = dtypes.float32,
        name: str | None = None,
    ) -> Tensor:  # fmt: skip
        """Numbers of a normal distribution within two standard deviations of the mean."""
        with name_scope(name, "truncated_normal", [shape, mean, stddev]) as scope:
            return self._scaled(ops.StatefulTruncatedNormal, scope, shape, mean, stddev, dtype)

    def uniform(
        self, shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = dtypes.float32,
        name: str | None = None,
    ) -> Tensor:  # fmt: skip
        """Numbers in [minval, maxval); for integers `maxval` must be given (ValueError)."""
        wanted = as_dtype(dtype).base_dtype
        if maxval is None:
            if wanted.is_integer:
                raise ValueError(f"Must specify maxval for integer dtype {wanted!r}")
            maxval = 1
        with name_scope(name, "stateful_uniform", [shape, minval, maxval]) as scope:
            low = convert_to_tensor(minval, wanted, name="min")
            high = convert_to_tensor(maxval, wanted, name="max")
            if wanted.is_integer:
                return self._draw(ops.StatefulUniformInt, shape, low, high, name=scope)
            drawn = self._draw(ops.StatefulUniform, shape, dtype=wanted)
            return Add(Mul(drawn, Sub(high, low, name="sub"), name="mul"), low, name=scope)

    def uniform_full_int(
        self, shape: Any, dtype: Any = dtypes.uint64, name: str | None = None
    ) -> Tensor:
        """Integers over the whole range of the dtype (of 32 or 64 bits)."""
        with name_scope(name, "stateful_uniform_full_int", [shape]) as scope:
            wanted = as_dtype(dtype).base_dtype
            return self._draw(ops.StatefulUniformFullInt, shape, dtype=wanted, name=scope)

    def binomial(
        self,
        shape: Any,
        counts: Any,
        probs: Any,
        dtype: Any = dtypes.int32,
        name: str | None = None,
    ) -> Tensor:
        """Not built."""
        raise NotImplementedError(
            "Generator.binomial: not built. Count draws instead: tf.reduce_sum(tf.cast("
            "generator.uniform([counts, *shape]) < probs, dtype), 0)."
        )

    def make_seeds(self, count: int = 1) -> Tensor:
        """int64 [2, count]: seeds for the stateless functions, one a column."""
        drawn = self.uniform_full_int([count], dtypes.int64)
        return stack([drawn, zeros_like(drawn)])

    def split(self, count: int = 1) -> list[Generator]:
        """Not built: without eager execution the new generators' states are not known."""
        raise NotImplementedError(
            "Generator.split: the new generators would start from numbers that are drawn first. "
            "Make them with from_seed, or use make_seeds and tf.random.stateless_uniform."
        )


def _state_of(key: Any, counter: Any, algorithm: int) -> Tensor:
    size = _size_of(algorithm)
    counter = convert_to_tensor(counter, dtypes.int64)
    counter.shape.assert_is_compatible_with([size - 1])
    from ..ops.array import reshape
    from ..ops.joining import concat

    return concat([counter, reshape(convert_to_tensor(key, dtypes.int64), [1])], 0)


def get_global_generator() -> Generator:
    """The default graph's own generator, made at the first call; it starts anywhere."""
    held = get_default_graph().held
    if _GLOBAL not in held:
        held[_GLOBAL] = Generator.from_non_deterministic_state()
    return held[_GLOBAL]


def set_global_generator(generator: Generator) -> None:
    """From now on `get_global_generator` gives this one in the default graph."""
    get_default_graph().held[_GLOBAL] = generator
