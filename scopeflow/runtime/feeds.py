"""What a run is given: feed_dict, checked as TensorFlow checks it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import torch

from ..core import dtypes
from ..core.composite import CompositeTensor
from ..core.graph import Graph
from ..core.nest import children, flatten
from ..core.operation import Tensor
from ..ops.session_tensors import TensorHandle
from .conversions import conversion_of

_TORCH_TYPES = {
    np.dtype(name)
    for name in (
        "float16",
        "float32",
        "float64",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "bool",
        "complex64",
        "complex128",
    )
}


def feed_items(graph: Graph, feed_dict: Any) -> list[tuple[Tensor, Any]]:
    """(tensor, value) for each entry, nested keys and values taken apart.

    Raises TypeError for what is no dict and for keys that are no tensors of the graph.
    """
    if not isinstance(feed_dict, Mapping):
        raise TypeError(
            "feed_dict must be a dictionary: input must be a dictionary, "
            f"got {type(feed_dict).__name__}"
        )
    items: list[tuple[Tensor, Any]] = []
    for key, value in feed_dict.items():
        if isinstance(key, Tensor) and key.op.graph is graph:
            items.append((key, value))
        elif isinstance(key, CompositeTensor):
            items += [(_tensor(graph, k), v) for k, v in _parts(key, value)]
        elif isinstance(key, list | tuple):
            keys = flatten(key, expand=True)
            values = flatten_like(key, value)
            items += [(_tensor(graph, k), v) for k, v in zip(keys, values, strict=True)]
        elif (conversion := conversion_of(key)) is not None and conversion.fed is not None:
            items += feed_items(graph, dict(conversion.fed(key, value)))
        else:
            items.append((_tensor(graph, key), value))
    return items


def _parts(key: CompositeTensor, value: Any) -> Iterable[tuple[Any, Any]]:
    """The tensors of a sparse one with their values, of which its shape may be left out.

    It may where the graph knows it; and slices without a shape may have one that is None.
    """
    keys = flatten(key, expand=True)
    value = list(value)
    left = keys[len(value) :]
    if any(tensor.op.type == "Placeholder" for tensor in left):
        raise ValueError(f"A feed for {len(keys)} tensors has {len(value)} values.")
    return zip(keys, value, strict=False)


def flatten_like(key: Any, value: Any) -> list:
    """The parts of `value` that belong to the leaves of `key`."""
    keys = children(key, expand=True)
    if keys is None:
        return [value]
    if len(keys) != len(value):
        raise ValueError(f"A feed for {len(keys)} tensors has {len(value)} values.")
    return [v for k, part in zip(keys, value, strict=True) for v in flatten_like(k, part)]


def _tensor(graph: Graph, key: Any) -> Tensor:
    try:
        return graph.as_graph_element(key, allow_operation=False)
    except (TypeError, ValueError, KeyError) as error:
        raise TypeError(
            f"Cannot interpret feed_dict key as Tensor: {error.args[0] if error.args else error}"
        ) from None


def _check_shape(tensor: Tensor, shape: tuple[int, ...]) -> None:
    dims = tensor._dims
    if dims is not None and dims != shape and not fits(dims, shape):
        raise ValueError(
            f"Cannot feed value of shape {shape} for Tensor '{tensor.name}', which has shape "
            f"'{tensor.shape}'"
            f"\n{tensor.name!r} was made with that static shape; feed an array of it, or leave "
            "the dimension None where it varies."
        )


def to_torch(graph: Graph, tensor: Tensor, value: Any, device: torch.device) -> Any:
    """The value to feed for `tensor`: checked, converted to its dtype, on the device."""
    if isinstance(value, Tensor):
        raise TypeError(
            "The value of a feed cannot be a tf.Tensor object. Acceptable feed values include "
            "Python scalars, strings, lists, numpy ndarrays, or TensorHandles. For reference, the "
            f"tensor object was {value} which was passed to the feed with key {tensor}."
        )
    if not graph.is_feedable(tensor):
        raise ValueError(f"Tensor {tensor} may not be fed.")
    dtype = tensor.dtype.base_dtype
    if isinstance(value, TensorHandle):
        kept = value.fed_for(tensor)
        _check_shape(tensor, tuple(kept.shape))
        return kept
    if isinstance(value, torch.Tensor):
        value = value.numpy(force=True)
    if (
        isinstance(value, int)
        and not isinstance(value, bool)
        and (dtype is dtypes.string or (dtype.is_integer and not (dtype.min <= value <= dtype.max)))
    ):
        raise TypeError(
            f"Type of feed value {value} with type {type(value)} is not compatible with Tensor "
            f"type {dtype.as_numpy_dtype}. Try explicitly setting the type of the feed tensor to "
            "a larger type (e.g. int64)."
        )
    array = np.asarray(value, dtype=dtype.as_numpy_dtype)
    _check_shape(tensor, array.shape)
    if dtype is dtypes.string:
        return as_bytes(array)
    if not array.flags.writeable or not array.flags.forc or any(s < 0 for s in array.strides):
        array = array.copy()
    if array.dtype not in _TORCH_TYPES:
        return torch.from_numpy(array.view(np.uint16)).view(torch.bfloat16).to(device)
    found = torch.from_numpy(array)
    return found if device.type == "cpu" else found.to(device)


def fits(dims: tuple, shape: tuple) -> bool:
    """Whether a shape agrees with a static one."""
    return len(dims) == len(shape) and all(
        d is None or d == s for d, s in zip(dims, shape, strict=True)
    )


def as_bytes(array: np.ndarray) -> np.ndarray:
    """An array of strings as one of bytes."""
    found = np.empty(array.shape, object)
    for index in np.ndindex(array.shape):
        item = array[index]
        found[index] = item.encode() if isinstance(item, str) else item
    return found
