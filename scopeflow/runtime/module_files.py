"""`scopeflow convert --module`: a program's function tells which variables a state dict has."""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from collections.abc import Iterable

from ..checkpoint.convert import Item
from ..checkpoint.files import near
from ..core.dtypes import as_dtype
from ..core.errors import NotFoundError
from ..core.tensor_spec import TensorSpec
from .function_module import FunctionModule
from .module import GraphModule


def input_spec(text: str) -> TensorSpec:
    """The spec of an input, of `float32[?,28,28,1]`. ValueError for another text.

    >>> input_spec("int32[?,20]")
    TensorSpec(shape=(?, 20), dtype=tf.int32, name=None)
    """
    found = re.fullmatch(r"\s*(\w+)\s*\[(.*)\]\s*", text)
    if not found:
        raise ValueError(f"an input is written like float32[?,28,28,1], not {text!r}")
    parts = [part.strip() for part in found[2].split(",") if part.strip()]
    return TensorSpec(
        [None if part in ("?", "None", "-1") else int(part) for part in parts], as_dtype(found[1])
    )


def module_of(place: str, specs: Iterable[TensorSpec]) -> GraphModule:
    """The module of `model.py:function`, built for inputs like these.

    The name is that of a function of tensors, or of a module. ValueError where it is not there.
    """
    path, _, name = place.rpartition(":")
    if not path or not os.path.exists(path):
        raise ValueError(f"--module is FILE.py:FUNCTION; there is no file {path or place!r}")
    sys.path.insert(0, os.path.dirname(os.path.abspath(path)))
    spec = importlib.util.spec_from_file_location("_converted_model", path)
    assert spec is not None and spec.loader is not None
    program = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = program
    spec.loader.exec_module(program)
    found = getattr(program, name, None)
    if isinstance(found, GraphModule) and not isinstance(found, FunctionModule):
        return found
    if not callable(found):
        raise ValueError(f"{path} has no function {name!r}")
    module = found if isinstance(found, FunctionModule) else FunctionModule(found)
    try:
        return module.build(*specs)
    except TypeError as error:
        if "missing a required argument" not in str(error):
            raise
        raise ValueError(
            f"{name}: {error}. Say what its inputs are: --input 'float32[?,28,28,1]', in order."
        ) from None


def renamed(items: Iterable[Item], module: GraphModule, as_keys: bool) -> tuple[list, list[str]]:
    """(The module's variables among these, under their keys or names; the names of the others).

    They may have either names here. NotFoundError for those that are not there, or do not fit.
    """
    names = module.variable_names
    keys = {name: key for key, name in names.items()}
    state = module.state_dict()
    found, others = {}, []
    problems = []
    for item in items:
        key = item.name if item.name in names else keys.get(item.name)
        if key is None:
            others.append(item.name)
        elif tuple(item.shape) != tuple(state[key].shape):
            problems.append(
                f"{names[key]}: shape {list(item.shape)} there, {list(state[key].shape)} in the "
                "module"
            )
        else:
            found[key] = item._replace(name=key if as_keys else names[key])
    for key, name in names.items():
        if key not in found and not any(p.startswith(f"{name}:") for p in problems):
            similar = near(name, others)
            problems.append(
                f"{name}: not there" + (f" (there is {', '.join(similar)})" if similar else "")
            )
    if problems:
        text = "\n".join(f"  {problem}" for problem in problems)
        raise NotFoundError(None, None, f"The variables do not fit the module:\n{text}")
    return [found[key] for key in names], others
