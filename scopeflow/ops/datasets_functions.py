"""Dataset ops that call functions: each function is a block of ops (see `core/control_flow.py`)."""

from __future__ import annotations

import os
from typing import Any

from ..core.op import REQUIRED, op
from ..core.tensor_shape import TensorShape
from ..pipeline.background import Background, ParallelMap
from ..pipeline.base import Dataset, on_host
from ..pipeline.mapping import (
    Filter,
    FlatMap,
    GroupByReducer,
    GroupByWindow,
    Interleave,
    Map,
    Scan,
    TakeWhile,
)
from .datasets import TYPES, scalar

_FUNCTIONS: dict[str, Any] = {"blocks": REQUIRED, **TYPES}
_AHEAD = 16  # elements that each of several datasets read at once makes ahead


def _on_device(function: Any, device: Any) -> Any:
    """The function, given the host's values and giving such."""
    if device.type == "cpu":
        return function

    def call(*values: Any) -> tuple:
        moved = [v.to(device) if hasattr(v, "to") else v for v in values]
        return tuple(on_host(value) for value in function(*moved))

    return call


def _workers(number: int) -> int:
    return (os.cpu_count() or 1) if number == -1 else number


@op("variant, [Targuments] -> variant", shape=scalar, attrs=_FUNCTIONS)
def MapDataset(
    input_dataset,
    other_arguments,
    *,
    functions,
    device,
    use_inter_op_parallelism=True,
    preserve_cardinality=False,
):
    """What the function makes of each element."""
    return Map(input_dataset, _on_device(functions[0], device))


@op("variant, [Targuments], host int32 -> variant", shape=scalar, attrs=_FUNCTIONS)
def ParallelMapDataset(
    input_dataset,
    other_arguments,
    num_parallel_calls,
    *,
    functions,
    device,
    use_inter_op_parallelism=True,
    sloppy=False,
    preserve_cardinality=False,
):
    """What the function makes of each element, several at a time."""
    workers = _workers(num_parallel_calls)
    return ParallelMap(input_dataset, _on_device(functions[0], device), workers)


@op("variant, [Targuments] -> variant", shape=scalar, attrs=_FUNCTIONS)
def FilterDataset(input_dataset, other_arguments, *, functions, device):
    """The elements for which the function is true."""
    return Filter(input_dataset, _on_device(functions[0], device))


@op("variant, [Targuments] -> variant", shape=scalar, attrs=_FUNCTIONS)
def TakeWhileDataset(input_dataset, other_arguments, *, functions, device):
    """The elements before the first for which the function is false."""
    return TakeWhile(input_dataset, _on_device(functions[0], device))


@op("variant, [Targuments] -> variant", shape=scalar, attrs=_FUNCTIONS)
def FlatMapDataset(input_dataset, other_arguments, *, functions, device):
    """The elements of the datasets that the function makes."""
    return FlatMap(input_dataset, _on_device(functions[0], device))


@op("variant, [Targuments], host int64, host int64 -> variant", shape=scalar, attrs=_FUNCTIONS)
def InterleaveDataset(
    input_dataset, other_arguments, cycle_length, block_length, *, functions, device
):
    """Blocks of elements by turns from the datasets that the function makes."""
    return Interleave(input_dataset, _on_device(functions[0], device), cycle_length, block_length)


def _in_background(dataset: Dataset) -> Background:
    return Background(dataset.elements(), _AHEAD)


@op(
    "variant, [Targuments], host int64, host int64, host int64 -> variant",
    shape=scalar,
    attrs=_FUNCTIONS,
)
def ParallelInterleaveDatasetV2(
    input_dataset,
    other_arguments,
    cycle_length,
    block_length,
    num_parallel_calls,
    *,
    functions,
    device,
    sloppy=False,
):
    """Blocks by turns from the datasets that the function makes, each with a thread."""
    function = _on_device(functions[0], device)
    return Interleave(input_dataset, function, cycle_length, block_length, _in_background)


@op("variant, [Tstate], [Targuments] -> variant", shape=scalar, attrs=_FUNCTIONS)
def ScanDataset(
    input_dataset,
    initial_state,
    other_arguments,
    *,
    functions,
    device,
    preserve_cardinality=False,
    use_default_device=True,
):
    """A state handed on from element to element, and what is made of both."""
    state = tuple(on_host(value) for value in initial_state)
    return Scan(input_dataset, state, _on_device(functions[0], device))


@op("variant, [Tkey_func_other_arguments] -> variant", shape=scalar, attrs=_FUNCTIONS)
def GroupByWindowDataset(input_dataset, key_func_other_arguments, *, functions, device):
    """Elements of one key gathered to windows, of each of which a dataset is made."""
    return GroupByWindow(input_dataset, *(_on_device(f, device) for f in functions))


@op("variant, [Tkey_func_other_arguments] -> variant", shape=scalar, attrs=_FUNCTIONS)
def GroupByReducerDataset(input_dataset, key_func_other_arguments, *, functions, device):
    """For each key one element: what its elements are reduced to."""
    return GroupByReducer(input_dataset, *(_on_device(f, device) for f in functions))


def component_shapes(*inputs: Any, output_shapes: Any) -> list:
    return [TensorShape(shape)._dims for shape in output_shapes]


@op(
    "variant, [Tstate], [Targuments] -> [output_types]",
    shape=component_shapes,
    attrs={**_FUNCTIONS, "use_inter_op_parallelism": True},
    differentiable=False,
)
def ReduceDataset(input_dataset, initial_state, other_arguments, *, functions, device):
    """The state after the function has seen all elements."""
    function = _on_device(functions[0], device)
    state = tuple(on_host(value) for value in initial_state)
    for element in input_dataset.elements():
        state = function(*state, *element)
    return [value.to(device) if hasattr(value, "to") else value for value in state]
