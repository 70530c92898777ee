"""Writes docs/support.md: which of TensorFlow 1.15's names there are, and what they refuse.

`make support` runs it. Names come from the table of signatures, what there is from the package, the
limits from the `raise NotImplementedError(...)` of the functions themselves, the op types from the
registry, and what programs use from tests/tf1_usage.csv.
"""

from __future__ import annotations

import ast
import csv
import inspect
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent
sys.path.insert(0, str(TESTS.parent))

import scopeflow as tf  # noqa: E402
from scopeflow.api.missing import WAYS_ROUND, known  # noqa: E402
from scopeflow.core.op import registry  # noqa: E402

PAGE = TESTS.parent / "docs" / "support.md"
WIDTH = 100


ABSENT = object()


def resolved(path: str) -> Any:
    """The value of `tf.a.b` (tf.newaxis is None); ABSENT where there is none."""
    value: Any = tf
    for part in path.split(".")[1:]:
        value = getattr(value, part, ABSENT)
        if value is ABSENT:
            break
    return value


def supported(namespace: str) -> tuple[list[str], list[str]]:
    """The names of a namespace that there are, and those that there are not."""
    there: list[str] = []
    absent: list[str] = []
    for name in sorted(known()[namespace], key=lambda name: (name.lower(), name)):
        (absent if resolved(f"{namespace}.{name}") is ABSENT else there).append(name)
    return there, absent


def _texts(node: ast.expr) -> str:
    """The text of a string expression; "…" stands for what is only known while running."""
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(_texts(part) for part in node.values)
    return "…"


def refusals(function: Any) -> Iterator[str]:
    """What a function says with NotImplementedError."""
    try:
        source = textwrap.dedent(inspect.getsource(function))
        tree = ast.parse(source)
    except (OSError, TypeError, SyntaxError):
        return
    for node in ast.walk(tree):
        call = node.exc if isinstance(node, ast.Raise) else None
        if isinstance(call, ast.Call) and getattr(call.func, "id", "") == "NotImplementedError":
            if call.args and (text := _texts(call.args[0])).strip("… "):
                yield " ".join(text.split())


def limits() -> list[tuple[str, str]]:
    """(symbol, what it refuses) of all public functions and methods, each function once."""
    found: dict[int, tuple[str, str]] = {}
    for namespace in sorted(known(), key=lambda n: (n.count("."), n)):
        if namespace.startswith("tf.contrib") and resolved(namespace) is ABSENT:
            continue
        for name in sorted(known()[namespace]):
            value = resolved(f"{namespace}.{name}")
            owner = getattr(value, "__module__", "") or ""
            if not callable(value) or not owner.startswith("scopeflow") or id(value) in found:
                continue
            texts = list(dict.fromkeys(refusals(value)))
            if texts:
                found[id(value)] = (f"{namespace}.{name}", " ".join(texts))
    return sorted(found.values(), key=lambda item: (item[0].lower(), item[0]))


def _wrapped(text: str) -> str:
    return textwrap.fill(
        text, WIDTH, break_long_words=False, break_on_hyphens=False, subsequent_indent="  "
    )


def _namespaces(contrib: bool) -> list[str]:
    chosen = [n for n in known() if n.startswith("tf.contrib") is contrib]
    return sorted(chosen, key=lambda n: (n != "tf", n.lower(), n))


def page() -> str:
    """The page's text."""
    lines = [
        "# What is supported",
        "",
        _wrapped(
            "This page is made by `make support` and tells how things stood then. A name of "
            "TensorFlow 1.15 that is missing raises an AttributeError that says so; an argument "
            "or case that is not supported raises a NotImplementedError with a way round."
        ),
        "",
        "## Namespaces",
        "",
        "| namespace | supported | of |",
        "|---|---:|---:|",
    ]
    parts = {n: supported(n) for n in known()}
    for namespace in [*_namespaces(False), *_namespaces(True)]:
        there, absent = parts[namespace]
        if there:
            lines.append(f"| `{namespace}` | {len(there)} | {len(there) + len(absent)} |")
    lines += ["", f"There are {len(registry)} op types.", "", "## Used by programs, and missing"]
    lines += ["", _used()]
    lines += ["", "## Names", ""]
    for namespace in [*_namespaces(False), *_namespaces(True)]:
        there, absent = parts[namespace]
        if not there:
            continue
        lines += [f"### {namespace}", "", _wrapped(" ".join(f"`{name}`" for name in there)), ""]
        if absent:
            lines += [_wrapped("Not: " + ", ".join(absent) + "."), ""]
    none = [n for n in [*_namespaces(False), *_namespaces(True)] if not parts[n][0]]
    lines += ["### Namespaces of which nothing is there", "", _wrapped(", ".join(none) + "."), ""]
    lines += ["## Instead", ""]
    lines += [f"- `{name}`: {way}." for name, way in sorted(WAYS_ROUND.items())
              if resolved(name) is ABSENT]  # fmt: skip
    lines += ["", "## Limits", "", "| symbol | what it refuses |", "|---|---|"]
    lines += [f"| `{name}` | {text.replace('|', chr(92) + '|')} |" for name, text in limits()]
    lines += ["", "## Op types", "", _wrapped(" ".join(sorted(registry))), ""]
    return "\n".join(lines)


def _used() -> str:
    with open(TESTS / "tf1_usage.csv", newline="") as file:
        rows = [(row["symbol"], int(row["uses"])) for row in csv.DictReader(file)]
    absent = [(symbol, uses) for symbol, uses in rows if resolved(symbol) is ABSENT]
    total = sum(uses for _, uses in rows)
    missing = sum(uses for _, uses in absent)
    share = f"{100 * (1 - missing / total):.1f} %"
    intro = f"Of {total} uses of `tf.*` counted in 30 repositories {share} resolve. Missing: "
    return _wrapped(intro + ", ".join(f"`{s}` ({n})" for s, n in absent) + ".")


if __name__ == "__main__":
    PAGE.write_text(page())
