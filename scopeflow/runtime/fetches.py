"""What a run is asked for: nested structures of tensors, ops, variables and names."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.composite import CompositeTensor
from ..core.graph import Graph
from ..core.nest import children, mapping_like, pack_level
from ..core.operation import Operation, Tensor
from .conversions import conversion_of
from .structure import to_array


class FetchPlan:
    """The distinct graph elements of a fetch structure, and how their values are put back."""

    __slots__ = ("elements", "handles", "structure")

    def __init__(self, graph: Graph, fetches: Any) -> None:
        self.elements: list[Any] = []
        seen: dict[Any, int] = {}
        self.structure = self._plan(graph, fetches, seen)
        self.elements = list(seen)
        self.handles = [
            i for i, x in enumerate(self.elements)
            if isinstance(x, Tensor) and x.op.type == "GetSessionHandle"
        ]  # fmt: skip

    def _plan(self, graph: Graph, fetch: Any, seen: dict[Any, int]) -> Callable[[tuple], Any]:
        """A function from the elements' values to the value of this part of the structure."""
        if isinstance(fetch, CompositeTensor):
            parts = [self._plan(graph, t, seen) for t in fetch._components]
            return lambda values: fetch._value_type(*(part(values) for part in parts))
        conversion = conversion_of(fetch)
        if conversion is not None:
            wanted, contracted = conversion.fetched(fetch)
            inner = self._plan(graph, list(wanted), seen)
            return lambda values: contracted(inner(values))
        if isinstance(fetch, Mapping):  # in its own order: the keys need not be sortable
            parts_of = {key: self._plan(graph, item, seen) for key, item in fetch.items()}
            return lambda values: mapping_like(
                fetch, {key: part(values) for key, part in parts_of.items()}
            )
        items = children(fetch)
        if items is not None:
            plans = [self._plan(graph, item, seen) for item in items]
            return lambda values: pack_level(fetch, [plan(values) for plan in plans])
        element = _element(graph, fetch)
        index = seen.setdefault(element, len(seen))
        return lambda values: values[index]

    def build(self, values: tuple) -> Any:
        """The structure, filled with the elements' values."""
        return self.structure(values)


def _element(graph: Graph, fetch: Any) -> Tensor | Operation:
    try:
        element = graph.as_graph_element(fetch)
    except TypeError as error:
        if fetch is None:
            raise TypeError(
                f"Fetch argument {fetch} has invalid type {type(fetch)}"
                "\nA fetch is a tensor, an op, a variable or the name of one. A function that "
                "returns nothing, or a gradient of what is not connected, gives None."
            ) from None
        raise TypeError(
            f"Fetch argument {fetch} has invalid type {type(fetch)}, must be a string or Tensor. "
            f"({error})"
        ) from None
    except (ValueError, KeyError) as error:
        reason = repr(error.args[0]) if isinstance(error, KeyError) else str(error)
        raise ValueError(
            f"Fetch argument {fetch!r} cannot be interpreted as a Tensor. ({reason})"
        ) from None
    if not graph.is_fetchable(element):
        name = element.name if isinstance(element, Operation) else element.op.name
        raise ValueError(
            f"Operation {name!r} has been marked as not fetchable."
            "\nIt is inside a branch of tf.cond or the body of a tf.while_loop: return the value "
            "from the function, and fetch what tf.cond or tf.while_loop returns."
        )
    return element


def to_numpy(value: Any, tensor: Any, copy: bool, memory: set[int]) -> Any:
    """A fetched value as TensorFlow returns it: an array, a numpy scalar, bytes.

    The array is the caller's own: `copy` tells that its memory belongs to the session too, and
    `memory` has the addresses of what this run has returned so far.
    """
    if value is None or isinstance(tensor, Operation):
        return None
    dtype = tensor.dtype.base_dtype
    if isinstance(value, np.ndarray):  # strings
        return value.copy() if value.ndim else value.item()
    if isinstance(value, int | tuple):  # the host side
        array = np.array(value, dtype.as_numpy_dtype)
        return array if array.ndim else array[()]
    array = to_array(value) if dtype is dtypes.bfloat16 else value.numpy(force=True)
    if not array.ndim:
        return array[()]
    address = value.untyped_storage().data_ptr()
    if copy or address in memory or not array.flags.c_contiguous:
        return array.copy()
    memory.add(address)
    return array
