"""Boxes on images: drawn, and drawn at random for training."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_is
from ..core.types import TypeSet

# Drawing.

_COLORS = (
    (1, 1, 0, 1), (0, 0, 1, 1), (1, 0, 0, 1), (0, 1, 0, 1), (0.5, 0, 0.5, 1), (0.5, 0.5, 0, 1),
    (0.5, 0, 0, 1), (0, 0, 0.5, 1), (0, 1, 1, 1), (1, 0, 1, 1),
)  # fmt: skip
"""Yellow, blue, red, lime, purple, olive, maroon, navy, aqua, fuchsia."""
_DRAWN = TypeSet(dtypes.float32, dtypes.float16)


def _drawn_shape(images: Tensor, boxes: Tensor, colors: Tensor | None = None) -> Dims:
    dims = rank_is(images, 4)
    width = rank_is(boxes, 3)[2]  # type: ignore[index]
    if width not in (4, None):
        raise ShapeError(f"Dimension must be 4 but is {width}")
    assert dims is not None
    if dims[3] not in (1, 3, 4, None):
        raise ShapeError("Channel depth should be either 1 (GRY), 3 (RGB), or 4 (RGBA)")
    if colors is not None:
        rank_is(colors, 2)
    return dims


def _drawn(images: Any, boxes: Any, colors: Any) -> Any:
    batch, rows, columns, depth = images.shape
    if boxes.shape[0] != batch:
        raise ValueError(f"There are {batch} images, but boxes for {boxes.shape[0]}.")
    if depth == 1 and colors is None:
        colors = torch.ones(1, 1)
    elif colors is None or not colors.shape[0]:
        colors = torch.tensor(_COLORS)
    if colors.shape[1] < depth:
        raise ValueError(
            f"colors must have equal or more channels than the image provided: {list(colors.shape)}"
        )
    colors = colors[:, :depth].to(images.device, images.dtype)
    found = images.clone()
    corners = boxes.float().cpu().nan_to_num(-1.0).tolist()
    for image, here in zip(found, corners):
        for i, (y1, x1, y2, x2) in enumerate(here):
            color = colors[i % len(colors)]
            top, bottom = int(y1 * (rows - 1)), int(y2 * (rows - 1))
            left, right = int(x1 * (columns - 1)), int(x2 * (columns - 1))
            if top > bottom or left > right or top >= rows or left >= columns:
                continue
            if bottom < 0 or right < 0:
                continue
            down = slice(max(top, 0), min(bottom, rows - 1) + 1)
            across = slice(max(left, 0), min(right, columns - 1) + 1)
            for row in (top, bottom):
                if 0 <= row < rows:
                    image[row, across] = color
            for column in (left, right):
                if 0 <= column < columns:
                    image[down, column] = color
    return found


@op("T, float32 -> T", shape=_drawn_shape, differentiable=False, T=_DRAWN)
def DrawBoundingBoxes(images, boxes):
    """Images with the outlines of boxes [y1, x1, y2, x2] (0 to 1) in ten colors."""
    return _drawn(images, boxes, None)


@op("T, float32, float32 -> T", shape=_drawn_shape, differentiable=False, T=_DRAWN)
def DrawBoundingBoxesV2(images, boxes, colors):
    """Images with the outlines of boxes [y1, x1, y2, x2] (0 to 1) in `colors`, by turns."""
    return _drawn(images, boxes, colors)


def draw_bounding_boxes(
    images: Any, boxes: Any, name: str | None = None, colors: Any = None
) -> Tensor:
    """Images [batch, rows, columns, 1, 3 or 4] with the outlines of boxes [batch, boxes, 4].

    A box is [y1, x1, y2, x2], where 1 is the last row or column. `colors` is a matrix with a color
    a row, taken by turns; without it there are ten. No gradient passes.
    """
    if colors is None:
        return DrawBoundingBoxes(images, boxes, name=name)
    return DrawBoundingBoxesV2(images, boxes, colors, name=name)


# Sampling.

_SIZES = TypeSet(dtypes.uint8, dtypes.int8, dtypes.int16, dtypes.int32, dtypes.int64)


def _sample_shape(
    image_size: Tensor, bounding_boxes: Tensor, min_object_covered: Tensor | None = None
) -> list[Dims]:
    (count,) = rank_is(image_size, 1)  # type: ignore[misc]
    if count not in (3, None):
        raise ShapeError(f"Dimension must be 3 but is {count}")
    width = rank_is(bounding_boxes, 3)[2]  # type: ignore[index]
    if width not in (4, None):
        raise ShapeError(f"Dimension must be 4 but is {width}")
    return [(3,), (3,), (1, 1, 4)]


class _Sampler:
    """What a part of an image must be like, and random numbers to choose one."""

    def __init__(self, ratios, areas, attempts, covered, generator, device) -> None:
        for label, pair in (("Aspect ratio", ratios), ("Area", areas)):
            if len(pair) != 2:
                raise ValueError(f"{label} range field must specify 2 dimensions, not {pair}")
            if min(pair) <= 0:
                raise ValueError(f"{label} range must be non-negative: {list(pair)}")
        if attempts <= 0:
            raise ValueError(f"Max attempts must be non-negative: {attempts}")
        if covered < 0:
            raise ValueError(f"Min object covered must be non-negative: {covered}")
        self.ratios, self.areas = sorted(ratios), sorted(areas)
        self.attempts, self.covered = attempts, covered
        self.generator, self.device = generator, device

    def below(self, bound: int) -> int:
        """A whole number from 0 to `bound`, without it."""
        return int(torch.randint(bound, (), generator=self.generator, device=self.device))

    def sample(self, rows: int, columns: int, boxes: np.ndarray) -> tuple[int, int, int, int]:
        """(top, left, height, width); the whole image where no attempt succeeds."""
        for _ in range(self.attempts):
            share = torch.rand((), generator=self.generator, device=self.device)
            ratio = self.ratios[0] + float(share) * (self.ratios[1] - self.ratios[0])
            least, most = (area * rows * columns for area in self.areas)
            low = round(math.sqrt(least / ratio))
            high = min(round(math.sqrt(most / ratio)), rows, int((columns + 0.49999) / ratio))
            height = min(low, high) + self.below(max(high - low, 0) + 1)
            width = round(height * ratio)
            if not 0 < height <= rows or not 0 < width <= columns:
                continue
            if not least <= height * width <= most:
                continue
            top, left = self.below(rows - height + 1), self.below(columns - width + 1)
            if self._covers(top, left, height, width, boxes):
                return top, left, height, width
        return 0, 0, rows, columns

    def _covers(self, top, left, height, width, boxes) -> bool:
        """Whether enough of one of the boxes (in pixels) is inside."""
        if self.covered <= 0:
            return True
        shared = np.maximum(
            np.minimum(boxes[:, 2:], [top + height, left + width])
            - np.maximum(boxes[:, :2], [top, left]),
            0,
        ).prod(1)
        whole = (boxes[:, 2:] - boxes[:, :2]).prod(1)
        good = (boxes[:, 2:] > boxes[:, :2]).all(1)
        return bool((good & (shared >= self.covered * whole)).any())


def _sampled(image_size, bounding_boxes, sampler: _Sampler, use_image: bool) -> tuple:
    rows, columns = image_size[:2].tolist()
    boxes = bounding_boxes.reshape(-1, 4).cpu().numpy()
    if not len(boxes):
        if not use_image:
            raise ValueError(
                "No bounding boxes provided as input. One must enable "
                "use_image_if_no_bounding_boxes if you wish to not provide any bounding boxes."
            )
        boxes = np.array([[0, 0, 1, 1]], np.float32)
    outside = boxes[(boxes < 0) | (boxes > 1)]
    if len(outside):
        raise ValueError(f"All bounding box coordinates must be in [0.0, 1.0]: {outside[0]:.6g}")
    pixels = boxes * [rows, columns, rows, columns]
    top, left, height, width = sampler.sample(rows, columns, pixels)
    begin = image_size.new_tensor([top, left, 0])
    # All channels: -1, which is the largest number of an unsigned type.
    channels = 255 if image_size.dtype == torch.uint8 else -1
    size = image_size.new_tensor([height, width, channels])
    corners = [top / rows, left / columns, (top + height) / rows, (left + width) / columns]
    return begin, size, torch.tensor([[corners]], device=image_size.device)


@op(
    "T, float32, float32 -> begin: T, size: T, bboxes: float32",
    attrs={"seed": 0, "seed2": 0},
    shape=_sample_shape,
    differentiable=False,
    stateful=True,
    T=_SIZES,
)
def SampleDistortedBoundingBoxV2(
    image_size,
    bounding_boxes,
    min_object_covered,
    *,
    aspect_ratio_range=(0.75, 1.33),
    area_range=(0.05, 1),
    max_attempts=100,
    use_image_if_no_bounding_boxes=False,
    generator,
    device,
):
    """A random part of an image that has enough of one of the boxes in it."""
    covered = float(min_object_covered)
    sampler = _Sampler(aspect_ratio_range, area_range, max_attempts, covered, generator, device)
    return _sampled(image_size, bounding_boxes, sampler, use_image_if_no_bounding_boxes)


@op(
    "T, float32 -> begin: T, size: T, bboxes: float32",
    attrs={"seed": 0, "seed2": 0},
    shape=_sample_shape,
    differentiable=False,
    stateful=True,
    T=_SIZES,
)
def SampleDistortedBoundingBox(
    image_size,
    bounding_boxes,
    *,
    min_object_covered=0.1,
    aspect_ratio_range=(0.75, 1.33),
    area_range=(0.05, 1),
    max_attempts=100,
    use_image_if_no_bounding_boxes=False,
    generator,
    device,
):
    """A random part of an image that has enough of one of the boxes in it."""
    sampler = _Sampler(
        aspect_ratio_range, area_range, max_attempts, min_object_covered, generator, device
    )
    return _sampled(image_size, bounding_boxes, sampler, use_image_if_no_bounding_boxes)


def sample_distorted_bounding_box(
    image_size: Any,
    bounding_boxes: Any,
    seed: Any = None,
    seed2: Any = None,
    min_object_covered: Any = 0.1,
    aspect_ratio_range: Any = None,
    area_range: Any = None,
    max_attempts: Any = None,
    use_image_if_no_bounding_boxes: Any = None,
    name: str | None = None,
) -> Any:
    """(begin, size, bboxes): a random part of an image, for tf.slice and tf.draw_bounding_boxes.

    The part has width / height in `aspect_ratio_range` ([0.75, 1.33]), a share of the image in
    `area_range` ([0.05, 1]), and at least `min_object_covered` of one of the `bounding_boxes`
    [batch, boxes, 4] (as [y1, x1, y2, x2], 0 to 1) in it. After `max_attempts` (100) it is the
    whole image. With `use_image_if_no_bounding_boxes` the image is the box where there is none.
    The graph's seed plays no part: only `seed` and `seed2` make the values repeatable.
    """
    with name_scope(name, "sample_distorted_bounding_box"):
        return SampleDistortedBoundingBoxV2(
            image_size,
            bounding_boxes,
            min_object_covered,
            tuple(aspect_ratio_range or (0.75, 1.33)),
            tuple(area_range or (0.05, 1.0)),
            100 if max_attempts is None else max_attempts,
            bool(use_image_if_no_bounding_boxes),
            seed or 0,
            seed2 or 0,
        )
