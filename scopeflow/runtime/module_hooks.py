"""The forward hooks of a module's scopes, in the program that the module runs."""

from __future__ import annotations

from typing import Any

import torch

from .module_plan import Plan
from .module_scopes import Scope, Scopes, variable_name
from .watch import places_of


def hooked_scopes(module: torch.nn.Module) -> tuple[str, ...]:
    """The names of the scopes that have forward hooks now."""
    return tuple(
        variable_name(key)
        for key, scope in module.named_modules()
        if isinstance(scope, Scope) and scope._forward_hooks
    )


def calls_of(module: torch.nn.Module, plan: Plan, names: tuple[str, ...]) -> dict[str, Any]:
    """How to call the hooks of these scopes. NotImplementedError where they would see nothing."""
    for scope in names:
        if not places_of(scope, plan.ops):
            raise NotImplementedError(
                f"The scope {scope!r} has a forward hook, but there is no computation in it that "
                "the hook could see: it holds variables alone, or its ops stand in a name scope of "
                "another name, or are one op with those around them (print module.source: each "
                "line ends in its op's name). Put the hook on another scope."
            )
    return {scope: _Hooks(Scopes(module)[scope]) for scope in names}


class _Hooks:
    """The forward hooks of a scope, called as torch calls a module's."""

    def __init__(self, scope: Scope) -> None:
        self.scope = scope

    def __call__(self, inputs: tuple, outputs: tuple) -> tuple:
        result: Any = outputs if len(outputs) > 1 else outputs[0]
        for key, hook in list(self.scope._forward_hooks.items()):
            if key in self.scope._forward_hooks_with_kwargs:
                changed = hook(self.scope, inputs, {}, result)
            else:
                changed = hook(self.scope, inputs, result)
            if changed is not None:
                result = changed
        return result if len(outputs) > 1 else (result,)
