"""Names, argument names and defaults of all that scopeflow exports, against TensorFlow 1.15's.

tests/tf1_signatures.json holds TensorFlow's, made by tests/oracle/make_signatures.py.
"""

import enum
import inspect
import json
import types
from functools import cache
from pathlib import Path

import pytest

import scopeflow as tf
from scopeflow import contrib
from scopeflow.api import keras

RECORDED = Path(__file__).with_name("tf1_signatures.json")
HOW = (
    "\nTensorFlow's signatures are in tests/tf1_signatures.json. Where scopeflow has new names, "
    "write it again:\n  python tests/oracle/make_signatures.py SIGNATURES.JSON "
    "[PYTHON_WITH_TENSORFLOW_1.15.5]\n(../shared/tf1-api/signatures.json; the interpreter is asked "
    "about tf.keras and tf.contrib only).\nA name that is scopeflow's alone goes to OWN in this "
    "file, with the reason."
)

NAMESPACES = ("scopeflow.api", "scopeflow.keras.", "scopeflow.contrib")

OWN = {}
OTHER = {}


def exported():
    """All public names, by path: functions, classes, their members, constants."""
    found = {}
    _walk("tf", tf, found)
    _walk("tf.keras", keras, found)  # they may also be reached by the line above
    _walk("tf.contrib", contrib, found)
    return found


def _walk(path, module, found):
    names = getattr(module, "__all__", None) or [n for n in dir(module) if not n.startswith("_")]
    for name in names:
        value = getattr(module, name)
        if inspect.ismodule(value):
            found[f"{path}.{name}"] = value
            if value.__name__.startswith(NAMESPACES) and value is not tf:
                _walk(f"{path}.{name}", value, found)
            continue
        if getattr(value, "__module__", "") in ("typing", "collections.abc", "__future__"):
            continue  # of a module without __all__
        found[f"{path}.{name}"] = value
        if inspect.isclass(value):
            _walk_class(f"{path}.{name}", value, found)


def _walk_class(path, kind, found):
    for name in dir(kind):
        if name.startswith("_") and name != "__init__":
            continue
        value = inspect.getattr_static(kind, name)
        owner = next(c for c in kind.__mro__ if name in vars(c))
        if owner.__module__.startswith("scopeflow"):
            found[f"{path}.{name}"] = getattr(value, "__func__", value)


@cache
def recorded():
    """TensorFlow's names: {} or a signature each."""
    return json.loads(RECORDED.read_text())["signatures"]


def _default(value):
    if isinstance(value, tf.DType):
        return f"<dtype: '{value.name}'>"
    if isinstance(value, enum.Enum):
        return f"{type(value).__name__}.{value.name}"
    return value if isinstance(value, str) else repr(value)


def signature(function):
    """What is recorded of a signature, of ours."""
    kinds = inspect.Parameter
    parameters = inspect.signature(function).parameters.values()
    named = [p for p in parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
    found = {
        "args": [p.name for p in named],
        "defaults": {p.name: _default(p.default) for p in named if p.default is not p.empty},
        "varargs": next((p.name for p in parameters if p.kind is kinds.VAR_POSITIONAL), None),
        "kwargs": next((p.name for p in parameters if p.kind is kinds.VAR_KEYWORD), None),
    }
    return {key: value for key, value in found.items() if value}


def differences():
    """A line for each name that is not as in TensorFlow."""
    found = []
    for path, value in exported().items():
        expected = recorded().get(path)
        if path in OWN:
            if expected is not None:
                found.append(f"{path} is in OWN, but it is TensorFlow's, too")
        elif expected is None:
            found.append(f"{path} is not TensorFlow's")
        elif inspect.isroutine(value) and "args" in expected:
            ours = signature(value)
            if path.startswith("tf.raw_ops."):  # called with keywords only
                ours, expected = ({**s, "args": sorted(s["args"])} for s in (ours, expected))
            if ours != expected:
                found.append(f"{path}\n    TensorFlow {expected}\n    scopeflow  {ours}")
    return found
