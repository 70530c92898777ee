"""The command line: `scopeflow run SCRIPT` runs a TensorFlow 1 program as it stands."""

from __future__ import annotations

import argparse
import importlib.util
import io
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from types import ModuleType, TracebackType
from typing import Any

import scopeflow

from .core import source
from .core.graph import Graph
from .progress import Progress

_RUN_USAGE = """scopeflow run [options] SCRIPT [ARGS...]
       scopeflow run [options] -m MODULE [ARGS...]"""

_RUN_HELP = """Run a TensorFlow 1 program on PyTorch: `import tensorflow` in it means scopeflow.
SCRIPT and ARGS are what you would write behind `python`. While the program trains, a line on the
terminal shows how it goes. After its end, the variables of its graphs (of the last four that ran)
are shown as a tree of their scopes."""

_INSPECT_HELP = """Show the variables in a TensorFlow checkpoint as a tree of their scopes."""

_CONVERT_HELP = """Write the variables of a checkpoint as a safetensors or npz file, or those of
such a file as a checkpoint. Names, shapes, dtypes and values stay what they are. With --module,
what is written as a safetensors or npz file is the state dict of a PyTorch module."""

_DOCTOR_HELP = """Read a program, without running it, and report which of TensorFlow's names and
keyword arguments it uses that scopeflow does not support, where it does, and what to do. The exit
status is 0 if all (or enough) uses are supported, 1 if not, 2 if there is nothing to read."""

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
    run.add_argument(
        "--data-parallel", action="store_true",
        help="under torchrun: optimizers of tf.train apply the mean of the gradients of all "
        "processes, which begin with the same values; each must read its own part of the data",
    )  # fmt: skip
    run.add_argument("--no-progress", action="store_true", help="do not show the training steps")
    run.add_argument("--no-tree", action="store_true", help="do not show the variables at the end")
    run.add_argument(
        "--all-variables", action="store_true",
        help="in the tree, list also the variables that are not trainable, not only their number",
    )  # fmt: skip
    run.add_argument(
        "--sharing", action="store_true",
        help="after the tree, list the variables that were requested from more than one place, "
        "and those requested only once although under tf.AUTO_REUSE",
    )  # fmt: skip
    run.add_argument(
        "--no-old-names", action="store_true",
        help="do not give the program back the names that Python, NumPy, SciPy and Pillow have "
        "removed since TensorFlow 1's time, such as np.float",
    )  # fmt: skip
    run.add_argument(
        "--allow-pickle", action="store_true",
        help="let the program's np.load read objects, as before NumPy 1.16.3: such files can run "
        "code, so only where you trust them",
    )  # fmt: skip
    run.add_argument(
        "program", metavar="SCRIPT", nargs=argparse.PARSER,
        help="the program (with -m: the module), then its own arguments",
    )  # fmt: skip
    run.set_defaults(action=_run)
    inspect = commands.add_parser(
        "inspect", description=_INSPECT_HELP, allow_abbrev=False,
        help="show what is in a checkpoint",
    )  # fmt: skip
    inspect.add_argument(
        "--values", action="store_true",
        help="read and check all values, and show their minimum, mean, maximum and deviation",
    )  # fmt: skip
    inspect.add_argument(
        "checkpoint", metavar="CKPT",
        help="its name (as Saver.save returned it), its .index file, or a directory with a file "
        "`checkpoint`, which names the newest one in it",
    )  # fmt: skip
    inspect.set_defaults(action=_inspect)
    convert = commands.add_parser(
        "convert", description=_CONVERT_HELP, allow_abbrev=False,
        help="convert a checkpoint to safetensors or npz, or back",
    )  # fmt: skip
    convert.add_argument(
        "--module", metavar="FILE.py:FUNCTION",
        help="convert the variables of this function alone (or of this module): in a safetensors "
        "or npz file they have the keys of its state_dict, in a checkpoint their own names",
    )  # fmt: skip
    convert.add_argument(
        "--input", action="append", default=[], metavar="DTYPE[SHAPE]",
        help="an input of that function, such as 'float32[?,28,28,1]'; once for each, in order",
    )  # fmt: skip
    convert.add_argument(
        "source", metavar="SOURCE",
        help="a checkpoint (as for inspect), or a file that ends in .safetensors or .npz",
    )  # fmt: skip
    convert.add_argument(
        "target", metavar="OUT",
        help="a name that ends in .safetensors or .npz; any other is that of a checkpoint",
    )  # fmt: skip
    convert.set_defaults(action=_convert)
    doctor = commands.add_parser(
        "doctor", description=_DOCTOR_HELP, allow_abbrev=False,
        help="say what of a program scopeflow supports",
    )  # fmt: skip
    doctor.add_argument("--json", action="store_true", help="say it as JSON")
    doctor.add_argument(
        "--at-least", type=float, default=100.0, metavar="PERCENT",
        help="the exit status is 0 if so many of the uses are supported (default: 100)",
    )  # fmt: skip
    doctor.add_argument(
        "path", metavar="PATH", help="a Python file, a notebook, or a folder with some"
    )
    doctor.set_defaults(action=_doctor)
    options = parser.parse_args(arguments)
    return options.action(options)


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
    from .alias.children import begin

    if options.allow_pickle:
        os.environ["SCOPEFLOW_ALLOW_PICKLE"] = "1"
    begin(old_names=not options.no_old_names)
    if options.data_parallel:
        from .alias.data_parallel import begin as begin_together

        begin_together()
    _hide_callers()
    if os.environ.get("RANK", "0") != "0":  # of torchrun's processes the first one tells
        options.no_progress = options.no_tree = True
        options.sharing = False
    graphs: list[Graph] = []
    observers: list[Callable] = []
    progress = None if options.no_progress else Progress(options.steps)
    if progress is not None:
        observers.append(progress.note)
    if not options.no_tree or options.sharing:
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
    if not options.no_tree:
        show_trees(graphs, options.all_variables)
    if options.sharing:
        show_sharing(graphs)
    return 0


