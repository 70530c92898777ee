"""Non-maximum suppression: the best of boxes that overlap. The boxes are handled on the host."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged_dim, rank_is
from ..core.static_value import static_value
from ..core.types import TypeSet
from .image_overlap import Boxes, Matrix, kept, kept_softly

_FLOATS = TypeSet(dtypes.float16, dtypes.float32, default=dtypes.float32)


# The ops.


def _inputs(boxes: Any, scores: Any, threshold: Any) -> tuple[np.ndarray, np.ndarray, float]:
    threshold = float(threshold)
    if not 0 <= threshold <= 1:
        raise ValueError(f"iou_threshold must be in [0, 1], not {threshold}")
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise ValueError(f"boxes must be 2-D with 4 columns, not {list(boxes.shape)}")
    if tuple(scores.shape) != (boxes.shape[0],):
        raise ValueError(
            f"scores has incompatible shape {list(scores.shape)} for {boxes.shape[0]} boxes"
        )
    return _array(boxes), _array(scores), threshold


def _array(tensor: Any) -> np.ndarray:
    return tensor.detach().float().cpu().numpy()


def _indices(found: list, device: Any, size: int | None = None) -> Any:
    if size is not None:
        found = found + [0] * (size - len(found))
    return torch.tensor(found, dtype=torch.int32, device=device)


def _check_boxes(boxes: Tensor, scores: Tensor, *scalars: Tensor) -> None:
    rows, columns = rank_is(boxes, 2)  # type: ignore[misc]
    if columns not in (4, None):
        raise ShapeError(f"Dimension must be 4 but is {columns}")
    merged_dim(rows, rank_is(scores, 1)[0])  # type: ignore[index]
    for scalar in scalars:
        rank_is(scalar, 0)


def _some(boxes: Tensor, scores: Tensor, *scalars: Tensor) -> Dims:
    _check_boxes(boxes, scores, *scalars)
    return (None,)


@op("T, T, host int32, T_threshold, T_threshold -> int32", shape=_some, differentiable=False,
    varies=True, T=_FLOATS, T_threshold=_FLOATS)  # fmt: skip
def NonMaxSuppressionV3(boxes, scores, max_output_size, iou_threshold, score_threshold):
    """The indices of the boxes that stay, best first."""
    array, values, threshold = _inputs(boxes, scores, iou_threshold)
    found = kept(Boxes(array), values, max_output_size, threshold, float(score_threshold))
    return _indices(found, boxes.device)


@op("float32, float32, host int32 -> int32", shape=_some, differentiable=False, varies=True)
def NonMaxSuppression(boxes, scores, max_output_size, *, iou_threshold=0.5):
    """The indices of the boxes that stay, best first; scores of any size count."""
    array, values, threshold = _inputs(boxes, scores, iou_threshold)
    found = kept(Boxes(array), values, max_output_size, threshold, -np.inf)
    return _indices(found, boxes.device)


@op("T, T, host int32, T_threshold -> int32", shape=_some, differentiable=False,
    varies=True, T=_FLOATS, T_threshold=_FLOATS)  # fmt: skip
def NonMaxSuppressionV2(boxes, scores, max_output_size, iou_threshold):
    """The indices of the boxes that stay, best first; scores of any size count."""
    array, values, threshold = _inputs(boxes, scores, iou_threshold)
    found = kept(Boxes(array), values, max_output_size, threshold, -np.inf)
    return _indices(found, boxes.device)


def _padded_dims(max_output_size: Tensor, pad: bool) -> Dims:
    return (static_value(max_output_size) if pad else None,)


def _v4_shape(
    boxes, scores, max_output_size, iou_threshold, score_threshold, *, pad_to_max_output_size
) -> list[Dims]:
    _check_boxes(boxes, scores, max_output_size, iou_threshold, score_threshold)
    return [_padded_dims(max_output_size, pad_to_max_output_size), ()]


@op(
    "T, T, host int32, T_threshold, T_threshold -> selected_indices: int32, valid_outputs: int32",
    shape=_v4_shape,
    differentiable=False,
    varies=True,
    T=_FLOATS,
    T_threshold=_FLOATS,
)
def NonMaxSuppressionV4(
    boxes, scores, max_output_size, iou_threshold, score_threshold, *, pad_to_max_output_size=False
):
    """The indices of the boxes that stay, best first, filled up with 0; how many there are."""
    array, values, threshold = _inputs(boxes, scores, iou_threshold)
    found = kept(Boxes(array), values, max_output_size, threshold, float(score_threshold))
    size = max_output_size if pad_to_max_output_size else None
    return _indices(found, boxes.device, size), _count(found, boxes.device)


def _count(found: list, device: Any) -> Any:
    return torch.tensor(len(found), dtype=torch.int32, device=device)


def _v5_shape(
    boxes,
    scores,
    max_output_size,
    iou_threshold,
    score_threshold,
    soft_nms_sigma,
    *,
    pad_to_max_output_size,
) -> list[Dims]:
    _check_boxes(boxes, scores, max_output_size, iou_threshold, score_threshold, soft_nms_sigma)
    dims = _padded_dims(max_output_size, pad_to_max_output_size)
    return [dims, dims, ()]


@op(
    "T, T, host int32, T, T, T -> "
    "selected_indices: int32, selected_scores: T, valid_outputs: int32",
    shape=_v5_shape,
    differentiable=False,
    varies=True,
    T=_FLOATS,
)
def NonMaxSuppressionV5(
    boxes,
    scores,
    max_output_size,
    iou_threshold,
    score_threshold,
    soft_nms_sigma,
    *,
    pad_to_max_output_size=False,
):
    """The indices and scores of the boxes that stay, best first, and how many there are.

    With a sigma above 0, scores fall by exp(-overlap² / (2 sigma)) instead of boxes being dropped.
    """
    array, values, threshold = _inputs(boxes, scores, iou_threshold)
    least, sigma = float(score_threshold), float(soft_nms_sigma)
    if sigma < 0:
        raise ValueError(f"soft_nms_sigma must be nonnegative, not {sigma}")
    if sigma:
        found, best = kept_softly(Boxes(array), values, max_output_size, threshold, least, sigma)
    else:
        found = kept(Boxes(array), values, max_output_size, threshold, least)
        best = values[found].tolist()
    size = max_output_size if pad_to_max_output_size else None
    if size is not None:
        best = best + [0.0] * (size - len(best))
    scored = torch.tensor(best, dtype=scores.dtype, device=scores.device)
    return _indices(found, boxes.device, size), scored, _count(found, boxes.device)


def _overlaps_shape(overlaps, scores, max_output_size, overlap_threshold, score_threshold) -> Dims:
    rows, columns = rank_is(overlaps, 2)  # type: ignore[misc]
    merged_dim(merged_dim(rows, columns), rank_is(scores, 1)[0])  # type: ignore[index]
    return (None,)


@op("float32, float32, host int32, float32, float32 -> int32", shape=_overlaps_shape,
    differentiable=False)  # fmt: skip
def NonMaxSuppressionWithOverlaps(
    overlaps, scores, max_output_size, overlap_threshold, score_threshold
):
    """The indices of the boxes that stay, best first, where a matrix tells what overlaps."""
    if overlaps.ndim != 2 or overlaps.shape[0] != overlaps.shape[1]:
        raise ValueError(f"overlaps must be square, not {list(overlaps.shape)}")
    found = kept(
        Matrix(_array(overlaps)),
        _array(scores),
        max_output_size,
        float(overlap_threshold),
        float(score_threshold),
    )
    return _indices(found, overlaps.device)


def _combined_shape(
    boxes,
    scores,
    max_output_size_per_class,
    max_total_size,
    iou_threshold,
    score_threshold,
    *,
    pad_per_class,
) -> list[Dims]:
    dims, score_dims = rank_is(boxes, 4), rank_is(scores, 3)
    assert dims is not None and score_dims is not None
    batch = merged_dim(dims[0], score_dims[0])
    merged_dim(dims[1], score_dims[1])
    if dims[3] not in (4, None):
        raise ShapeError(f"Dimension must be 4 but is {dims[3]}")
    if None not in (dims[2], score_dims[2]) and dims[2] not in (1, score_dims[2]):
        raise ShapeError(
            "third dimension of boxes must be either 1 or equal to the third dimension of scores"
        )
    total = static_value(max_total_size)
    if total is not None and total <= 0:
        raise ShapeError(f"max_total_size should be > 0, not {total},")
    if pad_per_class:
        each = static_value(max_output_size_per_class)
        unknown = None in (total, each, score_dims[2])
        total = None if unknown else min(total, each * score_dims[2])
    return [(batch, total, 4), (batch, total), (batch, total), (batch,)]


@op(
    "float32, float32, host int32, host int32, float32, float32 -> "
    "nmsed_boxes: float32, nmsed_scores: float32, nmsed_classes: float32, valid_detections: int32",
    shape=_combined_shape,
    differentiable=False,
)
def CombinedNonMaxSuppression(
    boxes,
    scores,
    max_output_size_per_class,
    max_total_size,
    iou_threshold,
    score_threshold,
    *,
    pad_per_class=False,
    clip_boxes=True,
):
    """For each image the boxes that stay in any class, best first, filled up with zeros."""
    if max_total_size <= 0:
        raise ValueError(f"max_total_size must be > 0, not {max_total_size}")
    threshold, least = float(iou_threshold), float(score_threshold)
    if not 0 <= threshold <= 1:
        raise ValueError(f"iou_threshold must be in [0, 1], not {threshold}")
    places, values = _array(boxes), _array(scores)
    batch, _, classes = values.shape
    size = max_total_size
    if pad_per_class:
        size = min(size, max_output_size_per_class * classes)
    rows = np.zeros((batch, size, 4), np.float32)
    best, kinds = np.zeros((2, batch, size), np.float32)
    counts = np.zeros(batch, np.int32)
    for i in range(batch):
        found = []
        for kind in range(classes):
            here = places[i, :, kind if places.shape[2] > 1 else 0]
            score = values[i, :, kind]
            chosen = kept(Boxes(here), score, max_output_size_per_class, threshold, least)
            found += [(score[j], kind, here[j]) for j in chosen]
        found.sort(key=lambda item: -item[0])
        for j, (score, kind, place) in enumerate(found[:size]):
            best[i, j], kinds[i, j], rows[i, j] = score, kind, place
        counts[i] = min(len(found), size)
    if clip_boxes:
        rows = rows.clip(0, 1)
    return tuple(torch.from_numpy(x).to(boxes.device) for x in (rows, best, kinds, counts))


# The public functions.


def non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    name: str | None = None,
) -> Tensor:
    """int32 indices of the boxes that stay when those that overlap a better one are dropped.

    A box is [y1, x1, y2, x2]. Boxes are taken in the order of their scores, down to
    `score_threshold`, `max_output_size` at most; one is dropped where its intersection with a box
    that stays is more than `iou_threshold` of their union. Boxes of equal score are taken in their
    order.
    """
    with name_scope(name, "non_max_suppression"):
        return NonMaxSuppressionV3(
            boxes, scores, max_output_size, *_thresholds(iou_threshold, score_threshold)
        )


def _thresholds(iou: Any, score: Any) -> tuple[Tensor, Tensor]:
    return (
        convert_to_tensor(iou, name="iou_threshold", preferred_dtype=dtypes.float32),
        convert_to_tensor(score, name="score_threshold", preferred_dtype=dtypes.float32),
    )


def non_max_suppression_with_scores(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    soft_nms_sigma: Any = 0.0,
    name: str | None = None,
) -> tuple[Tensor, Tensor]:
    """(indices, scores) of the boxes that stay; see tf.image.non_max_suppression.

    With `soft_nms_sigma` above 0, the score of a box falls by exp(-overlap² / (2 sigma)) for each
    better box that it overlaps, and it is dropped below `score_threshold` (or by `iou_threshold`).
    """
    with name_scope(name, "non_max_suppression_with_scores"):
        iou, least = _thresholds(iou_threshold, score_threshold)
        sigma = convert_to_tensor(
            soft_nms_sigma, name="soft_nms_sigma", preferred_dtype=dtypes.float32
        )
        found = NonMaxSuppressionV5(boxes, scores, max_output_size, iou, least, sigma, False)
        return found[0], found[1]


def non_max_suppression_padded(
    boxes: Any,
    scores: Any,
    max_output_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    pad_to_max_output_size: bool = False,
    name: str | None = None,
) -> Any:
    """(selected_indices, valid_outputs): the boxes that stay, and how many they are.

    See tf.image.non_max_suppression. `pad_to_max_output_size` fills the indices up with zeros.
    """
    with name_scope(name, "non_max_suppression_padded"):
        iou, least = _thresholds(iou_threshold, score_threshold)
        return NonMaxSuppressionV4(
            boxes, scores, max_output_size, iou, least, pad_to_max_output_size
        )


def non_max_suppression_overlaps(
    overlaps: Any,
    scores: Any,
    max_output_size: Any,
    overlap_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    name: str | None = None,
) -> Tensor:
    """As tf.image.non_max_suppression, where the matrix `overlaps` tells how much boxes overlap."""
    with name_scope(name, "non_max_suppression_overlaps"):
        threshold = convert_to_tensor(overlap_threshold, dtypes.float32, "overlap_threshold")
        return NonMaxSuppressionWithOverlaps(
            overlaps, scores, max_output_size, threshold, score_threshold
        )


def combined_non_max_suppression(
    boxes: Any,
    scores: Any,
    max_output_size_per_class: Any,
    max_total_size: Any,
    iou_threshold: Any = 0.5,
    score_threshold: Any = float("-inf"),
    pad_per_class: bool = False,
    clip_boxes: bool = True,
    name: str | None = None,
) -> Any:
    """(nmsed_boxes, nmsed_scores, nmsed_classes, valid_detections) for a batch of images.

    `boxes` is [batch, boxes, classes or 1, 4], `scores` [batch, boxes, classes]. Each class is
    suppressed for itself (tf.image.non_max_suppression), then the best `max_total_size` of all are
    taken, with zeros where there are less. `pad_per_class` fills up to at most
    max_output_size_per_class · classes; `clip_boxes` cuts boxes off at 0 and 1.
    """
    with name_scope(name, "combined_non_max_suppression"):
        iou, least = _thresholds(iou_threshold, score_threshold)
        return CombinedNonMaxSuppression(
            boxes,
            scores,
            max_output_size_per_class,
            max_total_size,
            iou,
            least,
            pad_per_class,
            clip_boxes,
        )
