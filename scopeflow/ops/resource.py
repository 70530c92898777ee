"""Resource variables' ops: they take a variable by its handle.

A read is the value of that place in the order of the run, whatever is assigned later. The ops that
change a variable are the references' own kernels; they have no output.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

from ..core.lazy_torch import torch
from ..core.op import REQUIRED, ShapeError, define, op, registry
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged
from ..core.storage import value_dims, value_dtype
from ..core.types import INDEX
from . import gathering, state, state_scatter, training, training_sparse  # noqa: F401 (define ops)

VarHandleOp = define(
    "VarHandleOp",
    [],
    "-> resource",
    attrs={"dtype": REQUIRED, "shape": REQUIRED, "container": "", "shared_name": ""},
    shape=lambda: (),
    stateful=True,
    doc="The handle of a variable's storage in the session.",
)


def _read_dims(handle: Tensor, dtype: Any) -> Dims:
    known = value_dtype(handle)
    if dtype is not known:
        raise ShapeError(
            f"Trying to read variable with wrong dtype. Expected {known.name} got {dtype.name}"
        )
    return value_dims(handle)


@op(
    "read resource -> dtype",
    attrs={"dtype": REQUIRED},
    shape=lambda resource, *, dtype: _read_dims(resource, dtype),
    view=True,
)
def ReadVariableOp(resource):
    """The variable's value at this point of the run."""
    return resource


@op("resource -> bool", shape=lambda resource: (), differentiable=False)
def VarIsInitializedOp(resource, *, device):
    """Whether the variable has a value in this session."""
    return torch.tensor(hasattr(resource, "value"), device=device)


@op(
    "resource, dtype ->",
    shape=lambda resource, value, *, dtype: merged(_read_dims(resource, dtype), value._dims),
    differentiable=False,
    stateful=True,
)
def AssignVariableOp(resource, value, *, keep):
    """The variable gets a new value."""
    _kernel("Assign")(resource, value, validate_shape=False, keep=keep)


@op(
    "read resource, Tindices -> dtype",
    attrs={"dtype": REQUIRED, "validate_indices": True},
    shape=lambda resource, indices, *, dtype, batch_dims: _gathered(
        indices, _read_dims(resource, dtype), batch_dims
    ),
    Tindices=INDEX,
)
def ResourceGather(resource, indices, *, batch_dims=0):
    """The rows of the variable at `indices`."""
    return _kernel("GatherV2")(resource, indices, batch_dims, batch_dims=batch_dims)


def _gathered(indices: Tensor, dims: Dims, batch_dims: int) -> Dims:
    if dims is None or indices._dims is None:
        return None
    return indices._dims + dims[1 + batch_dims :]


@op(
    "read resource, Tindices -> dtype",
    attrs={"dtype": REQUIRED},
    shape=lambda resource, indices, *, dtype: gathering._gather_nd_shape(
        _Held(_read_dims(resource, dtype)), indices
    ),
    Tindices=INDEX,
)
def ResourceGatherNd(resource, indices):
    """`variable[i, j, …]` for each row (i, j, …) of `indices`."""
    return _kernel("GatherNd")(resource, indices)


# The references' ops, for handles.


def _kernel(op_type: str) -> Callable[..., Any]:
    kernel = registry[op_type].kernel
    assert callable(kernel)
    return kernel


def _Held(dims: Dims) -> Any:
    """What a shape rule sees in place of a handle: a tensor of the variable's shape."""
    return SimpleNamespace(_dims=dims)


def _twin(
    of: str,
    op_type: str = "",
    names: list[str] | None = None,
    without: tuple[str, ...] = (),
    renamed: str = "T",
    returns: str = "",
) -> Callable[..., Any]:
    """Define the op that does the same as op `of`, to variables given by their handles.

    `without` names attributes that it lacks, `renamed` is how it calls the type `T`.
    """
    base = registry[of]
    types = []
    for arg in base.inputs:
        text = arg.dtype.name if arg.dtype is not None else arg.type_attr
        text = renamed if text == "T" else text
        types.append("resource" if arg.ref else f"host {text}" if arg.host else text)
    rule = base.shape
    assert rule is not None

    def shape(*tensors: Tensor, **attrs: Any) -> Dims:
        held = [_Held(value_dims(t)) if arg.ref else t for arg, t in zip(base.inputs, tensors)]
        return rule(*held, **{key: attrs[key] for key in base.shape_attrs if key in attrs})

    sets: dict[str, Any] = {
        renamed if key == "T" else key: value for key, value in base.type_sets.items()
    }
    attrs = {key: value for key, value in base.attrs.items() if key not in without}
    return define(
        op_type or f"Resource{base.type}",
        names or [arg.name for arg in base.inputs],
        f"{', '.join(types)} -> {returns}",
        base.kernel,
        attrs={**attrs, renamed: REQUIRED} if returns else attrs,
        shape=shape,
        doc=base.doc,
        differentiable=False,
        stateful=True,
        **sets,
    )


AssignAddVariableOp = _twin(
    "AssignAdd", "AssignAddVariableOp", ["resource", "value"], ("use_locking",), "dtype"
)
AssignSubVariableOp = _twin(
    "AssignSub", "AssignSubVariableOp", ["resource", "value"], ("use_locking",), "dtype"
)
ResourceCountUpTo = _twin("CountUpTo", names=["resource"], returns="T")
ResourceStridedSliceAssign = _twin("StridedSliceAssign")
SCATTERS = {
    **{
        of: _twin(of, "", ["resource", "indices", "updates"], ("use_locking",), "dtype")
        for of in (
            "ScatterUpdate",
            "ScatterAdd",
            "ScatterSub",
            "ScatterMul",
            "ScatterDiv",
            "ScatterMin",
            "ScatterMax",
        )
    },
    **{of: _twin(of) for of in ("ScatterNdUpdate", "ScatterNdAdd", "ScatterNdSub")},
}
"""The type of a reference's op -> the same op for handles."""
for _update in [t for t in registry if t.startswith(("Apply", "SparseApply"))]:
    _twin(_update)