@contextmanager
def _observing(observers: list[Callable]) -> Iterator[None]:
    """Calls the observers after each run of a session."""
    if not observers:
        yield
        return
    from .core.context import run_observers

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
        source.hide(frame.f_code.co_filename)
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


# The tree of variables.


def show_trees(graphs: list[Graph], all_variables: bool) -> None:
    """Print the variables of each graph that has some."""
    from .scopes.tree import styled, variable_tree

    trees = [tree for tree in map(variable_tree, graphs) if tree.children]
    for number, tree in enumerate(trees, 1):
        print()
        if len(trees) > 1:
            print(f"graph {number} of {len(trees)}")
        _show_lines(styled(tree, all_variables))


def _show_lines(lines: list[list[tuple[str, str]]]) -> None:
    from rich.console import Console
    from rich.text import Text

    console = Console(file=sys.stdout)
    for line in lines:
        text = Text.assemble(*_printable(line))
        if console.is_terminal:  # a line too long for it is cut, not broken
            console.print(text, overflow="ellipsis", no_wrap=True, highlight=False)
        else:
            console.print(text, soft_wrap=True, highlight=False)


def show_sharing(graphs: list[Graph]) -> None:
    """Print the sharing report of each graph that has variables."""
    from .scopes.sharing import sharing_report
    from .scopes.tree import variable_tree

    graphs = [graph for graph in graphs if variable_tree(graph).children]
    for number, graph in enumerate(graphs, 1):
        print()
        if len(graphs) > 1:
            print(f"graph {number} of {len(graphs)}")
        print(sharing_report(graph))


# Reading a program.


def _doctor(options: argparse.Namespace) -> int:
    from pathlib import Path

    from .doctor.report import examine

    path = Path(options.path)
    report = examine(path) if path.exists() else None
    if report is None or not report.files:
        what = "does not exist" if report is None else "has no Python files"
        print(f"scopeflow: {options.path} {what}", file=sys.stderr)
        return 2
    print(report.as_json() if options.json else report.as_text())
    return 0 if report.percent >= options.at_least and not report.unread else 1


# Looking into a checkpoint.


def _inspect(options: argparse.Namespace) -> int:
    from .checkpoint.inspection import checkpoint_tree, printable
    from .checkpoint.reader import open_checkpoint
    from .checkpoint.state import checkpoint_of
    from .core.errors import OpError
    from .scopes.tree import styled

    problem = None
    try:
        reader = open_checkpoint(checkpoint_of(options.checkpoint))
        tree, heading = checkpoint_tree(reader, options.values)
        problem = reader.missing_data()
    except OpError as error:
        problem = str(error)
    else:
        title = [(printable(reader.prefix), "bold")]
        _show_lines([title, *styled(tree, sizes=True, note=heading)])
    if problem is None:
        return 0
    lines = [line.rstrip(".") for line in problem.splitlines()]
    print(f"scopeflow: {printable('. '.join(lines))}", file=sys.stderr)
    return 1


def _convert(options: argparse.Namespace) -> int:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    from .checkpoint.convert import convert, read_items
    from .checkpoint.inspection import printable
    from .core.errors import OpError
    from .scopes.tree import human

    console = Console(stderr=True)
    columns = TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn()
    bar = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
    try:
        items = read_items(options.source)
        left: list[str] = []
        if options.module:
            items, left = _of_module(items, options)
        size = sum(item.bytes for item in items)
        with bar:
            task = bar.add_task(printable(os.path.basename(options.target)), total=size)
            convert(items, options.target, lambda count: bar.advance(task, count))
    except (OpError, _BadModule) as error:
        lines = [line.rstrip(".") for line in str(error).splitlines()]
        print(f"scopeflow: {printable('. '.join(lines))}", file=sys.stderr)
        return 1
    print(f"{printable(options.target)}: {len(items)} variables, {human(size)}")
    if left:
        print(f"not in the module: {printable(', '.join(left))}")
    return 0


class _BadModule(Exception):
    """The module that was asked for is not there."""


def _of_module(items: list[Any], options: argparse.Namespace) -> tuple[list[Any], list[str]]:
    """The module's variables among these, and the names of the others."""
    from .alias.children import begin
    from .runtime.module_files import input_spec, module_of, renamed

    begin()
    try:
        module = module_of(options.module, [input_spec(text) for text in options.input])
    except (ValueError, TypeError) as error:
        raise _BadModule(str(error)) from error
    return renamed(items, module, options.target.endswith((".safetensors", ".npz")))


def _printable(line: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The pieces of a line in characters that stdout has."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        "".join(text for text, _ in line).encode(encoding)
    except UnicodeEncodeError:
        line = [(text.translate(_ASCII), style) for text, style in line]
        return [
            (text.encode(encoding, "backslashreplace").decode(encoding), style)
            for text, style in line
        ]
    return line


_ASCII = str.maketrans("├└│─×…", "|`|-x.")
