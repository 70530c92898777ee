"""Partitioned variables: one variable for the program, kept in parts along one axis.

Each part is a variable of the store by itself, `<name>/part_0`, `<name>/part_1`, …
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ..core import dtypes
from ..core import source as source_of
from ..core.context import get_default_graph
from ..core.convert import convert_to_tensor, register_tensor_conversion_function
from ..core.dtypes import DType, as_dtype
from ..core.graph import name_scope
from ..core.operation import Tensor
from ..core.tensor_shape import TensorShape, as_shape
from ..ops.array import identity
from ..ops.joining import concat, split
from ..ops.slicing import slice
from .slice_info import PartitionInfo, SaveSliceInfo

if TYPE_CHECKING:
    from .store import VariableSpec, VariableStore


def _sorted_parts(parts: Sequence[Any], shape: TensorShape) -> list:
    """The parts in their order. ValueError where they are not parts of one whole."""
    if not parts:
        raise ValueError("variable_list may not be empty")
    infos = [part._save_slice_info for part in parts]
    if None in infos:
        raise ValueError("Each variable must have a save_slice_info: it is a part of something.")
    if any(shape.as_list() != list(info.full_shape) for info in infos):
        raise ValueError("All variables' full shapes must match the shape of the whole.")
    return sorted(parts, key=lambda part: list(part._save_slice_info.var_offset))


class PartitionedVariable:
    """A variable in parts, as `tf.get_variable` makes it with a `partitioner`.

    Ops take it as one tensor, its parts put together (`as_tensor`); `tf.nn.embedding_lookup` uses
    the parts themselves. It has no operators of its own: write `tf.add(v, 1.0)`.
    """

    def __init__(
        self, name: str, shape: Any, dtype: Any, variable_list: list, partitions: Sequence[int]
    ) -> None:
        self._name = name
        self._shape = as_shape(shape)
        self._dtype = as_dtype(dtype)
        self._variable_list = _sorted_parts(variable_list, self._shape)
        self._partitions = list(partitions)
        if any(count <= 0 for count in self._partitions):
            raise ValueError(f"partition values must be positive: {partitions}")

    @property
    def name(self) -> str:
        """The name of the whole, without `:0`."""
        return self._name

    @property
    def dtype(self) -> DType:
        """The dtype of the value."""
        return self._dtype

    @property
    def shape(self) -> TensorShape:
        """The shape of the whole."""
        return self._shape

    def get_shape(self) -> TensorShape:
        """The shape of the whole."""
        return self._shape

    def __iter__(self) -> Iterator:
        return iter(self._variable_list)

    def __len__(self) -> int:
        return len(self._variable_list)

    def __repr__(self) -> str:
        return (
            f"<tf.PartitionedVariable '{self._name}' shape={self._shape} dtype={self._dtype.name} "
            f"partitions={self._partitions}>"
        )

    def _get_variable_list(self) -> list:
        return self._variable_list

    def _get_partitions(self) -> list[int]:
        return self._partitions

    def _partition_axes(self) -> list[int]:
        return [axis for axis, count in enumerate(self._partitions) if count > 1] or [0]

    def _concat(self) -> Tensor:
        """The parts put together, in no name scope of their own."""
        if len(self._variable_list) == 1:
            with name_scope(None):
                return identity(self._variable_list[0], name=self._name)
        with name_scope(self._name + "/ConcatPartitions/"):
            return concat(self._variable_list, self._partition_axes()[0])

    def as_tensor(self) -> Tensor:
        """The parts put together, under the variable's name at the root of the name scopes."""
        with name_scope(None):
            if len(self._variable_list) == 1:
                return identity(self._variable_list[0], name=self._name)
            with name_scope(self._name + "/ConcatPartitions/"):
                whole = concat(self._variable_list, self._partition_axes()[0])
            return identity(whole, name=self._name)

    # How it changes. `value` is the whole, a list of parts, or a variable of the same partitions.
    # Each returns a list: the parts' new values, or with read_value=False their ops.

    def assign(
        self, value: Any, use_locking: bool = False, name: Any = None, read_value: bool = True
    ) -> list:
        """The ops that set the parts to `value`."""
        return self._changed("assign", value, use_locking, name, read_value)

    def assign_add(
        self, value: Any, use_locking: bool = False, name: Any = None, read_value: bool = True
    ) -> list:
        """The ops that add `value`."""
        return self._changed("assign_add", value, use_locking, name, read_value)

    def assign_sub(
        self, value: Any, use_locking: bool = False, name: Any = None, read_value: bool = True
    ) -> list:
        """The ops that subtract `value`."""
        return self._changed("assign_sub", value, use_locking, name, read_value)

    def _changed(self, method: str, value: Any, *options: Any) -> list:
        if isinstance(value, list | PartitionedVariable):
            values = list(value)
        else:
            axis = self._partition_axes()[0]
            lengths = [part.get_shape().as_list()[axis] for part in self._variable_list]
            values = split(value, lengths, axis)
        if len(values) != len(self._variable_list):
            raise AssertionError(
                f"{self._name} has {len(self._variable_list)} parts, the value {len(values)}.\n"
                "A list stands for the parts, one item each: give the whole as an array or tensor."
            )
        return [
            getattr(part, method)(each, *options)
            for part, each in zip(self._variable_list, values, strict=True)
        ]

    @staticmethod
    def _convert(
        value: PartitionedVariable, dtype: Any = None, name: str | None = None, as_ref: bool = False
    ) -> Tensor:
        if dtype is not None and not as_dtype(dtype).is_compatible_with(value.dtype):
            raise ValueError(
                f"Incompatible type conversion requested to type '{as_dtype(dtype).name}' for "
                f"variable of type '{value.dtype.name}'"
            )
        if as_ref:
            raise NotImplementedError(
                "PartitionedVariable doesn't support being used as a reference.\n"
                f"Use its parts, list(v), or what it can do itself, v.assign(…): {value!r}"
            )
        return value.as_tensor()


