"""The op types of staging areas; `tf.contrib.staging` has the class."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..core.errors import InvalidArgumentError
from ..core.held import held_object
from ..core.lazy_torch import torch
from ..core.op import REQUIRED, define, op
from ..core.operation import Dims
from .staging_objects import StagedList, StagedMap

_LIMITS: dict[str, Any] = {"capacity": 0, "memory_limit": 0, "container": "", "shared_name": ""}
_TYPED = {"dtypes": REQUIRED, **_LIMITS}


def _is_scalar(*_: Any) -> Dims:
    return ()


def _same(held: Any, op: Any, kind: type, make: Callable[[], Any]) -> Any:
    found = held_object(held, op, make)
    if type(found) is not kind:
        raise InvalidArgumentError(
            None, None, f"{op.attrs['shared_name']!r} is not a staging area of this kind"
        )
    return found


def _list(held: Any, op: Any) -> StagedList:
    attrs = op.attrs
    limits = attrs["capacity"], attrs["memory_limit"]
    return _same(held, op, StagedList, lambda: StagedList(held, *limits))


def _number(value: int, device: Any) -> Any:
    return torch.tensor(value, dtype=torch.int32, device=device)


@op("[dtypes]", attrs=_LIMITS, stateful=True)
def Stage(values, *, op, held):
    """Adds an element to a staging area; waits while it is full."""
    _list(held, op).put(values)


@op("-> [dtypes]", attrs=_TYPED, stateful=True)
def Unstage(*, op, held):
    """Takes the oldest element of a staging area; waits for it."""
    return _list(held, op).get()


@op("host int32 -> [dtypes]", attrs=_TYPED, stateful=True)
def StagePeek(index, *, op, held):
    """The element at a place in a staging area, which stays there; waits for it."""
    return _list(held, op).peek(index)


@op("-> int32", shape=_is_scalar, attrs=_TYPED, stateful=True)
def StageSize(*, op, held, device):
    """How many elements there are in a staging area."""
    return _number(len(_list(held, op).elements), device)


@op("->", attrs=_TYPED, stateful=True)
def StageClear(*, op, held):
    """Forgets the elements of a staging area."""
    _list(held, op).clear()


# The elements of a map have keys; the smallest comes out first where it is ordered.


def _key(key: Any) -> int:
    if isinstance(key, tuple):
        raise InvalidArgumentError(None, None, "key must be an int64 scalar.")
    return key


def _define_map(ordered: bool) -> None:
    prefix = "OrderedMap" if ordered else "Map"
    what = "a staging area of ordered keys" if ordered else "a staging area of keys"

    def area(held: Any, op: Any) -> StagedMap:
        attrs = op.attrs
        limits = attrs["capacity"], attrs["memory_limit"]
        return _same(held, op, StagedMap, lambda: StagedMap(held, *limits, ordered))

    def stage(key, indices, values, *, op, held):
        area(held, op).put(_key(key), indices, values, len(op.attrs["dtypes"]))

    def unstage(key, indices, *, op, held):
        return area(held, op).get(_key(key), indices)[1:]

    def unstage_no_key(indices, *, op, held, device):
        key, *values = area(held, op).get(None, indices)
        return [torch.tensor(key, device=device), *values]

    def peek(key, indices, *, op, held):
        return area(held, op).get(_key(key), indices, keep=True)[1:]

    def size(*, op, held, device):
        return _number(len(area(held, op).complete), device)

    def incomplete_size(*, op, held, device):
        return _number(len(area(held, op).incomplete), device)

    def clear(*, op, held):
        area(held, op).clear()

    # The indices are a vector of what is given or taken, of the element's values.
    for name, arguments, signature, kernel, doc in (
        (
            "Stage",
            ["key", "indices", "values"],
            "host int64, host int32, [fake_dtypes]",
            stage,
            f"Sets values of the element under `key` in {what}; waits while it is full.",
        ),
        (
            "Peek",
            ["key", "indices"],
            "host int64, host int32 -> [dtypes]",
            peek,
            f"Values of the element under `key` in {what}, which stays; waits for it.",
        ),
        (
            "Unstage",
            ["key", "indices"],
            "host int64, host int32 -> [dtypes]",
            unstage,
            f"Takes values of the element under `key` out of {what}; waits for it.",
        ),
        (
            "UnstageNoKey",
            ["indices"],
            "host int32 -> key: int64, values: [dtypes]",
            unstage_no_key,
            f"Takes values of the first element, and its key, out of {what}; waits for one.",
        ),
        ("Size", [], "-> int32", size, f"How many complete elements there are in {what}."),
        (
            "IncompleteSize",
            [],
            "-> int32",
            incomplete_size,
            f"How many elements in {what} lack values.",
        ),
        ("Clear", [], "->", clear, f"Forgets the elements of {what}."),
    ):
        define(
            prefix + name,
            arguments,
            signature,
            kernel,
            shape=_is_scalar if name.endswith("Size") else None,
            attrs=_TYPED,
            doc=doc,
            stateful=True,
        )


_define_map(ordered=False)
_define_map(ordered=True)
