"""Colors: RGB, HSV, YUV, YIQ and gray; dtypes of images."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import as_dtype
from ..core.errors import FailedPreconditionError
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_at_least, unchanged
from ..core.types import FLOAT, TypeSet
from .array import expand_dims, identity, rank, shape
from .checks import assert_equal
from .constant import constant
from .control_flow import control_dependencies
from .conversions import saturate_cast
from .filling import ones
from .joining import concat, tile
from .math import cast, floordiv, multiply
from .products import tensordot

# Hue, saturation, value.


def _three_channels(images: Tensor) -> Dims:
    dims = rank_at_least(images, 1)
    if dims is None:
        return None
    if dims[-1] not in (3, None):
        raise ShapeError(f"Dimension must be 3 but is {dims[-1]}")
    return (*dims[:-1], 3)


def _check_channels(images: Any, kind: type = ValueError) -> None:
    if images.shape[-1] != 3:
        text = f"input must have 3 channels but instead has {images.shape[-1]} channels."
        raise kind(text) if kind is ValueError else kind(None, None, text)


def hsv_of(images: Any) -> Any:
    """Hue, saturation (both between 0 and 1) and value of RGB pixels."""
    _check_channels(images)
    r, g, b = images.unbind(-1)
    value = images.amax(-1)
    spread = value - images.amin(-1)
    colored = spread > 0
    step = 1 / (6 * torch.where(colored, spread, 1))
    hue = torch.where(
        r == value,
        step * (g - b),
        torch.where(g == value, step * (b - r) + 2 / 6, step * (r - g) + 4 / 6),
    )
    hue = torch.where(colored, torch.where(hue < 0, hue + 1, hue), 0)
    bright = value > 0
    saturation = torch.where(bright, spread / torch.where(bright, value, 1), 0)
    return torch.stack([hue, saturation, value], -1)


def rgb_of(images: Any) -> Any:
    """RGB pixels of hue, saturation and value."""
    hue, saturation, value = images.unbind(-1)
    six = hue * 6
    red = ((six - 3).abs() - 1).clamp(0, 1)
    green = (2 - (six - 2).abs()).clamp(0, 1)
    blue = (2 - (six - 4).abs()).clamp(0, 1)
    colors = torch.stack([red, green, blue], -1)
    saturation, value = saturation.unsqueeze(-1), value.unsqueeze(-1)
    return ((1 - saturation) + saturation * colors) * value


@op("T -> T", shape=_three_channels, T=TypeSet(*FLOAT.order, default=dtypes.float32))
def RGBToHSV(images):
    """Hue, saturation and value of RGB pixels, which lie between 0 and 1."""
    _check_channels(images, FailedPreconditionError)
    return hsv_of(images)


@op("T -> T", shape=_three_channels, T=TypeSet(*FLOAT.order, default=dtypes.float32))
def HSVToRGB(images):
    """RGB pixels of hue, saturation and value, which lie between 0 and 1."""
    _check_channels(images, FailedPreconditionError)
    return rgb_of(images)


_ADJUSTABLE = TypeSet(dtypes.float16, dtypes.float32)


def _at_least_3d(images: Tensor, *others: Tensor) -> Dims:
    rank_at_least(images, 3)
    for other in others:
        if other._dims not in ((), None):
            raise ShapeError(f"Shape must be rank 0 but is rank {len(other._dims or ())}")
    return unchanged(images)


@op("T, float32 -> T", shape=_at_least_3d, T=_ADJUSTABLE)
def AdjustHue(images, delta):
    """RGB pixels with their hue turned by `delta` (1 is a whole turn)."""
    hue, saturation, value = hsv_of(images).unbind(-1)
    return rgb_of(torch.stack([torch.remainder(hue + delta, 1), saturation, value], -1)).to(
        images.dtype
    )


@op("T, float32 -> T", shape=_at_least_3d, T=_ADJUSTABLE)
def AdjustSaturation(images, scale):
    """RGB pixels with their saturation multiplied by `scale`, 1 at most."""
    hue, saturation, value = hsv_of(images).unbind(-1)
    saturation = (saturation * scale).clamp(0, 1)
    return rgb_of(torch.stack([hue, saturation, value], -1)).to(images.dtype)


@op("T, float32 -> T", shape=_at_least_3d, T=_ADJUSTABLE)
def AdjustContrastv2(images, contrast_factor):
    """Each channel's distance from its mean over rows and columns times `contrast_factor`."""
    mean = images.mean((-3, -2), keepdim=True, dtype=torch.float32)
    return ((images - mean) * contrast_factor + mean).to(images.dtype)


def rgb_to_hsv(images: Any, name: str | None = None) -> Tensor:
    """Hue, saturation and value (each between 0 and 1) of RGB pixels between 0 and 1."""
    return RGBToHSV(images, name=name)


def hsv_to_rgb(images: Any, name: str | None = None) -> Tensor:
    """RGB pixels between 0 and 1 of hue, saturation and value."""
    return HSVToRGB(images, name=name)


