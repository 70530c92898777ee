"""Statistics of examples in the nodes of a tree, and the best splits by them.

The gain of a split and the weight of a leaf are those of "XGBoost: A Scalable Tree Boosting System"
(Chen and Guestrin, 2016): with G and H the sums of gradients and Hessians in a node, and T(G) the
soft threshold of G by l1, its weight is -T(G) / (H + l2), and its score T(G)² / (H + l2).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.errors import InvalidArgumentError


def summary(
    nodes: np.ndarray, gradients: np.ndarray, hessians: np.ndarray, buckets: list[np.ndarray],
    max_splits: int, num_buckets: int,
) -> np.ndarray:  # fmt: skip
    """The sums of gradients and Hessians, [features, nodes, buckets, 2]."""
    if any(numbers.size != nodes.size for numbers in (gradients, hessians, *buckets)):
        raise InvalidArgumentError(
            None, None, "node_ids, gradients, hessians and features are not of as many examples"
        )
    for what, found, most in (
        ("node_ids", nodes, max_splits),
        *(("bucketized_features", feature, num_buckets) for feature in buckets),
    ):
        if found.size and not 0 <= found.min() <= found.max() < most:
            raise InvalidArgumentError(None, None, f"{what} are not all in [0, {most})")
    shape = (max_splits, num_buckets)
    result = np.zeros((len(buckets), *shape, 2), np.float32)
    for i, feature in enumerate(buckets):
        flat = nodes.astype(np.int64) * num_buckets + feature
        for j, numbers in enumerate((gradients, hessians)):
            sums = np.bincount(flat, numbers.ravel(), minlength=max_splits * num_buckets)
            result[i, ..., j] = sums.reshape(shape)
    return result


def shrunk(gradients: np.ndarray, l1: float) -> np.ndarray:
    """The soft threshold: nearer to 0 by l1, and 0 where that would cross it."""
    if not l1:
        return gradients
    return np.sign(gradients) * np.maximum(np.abs(gradients) - np.float32(l1), np.float32(0))


def _ratio(numerator: np.ndarray, denominator: np.ndarray) -> np.ndarray:
    """0 where nothing is there to divide by."""
    empty = denominator <= 1e-35
    return np.where(empty, np.float32(0), numerator / np.where(empty, np.float32(1), denominator))


def weights(gradients: np.ndarray, hessians: np.ndarray, l1: float, l2: float) -> np.ndarray:
    """The best weight of a leaf."""
    return -_ratio(shrunk(gradients, l1), hessians + np.float32(l2))


def scores(gradients: np.ndarray, hessians: np.ndarray, l1: float, l2: float) -> np.ndarray:
    """By how much (twice) a leaf's best weight lowers the loss."""
    found = shrunk(gradients, l1)
    return _ratio(found * found, hessians + np.float32(l2))


def best_splits(
    node_range: Any, stats: np.ndarray, l1: float, l2: float, tree_complexity: float,
    min_node_weight: float,
) -> tuple[np.ndarray, ...]:  # fmt: skip
    """Of each node in the range the best threshold of one feature, of which are the `stats`.

    Nodes, gains, thresholds, and what the left and right child add; a node whose Hessians sum up to
    less than `min_node_weight` is left out.
    """
    first, end = (int(i) for i in node_range)
    if not 0 <= first <= end <= len(stats):
        raise InvalidArgumentError(
            None, None, f"node_id_range [{first}, {end}) is not in [0, {len(stats)})"
        )
    if not stats.shape[1]:
        raise InvalidArgumentError(None, None, "A stats summary has no buckets")
    sums = np.cumsum(stats[first:end], axis=1, dtype=np.float32)
    total = sums[:, -1:]
    below, above = (sums[..., 0], sums[..., 1]), (total - sums)
    gains = scores(*below, l1, l2) + scores(above[..., 0], above[..., 1], l1, l2)
    best = np.argmax(gains, axis=1)  # the first one, where several are as good
    rows = np.arange(len(best))
    gain = gains[rows, best] - scores(total[:, 0, 0], total[:, 0, 1], l1, l2)
    left = weights(below[0][rows, best], below[1][rows, best], l1, l2)
    right = weights(above[rows, best, 0], above[rows, best, 1], l1, l2)
    keep = total[:, 0, 1] >= min_node_weight
    return (
        (first + rows[keep]).astype(np.int32),
        (gain - np.float32(tree_complexity))[keep],
        best[keep].astype(np.int32),
        left[keep][:, None],
        right[keep][:, None],
    )
