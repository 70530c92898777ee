"""The live line of `scopeflow run`: training steps, their speed, the loss."""

from __future__ import annotations

import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any
from weakref import WeakKeyDictionary

from .core.graph import Graph
from .core.graph_keys import GraphKeys
from .core.operation import Operation, Tensor
from .core.storage import is_storage


class Progress:
    """Counts training steps; on a terminal it shows them as they happen, in one line on stderr.

    The line is drawn by the runs themselves, at most ten times a second. There is no thread: one
    would hold locks that a forked process waits for, and write between a prompt and its answer.
    """

    def __init__(self, expected: int | None) -> None:
        self.expected = expected
        self.finished = False
        self.steps = 0
        self.began = self.ended = time.monotonic()
        self._kinds: WeakKeyDictionary[Any, dict[tuple, tuple[bool, list[int]]]] = (
            WeakKeyDictionary()
        )
        self._scalar: tuple[Tensor, Any] | None = None
        self._scalar_trained = False
        self._stream = sys.stderr
        self._live = (
            self._stream is not None
            and self._stream.isatty()
            and os.environ.get("TERM") not in ("dumb", "unknown")
        )
        self._line: Callable[[Progress], str] | None = None
        self.lock = threading.RLock()
        self._drawn_at = 0.0
        self._on_screen = False
        self._at_line_start = True
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(before=self.make_room, after_in_child=self._forked)

    def _forked(self) -> None:
        """A forked process leaves the terminal's line to its parent."""
        self.lock = threading.RLock()
        self._live = False

    def __enter__(self) -> Progress:
        if self._live:
            # Where the program prints to the terminal, the line has to make room.
            sys.stderr = _Beside(sys.stderr, self)
            if sys.stdout is not None and sys.stdout.isatty():
                sys.stdout = _Beside(sys.stdout, self)
        return self

    def __exit__(self, *exc_info: Any) -> None:
        self._finish()
        for name in ("stdout", "stderr"):
            stream = getattr(sys, name)
            if isinstance(stream, _Beside):
                setattr(sys, name, stream.stream)

    # Counting.

    def note(self, session: Any, elements: list, values: list) -> None:
        """Called after each run: count it if it trains, keep a fetched number to show."""
        kinds = self._kinds.setdefault(session, {})
        key = tuple(elements)
        kind = kinds.get(key)
        if kind is None:
            kind = kinds[key] = (trains(session.graph, elements), _maybe_scalars(elements))
        is_step, candidates = kind
        with self.lock:
            now = time.monotonic()
            if is_step:
                self.steps += 1
                self.ended = now
            elif not self.steps:
                self.began = now  # time it from the end of what came before: initialization, …
            # What comes with training steps, usually the loss, tells more than what is
            # evaluated in between.
            if is_step or not self._scalar_trained:
                for index in candidates:
                    if getattr(values[index], "ndim", None) == 0:
                        self._scalar = elements[index], values[index]
                        self._scalar_trained = is_step
                        break
            if self._live and self.steps and self._at_line_start and now - self._drawn_at >= 0.1:
                self._drawn_at = now
                self._draw()

    @property
    def count(self) -> str:
        """The number of steps, of those expected."""
        of = f"/{self.expected:,}" if self.expected else ""
        return f"{self.steps:,}{of} step{'s' * ((self.expected or self.steps) != 1)}"

    @property
    def rate(self) -> float:
        """Training steps per second."""
        return self.steps / max(self.ended - self.began, 1e-9)

    @property
    def scalar(self) -> str:
        """The number fetched last, behind its tensor's name."""
        if self._scalar is None:
            return ""
        tensor, value = self._scalar
        name = tensor.name.removesuffix(":0")
        return f"{name if len(name) <= 24 else '…' + name[-23:]} {float(value):.4g}"

    # The line on the terminal.

    def _draw(self) -> None:
        if self._line is None:
            self._line = _make_line(self._stream)
        self._write(f"\r{self._line(self)}\x1b[K")
        self._on_screen = True

    def make_room(self, text: str = "") -> None:
        """Called before `text`, or something unknown, is written to the terminal."""
        with self.lock:
            if self._on_screen:
                self._write("\r\x1b[K")
                self._on_screen = False
            if text:
                self._at_line_start = text.endswith("\n")

    def _write(self, text: str) -> None:
        try:
            self._stream.write(text)
            self._stream.flush()
        except (OSError, ValueError):  # the program closed it
            self._live = False

    def _finish(self) -> None:
        with self.lock:
            if not self.steps or self._stream is None:
                return
            if not self._live:
                seconds = self.ended - self.began
                self._write(
                    f"scopeflow: {self.count} of training in {seconds:.1f} s, "
                    f"{self.rate:.1f} steps/s\n"
                )
                return
            if not self._at_line_start:
                self._write("\n")
            self.finished = True
            self._draw()
            self._write("\n")
            self._live = False


