"""Where a program's locals are used for the last time: a `del` there frees their memory."""

from __future__ import annotations

from ..core.operation import Operation
from .values import Line


def with_deletions(lines: list[Line]) -> tuple[list[str], list[Operation | None]]:
    """The program's text, and for each line its op.

    A local is deleted in the block that sets it, behind the last statement that mentions it (with
    all that is nested below); one that is also mentioned outside that block is left alone.
    """
    parents = _parents(lines)
    home: dict[str, int] = {}  # name -> the header of the block that sets it; -1: the program
    mentions: dict[str, list[int]] = {}
    for i, line in enumerate(lines):
        for name in line.writes:
            home.setdefault(name, parents[i])
        for name in (*line.writes, *line.reads):
            mentions.setdefault(name, []).append(i)
    dying: dict[int, list[str]] = {}
    for name, block in reversed(home.items()):
        places = [_place_in(block, i, parents) for i in mentions[name]]
        if None in places:
            continue
        last = max(place for place in places if place is not None)
        if not lines[last].text.startswith(("return", "break")):
            dying.setdefault(_end(lines, last), []).append(name)
    body: list[str] = []
    owners: list[Operation | None] = []
    for i, line in enumerate(lines):
        body.append("    " * line.depth + line.text)
        owners.append(line.op)
        if i in dying:
            by_depth: dict[int, list[str]] = {}
            for name in dying[i]:
                header = home[name]
                depth = 1 if header < 0 else lines[header].depth + 1
                by_depth.setdefault(depth, []).append(name)
            for depth in sorted(by_depth, reverse=True):
                body.append("    " * depth + f"del {', '.join(by_depth[depth])}")
                owners.append(None)
    return body, owners


def without_dead(lines: list[Line], wanted: set[Operation]) -> list[Line]:
    """The lines without those that compute what nobody reads, and do nothing else."""
    kept: list[Line] = []
    read: set[str] = set()
    for line in reversed(lines):
        op = line.op
        pure = op is not None and not op.op_def.has_effect and not op.op_def.stateful
        single = line.depth == 1 and " = " in line.text and bool(line.writes)
        if pure and single and op not in wanted and read.isdisjoint(line.writes):
            continue
        read.update(line.reads)
        kept.append(line)
    return kept[::-1]


def _parents(lines: list[Line]) -> list[int]:
    """For each line the header of the block that it stands in."""
    parents: list[int] = []
    open_headers: list[int] = []
    previous = 0
    for i, line in enumerate(lines):
        if i and line.depth > previous:
            open_headers.append(i - 1)
        while len(open_headers) > line.depth - 1:
            open_headers.pop()
        parents.append(open_headers[-1] if open_headers else -1)
        previous = line.depth
    return parents


def _place_in(block: int, line: int, parents: list[int]) -> int | None:
    """The statement of the block that the line belongs to; None where it stands outside."""
    while parents[line] != block:
        line = parents[line]
        if line < 0:
            return None
    return line


def _end(lines: list[Line], start: int) -> int:
    """The last line of the statement that begins (or goes on, with `else`) at `start`."""
    depth = lines[start].depth
    end = start
    while end + 1 < len(lines) and (
        lines[end + 1].depth > depth
        or (lines[end + 1].depth == depth and lines[end + 1].text.startswith("else:"))
    ):
        end += 1
    return end
