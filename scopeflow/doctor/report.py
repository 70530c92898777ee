"""What `scopeflow doctor` says of a repository."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..alias import finder
from .reading import sources
from .support import verdict
from .uses import Use, uses

_PLACES_SHOWN = 5


@dataclass
class Report:
    """The uses of TensorFlow in a repository, and which of them are supported."""

    path: str
    files: int = 0
    supported: Counter[str] = field(default_factory=Counter)
    missing: dict[tuple[str, str], list[str]] = field(default_factory=lambda: defaultdict(list))
    notes: list[tuple[str, str]] = field(default_factory=list)
    unread: int = 0

    @property
    def count(self) -> int:
        """How many uses there are."""
        return self.supported.total() + sum(map(len, self.missing.values()))

    @property
    def percent(self) -> float:
        """How many of them are supported; 100 where there are none."""
        return 100.0 * self.supported.total() / self.count if self.count else 100.0

    def as_json(self) -> str:
        """All of it, for programs."""
        data: dict[str, Any] = {
            "path": self.path,
            "files": self.files,
            "uses": self.count,
            "supported_uses": self.supported.total(),
            "percent": round(self.percent, 2),
            "supported": dict(sorted(self.supported.items())),
            "missing": [
                {"symbol": symbol, "reason": reason, "places": places}
                for (symbol, reason), places in self._ordered()
            ],
            "notes": [{"place": place, "note": note} for place, note in self.notes],
        }
        return json.dumps(data, indent=2)

    def _ordered(self) -> list[tuple[tuple[str, str], list[str]]]:
        return sorted(self.missing.items(), key=lambda item: (-len(item[1]), item[0]))

    def as_text(self) -> str:
        """The same for readers."""
        lines = []
        for (symbol, reason), places in self._ordered():
            times = f", {len(places)} times" if len(places) > 1 else ""
            lines.append(f"{symbol}{times}: {reason}")
            lines += [f"    {place}" for place in places[:_PLACES_SHOWN]]
            if len(places) > _PLACES_SHOWN:
                lines.append(f"    and {len(places) - _PLACES_SHOWN} more")
        for place, note in self.notes:
            lines.append(f"{place}: {note}")
        if lines:
            lines.append("")
        names = len(self.supported) + len(self.missing)
        if not self.count:
            lines.append(f"{self.path}: no use of TensorFlow in {self.files} files")
        else:
            lines.append(
                f"{self.path}: {_floor(self.percent)} % of {self.count} uses of {names} names in "
                f"{self.files} files are supported"
            )
        return "\n".join(lines)


def _floor(percent: float) -> str:
    """One digit, rounded down: 100.0 means all."""
    return f"{int(percent * 10) / 10:.1f}"


def examine(path: Path) -> Report:
    """Read a file or all below a folder."""
    report = Report(str(path))
    seen: set[str] = set()
    found: list[Use] = []
    for source in sources(path):
        seen.add(source.place.partition(" cell ")[0])
        if source.note:
            report.notes.append((source.place, source.note))
        if source.tree is None:
            report.unread += 1
            continue
        found += uses(source.tree, source.place, _names_of)
    report.files = len(seen)
    # What the program itself adds to TensorFlow's modules, such as keys of its collections.
    own = {use.symbol for use in found if use.sets and verdict(use.symbol, ()).reason}
    for use in found:
        if use.symbol in own:
            continue
        told = verdict(use.symbol, use.keywords)
        if told.reason:
            report.missing[told].append(f"{use.place}:{use.line}")
        else:
            report.supported[told.symbol] += 1
    return report


def _names_of(module: str) -> Iterable[str]:
    """What `from module import *` brings."""
    path = finder.path_of(module)
    found: set[str] = set()
    for place in (finder.places_of(path) if path is not None else None) or ():
        space = finder.resolve(place)
        found |= set(getattr(space, "__all__", None) or dir(space or ()))
    return {name for name in found if not name.startswith("_")}
