"""Modules of Python's library that are gone: as much of them as programs use."""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import os
import re
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any


def _imp(module: ModuleType) -> None:
    PY_SOURCE, PY_COMPILED, C_EXTENSION, PKG_DIRECTORY = 1, 2, 3, 5

    def load_source(name: str, pathname: str, file: Any = None) -> ModuleType:
        loader = importlib.machinery.SourceFileLoader(name, pathname)
        spec = importlib.util.spec_from_file_location(name, pathname, loader=loader)
        assert spec is not None
        made = importlib.util.module_from_spec(spec)
        sys.modules[name] = made
        loader.exec_module(made)
        return made

    def find_module(name: str, path: Any = None) -> tuple:
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        if spec is None or spec.origin is None:
            raise ImportError(f"No module named {name!r}", name=name)
        if spec.submodule_search_locations:
            return None, os.path.dirname(spec.origin), ("", "", PKG_DIRECTORY)
        return open(spec.origin), spec.origin, (".py", "r", PY_SOURCE)

    def load_module(name: str, file: Any, pathname: str, description: tuple) -> ModuleType:
        if description[2] == PKG_DIRECTORY:
            pathname = os.path.join(pathname, "__init__.py")
        return load_source(name, pathname)

    module.__dict__.update(
        load_source=load_source, find_module=find_module, load_module=load_module,
        reload=importlib.reload, new_module=ModuleType, PY_SOURCE=PY_SOURCE,
        PY_COMPILED=PY_COMPILED, C_EXTENSION=C_EXTENSION, PKG_DIRECTORY=PKG_DIRECTORY,
        get_suffixes=lambda: [(".py", "r", PY_SOURCE)], acquire_lock=lambda: None,
        release_lock=lambda: None, lock_held=lambda: False,
    )  # fmt: skip


def _cgi(module: ModuleType) -> None:
    from email.message import Message
    from html import escape
    from urllib.parse import parse_qs, parse_qsl

    def parse_header(line: str) -> tuple[str, dict]:
        message = Message()
        message["content-type"] = line
        pairs = message.get_params() or [("", "")]
        return pairs[0][0], dict(pairs[1:])

    module.__dict__.update(
        escape=escape, parse_qs=parse_qs, parse_qsl=parse_qsl, parse_header=parse_header
    )


def _pipes(module: ModuleType) -> None:
    from shlex import quote

    module.__dict__["quote"] = quote


def _distutils(module: ModuleType) -> None:
    module.__dict__["__path__"] = []


class LooseVersion:
    """A version that compares by its numbers and words."""

    def __init__(self, vstring: str | None = None) -> None:
        if vstring is not None:
            self.parse(vstring)

    def parse(self, vstring: str) -> None:
        """Read a text."""
        self.vstring = vstring
        parts = [p for p in re.split(r"(\d+|[a-z]+|\.)", vstring) if p and p != "."]
        self.version = [int(p) if p.isdigit() else p for p in parts]

    def __str__(self) -> str:
        return self.vstring

    def __repr__(self) -> str:
        return f"{type(self).__name__} ('{self}')"

    def _sign(self, other: Any) -> int:
        other = type(self)(other) if isinstance(other, str) else other
        mine, theirs = self.version, other.version
        return (mine > theirs) - (mine < theirs)

    def __eq__(self, other: object) -> bool:
        return self._sign(other) == 0

    def __lt__(self, other: Any) -> bool:
        return self._sign(other) < 0

    def __le__(self, other: Any) -> bool:
        return self._sign(other) <= 0

    def __gt__(self, other: Any) -> bool:
        return self._sign(other) > 0

    def __ge__(self, other: Any) -> bool:
        return self._sign(other) >= 0

    __hash__ = None  # type: ignore[assignment]


class StrictVersion(LooseVersion):
    """A version of two or three numbers, and perhaps a or b with one more."""

    def parse(self, vstring: str) -> None:
        """Read a text; ValueError if it is no such version."""
        found = re.fullmatch(r"(\d+)\.(\d+)(?:\.(\d+))?(?:([ab])(\d+))?", vstring)
        if found is None:
            raise ValueError(f"invalid version number '{vstring}'")
        self.vstring = vstring
        numbers = [int(found[i] or 0) for i in (1, 2, 3)]
        # A version without letter comes after those with one.
        self.version = [*numbers, found[4] or "c", int(found[5] or 0)]


def _version(module: ModuleType) -> None:
    module.__dict__.update(LooseVersion=LooseVersion, StrictVersion=StrictVersion)


def _util(module: ModuleType) -> None:
    def strtobool(val: str) -> int:
        lower = val.lower()
        if lower in ("y", "yes", "t", "true", "on", "1"):
            return 1
        if lower in ("n", "no", "f", "false", "off", "0"):
            return 0
        raise ValueError(f"invalid truth value {val!r}")

    module.__dict__["strtobool"] = strtobool


def _spawn(module: ModuleType) -> None:
    from shutil import which

    module.__dict__["find_executable"] = lambda executable, path=None: which(executable, path=path)


def _dir_util(module: ModuleType) -> None:
    import shutil

    def copy_tree(src: str, dst: str, *args: Any, **kwargs: Any) -> list[str]:
        shutil.copytree(src, dst, dirs_exist_ok=True)
        return [os.path.join(place, f) for place, _, files in os.walk(dst) for f in files]

    def mkpath(name: str, *args: Any, **kwargs: Any) -> list[str]:
        os.makedirs(name, exist_ok=True)
        return [name]

    module.__dict__.update(copy_tree=copy_tree, mkpath=mkpath, remove_tree=shutil.rmtree)


def _c_element_tree(module: ModuleType) -> None:
    import xml.etree.ElementTree as tree

    module.__dict__.update({name: getattr(tree, name) for name in tree.__all__})


MODULES: dict[str, Callable[[ModuleType], None]] = {
    "imp": _imp,
    "cgi": _cgi,
    "pipes": _pipes,
    "distutils": _distutils,
    "distutils.version": _version,
    "distutils.util": _util,
    "distutils.spawn": _spawn,
    "distutils.dir_util": _dir_util,
    "xml.etree.cElementTree": _c_element_tree,
}
"""Used where Python has the module no longer (from 3.12 and 3.13 on) and nobody else brings it."""
