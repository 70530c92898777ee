"""`slim.dataset`: where records are, and how they are read and decoded."""

from __future__ import annotations

from typing import Any

__all__ = ["Dataset"]


class Dataset:
    """What is known of a data set: its files, reader, decoder, size and items."""

    def __init__(
        self, data_sources: Any, reader: Any, decoder: Any, num_samples: Any,
        items_to_descriptions: Any, **kwargs: Any,
    ) -> None:  # fmt: skip
        kwargs["data_sources"] = data_sources
        kwargs["reader"] = reader
        kwargs["decoder"] = decoder
        kwargs["num_samples"] = num_samples
        kwargs["items_to_descriptions"] = items_to_descriptions
        self.__dict__.update(kwargs)
