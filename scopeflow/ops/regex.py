"""Regular expressions in RE2's dialect, on Python's engine."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import rank_is, unchanged
from .texts import each, tensor_of

_CLASSES = {
    "alnum": "0-9A-Za-z", "alpha": "A-Za-z", "ascii": r"\x00-\x7F", "blank": r"\t ",
    "cntrl": r"\x00-\x1F\x7F", "digit": "0-9", "graph": "!-~", "lower": "a-z", "print": " -~",
    "punct": r"!-/:-@\[-`{-~", "space": r"\t\n\v\f\r ", "upper": "A-Z", "word": "0-9A-Za-z_",
    "xdigit": "0-9A-Fa-f",
}  # fmt: skip
_NAMED = re.compile(r"\[:(\^?)(\w+):\]")


@lru_cache(256)
def compiled(pattern: bytes) -> re.Pattern[str]:
    r"""RE2's pattern as Python's. ValueError for what is none.

    RE2's \w, \d, \s and \b are ASCII's, $ is the very end, and [[:alpha:]] a class.
    """
    text = pattern.decode("utf-8", "surrogateescape")
    try:
        return re.compile(_translated(text), re.ASCII)
    except re.error as error:
        raise ValueError(f"Invalid pattern: {text}, error: {error}") from None


def _translated(text: str) -> str:
    lines = bool(re.match(r"\(\?[a-z]*m", text))
    found: list[str] = []
    at, inside = 0, False
    while at < len(text):
        char = text[at]
        if char == "\\":
            pair = text[at : at + 2]
            if pair in (r"\p", r"\P", r"\C", r"\Q"):
                raise ValueError(
                    f"Invalid pattern: {text}: {pair} is not supported. Write the characters as a "
                    "class, [...]."
                )
            found.append({r"\z": r"\Z"}.get(pair, pair))
            at += 2
            continue
        named = _NAMED.match(text, at) if inside else None
        if named and named[2] in _CLASSES:
            if named[1]:
                raise ValueError(f"Invalid pattern: {text}: [:^{named[2]}:] is not supported")
            found.append(_CLASSES[named[2]])
            at = named.end()
            continue
        if not inside and char == "[":
            inside = True
            found.append(char)
            at += 1
            if text[at : at + 1] == "^":
                found.append("^")
                at += 1
            if text[at : at + 1] == "]":
                found.append(r"\]")
                at += 1
            continue
        if inside and char == "]":
            inside = False
        elif inside and char in "[&~|":  # what Python means to give a meaning in classes
            char = "\\" + char
        elif not inside and char == "$" and not lines:
            char = r"\Z"
        found.append(char)
        at += 1
    return "".join(found)


def _replacement(rewrite: str, match: re.Match[str]) -> str:
    """The rewrite with the match's groups for \\0 to \\9."""
    found = []
    parts = iter(rewrite)
    for char in parts:
        if char != "\\":
            found.append(char)
            continue
        after = next(parts, "")
        if after.isdigit():
            found.append(match[int(after)] or "")
        else:
            found.append(after)
    return "".join(found)


def _fits(pattern: re.Pattern, rewrite: str) -> bool:
    """Whether the rewrite refers to no group that the pattern lacks."""
    return all(int(number) <= pattern.groups for number in re.findall(r"\\(\d)", rewrite))


def replaced(text: bytes, pattern: re.Pattern, rewrite: str, everywhere: bool) -> bytes:
    """The text with its matches rewritten, the first one or all."""
    whole = text.decode("utf-8", "surrogateescape")
    found: list[str] = []
    end = last = 0
    if not _fits(pattern, rewrite):
        return text if not everywhere else b""
    for match in pattern.finditer(whole):
        if match.start() == match.end() == last and match.start() > 0 and found:
            continue  # RE2 takes no empty match right behind another
        found += [whole[end : match.start()], _replacement(rewrite, match)]
        end = last = match.end()
        if not everywhere:
            break
    found.append(whole[end:])
    return "".join(found).encode("utf-8", "surrogateescape")


def _replace_all(input, pattern, rewrite, replace_global):
    known, text = compiled(pattern), rewrite.decode("utf-8", "surrogateescape")
    return each(lambda item: replaced(item, known, text, replace_global), input)


@op("string -> string", shape=unchanged)
def StaticRegexReplace(input, *, pattern, rewrite, replace_global=True):
    """What matches the pattern, rewritten: everywhere, or the first place of each string."""
    return _replace_all(input, pattern.encode(), rewrite.encode(), replace_global)


def _with_scalars(input: Tensor, *scalars: Tensor) -> Dims:
    for scalar in scalars:
        rank_is(scalar, 0)
    return input._dims


@op("string, string, string -> string", shape=_with_scalars)
def RegexReplace(input, pattern, rewrite, *, replace_global=True):
    """What matches the pattern, rewritten: everywhere, or the first place of each string."""
    return _replace_all(input, pattern.item(), rewrite.item(), replace_global)


def regex_replace(
    input: Any, pattern: Any, rewrite: Any, replace_global: bool = True, name: str | None = None
) -> Tensor:
    r"""What matches the regular expression `pattern`, replaced by `rewrite`.

    In `rewrite` \1 to \9 stand for the groups and \0 for the whole match. The dialect is RE2's, but
    for \p{…} and \C. InvalidArgumentError when running for a bad pattern.
    """
    if isinstance(pattern, str) and isinstance(rewrite, str):
        return StaticRegexReplace(input, pattern, rewrite, replace_global, name=name)
    return RegexReplace(input, pattern, rewrite, replace_global, name=name)


def _match_all(input, pattern, device):
    known = compiled(pattern)
    found = each(
        lambda item: known.fullmatch(item.decode("utf-8", "surrogateescape")) is not None, input
    )
    return tensor_of(found, bool, device)


@op("string -> bool", shape=unchanged)
def StaticRegexFullMatch(input, *, device, pattern):
    """Whether all of the string matches the pattern."""
    return _match_all(input, pattern.encode(), device)


@op("string, string -> bool", shape=_with_scalars)
def RegexFullMatch(input, pattern, *, device):
    """Whether all of the string matches the pattern."""
    return _match_all(input, pattern.item(), device)


def regex_full_match(input: Any, pattern: Any, name: str | None = None) -> Tensor:
    """Whether all of each string matches the regular expression `pattern` (RE2's dialect)."""
    if isinstance(pattern, str):
        return StaticRegexFullMatch(input, pattern, name=name)
    return RegexFullMatch(input, pattern, name=name)
