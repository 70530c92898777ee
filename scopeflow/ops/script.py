"""`tf.py_func`: a Python function of numpy arrays as an op."""

from __future__ import annotations

import itertools
import traceback
from collections.abc import Callable
from typing import Any, NoReturn

import numpy as np

from ..core import errors
from ..core.context import get_default_graph
from ..core.convert import convert_to_tensor
from ..core.dtypes import DType, as_dtype
from ..core.lazy_torch import torch
from ..core.op import REQUIRED, define
from ..core.operation import Operation
from .constant import _as_bytes

_tokens = itertools.count()
_FUNCTIONS = "Python functions"
"""Where a graph keeps the functions, by token."""


def _to_numpy(value: Any) -> Any:
    """What the function is given: an array of its own, numpy scalars for those without shape."""
    if isinstance(value, torch.Tensor):
        if value.dtype is torch.bfloat16:
            array = value.cpu().view(torch.uint16).numpy().view(as_dtype("bfloat16").as_numpy_dtype)
        else:
            array = value.detach().cpu().numpy()
        array = array.copy() if array.ndim else array
    else:
        array = np.array(value, object)
    return array if array.ndim else array[()]


def _call(input: list, *, token: str, op: Operation, device: Any) -> list:
    try:
        found = op.graph.held[_FUNCTIONS][token](*map(_to_numpy, input))
    except errors.OpError:
        raise
    except Exception as error:
        kinds: dict[type, Any] = {
            TypeError: errors.InvalidArgumentError,
            ValueError: errors.InvalidArgumentError,
            StopIteration: errors.OutOfRangeError,
            MemoryError: errors.ResourceExhaustedError,
            NotImplementedError: errors.UnimplementedError,
        }
        kind = next((k for t, k in kinds.items() if isinstance(error, t)), errors.UnknownError)
        text = f"{type(error).__name__}: {error}\n{traceback.format_exc()}"
        raise kind(None, op, text) from error
    results = _listed(found)
    if len(results) != len(op.outputs):
        raise errors.InvalidArgumentError(
            None,
            op,
            f"{token} returns {len(results)} values, but expects to see {len(op.outputs)} values.",
        )
    return [
        _from_numpy(value, i, output.dtype, token, op, device)
        for i, (value, output) in enumerate(zip(results, op.outputs, strict=True))
    ]


def _listed(found: Any) -> list:
    """What the function returned, one by one: a list is one of results, whatever Tout is."""
    if found is None:
        return []
    return list(found) if isinstance(found, list | tuple) else [found]


def _from_numpy(
    value: Any, index: int, dtype: DType, token: str, op: Operation, device: Any
) -> Any:
    array = np.asarray(value)
    if array.dtype.kind == "V" and array.dtype.names:
        raise errors.InternalError(None, op, "Unsupported numpy data type")
    if array.dtype == object and not all(isinstance(x, str | bytes) for x in array.ravel()[:1]):
        raise errors.InternalError(None, op, f"Unsupported object type {type(value).__name__}")
    if array.dtype.kind in "SUO":
        found: Any = "string"
        array = _as_bytes(array)
    else:
        found = as_dtype(array.dtype).name
    if found != dtype.name:
        raise errors.InvalidArgumentError(
            None,
            op,
            f"{index}-th value returned by {token} is {found}, but expects {dtype.name}\n"
            f"Let the function return np.array(value, np.{dtype.name}), or change Tout.",
        )
    if found == "string":
        return array
    if found == "bfloat16":
        return torch.from_numpy(array.view(np.uint16).copy()).view(torch.bfloat16).to(device)
    return torch.from_numpy(np.array(array, order="C")).to(device)


PyFunc, PyFuncStateless = (
    define(
        op_type,
        ["input"],
        "[Tin] -> [Tout]",
        _call,
        attrs={"token": REQUIRED, "Tout": REQUIRED},
        differentiable=False,
        stateful=stateful,
        doc="The results of the Python function that the graph knows as `token`.",
    )
    for op_type, stateful in (("PyFunc", True), ("PyFuncStateless", False))
)


def py_func(
    func: Callable[..., Any],
    inp: Any,
    Tout: Any,
    stateful: bool = True,
    name: str | None = None,
) -> Any:
    """The results of `func(*arrays)`, called with the values of `inp` when the graph runs.

    `Tout` is the dtype of the result, or a list of them for several results (also for none); the
    static shapes are unknown (use set_shape). The function gets numpy arrays (numpy scalars, bytes)
    and returns an array, or a list or tuple of as many arrays as there are results (also for one),
    of exactly these dtypes. No gradient passes. With `stateful=False` the
    function must always give the same for the same. Running raises InvalidArgumentError for
    results of another number or dtype and for a TypeError or ValueError in the function,
    UnknownError for most other exceptions, with the traceback.
    """
    kinds = [as_dtype(t) for t in (Tout if isinstance(Tout, list | tuple) else [Tout])]
    if not isinstance(inp, list | tuple):
        raise TypeError(f"inp must be a list of tensors, got {inp!r}")
    tensors = [convert_to_tensor(value) for value in inp]
    make = PyFunc if stateful else PyFuncStateless
    token = f"pyfunc_{next(_tokens)}"
    graph = tensors[0].graph if tensors else get_default_graph()
    graph.held.setdefault(_FUNCTIONS, {})[token] = func
    found = make(tensors, token, kinds, name=name)
    if not kinds and not stateful:
        return []
    return found if isinstance(Tout, list | tuple) else found[0]


def numpy_function(func: Callable[..., Any], inp: Any, Tout: Any, name: str | None = None) -> Any:
    """The results of `func(*arrays)`, called with the values of `inp`; see tf.py_func."""
    return py_func(func, inp, Tout, stateful=True, name=name)


def py_function(func: Any, inp: Any, Tout: Any, name: Any = None) -> NoReturn:
    """Raises NotImplementedError: there are no eager tensors."""
    raise NotImplementedError(
        "tf.py_function: its function works on eager tensors, and there is no eager execution. "
        "Use tf.py_func (numpy arrays), with tf.custom_gradient where a gradient is needed."
    )
