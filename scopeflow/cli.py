"""The command line: `scopeflow run SCRIPT` runs a TensorFlow 1 program as it stands."""

from __future__ import annotations

import argparse
import importlib.util
import io
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from datetime import timedelta
from types import ModuleType, TracebackType
from typing import Any
from weakref import WeakKeyDictionary

import scopeflow

from .core import source
from .core.graph import Graph
from .core.graph_keys import GraphKeys
from .core.operation import Operation, Tensor
from .core.storage import is_storage

_RUN_USAGE = """scopeflow run [options] SCRIPT [ARGS...]
       scopeflow run [options] -m MODULE [ARGS...]"""

_RUN_HELP = """Run a TensorFlow 1 program on PyTorch: `import tensorflow` in it means scopeflow.
SCRIPT and ARGS are what you would write behind `python`. While the program trains, a line on the
terminal shows how it goes. After its end, the variables of its graphs (of the last four that ran)
are shown as a tree of their scopes."""

_GRAPHS_SHOWN = 4  # a program may go through any number of them


def main(arguments: list[str] | None = None) -> int:
    """The `scopeflow` command. Returns its exit status; what a program raises passes through."""
    parser = argparse.ArgumentParser(
        prog="scopeflow", description="TensorFlow 1 programs on PyTorch.", allow_abbrev=False
    )
    parser.add_argument("--version", action="version", version=f"scopeflow {scopeflow.__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    run = commands.add_parser(
        "run", usage=_RUN_USAGE, description=_RUN_HELP, allow_abbrev=False,
        help="run a TensorFlow 1 program",
    )  # fmt: skip
    run.add_argument(
        "-m", dest="is_module", action="store_true", help="run a module, as `python -m` does"
    )
    run.add_argument(
        "--steps", type=_positive, metavar="N",
        help="how many training steps to expect: the bar then shows how many of them are done",
    )  # fmt: skip
    run.add_argument("--no-progress", action="store_true", help="do not show the training steps")
    run.add_argument("--no-tree", action="store_true", help="do not show the variables at the end")
    run.add_argument(
        "--all-variables", action="store_true",
        help="in the tree, list also the variables that are not trainable, not only their number",
    )  # fmt: skip
    run.add_argument(
        "program", metavar="SCRIPT", nargs=argparse.PARSER,
        help="the program (with -m: the module), then its own arguments",
    )  # fmt: skip
    return _run(parser.parse_args(arguments))


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, not {number}")
    return number


# Running a program as Python would.


class _CannotRun(Exception):
    """There is no such program: the message and the exit status are Python's."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


def _run(options: argparse.Namespace) -> int:
    from .alias import install_as_tensorflow

    install_as_tensorflow()
    _hide_callers()
    graphs: list[Graph] = []
    observers: list[Callable] = []
    progress = None if options.no_progress else Progress(options.steps)
    if progress is not None:
        observers.append(progress.note)
    if not options.no_tree:
        observers.append(lambda session, *_: _note_graph(graphs, session.graph))
    try:
        with _observing(observers), progress or nullcontext():
            execute(options.program, options.is_module)
    except _CannotRun as error:
        print(f"scopeflow: {error}", file=sys.stderr)
        return error.status
    except SystemExit as end:
        if end.code not in (None, 0):
            raise
    except BaseException:
        _show_as_python_would()
        raise
    show_trees(graphs, options.all_variables)
    return 0


@contextmanager
def _observing(observers: list[Callable]) -> Iterator[None]:
    """Calls the observers after each run of a session."""
    if not observers:
        yield
        return
    from .runtime.session import run_observers

    run_observers.extend(observers)
    try:
        yield
    finally:
        for observer in observers:
            run_observers.remove(observer)


def _note_graph(graphs: list[Graph], graph: Graph) -> None:
    if graph not in graphs:
        graphs.append(graph)
        del graphs[:-_GRAPHS_SHOWN]


def execute(command: list[str], is_module: bool) -> None:
    """Run the script or module `command[0]` as `__main__`, with its sys.argv and sys.path[0]."""
    program, *arguments = command
    main_module = ModuleType("__main__")
    if is_module:
        _set_path(os.getcwd())
        spec = _main_spec(program)
        code = spec.loader.get_code(spec.name)
        found = {
            "__spec__": spec, "__file__": spec.origin, "__loader__": spec.loader,
            "__package__": spec.parent, "__cached__": spec.cached,
        }  # fmt: skip
        program = spec.origin
    else:
        path = os.path.join(program, "__main__.py") if os.path.isdir(program) else program
        path = os.path.abspath(path)
        try:
            with io.open_code(path) as file:
                text = file.read()
        except OSError as error:
            reason = f"[Errno {error.errno}] {error.strerror}"
            raise _CannotRun(f"can't open file {path!r}: {reason}", 2) from None
        _set_path(os.path.dirname(os.path.realpath(path)))
        code = compile(text, path, "exec", dont_inherit=True)
        found = {"__file__": path, "__cached__": None}
    main_module.__dict__.update(found)
    sys.argv[:] = [program, *arguments]
    sys.modules["__main__"] = main_module
    exec(code, main_module.__dict__)


def _set_path(directory: str) -> None:
    """The first place to import from is the program's, not that of the scopeflow command."""
    if not getattr(sys.flags, "safe_path", False):  # python -P puts neither there
        sys.path[0] = directory


