"""The part of a program that is replayed: what it computes between its input and its updates."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..core import dtypes
from .values import Line

if TYPE_CHECKING:
    from .lowering import Lowering

FEWEST = 16
"""Without a gradient, so many lines are worth a replay: it saves the Python in their kernels."""

BEGIN = "# from here …"
END = "# … to here: replayed in later runs"


class Pure(NamedTuple):
    """The part between the two marks, which changes nothing and holds all gradients.

    `given` are the locals of the lines before it that it or the lines behind it read, `results` its
    own that those behind it read; `reads` are the places of those given that it reads itself, and
    `variables` those of its variables in the program's state.
    """

    given: list[str]
    reads: list[int]
    variables: list[int]
    results: list[str]


def pure_part(lowering: Lowering) -> Pure | None:
    """Mark the pure part of the lines, if there is one that is worth a replay."""
    if lowering.device.type != "cpu" or lowering.fragile or _has_strings(lowering):
        return None
    lines = lowering.lines
    found = _span(lowering, lines)
    if found is None:
        return None
    start, end = found
    before, inside, behind = lines[:start], lines[start:end], lines[end:]
    read = [{name for line in part for name in line.reads} for part in (inside, behind)]
    given = [name for name in _written(before) if name in read[0] or name in read[1]]
    cells = {name.partition(".")[0] for name in read[0]}
    lines.insert(end, _comment(END))
    lines.insert(start, _comment(BEGIN))
    return Pure(
        given,
        [i for i, name in enumerate(given) if name in read[0]],
        [i for i, name in enumerate(lowering.cells.values()) if name in cells],
        [name for name in _written(inside) if name in read[1]],
    )


def _span(lowering: Lowering, lines: list[Line]) -> tuple[int, int] | None:
    """Where the part begins and ends."""
    spans = []
    start = 0
    for first, last in _statements(lines):
        if not all(map(_is_pure, lines[first:last])):
            spans.append((start, first))
            start = last
    gradients = [i for i, line in enumerate(lines) if line.op and line.op.type == "Gradients"]
    if not gradients:
        start, end = max(spans, key=lambda span: span[1] - span[0])
        return (start, end) if end - start >= FEWEST else None
    # What autograd follows must not reach over an end.
    recorded = [i for i, line in enumerate(lines) if _is_recorded(lowering, line)]
    needed = [*gradients, *recorded[:1]]
    for start, end in spans:
        if start <= min(needed) and max(needed) < end:
            return start, end
    return None


def _statements(lines: list[Line]) -> list[tuple[int, int]]:
    """The program's statements, each with the blocks below it."""
    starts = [
        i for i, line in enumerate(lines) if line.depth == 1 and not line.text.startswith("else:")
    ]
    return list(zip(starts, [*starts[1:], len(lines)], strict=True))


def _is_recorded(lowering: Lowering, line: Line) -> bool:
    if line.op is None:
        return " = leaf(" in line.text
    return line.op in lowering.recording.ops


def _is_pure(line: Line) -> bool:
    """Whether the line changes nothing, and its calls depend on no elements.

    It may read variables and locals alone.
    """
    if line.op is None:
        return line.depth > 1 or not line.text.startswith("return")
    op_def = line.op.op_def
    held = "held" in op_def.kernel_parameters or any(arg.held for arg in op_def.inputs)
    return op_def.local or not (op_def.has_effect or op_def.varies or held)


def _written(lines: list[Line]) -> list[str]:
    return list(dict.fromkeys(name for line in lines for name in line.writes))


def _comment(text: str) -> Line:
    return Line(1, text, None, frozenset(), ())


def _has_strings(lowering: Lowering) -> bool:
    values = [*lowering.feeds, *(op.outputs[0] for op in lowering.cells)]
    return any(tensor.dtype.base_dtype is dtypes.string for tensor in values)
