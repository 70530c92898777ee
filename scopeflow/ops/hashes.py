"""Hash functions of bytes: FarmHash's Fingerprint64, MurmurHash64A, SipHash-2-4.

Fingerprint64 is what `tf.string_to_hash_bucket_fast` and feature columns use, so its numbers stand
in trained models; Murmur's are `tf.string_to_hash_bucket`'s, SipHash's are those with a key.
"""

from __future__ import annotations

_MASK = (1 << 64) - 1
_K0, _K1, _K2 = 0xC3A5C85C97CB3127, 0xB492B66FBE98F273, 0x9AE16A3B2F90404F


def _word(text: bytes, at: int, size: int = 8) -> int:
    return int.from_bytes(text[at : at + size], "little")


def _rotated(value: int, count: int) -> int:
    """Rotated to the right."""
    value &= _MASK
    return ((value >> count) | (value << (64 - count))) & _MASK


def _mixed(value: int) -> int:
    value &= _MASK
    return value ^ (value >> 47)


def _pair(u: int, v: int, factor: int) -> int:
    a = _mixed((u ^ v) * factor)
    return _mixed((v ^ a) * factor) * factor & _MASK


def fingerprint64(text: bytes) -> int:
    """FarmHash's Fingerprint64, which never changes.

    >>> fingerprint64(b"hello") % 10
    6
    """
    length = len(text)
    if length <= 16:
        return _up_to_16(text, length)
    if length <= 64:
        return _up_to_64(text, length)
    return _longer(text, length)


def _up_to_16(text: bytes, length: int) -> int:
    factor = _K2 + 2 * length
    if length >= 8:
        a, b = _word(text, 0) + _K2, _word(text, length - 8)
        c = _rotated(b, 37) * factor + a
        d = (_rotated(a, 25) + b) * factor
        return _pair(c & _MASK, d & _MASK, factor)
    if length >= 4:
        low, high = _word(text, 0, 4), _word(text, length - 4, 4)
        return _pair(length + (low << 3), high, factor)
    if length:
        y = text[0] + (text[length >> 1] << 8)
        z = length + (text[-1] << 2)
        return _mixed((y * _K2 ^ z * _K0) & _MASK) * _K2 & _MASK
    return _K2


def _up_to_64(text: bytes, length: int) -> int:
    factor = _K2 + 2 * length
    short = length <= 32
    a, b = _word(text, 0) * (_K1 if short else _K2) & _MASK, _word(text, 8)
    c, d = _word(text, length - 8) * factor, _word(text, length - 16) * _K2
    y = (_rotated(a + b, 43) + _rotated(c, 30) + d) & _MASK
    z = _pair(y, (a + _rotated(b + _K2, 18) + c) & _MASK, factor)
    if short:
        return z
    e, f = _word(text, 16) * factor & _MASK, _word(text, 24)
    g = (y + _word(text, length - 32)) * factor
    h = (z + _word(text, length - 24)) * factor
    return _pair(
        (_rotated(e + f, 43) + _rotated(g, 30) + h) & _MASK,
        (e + _rotated(f + a, 18) + g) & _MASK,
        factor,
    )


def _weak(text: bytes, at: int, a: int, b: int) -> tuple[int, int]:
    """Two seeds mixed with the 32 bytes at a place."""
    w, x, y, z = (_word(text, at + i) for i in (0, 8, 16, 24))
    a += w
    b = _rotated(b + a + z, 21)
    c = a
    a += x + y
    return (a + z) & _MASK, (b + _rotated(a, 44) + c) & _MASK


def _longer(text: bytes, length: int) -> int:
    y = (81 * _K1 + 113) & _MASK
    z = _mixed(y * _K2 + 113) * _K2 & _MASK
    v = w = (0, 0)
    x = (81 * _K2 + _word(text, 0)) & _MASK
    end = (length - 1) // 64 * 64
    at, factor, times = 0, _K1, 1
    while True:
        last = at == end
        if last:  # the last 64 bytes, which may have been seen in part
            at = length - 64
            factor, times = _K1 + ((z & 0xFF) << 1), 9
            first = w[0] + ((length - 1) & 63)
            v = ((v[0] + first) & _MASK, v[1])
            w = ((first + v[0]) & _MASK, w[1])
        x = _rotated(x + y + v[0] + _word(text, at + 8), 37) * factor & _MASK
        y = _rotated(y + v[1] + _word(text, at + 48), 42) * factor & _MASK
        x ^= w[1] * times & _MASK
        y = (y + v[0] * times + _word(text, at + 40)) & _MASK
        z = _rotated(z + w[0], 33) * factor & _MASK
        v = _weak(text, at, v[1] * factor & _MASK, (x + w[0]) & _MASK)
        w = _weak(text, at + 32, (z + w[1]) & _MASK, (y + _word(text, at + 16)) & _MASK)
        z, x = x, z
        if last:
            break
        at += 64
    return _pair(
        (_pair(v[0], w[0], factor) + _mixed(y) * _K0 + z) & _MASK,
        (_pair(v[1], w[1], factor) + x) & _MASK,
        factor,
    )


def murmur64(text: bytes, seed: int = 0xDECAFCAFFE) -> int:
    """MurmurHash64A."""
    factor = 0xC6A4A7935BD1E995
    length = len(text)
    found = seed ^ (length * factor & _MASK)
    whole = length // 8 * 8
    for at in range(0, whole, 8):
        word = _mixed(_word(text, at) * factor) * factor & _MASK
        found = (found ^ word) * factor & _MASK
    if length > whole:
        found = (found ^ _word(text, whole, length - whole)) * factor & _MASK
    return _mixed(_mixed(found) * factor)


def siphash(text: bytes, key: tuple[int, int]) -> int:
    """SipHash-2-4 with a key of two 64-bit numbers."""
    k0, k1 = (part & _MASK for part in key)
    state = [
        k0 ^ 0x736F6D6570736575,
        k1 ^ 0x646F72616E646F6D,
        k0 ^ 0x6C7967656E657261,
        k1 ^ 0x7465646279746573,
    ]
    whole = len(text) // 8 * 8
    words = [_word(text, at) for at in range(0, whole, 8)]
    words.append(_word(text, whole) | (len(text) & 0xFF) << 56)
    for word in words:
        state[3] ^= word
        _rounds(state, 2)
        state[0] ^= word
    state[2] ^= 0xFF
    _rounds(state, 4)
    return state[0] ^ state[1] ^ state[2] ^ state[3]


def _rounds(state: list[int], count: int) -> None:
    a, b, c, d = state
    for _ in range(count):
        a = (a + b) & _MASK
        b = _rotated(b, 64 - 13) ^ a
        a = _rotated(a, 32)
        c = (c + d) & _MASK
        d = _rotated(d, 64 - 16) ^ c
        a = (a + d) & _MASK
        d = _rotated(d, 64 - 21) ^ a
        c = (c + b) & _MASK
        b = _rotated(b, 64 - 17) ^ c
        c = _rotated(c, 32)
    state[:] = a, b, c, d


def fingerprint_pair(first: int, second: int) -> int:
    """One fingerprint of two."""
    factor = 0xC6A4A7935BD1E995
    found = first ^ factor ^ (_mixed(second * factor) * factor & _MASK)
    return _mixed(_mixed(found * factor) * factor)
