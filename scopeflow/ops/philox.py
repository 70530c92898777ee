"""TensorFlow's random numbers from a key and a counter: Philox4x32-10.

The generator is that of Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2,
3" (2011): ten rounds make four words of each counter. How TensorFlow makes numbers of the words was
found by comparing with TF 1.15.5: bits of the mantissa for [1, 2), less 1; normal ones by Box and
Muller's formula; integers by the remainder.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

_WORD = 0xFFFFFFFF
_ROUNDS = 10
_FACTORS = (0xD2511F53, 0xCD9E8D57)
_STEPS = (0x9E3779B9, 0xBB67AE85)
_SCRAMBLER = (0x3EC8F720, 0x02461E29)
"""The key under which a seed of two integers becomes a key and a counter."""
_TRIED = 64
"""For each truncated normal number so many words are reserved."""


def _mixed(counter: list[np.ndarray], key: tuple[int, int]) -> list[np.ndarray]:
    """The four words (in uint64) that belong to each counter, given as its four words."""
    first, second = (np.uint64(factor) for factor in _FACTORS)
    low, high = np.uint64(_WORD), np.uint64(32)
    a, b, c, d = counter
    for turn in range(_ROUNDS):
        k, m = ((key[i] + turn * _STEPS[i]) & _WORD for i in (0, 1))
        p, q = a * first, c * second
        a, b = (q >> high) ^ b ^ np.uint64(k), q & low
        c, d = (p >> high) ^ d ^ np.uint64(m), p & low
    return [a, b, c, d]


class Philox(NamedTuple):
    """A stream of words: its key, and where its counter, a number of 128 bits, begins."""

    key: int
    counter: int = 0

    def words(self, offsets: np.ndarray) -> np.ndarray:
        """uint32 [count, 4]: the words of the counters that many steps on."""
        low, high = self.counter & (2**64 - 1), self.counter >> 64
        below = offsets.astype(np.uint64) + np.uint64(low)  # wraps around
        above = np.uint64(high) + (below < np.uint64(low)).astype(np.uint64)
        half, mask = np.uint64(32), np.uint64(_WORD)
        parts = [below & mask, below >> half, above & mask, above >> half]
        mixed = _mixed(parts, (self.key & _WORD, self.key >> 32))
        return np.stack(mixed, axis=-1).astype(np.uint32)

    def first(self, count: int) -> np.ndarray:
        """uint32 [count]: the stream's first words."""
        return self.words(np.arange(-(-count // 4))).reshape(-1)[:count]


def seeded(seed: Any) -> Philox:
    """The stream of a seed of two integers, as the stateless ops have it."""
    first, second = (int(number) % 2**64 for number in seed)
    parts = (first & _WORD, first >> 32, second & _WORD, second >> 32)
    a, b, c, d = (int(w) for w in _mixed([np.array(p, np.uint64) for p in parts], _SCRAMBLER))
    return Philox(a | b << 32, (c | d << 32) << 64)


def _pairs(words: np.ndarray) -> np.ndarray:
    """Numbers of 64 bits, of which the lower half comes first."""
    low, high = words.reshape(-1, 2).astype(np.uint64).T
    return low | high << np.uint64(32)


def _unit(words: np.ndarray, kind: str) -> np.ndarray:
    """Words as numbers in [0, 1): two of them each for float64."""
    if kind == "float64":
        high, low = words.reshape(-1, 2).astype(np.uint64).T
        bits = np.uint64(1023 << 52) | (high & np.uint64(0xFFFFF)) << np.uint64(32) | low
        return bits.view(np.float64) - 1
    if kind == "float16":
        bits = np.uint16(15 << 10) | (words & np.uint32(0x3FF)).astype(np.uint16)
        return bits.view(np.float16) - np.float16(1)
    if kind == "bfloat16":  # as float32
        bits = (np.uint32(127 << 7) | words & np.uint32(0x7F)) << np.uint32(16)
    else:
        bits = np.uint32(127 << 23) | words & np.uint32(0x7FFFFF)
    return bits.view(np.float32) - np.float32(1)


def _normal(words: np.ndarray, wide: bool) -> np.ndarray:
    """Words as normal numbers, two for two uniform ones."""
    units = _unit(words, "float64" if wide else "float32").reshape(-1, 2)
    angle = units[:, 1] * units.dtype.type(2 * np.pi)
    length = np.sqrt(-2 * np.log(np.maximum(units[:, 0], units.dtype.type(1e-7))))
    return np.stack([np.sin(angle) * length, np.cos(angle) * length], axis=-1).reshape(-1)


def uniform(stream: Philox, count: int, kind: str) -> np.ndarray:
    """Numbers in [0, 1) of a floating dtype (bfloat16 ones as float32)."""
    each = 2 if kind == "float64" else 1
    return _unit(stream.first(each * count), kind)


def normal(stream: Philox, count: int, kind: str) -> np.ndarray:
    """Standard normal numbers, in float64 for that dtype, else in float32."""
    wide = kind == "float64"
    even = count + count % 2
    return _normal(stream.first(2 * even if wide else even), wide)[:count]


def truncated_normal(stream: Philox, count: int, kind: str) -> np.ndarray:
    """Normal numbers within two standard deviations.

    Those of one counter belong together: they are taken from the counters that are reserved for
    them, in order, without those outside.
    """
    wide = kind == "float64"
    each = 2 if wide else 4
    groups = -(-count // each)
    found = np.zeros((groups, each + 1), np.float64 if wide else np.float32)
    filled = np.zeros(groups, np.int64)
    active, step = np.arange(groups), 0
    while len(active):
        drawn = _normal(stream.words(active * (each * _TRIED) + step), wide).reshape(-1, each)
        for column in drawn.T:
            at = filled[active]
            found[active, at] = column  # the last place is for what is not needed
            filled[active] = np.minimum(at + (np.abs(column) < 2), each)
        active, step = active[filled[active] < each], step + 1
    return found[:, :each].reshape(-1)[:count]


def integers(stream: Philox, count: int, low: int, high: int, kind: str) -> np.ndarray:
    """Integers in [low, high) of an integer dtype of 32 or 64 bits."""
    words = full_integers(stream, count, kind)
    span = words.dtype.type(high - low)
    return (words % span + words.dtype.type(low % 2 ** (8 * words.itemsize))).view(kind)


def full_integers(stream: Philox, count: int, kind: str) -> np.ndarray:
    """Unsigned integers over the whole range of an integer dtype of 32 or 64 bits."""
    return _pairs(stream.first(2 * count)) if kind.endswith("64") else stream.first(count)
