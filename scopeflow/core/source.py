"""Where in the user's program something was made.

Capturing has to be cheap, for every op does it: only the code objects and the instruction offsets
of the frames outside this package are kept; file names, line numbers and source text are looked up
when an error is shown.
"""

from __future__ import annotations

import contextlib
import linecache
import os
import sys
from types import CodeType

_PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
_LIMIT = 6

Source = tuple[tuple[CodeType, int], ...]
"""The user's frames, innermost first: (code, offset of the instruction that was running)."""

_ours: dict[str, bool] = {}  # file name -> whether its frames are not the user's


def _is_ours(file: str) -> bool:
    ours = _ours[file] = (
        file.startswith((_PACKAGE, "<scopeflow", "<frozen ")) or file == contextlib.__file__
    )
    return ours


def hide(file: str) -> None:
    """Frames of this file are not the user's: a runner says so of itself."""
    _ours[file] = True


def capture() -> Source:
    """The user's frames that led here, innermost first, at most six."""
    frame = sys._getframe(1)
    found: list[tuple[CodeType, int]] = []
    known = _ours.get
    while frame is not None:
        code = frame.f_code
        file = code.co_filename
        ours = known(file)
        if ours is None:
            ours = _is_ours(file)
        if not ours:
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