class _Beside:
    """The program's stdout or stderr on a terminal that also shows the line."""

    def __init__(self, stream: Any, progress: Progress) -> None:
        self.stream = stream
        self._progress = progress

    def write(self, text: str) -> int:
        """Write `text` where the line was."""
        with self._progress.lock:
            self._progress.make_room(text)
            return self.stream.write(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write each."""
        for line in lines:
            self.write(line)

    def flush(self) -> None:
        """Flush. Python does so before others write to the terminal (input, a child process)."""
        self._progress.make_room()
        self.stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self.stream, name)


def _make_line(stream: Any) -> Callable[[Progress], str]:
    """A function that renders the progress as one line of the terminal."""
    from rich.console import Console
    from rich.progress import BarColumn, TextColumn
    from rich.progress import Progress as Bar
    from rich.table import Column

    console = Console(file=stream, force_terminal=True)
    texts = [
        TextColumn(" {task.fields[" + key + "]}", style, table_column=Column(no_wrap=True))
        for key, style in (("count", "bold"), ("rate", "cyan"), ("time", ""), ("scalar", "green"))
    ]
    color = "cyan"
    pulse = BarColumn(None, complete_style=color, finished_style=color, pulse_style=color)
    bar = Bar(pulse, *texts, console=console, auto_refresh=False, expand=True)
    task = bar.add_task("", count="", rate="", time="", scalar="")

    def line(progress: Progress) -> str:
        unknown = progress.steps if progress.finished else None  # None: a bar that pulses
        bar.update(
            task, completed=progress.steps, total=progress.expected or unknown,
            count=progress.count, rate=f"{progress.rate:,.1f} steps/s",
            time=timedelta(seconds=int(progress.ended - progress.began)), scalar=progress.scalar,
        )  # fmt: skip
        with console.capture() as captured:
            # One column less than there are: a line that ends at the margin may be broken there.
            console.print(bar.make_tasks_table(bar.tasks), width=min(console.width, 100) - 1)
        return captured.get().rstrip("\n")

    return line


def trains(graph: Graph, fetched: list[Any]) -> bool:
    """Whether a run of these ops and tensors is a training step.

    It is when it updates a trainable variable or the global step. Setting a variable to something
    that does not depend on it (initializing, restoring, copying from another) is no update.
    """
    watched = {
        getattr(variable, "op", None)
        for key in (GraphKeys.TRAINABLE_VARIABLES, GraphKeys.GLOBAL_STEP)
        for variable in graph.get_collection(key)
    }
    watched |= {op for op in graph.get_operations() if op.name == "global_step"}

    def updates(op: Operation) -> bool:
        arguments = op.op_def.argument_of(op.attrs)
        changed = {_storage(t) for a, t in zip(arguments, op.inputs, strict=True) if a.cell}
        changed &= watched
        if not changed or op.type in ("IsVariableInitialized", "VarIsInitializedOp"):
            return False
        setting = op.type in ("Assign", "AssignVariableOp")
        return not setting or not changed.isdisjoint(_needed([op.inputs[1].op]))

    return any(map(updates, _needed([getattr(element, "op", element) for element in fetched])))


def _storage(tensor: Tensor) -> Operation:
    """The op of the variable that a reference or a handle leads to, if it is one of a variable."""
    op = tensor.op
    while op.inputs and not is_storage(op):
        op = op.inputs[0].op
    return op


def _needed(ops: list[Operation]) -> set[Operation]:
    """The ops, and all that they depend on."""
    from .runtime.order import predecessors

    found: set[Operation] = set()
    while ops:
        op = ops.pop()
        if op not in found:
            found.add(op)
            ops += predecessors(op, set())
    return found


def _maybe_scalars(fetched: list[Any]) -> list[int]:
    """Where floating-point scalars may stand among the fetched values."""
    return [
        index
        for index, element in enumerate(fetched)
        if isinstance(element, Tensor) and element.dtype.is_floating and not element._dims
    ]
