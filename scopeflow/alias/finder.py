"""The modules `tensorflow.…`, and the finder that makes them."""

from __future__ import annotations

import functools
import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, NamedTuple

import scopeflow

from ..core.naming import snake
from . import paths

ROOT = "tensorflow"

VERSION = "1.15.5"
"""What `tf.__version__` is under the alias.

Programs read it to learn which interface they have: `tf.__version__.startswith("1.")`,
`tf.__version__ >= "1.4"`. They have that of TensorFlow 1.15, whatever scopeflow's own version is:
the alias names the last release with this interface, `scopeflow.__version__` stays what it is.
"""

_SAME = {"compat.v1": "", "_api.v1": ""}
"""Paths below `tensorflow` that are another module ("" is `tensorflow` itself)."""

_INTERNAL = frozenset(
    (
        "alias",
        "api",
        "cli",
        "core",
        "linear_operators",
        "ops",
        "platform",
        "records",
        "runtime",
        "scopes",
    )
)
"""Packages inside scopeflow that are no namespaces of its interface: there is no `tf.ops`."""

_MISSING = object()

_SPACE: Any = vars(ModuleType)["__dict__"]


class Alias(ModuleType):
    """The module `tensorflow`, or one below it: forwards to places in scopeflow."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        path = path_of(name)
        assert path is not None
        self.__path__: list[str] = []  # a package, so that the import system looks below it
        _own(self)["_tf_path"] = path
        if path == "":
            self.__doc__ = scopeflow.__doc__
            self.__version__ = self.VERSION = VERSION

    def __getattr__(self, name: str) -> Any:
        path = _own(self)["_tf_path"]
        if path == "" and name in _INTERNAL and places_of(name) is None:
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if name == "__all__":
            return [n for n in dir(self) if not n.startswith("_") and _there(path, n)]
        value = member(path, name)
        if isinstance(value, Submodule):
            beside = value.path != below(path, name)
            full = below(ROOT, value.path) if beside else f"{self.__name__}.{name}"
            return importlib.import_module(full)
        return value

    @property
    def __dict__(self) -> dict[str, Any]:  # type: ignore[override]
        """All names with their values: programs look through a module's classes in it.

        A copy. Names that there is no value for are left out.
        """
        found = dict(_own(self))
        for name in dir(self):
            # A module's own __annotations__ would ask for this dict.
            if name not in found and name not in vars(ModuleType):
                try:
                    found[name] = getattr(self, name)
                except (AttributeError, ImportError, NotImplementedError):
                    continue
        return found

    def __setattr__(self, name: str, value: Any) -> None:
        if self._written_through(name):
            setattr(resolve(paths.WRITTEN_THROUGH[self._tf_path]), name, value)
        else:
            super().__setattr__(name, value)

    def __delattr__(self, name: str) -> None:
        if self._written_through(name):
            delattr(resolve(paths.WRITTEN_THROUGH[self._tf_path]), name)
        else:
            super().__delattr__(name)

    def _written_through(self, name: str) -> bool:
        """Whether what is set here is scopeflow's own (and not the import system's)."""
        return not name.startswith("__") and _own(self).get("_tf_path") in paths.WRITTEN_THROUGH

    def __dir__(self) -> list[str]:
        found = {*_own(self)} - {"_tf_path"}
        for place in places_of(self._tf_path) or ():
            found |= {*dir(resolve(place) or ())}
        return sorted(found - (_INTERNAL if self._tf_path == "" else set()))


def _own(module: ModuleType) -> dict[str, Any]:
    """What is set in the module itself."""
    return _SPACE.__get__(module)


class Submodule(NamedTuple):
    """A name that is a module, below the one that has it or beside it."""

    path: str


def member(path: str, name: str) -> Any:
    """What a name of the module at a path is: a value, or a Submodule. Else AttributeError."""
    child = below(path, name)
    if child not in paths.TABLE and (child not in paths.packages() or places_of(child) is None):
        beside = _beside(path, name)
        try:
            value = find(path, name)
        except AttributeError:
            if paths.places(child) is None and beside is None:
                raise
        else:
            if not is_ours(value):
                return value
        if paths.places(child) is None and beside is not None:
            return Submodule(beside)
    return Submodule(child)


def _there(path: str, name: str) -> bool:
    """Whether a module has a name, if it is a module one that can be imported."""
    try:
        value = member(path, name)
    except (AttributeError, ImportError, NotImplementedError):
        return False
    return not isinstance(value, Submodule) or places_of(value.path) is not None


def _beside(path: str, name: str) -> str | None:
    """The path of a module in the same package, such as `gen_nn_ops` next to `nn_ops`.

    TensorFlow's modules import each other, and programs take them from there.
    """
    found = below(path.rpartition(".")[0], name)
    inside = path.startswith("python.") and path not in paths.packages()
    return found if inside and found in paths.known() else None


def below(path: str, name: str) -> str:
    """The path of a name in a module."""
    return f"{path}.{name}" if path else name


def path_of(name: str) -> str | None:
    """Where a module stands below `tensorflow`, with paths that are another one replaced."""
    root, _, path = name.partition(".")
    if root != ROOT:
        if root not in paths.OTHER_ROOTS:
            return None
        path = ".".join(filter(None, (paths.OTHER_ROOTS[root], path)))
    for start, place in _SAME.items():
        while path == start or path.startswith(start + "."):
            path = ".".join(filter(None, (place, path.removeprefix(start).removeprefix("."))))
    return path


def places_of(path: str) -> tuple[str, ...] | None:
    """Where the names of the module at a path are; None if there is no such module."""
    found = paths.places(path)
    if found is None and is_ours(_namespace(path)):
        found = (f"tf.{path}" if path else "tf",)
    return found


def _namespace(path: str) -> Any:
    found: Any = scopeflow
    for part in filter(None, path.split(".")):
        if found is scopeflow and part in _INTERNAL:
            return None
        found = getattr(found, part, None)
    return found


def is_ours(value: Any) -> bool:
    """Whether the value is a module of scopeflow (and not, say, numpy, that such a one imports)."""
    return isinstance(value, ModuleType) and value.__name__.partition(".")[0] == "scopeflow"


def resolve(place: str) -> Any:
    """The object that a place of the table stands for; None if it is not there."""
    if place == "raw":
        return _Raw
    if place == "tf" or place.startswith("tf."):
        return _namespace(place[3:])
    package = f"{__package__}.modules"
    name = package + place if place.startswith(".") else place
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise
        return None


def find(path: str, name: str) -> Any:
    """The value of a name of the module at a path; AttributeError if no place has it."""
    looked = []
    for place in places_of(path) or ():
        space = resolve(place)
        if space is scopeflow and name in _INTERNAL:
            continue
        if space is not None:
            try:
                return getattr(space, name)
            except AttributeError as error:
                looked.append((place, error))
    if len(looked) == 1 and looked[0][0] == f"tf.{path}".rstrip("."):
        raise looked[0][1]
    where = ", ".join(place for place, _ in looked if not place.startswith("."))
    why = f"; scopeflow looked in {where}" if where else ""
    if not places_of(path) and path in paths.known() and path not in paths.packages():
        why = "; scopeflow has nothing of this module of TensorFlow yet"
    raise AttributeError(
        f"module '{below(ROOT, path).rstrip('.')}' has no attribute {name!r}"
        + ("" if name.startswith("__") else why)
    )


class _RawOps:
    """Op types under their names in small letters, as TensorFlow's gen_…_ops have them."""

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name[:1].isupper():
            return getattr(scopeflow.raw_ops, name)
        found = _raw_names().get(name.removeprefix("_"))
        if found is None:
            raise AttributeError(f"there is no op type {name!r}")
        op = getattr(scopeflow.raw_ops, found)
        arguments = list(_parameters(op))

        def gen_op(*args: Any, **kwargs: Any) -> Any:
            return op(**dict(zip(arguments, args)), **kwargs)

        gen_op.__name__ = name
        gen_op.__doc__ = op.__doc__
        return gen_op

    def __dir__(self) -> list[str]:
        return list(_raw_names())


