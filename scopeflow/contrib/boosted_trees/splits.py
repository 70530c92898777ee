"""The best splits of nodes, found in their examples. Numbers only: NumPy arrays in and out.

Gains and weights are those of "XGBoost: A Scalable Tree Boosting System" (Chen and Guestrin, 2016),
summed up over the logits where there are several (the Hessian's diagonal). For each node its
examples are sorted by each feature and summed up in that order, so that a node costs what its
examples cost, however many buckets there are.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

_MOST = 1 << 22  # numbers at once


class Penalties(NamedTuple):
    """What is subtracted from gains, and what nodes need."""

    l1: float
    l2: float
    tree_complexity: float
    min_node_weight: float


def _shrunk(gradients: np.ndarray, l1: float) -> np.ndarray:
    return np.sign(gradients) * np.maximum(np.abs(gradients) - np.float32(l1), 0)


def _weights(gradients: np.ndarray, hessians: np.ndarray, penalties: Penalties) -> np.ndarray:
    below = np.maximum(hessians + np.float32(penalties.l2), np.float32(1e-30))
    return -_shrunk(gradients, penalties.l1) / below


def _scores(gradients: np.ndarray, hessians: np.ndarray, penalties: Penalties) -> np.ndarray:
    """The scores of leaves, over the logits."""
    weights = _weights(gradients, hessians, penalties)
    return -(weights * _shrunk(gradients, penalties.l1)).sum(-1)


def _best_of(
    buckets: np.ndarray, gradients: np.ndarray, hessians: np.ndarray, penalties: Penalties
) -> tuple[float, int, int, np.ndarray, np.ndarray] | None:
    """Gain, feature, threshold and the sums on the left of one node's best split, if it has any."""
    count, features = buckets.shape
    width = 2 * gradients.shape[1]
    both = np.concatenate([gradients, hessians], 1)
    best = None
    step = max(1, _MOST // (count * width))
    total = both.sum(0, dtype=np.float32)
    for first in range(0, features, step):
        part = buckets[:, first : first + step]
        order = np.argsort(part, axis=0, kind="stable")
        values = np.take_along_axis(part, order, 0)
        ends = values[:-1] != values[1:]
        columns = np.flatnonzero(ends.any(0))  # a feature with one bucket splits nothing
        if not len(columns):
            continue
        left = np.cumsum(both[order[:-1, columns]], axis=0, dtype=np.float32)
        right = total - left
        half = width // 2
        gains = _scores(left[..., :half], left[..., half:], penalties)
        gains += _scores(right[..., :half], right[..., half:], penalties)
        gains = np.where(ends[:, columns], gains, -np.inf)
        row, column = np.unravel_index(np.argmax(gains), gains.shape)
        if best is None or gains[row, column] > best[0]:
            at = columns[column]
            best = (gains[row, column], first + at, values[row, at], left[row, column], total)
    return best


def best_splits(
    buckets: np.ndarray, gradients: np.ndarray, hessians: np.ndarray, nodes: np.ndarray,
    first_node: int, penalties: Penalties,
) -> tuple[np.ndarray, ...]:  # fmt: skip
    """Nodes from `first_node` on, and their gains, features, thresholds, the children's weights.

    Arguments are of examples: buckets [examples, features], gradients and Hessians
    [examples, logits], and the node in which each example is.
    """
    half = gradients.shape[1]
    found: list[tuple] = []
    order = np.argsort(nodes, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(nodes[order])) + 1):
        node = int(nodes[rows[0]]) if len(rows) else -1
        if node < first_node or len(rows) < 2:
            continue
        h = hessians[rows]
        if h.sum() / half < penalties.min_node_weight:
            continue
        best = _best_of(buckets[rows], gradients[rows], h, penalties)
        if best is None:
            continue
        gain, feature, threshold, left, total = best
        whole = float(_scores(total[:half], total[half:], penalties))
        weights = [_weights(side[:half], side[half:], penalties) for side in (left, total - left)]
        gain -= whole + penalties.tree_complexity
        found.append((node, gain, feature, threshold, *weights))
    kinds = (np.int32, np.float32, np.int32, np.int32, np.float32, np.float32)
    shapes = ((-1,),) * 4 + ((-1, half),) * 2
    columns = list(zip(*found, strict=True)) or [()] * 6
    return tuple(
        np.array(column, kind).reshape(shape)
        for column, kind, shape in zip(columns, kinds, shapes, strict=True)
    )


def boundaries(values: np.ndarray, num_quantiles: int) -> np.ndarray:
    """For each feature the values at which its buckets end, [features, num_quantiles - 1].

    They are quantiles of what is there; the rest is infinite.
    """
    ranks = np.arange(1, num_quantiles) / num_quantiles
    result = np.full((values.shape[1], num_quantiles - 1), np.inf, np.float32)
    for row, column in zip(result, np.sort(values.T, axis=1), strict=True):
        # Between neighbours none is needed above the largest value.
        found = np.unique(column[(ranks * (len(column) - 1)).astype(np.int64)])
        found = found[found < column[-1]]
        row[: len(found)] = found
    return result
