"""The variables of a graph as a tree of their scopes: what is where, how large, shared by whom."""

from __future__ import annotations

import html
import math
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from ..core import source as source_of
from ..core.context import get_default_graph
from ..core.graph import Graph
from ..core.graph_keys import GraphKeys
from ..core.operation import Operation
from .store import store_of
from .variable import Variable


class Place(NamedTuple):
    """A line of the user's program."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{os.path.basename(self.file)}:{self.line}"


@dataclass(frozen=True)
class VariableInfo:
    """What the tree says of one variable. Sizes are None where the shape is not fully known.

    `places` has one line for each distinct way through the program by which `get_variable` gave the
    variable out: of the calls that led there, the innermost one in which the ways differ.
    `trainable` is None where nobody knows: in a checkpoint. `note` is what else there is to say.
    """

    shape: tuple[int | None, ...] | None
    dtype: str
    parameters: int | None
    bytes: int | None
    trainable: bool | None
    made_at: Place | None
    places: tuple[Place, ...]
    note: str = ""


class Total(NamedTuple):
    """Sums over variables; those whose shape is not fully known add nothing to the sizes."""

    variables: int
    parameters: int
    bytes: int


@dataclass
class VariableTree:
    """A scope or a variable, and what lies below it (below a variable: its optimizer slots).

    `str()` shows it as text, Jupyter as a table. `tree["conv1/weights"]` is the node of that name.
    """

    name: str = ""
    variable: VariableInfo | None = None
    children: dict[str, VariableTree] = field(default_factory=dict)

    def __getitem__(self, path: str) -> VariableTree:
        node = self
        for part in path.split("/"):
            node = node.children[part]
        return node

    def variables(self) -> Iterator[tuple[VariableTree, VariableInfo]]:
        """This node, if it is a variable, and all variables below it."""
        if self.variable is not None:
            yield self, self.variable
        for child in self.children.values():
            yield from child.variables()

    def total(self, trainable: bool | None = None) -> Total:
        """The sums over `variables()`, or over the trainable (not trainable) ones of them."""
        return _total(v for _, v in self.variables() if trainable in (None, v.trainable))

    def __str__(self) -> str:
        rows = rows_of(self)
        lines = ["  ".join(cells).rstrip() for cells in aligned(rows, Row._fields[2:])]
        return "\n".join([*lines, summary(self)])

    def _repr_html_(self) -> str:
        lines = []
        for row in rows_of(self):
            tag = "th" if row.kind in ("heading", "scope") else "td"
            cells = [f'<{tag} style="text-align: left; white-space: pre">{html.escape(row.name)}']
            for column in Row._fields[3:]:
                side = "right" if column in _TO_THE_RIGHT else "left"
                cells.append(
                    f'<{tag} style="text-align: {side}">{html.escape(getattr(row, column))}'
                )
            lines.append("<tr>" + "".join(f"{cell}</{tag}>" for cell in cells) + "</tr>")
        return f"<table>{''.join(lines)}</table><p>{html.escape(summary(self))}</p>"


def _total(variables: Iterable[VariableInfo]) -> Total:
    each = list(variables)
    return Total(len(each), sum(v.parameters or 0 for v in each), sum(v.bytes or 0 for v in each))


def variable_tree(graph: Graph | None = None) -> VariableTree:
    """The tree of the variables of `graph` (of the default graph unless given).

    >>> import scopeflow as tf
    >>> with tf.Graph().as_default(), tf.variable_scope("fc"):
    ...     w = tf.get_variable("weights", [2, 3])
    ...     tree = variable_tree()
    >>> tree["fc"].total().parameters
    6
    """
    if graph is None:
        graph = get_default_graph()
    if not isinstance(graph, Graph):
        raise TypeError(f"variable_tree() shows a tf.Graph, but got {graph!r}.")
    requests = store_of(graph).requests
    trainable = {id(v) for v in graph.get_collection(GraphKeys.TRAINABLE_VARIABLES)}
    root = VariableTree()
    for op, variable in _variables(graph).items():
        node = root
        for part in op.name.split("/"):
            node = node.children.setdefault(part, VariableTree(part))
        ways = [request.source for request in requests.get(op.name, ())]
        ways = ways or [variable.source]
        node.variable = _info(variable, id(variable) in trainable, ways)
    return root


def _variables(graph: Graph) -> dict[Operation, Variable]:
    """All variables that the graph's collections and its store know, in the order of making."""
    keys = GraphKeys.GLOBAL_VARIABLES, GraphKeys.LOCAL_VARIABLES, GraphKeys.TRAINABLE_VARIABLES
    known = [v for key in keys for v in graph.get_collection(key)]
    known += store_of(graph).variables.values()
    found = {v.op: v for v in known if isinstance(v, Variable)}
    return dict(sorted(found.items(), key=lambda item: item[0].id))


