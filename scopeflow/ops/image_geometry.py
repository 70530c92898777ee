"""Flips and turns of images [rows, columns, channels], or of batches of them."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.operation import Tensor
from ..core.static_value import constant_value
from .array import identity, rank, reshape, shape, transpose
from .case import case
from .checks import assert_greater_equal, assert_positive
from .compare import equal, less
from .control_flow import cond, control_dependencies
from .math import add, cast, floormod, multiply, round, subtract
from .random import random_uniform
from .ranges import reverse

_TOO_FLAT = "'image' must be at least three-dimensional."


def checked_image(image: Tensor) -> Tensor:
    """`image` after a check that it is one: three dimensions, none of them empty.

    What can be seen in the static shape is a ValueError, the rest is asserted when running.
    """
    dims = image._dims
    checks = []
    if dims is not None:
        if len(dims) < 3:
            raise ValueError(f"{_TOO_FLAT} {image} has shape {image.shape}.")
        if 0 in dims[-3:]:
            raise ValueError(f"all dims of 'image.shape' must be > 0: {image.shape}")
    if dims is None or None in dims[-3:]:
        checks = [assert_positive(shape(image), ["all dims of 'image.shape' must be > 0."])]
        if dims is None:
            checks.append(assert_greater_equal(rank(image), 3, message=_TOO_FLAT))
    with control_dependencies(checks):
        return identity(image, name="control_dependency")


def _flipped(image: Any, axis: int, name: str) -> Tensor:
    """`axis`: 0 for rows, 1 for columns."""
    with name_scope(None, name, [image]):
        image = checked_image(convert_to_tensor(image, name="image"))
        return _as_image(reverse(image, [axis + batched(image)]), image)


def _as_image(found: Tensor, image: Tensor) -> Tensor:
    """`found` with the static shape [?, ?, ?] where the image's is not known."""
    if image._dims is None:
        found.set_shape([None] * 3)
    return found


def batched(image: Tensor) -> int:
    """0 for an image (also where the rank is not known, as in TensorFlow), 1 for a batch."""
    if image._dims is None:
        return 0
    if len(image._dims) not in (3, 4):
        raise ValueError(
            f"'image' must have either 3 or 4 dimensions. {image} has shape {image.shape}."
        )
    return len(image._dims) - 3


def flip_left_right(image: Any) -> Tensor:
    """`image` (3-D, or a batch) with its columns in reverse order."""
    return _flipped(image, 1, "flip_left_right")


def flip_up_down(image: Any) -> Tensor:
    """`image` (3-D, or a batch) with its rows in reverse order."""
    return _flipped(image, 0, "flip_up_down")


def _randomly_flipped(image: Any, axis: int, seed: Any, name: str) -> Tensor:
    with name_scope(None, name, [image]) as scope:
        image = checked_image(convert_to_tensor(image, name="image"))

        def one() -> Tensor:
            flip = less(random_uniform([], 0, 1.0, seed=seed), 0.5)
            return cond(flip, lambda: reverse(image, [axis]), lambda: image, name=scope)

        def each() -> Tensor:
            count = shape(image)[0]
            drawn = random_uniform([count], 0, 1.0, seed=seed)
            flips = cast(round(reshape(drawn, [count, 1, 1, 1])), image.dtype.base_dtype)
            turned = reverse(image, [axis + 1])
            rest = subtract(1, flips)
            return add(multiply(flips, turned), multiply(rest, image))

        return _as_image(each() if batched(image) else one(), image)


def random_flip_left_right(image: Any, seed: Any = None) -> Tensor:
    """`image` with its columns reversed with probability 1/2; each of a batch for itself."""
    return _randomly_flipped(image, 1, seed, "random_flip_left_right")


def random_flip_up_down(image: Any, seed: Any = None) -> Tensor:
    """`image` with its rows reversed with probability 1/2; each of a batch for itself."""
    return _randomly_flipped(image, 0, seed, "random_flip_up_down")


def transpose_image(image: Any, name: str | None = None) -> Tensor:
    """`image` (3-D, or a batch) with rows and columns exchanged."""
    with name_scope(name, "transpose", [image]):
        image = checked_image(convert_to_tensor(image, name="image"))
        order = [0, 2, 1, 3] if batched(image) else [1, 0, 2]
        return _as_image(transpose(image, order, name="transpose"), image)


def rot90(image: Any, k: Any = 1, name: str | None = None) -> Tensor:
    """`image` (3-D, or a batch) turned by 90 degrees counter-clockwise, `k` times."""
    with name_scope(name, "rot90", [image, k]) as scope:
        image = checked_image(convert_to_tensor(image, name="image"))
        k = convert_to_tensor(k, dtypes.int32, name="k")
        if k._dims not in ((), None):
            raise ValueError(f"k must be a scalar, but its shape is {k.shape}.")

        batch = batched(image)
        rows, columns = batch, batch + 1
        order = [0, 2, 1, 3] if batch else [1, 0, 2]
        turns = {
            1: lambda: transpose(reverse(image, [columns]), order),
            2: lambda: reverse(image, [rows, columns]),
            3: lambda: reverse(transpose(image, order), [columns]),
        }
        times = floormod(k, 4)
        found = case(
            [(equal(times, n), turn) for n, turn in turns.items()],
            default=lambda: image,
            exclusive=True,
            name=scope,
        )
        dims = list(image._dims or (None,) * 3)
        known = constant_value(k)
        if known is None and dims[rows] != dims[columns]:
            dims[rows] = dims[columns] = None
        elif known is not None and int(known) % 2:
            dims[rows], dims[columns] = dims[columns], dims[rows]
        found.set_shape(dims)
        return found
