"""`@scopeflow.module`: a function of tensors, with named variables, as a `torch.nn.Module`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from ..core.context import get_default_graph
from ..core.dtypes import as_dtype
from ..core.graph import Graph
from ..core.nest import flatten, pack_like
from ..core.operation import Operation, Tensor
from ..core.tensor_spec import TensorSpec
from ..ops.array import placeholder
from .module import GraphModule, initial_values, value_of
from .module_plan import Plan, trainable_storage, updates_of
from .module_scopes import add_variable, state_key

_FLAGS = ("training", "is_training", "train")
"""Parameters that tell training from evaluation: the module's mode, unless the call says so."""


class FunctionModule(GraphModule):
    """A function of tensors as a PyTorch module. Made by `scopeflow.module`.

    Each combination of input types, shapes (but for the first dimension) and other arguments is
    traced once, into a graph of its own; the variables of the same name are shared among them.
    """

    def __init__(self, function: Callable[..., Any], name: str | None = None) -> None:
        torch.nn.Module.__init__(self)
        self._function = function
        self._signature = inspect.signature(function)
        self._plans: dict[Any, Plan] = {}
        self._keys: dict[str, str] = {}
        self._own_name = name or getattr(function, "__name__", "module")
        self._plan = None  # type: ignore[assignment]
        self._begin(self._signature)

    def __setstate__(self, state: dict[str, Any]) -> None:
        torch.nn.Module.__setstate__(self, state)
        self._begin(self._signature)

    def build(self, *args: Any, **kwargs: Any) -> FunctionModule:
        """Make the variables for inputs like these: tf.TensorSpec, tf.Tensor-like or arrays."""
        self._plan_for(args, kwargs)
        return self

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Inside a graph (with tf.Tensors): the function itself. Else the module's outputs."""
        if any(isinstance(leaf, Tensor) for leaf in flatten((args, kwargs))):
            return self._function(*args, **kwargs)
        return super().__call__(*args, **kwargs)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The function's result for these arguments, as torch tensors."""
        plan, values = self._plan_for(args, kwargs)
        if plan is not self._plan:
            self._plan = plan
            self._prepare()
        return super().forward(**dict(zip(plan.inputs, values, strict=True)))

    def _plan_for(self, args: tuple, kwargs: dict[str, Any]) -> tuple[Plan, list]:
        bound = self._signature.bind(*args, **kwargs)
        for flag in _FLAGS:
            if flag in self._signature.parameters and flag not in bound.arguments:
                bound.arguments[flag] = self.training
        bound.apply_defaults()
        leaves = flatten((bound.args, bound.kwargs))
        dynamic = [_is_value(leaf) for leaf in leaves]
        key = tuple(
            _spec_key(leaf) if is_value else _static_key(leaf)
            for leaf, is_value in zip(leaves, dynamic, strict=True)
        )
        plan = self._plans.get(key)
        if plan is None:
            plan = self._plans[key] = self._traced(bound, leaves, dynamic)
        values = [leaf for leaf, is_value in zip(leaves, dynamic, strict=True) if is_value]
        return plan, values

    def _traced(self, bound: Any, leaves: list, dynamic: list[bool]) -> Plan:
        graph = Graph()
        graph.seed = get_default_graph().seed
        with graph.as_default():
            inputs: dict[str, Tensor] = {}
            given = []
            for i, (leaf, is_value) in enumerate(zip(leaves, dynamic, strict=True)):
                if is_value:
                    dtype, dims = _spec(leaf)
                    leaf = inputs[f"input_{i}"] = placeholder(dtype, dims, name=f"input_{i}")
                given.append(leaf)
            args, kwargs = pack_like((bound.args, bound.kwargs), given)
            outputs = self._function(*args, **kwargs)
        flat = flatten(outputs)
        updates: list[Operation] = []
        if self.training or any(bound.arguments.get(flag) is True for flag in _FLAGS):
            updates = updates_of(graph)
        if not flat or not all(isinstance(t, Tensor) for t in flat):
            raise TypeError(
                f"The function {self._own_name!r} of a module must return tensors, but returned "
                f"{outputs!r}."
            )
        plan = Plan(graph, inputs, outputs, None, updates, trainable_storage(graph))
        plan.always_updates = True
        self._take_variables(plan)
        return plan

    def _take_variables(self, plan: Plan) -> None:
        """Add the variables that are new; check that the others are as they were."""
        new = [name for name in plan.variables if name not in self._keys]
        names = [*self._keys, *plan.variables]
        for name, op in plan.variables.items():
            if name in self._keys:
                have = tuple(self._variable(name).shape)
                shape = op.attrs["shape"]
                if not shape.is_compatible_with(have):
                    raise ValueError(
                        f"Trying to share variable {name}, but specified shape {shape} and found "
                        f"shape {have}.\nThe function {self._own_name!r} was called before with "
                        "inputs for which the variable has that shape."
                    )
        if new:
            values = initial_values(plan)
            device, dtype = self._device(), self._float_dtype()
            for name in new:
                value = values[name].to(device)
                if value.dtype is torch.float32 and dtype is not None:
                    value = value.to(dtype)
                self._keys[name] = state_key(name, names)
                add_variable(self, self._keys[name], value, name in plan.trainable)

    def _float_dtype(self) -> torch.dtype | None:
        return next((p.dtype for p in self.parameters() if p.is_floating_point()), None)

    def _variable(self, name: str) -> torch.Tensor:
        return value_of(self, self._keys[name])

    @property
    def source(self) -> str:
        """The straight-line Python of the last call. RuntimeError before the first."""
        if self._plan is None:
            raise RuntimeError("The module has not been called: call it, or build it with specs.")
        return super().source

    def __deepcopy__(self, memo: dict) -> FunctionModule:
        new = type(self)(self._function, self._own_name)
        new._plans = dict(self._plans)
        new._keys = dict(self._keys)
        trainable = dict(self.named_parameters())
        for _, key in self._keys.items():
            value = value_of(self, key)
            add_variable(new, key, value.detach().clone(), key in trainable)
        new._plan = self._plan
        new.train(self.training)
        return new


def _is_value(leaf: Any) -> bool:
    return isinstance(leaf, torch.Tensor | np.ndarray | TensorSpec)


def _spec(leaf: Any) -> tuple[Any, Any]:
    """The dtype and static shape for a value; the first dimension, the batch, may vary."""
    if isinstance(leaf, TensorSpec):
        return leaf.dtype, leaf.shape
    if isinstance(leaf, torch.Tensor):
        dtype = as_dtype(str(leaf.dtype).removeprefix("torch."))
    else:
        dtype = as_dtype(leaf.dtype)
    shape = list(leaf.shape)
    return dtype, [None, *shape[1:]] if shape else []


def _spec_key(leaf: Any) -> tuple:
    dtype, dims = _spec(leaf)
    rest = dims.as_list() if hasattr(dims, "as_list") else dims
    return "value", as_dtype(dtype).name, None if rest is None else tuple(rest)


def _static_key(leaf: Any) -> tuple:
    try:
        hash(leaf)
    except TypeError:
        return "object", id(leaf)
    return "static", type(leaf), leaf


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
