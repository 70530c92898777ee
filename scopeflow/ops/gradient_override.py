"""Gradients that a program defines: tf.RegisterGradient, tf.custom_gradient."""

from __future__ import annotations

import inspect
import itertools
from collections.abc import Callable
from functools import wraps
from typing import Any

from ..core import source
from ..core.context import get_default_graph
from ..core.control_flow import Block, sources, traced
from ..core.convert import convert_to_tensor
from ..core.gradient_override import registered
from ..core.graph import OVERRIDE
from ..core.nest import flatten, pack_like
from ..core.op import registry
from ..core.operation import Operation, Tensor
from ..core.storage import is_storage, root
from .identities import identity_n

_numbers = itertools.count()


class RegisterGradient:
    """A decorator: the function is the gradient `op_type`, for tf.Graph.gradient_override_map.

    It is called with the op and a gradient for each of its outputs, and returns one for each of
    its inputs (None where there is none). TypeError for a name that is no string, KeyError for a
    name that is taken.

    >>> import scopeflow as tf
    >>> @tf.RegisterGradient("Doubled")
    ... def _doubled(op, gradient):
    ...     return 2.0 * gradient
    >>> with tf.get_default_graph().gradient_override_map({"Identity": "Doubled"}):
    ...     y = tf.identity(tf.constant(1.0))
    """

    def __init__(self, op_type: str) -> None:
        if not isinstance(op_type, str):
            raise TypeError("op_type must be a string")
        self._op_type = op_type

    def __call__(self, f: Callable[..., Any]) -> Callable[..., Any]:
        """Register the function, and return it."""
        _register(self._op_type, f)
        return f


def _register(name: str, function: Callable[..., Any] | None) -> None:
    if name in registered or (name in registry and registry[name].differentiable):
        raise KeyError(
            f"Registering two gradient with name {name!r}! "
            + ("It is an op type, which has a gradient." if name not in registered else "")
        )
    registered[name] = function


def NotDifferentiable(op_type: str) -> None:
    """Ops with this registered gradient have none. TypeError for what is no string."""
    if not isinstance(op_type, str):
        raise TypeError("op_type must be a string")
    if op_type in registry and not registry[op_type].differentiable:
        return
    _register(op_type, None)


def backward_block(op: Operation) -> Block | None:
    """The op's gradient as a block of the gradients of its outputs; None where it has none.

    `block.structure` has for each input the gradient or None. LookupError where the gradient's
    name is not registered, ValueError where the function returns another number.
    """
    name = op.attrs[OVERRIDE]
    if name not in registered:
        raise LookupError(
            f"No gradient defined for operation '{op.name}' (op type: {op.type})\n"
            f"The graph's gradient_override_map gives it the gradient {name!r}, which nobody has "
            f"registered: decorate a function with tf.RegisterGradient({name!r})."
        )
    function = registered[name]
    if function is None:
        return None

    def gradient(*gradients: Tensor) -> list:
        found = function(op, *gradients)
        found = list(found) if isinstance(found, list | tuple) else [found]
        if len(found) != len(op.inputs):
            raise ValueError(
                f"Num gradients {len(found)} generated for op {op.name!r} do not match num inputs "
                f"{len(op.inputs)}.\nIts gradient is {name!r}; return one for each of "
                f"{', '.join(t.name for t in op.inputs)}, None where there is none. The op was "
                f"made here:\n{source.describe(op.source)}"
            )
        return [None if g is None else convert_to_tensor(g) for g in found]

    parameters = [(t.dtype.base_dtype, t._dims) for t in op.outputs]
    with op.graph.held_state(gradients={}):
        return traced(gradient, "gradient", parameters, beside=op)


