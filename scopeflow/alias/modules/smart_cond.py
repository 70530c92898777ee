"""tensorflow.python.framework.smart_cond: tf.cond, decided while the graph is built if possible."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from .tensor_util import constant_value


def smart_constant_value(pred: Any) -> bool | None:
    """The predicate as a bool, or None if only a run can tell. TypeError for another type."""
    if isinstance(pred, tf.Variable | tf.Tensor):
        found = constant_value(pred) if isinstance(pred, tf.Tensor) else None
        return None if found is None else bool(found)
    if pred in (0, 1):
        return bool(pred)
    raise TypeError(
        "`pred` must be a Tensor, or a Python bool, or 1 or 0. Found instead: "
        f"{type(pred).__name__} {pred!r}"
    )


def smart_case(
    pred_fn_pairs: Any, default: Callable | None = None, exclusive: bool = False,
    name: str = "smart_case",
) -> Any:  # fmt: skip
    """What the first function returns whose predicate is known to hold, else tf.case of them all.

    Pairs whose predicates are known not to hold are left out.
    """
    pairs = pred_fn_pairs.items() if isinstance(pred_fn_pairs, dict) else pred_fn_pairs
    open_pairs: list[tuple] = []
    for pred, function in pairs:
        known = smart_constant_value(pred)
        if known and not open_pairs:
            return function()
        if known is not False:
            open_pairs.append((pred, function))
    if not open_pairs and default is not None:
        return default()
    return tf.case(open_pairs, default=default, exclusive=exclusive, name=name)


def smart_cond(
    pred: Any, true_fn: Callable | None = None, false_fn: Callable | None = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """What one of the functions returns, if the predicate is known, else tf.cond of both."""
    if not callable(true_fn) or not callable(false_fn):
        raise TypeError("`true_fn` and `false_fn` must be callable.")
    known = smart_constant_value(pred)
    if known is None:
        return tf.cond(pred, true_fn=true_fn, false_fn=false_fn, name=name)
    return true_fn() if known else false_fn()
