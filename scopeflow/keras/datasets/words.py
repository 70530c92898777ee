"""What the data sets of texts share: lists of words' ranks, shortened as the caller wants."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from .files import local_file


def shuffled(x: np.ndarray, y: np.ndarray, random: Any) -> tuple[np.ndarray, np.ndarray]:
    """Both in the order that comes next from a RandomState."""
    order = np.arange(len(x))
    random.shuffle(order)
    return x[order], y[order]


def shortened(
    texts: Any, labels: Any, num_words: int | None, skip_top: int, maxlen: int | None,
    start_char: int | None, oov_char: int | None, index_from: int,
) -> tuple[list[list[int]], Any]:  # fmt: skip
    """The texts with `start_char` before them and ranks from `index_from` on.

    Those of `maxlen` words and more go. Of words that are not among ranks `skip_top` to `num_words`
    `oov_char` is left, or nothing where that is None.
    """
    if start_char is not None:
        found = [[start_char, *(word + index_from for word in text)] for text in texts]
    elif index_from:
        found = [[word + index_from for word in text] for text in texts]
    else:
        found = [list(text) for text in texts]
    if maxlen:
        kept = [i for i, text in enumerate(found) if len(text) < maxlen]
        found, labels = [found[i] for i in kept], [labels[i] for i in kept]
        if not found:
            raise ValueError(
                f"After filtering for sequences shorter than maxlen={maxlen}, no sequence was "
                "kept. Increase maxlen."
            )
    if not num_words:
        num_words = max(max(text) for text in found)
    usual = range(skip_top, num_words)
    if oov_char is not None:
        return [[w if w in usual else oov_char for w in text] for text in found], labels
    return [[w for w in text if w in usual] for text in found], labels


def as_objects(texts: list) -> np.ndarray:
    """An array of lists, or of numbers where all have one length."""
    if len({len(text) for text in texts}) <= 1:
        return np.array(texts)
    found = np.empty(len(texts), object)
    found[:] = texts
    return found


def ranks(path: str) -> dict[str, int]:
    """The words of a data set, and their ranks by frequency."""
    with open(local_file(path), encoding="utf-8") as file:
        return json.load(file)


def without_old(num_words: int | None, others: dict[str, Any]) -> int | None:
    """`num_words`, which was `nb_words` before. TypeError for any other argument."""
    if "nb_words" in others:
        num_words = others.pop("nb_words")
    if others:
        raise TypeError(f"Unrecognized keyword arguments: {others}")
    return num_words
