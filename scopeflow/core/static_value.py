"""What is known of a tensor's value while the graph is built.

Shapes and axes are small integers: a scalar is an int, a vector a tuple of ints, and an element
that is not known is None. The op definitions' `host` functions compute on exactly these, so the
static shape of `tf.reshape(x, [tf.shape(x)[0], 10])` is (?, 10).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from .host import within
from .operation import Dims, Operation, Tensor
from .tensor_shape import TensorShape

LONGEST = 1024  # longer vectors are data, not shapes


def static_value(tensor: Tensor) -> Any:
    """An int, or a tuple of ints and Nones; None where nothing is known."""
    known = tensor.op.__dict__.get("static")
    if known is None:
        known = tensor.op.__dict__["static"] = _outputs(tensor)
    found = known[tensor.value_index]
    if found is None and tensor._dims is not None and len(tensor._dims) == 1:
        length = tensor._dims[0]
        if length is not None and length <= LONGEST and tensor.dtype.is_integer:
            return (None,) * length
    return found


def _outputs(tensor: Tensor) -> tuple:
    op = tensor.op
    nothing = (None,) * len(op.outputs)
    if op.type == "Const":
        return (as_host(op.attrs["value"]),)
    host = op.op_def.host
    if host is None or not callable(host):
        return nothing
    if not (tensor.dtype.is_integer or tensor.dtype.is_bool):
        return nothing
    if any(is_data(output) for output in op.outputs):
        return nothing
    arguments = op.op_def.argument_of(op.attrs)
    values = []
    for arg, value in zip(arguments, op.inputs, strict=True):
        if arg.dims:
            known = value._dims
        else:
            known = static_value(value)
        if known is None and not (value._dims == () and not arg.dims) and not _scalars(op):
            return nothing
        many = len(value._dims) > 1 if value._dims is not None else not _scalars(op)
        if not arg.dims and not arg.host and many:
            return nothing  # host functions compute on numbers and vectors
        values.append(known)
    keywords = {key: op.attrs[key] for key in op.op_def.host_attrs if key in op.attrs}
    try:
        result = host(*op.op_def.regrouped(values, op.attrs), **keywords)
    except (TypeError, IndexError, ZeroDivisionError):
        return nothing  # an unknown element where the computation needs a known one
    if op.op_def.unbounded:
        result = within(tensor.dtype.base_dtype, result)
    several = len(op.outputs) > 1 or op.op_def.outputs[0].many
    return tuple(result) if several else (result,)


def _scalars(op: Operation) -> bool:
    """Whether the op stacks numbers: its inputs are scalars, also where their rank is unknown."""
    dims = op.outputs[0]._dims if op.type == "Pack" else None
    return dims is not None and len(dims) == 1


def is_data(tensor: Tensor) -> bool:
    """Whether it is a vector that is known to be too long to be a shape."""
    return bool(tensor._dims) and (tensor._dims[0] or 0) > LONGEST  # type: ignore[index]


def as_host(array: Any) -> Any:
    """A small integer array as an int or a (nested) tuple; None for anything else."""
    array = np.asarray(array)
    if array.dtype.kind not in "iub" or array.size > LONGEST:
        return None
    if array.ndim > 1 and not array.size:
        return None  # a tuple could not tell (0, 2) from (0,)
    return nested_tuple(array.tolist())


def nested_tuple(value: Any) -> Any:
    """Lists as tuples, at every depth."""
    return tuple(nested_tuple(v) for v in value) if isinstance(value, list) else value


def constant_value(tensor: Any, partial: bool = False) -> np.ndarray | None:
    """The value of a tensor that is constant in the graph, as a numpy array; else None.

    `partial` is accepted: a partly known value counts as not constant.
    """
    if not isinstance(tensor, Tensor):
        return np.asarray(tensor)
    if tensor.op.type == "Const":
        return tensor.op.attrs["value"]
    value = static_value(tensor)
    if is_known(value):
        return np.array(value, tensor.dtype.as_numpy_dtype)
    if tensor.op.type == "Range" and is_data(tensor):
        limits: list[Any] = [constant_value(limit) for limit in tensor.op.inputs]
        if not any(limit is None for limit in limits):
            return np.arange(*limits, dtype=tensor.dtype.as_numpy_dtype)
    return None


def computed_value(tensor: Any, partial: bool = False) -> Any:
    """As constant_value, also of ops that compute on constants; what is no tensor stays.

    With `partial` the unknown parts of a tf.stack are None.
    """
    if not isinstance(tensor, Tensor):
        return None if hasattr(tensor, "_as_graph_element") else tensor
    found = constant_value(tensor)
    if found is not None:
        return found
    op, dtype = tensor.op, tensor.dtype.base_dtype.as_numpy_dtype
    known = _COMPUTED.get(op.type)
    if known is None or (op.type == "Pack" and op.attrs["axis"] != 0):
        return None
    values = [computed_value(value) for value in op.inputs]
    if any(value is None for value in values):
        if partial and op.type == "Pack" and any(value is not None for value in values):
            return np.array([*values, None], object)[:-1]
        return None
    return np.asarray(known(*values), dtype)


_COMPUTED: dict[str, Callable[..., Any]] = {
    "Cast": lambda x: x,
    "ConcatV2": lambda *parts: np.concatenate(parts[:-1], parts[-1]),
    "Equal": np.equal,
    "Fill": lambda dims, value: np.full(dims, value),
    "NotEqual": np.not_equal,
    "Pack": lambda *parts: np.stack(parts),
    "Range": np.arange,
}


def is_known(value: Any) -> bool:
    """Whether no part of a static value is unknown."""
    return all(map(is_known, value)) if isinstance(value, tuple) else value is not None


def dims_from(tensor: Tensor) -> Dims:
    """The shape that a shape-valued tensor describes, as far as it is known."""
    value = static_value(tensor)
    if not isinstance(value, tuple):
        return None
    return tuple(None if d is None or d < 0 else d for d in value)


def constant_value_as_shape(tensor: Tensor) -> TensorShape:
    """The shape that a shape-valued tensor describes, as far as it is known."""
    return TensorShape._make(dims_from(tensor))