register_tensor_conversion_function(PartitionedVariable, PartitionedVariable._convert)


# Making and sharing.


def get(store: VariableStore, spec: VariableSpec) -> PartitionedVariable:
    """`get_variable` with a partitioner; without one, of a partitioned variable that exists."""
    from .store import Request

    name = spec.name
    if name in store.variables:
        raise ValueError(
            "A partitioner was provided, but an unpartitioned version of the variable was found: "
            f"{name}.  Perhaps a variable of the same name was already created without "
            f"partitioning?\nIt was made here:\n{_made(store.variables[name])}"
        )
    shape = as_shape(spec.shape)
    if isinstance(spec.initializer, Tensor):
        shape = shape.merge_with(spec.initializer.shape)
    spec = replace(spec, shape=shape, dtype=as_dtype(spec.dtype).base_dtype)
    partitions = None if spec.partitioner is None else _partitions(spec)
    found = store.partitioned.get(name)
    if found is not None:
        _check_shared(spec, partitions, found)
        for i in range(len(found)):
            store.requests[f"{name}/part_{i}"].append(Request(source_of.capture(), spec.reuse))
        return found
    if spec.reuse is True:
        raise ValueError(_missing(store, name))
    assert partitions is not None
    slices = _slices(shape.as_list(), partitions)
    _check_parts(store, name, len(slices))
    if isinstance(spec.initializer, Tensor):
        spec = replace(spec, dtype=spec.initializer.dtype.base_dtype)
    parts = [_part(store, spec, i, offset, dims) for i, (offset, dims) in enumerate(slices)]
    made = PartitionedVariable(name, shape, spec.dtype, parts, partitions)
    store.partitioned[name] = made
    return made


def _partitions(spec: VariableSpec) -> list[int]:
    """What the partitioner answers, checked."""
    shape = spec.shape
    if not shape.is_fully_defined():
        raise ValueError(
            "Shape of a new partitioned variable must be fully defined, but instead was "
            f"{shape}.\nVariable {spec.name}: give its full shape. (An initializer stands for the "
            "shape only where it is a tensor.)"
        )
    if not len(shape):
        raise ValueError(f"A partitioned Variable must have rank at least 1, shape: {shape}")
    found = spec.partitioner(shape=shape, dtype=spec.dtype)
    if not isinstance(found, Sequence):
        raise ValueError(f"Partitioner must return a sequence, but saw: {found}")
    if len(found) != len(shape):
        raise ValueError(
            "Partitioner returned a partition list that does not match the Variable's rank: "
            f"{found} vs. {shape}"
        )
    if any(count < 1 for count in found):
        raise ValueError(f"Partitioner returned zero partitions for some axes: {found}")
    if sum(count > 1 for count in found) > 1:
        raise ValueError(
            f"Can only slice a variable along one dimension: shape: {shape}, partitioning: {found}"
        )
    return list(found)


def _slices(shape: list, partitions: list[int]) -> list[tuple[list[int], list[int]]]:
    """The (offset, shape) of each part; what does not divide makes the first ones longer by one."""
    axis = next((a for a, count in enumerate(partitions) if count > 1), 0)
    found = []
    begin = 0
    for i in range(partitions[axis]):
        length = shape[axis] // partitions[axis] + (i < shape[axis] % partitions[axis])
        offset, dims = [0] * len(shape), list(shape)
        offset[axis], dims[axis] = begin, length
        PartitionInfo(shape, offset)  # raises where there are more parts than rows
        found.append((offset, dims))
        begin += length
    return found


def _part(
    store: VariableStore, spec: VariableSpec, number: int, offset: list[int], dims: list[int]
) -> Any:
    """One part, made (or shared) as a variable of its own."""
    name = f"{spec.name}/part_{number}"
    full_shape = spec.shape.as_list()
    own = replace(spec, name=name, shape=dims, partitioner=None)
    with name_scope(f"{name}/PartitionedInitializer"):
        if spec.initializer is not None and not callable(spec.initializer):
            whole = convert_to_tensor(spec.initializer, spec.dtype)
            own = replace(own, shape=None, initializer=slice(whole, offset, dims))
    part = store.get_single(own, PartitionInfo(full_shape, offset))
    part._save_slice_info = SaveSliceInfo(spec.name, full_shape, offset, dims)
    return part


