"""`tf.debugging.assert_shapes`: the shapes of several tensors against named sizes."""

from __future__ import annotations

import operator
from typing import Any

from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.operation import Operation, Tensor
from .array import shape
from .checks import Assert
from .compare import equal
from .control_flow import group
from .reduce import reduce_prod
from .type_checks import assert_rank, assert_rank_at_least, assert_rank_in


def assert_shapes(
    shapes: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that checks `shapes`, a dict or list of (tensor, sizes).

    Sizes are numbers, names (the same size wherever the name stands) or "." or None (any); a first
    "..." or "*" stands for any number of dimensions. Where one size stands or none, a scalar and a
    vector of one element are the same. No sizes at all (None) are not checked. ValueError where the
    static shapes already tell.
    """
    pairs = list(shapes.items()) if hasattr(shapes, "items") else list(shapes)
    prefix = f"{message or ''}.  "
    options = {"data": data, "summarize": summarize, "message": message}
    known: dict[Any, tuple[Any, str]] = {}
    checks: list[Any] = []
    with name_scope(name, "assert_shapes"):
        for value, wanted in pairs:
            if wanted is None:
                continue
            tensor = convert_to_tensor(value)
            sizes, open_ = _sizes(tensor, wanted, prefix)
            if open_:
                checks.append(assert_rank_at_least(tensor, len(sizes), **options))
            elif len(sizes) == 1:
                checks.append(assert_rank_in(tensor, (0, 1), **options))
            else:
                checks.append(assert_rank(tensor, len(sizes), **options))
            for i, size in enumerate(sizes):
                if size is None:
                    continue
                axis = i - len(sizes) if open_ else i
                have = _size(tensor, axis, single=len(sizes) == 1 and not open_)
                source = "Specified explicitly"
                if not isinstance(size, int):
                    if size not in known:
                        known[size] = have, f"tensor {tensor.name} dimension {axis}"
                        continue
                    size, source = known[size][0], f"Specified by {known[size][1]}"
                if isinstance(size, int) and isinstance(have, int):
                    if size != have:
                        raise ValueError(
                            f"{prefix}{source}.  Tensor {tensor.name} dimension {axis} must have "
                            f"size {size}.  Received size {have}, shape {tensor.shape}"
                        )
                    continue
                shown = data or [
                    message or "", source, f"Tensor {tensor.name} dimension", axis,
                    "must have size", size, "Received shape: ", shape(tensor),
                ]  # fmt: skip
                checks.append(Assert(equal(have, size), shown, summarize=summarize))
        return group(*checks)


def _sizes(tensor: Tensor, wanted: Any, prefix: str) -> tuple[list[Any], bool]:
    """The sizes (an int, a name, None for any) and whether more dimensions may stand before."""
    if not (hasattr(wanted, "__iter__") or hasattr(wanted, "__getitem__")):
        raise ValueError(
            f"{prefix}Tensor {tensor.name}.  Specified shape must be an iterable.  An iterable has "
            f"the attribute `__iter__` or `__getitem__`.  Received specified shape: {wanted}"
        )
    sizes = [_plain(size) for size in wanted]
    open_ = bool(sizes) and sizes[0] is Ellipsis
    sizes = sizes[1:] if open_ else sizes
    if Ellipsis in sizes:
        raise ValueError(
            f"{prefix}Tensor {tensor.name} specified shape index {sizes.index(Ellipsis) + open_}.  "
            "Symbol `...` or `*` for a variable number of unspecified dimensions is only allowed "
            "as the first entry"
        )
    return sizes if sizes or open_ else [1], open_


def _plain(size: Any) -> Any:
    if size in ("...", "*", Ellipsis):
        return Ellipsis
    if size is None or size == ".":
        return None
    if isinstance(size, str):
        return int(size) if size.isdigit() else size
    try:
        return operator.index(getattr(size, "value", size))
    except TypeError:
        return size


def _size(tensor: Tensor, axis: int, single: bool) -> Any:
    """The size along an axis, an int where it is known."""
    dims = tensor._dims
    if single and dims is None:  # a scalar's is 1, as the product of no sizes
        return reduce_prod(shape(tensor)[:1])
    if single and not dims:
        return 1
    known = None if dims is None else dims[axis]
    return shape(tensor)[axis] if known is None else known
