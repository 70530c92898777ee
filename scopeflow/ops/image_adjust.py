"""Brightness, contrast, hue, saturation, gamma, JPEG quality: given, or drawn at random."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.operation import Tensor
from ..core.static_value import constant_value
from .array import shape
from .checks import Assert
from .compare import greater_equal
from .control_flow import control_dependencies
from .image_codecs import EncodeJpegVariableQuality, decode_jpeg
from .image_color import (
    AdjustContrastv2,
    AdjustHue,
    AdjustSaturation,
    convert_image_dtype,
)
from .image_geometry import checked_image
from .math import Add, cast, divide, maximum, pow, rsqrt, subtract
from .random import random_uniform
from .reduce import reduce_mean, reduce_prod, reduce_std

_FLOATS = (dtypes.float16, dtypes.float32)


def _adjusted(
    image: Any, name: str | None, default: str, change: Callable, saturate: bool = False
) -> Tensor:
    """`change(pixels, scope)` of the pixels as floats, in the image's own dtype again."""
    with name_scope(name, default, [image]) as scope:
        image = convert_to_tensor(image, name="image")
        dtype = image.dtype.base_dtype
        floats = image if dtype in _FLOATS else convert_image_dtype(image, dtypes.float32)
        return convert_image_dtype(change(floats, scope), dtype, saturate=saturate)


def adjust_brightness(image: Any, delta: Any) -> Tensor:
    """`image` + `delta`, computed for pixels between 0 and 1; integers are cut off, floats not."""

    def change(x: Tensor, scope: str) -> Tensor:
        return Add(x, cast(delta, x.dtype.base_dtype), name=scope)

    return _adjusted(image, None, "adjust_brightness", change, saturate=True)


def adjust_contrast(images: Any, contrast_factor: Any) -> Tensor:
    """Images with each channel's distance from its mean multiplied by `contrast_factor`."""

    def change(x: Tensor, scope: str) -> Tensor:
        return AdjustContrastv2(x, contrast_factor, name=scope)

    return _adjusted(images, None, "adjust_contrast", change, saturate=True)


def adjust_hue(image: Any, delta: Any, name: str | None = None) -> Tensor:
    """RGB images with their hue turned by `delta`, which lies between -1 and 1 (a whole turn)."""
    return _adjusted(image, name, "adjust_hue", lambda x, _: AdjustHue(x, delta))


def adjust_saturation(image: Any, saturation_factor: Any, name: str | None = None) -> Tensor:
    """RGB images with their saturation multiplied by `saturation_factor`."""
    return _adjusted(
        image, name, "adjust_saturation", lambda x, _: AdjustSaturation(x, saturation_factor)
    )


def adjust_gamma(image: Any, gamma: Any = 1, gain: Any = 1) -> Tensor:
    """`gain` · `image`^`gamma`, computed for pixels between 0 and 1; gamma must not be negative."""

    def change(x: Tensor, scope: str) -> Tensor:
        powered: Any = pow(x, gamma, name="pow")
        return gain * powered

    known = constant_value(gamma)
    text = "Gamma should be a non-negative real number."
    if not isinstance(gamma, Tensor) and known is not None and known < 0:
        raise ValueError(f"{text} It is {gamma}.")
    if not isinstance(gamma, Tensor):
        return _adjusted(image, None, "adjust_gamma", change, saturate=True)

    def after_check(x: Tensor, scope: str) -> Tensor:
        with control_dependencies([Assert(greater_equal(gamma, 0), [text])]):
            return change(x, scope)

    return _adjusted(image, None, "adjust_gamma", after_check, saturate=True)


# At random.


def random_brightness(image: Any, max_delta: float, seed: Any = None) -> Tensor:
    """`image` with a number from [-max_delta, max_delta) added, as tf.image.adjust_brightness."""
    if max_delta < 0:
        raise ValueError(f"max_delta must be non-negative, not {max_delta}.")
    return adjust_brightness(image, random_uniform([], -max_delta, max_delta, seed=seed))


