"""Checks and small helpers for tensors, names and graphs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf


def is_tensor(x: Any) -> bool:
    """Whether it is a tensor, a sparse tensor or a variable."""
    return tf.is_tensor(x)


def assert_scalar(tensor: Any, name: str | None = None, message: str | None = None) -> Any:
    """The tensor. ValueError if it is known not to be a scalar."""
    with tf.name_scope(name, "assert_scalar", [tensor]):
        tensor = tf.convert_to_tensor(tensor)
        if tensor.shape.ndims not in (0, None):
            raise ValueError(
                f"{message or ''}Expected scalar shape for {tensor.name}, "
                f"saw shape: {tensor.shape}."
            )
        return tensor


def assert_scalar_int(tensor: Any, name: str | None = None) -> Any:
    """The tensor. ValueError if it is no int32 or int64 scalar."""
    with tf.name_scope(name, "assert_scalar_int", [tensor]):
        tensor = tf.convert_to_tensor(tensor)
        if tensor.dtype.base_dtype not in (tf.int32, tf.int64):
            raise ValueError(f"Expected int32 or int64, got type {tensor.dtype} for {tensor.name}")
        return assert_scalar(tensor)


def with_shape(expected_shape: Any, tensor: Any) -> Any:
    """The tensor, checked to have the shape: now where it is known, else when running."""
    tensor = tf.convert_to_tensor(tensor)
    if isinstance(expected_shape, tf.Tensor):
        static = tf.get_static_value(expected_shape)
        if static is None:
            same = tf.reduce_all(tf.equal(tf.shape(tensor), tf.cast(expected_shape, tf.int32)))
            told = ["Expected shape:", expected_shape, "found:", tf.shape(tensor)]
            with tf.control_dependencies([tf.Assert(same, told)]):
                return tf.identity(tensor)
        expected_shape = static.tolist()
    expected = tf.TensorShape(expected_shape)
    if not tensor.shape.is_compatible_with(expected):
        raise ValueError(
            f"Invalid shape for tensor {tensor.name}, expected {expected}, got {tensor.shape}."
        )
    return tensor if tensor.shape.is_fully_defined() else tf.ensure_shape(tensor, expected)


def with_same_shape(expected_tensor: Any, tensor: Any) -> Any:
    """The tensor, checked to have the same shape as another."""
    with tf.name_scope(f"{tensor.op.name}/", values=[expected_tensor, tensor]):
        shape = expected_tensor.shape
        return with_shape(shape if shape.is_fully_defined() else tf.shape(expected_tensor), tensor)


def reduce_sum_n(tensors: Any, name: str | None = None) -> Any:
    """The sum of all elements of all tensors."""
    if not tensors:
        raise ValueError("No tensors provided.")
    with tf.name_scope(name, "reduce_sum_n", tensors) as scope:
        sums = [tf.reduce_sum(tensor, name=f"{tensor.op.name}/sum") for tensor in tensors]
        return sums[0] if len(sums) == 1 else tf.add_n(sums, name=scope)


def smart_constant_value(pred: Any) -> bool | None:
    """A condition's truth, if it is known while the graph is built; else None."""
    if isinstance(pred, bool):
        return pred
    if isinstance(pred, int) and pred in (0, 1):
        return bool(pred)
    if isinstance(pred, tf.Variable):
        return None
    if not isinstance(pred, tf.Tensor):
        raise TypeError(
            f"`pred` must be a Tensor, or a Python bool, or 1 or 0. Found instead: {type(pred)}"
        )
    found = tf.get_static_value(pred)
    return None if found is None else bool(found)


def smart_cond(
    pred: Any,
    true_fn: Callable | None = None,
    false_fn: Callable | None = None,
    name: str | None = None,
) -> Any:
    """`tf.cond`, or one of the functions where the condition is known while building."""
    for function, label in ((true_fn, "true_fn"), (false_fn, "false_fn")):
        if not callable(function):
            raise TypeError(f"`{label}` must be callable.")
    truth = smart_constant_value(pred)
    if truth is None:
        return tf.cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)
    return true_fn() if truth else false_fn()  # type: ignore[misc]


def get_name_scope() -> str:
    """The current name scope, without a trailing slash."""
    return tf.get_default_graph().get_name_scope()


def strip_name_scope(name: str, export_scope: str | None) -> str:
    """A name without the scope in front."""
    if export_scope and name.lstrip("^").startswith(export_scope.rstrip("/") + "/"):
        return name.replace(export_scope.rstrip("/") + "/", "", 1)
    return name


def prepend_name_scope(name: str, import_scope: str | None) -> str:
    """A name with a scope in front; `^` and `loc:@` stay at the start."""
    if not import_scope:
        return name
    for mark in ("^", "loc:@"):
        if name.startswith(mark):
            return f"{mark}{import_scope.rstrip('/')}/{name[len(mark) :]}"
    return f"{import_scope.rstrip('/')}/{name}"


def get_placeholders(graph: Any) -> list:
    """The outputs of all ops of type Placeholder of a graph."""
    ops = graph.get_operations()
    return [output for op in ops if op.type == "Placeholder" for output in op.outputs]


def get_graph_from_inputs(op_input_list: Any, graph: Any = None) -> Any:
    """The graph that the inputs are of; `graph` if it is given. ValueError for several."""
    if graph is not None:
        return graph
    graphs = {id(t.graph): t.graph for t in op_input_list if hasattr(t, "graph")}
    if len(graphs) > 1:
        raise ValueError("The inputs are from several graphs.")
    return next(iter(graphs.values()), tf.get_default_graph())
