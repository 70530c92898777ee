"""How a module gets names that only the program sees."""

from __future__ import annotations

import importlib.util
import os
import site
import sys
import sysconfig
from collections.abc import Callable, Sequence
from functools import cache
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

from ..finder import Alias

Names = dict[str, Callable[[], Any]]
"""Name -> a function that makes its value."""


@cache
def _library() -> tuple[str, ...]:
    """The folders of Python's library and of installed packages."""
    folders = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    folders += [*site.getsitepackages(), site.getusersitepackages()]
    folders.append(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
    own = tuple({os.path.join(os.path.realpath(f), "") for f in folders if f})
    return own + tuple(os.path.join(f, "") for f in folders if f)


@cache
def is_program(file: str) -> bool:
    """Whether code of this file belongs to the program."""
    if file.startswith("<"):  # no file: typed in, or Python's own
        return not file.startswith(("<frozen", "<__array_function__"))
    path = os.path.abspath(file)
    return not path.startswith(_library()) or path.startswith(_main_package())


def _main_package() -> tuple[str, ...]:
    """The folder of the package that `scopeflow run -m` runs, which may be an installed one."""
    spec = getattr(sys.modules.get("__main__"), "__spec__", None)
    root = sys.modules.get(spec.parent.partition(".")[0]) if spec and spec.parent else None
    if root is None or root.__name__ == "scopeflow":
        return ()
    return tuple(os.path.join(folder, "") for folder in getattr(root, "__path__", ()))


def asked_by_program(depth: int) -> bool:
    """Whether code of the program called the function `depth` frames up."""
    frame = sys._getframe(depth + 1)
    while frame.f_back is not None and (
        frame.f_code.co_filename.startswith("<frozen importlib")
        or frame.f_code.co_filename == importlib.util.__file__
    ):
        frame = frame.f_back
    return is_program(frame.f_code.co_filename) or _is_of_tensorflow(frame.f_globals)


_modules_seen: dict[str, int] = {}


def _is_of_tensorflow(space: dict[str, Any]) -> bool:
    """Whether the module is of a package that imports `tensorflow`: it is of that time, too."""
    package = str(space.get("__name__")).partition(".")[0]
    if package in ("scopeflow", "tensorflow") or package in sys.stdlib_module_names:
        return False
    count = len(sys.modules)
    if _modules_seen.get(package) == count:
        return False  # as before
    for name, module in list(sys.modules.items()):
        if name == package or name.startswith(f"{package}."):
            if any(type(value) is Alias for value in vars(module).values()):
                return True
    _modules_seen[package] = count
    return False


def attach(module: ModuleType) -> None:
    """Let the program find the names of the table in the module."""
    names = AfterImport.names.get(module.__name__)
    if not names:
        return
    own = module.__dict__.get("__getattr__")
    made: dict[str, Any] = {}

    def __getattr__(name: str) -> Any:
        if name in names and asked_by_program(1):
            if name not in made:
                made[name] = names[name]()
            return made[name]
        if own is not None:
            return own(name)
        raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

    module.__dict__["__getattr__"] = __getattr__


def patch(module: ModuleType) -> None:
    """Change what the table says in the module."""
    change = AfterImport.patches.get(module.__name__)
    if change is not None:
        change(module)


class AfterImport(MetaPathFinder):
    """Attaches and patches modules when they are imported; makes those that are gone."""

    names: dict[str, Names] = {}
    patches: dict[str, Callable[[Any], None]] = {}
    modules: dict[str, Callable[[ModuleType], None]] = {}

    def __init__(self) -> None:
        self._asking: set[str] = set()

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The spec of the module that the others find, with a loader that goes on from there."""
        known = fullname in self.names or fullname in self.patches or fullname in self.modules
        if not known or fullname in self._asking:
            return None
        self._asking.add(fullname)
        try:
            spec = _found(fullname, path)
        finally:
            self._asking.discard(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Then(spec.loader)
            return spec
        if fullname in self.modules and asked_by_program(1):
            return ModuleSpec(fullname, _Made(), is_package=_has_below(fullname))
        return None


def _found(fullname: str, path: Sequence[str] | None) -> ModuleSpec | None:
    for finder in sys.meta_path:
        find = getattr(finder, "find_spec", None)
        spec = find(fullname, path, None) if find is not None else None
        if spec is not None:
            return spec
    return None


def _has_below(name: str) -> bool:
    return any(other.startswith(name + ".") for other in AfterImport.modules)


class _Made(Loader):
    """Fills a module that Python no longer has."""

    def create_module(self, spec: ModuleSpec) -> None:
        return None

    def exec_module(self, module: ModuleType) -> None:
        AfterImport.modules[module.__name__](module)


class _Then(Loader):
    """A module's own loader; then its names are attached."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> Any:
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        self._loader.exec_module(module)
        attach(module)
        patch(module)
