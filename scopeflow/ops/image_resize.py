"""Images of another size: the four kinds of resampling, `tf.image.resize_images`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import F, torch
from ..core.op import ShapeError, define
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_is
from ..core.static_value import static_value
from ..core.types import TypeSet
from .array import expand_dims, shape, squeeze
from .constant import constant
from .image_sampling import along, area_matrix, by_matrix, cubic_taps, linear_taps, nearest
from .joining import unstack
from .math import cast, minimum, multiply, round, truediv

_REAL = TypeSet(
    dtypes.int8, dtypes.uint8, dtypes.int16, dtypes.uint16, dtypes.int32, dtypes.int64,
    dtypes.float16, dtypes.float32, dtypes.float64,
)  # fmt: skip
_AND_BFLOAT = TypeSet(*_REAL.order, dtypes.bfloat16)
_RULES = {"align_corners": False, "half_pixel_centers": False}


class ResizeMethod:
    """The ways to resize an image: numbers that `tf.image.resize_images` takes as `method`."""

    BILINEAR = 0
    NEAREST_NEIGHBOR = 1
    BICUBIC = 2
    AREA = 3


# The ops.


def _resized_shape(images: Tensor, size: Tensor) -> Dims:
    dims = rank_is(images, 4)
    (count,) = rank_is(size, 1)  # type: ignore[misc]
    if count not in (None, 2):
        raise ShapeError(f"Dimension must be 2 but is {count}")
    found = static_value(size)
    rows, columns = found if isinstance(found, tuple) else (None, None)
    assert dims is not None
    return dims[0], rows, columns, dims[3]


def _check(images: Any, size: tuple, align_corners: bool, half_pixel_centers: bool) -> None:
    if images.ndim != 4:
        raise ValueError(f"input must be 4-dimensional{list(images.shape)}")
    if align_corners and half_pixel_centers:
        raise ValueError("If half_pixel_centers is True, align_corners must be False.")
    if min(size) <= 0:
        raise ValueError(f"output dimensions must be positive, not {list(size)}")
    if not images.shape[3]:
        raise ValueError("image must have at least one channel")
    if not images.shape[1] or not images.shape[2]:
        raise ValueError("input image must be of non-zero size")


def _floats(images: Any, op: Any) -> Any:
    """As float32, which all but the nearest neighbors are; or as what stands for it in a module."""
    return images if op.inputs[0].dtype is dtypes.float32 else images.to(torch.float32)


def _bilinear(images, size, *, align_corners=False, half_pixel_centers=False, op):
    _check(images, size, align_corners, half_pixel_centers)
    images = _floats(images, op)
    if tuple(images.shape[1:3]) == tuple(size):
        return images.clone()
    if align_corners and min(size) > 1 and images.numel():
        # torch has the same rule, and the same for half-pixel centers.
        return _by_torch(images, size, True)
    if half_pixel_centers and images.numel():
        return _by_torch(images, size, False)
    for axis in (1, 2):
        taps = linear_taps(images.shape[axis], size[axis - 1], align_corners, half_pixel_centers)
        images = along(images, axis, taps)
    return images


def _by_torch(images, size, align_corners):
    found = F.interpolate(
        images.permute(0, 3, 1, 2), size=size, mode="bilinear", align_corners=align_corners
    )
    return found.permute(0, 2, 3, 1)


def _bicubic(images, size, *, align_corners=False, half_pixel_centers=False, op):
    _check(images, size, align_corners, half_pixel_centers)
    images = _floats(images, op)
    for axis in (1, 2):
        taps = cubic_taps(images.shape[axis], size[axis - 1], align_corners, half_pixel_centers)
        images = along(images, axis, taps)
    return images


def _nearest(images, size, *, align_corners=False, half_pixel_centers=False):
    _check(images, size, align_corners, half_pixel_centers)
    for axis in (1, 2):
        places = nearest(images.shape[axis], size[axis - 1], align_corners, half_pixel_centers)
        images = images.index_select(axis, torch.from_numpy(places).to(images.device))
    return images


def _area(images, size, *, align_corners=False, op):
    _check(images, size, align_corners, False)
    images = _floats(images, op)
    for axis in (1, 2):
        images = by_matrix(
            images, axis, area_matrix(images.shape[axis], size[axis - 1], align_corners)
        )
    return images.contiguous()


def _resizer(
    name: str, kernel: Callable, output: str, types: TypeSet, doc: str, **more: Any
) -> Any:
    return define(
        name,
        ["images", "size"],
        f"T, host int32 -> {output}",
        kernel,
        attrs=more.pop("attrs", _RULES),
        shape=_resized_shape,
        T=types,
        doc=doc,
        **more,
    )


ResizeBilinear = _resizer(
    "ResizeBilinear", _bilinear, "float32", _AND_BFLOAT,
    "Images [batch, rows, columns, channels] of another size, linear between pixels; float32.",
)  # fmt: skip
ResizeBicubic = _resizer(
    "ResizeBicubic", _bicubic, "float32", _REAL,
    "Images of another size, cubic between pixels; float32.",
)  # fmt: skip
ResizeNearestNeighbor = _resizer(
    "ResizeNearestNeighbor", _nearest, "T", _REAL,
    "Images of another size: each pixel is the nearest one's.",
)  # fmt: skip
ResizeArea = _resizer(
    "ResizeArea", _area, "float32", _REAL,
    "Images of another size: each pixel is the mean of the area that it covers; float32.\n\n"
    "It has a gradient here, which TensorFlow does not define.",
    attrs={"align_corners": False},
)  # fmt: skip


# The public functions.

_RULE_TEXT = """

    `align_corners`: the corner pixels' centers stay in place. `half_pixel_centers`: pixels have
    their centers at half positions, as in TensorFlow 2; without both, pixel i of the result lies
    at i · (old size / new size), as in TensorFlow 1.