# Linear spaces. The columns are what each of the three gives.

_TO_YUV = [
    [0.299, -0.14714119, 0.61497538],
    [0.587, -0.28886916, -0.51496512],
    [0.114, 0.43601035, -0.10001026],
]
_FROM_YUV = [[1, 1, 1], [0, -0.394642334, 2.03206185], [1.13988303, -0.58062185, 0]]
_TO_YIQ = [
    [0.299, 0.59590059, 0.2115],
    [0.587, -0.27455667, -0.52273617],
    [0.114, -0.32134392, 0.31119955],
]
_FROM_YIQ = [
    [1, 1, 1],
    [0.95598634, -0.27201283, -1.10674021],
    [0.6208248, -0.64720424, 1.70423049],
]


def _turned(images: Any, rows: list) -> Tensor:
    images = convert_to_tensor(images, name="images")
    if images._dims is None:
        raise TypeError(f"The images must have a known rank, and {images} has none: use set_shape.")
    kernel = convert_to_tensor(rows, images.dtype.base_dtype, name="kernel")
    return tensordot(images, kernel, [[-1], [0]])


def rgb_to_yuv(images: Any) -> Tensor:
    """Luma and chroma (YUV) of RGB pixels between 0 and 1."""
    return _turned(images, _TO_YUV)


def yuv_to_rgb(images: Any) -> Tensor:
    """RGB pixels of luma and chroma (YUV)."""
    return _turned(images, _FROM_YUV)


def rgb_to_yiq(images: Any) -> Tensor:
    """Luma and chroma (YIQ) of RGB pixels between 0 and 1."""
    return _turned(images, _TO_YIQ)


def yiq_to_rgb(images: Any) -> Tensor:
    """RGB pixels of luma and chroma (YIQ)."""
    return _turned(images, _FROM_YIQ)


def rgb_to_grayscale(images: Any, name: str | None = None) -> Tensor:
    """Gray pixels (one channel) of RGB pixels, in the same dtype."""
    with name_scope(name, "rgb_to_grayscale", [images]) as scope:
        images = convert_to_tensor(images, name="images")
        floats = convert_image_dtype(images, dtypes.float32)
        gray = tensordot(floats, [0.2989, 0.5870, 0.1140], [[-1], [-1]])
        return convert_image_dtype(expand_dims(gray, -1), images.dtype.base_dtype, name=scope)


def grayscale_to_rgb(images: Any, name: str | None = None) -> Tensor:
    """RGB pixels, all three channels alike, of gray pixels (one channel)."""
    with name_scope(name, "grayscale_to_rgb", [images]) as scope:
        images = convert_to_tensor(images, name="images")
        dims = images._dims
        checks = []
        if dims is None or dims[-1] is None:
            checks = [
                assert_equal(
                    shape(images)[-1],
                    1,
                    message="Last dimension of a grayscale image should be size 1.",
                )
            ]
        elif dims[-1] != 1:
            raise ValueError("Last dimension of a grayscale image should be size 1.")
        with control_dependencies(checks):
            images = identity(images, name="control_dependency")
        before = expand_dims(rank(images) - 1, 0)
        return tile(images, concat([ones(before, dtypes.int32), [3]], 0), name=scope)


# Dtypes.


def convert_image_dtype(
    image: Any, dtype: Any, saturate: bool = False, name: str | None = None
) -> Tensor:
    """`image` as `dtype`, scaled: floats between 0 and 1 stand for all that an integer holds.

    Integers become floats between 0 and 1 and floats are multiplied by the largest integer;
    between integer types, values are scaled by the types' ratio. `saturate` cuts off what does not
    fit (values outside [0, 1]) where it would otherwise go wrong.

    >>> import scopeflow as tf
    >>> with tf.Session() as session:
    ...     session.run(tf.image.convert_image_dtype([0.0, 0.5, 1.0], tf.uint8)).tolist()
    [0, 127, 255]
    """
    image = convert_to_tensor(image, name="image")
    wanted, have = as_dtype(dtype), image.dtype.base_dtype
    if not wanted.is_floating and not wanted.is_integer:
        raise AttributeError(f"dtype must be either floating point or integer, not {wanted.name}")
    if wanted is have:
        return identity(image, name=name)
    with name_scope(name, "convert_image", [image]) as scope:
        to = saturate_cast if saturate else cast
        if have.is_integer and wanted.is_integer:
            if have.max > wanted.max:
                part = (have.max + 1) // (wanted.max + 1)
                return to(floordiv(image, constant(part, have)), wanted, name=scope)
            times = (wanted.max + 1) // (have.max + 1)
            return multiply(to(image, wanted), times, name=scope)
        if have.is_floating and wanted.is_floating:
            return cast(image, wanted, name=scope)
        if have.is_integer:
            return multiply(cast(image, wanted), 1.0 / have.max, name=scope)
        return to(multiply(image, wanted.max + 0.5), wanted, name=scope)
