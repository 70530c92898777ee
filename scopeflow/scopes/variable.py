"""`tf.Variable`: a named tensor that keeps its value from run to run of a session."""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np

from ..core import source as source_of
from ..core.context import get_default_graph, get_default_session
from ..core.convert import convert_to_tensor, register_tensor_conversion_function
from ..core.dtypes import DType, as_dtype
from ..core.graph import Graph, name_scope
from ..core.graph_keys import GraphKeys
from ..core.indexed_slices import IndexedSlices
from ..core.operation import Operation, Tensor
from ..core.reference import Reference
from ..core.tensor_shape import TensorShape, as_shape
from ..ops import state, state_scatter
from ..ops.array import identity
from ..ops.operators import OPERATORS
from ..ops.slicing import _slice_helper
from .guarded import guarded
from .slice_info import SaveSliceInfo


class VariableSynchronization(enum.Enum):
    """When copies of a variable on several devices are brought together. One process: no effect."""

    AUTO = 0
    NONE = 1
    ON_WRITE = 2
    ON_READ = 3


class VariableAggregation(enum.Enum):
    """How copies of a variable on several devices are combined. One process: no effect."""

    NONE = 0
    SUM = 1
    MEAN = 2
    ONLY_FIRST_REPLICA = 3
    ONLY_FIRST_TOWER = 3  # noqa: PIE796 (its older name)


def checked_modes(
    synchronization: Any, aggregation: Any, trainable: bool | None, name: str | None
) -> dict[str, Any]:
    """The three arguments, defaults filled in. ValueError for what is no such mode."""
    modes: dict[str, Any] = {}
    for label, kind, value in (
        ("synchronization", VariableSynchronization, synchronization),
        ("aggregation", VariableAggregation, aggregation),
    ):
        try:
            modes[label] = kind(0 if value is None else value)
        except ValueError:
            raise ValueError(
                f"Invalid variable {label} mode: {value} for variable: {name}"
                f"\nOne of {', '.join(map(str, kind))}."
            ) from None
    on_read = modes["synchronization"] is VariableSynchronization.ON_READ
    return {**modes, "trainable": not on_read if trainable is None else trainable}


class _Creator(type):
    """Passes `tf.Variable(…)` through the creators of `variable_creator_scope`."""

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        if cls is not Variable:
            return super().__call__(*args, **kwargs)
        return _create(*args, **kwargs)


def _create(
    initial_value: Any = None,
    trainable: bool | None = None,
    collections: Any = None,
    validate_shape: bool = True,
    caching_device: Any = None,
    name: str | None = None,
    variable_def: Any = None,
    dtype: Any = None,
    expected_shape: Any = None,
    import_scope: str | None = None,
    constraint: Callable | None = None,
    use_resource: bool | None = None,
    synchronization: VariableSynchronization = VariableSynchronization.AUTO,
    aggregation: VariableAggregation = VariableAggregation.NONE,
    shape: Any = None,
) -> Any:
    arguments = dict(locals())
    creator: Callable = _new_variable
    for outer in get_default_graph().building.held.get("variable_creators", ()):
        creator = _around(outer, creator)
    return creator(**arguments)


def _new_variable(**arguments: Any) -> Variable:
    from .resource_variable import ResourceVariable, resource_variables_enabled
    from .variable_scope import get_variable_scope

    use_resource = arguments.get("use_resource")
    if arguments.get("variable_def") is not None:
        use_resource = arguments["variable_def"].is_resource
    if use_resource is None:
        use_resource = get_variable_scope().use_resource
    if use_resource is None:
        use_resource = resource_variables_enabled()
    return type.__call__(ResourceVariable if use_resource else Variable, **arguments)


def _around(outer: Callable, inner: Callable) -> Callable:
    return lambda **kwargs: outer(inner, **kwargs)


@contextmanager
def variable_creator_scope(variable_creator: Callable) -> Iterator[None]:
    """Variables made in the block come from `variable_creator(next_creator, **kwargs)`.

    It may change the arguments, wrap or replace the variable; the innermost scope is asked first.
    """
    held = get_default_graph().building.held
    before = held.get("variable_creators", ())
    held["variable_creators"] = (*before, variable_creator)
    try:
        yield
    finally:
        held["variable_creators"] = before


