"""Strings and numbers: formatting, parsing, hashing, base64."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.dtypes import as_dtype
from ..core.op import ShapeError, define, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import unchanged
from ..core.types import BOOL, COMPLEX, SIGNED, TypeSet
from .array import _one_of
from .hashes import fingerprint64, murmur64, siphash
from .texts import array_of, each, tensor_of

# Numbers as text.

_SHOWN = SIGNED | TypeSet(dtypes.float32, dtypes.float64) | BOOL | COMPLEX


@op("T -> string", shape=unchanged, T=_SHOWN, differentiable=False)
def AsString(input, *, precision=-1, scientific=False, shortest=False, width=-1, fill=""):
    """Numbers as C's printf writes them."""
    if len(fill) > 1:
        raise ValueError(f"Fill string must be one or fewer characters, got {fill!r}")
    if scientific and shortest:
        raise ValueError("Cannot select both scientific and shortest notation")
    whole = not (input.is_floating_point() or input.is_complex())
    if whole and (precision >= 0 or scientific or shortest):
        raise ValueError("precision, scientific and shortest are for floats only")
    if fill not in ("", " ", "+", "-", "0", "#"):
        raise ValueError(f"Fill argument not supported: {fill!r}")
    letter = "d" if whole else "e" if scientific else "g" if shortest else "f"
    flag = "" if fill == " " else fill
    size = f"{width}" if width > -1 else ""
    after = f".{precision}" if precision > -1 and not whole else ""
    template = f"%{flag}{size}{after}{letter}"

    def text(number: Any) -> bytes:
        if isinstance(number, bool):
            return b"true" if number else b"false"
        if isinstance(number, complex):
            return f"({template % number.real},{template % number.imag})".encode()
        return (template % number).encode()

    return array_of(map(text, input.reshape(-1).tolist()), tuple(input.shape))


def as_string(
    input: Any,
    precision: int = -1,
    scientific: bool = False,
    shortest: bool = False,
    width: int = -1,
    fill: str = "",
    name: str | None = None,
) -> Tensor:
    """Numbers as text, as C's printf writes them: %d, and %f, %e (scientific) or %g (shortest).

    `precision` digits follow the point; the text is at least `width` long, filled up by `fill`
    ("" for blanks, "0" for zeros, "-" for blanks behind). Booleans give "true" and "false".
    """
    return AsString(input, precision, scientific, shortest, width, fill, name=name)


# Text as numbers.

_PARSED = TypeSet(dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64)
_INTEGER = re.compile(rb"[+-]?\d+")
_FLOAT = re.compile(
    rb"[+-]?(\d+\.?\d*([eE][+-]?\d+)?|\.\d+([eE][+-]?\d+)?|inf|infinity|nan|"
    rb"0x[\da-f]+\.?[\da-f]*(p[+-]?\d+)?)",
    re.IGNORECASE,
)


def _parsed(text: bytes, dtype: Any) -> Any:
    bare = text.strip()
    if dtype.is_floating_point:
        if _FLOAT.fullmatch(bare):
            word = bare.decode()
            return float.fromhex(word) if "x" in word.lower() else float(word)
    elif _INTEGER.fullmatch(bare):
        number, limits = int(bare), np.iinfo(f"int{8 * dtype.itemsize}")
        if limits.min <= number <= limits.max:
            return number
    shown = text.decode("utf-8", "replace")
    raise ValueError(f"StringToNumberOp could not correctly convert string: {shown}")


@op("string -> out_type", shape=unchanged, out_type=_PARSED)
def StringToNumber(string_tensor, *, device, out_type=dtypes.float32):
    """The numbers that the strings spell."""
    kind = str(out_type).removeprefix("torch.")
    return tensor_of(each(lambda text: _parsed(text, out_type), string_tensor), kind, device)