"""


def resize_bilinear(
    images: Any,
    size: Any,
    align_corners: bool = False,
    name: str | None = None,
    half_pixel_centers: bool = False,
) -> Tensor:
    return ResizeBilinear(images, size, align_corners, half_pixel_centers, name=name)


def resize_nearest_neighbor(
    images: Any,
    size: Any,
    align_corners: bool = False,
    name: str | None = None,
    half_pixel_centers: bool = False,
) -> Tensor:
    return ResizeNearestNeighbor(images, size, align_corners, half_pixel_centers, name=name)


def resize_bicubic(
    images: Any,
    size: Any,
    align_corners: bool = False,
    name: str | None = None,
    half_pixel_centers: bool = False,
) -> Tensor:
    return ResizeBicubic(images, size, align_corners, half_pixel_centers, name=name)


for _function, _op in (
    (resize_bilinear, ResizeBilinear),
    (resize_nearest_neighbor, ResizeNearestNeighbor),
    (resize_bicubic, ResizeBicubic),
):
    _function.__doc__ = f"{_op.__doc__}{_RULE_TEXT}"

resize_area = ResizeArea

_METHODS: dict[Any, Callable[..., Tensor]] = {
    ResizeMethod.BILINEAR: resize_bilinear,
    ResizeMethod.NEAREST_NEIGHBOR: resize_nearest_neighbor,
    ResizeMethod.BICUBIC: resize_bicubic,
    ResizeMethod.AREA: resize_area,
}
_BY_NAME = {"bilinear": 0, "nearest": 1, "bicubic": 2, "area": 3}


def resize_images(
    images: Any,
    size: Any,
    method: Any = ResizeMethod.BILINEAR,
    align_corners: bool = False,
    preserve_aspect_ratio: bool = False,
    name: str | None = None,
) -> Tensor:
    """One image (3-D) or a batch of them (4-D) with `size` = [new rows, new columns].

    `method` is one of tf.image.ResizeMethod: float32 results, but for NEAREST_NEIGHBOR, and for a
    size that is known to be the images' own, where they are returned as they are. With
    `align_corners` the corner pixels' centers stay in place. `preserve_aspect_ratio` takes the
    largest size of the images' own proportions that fits into `size`. Before TensorFlow 0.11 it was
    (images, new rows, new columns, method, align_corners), which is understood too.

    >>> import scopeflow as tf
    >>> tf.image.resize_images(tf.zeros([8, 8, 3]), [4, 6]).shape.as_list()
    [4, 6, 3]
    """
    if isinstance(size, int | np.integer) and isinstance(method, int) and method not in _METHODS:
        size, method = [size, method], int(align_corners)
        align_corners, preserve_aspect_ratio = preserve_aspect_ratio, False
    with name_scope(name, "resize", [images, size]):
        images = convert_to_tensor(images, name="images")
        if images._dims is None:
            raise ValueError("'images' contains no shape.")
        single = len(images._dims) == 3
        if single:
            images = expand_dims(images, 0)
        elif len(images._dims) != 4:
            raise ValueError("'images' must have either 3 or 4 dimensions.")
        try:
            size = convert_to_tensor(size, dtypes.int32, name="size")
        except (TypeError, ValueError):
            raise ValueError(f"'size' must be a 1-D int32 Tensor, not {size!r}") from None
        if size._dims not in ((2,), (None,), None):
            raise ValueError("'size' must be a 1-D Tensor of 2 elements: new_height, new_width")
        if preserve_aspect_ratio:
            size = _fitting(images, size)
        _, rows, columns, _ = images._dims
        wanted = static_value(size)
        resize = _METHODS.get(_BY_NAME.get(method, method) if isinstance(method, str) else method)
        if resize is None:
            raise ValueError(
                f"Resize method is not implemented: {method!r}. Take one of tf.image.ResizeMethod."
            )
        if wanted != (rows, columns) or None in (rows, columns):
            images = resize(images, size, align_corners=align_corners)
        return squeeze(images, axis=[0]) if single else images


resize = resize_images


def _fitting(images: Tensor, size: Tensor) -> Tensor:
    """The largest [rows, columns] of the images' proportions inside `size`."""
    _, rows, columns, _ = images._dims  # type: ignore[misc]
    known = static_value(size)
    if isinstance(known, tuple) and None not in (*known, rows, columns):
        sides: Any = [np.float32(side) for side in (rows, columns)]
        factor = min(np.float32(known[i]) / side for i, side in enumerate(sides))
        return constant([int(np.rint(factor * side)) for side in sides], name="size")
    sides = shape(images)[1:3]
    sides = cast(sides, dtypes.float32)
    ratios = unstack(truediv(cast(size, dtypes.float32), sides), num=2)
    return cast(round(multiply(minimum(*ratios), sides)), dtypes.int32, name="size")
