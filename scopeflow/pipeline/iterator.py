"""The iterator that a session holds: what `IteratorGetNext` draws from."""

from __future__ import annotations

import itertools
import threading
from typing import Any

from ..core.errors import FailedPreconditionError, InvalidArgumentError, OutOfRangeError
from .base import Dataset, Element, close

_numbers = itertools.count()


class DatasetIterator:
    """Draws from a dataset, once it has one. Several threads may draw."""

    def __init__(self, name: str) -> None:
        self.handle = f"iterator {next(_numbers)} {name}".encode()
        self.elements: Any = None
        self.lock = threading.Lock()

    def initialize(self, dataset: Dataset) -> None:
        """Begin at the start of the dataset."""
        with self.lock:
            close(self.elements)
            self.elements = dataset.elements()

    def next(self) -> Element:
        """The next element; OutOfRangeError at the end."""
        with self.lock:
            if self.elements is None:
                raise FailedPreconditionError(
                    None,
                    None,
                    "GetNext() failed because the iterator has not been initialized. Ensure that "
                    "you have run the initializer operation for this iterator before getting the "
                    "next element.",
                )
            try:
                return next(self.elements)
            except StopIteration:
                raise OutOfRangeError(None, None, "End of sequence") from None

    def session_closed(self) -> None:
        """Stop the threads that work for it."""
        close(self.elements)
        self.elements = None


def by_handle(held: dict, handle: Any) -> DatasetIterator:
    """The iterator of the session that a handle (a string) stands for."""
    for item in held.values():
        if isinstance(item, DatasetIterator) and item.handle == handle:
            return item
    raise InvalidArgumentError(
        None,
        None,
        "Could not parse string_handle as a valid ResourceHandle"
        f"\nIt is {handle!r}; feed what session.run(iterator.string_handle()) gave in this "
        "session.",
    )
