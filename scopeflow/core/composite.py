"""What programs handle as one thing and a session as several tensors: slices, sparse tensors.

A class of such things derives from `CompositeTensor`, and names its value: what a session returns
for it, a namedtuple of the components' arrays in the same order. Fetching, feeding and nested
structures ask for no more.
"""

from __future__ import annotations

from typing import Any, ClassVar

from .dtypes import DType
from .graph import Graph
from .operation import Operation, Tensor


class CompositeTensor:
    """A thing made of tensors, of which `values` gives the dtype and the name."""

    _value_type: ClassVar[type]
    values: Any

    @property
    def _components(self) -> list[Tensor]:
        """The tensors: what the constructor takes, without those that are None at its end."""
        raise NotImplementedError

    @classmethod
    def _from_components(cls, components: list) -> Any:
        """Such a thing of other components: what a flattened structure is packed into."""
        return cls(*components)

    @property
    def op(self) -> Operation:
        """The op that makes the values."""
        return self.values.op

    @property
    def dtype(self) -> DType:
        """The values' dtype."""
        return self.values.dtype

    @property
    def graph(self) -> Graph:
        """The graph."""
        return self.values.graph

    @property
    def _as_control_input(self) -> Operation:
        return self.values.op
