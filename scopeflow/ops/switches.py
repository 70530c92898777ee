"""`switch` and `merge`: values that exist on one side of a condition alone."""

from __future__ import annotations

from collections import namedtuple
from typing import Any

from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.indexed_slices import IndexedSlices, convert_to_tensor_or_indexed_slices
from ..core.op import define, registry
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_is
from ..core.sparse_tensor import SparseTensor


def _switch_shape(data: Tensor, pred: Tensor) -> list[Dims]:
    rank_is(pred, 0)
    return [data._dims, data._dims]


define(
    "Switch",
    ["data", "pred"],
    "T, bool -> output_false: T, output_true: T",
    shape=_switch_shape,
    view=True,
    doc="Gives the data out on the side that the condition tells; on the other there is no value.",
)

MergeResult = namedtuple("MergeResult", ["output", "value_index"])


def switch(data: Any, pred: Any, dtype: Any = None, name: str | None = None) -> Any:
    """`data` as (output_false, output_true), of which only that one exists that `pred` tells.

    What is computed from a value that does not exist in a run does not run; `merge` gives the one
    that exists. Fetching the other raises InvalidArgumentError.
    """
    with name_scope(name, "Switch", [data, pred]) as scope:
        data = _converted(data, dtype)
        pred = convert_to_tensor(pred, name="pred")
        if isinstance(data, Tensor):
            return registry["Switch"].add((data, pred), {}, scope)
        return _each_part(data, lambda part: registry["Switch"].add((part, pred), {}, None), 2)


def merge(inputs: Any, name: str | None = None) -> Any:
    """The one of `inputs` that exists, and its index: (output, value_index).

    All are tensors, or SparseTensors, or IndexedSlices. ValueError where one of them is None.
    """
    if any(item is None for item in inputs):
        raise ValueError(f"At least one of the merge inputs is None: {inputs}")
    with name_scope(name, "Merge", inputs) as scope:
        items = [_converted(item) for item in inputs]
        if all(isinstance(item, Tensor) for item in items):
            return MergeResult(*registry["Merge"].add((items,), {}, scope))
        if len({type(item) for item in items}) > 1:
            raise TypeError(f"The inputs of merge are of several kinds: {inputs}")
        indexed = isinstance(items[0], IndexedSlices)
        sizes = [item.dense_shape for item in items]
        if indexed and any(size is None for size in sizes) and sizes != [None] * len(sizes):
            raise ValueError("Either all merged IndexedSlices must have a dense_shape, or none.")
        merged: list[Any] = [
            None if parts[0] is None else registry["Merge"].add((list(parts),), {}, None)
            for parts in zip(*map(_parts, items), strict=True)
        ]
        made = _packed(items[0], [None if m is None else m[0] for m in merged])
        return MergeResult(made, merged[0][1])


def _converted(value: Any, dtype: Any = None) -> Any:
    if isinstance(value, SparseTensor):
        return value
    return convert_to_tensor_or_indexed_slices(value, dtype=dtype, name="data")


def _parts(value: Any) -> list[Tensor | None]:
    return [value.values, value.indices, value.dense_shape]


def _packed(like: Any, parts: list) -> Any:
    values, indices, dense_shape = parts
    if isinstance(like, SparseTensor):
        return SparseTensor(indices, values, dense_shape)
    return IndexedSlices(values, indices, dense_shape)


def _each_part(value: Any, function: Any, count: int) -> tuple:
    found = [None if part is None else function(part) for part in _parts(value)]
    return tuple(
        _packed(value, [None if part is None else part[i] for part in found]) for i in range(count)
    )
