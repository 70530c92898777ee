"""Resource variables: a variable by its handle, read where the program says so."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, NoReturn

import numpy as np

from ..core.context import get_default_graph
from ..core.convert import convert_to_tensor
from ..core.dtypes import DType, as_dtype
from ..core.graph import name_scope
from ..core.operation import Operation, Tensor
from ..core.tensor_shape import TensorShape, as_shape
from ..ops import resource
from ..ops.array import identity
from .guarded import guarded
from .variable import Variable

_enabled = False


def enable_resource_variables() -> None:
    """Make new variables resource variables where nothing else is said."""
    global _enabled
    _enabled = True


def disable_resource_variables() -> None:
    """Make new variables reference variables again where nothing else is said."""
    global _enabled
    _enabled = False


def resource_variables_enabled() -> bool:
    """Whether new variables are resource variables where nothing else is said."""
    return _enabled


class ResourceVariable(Variable):
    """A variable with `use_resource=True`.

    Each use adds a ReadVariableOp, whose value is that of its place in the order of the run; a
    reference variable is looked up by each op that takes it. `handle` stands for the storage, the
    dtype is no reference, and what `assign` returns is the variable as it is after the assignment.
    """

    handle: Tensor

    def _make_ops(
        self,
        initial_value: Any,
        name: str | None,
        dtype: DType | None,
        validate_shape: bool,
        shape: Any,
    ) -> None:
        graph = get_default_graph()
        from_function = callable(initial_value)
        with name_scope(name, "Variable", None if from_function else [initial_value]) as scope:
            with (
                graph.name_scope("Initializer"),
                graph.held_state(devices=(), beside=scope[:-1]),
            ):
                start = initial_value() if from_function else initial_value
                value = convert_to_tensor(start, dtype, name="initial_value")
            self._check_initial_value(value, scope)
            static = value.shape if shape is None else as_shape(shape)
            if not static.is_compatible_with(value.shape):
                raise ValueError(
                    f"The initial value's shape ({value.shape}) is not compatible with the "
                    f"explicitly supplied `shape` argument ({shape})."
                )
            self._initial_value = value
            self._dtype = value.dtype.base_dtype
            with graph.held_state(beside=scope[:-1]):
                self._variable = self.handle = resource.VarHandleOp(
                    self._dtype, static, shared_name=scope[:-1], name=scope
                )
            with graph.name_scope("IsInitialized"):
                resource.VarIsInitializedOp(self.handle)
            with self._alone():
                self._initializer_op = resource.AssignVariableOp(
                    self.handle, guarded(value, scope[:-1]), name="Assign"
                )
            with graph.name_scope("Read"):
                self._snapshot = self._read()
                self._cached = identity(self._snapshot) if self._caching_device else None

    # What it is.

    @property
    def dtype(self) -> DType:
        """The dtype of the value."""
        return self._dtype

    @property
    def shape(self) -> TensorShape:
        """The static shape."""
        return self.handle.op.attrs["shape"]

    def get_shape(self) -> TensorShape:
        """The static shape."""
        return self.shape

    def set_shape(self, shape: Any) -> NoReturn:
        """Not for resource variables: their shape is fixed with the handle."""
        raise NotImplementedError("ResourceVariable does not implement set_shape()")

    @property
    def create(self) -> Operation:
        """The op that gives the variable its initial value."""
        return self._initializer_op

    def is_initialized(self, name: str | None = None) -> Tensor:
        """A boolean tensor: whether the variable has a value when it runs."""
        return resource.VarIsInitializedOp(self.handle, name=name)

    def _alone(self) -> AbstractContextManager[None]:
        """A block whose ops are on the variable's device and stand with no other."""
        device = self.handle.device
        return self.graph.held_state(colocations=(), devices=(device,) if device else ())

    # What it holds.

    def _read(self) -> Tensor:
        return resource.ReadVariableOp(self.handle, self._dtype)

    def value(self) -> Tensor:
        """A new tensor that reads the variable here."""
        if self._cached is not None:
            return self._cached
        with self._alone():
            return self._read()

    def read_value(self) -> Tensor:
        """A new tensor that reads the variable here (under the current control dependencies)."""
        with get_default_graph().name_scope("Read"):
            value = self._read()
        return identity(value)

    def sparse_read(self, indices: Any, name: str | None = None) -> Tensor:
        """The rows of the variable at `indices`, without reading the others."""
        with name_scope("Gather" if name is None else name) as scope:
            rows = resource.ResourceGather(self.handle, indices, self._dtype, name=scope)
        return identity(rows)

    def gather_nd(self, indices: Any, name: str | None = None) -> Tensor:
        """`variable[i, j, …]` for each row (i, j, …) of `indices`, without reading the others."""
        with name_scope("GatherNd" if name is None else name) as scope:
            parts = resource.ResourceGatherNd(self.handle, indices, self._dtype, name=scope)
        return identity(parts)

    def eval(self, session: Any = None) -> np.ndarray:
        """The value in `session`, else the default session."""
        return self._snapshot.eval(session=session)

    # How it changes.

    def _changed(self, op: Operation, read_value: bool = True) -> Any:
        """What an assignment returns: the variable as it is after `op`, or `op` itself."""
        return _AfterUpdate(self, op) if read_value else op

    def assign(
        self,
        value: Any,
        use_locking: bool = False,
        name: str | None = None,
        read_value: bool = True,
    ) -> Any:
        """Set the variable to `value`; returns the variable as it is then."""
        value = convert_to_tensor(value, self._dtype)
        self.shape.assert_is_compatible_with(value.shape)
        return self._changed(resource.AssignVariableOp(self.handle, value, name=name), read_value)

    def assign_add(
        self,
        delta: Any,
        use_locking: bool = False,
        name: str | None = None,
        read_value: bool = True,
    ) -> Any:
        """Add `delta`; returns the variable as it is then."""
        delta = convert_to_tensor(delta, self._dtype)
        op = resource.AssignAddVariableOp(self.handle, delta, name=name)
        return self._changed(op, read_value)

    def assign_sub(
        self,
        delta: Any,
        use_locking: bool = False,
        name: str | None = None,
        read_value: bool = True,
    ) -> Any:
        """Subtract `delta`; returns the variable as it is then."""
        delta = convert_to_tensor(delta, self._dtype)
        op = resource.AssignSubVariableOp(self.handle, delta, name=name)
        return self._changed(op, read_value)

    def count_up_to(self, limit: int) -> Tensor:
        """The op that increments the variable until `limit`; its output is the old value."""
        return resource.ResourceCountUpTo(self.handle, limit, self._dtype)

    def _scattered(
        self, function: Callable, indices: Any, updates: Any, locking: bool, name: Any
    ) -> Any:
        twin = resource.SCATTERS[function.op_def.type]  # type: ignore[attr-defined]
        return self._changed(
            twin(self.handle, indices, convert_to_tensor(updates, self._dtype), name=name)
        )

    def _assign_slice(self, *arguments: Any, name: str | None) -> Any:
        return self._changed(
            resource.ResourceStridedSliceAssign(self.handle, *arguments, name=name)
        )

    # How ops see it.

    def _as_graph_element(self) -> Tensor:
        return self._snapshot

    @staticmethod
    def _convert(
        value: Any, dtype: Any = None, name: str | None = None, as_ref: bool = False
    ) -> Tensor:
        if as_ref:
            return value.handle
        if dtype is not None and not as_dtype(dtype).is_compatible_with(value.dtype):
            raise ValueError(
                f"Incompatible type conversion requested to type '{as_dtype(dtype).name}' for "
                f"variable of type '{value.dtype.name}'"
            )
        return value.value()

    def __bool__(self) -> bool:
        return bool(self.read_value())

    def numpy(self) -> NoReturn:
        """Not in a graph: a session has the value."""
        raise NotImplementedError(
            "numpy() is only available when eager execution is enabled.\n"
            f"Use session.run({self.name!r}) or eval()."
        )

    def _by_method(self, operator: str, method: str) -> NoReturn:
        raise RuntimeError(
            f"Variable {operator}= value not supported. Use variable.{method}(value) to modify the "
            f"variable value and variable = variable {operator} value to get a new Tensor object."
        )

    def _by_assign(self, operator: str) -> NoReturn:
        raise RuntimeError(
            f"Variable {operator}= value not supported. Use `var.assign(var {operator} value)` to "
            f"modify the variable or `var = var {operator} value` to get a new Tensor object."
        )

    def __iadd__(self, other: Any) -> NoReturn:
        self._by_method("+", "assign_add")

    def __isub__(self, other: Any) -> NoReturn:
        self._by_method("-", "assign_sub")

    def __imul__(self, other: Any) -> NoReturn:
        self._by_assign("*")

    def __itruediv__(self, other: Any) -> NoReturn:
        self._by_assign("/")

    def __ipow__(self, other: Any) -> NoReturn:
        self._by_assign("**")


class _AfterUpdate(ResourceVariable):
    """A variable as it is after an op that changed it: reading it waits for that op."""

    def __init__(self, variable: ResourceVariable, update: Operation) -> None:
        self.__dict__.update(variable.__dict__)
        self._update = update
        self._cached = None
        self._snapshot = self._read()

    @property
    def name(self) -> str:
        """The name of the op that changed the variable."""
        return self._update.name

    @property
    def op(self) -> Operation:
        """The op that changed the variable."""
        return self._update

    @property
    def _as_control_input(self) -> Operation:
        return self._update

    def _read(self) -> Tensor:
        with self.graph.control_dependencies([self._update]):
            return super()._read()

    def read_value(self) -> Tensor:
        """A new tensor that reads the variable here, after the op."""
        return self._read()
