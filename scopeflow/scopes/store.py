"""The variables that `get_variable` has made in a graph, and the rules of making and sharing."""

from __future__ import annotations

import difflib
import enum
import inspect
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from ..core import dtypes
from ..core import source as source_of
from ..core.context import get_default_graph
from ..core.dtypes import DType, as_dtype
from ..core.graph import Graph
from ..core.graph_keys import GraphKeys
from ..core.tensor_shape import TensorShape, as_shape
from .initializers import Initializer, glorot_uniform_initializer, zeros_initializer
from .resource_variable import resource_variables_enabled
from .variable import (
    Variable,
    VariableAggregation,
    VariableSynchronization,
)


class _ReuseMode(enum.Enum):
    """The third reuse mode beside True and False: share what exists, make what does not."""

    AUTO_REUSE = 1


AUTO_REUSE = _ReuseMode.AUTO_REUSE


@dataclass(frozen=True)
class VariableSpec:
    """What one request for a variable asks: the call's arguments over the scope's defaults."""

    name: str
    shape: Any = None
    dtype: Any = None
    initializer: Any = None
    regularizer: Callable | None = None
    reuse: Any = None
    trainable: bool | None = None
    collections: Any = None
    caching_device: Any = None
    partitioner: Any = None
    validate_shape: bool = True
    use_resource: bool | None = None
    constraint: Callable | None = None
    synchronization: VariableSynchronization = VariableSynchronization.AUTO
    aggregation: VariableAggregation = VariableAggregation.NONE

    def arguments(self) -> dict[str, Any]:
        """As keyword arguments, the way custom getters see them."""
        return dict(self.__dict__)


class Request(NamedTuple):
    """That a variable was asked for: by which of the user's lines, under which reuse mode."""

    source: source_of.Source
    reuse: Any


class VariableStore:
    """One graph's variables by name, and from where each was asked for."""

    def __init__(self) -> None:
        self.variables: dict[str, Any] = {}
        self.partitioned: dict[str, Any] = {}
        self.requests: dict[str, list[Request]] = {}

    def get(self, spec: VariableSpec, custom_getter: Callable | None) -> Any:
        """The variable that the request means, by way of the custom getter where there is one."""
        if custom_getter is not None and not callable(custom_getter):
            raise ValueError(f"Passed a custom_getter which is not callable: {custom_getter}")
        if custom_getter is None:
            return self.true_get(spec)
        return custom_getter(getter=self.getter, **spec.arguments())

    def getter(self, name: str, shape: Any = None, *args: Any, **kwargs: Any) -> Any:
        """What custom getters call: the rules of sharing, without getters."""
        bound = _GETTER.bind(name, shape, *args, **kwargs)
        arguments = dict(bound.arguments)
        arguments.pop("custom_getter", None)
        return self.true_get(VariableSpec(**arguments))

    def true_get(self, spec: VariableSpec) -> Any:
        """Share or make, in one piece or in parts."""
        is_scalar = isinstance(spec.shape, list | tuple) and not spec.shape
        is_scalar = is_scalar or (isinstance(spec.shape, TensorShape) and spec.shape._dims == ())
        if spec.partitioner is not None and not is_scalar:
            if not callable(spec.partitioner):
                raise ValueError(f"Partitioner must be callable, but received: {spec.partitioner}")
            return self.get_parts(spec)
        if spec.reuse is True and spec.partitioner is None and spec.name in self.partitioned:
            return self.get_parts(spec)
        if f"{spec.name}/part_0" in self.variables:
            raise ValueError(
                "No partitioner was provided, but a partitioned version of the variable was "
                f"found: {spec.name}/part_0. Perhaps a variable of the same name was already "
                "created with partitioning?"
            )
        return self.get_single(spec)

    def get_parts(self, spec: VariableSpec) -> Any:
        """A partitioned variable."""
        from .partitioned import get

        return get(self, spec)

    def get_single(self, spec: VariableSpec, partition_info: Any = None) -> Any:
        """The table of sharing: (exists or not) × (reuse) -> return, create or raise."""
        from_value = spec.initializer is not None and not callable(spec.initializer)
        if spec.shape is not None and from_value:
            raise ValueError("If initializer is a constant, do not specify shape.")
        dtype, shape = as_dtype(spec.dtype), as_shape(spec.shape)
        found = self.variables.get(spec.name)
        if found is not None:
            if spec.reuse is False:
                raise ValueError(self._exists(spec.name, found))
            self._check_shared(spec.name, shape, dtype, found)
            self.requests[spec.name].append(Request(source_of.capture(), spec.reuse))
            return found
        if spec.reuse is True:
            raise ValueError(self._missing(spec.name))
        return self._create(replace(spec, dtype=dtype, shape=shape), partition_info)

    def _create(self, spec: VariableSpec, partition_info: Any) -> Any:
        use_resource = spec.use_resource
        initial_value, dtype = _initial_value(spec, partition_info)
        made = Variable(
            initial_value=initial_value,
            name=spec.name,
            trainable=spec.trainable,
            collections=spec.collections,
            caching_device=spec.caching_device,
            dtype=dtype,
            validate_shape=spec.validate_shape,
            constraint=spec.constraint,
            use_resource=resource_variables_enabled() if use_resource is None else use_resource,
            synchronization=spec.synchronization,
            aggregation=spec.aggregation,
        )
        self.variables[spec.name] = made
        self.requests[spec.name] = [Request(source_of.capture(), spec.reuse)]
        if spec.regularizer is not None:
            add_regularization_loss(spec.name, spec.regularizer, made)
        return made

    # Errors: the first line is TensorFlow's, what helps stands below it.

    def _exists(self, name: str, found: Any) -> str:
        # Of resource variables TensorFlow does not say where: there it is on a line of our own.
        space = " " if found.dtype._is_ref_dtype else "\n"
        return (
            f"Variable {name} already exists, disallowed. Did you mean to set reuse=True or "
            f"reuse=tf.AUTO_REUSE in VarScope?{space}Originally defined at:\n\n"
            f"{source_of.describe(found.source)}\n"
        )

    def _missing(self, name: str) -> str:
        message = (
            f"Variable {name} does not exist, or was not created with tf.get_variable(). "
            "Did you mean to set reuse=tf.AUTO_REUSE in VarScope?"
        )
        known = [name for name in self.variables if isinstance(name, str)]
        last = name.rsplit("/", 1)[-1]
        same = [other for other in known if other.rsplit("/", 1)[-1] == last]
        near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
        names = list(dict.fromkeys([*near, *same]))[:3]
        if not names:
            return message
        wide = max(map(len, names))
        return f"{message}\nDid you mean {names[0]}? The nearest variables that exist:" + "".join(
            f"\n  {near:<{wide}}  {self._described(near)}" for near in names
        )

    def _described(self, name: str) -> str:
        """In which scope a variable stands, what it is, where it was made."""
        found, (scope, _, _) = self.variables[name], name.rpartition("/")
        place = f"scope {scope!r}" if scope else "the root scope"
        made = source_of.lines(getattr(found, "source", ())[:1])
        where = f", made at {made[0][0]}:{made[0][1]}" if made else ""
        return f"in {place}, shape {found.get_shape()}, {found.dtype.base_dtype.name}{where}"

    def _check_shared(self, name: str, shape: TensorShape, dtype: DType, found: Any) -> None:
        if not shape.is_compatible_with(found.get_shape()):
            raise ValueError(
                f"Trying to share variable {name}, but specified shape {shape} "
                f"and found shape {found.get_shape()}.\n{_two_places(found)}"
            )
        if not dtype.is_compatible_with(found.dtype):
            raise ValueError(
                f"Trying to share variable {name}, but specified dtype {dtype.name} "
                f"and found dtype {found.dtype.name}.\n{_two_places(found)}"
            )


