"""The op types of accumulators."""

from __future__ import annotations

from typing import Any

from ..core.errors import InvalidArgumentError
from ..core.held import held_object
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims
from ..core.types import FLOAT
from .accumulator_objects import Accumulator, SparseAccumulator


def _accumulator(held: Any, op: Any, kind: type[Accumulator]) -> Accumulator:
    attrs = op.attrs
    if attrs["dtype"] not in FLOAT:
        raise InvalidArgumentError(
            None, None, f"An accumulator adds up one of {FLOAT}, not {attrs['dtype'].name}"
        )

    def make() -> Accumulator:
        name = attrs["shared_name"] or op.name
        return kind(name, held, attrs["shape"]._dims, attrs["reduction_type"] == "MEAN")

    found = held_object(held, op, make)
    if type(found) is not kind:
        raise InvalidArgumentError(
            None, None, f"Expected {kind.__name__}, found {type(found).__name__}"
        )
    return found


def _handle_shape(*, reduction_type: str, **attrs: Any) -> Dims:
    if reduction_type not in ("MEAN", "SUM"):
        raise ShapeError(
            f"Attr 'reduction_type' passed string '{reduction_type}' not in: \"MEAN\", \"SUM\"."
        )
    return (2,)


@op("-> resource", shape=_handle_shape, stateful=True)
def ResourceConditionalAccumulator(
    *, dtype, shape, container="", shared_name="", reduction_type="MEAN", op, held
):  # fmt: skip
    """What adds up gradients of one shape, in the session."""
    return _accumulator(held, op, Accumulator)


@op("-> Ref(string)", shape=_handle_shape, stateful=True)
def SparseConditionalAccumulator(
    *, dtype, shape, container="", shared_name="", reduction_type="MEAN", op, held
):  # fmt: skip
    """What adds up rows of gradients, in the session."""
    return _accumulator(held, op, SparseAccumulator)


@op("held resource, host int64, dtype", dtype=FLOAT, stateful=True)
def ResourceAccumulatorApplyGradient(handle, local_step, gradient):
    """Add a gradient to an accumulator."""
    handle.apply(local_step, gradient.detach())


@op(
    "held resource, host int32 -> average: dtype",
    shape=lambda handle, num_required, *, dtype: None,
    dtype=FLOAT,
    differentiable=False,
    stateful=True,
)
def ResourceAccumulatorTakeGradient(handle, num_required, *, dtype):
    """The mean or the sum of an accumulator's gradients; waits for them."""
    return handle.take(num_required)


@op("held resource -> num_accumulated: int32", shape=lambda handle: (), stateful=True)
def ResourceAccumulatorNumAccumulated(handle, *, device):
    """How many gradients an accumulator has."""
    return torch.tensor(len(handle), dtype=torch.int32, device=device)


@op("held resource, host int64", stateful=True)
def ResourceAccumulatorSetGlobalStep(handle, new_global_step):
    """Drop gradients of steps before this one from now on."""
    handle.set_step(new_global_step)


@op("held Ref(string), host int64, int64, dtype, host int64", dtype=FLOAT, stateful=True)
def SparseAccumulatorApplyGradient(
    handle, local_step, gradient_indices, gradient_values, gradient_shape, *, has_known_shape
):  # fmt: skip
    """Add rows of a gradient to an accumulator."""
    shape = gradient_shape if has_known_shape else None
    handle.apply(local_step, (gradient_indices, gradient_values.detach(), shape))


@op(
    "held Ref(string), host int32 -> indices: int64, values: dtype, shape: int64",
    shape=lambda handle, num_required, *, dtype: [None, None, None],
    dtype=FLOAT,
    differentiable=False,
    stateful=True,
)
def SparseAccumulatorTakeGradient(handle, num_required, *, dtype):
    """The mean or the sum of the rows of an accumulator's gradients; waits for them."""
    return handle.take(num_required)


@op("held Ref(string) -> num_accumulated: int32", shape=lambda handle: (), stateful=True)
def AccumulatorNumAccumulated(handle, *, device):
    """How many gradients an accumulator of rows has."""
    return torch.tensor(len(handle), dtype=torch.int32, device=device)


@op("held Ref(string), host int64", stateful=True)
def AccumulatorSetGlobalStep(handle, new_global_step):
    """Drop gradients of steps before this one from now on."""
    handle.set_step(new_global_step)
