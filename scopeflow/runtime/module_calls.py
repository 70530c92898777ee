"""The calls of a function of tensors: what in them decides about the graph, and what is a value."""

from __future__ import annotations

import importlib
import operator
import pickle
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import torch

from ..core.dtypes import as_dtype
from ..core.nest import children
from ..core.tensor_spec import TensorSpec
from .module_plan import Plan


def is_value(leaf: Any) -> bool:
    """Whether an argument is an input of the module; all others are fixed for a variant."""
    return isinstance(leaf, torch.Tensor | np.ndarray | TensorSpec)


def described(nested: Any, values: list, float_as: str) -> tuple:
    """What a variant is known by: the arguments with the specs of the values in them.

    The values are appended to `values`. Those whose dtype is `float_as` stand for tf.float32.
    """
    parts = children(nested)
    if parts is not None:
        names = tuple(nested) if isinstance(nested, Mapping) else None
        parts = parts if names is None else [nested[name] for name in names]
        return "nest", type(nested), names, *[described(p, values, float_as) for p in parts]
    if is_value(nested):
        values.append(nested)
        return "value", *_spec(nested, float_as)
    if not isinstance(nested, bool | int | float | str | None):  # Dynamo knows no hash of these
        try:
            hash(nested)
        except TypeError:
            return "object", _Same(nested)
    return "static", type(nested).__name__, nested  # True is not 1, nor 1.0


def rebuilt(key: tuple, inputs: Callable[[str, Any], Any]) -> Any:
    """The arguments that a key describes, with `inputs(dtype, shape)` for each value."""
    kind, *rest = key
    if kind == "value":
        return inputs(*rest)
    if kind == "object":
        return rest[0].value
    if kind == "static":
        return rest[1]
    of_type, names, *keys = rest
    parts = [rebuilt(part, inputs) for part in keys]
    if names is not None:
        found = dict(zip(names, parts, strict=True))
        return found if of_type is dict else _mapping(of_type, found)
    made: Any = of_type
    return made(*parts) if hasattr(of_type, "_fields") else made(parts)


def _mapping(of_type: type, found: dict) -> Any:
    try:
        return of_type(found)
    except TypeError:  # a defaultdict, say
        return found


def _spec(leaf: Any, float_as: str) -> tuple[str, tuple | None]:
    """The dtype's name and the static shape; the first dimension, the batch, may vary."""
    if isinstance(leaf, TensorSpec):
        dims = leaf.shape.as_list() if leaf.shape.rank is not None else None
        return leaf.dtype.name, None if dims is None else tuple(dims)
    name = str(leaf.dtype).removeprefix("torch.")
    if isinstance(leaf, np.ndarray):
        name = as_dtype(leaf.dtype).name
    elif name == float_as or _by_autocast(leaf):
        name = "float32"
    if not leaf.shape:
        return name, ()
    # The graph has these sizes, so torch.compile may not leave them open.
    return name, (None, *[operator.index(size) for size in leaf.shape[1:]])


def _by_autocast(leaf: torch.Tensor) -> bool:
    """Whether autocast has made the tensor, which is tf.float32 in the program."""
    kind = leaf.device.type
    if not torch.amp.is_autocast_available(kind):  # on the meta device, say
        return False
    return torch.is_autocast_enabled(kind) and leaf.dtype is torch.get_autocast_dtype(kind)


class _Same:
    """An argument that cannot be hashed: only the same one is equal to it."""

    def __init__(self, value: Any) -> None:
        self.value = value

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Same) and self.value is other.value

    def __hash__(self) -> int:
        return id(self.value)


class Variant:
    """What a module computes for one kind of call."""

    def __init__(self, plan: Plan, mode: bool | None) -> None:
        self.plan = plan
        self.mode = mode  # whether it trains; None: as the module does
        self.ready: Any = None

    def __getstate__(self) -> dict[str, Any]:
        return {"plan": self.plan, "mode": self.mode, "ready": None}


class Variants(dict):
    """The variants by what describes them. Copies share their graphs, and the static arguments."""

    def __deepcopy__(self, memo: dict) -> Variants:
        return Variants({key: Variant(v.plan, v.mode) for key, v in self.items()})


class Function:
    """A module's function, which is pickled by its name even where the module has taken that."""

    def __init__(self, call: Callable[..., Any]) -> None:
        self.call = call

    def __deepcopy__(self, memo: dict) -> Function:
        return self

    def __reduce__(self) -> tuple:
        module, name = (getattr(self.call, n, None) for n in ("__module__", "__qualname__"))
        if module is None or name is None:
            return Function, (self.call,)  # a callable object
        try:
            same = _named(module, name) is self.call
        except (AttributeError, ImportError):
            same = False
        if not same:
            raise pickle.PicklingError(
                f"The function {name} of the module cannot be pickled, because {module} has no "
                "such function at its top level. Define it there, or pickle what "
                "scopeflow.to_module makes of its outputs: such a module holds the graph, and "
                "needs no function. For the values alone there is state_dict()."
            )
        return _function, (module, name)


def _function(module: str, name: str) -> Function:
    return Function(_named(module, name))


def _named(module: str, name: str) -> Any:
    """The function with this name; where a decorator made a module of it, the module's."""
    found: Any = importlib.import_module(module)
    for part in name.split("."):
        found = getattr(found, part)
    held = getattr(found, "_function", None)
    return held.call if isinstance(held, Function) else found