def _info(variable: Variable, trainable: bool, ways: list[source_of.Source]) -> VariableInfo:
    dtype = variable.dtype.base_dtype
    dims = variable.shape._dims
    known = None if dims is None else [d for d in dims if d is not None]
    count = math.prod(known) if known is not None and len(known) == len(dims or ()) else None
    return VariableInfo(
        shape=dims, dtype=dtype.name, parameters=count,
        bytes=None if count is None or dtype.name == "string" else count * dtype.size,
        trainable=trainable, made_at=_place(variable.source, 0), places=_places(ways),
    )  # fmt: skip


def _places(ways: list[source_of.Source]) -> tuple[Place, ...]:
    distinct = list(dict.fromkeys(ways))
    depth = 0
    if len(distinct) > 1:
        while len({way[depth : depth + 1] for way in distinct}) == 1:
            depth += 1
    found = [_place(way, depth) for way in distinct]
    return tuple(place for place in found if place is not None)


def _place(way: source_of.Source, depth: int) -> Place | None:
    """The frame at `depth`, or the outermost one where there are fewer."""
    if not way:
        return None
    frame = way[min(depth, len(way) - 1)]
    file, line, *_ = source_of.lines((frame,))[0]
    return Place(file, line)


# The tree as lines of a table, for whoever shows it.


class Row(NamedTuple):
    """One line. `name` begins with `guide`, the lines that join it to its scope."""

    kind: str  # heading, scope, trainable, other (not trainable) or hidden (a count of others)
    guide: str
    name: str
    shape: str = ""
    dtype: str = ""
    parameters: str = ""
    size: str = ""
    made_at: str = ""
    note: str = ""


HEADING = Row("heading", "", "variables", "shape", "dtype", "parameters", "size", "made at")
_TO_THE_RIGHT = ("shape", "parameters", "size")


def rows_of(tree: VariableTree, all_variables: bool = True) -> list[Row]:
    """The lines of the tree, the heading first.

    Without `all_variables`, the variables that are not trainable appear as their number only, once
    for each outermost scope, and a scope's sums are those of its trainable variables.
    """
    rows = [HEADING]
    _add_below(rows, tree, "", 0, all_variables)
    return rows


def _add_below(
    rows: list[Row], node: VariableTree, guide: str, depth: int, all_variables: bool
) -> None:
    if all_variables:
        shown, hidden = list(node.children.values()), []
    else:
        shown = [
            child for child in node.children.values()
            if child.total(trainable=True).variables
            or (depth == 0 and child.variable is None)
        ]  # fmt: skip
        hidden = _hidden(node, depth)
    for child in shown:
        last = child is shown[-1] and not hidden
        first, rest = ("", "") if depth == 0 else ("└─ ", "   ") if last else ("├─ ", "│  ")
        rows.append(_row(child, guide + first, all_variables))
        _add_below(rows, child, guide + rest, depth + 1, all_variables)
    if hidden:
        guide += "└─ " if depth else ""
        total = _total(other.variable for other in hidden if other.variable is not None)
        names = list(dict.fromkeys(other.name for other in hidden))
        note = ", ".join(names[:2]) + (", …" if len(names) > 2 else "")
        row = Row("hidden", guide, f"{guide}{total.variables} not trainable", note=note)
        rows.append(row._replace(parameters=f"{total.parameters:,}", size=human(total.bytes)))


def _hidden(node: VariableTree, depth: int) -> list[VariableTree]:
    """The variables that a collapsed tree counts at this node instead of showing them.

    An outermost scope counts all below it, the root what lies in no scope.
    """
    if depth > 1 or (depth == 1 and node.variable is not None):
        return []
    below = [c for c in node.children.values() if depth == 1 or c.variable is not None]
    return [n for c in below for n, info in c.variables() if not info.trainable]


