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
            if value.__name__.startswith("scopeflow") and name != "v1":
                _walk(f"{path}.{name}", value, found)
            continue
        if getattr(value, "__module__", "") in ("typing", "collections.abc", "__future__"):
            continue
        found[f"{path}.{name}"] = value
        if inspect.isclass(value) and not issubclass(value, BaseException):
            _walk_class(f"{path}.{name}", value, found)
        elif inspect.isclass(value):
            found[f"{path}.{name}.__init__"] = value.__init__


def _walk_class(path, kind, found):
    for name in dir(kind):
        if name.startswith("_") and name not in ("__init__", "__call__"):
            continue
        value = inspect.getattr_static(kind, name)
        owner = next((c for c in kind.__mro__ if name in vars(c)), object)
        if owner.__module__.startswith("scopeflow"):
            found[f"{path}.{name}"] = getattr(value, "__func__", value)