def _two_places(found: Any) -> str:
    return (
        f"It was made here:\n{source_of.describe(found.source)}\n"
        f"It is asked for here:\n{source_of.describe(source_of.capture())}"
    )


def _initial_value(spec: VariableSpec, partition_info: Any) -> tuple[Any, DType | None]:
    """What `tf.Variable` starts from, and the dtype to ask of it."""
    initializer = spec.initializer
    if initializer is None:
        initializer = default_initializer(spec.name, spec.dtype)
    if not callable(initializer):
        return initializer, None
    if inspect.isclass(initializer):
        initializer = initializer()
    parameters = _parameters(initializer)
    if spec.shape.is_fully_defined():
        keywords = {"dtype": spec.dtype.base_dtype}
        takes_any = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
        if takes_any or "partition_info" in parameters:
            keywords["partition_info"] = partition_info
        return lambda: initializer(spec.shape.as_list(), **keywords), spec.dtype.base_dtype
    required = [
        p
        for p in parameters.values()
        if p.default is p.empty and p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)
    ]
    if not required:
        return initializer, None
    raise ValueError(
        "The initializer passed is not valid. It should be a callable with no arguments and the "
        "shape should not be provided or an instance of `tf.keras.initializers.*' and `shape` "
        f"should be fully defined.\nVariable {spec.name}: the shape is {spec.shape}, the "
        f"initializer {initializer!r}."
    )


_of_type: dict[type, Any] = {}


def _parameters(initializer: Any) -> Any:
    """The parameters of an initializer; those of our own classes are looked up once."""
    if not isinstance(initializer, Initializer):
        return inspect.signature(initializer).parameters
    kind = type(initializer)
    if kind not in _of_type:
        _of_type[kind] = inspect.signature(initializer).parameters
    return _of_type[kind]


def default_initializer(name: str, dtype: DType) -> Any:
    """Glorot's uniform distribution for floats; zeros, False and "" for other kinds."""
    if dtype.is_floating:
        return glorot_uniform_initializer()
    if not dtype.is_quantized and (dtype.is_integer or dtype.is_bool or dtype is dtypes.string):
        return zeros_initializer()
    raise ValueError(f"An initializer for variable {name} of {dtype.base_dtype} is required")


def add_regularization_loss(name: str, regularizer: Callable, variable: Any) -> None:
    """Add `regularizer(variable)` to the regularization losses, unless it returns None."""
    graph = get_default_graph()
    with graph.name_scope(f"{name}/Regularizer/"):
        loss = regularizer(variable)
    if loss is not None:
        graph.add_to_collection(GraphKeys.REGULARIZATION_LOSSES, loss)


def store_of(graph: Graph) -> VariableStore:
    """The graph's variable store."""
    store = graph.held.get("variable_store")
    if store is None:
        store = graph.held["variable_store"] = VariableStore()
    return store


_GETTER = inspect.Signature(
    [
        inspect.Parameter(key, inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None)
        for key in (
            "name",
            "shape",
            "dtype",
            "initializer",
            "regularizer",
            "reuse",
            "trainable",
            "collections",
            "caching_device",
            "partitioner",
            "validate_shape",
            "use_resource",
            "constraint",
            "synchronization",
            "aggregation",
            "custom_getter",
        )
    ]
)
