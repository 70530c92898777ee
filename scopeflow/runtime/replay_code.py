"""Noted calls as a Python function that makes just these calls."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import torch

from .joined_products import with_joined_products
from .recorded_calls import SMALL, Call, Calls, Guard, QuietMode, Slot, Unrecordable
from .small_chains import Chain, lines_of, with_chains

_numbers = itertools.count()


def recorded(
    function: Callable[[], tuple], inputs: list[torch.Tensor], constants: list[torch.Tensor]
) -> tuple[tuple, Callable[..., tuple | None] | None, str | None]:
    """What the function returns, and a function that computes the same of `inputs` by bare calls.

    The latter takes torch's number of threads first, and leaves it at 1 where all is small. It is
    None where other runs might call something else; the third result tells why.
    """
    calls = Calls(inputs, constants)
    with calls.reads, calls:
        results = function()
    replay = None
    if calls.why is None:
        try:
            replay = Writer(calls, results).function()
        except Unrecordable as reason:
            calls.fail(str(reason))
    return results, replay, calls.why


class Writer:
    """Writes the noted calls as a Python function."""

    def __init__(self, calls: Calls, results: tuple) -> None:
        self.space: dict[str, Any] = {
            "inf": math.inf,
            "nan": math.nan,
            "set_num_threads": torch.set_num_threads,
        }
        self.fixed = calls.fixed
        self.inputs = calls.inputs
        self.results = [self.result(calls, value) for value in results]
        self.noted = calls
        joined = with_joined_products(calls, self.results)
        self.calls = with_chains(calls, joined, self.results)
        self.bindings: dict[Any, Any] = {}

    def result(self, calls: Calls, value: Any) -> Any:
        """The result's slot; a result that is the same in every run is copied for each."""
        if isinstance(value, torch.Tensor):
            slot = calls.slot(value)
            if value.untyped_storage()._cdata in calls.constant_memory:
                copy = calls.new_slot()
                small = value.numel() <= SMALL
                calls.noted.append(Call(torch.ops.aten.clone.default, (slot,), {}, copy, small))
                return copy
            return slot
        if value is None or isinstance(value, int) or _is_ints(value):
            return value
        raise Unrecordable(f"a {type(value).__name__} comes out")

    def function(self) -> Callable[..., tuple | None]:
        """The compiled function of the number of threads and the inputs."""
        last: dict[int, int] = {
            slot: i for i, call in enumerate(self.calls) for slot in call.slots()
        }
        last |= dict.fromkeys((r for r in self.results if isinstance(r, Slot)), len(self.calls))
        parameters = ["threads", *(f"v{i}" for i in range(self.inputs))]
        lines = [f"def replay({', '.join(parameters)}):"]
        alone = False  # whether torch computes with one thread
        for i, call in enumerate(self.calls):
            if isinstance(call, Guard):
                lines.append(f"    if {self.text(call.slot)}.{call.method}() != {call.answer!r}:")
                lines.append("        return None")
            else:
                if call.small is not alone:
                    alone = call.small
                    lines.append(f"    set_num_threads({1 if alone else 'threads'})")
                if isinstance(call, Chain):
                    lines += [f"    {line}" for line in lines_of(call, self.noted, self.space)]
                else:
                    lines.append(f"    {self.called(call)}")
            dead = [
                f"v{slot}"
                for slot in dict.fromkeys(call.slots())
                if last[slot] == i and slot not in self.fixed
            ]
            if dead:
                lines.append(f"    del {', '.join(dead)}")
        if alone and not all(call.small for call in self.calls if not isinstance(call, Guard)):
            lines.append("    set_num_threads(threads)")
        lines.append(f"    return ({''.join(f'{self.text(r)}, ' for r in self.results)})")
        source = "\n".join(lines) + "\n"
        exec(compile(source, f"<scopeflow replay {next(_numbers)}>", "exec"), self.space)
        replay: Callable[..., tuple | None] = self.space["replay"]
        return replay

    def called(self, call: Call) -> str:
        """The line that calls the kernel."""
        texts = [self.text(a) for a in call.args]
        texts += [f"{key}={self.text(a)}" for key, a in call.kwargs.items()]
        return f"{_target(call.results)} = {self.bound(call)}({', '.join(texts)})"

    def text(self, value: Any) -> str:
        """A value as source text."""
        if isinstance(value, Slot):
            name = f"v{int(value)}"
            if value in self.fixed:
                self.space[name] = self.fixed[value]
            return name
        if isinstance(value, list):
            return f"[{', '.join(self.text(item) for item in value)}]"
        if value is None or isinstance(value, bool | int | float | str | tuple):
            return repr(value)
        name = f"o{id(value)}"  # a dtype, a device, a random generator
        self.space[name] = value
        return name

    def bound(self, call: Call) -> str:
        """The name of what calls the kernel."""
        func = call.func
        key = (func, _kinds(call.args), tuple(call.kwargs))
        if key not in self.bindings:
            name = f"{str(func).replace('.', '_')}_{len(self.bindings)}"
            self.space[name] = _binding(func, call.args, call.kwargs) or func._op
            self.bindings[key] = name
        return self.bindings[key]


class _Seen(Exception):
    """What a binding calls."""


class _Look(QuietMode):
    """Stops at the first kernel that is called."""

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        raise _Seen(func, args, kwargs or {})


_NAMESPACES = (torch._C._VariableFunctions, torch._C._nn, torch._C.TensorBase)


def _binding(func: Any, args: tuple, kwargs: dict) -> Callable | None:
    """torch's own Python binding that calls this kernel with these arguments, if there is one.

    It costs less than a call by way of the dispatcher's table. What it calls is tried out, with
    empty tensors.
    """
    stand_ins: dict[int, torch.Tensor] = {}

    def filled(value: Any) -> Any:
        if isinstance(value, Slot):
            return stand_ins.setdefault(value, torch.empty(0))
        return [filled(item) for item in value] if isinstance(value, list) else value

    given, named = [filled(a) for a in args], {key: filled(a) for key, a in kwargs.items()}
    for space in _NAMESPACES:
        candidate = getattr(space, func._schema.name.partition("::")[2], None)
        if candidate is None:
            continue
        try:
            with torch.no_grad(), _Look():
                candidate(*given, **named)
        except _Seen as seen:
            found, found_args, found_kwargs = seen.args
            if found is func and _same(list(found_args), given) and _same(found_kwargs, named):
                return candidate
        except (TypeError, RuntimeError, IndexError):
            continue
    return None


def _same(found: Any, given: Any) -> bool:
    """Whether arguments are the same, tensors by identity."""
    if isinstance(given, list):
        same_length = isinstance(found, list | tuple) and len(found) == len(given)
        return same_length and all(map(_same, found, given))
    if isinstance(given, dict):
        return found.keys() == given.keys() and all(_same(found[k], given[k]) for k in given)
    if isinstance(given, torch.Tensor):
        return found is given
    return type(found) is type(given) and bool(found == given)


def _kinds(value: Any) -> Any:
    """What a binding's choice of a kernel depends on."""
    if isinstance(value, list | tuple):
        return tuple(_kinds(item) for item in value)
    return type(value)


def _is_ints(value: Any) -> bool:
    return isinstance(value, tuple) and all(isinstance(v, int) or _is_ints(v) for v in value)


def _target(found: Any) -> str:
    """What a call's results are assigned to."""
    if isinstance(found, list):
        return f"({''.join(f'{_target(item)}, ' for item in found)})"
    return "_" if found is None else f"v{int(found)}"
