"""`tf.case`, `tf.switch_case`: conditions one after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..core import dtypes
from ..core.context import get_default_graph
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.operation import Tensor
from .checks import Assert
from .compare import equal
from .control_flow import cond
from .joining import stack
from .math import cast
from .reduce import reduce_sum


def case(
    pred_fn_pairs: Any,
    default: Callable | None = None,
    exclusive: bool = False,
    strict: bool = False,
    name: str = "case",
) -> Any:
    """The result of the first function whose condition holds, else that of `default`.

    `pred_fn_pairs` is a list of (boolean scalar, function), or a dict, which has no order: use
    `exclusive` with it, which checks when running that at most one condition holds. Without
    `default` one must hold. `strict` is tf.cond's. Raises TypeError for what is no such list and
    what is not callable; InvalidArgumentError when running, for conditions that must not be.
    """
    pairs = _pairs(pred_fn_pairs)
    with name_scope(name, "case", [p for p, _ in pairs]):
        if default is None:
            function, checks = pairs[-1][1], pairs
            last = _must_hold(pairs, function)
            pairs, otherwise = pairs[:-1], last
        else:
            if not callable(default):
                raise TypeError("default must be callable.")
            checks, otherwise = pairs, default
        if exclusive:
            with get_default_graph().control_dependencies([_at_most_one(checks)]):
                return _chain(pairs, otherwise, strict)
        return _chain(pairs, otherwise, strict)


def _pairs(given: Any) -> list[tuple[Tensor, Callable]]:
    if not isinstance(given, list | tuple | Mapping):
        raise TypeError("fns must be a list, tuple, or dict")
    pairs = list(given.items()) if isinstance(given, Mapping) else list(given)
    if not pairs:
        raise ValueError("tf.case needs at least one (condition, function) pair.")
    for pair in pairs:
        if not isinstance(pair, tuple | list) or len(pair) != 2:
            raise TypeError("Each entry in pred_fn_pairs must be a 2-tuple")
        pred, function = pair
        if not isinstance(pred, Tensor):
            raise TypeError(f"pred must be a Tensor, got: {pred!r}")
        if pred.dtype.base_dtype is not dtypes.bool:
            raise TypeError(f"pred must be of type bool: {pred.name!r}")
        if not callable(function):
            raise TypeError(f"fn for pred {pred.name} must be callable.")
    return [(pred, function) for pred, function in pairs]


def _must_hold(pairs: list[tuple[Tensor, Callable]], function: Callable) -> Callable:
    """The last function, behind a check that its condition holds."""
    preds = [pred for pred, _ in pairs]

    def checked() -> Any:
        message = "Input error: None of conditions evaluated as True:"
        check = Assert(preds[-1], [message, stack(preds, name="preds_c")])
        with get_default_graph().control_dependencies([check]):
            return function()

    return checked


def _at_most_one(pairs: list[tuple[Tensor, Callable]]) -> Any:
    preds = stack([pred for pred, _ in pairs], name="preds_c")
    count = reduce_sum(cast(preds, dtypes.int32), name="num_true_conds")
    names = ", ".join(pred.name for pred, _ in pairs)
    message = f"Input error: exclusive=True: more than 1 conditions ({names}) evaluated as True:"
    return Assert(count <= 1, [message, preds], summarize=len(pairs))


def _chain(pairs: list[tuple[Tensor, Callable]], otherwise: Callable, strict: bool) -> Any:
    if not pairs:
        return otherwise()
    (pred, function), *rest = pairs
    return cond(pred, function, lambda: _chain(rest, otherwise, strict), strict=strict, name="cond")


def switch_case(
    branch_index: Any, branch_fns: Any, default: Callable | None = None, name: str = "switch_case"
) -> Any:
    """The result of the function with the number `branch_index`, else that of `default`.

    `branch_index` is an integer tensor. `branch_fns` is a list of functions, of (number, function),
    or a dict; the numbers are 0, 1, … Without `default` the function with the largest number
    serves. Raises TypeError for what is no such thing, ValueError for other numbers.
    """
    if isinstance(branch_fns, Mapping):
        numbered = list(branch_fns.items())
    elif isinstance(branch_fns, list | tuple):
        numbered = list(branch_fns)
        if all(callable(item) for item in numbered):
            numbered = list(enumerate(numbered))
    else:
        raise TypeError("branch_fns must be a list, tuple, or dict")
    if not numbered:
        raise ValueError("Must provide at least one item in branch_fns")
    for item in numbered:
        if not isinstance(item, tuple) or len(item) != 2:
            raise TypeError("Each entry in branch_fns must be a 2-tuple")
        number, function = item
        if not isinstance(number, int) or isinstance(number, bool):
            raise TypeError(f"key must be a Python `int`, got {type(number)}")
        if not callable(function):
            raise TypeError(f"fn for key {number} must be callable.")
    numbered.sort(key=lambda item: item[0])
    if [number for number, _ in numbered] != list(range(len(numbered))):
        found = ",".join(str(number) for number, _ in numbered)
        raise ValueError(
            f"branch indices (keys) must form contiguous range of [0 to {len(numbered)}) but "
            f"found {{{found}}}"
        )
    if not isinstance(branch_index, Tensor) and not hasattr(branch_index, "_as_graph_element"):
        raise TypeError(f"branch_index must a Tensor, got {type(branch_index)}")
    if not branch_index.dtype.is_integer:
        raise TypeError(f"branch_index must an integer Tensor, got {branch_index.dtype}")
    if default is not None and not callable(default):
        raise TypeError("default must be callable.")
    with name_scope(name, "switch_case", [branch_index]):
        index = convert_to_tensor(branch_index, name="branch_index")
        if default is None:
            default = numbered[-1][1]
            numbered = numbered[:-1]
        pairs = [(equal(index, number), function) for number, function in numbered]
        return _chain(pairs, default, strict=False)
