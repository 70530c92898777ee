"""Discrete Fourier transforms of the last one, two or three dimensions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import ShapeError, define
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_at_least, rank_is
from ..core.static_value import static_value
from ..core.types import COMPLEX
from .array import shape as shape_of
from .constant import constant
from .filling import zeros_like
from .padding import pad

_DIMS = {"": 1, "2D": 2, "3D": 3}


def _complex(name: str, count: int, inverse: bool) -> Callable[..., Tensor]:
    def kernel(input: Any) -> Any:
        if not input.numel():
            return input.clone()
        transform = torch.fft.ifftn if inverse else torch.fft.fftn
        return transform(input, dim=tuple(range(-count, 0)))

    what = "inverse Fourier transform" if inverse else "Fourier transform"
    return define(
        name,
        ["input"],
        "Tcomplex -> Tcomplex",
        kernel,
        shape=lambda input: rank_at_least(input, count),
        doc=f"The discrete {what} over the last {count} dimension(s).",
        Tcomplex=COMPLEX,
    )


def _lengths(fft_length: Tensor, count: int) -> list[int | None]:
    (given,) = rank_is(fft_length, 1)  # type: ignore[misc]
    if given not in (None, count):
        raise ShapeError(f"Shape must have {count} elements but has {given}")
    known = static_value(fft_length)
    return list(known) if isinstance(known, tuple) else [None] * count


def _real(name: str, count: int) -> Callable[..., Tensor]:
    def kernel(input: Any, fft_length: Any) -> Any:
        dims = tuple(range(-count, 0))
        for axis, length in zip(dims, fft_length, strict=True):
            if input.shape[axis] < length:
                raise ValueError(
                    f"Input dimension {input.ndim + axis} must have length of at least {length} "
                    f"but got: {input.shape[axis]}"
                )
        if not input.numel() or 0 in fft_length:
            last = fft_length[-1] // 2 + 1 if fft_length[-1] else 0
            sizes = (*input.shape[:-count], *fft_length[:-1], last)
            return input.new_zeros(sizes, dtype=torch.complex64)
        return torch.fft.rfftn(input, s=fft_length, dim=dims)

    def shape(input: Tensor, fft_length: Tensor) -> Dims:
        dims, lengths = rank_at_least(input, count), _lengths(fft_length, count)
        last = lengths[-1]
        lengths[-1] = None if last is None else last // 2 + 1 if last else 0
        return None if dims is None else (*dims[:-count], *lengths)

    return define(
        name,
        ["input", "fft_length"],
        "float32, host int32 -> complex64",
        kernel,
        shape=shape,
        doc=f"The first half of the transform of real numbers, over {count} dimension(s).",
    )


def _to_real(name: str, count: int) -> Callable[..., Tensor]:
    def kernel(input: Any, fft_length: Any) -> Any:
        if not input.numel() or 0 in fft_length:
            return input.real.new_zeros((*input.shape[:-count], *fft_length))
        return torch.fft.irfftn(input, s=fft_length, dim=tuple(range(-count, 0)))

    def shape(input: Tensor, fft_length: Tensor) -> Dims:
        dims, lengths = rank_at_least(input, count), _lengths(fft_length, count)
        return None if dims is None else (*dims[:-count], *lengths)

    return define(
        name,
        ["input", "fft_length"],
        "complex64, host int32 -> float32",
        kernel,
        shape=shape,
        doc=f"The real numbers of such a half, over {count} dimension(s).",
    )


fft, fft2d, fft3d = (_complex(f"FFT{d}", n, False) for d, n in _DIMS.items())
ifft, ifft2d, ifft3d = (_complex(f"IFFT{d}", n, True) for d, n in _DIMS.items())
_RFFT = {n: _real(f"RFFT{d}", n) for d, n in _DIMS.items()}
_IRFFT = {n: _to_real(f"IRFFT{d}", n) for d, n in _DIMS.items()}


def _padded(tensor: Tensor, lengths: list[Any], inverse: bool) -> Tensor:
    """With zeros behind, so that each of the last dimensions has the length that is asked for."""
    dims = tensor._dims
    assert dims is not None
    wanted = list(lengths)
    if inverse:
        wanted[-1] = wanted[-1] // 2 + 1 if wanted[-1] else 0
    missing = [max(w - have, 0) for w, have in zip(wanted, dims[-len(wanted) :], strict=True)]
    if not any(missing):
        return tensor
    rows = [[0, 0]] * (len(dims) - len(missing)) + [[0, m] for m in missing]
    return pad(tensor, rows)


def _padded_while_running(tensor: Tensor, fft_length: Tensor, count: int) -> Tensor:
    """As `_padded`, for sizes that only the run knows."""
    from .joining import concat, stack
    from .math import maximum

    sizes = shape_of(tensor)
    missing = maximum(fft_length - sizes[-count:], 0)
    behind = concat([zeros_like(sizes[:-count]), missing], 0)
    found = pad(tensor, stack([zeros_like(behind), behind], 1))
    if tensor._dims is not None:
        found.set_shape([*tensor._dims[:-count], *[None] * count])
    return found


def _public(kind: str, count: int, inverse: bool) -> Callable[..., Tensor]:
    def transform(input_tensor: Any, fft_length: Any = None, name: str | None = None) -> Tensor:
        wanted = dtypes.complex64 if inverse else dtypes.float32
        with name_scope(name, kind, [input_tensor, fft_length]) as scope:
            tensor = convert_to_tensor(input_tensor, wanted, name="input_tensor")
            rank_at_least(tensor, count)
            given = fft_length is not None
            if fft_length is None:
                dims = tensor._dims
                if dims is not None and None not in dims[-count:]:
                    sizes: Any = list(dims[-count:])
                    if inverse:
                        sizes[-1] = max(2 * (sizes[-1] - 1), 0)
                    fft_length = constant(sizes, dtypes.int32)
                else:
                    whole = shape_of(tensor)[-count:]
                    fft_length = whole
                    if inverse:
                        from .joining import concat

                        fft_length = concat([whole[:-1], 2 * (whole[-1:] - 1)], 0)
            fft_length = convert_to_tensor(fft_length, dtypes.int32)
            known = static_value(fft_length)
            dims = tensor._dims
            unknown = dims is None or None in dims[-count:]
            if isinstance(known, tuple) and None not in known and not unknown:
                tensor = _padded(tensor, list(known), inverse)
            elif given and not inverse:
                tensor = _padded_while_running(tensor, fft_length, count)
            return (_IRFFT if inverse else _RFFT)[count](tensor, fft_length, name=scope)

    transform.__name__ = transform.__qualname__ = kind
    transform.__doc__ = (
        f"The {'inverse of rfft' if inverse else 'Fourier transform of real numbers'} over the "
        f"last {count} dimension(s), cut or padded with zeros to `fft_length`."
    )
    return transform


_NAMES = {"": 1, "2d": 2, "3d": 3}
rfft, rfft2d, rfft3d = (_public(f"rfft{d}", n, False) for d, n in _NAMES.items())
irfft, irfft2d, irfft3d = (_public(f"irfft{d}", n, True) for d, n in _NAMES.items())