class Variable(metaclass=_Creator):
    """A variable: made once in the graph, holding one value in each session.

    `initial_value` is a tensor, what can be converted to one, or a function without arguments
    that returns one. Using the variable in an op reads its value at that point of the run. An op
    that sets it, `initializer`, must run before (`tf.global_variables_initializer`). Arguments:
    `trainable` adds it to the collection that optimizers train by default; `collections` replaces
    the default collection GLOBAL_VARIABLES; `validate_shape=False` leaves the shape open;
    `constraint(tensor) -> tensor` is applied by optimizers after each update; `caching_device`,
    `synchronization` and `aggregation` are accepted (one process, one device).

    Raises ValueError without an initial value or where its shape is unknown.

    >>> import scopeflow as tf
    >>> tf.Variable(tf.zeros([2]), name="v").name  # doctest: +SKIP
    'v:0'
    """

    def __init__(
        self,
        initial_value: Any = None,
        trainable: bool | None = None,
        collections: Any = None,
        validate_shape: bool = True,
        caching_device: Any = None,
        name: str | None = None,
        variable_def: Any = None,
        dtype: Any = None,
        expected_shape: Any = None,
        import_scope: str | None = None,
        constraint: Callable | None = None,
        use_resource: bool | None = None,
        synchronization: VariableSynchronization = VariableSynchronization.AUTO,
        aggregation: VariableAggregation = VariableAggregation.NONE,
        shape: Any = None,
    ) -> None:
        if variable_def is not None:
            if initial_value is not None:
                raise ValueError("variable_def and initial_value are mutually exclusive.")
            from .variable_protos import fill

            fill(self, variable_def, import_scope)
            return
        if initial_value is None:
            raise ValueError("initial_value must be specified.")
        if constraint is not None and not callable(constraint):
            raise ValueError("The `constraint` argument must be a callable.")
        if collections is None:
            collections = [GraphKeys.GLOBAL_VARIABLES]
        if not isinstance(collections, list | tuple | set):
            raise ValueError(
                "collections argument to Variable constructor must be a list, tuple, or set. "
                f"Got {collections} of type {type(collections)}"
            )
        modes = checked_modes(synchronization, aggregation, trainable, name)
        trainable = modes["trainable"]
        if trainable and GraphKeys.TRAINABLE_VARIABLES not in collections:
            collections = [*collections, GraphKeys.TRAINABLE_VARIABLES]
        self._trainable = trainable
        self._constraint = constraint
        self._synchronization = modes["synchronization"]
        self._aggregation = modes["aggregation"]
        self._caching_device = caching_device
        self._save_slice_info: Any = None
        self.source = source_of.capture()
        wanted = None if dtype is None else as_dtype(dtype).base_dtype
        graph = get_default_graph()
        with graph.control_dependencies(None):
            self._make_ops(initial_value, name, wanted, validate_shape, shape)
        graph.add_to_collections(collections, self)

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
            if from_function:
                with (
                    graph.name_scope("Initializer"),
                    graph.held_state(devices=(), beside=scope[:-1]),
                ):
                    value = convert_to_tensor(initial_value(), dtype, name="initial_value")
            else:
                value = convert_to_tensor(initial_value, dtype, name="initial_value")
            self._check_initial_value(value, scope)
            static = value.shape if shape is None else as_shape(shape)
            if not validate_shape:
                static = TensorShape(None)
            elif not value.shape.is_fully_defined():
                raise ValueError(f"initial_value must have a shape specified: {value}")
            self._initial_value = value
            with graph.held_state(beside=scope[:-1] if from_function else ""):
                self._variable = state.VariableV2(static, value.dtype.base_dtype, name=scope)
            self._initializer_op = state.Assign(
                self._variable, guarded(value, scope[:-1]), validate_shape, name="Assign"
            ).op
            with graph.colocate_with(self._variable.op):
                self._snapshot = identity(self._variable, name="read")

    @staticmethod
    def _check_initial_value(value: Tensor, scope: str) -> None:
        if value.op.control_flow is not None:
            raise ValueError(
                f"Initializer for variable {scope} is from inside a control-flow construct, such "
                "as a loop or conditional. When creating a variable inside a loop or conditional, "
                "use a lambda as the initializer."
            )

    # What it is.

    @property
    def name(self) -> str:
        """The variable's name with `:0`."""
        return self._variable.name

    @property
    def _shared_name(self) -> str:
        return self._variable.op.name

    @property
    def op(self) -> Operation:
        """The op that stands for the storage."""
        return self._variable.op

    @property
    def graph(self) -> Graph:
        """The graph that the variable is in."""
        return self._variable.graph

    @property
    def device(self) -> str:
        """The device asked for, "" for none."""
        return self._variable.device

    @property
    def dtype(self) -> DType:
        """The dtype of the reference (`float32_ref`); `.base_dtype` is that of the value."""
        return self._variable.dtype

    @property
    def shape(self) -> TensorShape:
        """The static shape."""
        return self._variable.shape

    def get_shape(self) -> TensorShape:
        """The static shape."""
        return self._variable.shape

    def set_shape(self, shape: Any) -> None:
        """Add what you know of the shape."""
        self._variable.set_shape(shape)
        self._snapshot.set_shape(shape)

    @property
    def trainable(self) -> bool:
        """Whether optimizers train it by default."""
        return self._trainable

    @property
    def constraint(self) -> Callable | None:
        """The function that optimizers apply to the value after each update."""
        return self._constraint

    @property
    def synchronization(self) -> VariableSynchronization:
        """As given."""
        return self._synchronization

    @property
    def aggregation(self) -> VariableAggregation:
        """As given."""
        return self._aggregation

    @property
    def initializer(self) -> Operation:
        """The op that gives the variable its initial value."""
        return self._initializer_op

    @property
    def initial_value(self) -> Tensor:
        """The tensor that the variable starts with."""
        return self._initial_value

    def __repr__(self) -> str:
        return f"<tf.Variable '{self.name}' shape={self.shape} dtype={self.dtype.name}>"

    def experimental_ref(self) -> Reference:
        """What stands for the variable in sets and as a key, whatever `==` means of variables."""
        return Reference(self)

    def _ref(self) -> Tensor:
        return self._variable

    # What it holds.

    def value(self) -> Tensor:
        """The tensor that reads the variable where it is used."""
        return self._snapshot

    def read_value(self) -> Tensor:
        """A new tensor that reads the variable (under the current control dependencies)."""
        return identity(self._variable, name="read")

    def initialized_value(self) -> Tensor:
        """The value, or the initial value while the variable is not initialized."""
        from ..ops.control_flow import cond

        with self.graph.control_dependencies(None):
            return cond(is_variable_initialized(self), self.read_value, lambda: self._initial_value)

    def eval(self, session: Any = None) -> np.ndarray:
        """The value in `session`, else the default session."""
        return self._variable.eval(session=session)

    def load(self, value: Any, session: Any = None) -> None:
        """Set the value in `session`, else the default session, without adding an op."""
        session = session or get_default_session()
        if session is None:
            raise ValueError(
                "Either session argument should be provided or default session should be "
                "established"
            )
        session.run(self.initializer, {self.initializer.inputs[1]: value})

    # How it changes. Each returns the tensor of the new value; read_value=False gives the op.

    def assign(
        self,
        value: Any,
        use_locking: bool = False,
        name: str | None = None,
        read_value: bool = True,
    ) -> Any:
        """The op that sets the variable to `value`."""
        return _result(state.assign(self, value, use_locking=use_locking, name=name), read_value)

    def assign_add(
        self,
        delta: Any,
        use_locking: bool = False,
        name: str | None = None,
        read_value: bool = True,
    ) -> Any:
        """The op that adds `delta`."""
        return _result(state.assign_add(self, delta, use_locking, name), read_value)

    def assign_sub(
        self,
        delta: Any,
        use_locking: bool = False,
        name: str | None = None,
        read_value: bool = True,
    ) -> Any:
        """The op that subtracts `delta`."""
        return _result(state.assign_sub(self, delta, use_locking, name), read_value)

    def count_up_to(self, limit: int) -> Tensor:
        """The op that increments the variable until `limit`; its output is the old value."""
        return state.count_up_to(self, limit)

    def _scattered(
        self, function: Callable, indices: Any, updates: Any, locking: bool, name: Any
    ) -> Any:
        return function(self, indices, updates, locking, name=name)

    def _assign_slice(self, *arguments: Any, name: str | None) -> Any:
        return state.StridedSliceAssign(self, *arguments, name=name)

    if TYPE_CHECKING:  # installed by _install_scatters

        def _scatter(
            self, sparse_delta: Any, use_locking: bool = False, name: Any = None
        ) -> Any: ...

        scatter_sub = scatter_add = scatter_update = _scatter
        scatter_mul = scatter_div = scatter_min = scatter_max = _scatter

        def _scatter_nd(self, indices: Any, updates: Any, name: str | None = None) -> Any: ...

        scatter_nd_sub = scatter_nd_add = scatter_nd_update = _scatter_nd

    def batch_scatter_update(
        self, sparse_delta: Any, use_locking: bool = False, name: str | None = None
    ) -> Any:
        """Set slices in each element of a batch: variable[b, indices[b, i]] = values[b, i]."""
        return state_scatter.batch_scatter_update(
            self, sparse_delta.indices, sparse_delta.values, use_locking, name
        )

    def sparse_read(self, indices: Any, name: str | None = None) -> Tensor:
        """Resource variables only: `tf.gather` reads any variable."""
        raise AttributeError("sparse_read: use tf.gather, or a variable with use_resource=True.")

    def gather_nd(self, indices: Any, name: str | None = None) -> Tensor:
        """Resource variables only: `tf.gather_nd` reads any variable."""
        raise AttributeError("gather_nd: use tf.gather_nd, or a variable with use_resource=True.")

    # As a message.

    def to_proto(self, export_scope: str | None = None) -> Any:
        """The variable as a VariableDef message: the names of its ops, below `export_scope`.

        None for a variable outside `export_scope`.
        """
        from .variable_protos import to_proto

        return to_proto(self, export_scope)

    @staticmethod
    def from_proto(variable_def: Any, import_scope: str | None = None) -> Variable:
        """The variable that the VariableDef describes; its ops stand in the default graph."""
        from .variable_protos import from_proto

        return from_proto(variable_def, import_scope)

    # Where it lies in the whole, for a part of a partitioned variable; Saver asks.

    SaveSliceInfo = SaveSliceInfo

    def _set_save_slice_info(self, save_slice_info: Any) -> None:
        self._save_slice_info = save_slice_info

    def _get_save_slice_info(self) -> Any:
        return self._save_slice_info

    # How ops see it.

    def _as_graph_element(self) -> Tensor:
        return self._variable

    @property
    def _as_control_input(self) -> Operation:
        return self._variable.op

    @staticmethod
    def _convert(
        value: Variable, dtype: Any = None, name: str | None = None, as_ref: bool = False
    ) -> Tensor:
        if dtype is not None and not as_dtype(dtype).is_compatible_with(value.dtype.base_dtype):
            raise ValueError(
                f"Incompatible type conversion requested to type '{as_dtype(dtype).name}' for "
                f"variable of type '{value.dtype.name}'"
            )
        return value._variable if as_ref else value._snapshot

    def __iter__(self) -> NoReturn:
        raise TypeError("'Variable' object is not iterable.")

    def __getitem__(self, slice_spec: Any) -> Tensor:
        return _slice_helper(self.value(), slice_spec, var=self)

    __hash__ = object.__hash__
    __array_priority__ = 100