_Raw = _RawOps()


def _parameters(function: Callable) -> Iterator[str]:
    import inspect

    yield from inspect.signature(function).parameters


def _raw_names() -> dict[str, str]:
    return _in_small_letters(tuple(dir(scopeflow.raw_ops)))


@functools.lru_cache(1)
def _in_small_letters(names: tuple[str, ...]) -> dict[str, str]:
    return {snake(name): name for name in names}


class Finder(MetaPathFinder, Loader):
    """Finds `tensorflow` and the modules below it."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """The module's spec; ModuleNotFoundError for a TensorFlow module that scopeflow lacks."""
        place = path_of(fullname)
        if place is None or _is_another(fullname.partition(".")[0]):
            return None
        if places_of(place) is None:
            # Without name=…: then `from tensorflow import x` passes this text on, too.
            raise ModuleNotFoundError(f"No module named {fullname!r}: {why_not(place)}")
        return ModuleSpec(fullname, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """The forwarding module."""
        return Alias(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing to execute; a path that is another module becomes that very module."""
        path = path_of(module.__name__)
        name = below(ROOT, path or "").rstrip(".")
        if name != module.__name__:
            sys.modules[module.__name__] = importlib.import_module(name)


def _is_another(root: str) -> bool:
    """Whether the real package of that name is imported already, such as Keras."""
    return root != ROOT and not isinstance(sys.modules.get(root), Alias | None)


def why_not(path: str) -> str:
    """What an error says of a module that is not there."""
    if path.startswith("compat.v2"):
        return (
            "scopeflow has TensorFlow 1's interface alone, which is also tensorflow.compat.v1. Use "
            "the function of that name there."
        )
    return "scopeflow stands in for TensorFlow here, and does not have this part of it yet."
