"""The source files of a repository, as syntax trees."""

from __future__ import annotations

import ast
import json
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_SKIPPED = {".git", "__pycache__", "node_modules", ".venv", "venv", ".tox", "build", "dist"}


class Source(NamedTuple):
    """A file, or a cell of a notebook. `tree` is None where it cannot be read, `note` says why."""

    place: str
    tree: ast.Module | None
    note: str


def sources(path: Path) -> Iterator[Source]:
    """The sources at a path: a file's own, or those of all Python files and notebooks below."""
    for file in sorted(_files(path)):
        name = str(file.relative_to(path)) if path.is_dir() else str(file)
        try:
            text = file.read_text(encoding="utf-8-sig", errors="replace")
        except OSError as error:
            yield Source(name, None, error.strerror or str(error))
            continue
        if file.suffix == ".ipynb":
            yield from _notebook(name, text)
        else:
            yield _parsed(name, text)


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for file in path.rglob("*"):
        inside = set(file.relative_to(path).parts[:-1])
        if file.suffix in (".py", ".ipynb") and file.is_file() and not inside & _SKIPPED:
            yield file


def _notebook(name: str, text: str) -> Iterator[Source]:
    try:
        book = json.loads(text)
        sheets = book.get("cells") or [c for s in book["worksheets"] for c in s["cells"]]
    except (ValueError, KeyError, AttributeError, TypeError):
        yield Source(name, None, "it is no notebook")
        return
    if book.get("metadata", {}).get("kernelspec", {}).get("language", "python") != "python":
        return
    for number, cell in enumerate(sheets, 1):
        if cell.get("cell_type") == "code":
            lines = "".join(cell.get("source", cell.get("input", ""))).splitlines()
            plain = [_without_magic(line) for line in lines]
            if plain and not plain[0].startswith("%%"):
                yield _parsed(f"{name} cell {number}", "\n".join(plain))


def _without_magic(line: str) -> str:
    """The commands of a notebook are none of Python's."""
    stripped = line.lstrip()
    if stripped.startswith("%%") or not stripped.startswith(("%", "!", "?")):
        return line
    return line[: len(line) - len(stripped)] + "pass"


def _parsed(name: str, text: str) -> Source:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the program's escape sequences
        try:
            return Source(name, ast.parse(text), "")
        except (SyntaxError, ValueError) as error:
            note = f"line {getattr(error, 'lineno', '?')}: {getattr(error, 'msg', error)}"
        try:
            tree = ast.parse(_python_3(text))
        except (SyntaxError, ValueError):
            return Source(name, None, note)
        return Source(name, tree, f"{note} (Python 2: convert it before it can run)")


_PYTHON_2 = (
    (r"^(\s*|.*[:;]\s*)print\s+(?![=(])(.*?)(,?)\s*$", r"\1print(\2)"),
    (r"^(\s*|.*[:;]\s*)print\s*$", r"\1print()"),
    (r"^(\s*|.*[:;]\s*)print\s*>>\s*(\w[\w.]*)\s*,?(.*)$", r"\1print(\3)"),
    (r"^(\s*|.*[:;]\s*)print\s+(\(.*\)\s*[%+,].*)$", r"\1print(\2)"),
    (r"except\s+([\w.]+|\([^)]*\))\s*,\s*(\w+)\s*:", r"except \1 as \2:"),
    (r"^(\s*)raise\s+([\w.]+)\s*,\s*(.+)$", r"\1raise \2(\3)"),
    (r"^(\s*)exec\s+(?!\()(.*)$", r"\1exec(\2)"),
    (r"\b0([0-7]+)\b(?!\.)", r"0o\1"),
    (r"\b(\d+)[lL]\b", r"\1"),
    (r"<>", "!="),
    (r"\b[uU][rR](?=['\"])", "r"),
)


def _python_3(text: str) -> str:
    """A Python 2 program with what can be seen line by line written as in Python 3."""
    lines = text.expandtabs(8).splitlines()
    for pattern, new in _PYTHON_2:
        lines = [re.sub(pattern, new, line) for line in lines]
    return "\n".join(lines) + "\n"
