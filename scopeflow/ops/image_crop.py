"""Parts of images [rows, columns, channels] or of batches of them, and borders around them."""

from __future__ import annotations

import math
from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.operation import Tensor
from ..core.static_value import constant_value
from .array import expand_dims, identity, reshape, shape, squeeze
from .checks import Assert
from .compare import greater_equal
from .control_flow import control_dependencies
from .image_geometry import batched, checked_image
from .image_resize import ResizeMethod, resize_images
from .joining import stack, unstack
from .math import cast, floor, maximum, minimum, subtract, truediv
from .padding import pad
from .reduce import reduce_max
from .slicing import slice


class _Batch:
    """An image as a batch [batch, rows, columns, channels], and back."""

    def __init__(self, image: Any) -> None:
        image = convert_to_tensor(image, name="image")
        dims = image._dims
        self.unknown = dims is None
        self.single = dims is None or len(dims) == 3
        if dims is None:  # a batch if it has four dimensions
            image = expand_dims(image, 0)
            image.set_shape([None] * 4)
        elif len(dims) == 3:
            image = expand_dims(image, 0)
        elif len(dims) != 4:
            raise ValueError(
                f"'image' must have either 3 or 4 dimensions. {image} has shape {image.shape}."
            )
        self.image = image
        self.sizes = list(image._dims or ())
        if None in self.sizes:
            known = unstack(shape(image), num=4)
            self.sizes = [k if d is None else d for d, k in zip(self.sizes, known, strict=True)]

    def back(self, image: Tensor, rows: Any, columns: Any) -> Tensor:
        """As the image came, with what is known of its shape."""
        assert self.image._dims is not None
        known = [d if isinstance(d, int) else None for d in (rows, columns)]
        image.set_shape([self.image._dims[0], *known, self.image._dims[3]])
        return squeeze(image, axis=[0]) if self.single else image


def _number(value: Any) -> Any:
    """A constant as an int; a tensor as it is."""
    known = constant_value(value)
    return value if known is None else int(known)


def _required(condition: Any, text: str) -> list:
    """What must hold: a ValueError if it is known not to, an assertion if it is not known."""
    if isinstance(condition, Tensor):
        return [Assert(condition, [text])]
    if not condition:
        raise ValueError(text)
    return []


def _ge(a: Any, b: Any) -> Any:
    return a >= b if isinstance(a, int) and isinstance(b, int) else greater_equal(a, b)


def _after(checks: list, image: Tensor) -> Tensor:
    with control_dependencies(checks):
        return identity(image, name="control_dependency")


def crop_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Tensor:
    """The part of `image` (3-D, or a batch) of size target_height x target_width at the offset.

    ValueError where the part is not inside the image.
    """
    with name_scope(None, "crop_to_bounding_box", [image]):
        batch = _Batch(image)
        _, rows, columns, _ = batch.sizes
        top, left, height, width = map(
            _number, (offset_height, offset_width, target_height, target_width)
        )
        checks = _required(_ge(left, 0), "offset_width must be >= 0.")
        checks += _required(_ge(top, 0), "offset_height must be >= 0.")
        checks += _required(_ge(width, 1), "target_width must be > 0.")
        checks += _required(_ge(height, 1), "target_height must be > 0.")
        checks += _required(_ge(columns, left + width), "width must be >= target + offset.")
        checks += _required(_ge(rows, top + height), "height must be >= target + offset.")
        part = slice(
            _after(checks, batch.image), stack([0, top, left, 0]), stack([-1, height, width, -1])
        )
        return batch.back(part, height, width)


def pad_to_bounding_box(
    image: Any, offset_height: Any, offset_width: Any, target_height: Any, target_width: Any
) -> Tensor:
    """`image` (3-D, or a batch) at the offset in zeros of size target_height x target_width.

    ValueError where the image does not fit into them.
    """
    with name_scope(None, "pad_to_bounding_box", [image]):
        batch = _Batch(image)
        _, rows, columns, _ = batch.sizes
        top, left, height, width = map(
            _number, (offset_height, offset_width, target_height, target_width)
        )
        right, below = width - left - columns, height - top - rows
        checks = _required(_ge(top, 0), "offset_height must be >= 0")
        checks += _required(_ge(left, 0), "offset_width must be >= 0")
        checks += _required(_ge(right, 0), "width must be <= target - offset")
        checks += _required(_ge(below, 0), "height must be <= target - offset")
        edges = reshape(stack([0, 0, top, below, left, right, 0, 0]), [4, 2])
        return batch.back(pad(_after(checks, batch.image), edges), height, width)


