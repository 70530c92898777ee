"""What is asked of the messages of boosted trees, read from their bytes.

The graph holds an ensemble as a string; the classes of these messages are not in the interface that
estimators stand on, and two numbers of each node are all that is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

_TREES, _TREE_WEIGHTS, _NODES = 1, 2, 1
_BUCKETIZED_SPLIT, _METADATA, _FEATURE_ID, _GAIN = 2, 777, 1, 1
_FEATURE_IDS, _LOGITS_PATH = 1, 2


def _varint(data: bytes, at: int) -> tuple[int, int]:
    """A number of as many bytes as it takes, and where the next one begins."""
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def _fields(data: bytes) -> Iterator[tuple[int, Any]]:
    """Number and value of each field: an int, or bytes."""
    at = 0
    while at < len(data):
        key, at = _varint(data, at)
        number, kind = key >> 3, key & 7
        if kind == 0:
            value, at = _varint(data, at)
            yield number, value
            continue
        size, at = _varint(data, at) if kind == 2 else ({1: 8, 5: 4}[kind], at)
        yield number, data[at : at + size]
        at += size


def _all(data: bytes, number: int) -> list:
    return [value for found, value in _fields(data) if found == number]


def _floats(data: bytes, number: int) -> list[float]:
    return np.frombuffer(b"".join(_all(data, number)), "<f4").tolist()


def gains(ensemble: bytes) -> Iterator[tuple[int, float]]:
    """The feature of each split, and what the split gained, times its tree's weight."""
    weights = _floats(ensemble, _TREE_WEIGHTS)
    for tree, weight in zip(_all(ensemble, _TREES), weights, strict=True):
        for node in _all(tree, _NODES):
            for split in _all(node, _BUCKETIZED_SPLIT):
                feature = (_all(split, _FEATURE_ID) or [0])[0]
                gain = [g for meta in _all(node, _METADATA) for g in _floats(meta, _GAIN)]
                yield feature, sum(gain) * weight


def way(output: bytes) -> tuple[list[int], np.ndarray]:
    """The features of an example's way through the trees, and the logits from root to end."""
    features: list[int] = []
    for packed in _all(output, _FEATURE_IDS):
        at = 0
        while at < len(packed):
            feature, at = _varint(packed, at)
            features.append(feature)
    return features, np.array(_floats(output, _LOGITS_PATH), np.float32)
