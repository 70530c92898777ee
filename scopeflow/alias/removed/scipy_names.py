"""SciPy's names of before 1.0 to 1.14: scipy.misc with Pillow, NumPy's functions, others."""

from __future__ import annotations

import importlib
import math
from collections.abc import Callable
from types import ModuleType
from typing import Any

import numpy as np

from .attach import Names


def bytescale(
    data: Any, cmin: float | None = None, cmax: float | None = None, high: int = 255, low: int = 0
) -> Any:
    """Numbers as bytes: the smallest becomes `low`, the largest `high`. Bytes stay."""
    data = np.asarray(data)
    if data.dtype == np.uint8:
        return data
    if high > 255 or low < 0 or high < low:
        raise ValueError("`low` and `high` must be in 0 to 255, `low` the smaller one.")
    cmin = data.min() if cmin is None else cmin
    cmax = data.max() if cmax is None else cmax
    width = cmax - cmin
    if width < 0:
        raise ValueError("`cmax` should be larger than `cmin`.")
    scaled = (data - cmin) * ((high - low) / (width or 1)) + low
    return (scaled.clip(low, high) + 0.5).astype(np.uint8)


def toimage(
    arr: Any, high: int = 255, low: int = 0, cmin: float | None = None, cmax: float | None = None,
    pal: Any = None, mode: str | None = None, channel_axis: int | None = None,
) -> Any:  # fmt: skip
    """An array as an image of Pillow, its numbers scaled to bytes."""
    from PIL import Image

    data = np.asarray(arr)
    if np.iscomplexobj(data):
        raise ValueError("Cannot convert a complex-valued array.")
    shape = data.shape
    channels = data.ndim == 3 and (3 in shape or 4 in shape)
    if data.ndim != 2 and not channels:
        raise ValueError("'arr' does not have a suitable array shape for any mode.")
    if data.ndim == 2:
        if mode == "F":
            return Image.fromarray(data.astype(np.float32))
        if mode in ("1",):
            return Image.fromarray(bytescale(data, cmin, cmax, high, low)).convert("1")
        if mode == "I":
            return Image.fromarray(data.astype(np.int32))
        image = Image.fromarray(bytescale(data, cmin, cmax, high, low))
        if pal is not None:
            image.putpalette(np.asarray(pal, np.uint8).tobytes())
        return image
    axis = channel_axis
    if axis is None:
        wanted = 3 if 3 in shape else 4
        axis = next(a for a in (2, 0, 1) if shape[a] == wanted) if shape[2] not in (3, 4) else 2
    bytes_ = np.moveaxis(bytescale(data, cmin, cmax, high, low), axis, 2)
    made = Image.fromarray(np.ascontiguousarray(bytes_))
    return made if mode in (None, made.mode) else made.convert(mode)


def fromimage(im: Any, flatten: bool = False, mode: str | None = None) -> Any:
    """An image of Pillow as an array; as grey numbers if `flatten`."""
    if mode is not None and mode != im.mode:
        im = im.convert(mode)
    elif im.mode == "P":
        im = im.convert("RGBA" if "transparency" in im.info else "RGB")
    if flatten:
        im = im.convert("F")
    elif im.mode == "1":
        im = im.convert("L")
    return np.array(im)


def imread(name: Any, flatten: bool = False, mode: str | None = None) -> Any:
    """A file's image as an array."""
    from PIL import Image

    with Image.open(name) as image:
        return fromimage(image, flatten, mode)


def imsave(name: Any, arr: Any, format: str | None = None) -> None:
    """Write an array as an image."""
    image = toimage(arr, channel_axis=2)
    image.save(name) if format is None else image.save(name, format)


def _interpolation(name: str) -> Any:
    from PIL import Image

    return {
        "nearest": Image.Resampling.NEAREST, "lanczos": Image.Resampling.LANCZOS,
        "bilinear": Image.Resampling.BILINEAR, "bicubic": Image.Resampling.BICUBIC,
        "cubic": Image.Resampling.BICUBIC,
    }[name]  # fmt: skip


def imresize(arr: Any, size: Any, interp: str = "bilinear", mode: str | None = None) -> Any:
    """An image as bytes in another size: percent (an int), a factor, or (height, width)."""
    image = toimage(arr, mode=mode)
    if isinstance(size, int | np.integer):
        wanted = tuple((np.array(image.size) * (size / 100.0)).astype(int))
    elif isinstance(size, float | np.floating):
        wanted = tuple((np.array(image.size) * size).astype(int))
    else:
        wanted = (size[1], size[0])
    return fromimage(image.resize(tuple(map(int, wanted)), resample=_interpolation(interp)))


