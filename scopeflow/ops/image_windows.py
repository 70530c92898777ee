"""Windows into images: boxes resampled to one size, glimpses."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.errors import OutOfRangeError
from ..core.lazy_torch import torch, values_known
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged_dim, rank_is
from ..core.static_value import static_value
from ..core.types import TypeSet
from .window import check_choice

_PIXELS = TypeSet(
    dtypes.uint8, dtypes.uint16, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64,
    dtypes.float16, dtypes.float32, dtypes.float64,
)  # fmt: skip


def _two(size: Tensor) -> tuple[int | None, int | None]:
    """[rows, columns] as far as they are known."""
    (count,) = rank_is(size, 1)  # type: ignore[misc]
    if count not in (None, 2):
        raise ShapeError(f"Dimension must be 2 but is {count}")
    found = static_value(size)
    return found if isinstance(found, tuple) else (None, None)


def _width(tensor: Tensor, width: int) -> int | None:
    """The rows of a matrix of `width` columns."""
    rows, columns = rank_is(tensor, 2)  # type: ignore[misc]
    if columns not in (None, width):
        raise ShapeError(f"Dimension must be {width} but is {columns}")
    return rows


def _crops_shape(image, boxes, box_ind, crop_size, *, method) -> Dims:
    check_choice("method", method, "bilinear", "nearest")
    depth = rank_is(image, 4)[3]  # type: ignore[index]
    count = merged_dim(_width(boxes, 4), rank_is(box_ind, 1)[0])  # type: ignore[index]
    return count, *_two(crop_size), depth


def _places(low: Any, high: Any, size: int, count: int) -> Any:
    """[boxes, count]: where the rows (or columns) of the crops lie in an image of `size`."""
    if count == 1:
        return (0.5 * (low + high) * (size - 1)).unsqueeze(1)
    step = (high - low) * (size - 1) / (count - 1)
    return low.unsqueeze(1) * (size - 1) + step.unsqueeze(1) * torch.arange(
        count, device=low.device
    )


@op(
    "T, float32, int32, host int32 -> float32",
    shape=_crops_shape,
    T=_PIXELS,
)
def CropAndResize(
    image, boxes, box_ind, crop_size, *, method="bilinear", extrapolation_value=0.0, op
):
    """For each box [y1, x1, y2, x2] (0 to 1) the part of image `box_ind`, of size `crop_size`."""
    if image.ndim != 4:
        raise ValueError(f"input image must be 4-D, not {list(image.shape)}")
    if min(crop_size) <= 0:
        raise ValueError(f"crop dimensions must be positive, not {list(crop_size)}")
    batch, rows, columns, _ = image.shape
    if not rows or not columns:
        raise ValueError("image dimensions must be positive")
    if boxes.shape[0] != box_ind.shape[0]:
        raise ValueError("box_index has incompatible shape")
    box_ind = box_ind.to(torch.int64)
    known = values_known(box_ind) and box_ind.numel()
    if known and not 0 <= box_ind.min() <= box_ind.max() < batch:
        raise OutOfRangeError(None, None, f"box_index has values outside [0, batch_size): {batch}")
    if op.inputs[0].dtype is not dtypes.float32:  # else it is what stands for float32 in a module
        image = image.to(torch.float32)
    top, left, bottom, right = boxes.unbind(1)
    y = _places(top, bottom, rows, crop_size[0])
    x = _places(left, right, columns, crop_size[1])
    inside = ((y >= 0) & (y <= rows - 1)).unsqueeze(2) & ((x >= 0) & (x <= columns - 1)).unsqueeze(
        1
    )
    number = box_ind[:, None, None]

    def pixels(image: Any, y: Any, x: Any) -> Any:
        y = y.detach().long().clamp(0, rows - 1).unsqueeze(2)
        x = x.detach().long().clamp(0, columns - 1).unsqueeze(1)
        return image[number, y, x]

    def between(image: Any) -> Any:
        upper, lower, before, after = y.floor(), y.ceil(), x.floor(), x.ceil()
        across = (x - before.detach())[:, None, :, None]
        down = (y - upper.detach())[:, :, None, None]
        above, below = pixels(image, upper, before), pixels(image, lower, before)
        above = above + (pixels(image, upper, after) - above) * across
        below = below + (pixels(image, lower, after) - below) * across
        return above + (below - above) * down

    if method == "nearest":
        found = pixels(image, torch.floor(y + 0.5), torch.floor(x + 0.5))
        if boxes.requires_grad:  # TensorFlow's boxes get the gradient of the bilinear rule
            smooth = between(image.detach())
            found = found + (smooth - smooth.detach())
    else:
        found = between(image)
    return torch.where(inside.unsqueeze(3), found, extrapolation_value)


def crop_and_resize(
    image: Any,
    boxes: Any,
    box_ind: Any = None,
    crop_size: Any = None,
    method: str = "bilinear",
    extrapolation_value: float = 0,
    name: str | None = None,
    box_indices: Any = None,
) -> Tensor:
    """For each box the part of its image, resampled to `crop_size` = [rows, columns]; float32.

    A box is [y1, x1, y2, x2], where 0 is the center of the first row or column of pixels and 1 of
    the last one; y1 > y2 flips. Box i lies in image `box_ind[i]` of the batch. What a box has
    outside the image is `extrapolation_value`. `method` is "bilinear" or "nearest". `box_indices`
    is another name of `box_ind`. Images and boxes have gradients.
    """
    if box_indices is not None:
        if box_ind is not None:
            raise ValueError("Cannot specify both 'box_ind' and 'box_indices'")
        box_ind = box_indices
    return CropAndResize(
        image, boxes, box_ind, crop_size, method, float(extrapolation_value), name=name
    )


def _glimpse_shape(input, size, offsets, *, noise, uniform_noise) -> Dims:
    dims = rank_is(input, 4)
    assert dims is not None
    if uniform_noise and noise != "uniform":
        raise ShapeError("The uniform_noise and noise should not be specified at the same time")
    return merged_dim(dims[0], _width(offsets, 2)), *_two(size), dims[3]


@op(
    "float32, host int32, float32 -> glimpse: float32",
    attrs={"uniform_noise": True},
    shape=_glimpse_shape,
    differentiable=False,
    stateful=False,
)
def ExtractGlimpse(input, size, offsets, *, centered=True, normalized=True, noise="uniform"):
    """A window of `size` of each image at its offset; what is outside the image is noise."""
    if noise not in ("uniform", "gaussian", "zero"):
        raise ValueError(f"The noise could only be uniform, gaussian, or zero, got {noise!r}")
    batch, rows, columns, depth = input.shape
    if offsets.shape[0] != batch:
        raise ValueError(f"The offsets are for {offsets.shape[0]} images, but there are {batch}.")
    if noise == "zero" or not input.numel():
        found = input.new_zeros(batch, *size, depth)
    elif noise == "uniform":
        low, high = torch.aminmax(input)
        found = torch.rand(batch, *size, depth, device=input.device) * (high - low) + low
    else:
        found = torch.randn(batch, *size, depth, device=input.device)
        found = (found * input.std(correction=0) + input.mean()).clamp(*torch.aminmax(input))
    for i, offset in enumerate(offsets.tolist()):
        here, there = [], []
        for place, length, whole in zip(offset, size, (rows, columns)):
            start = _start(place, length, whole, centered, normalized)
            first, last = max(start, 0), min(start + length, whole)
            here.append(slice(first, max(last, first)))
            there.append(slice(first - start, max(last, first) - start))
        found[i][tuple(there)] = input[i][tuple(here)]
    return found


def _start(place: float, length: int, whole: int, centered: bool, normalized: bool) -> int:
    """Where a window begins, by its offset."""
    if normalized:
        place *= whole
    if not centered:
        return int(place - length / 2)
    return int((place + whole - length) / 2)


def extract_glimpse(
    input: Any,
    size: Any,
    offsets: Any,
    centered: bool = True,
    normalized: bool = True,
    uniform_noise: bool = True,
    name: str | None = None,
) -> Tensor:
    """A window of `size` = [rows, columns] of each image, at its offset [y, x].

    `normalized`: offsets in image sizes, else in pixels. `centered`: (0, 0) is the image's center
    and (1, 1) its lower right corner, else (0, 0) is the upper left one; the offset is the
    window's center. Outside the images there is uniform noise in the range of their values:
    `uniform_noise` changes nothing, as in TensorFlow 1.15 (tf.raw_ops.ExtractGlimpse has `noise`).
    The noise comes from torch's own generator. No gradient passes.
    """
    return ExtractGlimpse(input, size, offsets, centered, normalized, "uniform", uniform_noise,
                          name=name)  # fmt: skip
