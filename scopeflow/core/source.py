"""Where in the user's program something was made.

Capturing has to be cheap, for every op does it: only the code objects and the instruction offsets
of the frames outside this package are kept; file names, line numbers and source text are looked up
when an error is shown.
"""

from __future__ import annotations

import linecache
import os
import sys
from types import CodeType

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_LIMIT = 6

Source = tuple[tuple[CodeType, int], ...]
"""The user's frames, innermost first: (code, offset of the instruction that was running)."""

_inside: dict[CodeType, bool] = {}


def _is_ours(code: CodeType) -> bool:
    ours = _inside.get(code)
    if ours is None:
        name = code.co_filename
        ours = name.startswith(_PACKAGE) or name.startswith("<scopeflow") or name == _CONTEXTLIB
        _inside[code] = ours
    return ours


_CONTEXTLIB = sys.modules["contextlib"].__file__ if "contextlib" in sys.modules else None


def capture() -> Source:
    """The user's frames that led here, innermost first, at most six."""
    frame = sys._getframe(1)
    found: list[tuple[CodeType, int]] = []
    while frame is not None:
        code = frame.f_code
        if not _is_ours(code):
            found.append((code, frame.f_lasti))
            if len(found) == _LIMIT:
                break
        frame = frame.f_back  # type: ignore[assignment]
    return tuple(found)


def _line(code: CodeType, offset: int) -> int:
    for start, end, line in code.co_lines():
        if start <= offset < end and line is not None:
            return line
    return code.co_firstlineno


def lines(source: Source) -> list[tuple[str, int, str, str]]:
    """(file, line number, function, source text) of each frame, innermost first."""
    found = []
    for code, offset in source:
        number = _line(code, offset)
        text = linecache.getline(code.co_filename, number).strip()
        found.append((code.co_filename, number, code.co_name, text))
    return found


def describe(source: Source, limit: int = 3) -> str:
    """The innermost user lines, as a traceback prints them.

    >>> print(describe(()))
      (made outside of any Python source)
    """
    shown = []
    for file, number, function, text in lines(source)[:limit]:
        shown.append(f'  File "{file}", line {number}, in {function}')
        if text:
            shown.append(f"    {text}")
    return "\n".join(shown) or "  (made outside of any Python source)"