def custom_gradient(f: Callable[..., Any]) -> Callable[..., Any]:
    """A decorator: `f(*tensors)` returns its result and the function that computes its gradient.

    That function gets a gradient for each tensor of the result and returns one for each argument.
    Where `f` uses resource variables it is also given `variables=[...]` and returns their
    gradients as a second list. ValueError for keyword arguments, TypeError where `f` uses a
    reference variable that it made, or the gradient function takes no `variables`.

    >>> import scopeflow as tf
    >>> @tf.custom_gradient
    ... def log1pexp(x):
    ...     e = tf.exp(x)
    ...     return tf.log(1.0 + e), lambda dy: dy * (1.0 - 1.0 / (1.0 + e))
    >>> log1pexp(tf.constant(100.0)).name
    'IdentityN:0'
    """

    @wraps(f)
    def decorated(*args: Any, **kwargs: Any) -> Any:
        if kwargs:
            raise ValueError(
                "A function with @tf.custom_gradient takes positional arguments only, "
                f"but got: {', '.join(kwargs)}."
            )
        graph = get_default_graph()
        arguments = [convert_to_tensor(x) for x in args]
        first = len(graph._ops)
        result, grad_fn = f(*arguments)
        outputs = [convert_to_tensor(t) for t in flatten(result)]
        variables = _variables_of(outputs, arguments, first)
        _check_takes_variables(grad_fn, variables)
        count = len(outputs)
        name = f"CustomGradient-{next(_numbers)}"

        def gradient(op: Operation, *gradients: Tensor) -> list:
            given = gradients[:count]
            if variables:
                found, of_variables = grad_fn(*given, variables=variables)
            else:
                found, of_variables = grad_fn(*given), []
            return [None] * count + flatten(found) + list(of_variables)

        registered[name] = gradient
        reads = [v.value() for v in variables]
        with graph.gradient_override_map({"IdentityN": name}):
            tensors = identity_n([*outputs, *arguments, *reads])
        return pack_like(result, tensors[:count])

    return decorated


def _variables_of(outputs: list[Tensor], arguments: list[Tensor], first: int) -> list:
    """The trainable resource variables that the outputs depend on, apart from the arguments."""
    graph = outputs[0].graph if outputs else get_default_graph()
    stop = set(arguments)
    seen: set[Tensor] = set()
    waiting = [t for t in outputs if t not in stop]
    storages: dict[Operation, None] = {}
    while waiting:
        tensor = waiting.pop()
        if tensor in seen or tensor in stop:
            continue
        seen.add(tensor)
        if is_storage(tensor.op):
            storages[root(tensor).op] = None
        waiting += sources(tensor)
    for op in storages:
        if op.type == "VariableV2" and op.id >= first:
            raise TypeError(
                f"Variable {op.name!r} is used by a function with @tf.custom_gradient, and is not "
                "a resource variable. Make it with use_resource=True, or in a variable scope that "
                "has use_resource=True."
            )
    found = [v for v in graph.get_collection("trainable_variables") if _handle_op(v) in storages]
    return [v for v in found if _handle_op(v).type == "VarHandleOp"]


def _handle_op(variable: Any) -> Any:
    handle = getattr(variable, "handle", None)
    return handle.op if handle is not None else getattr(variable, "op", None)


def _check_takes_variables(grad_fn: Any, variables: list) -> None:
    takes = "variables" in (spec := inspect.getfullargspec(grad_fn)).args + spec.kwonlyargs
    if variables and not (takes or spec.varkw):
        raise TypeError(
            "The function with @tf.custom_gradient uses variables "
            f"({', '.join(v.name for v in variables)}), so its gradient function must take a "
            "'variables' keyword argument, and return their gradients as a second list."
        )


def grad_pass_through(f: Callable[..., Any]) -> Callable[..., Any]:
    """`f`, with the gradient of the identity: that of the result is that of the argument."""

    @custom_gradient
    def passing(*args: Any) -> Any:
        def grad(*gradients: Any, variables: list | None = None) -> Any:
            own = list(gradients)
            return own if variables is None else (own, [None] * len(variables))

        return f(*args), grad

    return passing


def recompute_grad(f: Callable[..., Any]) -> Callable[..., Any]:
    """`f` itself: what a run computes for its gradients is kept until they are taken."""
    return f
