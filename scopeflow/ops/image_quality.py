"""How images differ: PSNR, SSIM; their edges and variation. Composed of other ops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.operation import Tensor
from .array import identity, reshape, shape
from .checks import Assert
from .compare import equal, greater_equal
from .constant import constant
from .control_flow import cond, control_dependencies
from .depthwise import depthwise_conv2d
from .filling import zeros
from .image_color import convert_image_dtype
from .joining import concat, stack, tile
from .math import (
    abs,
    add,
    cast,
    divide,
    floormod,
    log,
    multiply,
    pow,
    square,
    squared_difference,
    subtract,
)
from .nn import relu
from .padding import pad
from .pooling import avg_pool
from .reduce import reduce_all, reduce_any, reduce_mean, reduce_prod, reduce_sum

# Pairs of images.


def _checked_pair(a: Tensor, b: Tensor) -> list:
    """Assertions that both have at least rank 3 and one shape, as far as it is not known."""
    known = [t._dims for t in (a, b)]
    for dims in known:
        if dims is not None and len(dims) < 3:
            raise ValueError(f"Images must have at least 3 dimensions, not {len(dims)}: {a}, {b}")
    if None not in known:
        for x, y in zip(known[0][:-4:-1], known[1][:-4:-1], strict=True):  # type: ignore[index]
            if None not in (x, y) and x != y:
                raise ValueError(
                    f"Two images are not compatible: their shapes are {a.shape} and {b.shape}."
                )
    shapes = [shape(a), shape(b)]
    alike = reduce_all(equal(shapes[0][-3:], shapes[1][-3:]))
    return [Assert(alike, shapes, summarize=10)]


def _as_floats(a: Any, b: Any, max_val: Any) -> tuple[Tensor, Tensor, Tensor]:
    """Both images, and what their largest value is, as floats."""
    a, b = convert_to_tensor(a, name="a"), convert_to_tensor(b, name="b")
    dtype = a.dtype.base_dtype
    largest = cast(max_val, dtype)
    return (
        convert_image_dtype(a, dtypes.float32),
        convert_image_dtype(b, dtypes.float32),
        convert_image_dtype(largest, dtypes.float32),
    )


def psnr(a: Any, b: Any, max_val: Any, name: str | None = None) -> Tensor:
    """The peak signal-to-noise ratio of images [..., rows, columns, channels] in decibels, [...].

    `max_val` is the distance between the smallest and the largest value that is possible (255 or 1,
    say). Equal images have an infinite ratio.
    """
    with name_scope(name, "PSNR", [a, b]):
        a, b, largest = _as_floats(a, b, max_val)
        checks = _checked_pair(a, b)
        error = reduce_mean(squared_difference(a, b), [-3, -2, -1])
        ten = constant(math.log(10), dtypes.float32)
        peak = divide(multiply(20.0, log(largest)), ten)
        found = subtract(peak, multiply(np.float32(10 / math.log(10)), log(error)), name="psnr")
        with control_dependencies(checks):
            return identity(found)


def _gaussian(size: int, sigma: float, depth: Any) -> Tensor:
    """Filters [size, size, depth, 1] of one normal distribution."""
    places = np.arange(size, dtype=np.float32) - (size - 1) / 2
    curve = -0.5 * (places / np.float32(sigma)) ** 2
    grid = np.exp(curve[:, None] + curve[None, :])
    weights = constant((grid / grid.sum()).astype(np.float32)[:, :, None, None])
    return tile(weights, stack([1, 1, depth, 1]))


def _ssim_each(
    a: Tensor, b: Tensor, largest: Tensor, size: int, sigma: float, k1: float, k2: float
) -> tuple[Tensor, Tensor]:
    """The similarity, and the part of it that is of contrast and structure, for each channel."""
    checks = [
        Assert(reduce_all(greater_equal(shape(image)[-3:-1], size)), [shape(image), size], 8)
        for image in (a, b)
    ]
    with control_dependencies(checks):
        a, b = identity(a), identity(b)
    filters = _gaussian(size, sigma, shape(a)[-1])
    if a._dims is not None and a._dims[-1] is not None:
        filters.set_shape([size, size, a._dims[-1], 1])

    def blurred(image: Tensor) -> Tensor:
        whole = shape(image)
        flat = reshape(image, concat([[-1], whole[-3:]], 0))
        found = depthwise_conv2d(flat, filters, [1, 1, 1, 1], "VALID")
        return reshape(found, concat([whole[:-3], shape(found)[1:]], 0))

    c1, c2 = (square(multiply(np.float32(k), largest)) for k in (k1, k2))
    mean_a, mean_b = blurred(a), blurred(b)
    product = multiply(multiply(mean_a, mean_b), 2.0)
    squares = add(square(mean_a), square(mean_b))
    light = divide(add(product, c1), add(squares, c1))
    both = multiply(blurred(multiply(a, b)), 2.0)
    each = blurred(add(square(a), square(b)))
    structure = divide(add(subtract(both, product), c2), add(subtract(each, squares), c2))
    return (
        reduce_mean(multiply(light, structure), [-3, -2]),
        reduce_mean(structure, [-3, -2]),
    )


def ssim(
    img1: Any,
    img2: Any,
    max_val: Any,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Tensor:
    """The structural similarity of images [..., rows, columns, channels], [...]; at most 1.

    Means and variances are weighted by a normal distribution (`filter_sigma`) over windows of
    `filter_size`. `max_val` is the distance between the smallest and the largest possible value.
    Running raises InvalidArgumentError where the images are smaller than the filter.
    """
    with name_scope(None, "SSIM", [img1, img2]):
        a, b, largest = _as_floats(img1, img2, max_val)
        with control_dependencies(_checked_pair(a, b)):
            a, b = identity(a), identity(b)
        each, _ = _ssim_each(a, b, largest, filter_size, filter_sigma, k1, k2)
        return reduce_mean(each, [-1])


_FACTORS = (0.0448, 0.2856, 0.3001, 0.2363, 0.1333)


def ssim_multiscale(
    img1: Any,
    img2: Any,
    max_val: Any,
    power_factors: Any = _FACTORS,
    filter_size: int = 11,
    filter_sigma: float = 1.5,
    k1: float = 0.01,
    k2: float = 0.03,
) -> Tensor:
    """The similarity of images (tf.image.ssim) at several sizes, each half of the one before.

    The product of the similarities, each to its power in `power_factors`.
    """
    with name_scope(None, "MS-SSIM", [img1, img2]):
        a, b, largest = _as_floats(img1, img2, max_val)
        with control_dependencies(_checked_pair(a, b)):
            images = [identity(a), identity(b)]
        found: list[Tensor] = []
        for k in range(len(power_factors)):
            with name_scope(None, f"Scale{k}", images):
                if k:
                    images = [_halved(image) for image in images]
                each, structure = _ssim_each(
                    images[0], images[1], largest, filter_size, filter_sigma, k1, k2
                )
                found.append(relu(structure))
        found[-1] = relu(each)
        powers = pow(stack(found, axis=-1), constant(power_factors, dtypes.float32))
        return reduce_mean(reduce_prod(powers, [-1]), [-1])


def _halved(image: Tensor) -> Tensor:
    """Means of 2 x 2 pixels; an odd last row or column counts twice."""
    whole = shape(image)
    flat = reshape(image, concat([[-1], whole[-3:]], 0))
    dims = image._dims
    if dims is not None:
        flat.set_shape([None, *dims[-3:]])
    odd = floormod(shape(flat), constant([1, 2, 2, 1]))
    if dims is None or None in dims[-3:-1]:
        edges = stack([constant([0] * 4), odd], axis=1)
        flat = cond(
            reduce_any(greater_equal(odd, 1)), lambda: pad(flat, edges, "SYMMETRIC"), lambda: flat
        )
    elif any(side % 2 for side in dims[-3:-1]):  # type: ignore[operator]
        rest = [side % 2 for side in dims[-3:-1]]  # type: ignore[operator]
        flat = pad(flat, [[0, 0], [0, rest[0]], [0, rest[1]], [0, 0]], "SYMMETRIC")
    found = avg_pool(flat, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
    return reshape(found, concat([whole[:-3], shape(found)[1:]], 0))


# Single images.


def total_variation(images: Any, name: str | None = None) -> Tensor:
    """The sum of the absolute differences of neighbouring pixels: a number for each image."""
    with name_scope(name, "total_variation"):
        images = convert_to_tensor(images, name="images")
        rank = None if images._dims is None else len(images._dims)
        if rank == 3:
            down: Any = images[1:] - images[:-1]
            across: Any = images[:, 1:] - images[:, :-1]
            axes = None
        elif rank == 4:
            down = images[:, 1:] - images[:, :-1]
            across = images[:, :, 1:] - images[:, :, :-1]
            axes = [1, 2, 3]
        else:
            raise ValueError(f"'images' must be either 3 or 4-dimensional: {images}")
        return add(reduce_sum(abs(down), axis=axes), reduce_sum(abs(across), axis=axes))


def image_gradients(image: Any) -> tuple[Tensor, Tensor]:
    """(dy, dx): each pixel's differences to the one below and to the one on the right.

    In the last row and column they are 0. The images are [batch, rows, columns, channels].
    """
    image = convert_to_tensor(image, name="image")
    if image._dims is None or len(image._dims) != 4:
        raise ValueError(
            f"image_gradients expects a 4D tensor [batch_size, h, w, d], not {image.shape}."
        )
    whole = shape(image)
    batch, rows, columns, depth = (whole[i] for i in range(4))
    dtype = image.dtype.base_dtype
    down: Any = image[:, 1:] - image[:, :-1]
    across: Any = image[:, :, 1:] - image[:, :, :-1]
    last_row = zeros(stack([batch, 1, columns, depth]), dtype)
    last_column = zeros(stack([batch, rows, 1, depth]), dtype)
    return (
        reshape(concat([down, last_row], 1), whole),
        reshape(concat([across, last_column], 2), whole),
    )


_SOBEL = np.array(
    [
        [[-1, -1], [-2, 0], [-1, 1]],
        [[0, -2], [0, 0], [0, 2]],
        [[1, -1], [2, 0], [1, 1]],
    ],
    np.float32,
)
"""[3, 3, 2]: the filters of dy and dx."""


def sobel_edges(image: Any) -> Tensor:
    """[batch, rows, columns, channels, 2]: the Sobel filters' dy and dx of images."""
    image = convert_to_tensor(image, name="image")
    dims = image._dims
    whole = shape(image)
    weights = constant(_SOBEL[:, :, None, :], image.dtype.base_dtype)
    weights = tile(weights, stack([1, 1, whole[-1], 1]), name="sobel_filters")
    if dims is not None:
        weights.set_shape([3, 3, dims[-1], 2])
    padded = pad(image, [[0, 0], [1, 1], [1, 1], [0, 0]], "REFLECT")
    found = depthwise_conv2d(padded, weights, [1, 1, 1, 1], "VALID")
    found = reshape(found, concat([whole, [2]], 0))
    if dims is not None:
        found.set_shape([*dims, 2])
    return found
