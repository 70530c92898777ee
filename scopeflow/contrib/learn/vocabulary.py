"""The numbers of words: CategoricalVocabulary."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable


class CategoricalVocabulary:
    """Gives categories, such as words, numbers from 1 on; 0 is what is unknown.

    A vocabulary that is not frozen takes in each category that it is asked for.
    """

    def __init__(self, unknown_token: Hashable = "<UNK>", support_reverse: bool = True) -> None:
        self._unknown_token = unknown_token
        self._mapping: dict[Hashable, int] = {unknown_token: 0}
        self._support_reverse = support_reverse
        if support_reverse:
            self._reverse_mapping = [unknown_token]
        self._freq: dict[Hashable, int] = defaultdict(int)
        self._freeze = False

    def __len__(self) -> int:
        return len(self._mapping)

    def freeze(self, freeze: bool = True) -> None:
        """Take in no more categories, or (with False) take them in again."""
        self._freeze = freeze

    def get(self, category: Hashable) -> int:
        """The number of the category; 0 where it is unknown and the vocabulary frozen."""
        if category not in self._mapping:
            if self._freeze:
                return 0
            self._mapping[category] = len(self._mapping)
            if self._support_reverse:
                self._reverse_mapping.append(category)
        return self._mapping[category]

    def add(self, category: Hashable, count: int = 1) -> None:
        """Count the category, `count` times; a frozen vocabulary counts only what it knows."""
        if self.get(category) > 0:
            self._freq[category] += count

    def trim(self, min_frequency: int, max_frequency: int = -1) -> None:
        """Keep what was counted oftener than `min_frequency`, the most frequent first.

        Those that were counted `max_frequency` times or oftener go, too, if it is positive.
        """
        named = sorted(self._freq.items(), key=lambda item: (isinstance(item[0], str), item[0]))
        named.sort(key=lambda item: item[1], reverse=True)
        kept = [self._unknown_token]
        for category, count in named:
            if count <= min_frequency:
                break
            if max_frequency <= 0 or count < max_frequency:
                kept.append(category)
        self._mapping = {category: number for number, category in enumerate(kept)}
        self._freq = {c: n for c, n in named if n > min_frequency}
        if self._support_reverse:
            self._reverse_mapping = kept

    def reverse(self, class_id: int) -> Hashable:
        """The category that has this number."""
        if not self._support_reverse:
            raise ValueError(
                "This vocabulary was made with support_reverse=False, so that it does not know "
                "which category a number stands for: make it with support_reverse=True."
            )
        return self._reverse_mapping[class_id]
