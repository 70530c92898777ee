"""Functions over the rows of tensors: tf.map_fn, tf.scan, tf.foldl, tf.foldr."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.context import get_default_graph
from ..core.convert import convert_to_tensor
from ..core.dtypes import DType, as_dtype
from ..core.graph import name_scope
from ..core.nest import assert_same_structure, flatten, pack_like
from ..core.operation import Tensor
from ..core.sparse_tensor import SparseTensor
from ..core.tensor_shape import TensorShape
from .array import shape
from .constant import constant
from .tensor_array import TensorArray
from .while_loop import while_loop


def _scoped(name: str | None, default: str, elems: Any) -> Any:
    return name_scope(name, default, flatten(elems))


def _checked(fn: Any) -> None:
    if not callable(fn):
        raise TypeError("fn must be callable.")


def _rows(elems: Any) -> list[Tensor]:
    """The tensors of the structure, each with at least one dimension."""
    leaves = flatten(elems)
    for leaf in leaves:
        if isinstance(leaf, SparseTensor):
            raise TypeError(
                "To perform a map over the values of a sparse tensor use either\n"
                "  SparseTensor(input.indices, fn(input.values), input.dense_shape)\n"
                "or\n"
                "  SparseTensor(input.indices, map_fn(fn, input.values), input.dense_shape)"
            )
    tensors = [convert_to_tensor(leaf, name="elem") for leaf in leaves]
    for tensor in tensors:
        if tensor.shape.ndims == 0:
            raise ValueError(
                "elems must be a 1+ dimensional Tensor, not a scalar, or a list or tuple of such "
                "tensors, not scalars: "
                f"{tensor.name} has shape {tensor.shape}"
            )
    return tensors


def _count(tensors: list[Tensor]) -> tuple[Any, int | None]:
    """How many rows there are: as an int where it is known, else as a tensor; and the int."""
    lengths = [t._dims[0] for t in tensors if t._dims is not None and t._dims[0] is not None]
    if len(set(lengths)) > 1:
        raise ValueError(f"elems have different numbers of rows: {lengths}")
    static = lengths[0] if lengths else None
    return (shape(tensors[0])[0] if static is None else static), static


def _array(dtype: DType, size: Any, infer_shape: bool = True, **options: Any) -> TensorArray:
    return TensorArray(dtype, size, infer_shape=infer_shape, **options)


def _unstacked(tensors: list[Tensor], size: Any) -> list[TensorArray]:
    return [_array(t.dtype.base_dtype, size, dynamic_size=False).unstack(t) for t in tensors]


def _limits(back_prop: bool, swap_memory: bool, iterations: Any, size: Any) -> dict[str, Any]:
    return {
        "back_prop": back_prop,
        "swap_memory": swap_memory,
        "parallel_iterations": iterations,
        "maximum_iterations": size,
    }


def map_fn(
    fn: Callable[..., Any],
    elems: Any,
    dtype: Any = None,
    parallel_iterations: int | None = None,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    name: str | None = None,
) -> Any:
    """`fn` of each row of `elems` (a tensor, or a structure of them), stacked.

    `dtype` is the (structure of) dtypes that `fn` returns, needed where it differs from `elems`.
    Without `infer_shape` the results of different rows may differ in static shape.
    `parallel_iterations` and `swap_memory` are accepted, as by tf.while_loop. Raises TypeError
    for what is not callable and for a result of another dtype, ValueError for scalars.

    >>> import scopeflow as tf
    >>> tf.map_fn(lambda row: row * row, tf.constant([1.0, 2.0])).name
    'map/TensorArrayStack/TensorArrayGatherV3:0'
    """
    _checked(fn)
    wanted = elems if dtype is None else dtype
    with _scoped(name, "map", elems):
        tensors = _rows(elems)
        kinds = [t.dtype.base_dtype for t in tensors]
        if dtype is not None:
            kinds = [as_dtype(d) for d in flatten(dtype)]
        size, static = _count(tensors)
        inputs = _unstacked(tensors, size)
        counter = constant(0)
        results = [_array(kind, size, infer_shape, dynamic_size=False) for kind in kinds]

        def compute(i: Tensor, arrays: list) -> tuple:
            row = pack_like(elems, [array.read(i) for array in inputs])
            found = fn(row)
            assert_same_structure(wanted, found, check_types=True)
            written = [
                array.write(i, value) for array, value in zip(arrays, flatten(found), strict=True)
            ]
            return (i + 1, written)

        _, done = while_loop(
            lambda i, _: i < size,
            compute,
            (counter, results),
            **_limits(back_prop, swap_memory, parallel_iterations or 10, size),
        )
        stacked = [array.stack() for array in done]
        for tensor in stacked:
            _set_rows(tensor, static)
        return pack_like(wanted, stacked)


def _set_rows(tensor: Tensor, count: int | None) -> None:
    if tensor._dims is not None:
        tensor._dims = (count, *tensor._dims[1:])


def scan(
    fn: Callable[..., Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    infer_shape: bool = True,
    reverse: bool = False,
    name: str | None = None,
) -> Any:
    """All values of the accumulator `a = fn(a, row)` over the rows of `elems`, stacked.

    It begins with `initializer`, which fixes its structure, else with the first row (which is then
    also the first result). With `reverse` the rows are taken from the last to the first.

    >>> import scopeflow as tf
    >>> tf.scan(lambda a, x: a + x, tf.constant([1.0, 2.0, 3.0])).shape
    TensorShape([Dimension(3)])
    """
    _checked(fn)
    structure = elems if initializer is None else initializer
    with _scoped(name, "scan", elems):
        tensors = _rows(elems)
        size, static = _count(tensors)
        inputs = _unstacked(tensors, size)
        if initializer is None:
            first = (size - 1) if reverse else 0
            values = [array.read(first) for array in inputs]
            start = 1
        else:
            values = [convert_to_tensor(v, name="initializer") for v in flatten(initializer)]
            start = 0
        results = [
            _array(v.dtype.base_dtype, size, infer_shape, element_shape=v.shape if infer_shape
                   else None, dynamic_size=False)
            for v in values
        ]  # fmt: skip
        if initializer is None:
            results = [
                array.write(size - 1 if reverse else 0, value)
                for array, value in zip(results, values, strict=True)
            ]
        counter: Any = size - 1 - start if reverse else start

        def compute(i: Tensor, accumulated: list, arrays: list) -> tuple:
            row = pack_like(elems, [array.read(i) for array in inputs])
            found = fn(pack_like(structure, accumulated), row)
            assert_same_structure(structure, found, check_types=False)
            flat = [convert_to_tensor(v) for v in flatten(found)]
            written = [a.write(i, value) for a, value in zip(arrays, flat, strict=True)]
            return (i - 1 if reverse else i + 1, flat, written)

        invariants = None
        if not infer_shape:
            invariants = (
                TensorShape([]),
                [TensorShape(None) for _ in values],
                [TensorShape([]) for _ in values],
            )
        _, _, done = while_loop(
            (lambda i, *_: i >= 0) if reverse else (lambda i, *_: i < size),
            compute,
            (counter, values, results),
            shape_invariants=invariants,
            **_limits(back_prop, swap_memory, parallel_iterations, size),
        )
        stacked = [array.stack() for array in done]
        for tensor in stacked:
            _set_rows(tensor, static)
        return pack_like(structure, stacked)


def foldl(
    fn: Callable[..., Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """The last value of `a = fn(a, row)` over the rows of `elems`, from the first to the last.

    It begins with `initializer`, else with the first row.
    """
    limits = _limits(back_prop, swap_memory, parallel_iterations, None)
    return _fold(fn, elems, initializer, limits, name, reverse=False)


def foldr(
    fn: Callable[..., Any],
    elems: Any,
    initializer: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
) -> Any:
    """The last value of `a = fn(a, row)` over the rows of `elems`, from the last to the first.

    It begins with `initializer`, else with the last row.
    """
    limits = _limits(back_prop, swap_memory, parallel_iterations, None)
    return _fold(fn, elems, initializer, limits, name, reverse=True)


def _fold(
    fn: Callable[..., Any],
    elems: Any,
    initializer: Any,
    limits: dict[str, Any],
    name: str | None,
    reverse: bool,
) -> Any:
    _checked(fn)
    with _scoped(name, "foldr" if reverse else "foldl", elems):
        tensors = _rows(elems)
        size, _ = _count(tensors)
        inputs = _unstacked(tensors, size)

        def row(index: Any) -> Any:
            return pack_like(elems, [array.read(index) for array in inputs])

        last = size - 1
        if initializer is None:
            value, start = row(last if reverse else 0), 1
        else:
            value, start = initializer, 0
        counter = (last - start if start else last) if reverse else constant(start)
        structure = pack_like(value, [convert_to_tensor(v) for v in flatten(value)])

        def compute(i: Tensor, accumulated: Any) -> tuple:
            found = fn(accumulated, row(i))
            assert_same_structure(structure, found, check_types=False)
            return (i - 1 if reverse else i + 1, found)

        limits["maximum_iterations"] = size
        _, result = while_loop(
            (lambda i, _: i >= 0) if reverse else (lambda i, _: i < size),
            compute,
            (counter, structure),
            **limits,
        )
        return result


def vectorized_map(fn: Callable[..., Any], elems: Any) -> Any:
    """`fn` of each row of `elems`, stacked: as tf.map_fn, row by row.

    The dtypes of the results are found by calling `fn` once more on the first row; ops of that
    call are not run.
    """
    graph = get_default_graph()
    with graph.held_state(name_scope=".vectorized_map"):
        first = pack_like(elems, [convert_to_tensor(leaf)[0] for leaf in flatten(elems)])
        found = fn(first)
        kinds = pack_like(found, [convert_to_tensor(v).dtype for v in flatten(found)])
    return map_fn(fn, elems, dtype=kinds, name="vectorized_map")
