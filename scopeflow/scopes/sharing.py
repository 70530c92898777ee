"""Which variables of a graph are shared, by which lines; and which were to be, but are not.

tf.AUTO_REUSE never fails: a name that two layers have in common by mistake is one variable, a name
with a slip in it a new one. The report shows both.
"""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, NamedTuple

from ..core import source as source_of
from ..core.context import get_default_graph
from ..core.graph import Graph
from ..core.graph_keys import GraphKeys
from .store import AUTO_REUSE, Request, store_of
from .tree import Place, _variables


class RequestPlace(NamedTuple):
    """A way through the program by which a variable was requested.

    `line` is the line that asked for the variable. `caller` is, of the calls that led to it, the
    innermost one that tells this way from the variable's other ways: None where `line` does.
    `reuse` is the mode of the first of the `times` requests by this way.
    """

    line: Place | None
    caller: Place | None
    reuse: Any
    times: int


class Requested(NamedTuple):
    """A variable and from where it was requested, the place that made it first."""

    name: str
    places: tuple[RequestPlace, ...]


@dataclass(frozen=True)
class SharingReport:
    """The variables of `get_variable` that are shared, and those that are not, under AUTO_REUSE.

    `shared` are the variables that were requested from more than one place, in any reuse mode.
    `requested_once` are those that were requested a single time although tf.AUTO_REUSE was set
    (without optimizer slots, which nobody shares). `str()` shows it as text, Jupyter as a table.
    """

    shared: tuple[Requested, ...]
    requested_once: tuple[Requested, ...]

    def __str__(self) -> str:
        lines = []
        for title, rows in _sections(self):
            lines.append(title)
            widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
            for row in rows:
                cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
                lines.append(("  " + "  ".join(c for c, w in zip(cells, widths) if w)).rstrip())
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        parts = []
        for title, rows in _sections(self):
            parts.append(f"<p><b>{html.escape(title)}</b></p>")
            lines = [
                "<tr>"
                + "".join(f'<td style="text-align: left">{html.escape(cell)}</td>' for cell in row)
                + "</tr>"
                for row in rows
            ]
            parts.append(f"<table>{''.join(lines)}</table>" if rows else "")
        return "".join(parts)


def sharing_report(graph: Graph | None = None) -> SharingReport:
    """Who shares the variables of `graph` (of the default graph unless given).

    >>> import scopeflow as tf
    >>> with tf.Graph().as_default(), tf.variable_scope("fc", reuse=tf.AUTO_REUSE):
    ...     for name in ("weights", "biases", "wieghts"):
    ...         v = tf.get_variable(name, [2])
    ...     v = tf.get_variable("weights", [2])
    ...     report = sharing_report()
    >>> [variable.name for variable in report.shared]
    ['fc/weights']
    >>> [variable.name for variable in report.requested_once]
    ['fc/biases', 'fc/wieghts']
    """
    if graph is None:
        graph = get_default_graph()
    if not isinstance(graph, Graph):
        raise TypeError(f"sharing_report() looks at a tf.Graph, but got {graph!r}.")
    shared, once = [], []
    slots = _slots(graph)
    for name, requests in _requests(graph).items():
        found = Requested(name, _places(requests))
        if len(found.places) > 1:
            shared.append(found)
        elif len(requests) == 1 and requests[0].reuse is AUTO_REUSE and name not in slots:
            once.append(found)
    return SharingReport(tuple(shared), tuple(once))


def _requests(graph: Graph) -> dict[str, list[Request]]:
    """All requests by the variable's name; a variable in parts is one variable."""
    store = store_of(graph)
    wholes = {
        f"{name}/part_{i}": (name, i)
        for name, whole in store.partitioned.items()
        for i in range(len(whole))
    }
    found = {}
    for key, requests in store.requests.items():
        name, part = wholes.get(key, (store.variables[key].op.name, 0))
        if part == 0:
            found[name] = list(requests)
    return found


def _slots(graph: Graph) -> set[str]:
    """The names of what stands beside a variable: not trainable, its name around the other's.

    An optimizer's slot of `net/w`, made in the scope `train`, is `train/net/w/Adam`.
    """
    trainable = {id(v) for v in graph.get_collection(GraphKeys.TRAINABLE_VARIABLES)}
    names = {op.name: id(variable) in trainable for op, variable in _variables(graph).items()}
    found = set()
    for name, is_trainable in names.items():
        parts = name.split("/")
        inner = {"/".join(parts[i:j]) for j in range(1, len(parts)) for i in range(j)}
        if not is_trainable and not inner.isdisjoint(names):
            found.add(name)
    return found


def _places(requests: list[Request]) -> tuple[RequestPlace, ...]:
    times = Counter(request.source for request in requests)
    modes = {request.source: request.reuse for request in reversed(requests)}
    return tuple(
        RequestPlace(_place(way, 0), _caller(way, times), modes[way], times[way]) for way in times
    )


def _caller(way: source_of.Source, ways: Iterable[source_of.Source]) -> Place | None:
    """The innermost frame from which on no other way is like this one."""
    same = 0  # so many frames this way has in common with that other one to which it is closest
    for other in ways:
        if other is not way and other != way:
            pairs = enumerate(zip(way, other))
            same = max(same, next((i for i, (a, b) in pairs if a != b), min(len(way), len(other))))
    return _place(way, min(same, len(way) - 1)) if same and len(way) > 1 else None


def _place(way: source_of.Source, depth: int) -> Place | None:
    if not way:
        return None
    file, line, *_ = source_of.lines((way[depth],))[0]
    return Place(file, line)


# The report as rows of text.


def _sections(report: SharingReport) -> list[tuple[str, list[tuple[str, ...]]]]:
    """Each list's title and its rows: name, line, caller, note."""
    shared: list[tuple[str, ...]] = []
    for name, places in report.shared:
        for i, place in enumerate(places):
            note = _note(place, first=i == 0)
            shared.append(("" if i else name, *_lines(place), note))
    once: list[tuple[str, ...]] = [
        (name, *_lines(places[0])) for name, places in report.requested_once
    ]
    return [
        (f"requested from more than one place: {_count(report.shared)}", shared),
        (f"requested only once, under AUTO_REUSE: {_count(report.requested_once)}", once),
    ]


def _count(variables: tuple[Requested, ...]) -> str:
    if not variables:
        return "no variable"
    return f"{len(variables)} variable{'s' if len(variables) > 1 else ''}"


def _lines(place: RequestPlace) -> tuple[str, str]:
    line = "?" if place.line is None else str(place.line)
    return line, "" if place.caller is None else f"called at {place.caller}"


def _note(place: RequestPlace, first: bool) -> str:
    mode = {AUTO_REUSE: "AUTO_REUSE", True: "reuse=True"}.get(place.reuse, "")
    times = f"{place.times} times" if place.times > 1 else ""
    return ", ".join(filter(None, ("made" if first else "shared", mode, times)))