def _row(node: VariableTree, guide: str, all_variables: bool) -> Row:
    info = node.variable
    if info is None:
        total = node.total(None if all_variables else True)
        if not total.variables:
            return Row("scope", guide, guide + node.name)
        sizes = {"parameters": f"{total.parameters:,}", "size": human(total.bytes)}
        return Row("scope", guide, guide + node.name, **sizes)
    notes = [info.note] if info.note else []
    if info.trainable is False:
        notes.append("not trainable")
    if len(info.places) > 1:
        where = f": {', '.join(map(str, info.places))}" if all_variables else ""
        notes.append(f"shared by {len(info.places)} places{where}")
    return Row(
        "other" if info.trainable is False else "trainable", guide, guide + node.name,
        _shape_text(info.shape), info.dtype,
        "?" if info.parameters is None else f"{info.parameters:,}",
        "?" if info.bytes is None else human(info.bytes),
        str(info.made_at or ""), ", ".join(notes),
    )  # fmt: skip


def _shape_text(shape: tuple[int | None, ...] | None) -> str:
    if shape is None:
        return "?"
    return "×".join("?" if size is None else str(size) for size in shape) or "scalar"


def human(size: int) -> str:
    """A number of bytes with a unit.

    >>> human(5), human(2048), human(5 * 2**20)
    ('5 B', '2.0 KiB', '5.0 MiB')
    """
    if size < 1024:
        return f"{size} B"
    power = min((size.bit_length() - 1) // 10, 4)
    return f"{size / 1024**power:.1f} {('KiB', 'MiB', 'GiB', 'TiB')[power - 1]}"


def aligned(rows: Sequence[Row], columns: Sequence[str]) -> list[list[str]]:
    """The rows' cells of these columns, padded to equal widths."""
    widths = {key: max(len(getattr(row, key)) for row in rows) for key in columns}
    return [
        [
            getattr(row, key).rjust(widths[key])
            if key in _TO_THE_RIGHT
            else getattr(row, key).ljust(widths[key])
            for key in columns
        ]
        for row in rows
    ]


_STYLES = {"heading": "bold dim", "scope": "bold", "other": "dim", "hidden": "dim"}


def styled(
    tree: VariableTree, all_variables: bool = True, sizes: bool = False, note: str = ""
) -> list[list[tuple[str, str]]]:
    """The lines of the tree for a terminal, in pieces of (text, rich's name of its style).

    With `sizes`, it says how many bytes each has. `note` is the heading of the notes.
    """
    rows = rows_of(tree, all_variables)
    rows[0] = rows[0]._replace(note=note)
    keys = ["name", "shape", "dtype", "parameters", "size", "note"]
    if not sizes:
        keys.remove("size")
    columns = aligned(rows, keys)
    lines = []
    for row, cells in zip(rows, columns, strict=True):
        style = _STYLES.get(row.kind, "")
        name, *middle, note = cells
        line = [(row.guide, "dim"), (name[len(row.guide) :], style)]
        line += [("  " + cell, "dim" if row.kind == "scope" else style) for cell in middle]
        line.append(("  " + note, "cyan" if row.kind == "trainable" else "dim"))
        while not line[-1][0].strip():
            line.pop()
        text, style = line.pop()
        lines.append([*line, (text.rstrip(), style)])
    return [*lines, [(summary(tree), "bold")]]


def summary(tree: VariableTree) -> str:
    """The total line.

    >>> summary(VariableTree())
    'no variables'
    """
    if not tree.total().variables:
        return "no variables"
    if any(info.trainable is None for _, info in tree.variables()):
        count, parameters, size = tree.total()
        variables = "1 variable" if count == 1 else f"{count:,} variables"
        return f"total: {variables}, {parameters:,} parameters ({human(size)})"
    _, parameters, size = tree.total(trainable=True)
    text = f"total: {parameters:,} parameters trainable ({human(size)})"
    _, parameters, size = tree.total(trainable=False)
    return text + (f", {parameters:,} not ({human(size)})" if parameters else "")