def imrotate(arr: Any, angle: float, interp: str = "bilinear") -> Any:
    """An image as bytes, turned."""
    return fromimage(toimage(arr).rotate(angle, resample=_interpolation(interp)))


def imshow(arr: Any) -> None:
    """Show an image."""
    toimage(arr).show()


def derivative(
    func: Callable[..., Any], x0: Any, dx: float = 1.0, n: int = 1, args: Any = (), order: int = 3
) -> Any:
    """The n-th derivative at `x0` by central differences: `order` points, `dx` apart.

    The weights are those that are exact for polynomials of a lower degree than `order`.
    """
    if order < n + 1 or order % 2 == 0:
        raise ValueError(f"'order' must be odd and at least {n + 1}, it is {order}.")
    steps = np.arange(order) - order // 2
    powers = steps[:, None].astype(float) ** np.arange(order)
    weights = math.factorial(n) * np.linalg.inv(powers)[n]
    return sum(w * func(x0 + k * dx, *args) for w, k in zip(weights, steps)) / dx**n


def _from(module: str, name: str) -> Callable[[], Any]:
    return lambda: getattr(importlib.import_module(module), name)


def _special(name: str) -> Callable[[], Any]:
    return _from("scipy.special", name)


_FUNCTIONS = (
    bytescale, derivative, toimage, fromimage, imread, imsave, imresize, imrotate, imshow,
)  # fmt: skip
_MISC: Names = {
    **{f.__name__: (lambda f=f: f) for f in _FUNCTIONS},  # type: ignore[misc]
    **{n: _special(n) for n in ("logsumexp", "comb", "factorial", "factorial2", "factorialk")},
}  # fmt: skip
_NUMPY = """
    abs absolute all alltrue amax amin any append arange arccos arcsin arctan array asarray
    average ceil clip concatenate cos cross cumprod cumsum diag diff dot exp eye floor histogram
    hstack inf inner isnan linspace log log10 log2 max maximum mean median meshgrid min minimum
    nan ndarray newaxis ones ones_like outer pi power prod rand randn ravel real reshape round
    sign sin sort sqrt square std stack sum tanh tile transpose var vstack where zeros zeros_like
    float32 float64 int32 int64 uint8 complex64
    """.split()
_WINDOWS = """
    barthann bartlett blackman blackmanharris bohman boxcar chebwin cosine exponential flattop
    gaussian general_gaussian hamming hann kaiser nuttall parzen triang tukey
    """.split()


def _interp() -> Any:
    return np.interp


NAMES: dict[str, Names] = {
    "scipy": {
        **{n: (lambda n=n: getattr(np, n)) for n in _NUMPY if hasattr(np, n)},  # type: ignore[misc]
        "interp": _interp,
        "random": lambda: np.random,
    },
    "scipy.misc": _MISC,
    "scipy.signal": {
        **{name: _from("scipy.signal.windows", name) for name in _WINDOWS},
        "hanning": _from("scipy.signal.windows", "hann"),
    },
    "scipy.integrate": {
        "trapz": _from("scipy.integrate", "trapezoid"),
        "simps": _from("scipy.integrate", "simpson"),
        "cumtrapz": _from("scipy.integrate", "cumulative_trapezoid"),
    },
    "scipy.stats": {
        "betai": _special("betainc"),
        "chisqprob": _special("chdtrc"),
        "itemfreq": lambda: lambda a: np.array(np.unique(a, return_counts=True)).T,
    },
    "scipy.linalg": {
        "pinv2": _from("scipy.linalg", "pinv"),
        "pinvh2": _from("scipy.linalg", "pinvh"),
    },
}  # fmt: skip


def _misc(module: ModuleType) -> None:
    def __getattr__(name: str) -> Any:
        if name not in _MISC:
            raise AttributeError(f"module 'scipy.misc' has no attribute {name!r}")
        return _MISC[name]()

    module.__dict__["__getattr__"] = __getattr__


def _eigen(module: ModuleType) -> None:
    """`scipy.sparse.linalg.eigen` was a package: it had `arpack` in it."""
    module.__dict__["__path__"] = []


def _arpack(module: ModuleType) -> None:
    linalg = importlib.import_module("scipy.sparse.linalg")
    for name in ("ArpackError", "ArpackNoConvergence", "eigs", "eigsh", "svds"):
        module.__dict__[name] = getattr(linalg, name)


PATCHES: dict[str, Callable[[Any], None]] = {"scipy.sparse.linalg.eigen": _eigen}
MODULES: dict[str, Callable[[ModuleType], None]] = {
    "scipy.misc": _misc,
    "scipy.sparse.linalg.eigen": _eigen,
    "scipy.sparse.linalg.eigen.arpack": _arpack,
}
