"""`slim.data_provider`: items by name."""

from __future__ import annotations

from typing import Any

__all__ = ["DataProvider"]


class DataProvider:
    """Tensors of one example, by the items' names."""

    def __init__(self, items_to_tensors: dict[str, Any], num_samples: Any) -> None:
        self._items_to_tensors = items_to_tensors
        self._num_samples = num_samples

    def get(self, items: Any) -> list:
        """The tensors of the items."""
        valid = self.list_items()
        for item in items:
            if item not in valid:
                raise ValueError(f"Item [{item}] is invalid. Valid entries include: {valid}")
        return [self._items_to_tensors[item] for item in items]

    def list_items(self) -> list:
        """The items' names."""
        return list(self._items_to_tensors)

    def num_samples(self) -> Any:
        """How many examples there are."""
        return self._num_samples
