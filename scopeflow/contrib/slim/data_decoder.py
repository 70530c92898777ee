"""`slim.data_decoder`: from a record to named tensors."""

from __future__ import annotations

from typing import Any

__all__ = ["DataDecoder"]


class DataDecoder:
    """What all decoders are: from a record to a list of items."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__()

    def decode(self, data: Any, items: Any) -> list:
        """The items of a record, in this order."""
        raise NotImplementedError

    def list_items(self) -> Any:
        """The names of the items."""
        raise NotImplementedError
