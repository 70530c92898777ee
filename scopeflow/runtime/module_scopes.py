"""Scopes as nested `torch.nn.Module`s that hold the variables, and the names in between.

`conv1/weights` is the parameter `weights` of the module `conv1`: its key in a state dict is
`conv1.weights`. Where that would not do, a part of the name gets a `%`, which no TensorFlow name
has: `.` becomes `%2e`, a part that is an attribute of every module is prefixed (`%train`), and a
variable that has others below its own name is the `%` of that module (`w` and `w/Adam` are `w.%`
and `w.Adam`). `state_key` and `variable_name` turn one into the other, without loss.
"""

from __future__ import annotations

import weakref
from collections.abc import Iterable, Iterator
from typing import Any, NoReturn

import torch

_OWN = "%"
_TAKEN = frozenset(dir(torch.nn.Module())) | {"scopes", "source", "output_names", "input_names"}


def _part(text: str) -> str:
    text = text.replace(".", "%2e")
    return f"%{text}" if text in _TAKEN or not text else text


def state_key(name: str, names: Iterable[str] = ()) -> str:
    """The key in a state dict of the variable `name`, where these are all the variables' names.

    >>> state_key("conv1/weights"), state_key("train/w"), state_key("w", ["w", "w/Adam"])
    ('conv1.weights', '%train.w', 'w.%')
    """
    key = ".".join(map(_part, name.split("/")))
    below = any(other.startswith(f"{name}/") for other in names)
    return f"{key}.{_OWN}" if below else key


def variable_name(key: str) -> str:
    """The variable's name, of its key in a state dict.

    >>> variable_name("conv1.weights"), variable_name("%train.w"), variable_name("w.%")
    ('conv1/weights', 'train/w', 'w')
    """
    parts = key.split(".")
    if parts[-1] == _OWN:
        parts.pop()
    return "/".join(_plain(part).replace("%2e", ".") for part in parts)


def _plain(part: str) -> str:
    rest = part.removeprefix("%")
    return rest if rest in _TAKEN or not rest else part


class Holder(torch.nn.Module):
    """A module that holds variables and tells of them."""

    def extra_repr(self) -> str:
        """The scope's own variables."""
        lines = []
        for kind, items in (("parameter", self._parameters), ("buffer", self._buffers)):
            for name, value in items.items():
                if value is not None:
                    shape = "×".join(map(str, value.shape)) or "scalar"
                    dtype = str(value.dtype).removeprefix("torch.")
                    lines.append(f"{name}: {kind} {shape} {dtype}")
        return "\n".join(lines)


class Scope(Holder):
    """A scope: its variables are parameters and buffers, the scopes below it modules.

    It computes nothing by itself; `register_forward_hook` sees the tensors that enter and leave the
    scope when the whole module runs.
    """

    hooked = ""  # which hooks the scopes have, for what torch.compile has made of modules

    def register_forward_hook(self, *args: Any, **kwargs: Any) -> Any:
        """As torch.nn.Module's; the hook sees what enters and leaves the scope's ops."""
        handle = super().register_forward_hook(*args, **kwargs)
        remove = handle.remove

        def remove_and_tell() -> None:
            remove()
            _tell_hooks()

        handle.remove = remove_and_tell  # type: ignore[method-assign]
        _with_hooks.add(self)
        _tell_hooks()
        return handle

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        if self._forward_hooks:
            _with_hooks.add(self)
            _tell_hooks()

    def forward(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raises NotImplementedError: only the whole module can be called."""
        raise NotImplementedError(
            "A scope cannot be called by itself: call the whole module, and look at the scope's "
            "inputs and outputs with register_forward_hook; or take that part of the graph as a "
            "module of its own (scopeflow.to_module)."
        )

    def register_forward_pre_hook(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raises NotImplementedError."""
        _only_forward_hooks("register_forward_pre_hook")

    def register_full_backward_hook(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raises NotImplementedError."""
        _only_forward_hooks("register_full_backward_hook")

    def register_full_backward_pre_hook(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Raises NotImplementedError."""
        _only_forward_hooks("register_full_backward_pre_hook")


_with_hooks: weakref.WeakSet[Scope] = weakref.WeakSet()


def _tell_hooks() -> None:
    hooks = [(id(s), id(h)) for s in _with_hooks for h in s._forward_hooks.values()]
    Scope.hooked = " ".join(f"{scope}:{hook}" for scope, hook in sorted(hooks))


def _only_forward_hooks(method: str) -> NoReturn:
    raise NotImplementedError(
        f"{method} of a scope: a scope is a part of one program, which is not left and entered "
        "like a module. Use register_forward_hook; in it, tensor.register_hook sees the gradient."
    )


def add_variable(root: torch.nn.Module, key: str, value: torch.Tensor, trainable: bool) -> None:
    """Add a variable to the tree, as a parameter where it is trainable, else as a buffer."""
    *path, leaf = key.split(".")
    module = root
    for part in path:
        below = module._modules.get(part)
        if below is None:
            below = Scope()
            module.add_module(part, below)
        module = below
    if trainable:
        if not isinstance(value, torch.nn.Parameter):
            value = torch.nn.Parameter(value)
        module.register_parameter(leaf, value)
    else:
        module.register_buffer(leaf, value)


class Place:
    """Where a variable is held: a module's parameter or buffer."""

    __slots__ = ("leaf", "module", "trainable")

    def __init__(self, root: torch.nn.Module, key: str) -> None:
        *path, self.leaf = key.split(".")
        module: Any = root
        for part in path:
            module = module._modules[part]
        self.module = module
        self.trainable = self.leaf in module._parameters

    @property
    def value(self) -> torch.Tensor:
        """The tensor that is there now (torch puts others in its place at times)."""
        module = self.module
        held = module._parameters if self.trainable else module._buffers
        # (a parametrization has made an attribute of it)
        return held[self.leaf] if self.leaf in held else getattr(module, self.leaf)


def take_variable(root: torch.nn.Module, key: str) -> torch.Tensor:
    """Take a variable out of the tree, to add it again under another key."""
    place = Place(root, key)
    value = place.value
    delattr(place.module, place.leaf)
    return value


class Scopes:
    """The scopes of a module by their TensorFlow names: `module.scopes["block1/conv"]`."""

    def __init__(self, root: torch.nn.Module) -> None:
        self._root = root

    def __getitem__(self, name: str) -> Scope:
        module: Any = self._root
        for part in name.strip("/").split("/"):
            module = module._modules.get(_part(part))
            if not isinstance(module, Scope):
                raise KeyError(
                    f"The module has no scope {name!r}. It has: {', '.join(self) or 'none'}."
                )
        return module

    def __iter__(self) -> Iterator[str]:
        for key, module in self._root.named_modules():
            if isinstance(module, Scope) and key:
                yield variable_name(key)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return name in list(self)

    def __repr__(self) -> str:
        return f"Scopes({list(self)})"
