"""Makes `import tensorflow` mean scopeflow: a finder for the import system and a table of paths.

A module `tensorflow.a.b` forwards to the namespace `scopeflow.a.b`; it is a module of its own, so
that what a program sets on it stays there.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

import scopeflow

_ROOT = "tensorflow"

VERSION = "1.15.5"
"""What `tf.__version__` is under the alias.

Programs read it to learn which interface they have: `tf.__version__.startswith("1.")`,
`tf.__version__ >= "1.4"`. They have that of TensorFlow 1.15, whatever scopeflow's own version is:
the alias names the last release with this interface, `scopeflow.__version__` stays what it is.
"""

_PATHS = {"compat.v1": ""}
"""Paths below `tensorflow` that lead to another one ("" is `tensorflow` itself)."""

_INTERNAL = frozenset(("alias", "api", "cli", "core", "ops", "platform", "runtime", "scopes"))
"""Packages inside scopeflow that are no namespaces of its interface: there is no `tf.core`."""


class Alias(ModuleType):
    """The module `tensorflow`, or one below it: forwards to a namespace of scopeflow."""

    def __init__(self, name: str, target: ModuleType) -> None:
        super().__init__(name, target.__doc__)
        self.__path__: list[str] = []  # a package, so that the import system looks below it
        self.__dict__["_target"] = target
        if name == _ROOT:
            self.__version__ = self.VERSION = VERSION

    def __getattr__(self, name: str) -> Any:
        target = self.__dict__["_target"]
        if target is scopeflow and name in _INTERNAL:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if name == "__all__":
            return getattr(target, name, None) or [n for n in dir(self) if not n.startswith("_")]
        value = getattr(target, name)
        return importlib.import_module(f"{self.__name__}.{name}") if _is_ours(value) else value

    def __dir__(self) -> list[str]:
        return sorted({*self.__dict__, *dir(self._target)} - _INTERNAL - {"_target"})


class Finder(MetaPathFinder, Loader):
    """Finds `tensorflow` and the modules below it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's spec; ModuleNotFoundError for a TensorFlow module that scopeflow lacks."""
        if fullname != _ROOT and not fullname.startswith(_ROOT + "."):
            return None
        if _namespace(fullname) is None:
            # Without name=…: then `from tensorflow import x` passes this text on, too.
            raise ModuleNotFoundError(
                f"No module named {fullname!r}: scopeflow stands in for TensorFlow here, and does "
                f"not have this part of it yet."
            )
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The forwarding module."""
        namespace = _namespace(spec.name)
        assert namespace is not None  # find_spec has looked
        return Alias(spec.name, namespace)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to execute; a path of the table becomes the very module that it leads to."""
        name = _followed(module.__name__)
        if name != module.__name__:
            sys.modules[module.__name__] = importlib.import_module(name)


def _followed(name: str) -> str:
    """The module's name, with the paths of the table replaced by where they lead."""
    path = name.removeprefix(_ROOT).removeprefix(".")
    for start, place in _PATHS.items():
        if path == start or path.startswith(start + "."):
            rest = path.removeprefix(start).removeprefix(".")
            return _followed(".".join(filter(None, (_ROOT, place, rest))))
    return name


def _namespace(name: str) -> ModuleType | None:
    """What the module forwards to; None where scopeflow has no such namespace."""
    found: Any = scopeflow
    for part in _followed(name).split(".")[1:]:
        if found is scopeflow and part in _INTERNAL:
            return None
        found = getattr(found, part, None)
    return found if _is_ours(found) else None


def _is_ours(value: Any) -> bool:
    """Whether the value is a module of scopeflow (and not, say, numpy, that such a one imports)."""
    return isinstance(value, ModuleType) and value.__name__.partition(".")[0] == "scopeflow"


_finder = Finder()


def install_as_tensorflow() -> None:
    """Make `import tensorflow` (and `tensorflow.compat.v1`, `tensorflow.nn`, …) mean scopeflow.

    Call it before the program's own imports; a second call changes nothing. RuntimeError if the
    real TensorFlow is imported already.

    >>> import scopeflow
    >>> scopeflow.install_as_tensorflow()  # doctest: +SKIP
    >>> import tensorflow as tf  # doctest: +SKIP
    >>> tf.Graph is scopeflow.Graph  # doctest: +SKIP
    True
    """
    loaded = sys.modules.get(_ROOT)
    if loaded is not None and not isinstance(loaded, Alias):
        raise RuntimeError(
            "install_as_tensorflow(): TensorFlow itself is imported already, from "
            f"{getattr(loaded, '__file__', None) or 'an unknown place'}. Call "
            "scopeflow.install_as_tensorflow() first, before anything that imports tensorflow."
        )
    if _finder not in sys.meta_path:
        sys.meta_path.insert(0, _finder)
