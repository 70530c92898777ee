"""`tf.keras.datasets.reuters`: news and their topics."""

from __future__ import annotations

from typing import Any

import numpy as np

from .files import arrays
from .words import as_objects, ranks, shortened, shuffled, without_old

__all__ = ["get_word_index", "load_data"]


def load_data(
    path: str = "reuters.npz", num_words: int | None = None, skip_top: int = 0,
    maxlen: int | None = None, test_split: float = 0.2, seed: int = 113,
    start_char: int | None = 1, oov_char: int | None = 2, index_from: int = 3, **kwargs: Any,
) -> tuple[tuple[Any, Any], tuple[Any, Any]]:  # fmt: skip
    """(x_train, y_train), (x_test, y_test): lists of words' ranks, and the topics' numbers.

    `test_split` is the part that is for testing; the other arguments are those of
    `tf.keras.datasets.imdb.load_data`, and so are the errors.
    """
    num_words = without_old(num_words, kwargs)
    x, y = arrays(path, "x", "y", pickled=True)
    x, y = shuffled(x, y, np.random.RandomState(seed))
    texts, labels = shortened(x, y, num_words, skip_top, maxlen, start_char, oov_char, index_from)
    train = int(len(texts) * (1 - test_split))
    return (
        (as_objects(texts[:train]), np.array(labels[:train])),
        (as_objects(texts[train:]), np.array(labels[train:])),
    )


def get_word_index(path: str = "reuters_word_index.json") -> dict[str, int]:
    """The words and their ranks by frequency."""
    return ranks(path)
