"""`tf.keras.datasets.imdb`: reviews of films, good or bad (Maas et al., 2011)."""

from __future__ import annotations

from typing import Any

import numpy as np

from .files import arrays
from .words import as_objects, ranks, shortened, shuffled, without_old

__all__ = ["get_word_index", "load_data"]


def load_data(
    path: str = "imdb.npz", num_words: int | None = None, skip_top: int = 0,
    maxlen: int | None = None, seed: int = 113, start_char: int | None = 1,
    oov_char: int | None = 2, index_from: int = 3, **kwargs: Any,
) -> tuple[tuple[Any, Any], tuple[Any, Any]]:  # fmt: skip
    """(x_train, y_train), (x_test, y_test): lists of words' ranks, and 0 or 1.

    Args:
        path: the file in `~/.keras/datasets`.
        num_words: ranks from here on become `oov_char`; None for all words.
        skip_top: ranks below become `oov_char`.
        maxlen: texts of so many words and more are left out.
        seed: of the order.
        start_char: stands before each text, unless it is None.
        oov_char: for words that are left out; None to leave nothing.
        index_from: is added to the ranks.

    Raises FileNotFoundError where the file is not there, ValueError where `maxlen` leaves nothing.
    The file's arrays are pickled: take it from a source that you trust.
    """
    num_words = without_old(num_words, kwargs)
    x_train, y_train, x_test, y_test = arrays(
        path, "x_train", "y_train", "x_test", "y_test", pickled=True
    )
    random = np.random.RandomState(seed)
    x_train, y_train = shuffled(x_train, y_train, random)
    x_test, y_test = shuffled(x_test, y_test, random)
    texts, labels = shortened(
        [*x_train, *x_test], np.concatenate([y_train, y_test]), num_words, skip_top, maxlen,
        start_char, oov_char, index_from,
    )  # fmt: skip
    train = len(x_train)
    return (
        (as_objects(texts[:train]), np.array(labels[:train])),
        (as_objects(texts[train:]), np.array(labels[train:])),
    )


def get_word_index(path: str = "imdb_word_index.json") -> dict[str, int]:
    """The words and their ranks by frequency."""
    return ranks(path)