def _check_range(lower: Any, upper: Any) -> None:
    if upper <= lower:
        raise ValueError(f"upper must be > lower, but they are {upper} and {lower}.")
    if lower < 0:
        raise ValueError(f"lower must be non-negative, not {lower}.")


def random_contrast(image: Any, lower: float, upper: float, seed: Any = None) -> Tensor:
    """`image` with its contrast changed by a factor from [lower, upper)."""
    _check_range(lower, upper)
    return adjust_contrast(image, random_uniform([], lower, upper, seed=seed))


def random_saturation(image: Any, lower: float, upper: float, seed: Any = None) -> Tensor:
    """The RGB `image` with its saturation changed by a factor from [lower, upper)."""
    _check_range(lower, upper)
    return adjust_saturation(image, random_uniform([], lower, upper, seed=seed))


def random_hue(image: Any, max_delta: float, seed: Any = None) -> Tensor:
    """The RGB `image` with its hue turned by a number from [-max_delta, max_delta), 0.5 at most."""
    if max_delta > 0.5:
        raise ValueError(f"max_delta must be <= 0.5, not {max_delta}.")
    if max_delta < 0:
        raise ValueError(f"max_delta must be non-negative, not {max_delta}.")
    return adjust_hue(image, random_uniform([], -max_delta, max_delta, seed=seed))


# Standardization.


def per_image_standardization(image: Any) -> Tensor:
    """`image` (3-D, or a batch) with mean 0 and standard deviation 1, each image for itself.

    The deviation counts as 1 / sqrt(number of its elements) at least, so that an even image
    becomes zeros. Integers are scaled to [0, 1] first, and the result is an integer again.
    """
    with name_scope(None, "per_image_standardization", [image]) as scope:
        image = checked_image(convert_to_tensor(image, name="image"))
        dtype = image.dtype.base_dtype
        if dtype not in _FLOATS:
            image = convert_image_dtype(image, dtypes.float32)
        count = reduce_prod(shape(image)[-3:])
        mean = reduce_mean(image, axis=[-1, -2, -3], keepdims=True)
        deviation = reduce_std(image, axis=[-1, -2, -3], keepdims=True)
        least = rsqrt(cast(count, image.dtype.base_dtype))
        found = divide(subtract(image, mean), maximum(deviation, least), name=scope)
        return convert_image_dtype(found, dtype, saturate=True)


# JPEG quality.


def adjust_jpeg_quality(image: Any, jpeg_quality: Any, name: str | None = None) -> Tensor:
    """The image as it looks after it was a JPEG file of `jpeg_quality` (0 to 100)."""
    with name_scope(name, "adjust_jpeg_quality", [image]):
        image = convert_to_tensor(image, name="image")
        dtype = image.dtype.base_dtype
        pixels = convert_image_dtype(image, dtypes.uint8)
        quality = convert_to_tensor(jpeg_quality, dtypes.int32)
        found = decode_jpeg(EncodeJpegVariableQuality(pixels, quality))
        return convert_image_dtype(found, dtype)


def random_jpeg_quality(
    image: Any, min_jpeg_quality: int, max_jpeg_quality: int, seed: Any = None
) -> Tensor:
    """The image with the JPEG quality lowered to one of [min_jpeg_quality, max_jpeg_quality)."""
    if not (0 <= min_jpeg_quality <= 100 and 0 <= max_jpeg_quality <= 100):
        raise ValueError(
            "jpeg encoding range must be between 0 and 100, "
            f"not {min_jpeg_quality} to {max_jpeg_quality}."
        )
    if min_jpeg_quality >= max_jpeg_quality:
        raise ValueError(
            "`min_jpeg_quality` must be less than `max_jpeg_quality`, "
            f"not {min_jpeg_quality} and {max_jpeg_quality}."
        )
    drawn = random_uniform([], min_jpeg_quality, max_jpeg_quality, dtypes.int32, seed=seed)
    return adjust_jpeg_quality(image, drawn)
