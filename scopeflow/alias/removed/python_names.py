"""Names of Python's library that went between 3.8 and 3.13."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .attach import Names


def _of(module: str, name: str) -> Callable[[], Any]:
    def value() -> Any:
        import importlib

        return getattr(importlib.import_module(module), name)

    return value


def _getargspec() -> Callable:
    import inspect
    from collections import namedtuple

    ArgSpec = namedtuple("ArgSpec", "args varargs keywords defaults")

    def getargspec(func: Callable) -> Any:
        found = inspect.getfullargspec(func)
        return ArgSpec(found.args, found.varargs, found.varkw, found.defaults)

    return getargspec


def _linux_distribution() -> Callable:
    import platform

    def linux_distribution(*args: Any, **kwargs: Any) -> tuple[str, str, str]:
        found = platform.freedesktop_os_release()
        return found.get("NAME", ""), found.get("VERSION_ID", ""), found.get("VERSION_CODENAME", "")

    return linux_distribution


_ABCS = (
    "Awaitable", "ByteString", "Callable", "Collection", "Container", "Coroutine", "Generator",
    "Hashable", "ItemsView", "Iterable", "Iterator", "KeysView", "Mapping", "MappingView",
    "MutableMapping", "MutableSequence", "MutableSet", "Reversible", "Sequence", "Set", "Sized",
    "ValuesView",
)  # fmt: skip

NAMES: dict[str, Names] = {
    "collections": {name: _of("collections.abc", name) for name in _ABCS},
    "inspect": {"getargspec": _getargspec, "getmoduleinfo": lambda: lambda path: None},
    "time": {"clock": _of("time", "perf_counter")},
    "fractions": {"gcd": _of("math", "gcd")},
    "base64": {
        "encodestring": _of("base64", "encodebytes"),
        "decodestring": _of("base64", "decodebytes"),
    },
    "cgi": {"escape": _of("html", "escape")},
    "configparser": {"SafeConfigParser": _of("configparser", "ConfigParser")},
    "platform": {"linux_distribution": _linux_distribution, "dist": _linux_distribution},
    "sys": {
        "setcheckinterval": lambda: lambda interval: None,
        "getcheckinterval": lambda: lambda: 100,
    },
    "os": {"errno": lambda: __import__("errno")},
    "locale": {"format": _of("locale", "format_string")},
}  # fmt: skip


def _set_missing(kind: type, names: dict[str, str]) -> None:
    for old, new in names.items():
        if not hasattr(kind, old) and hasattr(kind, new):
            setattr(kind, old, getattr(kind, new))


def _patch_threading(module: Any) -> None:
    _set_missing(module.Thread, {"isAlive": "is_alive"})


def _patch_unittest(module: Any) -> None:
    _set_missing(
        module.TestCase,
        {
            "assertEquals": "assertEqual", "assertNotEquals": "assertNotEqual",
            "assertAlmostEquals": "assertAlmostEqual", "assert_": "assertTrue",
            "assertNotAlmostEquals": "assertNotAlmostEqual", "assertRegexpMatches": "assertRegex",
            "assertNotRegexpMatches": "assertNotRegex", "assertRaisesRegexp": "assertRaisesRegex",
            "assertItemsEqual": "assertCountEqual", "failUnlessEqual": "assertEqual",
            "failUnless": "assertTrue", "failIf": "assertFalse",
        },
    )  # fmt: skip


def _patch_html(module: Any) -> None:
    from html import unescape

    if not hasattr(module.HTMLParser, "unescape"):
        module.HTMLParser.unescape = staticmethod(unescape)


def _patch_configparser(module: Any) -> None:
    _set_missing(module.RawConfigParser, {"readfp": "read_file"})


PATCHES: dict[str, Callable[[Any], None]] = {
    "threading": _patch_threading,
    "unittest.case": _patch_unittest,
    "html.parser": _patch_html,
    "configparser": _patch_configparser,
}
