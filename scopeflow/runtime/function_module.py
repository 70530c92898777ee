"""`@scopeflow.module`: a function of tensors, with named variables, as a `torch.nn.Module`."""

from __future__ import annotations

import inspect
import threading
from collections.abc import Callable, Iterator
from typing import Any

import torch

from ..core.context import get_default_graph
from ..core.graph import Graph
from ..core.lazy_torch import exporting
from ..core.nest import flatten
from ..core.operation import Operation, Tensor
from ..ops.array import placeholder
from .module import GraphModule, _like, value_of
from .module_calls import Function, Variant, Variants, described, rebuilt
from .module_plan import Plan, trainable_storage, updates_of
from .module_scopes import add_variable, state_key, take_variable
from .module_values import initial_values

_FLAGS = ("training", "is_training", "train")
"""Parameters that tell training from evaluation: the module's mode, unless the call says so."""


class FunctionModule(GraphModule):
    """A function of tensors as a PyTorch module. Made by `scopeflow.module`.

    Each combination of input types, shapes (but for the first dimension) and other arguments is
    traced once, into a graph of its own; the variables of the same name are shared among them.
    """

    def __init__(self, function: Callable[..., Any], name: str | None = None) -> None:
        torch.nn.Module.__init__(self)
        self._like = _like()
        self._function = Function(function)
        self._variants = Variants()
        self._keys: dict[str, str] = {}
        self._own_name = name or getattr(function, "__name__", "module")
        self._begin()

    def _begin(self) -> None:
        self._signature = inspect.signature(self._function.call)
        self._flags = [flag for flag in _FLAGS if flag in self._signature.parameters]
        self._last: Variant | None = None
        self._start(_offered(self._signature))

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        for name in ("_signature", "_flags", "_last"):
            state.pop(name, None)
        return state

    def _prepare(self) -> None:
        self._special = {}
        self._float_as = self._float()
        for variant in self._variants.values():
            variant.ready = None

    def build(self, *args: Any, **kwargs: Any) -> FunctionModule:
        """Make the variables for inputs like these: tf.TensorSpecs, tensors or arrays."""
        key, values = self._described(args, kwargs)
        self._make(key, _device_of(values))
        self._last = self._variants[key]
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Inside a graph (with tf.Tensors): the function itself. Else the module's outputs."""
        leaves = flatten((args, kwargs))
        if any(isinstance(leaf, Tensor) for leaf in leaves) or (
            not any(isinstance(leaf, torch.Tensor) for leaf in leaves) and _tracing.depth
        ):
            return self._function.call(*args, **kwargs)
        return super().__call__(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The function's result for these arguments, as torch tensors."""
        key, values = self._described(args, kwargs)
        self._make(key, _device_of(values))
        variant = self._variants[key]
        plan, mode = variant.plan, variant.mode
        if not torch.compiler.is_compiling():
            self._last = variant
        feeds = [
            self._fed(name, tensor, value)
            for (name, tensor), value in zip(plan.inputs.items(), values, strict=True)
        ]
        return self._run(plan, variant.ready, self.training if mode is None else mode, feeds)

    def _described(self, args: tuple, kwargs: dict[str, Any]) -> tuple[tuple, list]:
        """(What the variant for such a call is known by, the call's tensors)."""
        if self._flags:
            given = self._signature.bind_partial(*args, **kwargs).arguments
            for flag in self._flags:
                if flag not in given:
                    kwargs = {**kwargs, flag: self.training}
        bound = self._signature.bind(*args, **kwargs)
        bound.apply_defaults()
        values: list = []
        arguments = bound.args, bound.kwargs
        key = described(arguments, values, self._float_as)
        if any(_is_narrow(value) for value in values):
            now = self._float()  # during a call FSDP may have parameters of another dtype
            if now != self._float_as:
                values = []
                key = described(arguments, values, now)
        return key, values

    @torch.compiler.assume_constant_result
    def _make(self, key: tuple, device: torch.device | None) -> None:
        """See to it that the variant that a key describes is there, and ready to run."""
        variant = self._variants.get(key)
        if variant is None:
            with torch.inference_mode(False):
                variant = self._variants[key] = self._traced(key, device)
        if variant.ready is None:
            mode = self.training if variant.mode is None else variant.mode
            variant.ready = self._readied(variant.plan, mode)

    def _traced(self, key: tuple, device: torch.device | None) -> Variant:
        graph = Graph()
        graph.seed = get_default_graph().seed
        inputs: dict[str, Tensor] = {}

        def an_input(dtype: str, dims: tuple | None) -> Tensor:
            name = f"input_{len(inputs)}"
            inputs[name] = placeholder(dtype, dims, name=name)
            return inputs[name]

        with graph.as_default(), _tracing:
            args, kwargs = rebuilt(key, an_input)
            outputs = self._function.call(*args, **kwargs)
        flat = flatten(outputs)
        if not flat or not all(isinstance(t, Tensor) for t in flat):
            raise TypeError(
                f"The function {self._own_name!r} of a module must return tensors, but returned "
                f"{outputs!r}."
            )
        plan = Plan(graph, inputs, outputs, None, updates_of(graph), trainable_storage(graph))
        self._take_variables(plan, device)
        told = self._signature.bind(*args, **kwargs).arguments
        modes = [bool(told[f]) for f in self._flags if isinstance(told.get(f), bool | int)]
        return Variant(plan, any(modes) if modes else None)

    def _take_variables(self, plan: Plan, device: torch.device | None) -> None:
        """Add the variables that are new; check that the others are as they were."""
        known = {op.name: op for op in self._variables()}
        for name, op in plan.variables.items():
            if name in known:
                have = tuple(self._variable(name).shape)
                shape, dtype = op.attrs["shape"], op.attrs["dtype"]
                if not shape.is_compatible_with(have):
                    raise ValueError(
                        f"Trying to share variable {name}, but specified shape {shape} and found "
                        f"shape {have}.\nThe function {self._own_name!r} was called before with "
                        "inputs for which the variable has that shape."
                    )
                if dtype.base_dtype is not known[name].attrs["dtype"].base_dtype:
                    raise ValueError(
                        f"Trying to share variable {name}, but specified dtype "
                        f"{dtype.base_dtype.name} and found dtype "
                        f"{known[name].attrs['dtype'].base_dtype.name}.\nThe function "
                        f"{self._own_name!r} was called before with inputs for which the variable "
                        "has that dtype."
                    )
        new = [name for name in plan.variables if name not in known]
        if not new:
            return
        if exporting():
            raise RuntimeError(
                f"The module {self._own_name!r} has no variables yet for such inputs: call it once "
                "(or build it, module.build with tf.TensorSpecs), then export it."
            )
        values = initial_values(plan)
        device = device if device is not None and not self._keys else self._device()
        names = [*self._keys, *new]
        for name, key in self._keys.items():
            self._rename(name, key, state_key(name, names))
        floats = getattr(torch, self._float_as)
        for name in new:
            value = values[name].to(device)
            value = value.to(floats) if value.dtype is torch.float32 else value
            self._keys[name] = state_key(name, names)
            add_variable(self, self._keys[name], value, name in plan.trainable)

    def _rename(self, name: str, key: str, now: str) -> None:
        """Give a variable another key: there are others below its name now."""
        if now != key:
            value = take_variable(self, key)
            add_variable(self, now, value, isinstance(value, torch.nn.Parameter))
            self._keys[name] = now

    def _variables(self) -> Iterator[Operation]:
        for variant in self._variants.values():
            yield from variant.plan.variables.values()

    def _variable(self, name: str) -> torch.Tensor:
        return value_of(self, self._keys[name])

    def load_state_dict(self, state_dict: Any, strict: bool = True, assign: bool = False) -> Any:
        """As torch.nn.Module's. RuntimeError before the variables are made."""
        if not self._variants:
            raise RuntimeError(
                f"The module {self._own_name!r} has no variables yet, because they are made by its "
                "first call: call it, or build it (module.build with tf.TensorSpecs), then load."
            )
        return super().load_state_dict(state_dict, strict, assign)

    def _called_last(self) -> Variant:
        if self._last is None:
            raise RuntimeError("The module has not been called: call it, or build it with specs.")
        return self._last

    @property
    def input_names(self) -> list[str]:
        """The names of the inputs of the last call, in the source."""
        return list(self._called_last().plan.inputs)

    @property
    def source(self) -> str:
        """The straight-line Python of the last call. RuntimeError before the first."""
        last = self._called_last()
        mode = self.training if last.mode is None else last.mode
        return self._readied(last.plan, mode).program.source


class _Tracing(threading.local):
    """Whether a module's function is traced: other modules in it are plain functions."""

    depth = 0

    def __enter__(self) -> None:
        self.depth += 1

    def __exit__(self, *exception: object) -> None:
        self.depth -= 1


_tracing = _Tracing()


def _offered(signature: inspect.Signature) -> inspect.Signature:
    """The signature with flags that a call need not give: the module knows its mode."""
    told = [
        p.replace(default=None) if p.name in _FLAGS and p.default is p.empty else p
        for p in signature.parameters.values()
    ]
    try:
        return signature.replace(parameters=told)
    except ValueError:  # others without a default follow
        return signature


def _is_narrow(value: Any) -> bool:
    return isinstance(value, torch.Tensor) and value.dtype in (torch.bfloat16, torch.float16)


def _device_of(values: list) -> torch.device | None:
    for value in values:
        if isinstance(value, torch.Tensor):
            return value.device
    return None


def module(function: Callable[..., Any] | None = None, *, name: str | None = None) -> Any:
    """A function of tensors that uses named variables, as a `torch.nn.Module`; also a decorator.

    Tensors (and numpy arrays) among the arguments are the module's inputs; other arguments are
    fixed for each variant of it. The variables are made at the first call (or by `build` with
    tf.TensorSpecs), by their initializers, under the function's own variable scopes. A parameter
    called `training`, `is_training` or `train` that a call does not give is the module's mode.
    Called with tf.Tensors, inside another module or graph, it is the plain function.

    >>> import scopeflow as tf
    >>> @tf.module
    ... def model(x):
    ...     with tf.variable_scope("layer"):
    ...         return x * tf.get_variable("w", [3], initializer=tf.ones_initializer())
    >>> import torch
    >>> model(torch.ones(2, 3)).shape
    torch.Size([2, 3])
    >>> list(model.state_dict())
    ['layer.w']
    """
    if function is None:
        return lambda f: FunctionModule(f, name)
    return FunctionModule(function, name)


__all__ = ["FunctionModule", "module"]
