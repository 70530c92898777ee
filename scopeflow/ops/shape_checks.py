"""`tf.debugging.assert_shapes`: the shapes of several tensors against named sizes."""

from __future__ import annotations

from typing import Any

from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.operation import Operation
from .array import shape
from .checks import assert_equal
from .control_flow import group
from .type_checks import assert_rank


def assert_shapes(
    shapes: Any,
    data: Any = None,
    summarize: int | None = None,
    message: str | None = None,
    name: str | None = None,
) -> Operation:
    """An op that checks `shapes`, a dict or list of (tensor, sizes).

    Sizes are numbers, names (the same size wherever the name stands) or "." (any); a first "..." or
    "*" stands for any number of dimensions. ValueError where the static shapes already tell.
    """
    pairs = list(shapes.items()) if hasattr(shapes, "items") else list(shapes)
    prefix = f"{message}.  " if message else ""
    known: dict[Any, tuple[Any, str]] = {}
    checks: list[Any] = []
    with name_scope(name, "assert_shapes"):
        for value, wanted in pairs:
            tensor = convert_to_tensor(value)
            label = tensor.name
            sizes = list(wanted) if isinstance(wanted, list | tuple | str) else [wanted]
            open_ = bool(sizes) and sizes[0] in ("...", "*", Ellipsis)
            sizes = sizes[1:] if open_ else sizes
            dims = tensor._dims
            if not open_:
                checks.append(
                    assert_rank(tensor, len(sizes), data=data, summarize=summarize, message=message)
                )
            elif dims is not None and len(dims) < len(sizes):
                raise ValueError(
                    f"{prefix}Tensor {label} must have rank at least {len(sizes)}.  Received rank "
                    f"{len(dims)}, shape {tensor.shape}"
                )
            for i, size in enumerate(sizes):
                if size in (".", None):
                    continue
                axis = i - len(sizes) if open_ else i
                have = None if dims is None else dims[axis]
                place = f"tensor {label} dimension {axis}"
                if not isinstance(size, int):
                    first = known.setdefault(size, (_size(tensor, axis, have), place))
                    size, source = first[0], f"Specified by {first[1]}.  "
                    if first[1] == place:
                        continue
                else:
                    source = ""
                if isinstance(size, int) and have is not None:
                    if size != have:
                        raise ValueError(
                            f"{prefix}{source}T{place[1:]} must have size {size}.  Received size "
                            f"{have}, shape {tensor.shape}"
                        )
                    continue
                text = f"{prefix}{source}T{place[1:]} must have size"
                checks.append(
                    assert_equal(
                        _size(tensor, axis, have), size, [text, size, *(data or [])], summarize
                    )
                )
        return group(*checks)


def _size(tensor: Any, axis: int, known: int | None) -> Any:
    return shape(tensor)[axis] if known is None else known
