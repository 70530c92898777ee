"""`slim.model_analyzer`: how large a model is."""

from __future__ import annotations

from typing import Any

import numpy as np

__all__ = ["analyze_ops", "analyze_vars", "tensor_description"]


def tensor_description(var: Any) -> str:
    """Dtype and shape, as `(float32_ref 3x4)`."""
    sizes = "x".join(str(size) for size in var.shape.as_list())
    return f"({var.dtype.name!s} {sizes})"


def analyze_ops(graph: Any, print_info: bool = False) -> int:
    """The number of elements of all outputs of a graph's ops whose shapes are known."""
    if print_info:
        _title("Operations: name -> (type shapes) [size]")
    total = 0
    for op in graph.get_operations():
        sizes, texts = 0, []
        for output in op.outputs:
            size = output.shape.num_elements() or 0
            sizes += size
            if output.shape.ndims is not None:
                texts.append(tensor_description(output))
        if print_info:
            print(op.name, "\t->", ", ".join(texts), f"[{sizes}]")
        total += sizes
    return total


def analyze_vars(variables: Any, print_info: bool = False) -> tuple[int, int]:
    """(the number of elements, the number of bytes) of all variables, which may be printed."""
    if print_info:
        _title("Variables: name (type shape) [size]")
    total_size, total_bytes = 0, 0
    for variable in variables:
        size = variable.shape.num_elements() or 0
        dtype = variable.dtype.base_dtype
        bytes_ = size * np.dtype(dtype.as_numpy_dtype).itemsize
        total_size += size
        total_bytes += bytes_
        if print_info:
            print(variable.name, tensor_description(variable), f"[{size}, bytes: {bytes_}]")
    if print_info:
        print("Total size of variables:", total_size)
        print("Total bytes of variables:", total_bytes)
    return total_size, total_bytes


def _title(text: str) -> None:
    print("---------")
    print(text)
    print("---------")
