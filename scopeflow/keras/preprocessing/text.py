"""Texts as sequences of numbers."""

from __future__ import annotations

import hashlib
import json
from collections import OrderedDict, defaultdict
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

__all__ = ["Tokenizer", "hashing_trick", "one_hot", "text_to_word_sequence"]

_FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


def text_to_word_sequence(
    text: str, filters: str = _FILTERS, lower: bool = True, split: str = " "
) -> list:
    """The words of a text, without the filtered characters.

    >>> text_to_word_sequence("Good, bad!")
    ['good', 'bad']
    """
    text = text.lower() if lower else text
    text = text.translate({ord(character): split for character in filters})
    return [word for word in text.split(split) if word]


def hashing_trick(
    text: str, n: int, hash_function: Any = None, filters: str = _FILTERS, lower: bool = True,
    split: str = " ",
) -> list:  # fmt: skip
    """Words as numbers from 1 to n - 1, by a hash function ("md5", or Python's)."""
    function: Callable = hash if hash_function is None else hash_function
    if hash_function == "md5":
        function = lambda w: int(hashlib.md5(w.encode()).hexdigest(), 16)  # noqa: E731
    return [function(w) % (n - 1) + 1 for w in text_to_word_sequence(text, filters, lower, split)]


def one_hot(
    text: str, n: int, filters: str = _FILTERS, lower: bool = True, split: str = " "
) -> list:
    """Words as numbers from 1 to n - 1, by Python's hash function."""
    return hashing_trick(text, n, hash, filters, lower, split)


class Tokenizer:
    """Numbers for words, the most frequent first; 0 is no word."""

    def __init__(
        self, num_words: int | None = None, filters: str = _FILTERS, lower: bool = True,
        split: str = " ", char_level: bool = False, oov_token: str | None = None,
        document_count: int = 0, **kwargs: Any,
    ) -> None:  # fmt: skip
        kwargs.pop("nb_words", None)
        if kwargs:
            raise TypeError("Unrecognized keyword arguments: " + str(kwargs))
        self.word_counts: OrderedDict[str, int] = OrderedDict()
        self.word_docs: dict[str, int] = defaultdict(int)
        self.filters, self.split, self.lower, self.num_words = filters, split, lower, num_words
        self.document_count, self.char_level, self.oov_token = document_count, char_level, oov_token
        self.index_docs: dict[int, int] = defaultdict(int)
        self.word_index: dict[str, int] = {}
        self.index_word: dict[int, str] = {}

    def _words(self, text: Any) -> list:
        if isinstance(text, list):
            return [w.lower() for w in text] if self.lower else text
        if self.char_level:
            return list(text.lower() if self.lower else text)
        return text_to_word_sequence(text, self.filters, self.lower, self.split)

    def fit_on_texts(self, texts: Any) -> None:
        """Count the words of texts, and number them."""
        for text in texts:
            self.document_count += 1
            words = self._words(text)
            for word in words:
                self.word_counts[word] = self.word_counts.get(word, 0) + 1
            for word in set(words):
                self.word_docs[word] += 1
        ordered = sorted(self.word_counts, key=lambda word: -self.word_counts[word])
        ordered = ordered if self.oov_token is None else [self.oov_token, *ordered]
        self.word_index = {word: number for number, word in enumerate(ordered, 1)}
        self.index_word = {number: word for word, number in self.word_index.items()}
        for word, count in self.word_docs.items():
            self.index_docs[self.word_index[word]] = count

    def fit_on_sequences(self, sequences: Any) -> None:
        """Count in how many sequences numbers are."""
        self.document_count += len(sequences)
        for each in sequences:
            for number in set(each):
                self.index_docs[number] += 1

    def texts_to_sequences(self, texts: Any) -> list:
        """Each text as a list of its words' numbers, unknown and rare words left out."""
        return list(self.texts_to_sequences_generator(texts))

    def texts_to_sequences_generator(self, texts: Any) -> Iterator[list]:
        """`texts_to_sequences`, one by one."""
        unknown = self.word_index.get(self.oov_token) if self.oov_token is not None else None
        for text in texts:
            numbers = [self.word_index.get(word) for word in self._words(text)]
            if self.num_words:
                numbers = [n if n is not None and n < self.num_words else None for n in numbers]
            numbers = [unknown if n is None else n for n in numbers]
            yield [n for n in numbers if n is not None]

    def sequences_to_texts(self, sequences: Any) -> list:
        """Each list of numbers as a text."""
        return list(self.sequences_to_texts_generator(sequences))

    def sequences_to_texts_generator(self, sequences: Any) -> Iterator[str]:
        """`sequences_to_texts`, one by one."""
        for each in sequences:
            words = [
                self.index_word.get(n) if not self.num_words or n < self.num_words else None
                for n in each
            ]
            words = [self.oov_token if word is None else word for word in words]
            yield " ".join(word for word in words if word is not None)

    def texts_to_matrix(self, texts: Any, mode: str = "binary") -> np.ndarray:
        """Each text as a row, a column for each word. See `sequences_to_matrix`."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)

    def sequences_to_matrix(self, sequences: Any, mode: str = "binary") -> np.ndarray:
        """Each list as a row: "binary", "count", "freq" (share) or "tfidf" of each number."""
        if not self.num_words and not self.word_index:
            raise ValueError(
                "Specify a dimension (`num_words` argument), or fit on some text data first."
            )
        if mode not in ("binary", "count", "freq", "tfidf"):
            raise ValueError("Unknown vectorization mode:", mode)
        if mode == "tfidf" and not self.document_count:
            raise ValueError("Fit the Tokenizer on some data before using tfidf mode.")
        width = self.num_words or len(self.word_index) + 1
        found = np.zeros((len(sequences), width))
        for row, each in zip(found, sequences, strict=True):
            numbers, counts = np.unique([n for n in each if n < width], return_counts=True)
            for number, count in zip(numbers.astype(int), counts, strict=True):
                if mode == "tfidf":
                    rarity = np.log(
                        1 + self.document_count / (1 + self.index_docs.get(int(number), 0))
                    )
                    row[number] = (1 + np.log(count)) * rarity
                else:
                    row[number] = {"binary": 1, "count": count, "freq": count / len(each)}[mode]
        return found

    def get_config(self) -> dict[str, Any]:
        """All that the tokenizer knows, as plain values."""
        names = ("num_words", "filters", "lower", "split", "char_level", "oov_token")
        config = {name: getattr(self, name) for name in (*names, "document_count")}
        counts = ("word_counts", "word_docs", "index_docs", "index_word", "word_index")
        return config | {name: json.dumps(getattr(self, name)) for name in counts}

    def to_json(self, **kwargs: Any) -> str:
        """`get_config` as JSON."""
        return json.dumps({"class_name": "Tokenizer", "config": self.get_config()}, **kwargs)
