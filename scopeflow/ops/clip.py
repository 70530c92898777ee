"""Clipping: by value, by norm, by the norm of several tensors together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.indexed_slices import IndexedSlices
from ..core.operation import Tensor
from .array import identity, rank, size
from .compare import greater, is_finite
from .constant import constant
from .filling import ones_like
from .gathering import where
from .joining import stack
from .losses import l2_loss
from .math import cast, maximum, minimum, multiply, rsqrt, sqrt, truediv
from .ranges import range
from .reduce import reduce_sum


def _values(t: Any, name: str = "t") -> Tensor:
    """The tensor; of an IndexedSlices its rows."""
    return convert_to_tensor(t.values if isinstance(t, IndexedSlices) else t, name=name)


def _like(t: Any, values: Tensor) -> Any:
    """`values` as an IndexedSlices with the indices of `t`, where `t` is one."""
    if isinstance(t, IndexedSlices):
        return IndexedSlices(values, t.indices, t.dense_shape)
    return values


def clip_by_value(t: Any, clip_value_min: Any, clip_value_max: Any, name: str | None = None) -> Any:
    """`t` with what is below `clip_value_min` set to it, and what is above `clip_value_max`.

    Both are scalars, or broadcast to the shape of `t` (ValueError where they would enlarge it). An
    IndexedSlices is clipped row by row as it stands: rows with the same index are not summed first.
    """
    with name_scope(name, "clip_by_value", [t, clip_value_min, clip_value_max]) as scope:
        values = _values(t)
        below = minimum(values, clip_value_max)
        values.shape.merge_with(below.shape)
        clipped = maximum(below, clip_value_min, name=scope)
        values.shape.merge_with(clipped.shape)
        return _like(t, clipped)


def clip_by_norm(t: Any, clip_norm: Any, axes: Any = None, name: str | None = None) -> Any:
    """`t`, scaled down to the L2 norm `clip_norm` where its norm is larger.

    The norm is that of all elements, or of those along `axes`. A tensor of zeros stays one.
    """
    with name_scope(name, "clip_by_norm", [t, clip_norm]) as scope:
        values = _values(t)
        square = reduce_sum(multiply(values, values, name="mul"), axes, keepdims=True)
        positive = greater(square, 0)
        # The root of 1 instead of 0: its gradient is finite.
        norm = where(positive, sqrt(where(positive, square, ones_like(square))), square)
        scaled = multiply(values, clip_norm, name="mul")
        values.shape.merge_with(scaled.shape)
        clipped = truediv(scaled, maximum(norm, clip_norm))
        return _like(t, identity(clipped, name=scope))


def clip_by_average_norm(t: Any, clip_norm: Any, name: str | None = None) -> Tensor:
    """`t`, scaled down to the average L2 norm `clip_norm` where its own is larger.

    The average norm is the L2 norm divided by the number of elements.
    """
    with name_scope(name, "clip_by_average_norm", [t, clip_norm]) as scope:
        t = convert_to_tensor(t, name="t")
        dtype = t.dtype.base_dtype
        count = cast(size(t), dtype)
        inverse = rsqrt(reduce_sum(multiply(t, t, name="mul"), range(rank(t))))
        scaled = multiply(t, clip_norm, name="mul")
        average = multiply(inverse, count, name="mul")
        one: Any = constant(1.0, dtype)
        return identity(multiply(scaled, minimum(average, one / clip_norm), name="mul"), name=scope)


def _check_sequence(t_list: Any) -> list:
    if not isinstance(t_list, Sequence) or isinstance(t_list, str):
        raise TypeError("t_list should be a sequence")
    return list(t_list)


def global_norm(t_list: Any, name: str | None = None) -> Tensor:
    """The L2 norm of all elements of several tensors together: sqrt(sum(l2norm(t)²)).

    Entries that are None do not count; of an IndexedSlices the rows are taken as they stand.
    TypeError where `t_list` is no sequence.
    """
    items = _check_sequence(t_list)
    with name_scope(name, "global_norm", [t for t in items if t is not None]):
        values = [_values(t, f"t_{i}") for i, t in enumerate(items) if t is not None]
        halves = [l2_loss(v) for v in values]
        half = reduce_sum(stack(halves))
        return sqrt(multiply(half, constant(2.0, half.dtype), name="mul"), name="global_norm")


def clip_by_global_norm(
    t_list: Any, clip_norm: Any, use_norm: Any = None, name: str | None = None
) -> tuple[list, Tensor]:
    """Tensors scaled down together so that their global norm is at most `clip_norm`.

    Returns (the clipped tensors, the global norm before). Each is multiplied by clip_norm /
    max(global_norm, clip_norm), so all keep their proportions; None stays None. `use_norm` is the
    norm, where it is known already. All elements become NaN where the norm is not finite. TypeError
    where `t_list` is no sequence.

    >>> import scopeflow as tf
    >>> (a, b), norm = clip_by_global_norm([tf.constant([6.0]), tf.constant([8.0])], 5.0)
    >>> with tf.Session() as session:
    ...     session.run([a, b])
    [array([3.], dtype=float32), array([4.], dtype=float32)]
    """
    items = _check_sequence(t_list)
    norm = global_norm(items, name) if use_norm is None else use_norm
    with name_scope(
        name, "clip_by_global_norm", [*(t for t in items if t is not None), clip_norm]
    ) as scope:
        known: Any = convert_to_tensor(norm, name="use_norm")
        dtype = known.dtype.base_dtype
        inverse = 1.0 / known
        one: Any = constant(1.0, dtype)
        scale: Any = clip_norm * minimum(inverse, one / clip_norm)
        scale = where(is_finite(known), scale, constant(float("nan"), dtype))
        clipped: list = []
        for i, t in enumerate(items):
            if t is None:
                clipped.append(None)
                continue
            scaled = multiply(_values(t), scale, name="mul")
            clipped.append(_like(t, identity(scaled, name=f"{scope}_{i}")))
        return clipped, known
