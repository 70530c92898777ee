"""`tf.ConditionalAccumulator` and `tf.SparseConditionalAccumulator`."""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.dtypes import DType, as_dtype
from ..core.indexed_slices import IndexedSlices
from ..core.operation import Operation, Tensor
from ..core.tensor_shape import TensorShape, as_shape
from . import accumulator_ops as ops
from .conversions import cast


class ConditionalAccumulatorBase:
    """Adds up gradients in the session and gives out their mean once there are enough.

    It has a step, 0 at first. A gradient comes with the step in which it was computed and is
    dropped, without a word, where that is smaller than the accumulator's. Each take makes the
    step one larger.
    """

    def __init__(self, dtype: Any, shape: Any, accumulator_ref: Tensor) -> None:
        self._dtype = as_dtype(dtype)
        self._shape = TensorShape(None) if shape is None else as_shape(shape)
        self._accumulator_ref = accumulator_ref
        self._name = accumulator_ref.op.name.split("/")[-1]
        self._by_handle = accumulator_ref.dtype is dtypes.resource

    @property
    def accumulator_ref(self) -> Tensor:
        """The tensor that stands for the accumulator."""
        return self._accumulator_ref

    @property
    def name(self) -> str:
        """The name of the accumulator's op, without its scopes."""
        return self._name

    @property
    def dtype(self) -> DType:
        """The gradients' dtype."""
        return self._dtype

    def num_accumulated(self, name: str | None = None) -> Tensor:
        """How many gradients have been added since the last take, an int32 scalar."""
        count = (
            ops.ResourceAccumulatorNumAccumulated
            if self._by_handle
            else ops.AccumulatorNumAccumulated
        )
        return count(self._accumulator_ref, name=name or f"{self._name}_NumAccumulated")

    def set_global_step(self, new_global_step: Any, name: str | None = None) -> Operation:
        """An op that sets the step; a smaller one than it has changes nothing."""
        set_step = (
            ops.ResourceAccumulatorSetGlobalStep
            if self._by_handle
            else ops.AccumulatorSetGlobalStep
        )
        return set_step(self._accumulator_ref, cast(new_global_step, dtypes.int64), name=name)


class ConditionalAccumulator(ConditionalAccumulatorBase):
    """An accumulator of gradients that are dense tensors of one shape.

    With `reduction_type="SUM"` it gives out their sum instead of their mean. `shape` may have
    unknown dimensions: then the first gradient after a take settles them for the following ones.
    Accumulators with the same `shared_name` are one. float16, bfloat16, float32 and float64.
    """

    def __init__(
        self,
        dtype: Any,
        shape: Any = None,
        shared_name: str | None = None,
        name: str = "conditional_accumulator",
        reduction_type: str = "MEAN",
    ) -> None:
        handle = ops.ResourceConditionalAccumulator(
            dtype=dtype,
            shape=as_shape(shape),
            shared_name=shared_name or "",
            reduction_type=reduction_type,
            name=name,
        )
        super().__init__(dtype, shape, handle)

    def apply_grad(self, grad: Any, local_step: Any = 0, name: str | None = None) -> Operation:
        """An op that adds a gradient computed in step `local_step`.

        ValueError where its static shape does not fit, InvalidArgumentError in a run.
        """
        grad = convert_to_tensor(grad, self._dtype)
        grad.get_shape().assert_is_compatible_with(self._shape)
        local_step = cast(local_step, dtypes.int64)
        return ops.ResourceAccumulatorApplyGradient(
            self._accumulator_ref, local_step, grad, name=name
        )

    def take_grad(self, num_required: Any, name: str | None = None) -> Tensor:
        """The mean (or sum) of the gradients, which starts anew; the step becomes one larger.

        It waits until there are `num_required`, in the order of asking. InvalidArgumentError for
        less than 1, CancelledError where the session is closed meanwhile.
        """
        taken = ops.ResourceAccumulatorTakeGradient(
            self._accumulator_ref, num_required, dtype=self._dtype, name=name
        )
        taken.set_shape(self._shape)
        return taken


class SparseConditionalAccumulator(ConditionalAccumulatorBase):
    """An accumulator of gradients that are rows: `tf.IndexedSlices`, or indices and values.

    The mean of a row is that over the gradients which have the row; `reduction_type="SUM"` gives
    sums. Rows that occur twice in one gradient are added, and rows come out in ascending order.
    float16, bfloat16, float32 and float64.
    """

    def __init__(
        self,
        dtype: Any,
        shape: Any = None,
        shared_name: str | None = None,
        name: str = "sparse_conditional_accumulator",
        reduction_type: str = "MEAN",
    ) -> None:
        reference = ops.SparseConditionalAccumulator(
            dtype=dtype,
            shape=as_shape(shape),
            shared_name=shared_name or "",
            reduction_type=reduction_type,
            name=name,
        )
        super().__init__(dtype, shape, reference)

    def apply_indexed_slices_grad(
        self, grad: IndexedSlices, local_step: Any = 0, name: str | None = None
    ) -> Operation:
        """An op that adds a gradient computed in step `local_step`."""
        return self.apply_grad(grad.indices, grad.values, grad.dense_shape, local_step, name)

    def apply_grad(
        self,
        grad_indices: Any,
        grad_values: Any,
        grad_shape: Any = None,
        local_step: Any = 0,
        name: str | None = None,
    ) -> Operation:
        """An op that adds rows: `grad_values[i]` for row `grad_indices[i]`.

        InvalidArgumentError where they do not fit each other or the accumulator.
        """
        local_step = cast(local_step, dtypes.int64)
        return ops.SparseAccumulatorApplyGradient(
            self._accumulator_ref,
            local_step,
            cast(grad_indices, dtypes.int64),
            grad_values,
            cast([] if grad_shape is None else grad_shape, dtypes.int64),
            has_known_shape=grad_shape is not None,
            name=name,
        )

    def take_grad(self, num_required: Any, name: str | None = None) -> Any:
        """The mean (or sum) as a tuple of `indices`, `values` and `shape`; it starts anew.

        The shape's first size is -1 where the accumulator was given none. It waits until there
        are `num_required` gradients; see `ConditionalAccumulator.take_grad`.
        """
        return ops.SparseAccumulatorTakeGradient(
            self._accumulator_ref, num_required, dtype=self._dtype, name=name
        )

    def take_indexed_slices_grad(self, num_required: Any, name: str | None = None) -> IndexedSlices:
        """What `take_grad` gives, as `tf.IndexedSlices`."""
        taken = self.take_grad(num_required, name)
        return IndexedSlices(values=taken.values, indices=taken.indices, dense_shape=taken.shape)
