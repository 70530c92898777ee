"""Conditions, grouping, ordering."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.context import get_default_graph
from ..core.control_flow import Block, Context, captured_by
from ..core.convert import convert_to_tensor
from ..core.graph import graph_of, name_scope
from ..core.indexed_slices import IndexedSlices
from ..core.nest import assert_same_structure, flatten, pack_like
from ..core.op import define, registry
from ..core.operation import Dims, Operation, Tensor
from ..core.shape_rules import rank_is
from .array import NoOp, identity

define(
    "If",
    ["cond", "input"],
    "bool, [Tin] -> [Tout]",
    attrs={"blocks": (), "Tout": ()},
    shape=lambda cond, input, *, blocks: _if_shapes(cond, blocks),
    doc="Runs the first block where the condition holds, else the second.",
)
Merge = define(
    "Merge",
    ["inputs"],
    "N * T -> output: T, value_index: int32",
    shape=lambda inputs: _merged_shapes(inputs),
    view=True,
    doc="Of several values the one that exists; of a single one, the result of a condition.",
)


def _merged_shapes(inputs: list[Tensor]) -> list[Dims]:
    dims = inputs[0]._dims
    for tensor in inputs[1:]:
        dims = _either(dims, tensor._dims)
    return [dims, ()]


def _if_shapes(cond: Tensor, blocks: tuple[Block, ...]) -> list[Dims]:
    rank_is(cond, 0)
    return [
        _either(a._dims, b._dims) for a, b in zip(blocks[0].outputs, blocks[1].outputs, strict=True)
    ]


def _either(a: Dims, b: Dims) -> Dims:
    """What holds of a shape that is one of these two."""
    if a is None or b is None or len(a) != len(b):
        return None
    return tuple(x if x == y else None for x, y in zip(a, b, strict=True))


def cond(
    pred: Any,
    true_fn: Callable | None = None,
    false_fn: Callable | None = None,
    strict: bool = False,
    name: str | None = None,
    fn1: Callable | None = None,
    fn2: Callable | None = None,
) -> Any:
    """The result of `true_fn()` where the scalar `pred` is true when running, else `false_fn()`.

    Both functions return the same structure of tensors of the same dtypes; the ops made inside
    one run only if that one is chosen. A list with one tensor comes back as that tensor unless
    `strict`. `fn1` and `fn2` are the functions' deprecated names. Raises TypeError for what is
    not callable or for a Python bool as `pred`, ValueError where the results differ in kind.
    """
    for new, old, label, old_label in (
        (true_fn, fn1, "true_fn", "fn1"),
        (false_fn, fn2, "false_fn", "fn2"),
    ):
        if old is not None and new is not None:
            raise TypeError(f"cond(): '{label}' and '{old_label}' may not be set simultaneously.")
    true_fn = fn1 if true_fn is None else true_fn
    false_fn = fn2 if false_fn is None else false_fn
    for label, function in (("true_fn", true_fn), ("false_fn", false_fn)):
        if function is None:
            raise TypeError(f"cond(): {label} argument required")
        if not callable(function):
            raise TypeError(f"{label} must be callable.")
    with name_scope(name, "cond", [pred]):
        if isinstance(pred, bool):
            raise TypeError("pred must not be a Python bool")
        graph = get_default_graph()
        for taken in ("Switch", "switch_t", "switch_f"):  # names that TensorFlow's graph has here
            graph.unique_name(taken)
        predicate = identity(convert_to_tensor(pred), name="pred_id")
        assert true_fn is not None and false_fn is not None
        blocks: list[Block] = []
        results = []
        for label, function in (("true", true_fn), ("false", false_fn)):
            context = Context(graph.building.control_flow, label)
            with graph.held_state(control_flow=context, controllers=()):
                result = _unwrapped(function(), strict)
                if result is None:
                    raise ValueError(f"{label}_fn must have a return value.")
                blocks.append(_block(context, result, predicate))
            results.append(result)
        _check_alike(results, blocks)
        inputs, waits = captured_by(blocks)
        with graph.control_dependencies(waits):
            kinds = [t.dtype.base_dtype for t in blocks[0].outputs]
            op = registry["If"].add(
                (predicate, inputs), {"blocks": tuple(blocks), "Tout": tuple(kinds)}, "If"
            )
        graph.prevent_fetching(op[0].op)
        return pack_like(results[0], [Merge([tensor])[0] for tensor in op], expand=True)


def _unwrapped(result: Any, strict: bool) -> Any:
    if not strict and isinstance(result, list | tuple) and len(result) == 1:
        return result[0]
    return result


def _block(context: Context, result: Any, predicate: Tensor) -> Block:
    """The tensors that a branch returns; an op becomes the predicate, which waits for it."""
    outputs: list[Tensor] = []
    for item in flatten(result, expand=True):
        if isinstance(item, Operation):
            with get_default_graph().control_dependencies([item]):
                outputs.append(identity(predicate, name="control_dependency"))
        else:
            tensor = convert_to_tensor(item)
            if tensor.dtype._is_ref_dtype:
                tensor = identity(tensor)
            outputs.append(tensor)
    return Block(context, outputs, [])


def _check_alike(results: list, blocks: list[Block]) -> None:
    first, second = blocks
    assert_same_structure(*results)
    if not first.outputs:
        raise ValueError("true_fn and false_fn must return at least one result.")
    for a, b in zip(first.outputs, second.outputs, strict=True):
        if a.dtype.base_dtype is not b.dtype.base_dtype:
            raise ValueError(
                "Outputs of true_fn and false_fn must have the same type: "
                f"{a.dtype.name}, {b.dtype.name}"
            )


def group(*inputs: Any, **kwargs: Any) -> Operation:
    """An op that finishes when all `inputs` (ops, tensors, variables, nested) have run.

    `name` is the only keyword. Raises TypeError for inputs of other kinds.
    """
    name = kwargs.pop("name", None)
    if kwargs:
        raise ValueError(f"Unknown keyword arguments: {', '.join(kwargs)}")
    elements: list[Any] = []
    for item in flatten(list(inputs), expand=True):
        if item is None:
            continue
        if not hasattr(item, "graph"):
            raise TypeError(
                "Expected tf.Tensor, tf.Operation or list of them, got "
                f"'{type(item).__name__}' as input to tf.group."
            )
        elements.append(item)
    graph = graph_of(elements)
    with graph.as_default(), name_scope(name, "group_deps", elements) as scope:
        with graph.control_dependencies(elements):
            return NoOp(name=scope)


def tuple_(tensors: Any, name: str | None = None, control_inputs: Any = None) -> list:
    """The tensors again, each usable only when all of them (and control_inputs) are computed."""
    with name_scope(name, "tuple", [t for t in tensors if t is not None]):
        items = [
            t if isinstance(t, IndexedSlices | Operation) or t is None else convert_to_tensor(t)
            for t in tensors
        ]
        gates = [t if isinstance(t, Operation) else t.op for t in items if t is not None]
        if not gates:
            raise ValueError(f"Must have at least one Tensor: {tensors}")
        for item in control_inputs or ():
            if not hasattr(item, "graph"):
                raise TypeError(
                    f"Control input must be Operation or convertible to Operation: {item}"
                )
        gate = group(*gates, *(control_inputs or ()))
        return [
            with_dependencies([gate], t, name="control_dependency")
            if isinstance(t, Tensor | IndexedSlices)
            else gate
            if t is not None
            else None
            for t in items
        ]


def with_dependencies(dependencies: Any, output_tensor: Any, name: str | None = None) -> Any:
    """`output_tensor`, usable only after `dependencies` have run."""
    with name_scope(name, "control_dependency", [*dependencies, output_tensor]) as scope:
        with get_default_graph().control_dependencies(dependencies):
            return identity(output_tensor, name=scope)


def control_dependencies(control_inputs: Any) -> Any:
    """A `with` block whose ops run after `control_inputs`; None clears the enclosing blocks'."""
    return get_default_graph().control_dependencies(control_inputs)