# Errors: the first line is TensorFlow's, what helps stands below it.


def _check_shared(
    spec: VariableSpec, partitions: list[int] | None, found: PartitionedVariable
) -> None:
    if spec.reuse is False:
        raise ValueError(
            f"Partitioned variable with name {spec.name} already exists. Did you mean to set "
            f"reuse=True or reuse=tf.AUTO_REUSE in VarScope?\nIt was made here:\n"
            f"{_made(found)}"
        )
    begin = f"Trying to reuse partitioned variable {spec.name}, but specified"
    places = (
        f"It was made here:\n{_made(found)}\n"
        f"It is asked for here:\n{source_of.describe(source_of.capture())}"
    )
    if not spec.shape.is_compatible_with(found.get_shape()):
        raise ValueError(
            f"{begin} shape {spec.shape} and found shape {found.get_shape()}.\n{places}"
        )
    if not spec.dtype.is_compatible_with(found.dtype):
        raise ValueError(
            f"{begin} dtype {spec.dtype.name} and found dtype {found.dtype.name}.\n{places}"
        )
    if partitions is not None and partitions != found._get_partitions():
        raise ValueError(
            f"{begin} partitions {partitions} and found partitions {found._get_partitions()}.\n"
            f"{places}"
        )


def _check_parts(store: VariableStore, name: str, count: int) -> None:
    """ValueError where the store has some of the parts, but not just these."""
    first, last, extra = (f"{name}/part_{i}" for i in (0, count - 1, count))
    if first not in store.variables:
        return
    begin = (
        "Partitioner returned a different partitioning than what was already found.  Partitioner "
        f"returned {count} shards, and shard {first} was found, but"
    )
    if last not in store.variables:
        raise ValueError(f"{begin} {last} was not.")
    if extra in store.variables:
        raise ValueError(f"{begin} so was the extra shard {extra}.")


def _missing(store: VariableStore, name: str) -> str:
    message = (
        f"PartitionedVariable {name} does not exist, or was not created with tf.get_variable(). "
        "Did you mean to set reuse=False or reuse=tf.AUTO_REUSE in VarScope?"
    )
    names = difflib.get_close_matches(name, store.partitioned, n=3, cutoff=0.5)
    if names:
        message += "\nThe nearest partitioned variables that exist: " + ", ".join(names) + "."
    return message


def _made(found: Any) -> str:
    """Where a variable, or the first of its parts, was made."""
    parts = list(found) if isinstance(found, PartitionedVariable) else [found]
    return source_of.describe(parts[0].source)


def create_partitioned_variables(
    shape: Any,
    slicing: Sequence[int],
    initializer: Any,
    dtype: Any = dtypes.float32,
    trainable: bool = True,
    collections: Any = None,
    name: str | None = None,
    reuse: Any = None,
) -> list:
    """The parts of a variable with `slicing[i]` parts along axis i; deprecated.

    Use `tf.get_variable(…, partitioner=…)`. One number of `slicing` may be more than 1.
    `initializer` is a function or the value of the whole. The variable is called `name`, or
    "PartitionedVariable" made unique, below the current variable scope. Raises ValueError where
    the lengths disagree and, since the parts bypass them, where the scope has a custom getter.

    >>> import scopeflow as tf
    >>> [v.name for v in tf.create_partitioned_variables([5, 2], [2, 1], tf.zeros_initializer())]
    ['PartitionedVariable/part_0:0', 'PartitionedVariable/part_1:0']
    """
    from .store import VariableSpec, store_of
    from .variable_scope import variable_scope

    if len(shape) != len(slicing):
        raise ValueError(
            "The 'shape' and 'slicing' of a partitioned Variable must have the length: "
            f"shape: {shape}, slicing: {slicing}"
        )
    if len(shape) < 1:
        raise ValueError(f"A partitioned Variable must have rank at least 1: shape: {shape}")
    graph = get_default_graph()
    with variable_scope(name, "PartitionedVariable", reuse=reuse) as scope:
        if scope.custom_getter is not None:
            raise ValueError(
                "Private access to _get_partitioned_variable is not allowed when a custom getter "
                f"is set.  Current custom getter: {scope.custom_getter}.  It is likely that "
                "you're using create_partitioned_variables.  If so, consider instead using "
                "get_variable with a non-empty partitioner parameter instead."
            )
        spec = VariableSpec(
            name=scope.name,
            shape=shape,
            dtype=scope.dtype if dtype is None else dtype,
            initializer=scope.initializer if initializer is None else initializer,
            regularizer=scope.regularizer,
            reuse=scope.reuse,
            trainable=trainable,
            collections=collections,
            caching_device=scope.caching_device,
            partitioner=_slicing(slicing),
            use_resource=scope.use_resource,
        )
        with graph.held_state(name_scope=""):
            return list(get(store_of(graph), spec))


def _slicing(slicing: Sequence[int]) -> Callable[..., Sequence[int]]:
    return lambda shape, dtype: slicing