def _most(a: Any, b: Any) -> Any:
    return max(a, b) if isinstance(a, int) and isinstance(b, int) else maximum(a, b)


def _least(a: Any, b: Any) -> Any:
    return min(a, b) if isinstance(a, int) and isinstance(b, int) else minimum(a, b)


def resize_image_with_crop_or_pad(image: Any, target_height: Any, target_width: Any) -> Tensor:
    """The middle of `image` (3-D, or a batch) in the size asked for, in zeros where it is smaller.

    Rows and columns that do not divide evenly are cut off (or added) below and to the right.
    """
    with name_scope(None, "resize_image_with_crop_or_pad", [image]):
        batch = _Batch(image)
        height, width = _number(target_height), _number(target_width)
        checks = _required(_ge(width, 1), "target_width must be > 0.")
        checks += _required(_ge(height, 1), "target_height must be > 0.")
        image = _after(checks, batch.image)
        _, rows, columns, _ = batch.sizes
        more_columns, more_rows = width - columns, height - rows
        cut = crop_to_bounding_box(
            image,
            _most(-more_rows // 2, 0),
            _most(-more_columns // 2, 0),
            _least(height, rows),
            _least(width, columns),
        )
        above, before = _most(more_rows // 2, 0), _most(more_columns // 2, 0)
        found = pad_to_bounding_box(cut, above, before, height, width)
        return batch.back(identity(found, name="control_dependency"), height, width)


resize_with_crop_or_pad = resize_image_with_crop_or_pad


def central_crop(image: Any, central_fraction: float) -> Tensor:
    """The middle of `image` (3-D, or a batch): `central_fraction` of its rows and columns."""
    with name_scope(None, "central_crop", [image]):
        image = convert_to_tensor(image, name="image")
        if central_fraction <= 0 or central_fraction > 1:
            raise ValueError(f"central_fraction must be within (0, 1], not {central_fraction}")
        if central_fraction == 1:
            return image
        image = checked_image(image)
        if image._dims is None:
            raise ValueError("'image' must have a known rank, 3 or 4.")
        first = batched(image)
        sizes = list(image._dims)
        known = shape(image)
        begin: list[Any] = [0] * (first + 3)
        length: list[Any] = [-1] * (first + 3)
        for axis in (first, first + 1):
            size = sizes[axis]
            if size is not None:
                begin[axis] = int((size - size * central_fraction) / 2)
                length[axis] = size - 2 * begin[axis]
                sizes[axis] = length[axis]
            else:
                whole = cast(known[axis], dtypes.float64)
                start = cast((whole - whole * central_fraction) / 2, dtypes.int32)
                begin[axis], length[axis] = start, known[axis] - start * 2
        found = slice(image, stack(begin), stack(length))
        found.set_shape(sizes)
        return found


def resize_image_with_pad(
    image: Any,
    target_height: Any,
    target_width: Any,
    method: Any = ResizeMethod.BILINEAR,
    align_corners: bool = False,
) -> Tensor:
    """`image` (3-D, or a batch) as large as fits into the target, its proportions kept.

    The rest of the target is zeros, evenly on both sides. See tf.image.resize_images.
    """
    with name_scope(None, "resize_image_with_pad", [image]):
        batch = _Batch(image)
        height, width = _number(target_height), _number(target_width)
        checks = _required(_ge(width, 1), "target_width must be > 0.")
        checks += _required(_ge(height, 1), "target_height must be > 0.")
        image = _after(checks, batch.image)
        _, rows, columns, _ = batch.sizes
        if all(isinstance(n, int) for n in (rows, columns, height, width)):
            factor = max(columns / width, rows / height)
            exact: Any = (rows / factor, columns / factor)
            size: Any = [int(side) for side in exact]
            edges: Any = [
                max(0, math.floor((whole - side) / 2))
                for whole, side in zip((height, width), exact, strict=True)
            ]
        else:
            sides = cast(stack([rows, columns]), dtypes.float64)
            wanted = cast(stack([height, width]), dtypes.float64)
            factor = reduce_max(truediv(sides, wanted))
            exact = truediv(sides, factor)
            size = cast(floor(exact), dtypes.int32)
            rest: Any = subtract(wanted, exact)
            edges = unstack(maximum(cast(floor(rest / 2.0), dtypes.int32), 0), num=2)
        resized = resize_images(image, size, method, align_corners)
        return batch.back(
            pad_to_bounding_box(resized, edges[0], edges[1], height, width), height, width
        )
