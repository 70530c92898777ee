"""Looking at values while a graph runs: summaries, printing, checks for NaN and infinity."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.context import get_default_graph
from ..core.control_flow import blocks_of
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import torch, traced
from ..core.op import define, op
from ..core.operation import Operation, Tensor
from ..core.shape_rules import unchanged
from ..core.types import FLOAT
from .control_flow import group, with_dependencies


def _array(value: Any) -> np.ndarray:
    """A tensor's values as numpy holds them; floats of 16 bits as float32."""
    if isinstance(value, torch.Tensor):
        value = value.detach().cpu()
        if value.dtype in (torch.float16, torch.bfloat16):
            value = value.float()
        return value.numpy()
    return np.asarray(value)


_ESCAPES = {ord(c): f"\\{e}" for c, e in zip("\n\r\t\"'\\", "nrt\"'\\", strict=True)}


def _text(item: Any) -> str:
    """One element, as TensorFlow's summaries write it."""
    if isinstance(item, str):
        item = item.encode()
    if isinstance(item, bytes):
        return "".join(_ESCAPES.get(b) or (chr(b) if 32 <= b < 127 else f"\\{b:03o}") for b in item)
    if isinstance(item, bool | np.bool_):
        return str(int(item))
    if isinstance(item, float | np.floating):
        for digits in (15, 17) if isinstance(item, np.float64) else (6, 9):
            text = f"{item:.{digits}g}"
            if type(item)(text) == item:
                break
        return text
    return "?" if isinstance(item, complex | np.complexfloating) else str(item)


def summary(value: Any, limit: int) -> str:
    """The first `limit` elements (all of them where it is negative), rows in brackets."""
    array = _array(value)
    count = array.size if limit < 0 else limit
    if array.ndim == 0 or array.size == 0:
        return "".join(_text(item) for item in array.ravel()[:count]) + (
            "..." if array.size > count else ""
        )
    shown = [_text(item) for item in array.ravel()[:count]]
    parts: list[str] = []
    _rows(parts, iter(shown), len(shown), array.shape, top=True)
    return "".join(parts) + ("..." if array.size > len(shown) else "")


def _rows(parts: list[str], texts: Any, left: int, dims: tuple[int, ...], top: bool) -> int:
    """Append a block of shape `dims`; returns how many texts are left after it."""
    if len(dims) == 1:
        parts.append(" ".join(next(texts) for _ in range(min(left, dims[0]))))
        if left < dims[0] and not top:
            parts.append("...")
        return max(left - dims[0], 0)
    for _ in range(dims[0]):
        if not left:
            break
        parts.append("[")
        left = _rows(parts, texts, left, dims[1:], top=False)
        parts.append("]")
    return left


def _print(input, data, *, message="", first_n=-1, summarize=3, op):
    printed = op.__dict__.get("printed", 0)
    if torch.compiler.is_compiling():
        return input  # a print would cut torch.compile's program into two
    if first_n < 0 or printed < first_n:
        op.__dict__["printed"] = printed + 1
        shown = "".join(f"[{summary(item, summarize)}]" for item in data)
        print(f"{message}{shown}", file=sys.stderr, flush=True)
    return input


_Print = define(
    "Print",
    ["input", "data"],
    "T, [U] -> T",
    _print,
    attrs={"message": "", "first_n": -1, "summarize": 3},
    shape=lambda input, data: input._dims,
    view=True,
    stateful=True,
    doc="The input; prints the message and the data to stderr.",
)


def Print(
    input_: Any,
    data: Any,
    message: str | None = None,
    first_n: int | None = None,
    summarize: int | None = None,
    name: str | None = None,
) -> Tensor:
    """`input_`; whenever it is computed, the tensors in the list `data` are printed to stderr.

    `message` is printed before them, `summarize` (3) elements of each are shown, and only the first
    `first_n` times (-1: always; counted over all sessions of the graph).
    """
    return _Print(
        input_,
        data,
        message or "",
        -1 if first_n is None else first_n,
        3 if summarize is None else summarize,
        name=name,
    )


# NaN and infinity.


def _fault(tensor: Any) -> str:
    """What is not finite in a tensor, "" where nothing is."""
    if torch.isfinite(tensor).all():
        return ""
    found = [
        name for name, test in (("Inf", torch.isinf), ("NaN", torch.isnan)) if test(tensor).any()
    ]
    return f"Tensor had {' and '.join(found)} values"


def _check_gradient(message: str) -> Any:
    def check(gradient: Any) -> None:
        fault = _fault(gradient)
        if fault:
            raise ValueError(
                "Not a number (NaN) or infinity (Inf) values detected in gradient. "
                f"{message} : {fault}"
            )

    return check


@op("T -> T", shape=unchanged, view=True, stateful=True, T=FLOAT)
def CheckNumerics(tensor, *, message):
    """The input. InvalidArgumentError where it, or its gradient, has a NaN or an infinity."""
    if traced(tensor):
        return tensor
    fault = _fault(tensor)
    if fault:
        raise ValueError(f"{message} : {fault}")
    if not tensor.requires_grad:
        return tensor
    checked = tensor.view_as(tensor)
    checked.register_hook(_check_gradient(message))
    return checked


check_numerics = CheckNumerics


def verify_tensor_all_finite(
    t: Any = None,
    msg: str | None = None,
    name: str | None = None,
    x: Any = None,
    message: str | None = None,
) -> Tensor:
    """The tensor `x`, checked when it is computed: InvalidArgumentError with `message` where it has
    a NaN or an infinity. (`t` and `msg` are the arguments' old names.)"""
    for old, new, old_name, new_name in ((t, x, "t", "x"), (msg, message, "msg", "message")):
        if old is not None and new is not None:
            raise ValueError(f"Cannot specify both '{old_name}' and '{new_name}'")
    value = x if t is None else t
    text = message if msg is None else msg
    if not isinstance(text, str):
        raise TypeError(f"Expected string for argument 'message' not {text!r}.")
    with name_scope(name, "VerifyFinite", [value]):
        value = convert_to_tensor(value, name="x")
        return with_dependencies([CheckNumerics(value, text)], value)


def add_check_numerics_ops() -> Operation:
    """An op that checks every tensor of floats in the default graph for NaN and infinity.

    They are checked in the order of the ops; the error names the tensor. ValueError where the graph
    has tf.cond or tf.while_loop.
    """
    graph = get_default_graph()
    last: list[Any] = []
    for operation in graph.get_operations():
        for output in operation.outputs:
            if output.dtype not in (dtypes.float16, dtypes.float32, dtypes.float64):
                continue
            if operation.control_flow is not None or blocks_of(operation):
                raise ValueError(
                    "tf.add_check_numerics_ops() does not work in a graph with tf.cond or "
                    "tf.while_loop. Use tf.check_numerics on single tensors."
                )
            with graph.control_dependencies(last):
                last = [CheckNumerics(output, output.name)]
    return group(*last)
