"""`tf.while_loop`: one node with two blocks, which a session runs as a Python loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.context import get_default_graph
from ..core.control_flow import Block, Context, captured_by, parameter
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.nest import assert_same_structure, flatten, pack_like
from ..core.op import define, registry
from ..core.operation import Dims, Tensor
from ..core.reachable import LOOP
from ..core.shape_rules import rank_is
from ..core.tensor_shape import TensorShape, as_shape
from ..core.tensor_spec import TensorSpec
from .array import stop_gradient
from .compare import less, logical_and
from .constant import constant

define(
    "While",
    ["input"],
    "[Tin] -> [Tout]",
    attrs={"blocks": (), "Tout": ()},
    shape=lambda input, *, blocks: [t._dims for t in blocks[0].parameters],
    doc="Runs the second block as long as the first gives true; the loop variables come first.",
)
Exit = define(
    "Exit", ["data"], "T -> T", shape=lambda data: data._dims, view=True, doc="A loop's result."
)
LoopCond = define(
    "LoopCond",
    ["input"],
    "bool -> bool",
    "torch.clone",
    shape=lambda input: rank_is(input, 0),
    host=lambda input: input,
    doc="Whether a loop goes on.",
)


def while_loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    shape_invariants: Any = None,
    parallel_iterations: int = 10,
    back_prop: bool = True,
    swap_memory: bool = False,
    name: str | None = None,
    maximum_iterations: Any = None,
    return_same_structure: bool = False,
) -> Any:
    """Repeat `body(*loop_vars)` while the scalar `cond(*loop_vars)` is true; the last values.

    `loop_vars` is a (nested) structure of tensors, TensorArrays, sparse tensors; the body returns
    the same structure. A variable keeps its static shape from round to round unless
    `shape_invariants`, a structure like `loop_vars`, gives a less specific one. No more than
    `maximum_iterations` rounds are run. With `back_prop=False` gradients do not pass. A single
    loop variable comes back by itself unless `return_same_structure`. `parallel_iterations` and
    `swap_memory` are accepted: rounds run one after the other, values stay where they are.

    Raises TypeError for what is not callable, ValueError for no loop variables, structures that
    differ, and shapes that change.

    >>> import scopeflow as tf
    >>> n, total = tf.while_loop(lambda n, t: n < 5, lambda n, t: (n + 1, t + n), (0, 0))
    >>> total.name
    'while/Exit_1:0'
    """
    with name_scope(name, "while", None):
        if not loop_vars:
            raise ValueError("No loop variables provided")
        if not callable(cond):
            raise TypeError("cond must be callable.")
        if not callable(body):
            raise TypeError("body must be callable.")
        if parallel_iterations < 1:
            raise TypeError("parallel_iterations must be a positive integer.")
        if maximum_iterations is None:
            result = _loop(cond, body, loop_vars, shape_invariants, back_prop)
            return _single(result, return_same_structure)
        return _limited(
            cond, body, loop_vars, shape_invariants, back_prop, maximum_iterations,
            return_same_structure,
        )  # fmt: skip


def _single(result: Any, whole: bool) -> Any:
    """The only element of a list or tuple of one, unless the whole is asked for."""
    if not whole and isinstance(result, list | tuple) and len(flatten(result, expand=True)) == 1:
        return result[0]
    return result


def _limited(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    invariants: Any,
    back_prop: bool,
    maximum: Any,
    whole: bool,
) -> Any:
    """The loop with a counter of its rounds in front."""
    limit = convert_to_tensor(maximum, name="maximum_iterations")
    if limit.shape.ndims != 0:
        raise ValueError(f"maximum_iterations must be a scalar, saw shape: {limit.shape}")
    counter = constant(0, dtype=limit.dtype, name="iteration_counter")
    one = len(loop_vars) == 1

    def packed(structure: Any) -> Any:
        """What stands beside the counter: the only variable, or the structure of all."""
        return next(iter(structure)) if one else structure

    def called(function: Callable[..., Any], variables: Any) -> Any:
        return function(variables) if one else function(*variables)

    def round_(i: Any, variables: Any) -> Any:
        result = called(body, variables)
        return i + 1, _unlisted(result) if one else result

    result = _loop(
        lambda i, variables: logical_and(less(i, limit), called(cond, variables)),
        round_,
        (counter, packed(loop_vars)),
        None if invariants is None else (TensorShape([]), packed(invariants)),
        back_prop,
    )[1]
    return _single([result] if one else result, whole)


def _unlisted(value: Any) -> Any:
    """What a body returns for its only variable: by itself or in a list."""
    return value[0] if isinstance(value, list | tuple) and len(value) == 1 else value


def _loop(
    cond: Callable[..., Any],
    body: Callable[..., Any],
    loop_vars: Any,
    invariants: Any,
    back_prop: bool,
) -> Any:
    graph = get_default_graph()
    initial = [convert_to_tensor(item) for item in flatten(loop_vars, expand=True)]
    dims = _invariant_dims(loop_vars, initial, invariants)

    def reserve(op_type: str) -> None:  # names that TensorFlow's graph has here
        for _ in initial:
            graph.unique_name(op_type)

    def parameters(op_type: str) -> list[Tensor]:
        return [
            parameter(context, i, t.dtype.base_dtype, d, op_type)
            for i, (t, d) in enumerate(zip(initial, dims, strict=True))
        ]

    def packed(tensors: list[Tensor]) -> Any:
        return pack_like(loop_vars, tensors, expand=True)

    context = Context(graph.building.control_flow, LOOP)
    reserve("Enter")
    with graph.held_state(control_flow=context, controllers=()):
        before = parameters("Merge")
        go_on = LoopCond(_called(cond, packed(before)), name="LoopCond")
        reserve("Switch")
        inside = parameters("Identity")
        result = _called(body, packed(inside))
        if not isinstance(result, list | tuple | dict):
            result = [result]
        if isinstance(loop_vars, list | tuple) and isinstance(result, list | tuple):
            assert_same_structure(list(loop_vars), list(result), check_types=False)
        outputs = [convert_to_tensor(item) for item in flatten(result, expand=True)]
    reserve("NextIteration")
    _check_outputs(initial, dims, outputs)
    blocks = (Block(context, [go_on], [], before), Block(context, outputs, [], inside))
    captured, waits = captured_by(blocks)
    with graph.control_dependencies(waits):
        found = registry["While"].add(
            ([*initial, *captured],),
            {"blocks": blocks, "Tout": [t.dtype.base_dtype for t in initial]},
            "While",
        )
    context.owner = found[0].op
    graph.prevent_fetching(found[0].op)
    if not back_prop:
        found = [stop_gradient(tensor) for tensor in found]
    return pack_like(result, [Exit(tensor, name="Exit") for tensor in found], expand=True)


def _called(function: Callable[..., Any], arguments: Any) -> Any:
    return function(*(arguments.values() if isinstance(arguments, dict) else arguments))


def _invariant_dims(loop_vars: Any, initial: list[Tensor], invariants: Any) -> list[Dims]:
    """The static shape of each loop variable in all rounds."""
    if invariants is None:
        return [t._dims for t in initial]
    shapes: list[Any] = []
    assert_same_structure(list(loop_vars), _shapes_as_leaves(list(invariants)), check_types=False)
    leaves = flatten(_shapes_as_leaves(invariants))
    for variable, leaf in zip(flatten(loop_vars), leaves, strict=True):
        shape = leaf.shape
        parts = flatten(variable, expand=True)
        if len(parts) == 1 and parts[0] is variable:
            shapes.append(shape)
        else:
            shapes += _of_parts(variable, shape, len(parts))
    for tensor, shape in zip(initial, shapes, strict=True):
        if not _no_more_specific(shape, tensor.shape):
            raise ValueError(
                f"The shape invariant specified for {tensor.name} is not compatible with the "
                f"initial shape of the loop variable. It enters the loop with shape "
                f"{tensor.shape}, but the specified shape invariant is {shape}."
            )
    return [shape._dims for shape in shapes]


class _Shape:
    """An invariant, as a leaf of the structure (a list of ints is no structure here)."""

    def __init__(self, shape: TensorShape) -> None:
        self.shape = shape

    def __repr__(self) -> str:
        return repr(self.shape)


def _shapes_as_leaves(value: Any) -> Any:
    if isinstance(value, TensorShape):
        return _Shape(value)
    if value is None:
        return _Shape(TensorShape(None))
    if isinstance(value, TensorSpec):
        return _Shape(value.shape)
    if not isinstance(value, list | tuple | dict):
        raise TypeError(
            "'shape_invariants' must be one of TensorShape, list, tuple, or TypeSpec, "
            f"not {type(value).__name__}."
        )
    if isinstance(value, dict):
        return {key: _shapes_as_leaves(item) for key, item in value.items()}
    if isinstance(value, list | tuple) and all(i is None or isinstance(i, int) for i in value):
        if value:
            return _Shape(as_shape(value))
        return value
    if hasattr(value, "_fields"):
        return type(value)(*map(_shapes_as_leaves, value))
    return type(value)(map(_shapes_as_leaves, value))


def _of_parts(variable: Any, shape: TensorShape, count: int) -> list[TensorShape]:
    """The invariants of a composite's tensors: its own shape says little about them."""
    shapes_for = getattr(variable, "_component_shapes", None)
    if shapes_for is not None:
        return shapes_for(shape)
    return [TensorShape(None)] * count


