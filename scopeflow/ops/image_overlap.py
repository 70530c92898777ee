"""How much boxes overlap, and which of them stay. On the host, with numpy."""

from __future__ import annotations

import heapq
from typing import Any

import numpy as np


class Boxes:
    """How much boxes [y1, x1, y2, x2] (any two opposite corners) overlap."""

    def __init__(self, boxes: np.ndarray) -> None:
        self.low = np.minimum(boxes[:, :2], boxes[:, 2:])
        self.high = np.maximum(boxes[:, :2], boxes[:, 2:])
        self.areas = np.prod(self.high - self.low, 1)

    def overlap(self, one: int, others: Any) -> np.ndarray:
        """Intersection over union of a box with others; 0 where one of them is empty."""
        low = np.maximum(self.low[one], self.low[others])
        high = np.minimum(self.high[one], self.high[others])
        shared = np.prod(np.maximum(high - low, 0), 1)
        both = self.areas[one] + self.areas[others] - shared
        empty = (self.areas[one] <= 0) | (self.areas[others] <= 0)
        return np.where(empty, np.float32(0), shared / np.where(empty, np.float32(1), both))


class Matrix:
    """Overlaps that are given."""

    def __init__(self, overlaps: np.ndarray) -> None:
        self.overlaps = overlaps

    def overlap(self, one: int, others: Any) -> np.ndarray:
        """The overlaps of a box with others."""
        return self.overlaps[others, one]


def kept(boxes: Any, scores: np.ndarray, most: int, threshold: float, least: float) -> list[int]:
    """The boxes in order of score, without those that overlap a better one too much.

    At most `most` of them (a negative number: all), of scores above `least`. Equal scores keep
    their order.
    """
    order = np.argsort(-scores, kind="stable")
    order = order[scores[order] > least]
    found: list[int] = []
    while len(order) and len(found) != most:
        best = int(order[0])
        found.append(best)
        order = order[1:]
        order = order[~(boxes.overlap(best, order) > threshold)]
    return found


def kept_softly(
    boxes: Any, scores: np.ndarray, most: int, threshold: float, least: float, sigma: float
) -> tuple[list[int], list[float]]:
    """As `kept`, where a box that overlaps better ones is not dropped: its score falls."""
    queue = [(-float(score), i, 0) for i, score in enumerate(scores) if score > least]
    heapq.heapify(queue)
    found: list[int] = []
    values: list[float] = []
    while queue and len(found) != most:
        negative, box, seen = heapq.heappop(queue)
        score = before = np.float32(-negative)
        shares = boxes.overlap(box, np.array(found[seen:], int))
        for share in shares[::-1]:
            weight = np.exp(np.float32(-0.5 / sigma) * share * share) if share <= threshold else 0
            score = np.float32(score * weight)
            if score <= least:
                break
        if score == before:
            found.append(box)
            values.append(float(score))
        elif score > least:
            heapq.heappush(queue, (-float(score), box, len(found)))
    return found, values
