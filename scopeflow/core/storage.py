"""The ops that stand for a variable's storage, and the tensors that refer to them."""

from __future__ import annotations

from .dtypes import DType, resource
from .operation import Dims, Operation, Tensor


def is_storage(op: Operation) -> bool:
    """Whether the op stands for a variable: by reference, or by handle."""
    return op.type == "VariableV2" or op.type == "VarHandleOp"


def root(ref: Tensor) -> Tensor:
    """The variable that a reference (the output of an assignment, say) or a handle refers to."""
    while not is_storage(ref.op):
        ref = ref.op.inputs[0]
    return ref


def value_dims(tensor: Tensor) -> Dims:
    """The static shape of the value: a handle's is that of its variable."""
    return root(tensor).op.attrs["shape"]._dims if tensor.dtype is resource else tensor._dims


def value_dtype(tensor: Tensor) -> DType:
    """The dtype of the value: a handle's is that of its variable."""
    return root(tensor).op.attrs["dtype"] if tensor.dtype is resource else tensor.dtype.base_dtype