def _no_more_specific(general: TensorShape, shape: TensorShape) -> bool:
    """Whether every tensor of the static shape `shape` also has the shape `general`."""
    wide, narrow = general._dims, shape._dims
    if wide is None:
        return True
    if narrow is None or len(wide) != len(narrow):
        return False
    return all(w is None or w == n for w, n in zip(wide, narrow, strict=True))


def _check_outputs(initial: list[Tensor], dims: list[Dims], outputs: list[Tensor]) -> None:
    for before, wide, after in zip(initial, dims, outputs, strict=True):
        if before.dtype.base_dtype is not after.dtype.base_dtype:
            raise TypeError(
                f"The loop variable {before.name} has dtype {before.dtype.base_dtype.name}, but "
                f"the body returns {after.name} of dtype {after.dtype.base_dtype.name} for it. "
                "Cast it: tf.cast."
            )
        general = TensorShape._make(wide)
        if not _no_more_specific(general, after.shape):
            raise ValueError(
                f"Input tensor {before.name!r} enters the loop with shape {general}, but has "
                f"shape {after.shape} after one iteration. To allow the shape to vary across "
                "iterations, use the `shape_invariants` argument of tf.while_loop to specify a "
                "less-specific shape; where it does not vary, tell it in the body with set_shape."
            )
