"""What a name that is not there leads to: another era's name, or an error that helps.

Asked only when a look-up fails. known_names.txt lists TensorFlow 1.15's names; it is written by
tests/make_known_names.py.
"""

from __future__ import annotations

import difflib
import functools
import importlib
from pathlib import Path
from types import ModuleType
from typing import Any

_PACKAGE = "scopeflow"

_QUANTIZED = "there is no 8-bit arithmetic: use tf.quantization.fake_quant_with_min_max_vars"

WAYS_ROUND = {
    "tf.GradientTape": "there is no eager execution: build the graph and use tf.gradients",
    "tf.RaggedTensor": "use a padded tensor with tf.sequence_mask, or a tf.SparseTensor",
    "tf.function": "leave the decorator out: what it traces is a graph anyway",
    "tf.load_op_library": "ops in C++ are bound to TensorFlow: write a tf.py_func",
    "tf.vectorized_map": "use tf.map_fn",
    "tf.autograph": "write tf.cond and tf.while_loop yourself",
    "tf.dequantize": _QUANTIZED,
    "tf.nn.quantized_avg_pool": _QUANTIZED,
    "tf.nn.quantized_conv2d": _QUANTIZED,
    "tf.nn.quantized_max_pool": _QUANTIZED,
    "tf.nn.quantized_relu_x": _QUANTIZED,
    "tf.quantization.dequantize": _QUANTIZED,
    "tf.quantization.quantize": _QUANTIZED,
    "tf.quantization.quantized_concat": _QUANTIZED,
    "tf.quantize": _QUANTIZED,
    "tf.quantize_v2": _QUANTIZED,
    "tf.quantized_concat": _QUANTIZED,
    "tf.load_library": "ops in C++ are bound to TensorFlow: write a tf.py_func",
    "tf.lite": "TensorFlow Lite is a runtime of its own",
    "tf.xla": "there is no compiler in between; leave the scope out",
    "tf.optimizers": "TensorFlow 2's name; use tf.train",
}
"""TensorFlow's names that are not to be had, and what to do instead."""


@functools.cache
def known() -> dict[str, frozenset[str]]:
    """TensorFlow 1.15's names by namespace ("tf.nn")."""
    text = Path(__file__).with_name("known_names.txt").read_text()
    lines = (line.split(": ", 1) for line in text.splitlines())
    return {namespace: frozenset(names.split()) for namespace, names in lines}


def found(module: ModuleType, namespace: str, name: str) -> Any:
    """The value of an older name, or an AttributeError that tells what is known of the name."""
    path = f"{namespace}.{name}"
    if not name.startswith("_"):
        from . import before_1_0

        old = before_1_0.lookup(path)
        if old is not None:
            return old
    raise NotThere(module, namespace, name)


class NotThere(AttributeError):
    """A name that is not there. Its text is made when it is read: that looks for like names.

    Most such errors are caught unread, by `hasattr` or by whoever looks in several places.
    """

    def __init__(self, module: ModuleType, namespace: str, name: str) -> None:
        super().__init__()
        self._looked_up = module, namespace, name

    def __str__(self) -> str:
        return text(*self._looked_up)

    def __repr__(self) -> str:
        return f"AttributeError({str(self)!r})"


# Tracebacks name it as what it is for the caller.
NotThere.__module__ = "builtins"
NotThere.__name__ = NotThere.__qualname__ = "AttributeError"


def text(module: ModuleType, namespace: str, name: str) -> str:
    """What an error says about a name that is not there."""
    path = f"{namespace}.{name}"
    if name in known().get(namespace, ()) or path in known():
        way = WAYS_ROUND.get(path)
        return f"{path} is TensorFlow's; scopeflow does not have it yet" + (
            f": {way}." if way else "."
        )
    message = f"module {namespace.replace('tf', _PACKAGE, 1)!r} has no attribute {name!r}"
    if way := WAYS_ROUND.get(path):
        return f"{message}: {way}."
    if not name.startswith("_") and (near := _nearest(module, namespace, name)):
        message += f". Did you mean {near}?"
    return message


def _nearest(module: ModuleType, namespace: str, name: str) -> str:
    """The same name elsewhere, or a name of the namespace that looks like it."""
    there = [space for space, names in known().items() if name in names and _has(space, name)]
    if there:
        return f"{min(there, key=lambda s: (s.startswith('tf.contrib'), len(s)))}.{name}"
    near = difflib.get_close_matches(name, [n for n in dir(module) if not n.startswith("_")], 1)
    return f"{namespace}.{near[0]}" if near else ""


def _has(namespace: str, name: str) -> bool:
    value: Any = importlib.import_module(_PACKAGE)
    for part in (*namespace.split(".")[1:], name):
        value = vars(value).get(part)  # what is loaded already: this must not import half of it
        if value is None:
            return False
    return True
