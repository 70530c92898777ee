"""tensorflow.python.framework.function: `Defun`, whose functions are built into the graph."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import scopeflow as tf


class Defun:
    """A decorator: the function's inputs become tensors, of the dtypes that are given.

    TensorFlow makes one op of each call; here the call's ops stand in the graph themselves.
    `python_grad_func(op, *grads)` is the function's gradient, `grad_func` one that takes the inputs
    and the gradients; `shape_func(op)` gives the outputs' shapes. `func_name`, `out_names` and
    `noinline` are accepted without effect.
    """

    def __init__(self, *input_types: Any, **kwargs: Any) -> None:
        self._types: list = [tf.as_dtype(dtype) for dtype in input_types]
        self._gradient = kwargs.pop("grad_func", None)
        self._op_gradient = kwargs.pop("python_grad_func", None)
        self._shapes = kwargs.pop("shape_func", None)
        unknown = kwargs.keys() - {"func_name", "out_names", "noinline", "implements"}
        if unknown:
            raise TypeError(f"Defun() got an unexpected keyword argument {min(unknown)!r}")

    def __call__(self, func: Callable) -> Callable:
        """The function, to be called with tensors."""
        positional = [
            p for p in inspect.signature(func).parameters.values()
            if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) and p.default is p.empty
        ]  # fmt: skip
        if self._types and len(self._types) < len(positional):
            raise ValueError(
                "The function has fewer arguments than the number of specified input types."
            )

        @functools.wraps(func)
        def call(*args: Any, **kwargs: Any) -> Any:
            kwargs.pop("name", None)
            types = self._types or [None] * len(args)
            if len(args) != len(types):
                raise ValueError(
                    f"Expected number of arguments: {len(types)}, received: {len(args)}"
                )
            inputs = [tf.convert_to_tensor(a, dtype) for a, dtype in zip(args, types)]
            return self._called(func, inputs)

        call.declared_input_types = self._types  # type: ignore[attr-defined]
        return call

    def _called(self, func: Callable, inputs: list) -> Any:
        if self._gradient is None and self._op_gradient is None:
            return self._shaped(func(*inputs), inputs)

        @tf.custom_gradient
        def with_gradient(*values: Any) -> Any:
            result = func(*values)

            def gradient(*grads: Any) -> Any:
                if self._op_gradient is None:
                    return self._gradient(*values, *grads)
                outputs = list(result) if isinstance(result, list | tuple) else [result]
                op = SimpleNamespace(inputs=list(values), outputs=outputs)
                return self._op_gradient(op, *grads)

            return result, gradient

        return self._shaped(with_gradient(*inputs), inputs)

    def _shaped(self, result: Any, inputs: list) -> Any:
        if self._shapes is None:
            return result
        outputs = list(result) if isinstance(result, list | tuple) else [result]
        op = SimpleNamespace(inputs=inputs, outputs=outputs)
        for output, shape in zip(outputs, self._shapes(op)):
            output.set_shape(shape)
        return result
