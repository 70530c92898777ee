"""`tf.saved_model.utils`: tensors as TensorInfo messages."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

__all__ = ["build_tensor_info", "get_tensor_from_tensor_info"]


def build_tensor_info(tensor: Any) -> Any:
    """The name, dtype and static shape of a tensor (or sparse tensor) as a tf.TensorInfo."""
    made = tf.TensorInfo(
        dtype=tf.as_dtype(tensor.dtype).base_dtype.as_datatype_enum,
        tensor_shape=tensor.get_shape().as_proto(),
    )
    if hasattr(tensor, "dense_shape"):
        made.coo_sparse.values_tensor_name = tensor.values.name
        made.coo_sparse.indices_tensor_name = tensor.indices.name
        made.coo_sparse.dense_shape_tensor_name = tensor.dense_shape.name
    else:
        made.name = tensor.name
    return made


def get_tensor_from_tensor_info(
    tensor_info: Any, graph: Any = None, import_scope: str | None = None
) -> Any:
    """The tensor of the graph (the default one) that the TensorInfo names, below `import_scope`.

    KeyError where it is not there, ValueError for an encoding other than a name or `coo_sparse`.
    """
    graph = tf.get_default_graph() if graph is None else graph

    def tensor(name: str) -> Any:
        return graph.get_tensor_by_name(f"{import_scope}/{name}" if import_scope else name)

    kind = tensor_info.WhichOneof("encoding")
    if kind == "name":
        return tensor(tensor_info.name)
    if kind == "coo_sparse":
        parts = tensor_info.coo_sparse
        return tf.SparseTensor(
            tensor(parts.indices_tensor_name),
            tensor(parts.values_tensor_name),
            tensor(parts.dense_shape_tensor_name),
        )
    raise ValueError(f"Invalid TensorInfo.encoding: {kind}")