def _result(tensor: Tensor, read_value: bool) -> Tensor | Operation:
    return tensor if read_value else tensor.op


def _install_operators() -> None:
    def on_value(function: Callable) -> Callable:
        return lambda self, *others: function(self.value(), *others)

    for dunder, function in OPERATORS.items():
        if dunder != "__getitem__":
            setattr(Variable, dunder, on_value(function))


def _install_scatters() -> None:
    def rows(function: Callable) -> Callable:
        def scatter(
            self: Variable, sparse_delta: Any, use_locking: bool = False, name: Any = None
        ) -> Any:
            if not isinstance(sparse_delta, IndexedSlices):
                raise TypeError(f"sparse_delta is not IndexedSlices: {sparse_delta}")
            return function(self, sparse_delta.indices, sparse_delta.values, use_locking, name)

        return scatter

    def parts(function: Callable) -> Callable:
        def scatter_nd(self: Variable, indices: Any, updates: Any, name: Any = None) -> Any:
            return function(self, indices, updates, True, name)

        return scatter_nd

    for method, what in (
        ("update", "Set"), ("add", "Add"), ("sub", "Subtract"), ("mul", "Multiply by"),
        ("div", "Divide by"), ("min", "Take the minimum with"), ("max", "Take the maximum with"),
    ):  # fmt: skip
        name = f"scatter_{method}"
        scatter = rows(getattr(state_scatter, name))
        scatter.__doc__ = f"{what} the rows of an IndexedSlices."
        setattr(Variable, name, scatter)
    for method, what in (("update", "Set"), ("add", "Add"), ("sub", "Subtract")):
        name = f"scatter_nd_{method}"
        scatter = parts(getattr(state_scatter, name))
        scatter.__doc__ = f"{what} updates[i, …] at variable[indices[i, …]]."
        setattr(Variable, name, scatter)


_install_operators()
_install_scatters()
register_tensor_conversion_function(
    Variable,
    lambda value, dtype=None, name=None, as_ref=False: value._convert(value, dtype, name, as_ref),
)


def is_variable_initialized(variable: Any) -> Tensor:
    """A boolean tensor: whether `variable` has a value when it runs."""
    if isinstance(variable, Variable) and not variable.dtype._is_ref_dtype:
        return variable.is_initialized()  # type: ignore[attr-defined]
    return state.IsVariableInitialized(variable)
