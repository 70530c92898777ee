"""tensorflow.python.tools.inspect_checkpoint: prints what is in a checkpoint."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

import scopeflow as tf


def print_tensors_in_checkpoint_file(
    file_name: str, tensor_name: str, all_tensors: bool, all_tensor_names: bool = False,
    count_exclude_pattern: str = "",
) -> None:  # fmt: skip
    """Print the values (`all_tensors`), the names, one tensor's value, or shapes; then a count.

    Tensors whose names match `count_exclude_pattern` are not counted.
    """
    reader = tf.train.NewCheckpointReader(file_name)
    shapes = reader.get_variable_to_shape_map()
    dtypes = reader.get_variable_to_dtype_map()
    if all_tensors or all_tensor_names:
        for name in sorted(shapes):
            _show(name, reader.get_tensor(name) if all_tensors else None)
    elif tensor_name:
        _show(tensor_name, reader.get_tensor(tensor_name))
    else:
        for name in sorted(shapes):
            kind = f"DT_{tf.as_dtype(dtypes[name]).name.upper()}".replace("FLOAT32", "FLOAT")
            print(f"{name} ({kind}) {list(shapes[name])}")
        print()
    counted = [n for n in shapes if not _excluded(count_exclude_pattern, n)]
    print("# Total number of params:", sum(int(np.prod(shapes[n])) for n in counted))


def _show(name: str, value: Any) -> None:
    print("tensor_name: ", name)
    if value is not None:
        print(value)


def _excluded(pattern: str, name: str) -> bool:
    return bool(pattern) and re.match(pattern, name) is not None


def parse_numpy_printoption(kv_str: str) -> None:
    """Set one of NumPy's print options: "threshold=10"."""
    key, equals, text = kv_str.partition("=")
    if not equals:
        raise ValueError(f"'{kv_str}' is not in the form k=v.")
    known: dict = {**np.get_printoptions()}
    if key not in known:
        raise ValueError(f"'{key}' is not a valid printoption.")
    kind = type(known[key])
    options: dict = {key: int(text) if kind in (bool, type(None)) else kind(text)}
    np.set_printoptions(**options)