def _main_spec(name: str) -> Any:
    """The spec of the module to run; of a package that is its `__main__`."""
    try:
        spec = importlib.util.find_spec(name)
        if spec is not None and spec.submodule_search_locations is not None:
            spec = importlib.util.find_spec(f"{name}.__main__")
            if spec is None:
                raise _CannotRun(
                    f"No module named {name}.__main__; {name!r} is a package and cannot be "
                    "directly executed", 1,
                )  # fmt: skip
    except (ImportError, ValueError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise _CannotRun(
            f"Error while finding module specification for {name!r} ({reason})", 1
        ) from None
    if spec is None:
        raise _CannotRun(f"No module named {name}", 1)
    if not hasattr(spec.loader, "get_code"):
        raise _CannotRun(f"No code object available for {name}", 1)
    return spec


def _hide_callers() -> None:
    """The files that led here are not where the user's program makes its ops."""
    frame: Any = sys._getframe()
    while frame is not None:
        source._ours[frame.f_code.co_filename] = True
        frame = frame.f_back


def _show_as_python_would() -> None:
    """The traceback that Python will print begins at the program, not at this file.

    Done by the hook, for the exception goes on to Python, which sets the exit status (a program
    that Ctrl-C ends dies of that signal) and runs what waits for the end.
    """
    hook = sys.excepthook

    def shown(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        begin = trace
        while trace is not None:
            if trace.tb_frame.f_code is execute.__code__:
                begin = trace.tb_next
            trace = trace.tb_next
        hook(kind, error.with_traceback(begin), begin)

    sys.excepthook = shown


# Progress.


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


# The tree of variables.


def show_trees(graphs: list[Graph], all_variables: bool) -> None:
    """Print the variables of each graph that has some."""
    from rich.console import Console
    from rich.text import Text

    from .scopes.tree import styled, variable_tree

    trees = [tree for tree in map(variable_tree, graphs) if tree.children]
    console = Console(file=sys.stdout)
    for number, tree in enumerate(trees, 1):
        print()
        if len(trees) > 1:
            print(f"graph {number} of {len(trees)}")
        for line in styled(tree, all_variables):
            text = Text.assemble(*_printable(line))
            if console.is_terminal:  # a line too long for it is cut, not broken
                console.print(text, overflow="ellipsis", no_wrap=True, highlight=False)
            else:
                console.print(text, soft_wrap=True, highlight=False)


def _printable(line: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pieces of a line in ASCII, where stdout has no other characters."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        "".join(text for text, _ in line).encode(encoding)
    except UnicodeEncodeError:
        return [(text.translate(_ASCII), style) for text, style in line]
    return line


_ASCII = str.maketrans("├└│─×…", "|`|-x.")
