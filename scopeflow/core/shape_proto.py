"""Shapes as TensorShapeProto messages, and back."""

from __future__ import annotations

from typing import Any

from .tensor_shape import Dims, TensorShape


def shape_proto(dims: Dims) -> Any:
    """The dims as a TensorShapeProto; -1 stands for an unknown size."""
    from tensorboard.compat.proto.tensor_shape_pb2 import TensorShapeProto

    if dims is None:
        return TensorShapeProto(unknown_rank=True)
    return TensorShapeProto(dim=[{"size": -1 if d is None else int(d)} for d in dims])


def shape_from(proto: Any) -> TensorShape:
    """The TensorShape that a TensorShapeProto describes."""
    if proto.unknown_rank:
        return TensorShape(None)
    return TensorShape([None if dim.size < 0 else dim.size for dim in proto.dim])
