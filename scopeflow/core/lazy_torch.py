"""`torch`, imported at its first use.

Op definitions stand beside their torch kernels, yet building a graph must not import torch.
Modules that hold kernels write `from ..core.lazy_torch import torch`; the first attribute that a
kernel asks for imports the real module. Attributes are kept in the instance's dictionary, so that
later look-ups cost what a module's would.
"""

from __future__ import annotations

import functools
import importlib
import operator
import sys
from collections.abc import Callable
from typing import Any


class LazyModule:
    """Stands for the module `name` until an attribute of it is needed."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        if attribute.startswith("__"):  # introspection (doctest, inspect) must not load torch
            raise AttributeError(attribute)
        value = getattr(importlib.import_module(self._name), attribute)
        self.__dict__[attribute] = value
        return value

    def __repr__(self) -> str:
        return f"<lazy module {self._name!r}>"


torch: Any = LazyModule("torch")
F: Any = LazyModule("torch.nn.functional")


def remembered(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function of ints; its last results are kept, and constants for torch.compile."""
    cached = functools.lru_cache(64)(function)

    def constant(*args: int) -> Any:
        return cached(*args)

    constant._dynamo_marked_constant = True  # type: ignore[attr-defined]

    @functools.wraps(function)
    def call(*args: int) -> Any:
        return constant(*[operator.index(arg) for arg in args])

    return call


_made_once: list[Callable[[], Any]] = []


def made_once(make: Callable[[], Any]) -> Callable[[], Any]:
    """A function that gives what `make` made at its first call; torch.compile finds it made."""
    found: list = []

    @functools.wraps(make)
    def call() -> Any:
        if not found:
            found.append(make())
        return found[0]

    _made_once.append(call)
    return call


def settle(space: dict[str, Any]) -> None:
    """Put the real modules in place, if the globals of a kernel that is going to run lack them.

    Look-ups are then plain ones, which torch.compile and torch.export can follow.
    """
    if any(isinstance(space.get(name), LazyModule) for name in ("torch", "F")):
        settle_all()  # the kernel may call what stands in other modules


def settle_all() -> None:
    """Put the real modules in place in all modules of the package that are loaded.

    And make what is made once.
    """
    package = __name__.partition(".")[0] + "."
    for module in [m for name, m in list(sys.modules.items()) if name.startswith(package)]:
        for name in ("torch", "F"):
            found = vars(module).get(name) if module is not None else None
            if isinstance(found, LazyModule):
                setattr(module, name, importlib.import_module(found._name))
    for call in _made_once:
        call()


def transformed(tensor: Any) -> bool:
    """Whether the tensor is inside of torch.func's vmap, grad, …."""
    if torch.compiler.is_compiling():
        return False
    found: bool = torch._C._functorch.is_functorch_wrapped_tensor(tensor)
    return found


def traced(tensor: Any) -> bool:
    """Whether torch compiles, exports or transforms (torch.func) what is done with the tensor.

    A tensor on the meta device, which has no values, is handled like those.
    """
    return tensor.is_meta or torch.compiler.is_compiling() or transformed(tensor)


def exporting() -> bool:
    """Whether torch.export reads what is done."""
    told = getattr(torch.compiler, "is_exporting", None)  # of torch 2.7
    return told is not None and bool(told())


def values_known(tensor: Any) -> bool:
    """Whether a kernel may look at a tensor's values, to check them.

    Not on a GPU, where it would have to wait, and not where torch traces the kernel.
    """
    return not (tensor.is_cuda or traced(tensor))