def string_to_number(
    string_tensor: Any = None,
    out_type: Any = dtypes.float32,
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """The number that each string spells, float32, float64, int32 or int64.

    `input` is another name of `string_tensor`. InvalidArgumentError when running for other strings
    and for integers that do not fit.
    """
    text = _one_of("string_tensor", string_tensor, "input", input)
    return StringToNumber(text, as_dtype(out_type), name=name)


# Hashes.


def _bucket_shape(input: Tensor, *, num_buckets: int, **_: Any) -> Dims:
    if num_buckets < 1:
        raise ShapeError(f"Attr 'num_buckets' must be at least minimum 1, got {num_buckets}")
    return input._dims


def _buckets(function: Callable[[bytes], int], input: np.ndarray, count: int, device: Any) -> Any:
    return tensor_of(each(lambda text: function(text) % count, input), np.int64, device)


@op("string -> int64", shape=_bucket_shape)
def StringToHashBucketFast(input, *, device, num_buckets):
    """FarmHash's Fingerprint64 modulo num_buckets."""
    return _buckets(fingerprint64, input, num_buckets, device)


@op("string -> int64", shape=lambda string_tensor, **k: _bucket_shape(string_tensor, **k))
def StringToHashBucket(string_tensor, *, device, num_buckets):
    """MurmurHash64A modulo num_buckets."""
    return _buckets(murmur64, string_tensor, num_buckets, device)


@op("string -> int64", shape=_bucket_shape)
def StringToHashBucketStrong(input, *, device, num_buckets, key):
    """SipHash with the key (two integers) modulo num_buckets."""
    if len(key) != 2:
        raise ValueError(f"Key must have 2 elements, got {len(key)}")
    return _buckets(lambda text: siphash(text, key), input, num_buckets, device)


def string_to_hash_bucket(
    string_tensor: Any = None,
    num_buckets: int | None = None,
    name: str | None = None,
    input: Any = None,
) -> Tensor:
    """A number in [0, num_buckets) for each string; `input` is another name of `string_tensor`.

    `tf.string_to_hash_bucket_fast` is the function for models that are kept.
    """
    text = _one_of("string_tensor", string_tensor, "input", input)
    return StringToHashBucket(text, num_buckets, name=name)


def string_to_hash_bucket_fast(input: Any, num_buckets: int, name: str | None = None) -> Tensor:
    """A number in [0, num_buckets) for each string, by FarmHash's Fingerprint64."""
    return StringToHashBucketFast(input, num_buckets, name=name)


def string_to_hash_bucket_strong(
    input: Any, num_buckets: int, key: Any, name: str | None = None
) -> Tensor:
    """A number in [0, num_buckets) for each string, by SipHash with `key`, two integers.

    Who does not know the key cannot find strings that fall into one bucket.
    """
    return StringToHashBucketStrong(input, num_buckets, list(key), name=name)


# Base64, with the letters that may stand in an address: - and _.


@op("string -> string", shape=unchanged)
def EncodeBase64(input, *, pad=False):
    """Each string in base64 for addresses, with = at its end if `pad`."""

    def encode(text: bytes) -> bytes:
        found = base64.urlsafe_b64encode(text)
        return found if pad else found.rstrip(b"=")

    return each(encode, input)


def _decode64(text: bytes) -> bytes:
    bare = text.rstrip(b"=")
    if re.fullmatch(rb"[\w-]*", bare, re.ASCII) and len(text) - len(bare) <= 2:
        try:
            return base64.urlsafe_b64decode(bare + b"=" * (-len(bare) % 4))
        except binascii.Error:
            pass
    raise ValueError(f"Invalid character found in base64: {text!r} (- and _ stand for + and /)")


DecodeBase64 = define(
    "DecodeBase64", ["input"], "string -> string",
    lambda input: each(_decode64, input),
    shape=unchanged, doc="What is in base64 for addresses, padded or not.",
)  # fmt: skip
encode_base64, decode_base64 = EncodeBase64, DecodeBase64
