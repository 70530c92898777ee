"""`scopeflow run` runs a program as `python` would, counts its training steps, shows its variables.

Each test runs the command in a process of its own.
"""

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

import scopeflow

ROOT = Path(__file__).resolve().parent.parent
COMMAND = [sys.executable, "-W", "error", "-m", "scopeflow"]
QUIET = ["--no-progress", "--no-tree"]
ENVIRONMENT = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")])),
    "PYTHONIOENCODING": "utf-8",
}

TRAINS = """
    import sys
    import tensorflow as tf

    with tf.variable_scope("model"):
        with tf.variable_scope("fc"):
            w = tf.get_variable("weights", [2, 3], initializer=tf.constant_initializer(1.0))
            tf.get_variable("mean", [3], trainable=False)
    step = tf.Variable(0, trainable=False, name="global_step")
    train = w.assign_add(tf.ones([2, 3]))
    loss = tf.reduce_sum(w, name="loss")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run([train, loss])
            print("a line")
        session.run(loss)
"""


def run(*arguments, cwd=ROOT, **environment):
    """The finished process of `scopeflow ARGUMENTS`."""
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        cwd=cwd,
        env={**ENVIRONMENT, **environment},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
    )


@pytest.fixture
def program(tmp_path):
    """A function that writes a program and returns its path."""

    def write(text, name="program.py"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
        return path

    return write


# The program runs as under Python.


def test_version():
    assert run("--version").stdout == f"scopeflow {scopeflow.__version__}\n"


def test_without_a_command_the_usage_is_shown():
    process = run()
    assert process.returncode == 2
    assert "usage: scopeflow" in process.stderr


SHOWS_ITSELF = """
    import sys
    print(__name__, __file__, sys.modules["__main__"].__dict__ is globals())
    print(__package__, __spec__ and __spec__.name)
    print(sys.argv)
    print(sys.path[0])
"""


@pytest.mark.parametrize("arguments", [[], ["a", "--no-tree", "-m", "--", "-h"], ["--", "x"]])
def test_a_script_sees_what_python_shows_it(program, tmp_path, arguments):
    path = program(SHOWS_ITSELF)
    wanted = subprocess.run(
        [sys.executable, path.name, *arguments], cwd=tmp_path, capture_output=True, encoding="utf-8"
    )
    process = run("run", *QUIET, path.name, *arguments, cwd=tmp_path)
    assert process.stderr == ""
    assert process.stdout == wanted.stdout


def test_a_script_imports_from_its_own_directory(program, tmp_path):
    program("name = 'from beside'", "code/beside.py")
    path = program("import beside\nprint(beside.name)", "code/main.py")
    assert run("run", *QUIET, path).stdout == "from beside\n"


@pytest.mark.parametrize("name", ["package.tool", "package"])
def test_a_module_sees_what_python_shows_it(program, tmp_path, name):
    program("", "package/__init__.py")
    program(SHOWS_ITSELF, "package/tool.py")
    program(SHOWS_ITSELF, "package/__main__.py")
    wanted = subprocess.run(
        [sys.executable, "-m", name, "--steps", "x"],
        cwd=tmp_path,
        capture_output=True,
        encoding="utf-8",
    )
    process = run("run", *QUIET, "-m", name, "--steps", "x", cwd=tmp_path)
    assert process.stderr == ""
    assert process.stdout == wanted.stdout


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        (["missing.py"], 2, r"can't open file '.*missing\.py': \[Errno 2\] No such file"),
        (["-m", "missing_module"], 1, "No module named missing_module"),
        (["-m", "missing.module"], 1, "Error while finding module specification"),
        (["-m", "package"], 1, "No module named package.__main__; 'package' is a package"),
    ],
)
def test_a_program_that_is_not_there(program, tmp_path, arguments, status, text):
    program("", "package/__init__.py")
    process = run("run", *QUIET, *arguments, cwd=tmp_path)
    assert process.returncode == status
    assert re.match(f"scopeflow: {text}", process.stderr)
    assert process.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("end", "status", "said"),
    [
        ("sys.exit()", 0, ""),
        ("sys.exit(0)", 0, ""),
        ("sys.exit(3)", 3, ""),
        ("sys.exit('the reason')", 1, "the reason\n"),
    ],
)
def test_exit_status(program, end, status, said):
    process = run("run", *QUIET, program(f"import sys\n{end}"))
    assert (process.returncode, process.stderr) == (status, said)


@pytest.mark.parametrize(
    "text",
    [
        "def f():\n    raise ValueError('wrong')\n\nf()\n",
        "x = (1,\n",
        "import missing_module\n",
        "import sys\nsys.excepthook = lambda kind, *_: print('mine:', kind.__name__)\n1 / 0\n",
    ],
    ids=["in a function", "syntax", "import", "own hook"],
)
def test_an_exception_looks_as_under_python(program, text):
    path = program(text)
    wanted = subprocess.run([sys.executable, path], capture_output=True, encoding="utf-8")
    process = run("run", *QUIET, path)
    assert process.returncode == wanted.returncode == 1
    assert process.stderr == wanted.stderr
    assert process.stdout == wanted.stdout


@pytest.mark.skipif(os.name != "posix", reason="asks for POSIX signals")
def test_an_interrupted_program_dies_of_the_signal(program):
    path = program("import os, signal\nos.kill(os.getpid(), signal.SIGINT)\n")
    process = run("run", *QUIET, path)
    assert process.returncode == -signal.SIGINT
    assert process.stderr.endswith("KeyboardInterrupt\n")
    assert "cli.py" not in process.stderr


def test_ops_know_the_programs_lines_alone(program):
    path = program(
        """
        import tensorflow as tf

        def make():
            return tf.constant(1.0)

        for file, line, function, text in make().op.traceback:
            print(file, line, function)
        """
    )
    process = run("run", *QUIET, path)
    assert process.stdout == f"{path} 7 <module>\n{path} 5 make\n"


# Progress.


def test_training_steps_are_counted_in_one_line_where_there_is_no_terminal(program):
    process = run("run", "--no-tree", program(TRAINS))
    assert process.stdout == "a line\n" * 3
    assert re.fullmatch(
        r"scopeflow: 3 steps of training in \d+\.\d s, [\d,]+\.\d steps/s\n", process.stderr
    )


@pytest.mark.parametrize(
    ("fetched", "trains"),
    [
        ("w.assign_add(1.0)", True),
        ("w.assign(w - 0.1)", True),
        ("tf.group(tf.cond(flag, lambda: w.assign_add(1.0), lambda: w.read_value()))", True),
        ("global_step.assign_add(1)", True),
        ("tf.cond(flag, lambda: w.assign(w * 2.0), lambda: w.read_value())", True),
        ("r.assign_add(1.0)", True),
        ("r.assign(r + 1.0)", True),
        ("tf.train.GradientDescentOptimizer(0.1).minimize(w * w)", True),
        ("tf.group(v.initializer, w.initializer, r.initializer)", False),
        ("tf.cond(flag, lambda: w.assign(v), lambda: w.read_value())", False),
        ("r.assign(w)", False),
        ("w.assign(v + 1.0)", False),
        ("v.assign_add(1.0)", False),
        ("w + v", False),
        ("tf.is_variable_initialized(w)", False),
    ],
)
def test_what_counts_as_training(fetched, trains):
    from scopeflow.progress import trains as counts_as_training

    tf = scopeflow
    with tf.Graph().as_default() as graph:
        names = {
            "tf": tf,
            "w": tf.get_variable("w", []),
            "r": tf.get_variable("r", [], use_resource=True),
            "v": tf.get_variable("v", [], trainable=False),
            "flag": tf.placeholder(tf.bool, []),
            "global_step": tf.Variable(0, trainable=False, name="global_step"),
        }
        element = graph.as_graph_element(eval(fetched, names))
        assert counts_as_training(graph, [element]) is trains


def test_a_program_that_does_not_train_gets_no_line(program):
    path = program(
        """
        import tensorflow as tf
        with tf.Session() as session:
            print(session.run(tf.constant(1.5)))
        """
    )
    process = run("run", path)
    assert (process.stdout, process.stderr) == ("1.5\n", "")


@pytest.mark.skipif(os.name != "posix", reason="asks for a pseudo-terminal")
@pytest.mark.parametrize(
    ("options", "shown"), [([], " 3 steps "), (["--steps", "4"], " 3/4 steps ")]
)
def test_on_a_terminal_a_line_shows_steps_and_loss(program, options, shown):
    import pty

    outer, inner = pty.openpty()
    process = subprocess.Popen(
        [*COMMAND, "run", "--no-tree", *options, str(program(TRAINS))],
        env={**ENVIRONMENT, "TERM": "xterm", "COLUMNS": "80"},
        stdin=subprocess.DEVNULL,
        stdout=inner,
        stderr=inner,
    )
    os.close(inner)
    written = b""
    while True:
        try:
            part = os.read(outer, 10_000)
        except OSError:  # how Linux tells that the other side is closed
            break
        if not part:
            break
        written += part
    os.close(outer)
    assert process.wait(timeout=120) == 0
    lines = _screen(written.decode())
    assert lines[:3] == ["a line"] * 3  # the program's own lines are whole
    assert shown in lines[3]
    assert "steps/s" in lines[3]
    assert lines[3].endswith("loss 24")
    assert len(lines[3]) < 80
    assert lines[4:] == []


def _screen(written):
    """The lines that are left on a terminal: \\r goes to a line's start, ESC [K clears its rest."""
    lines = []
    for line in written.split("\r\n"):
        line = re.sub(r"\x1b\[[\d;]*m", "", line)
        shown = ""
        for part in line.split("\r"):
            text, *cleared = part.split("\x1b[K")
            shown = text + ("" if cleared else shown[len(text) :]) + "".join(cleared)
        lines.append(shown.rstrip())
    while lines and not lines[-1]:
        lines.pop()
    return lines


# The tree.


def test_the_tree_follows_what_the_program_printed(program):
    process = run("run", "--no-progress", program(TRAINS))
    assert process.stdout == "a line\n" * 3 + dedent(
        """
        variables           shape  dtype    parameters
        model                                        6
        ├─ fc                                        6
        │  └─ weights         2×3  float32           6
        └─ 1 not trainable                           3  mean
        1 not trainable                              1  global_step
        total: 6 parameters trainable (24 B), 4 not (16 B)
        """
    )
    assert process.stderr == ""


def test_the_tree_with_all_variables_in_ascii(program):
    process = run(
        "run", "--no-progress", "--all-variables", program(TRAINS), PYTHONIOENCODING="ascii"
    )
    assert process.stdout == "a line\n" * 3 + dedent(
        """
        variables       shape  dtype    parameters
        model                                    9
        `- fc                                    9
           |- weights     2x3  float32           6
           `- mean          3  float32           3  not trainable
        global_step    scalar  int32             1  not trainable
        total: 6 parameters trainable (24 B), 4 not (16 B)
        """
    )


def test_each_graph_that_ran_has_its_tree(program):
    path = program(
        """
        import tensorflow as tf
        for name in ("first", "second", "unused"):
            with tf.Graph().as_default():
                w = tf.get_variable(name, [2])
                if name != "unused":
                    with tf.Session() as session:
                        session.run(w.initializer)
        """
    )
    printed = run("run", path).stdout
    assert re.search(r"graph 1 of 2\n.*\nfirst .*\n(.*\n)+graph 2 of 2\n.*\nsecond ", printed)
    assert "unused" not in printed


def test_no_tree_after_an_error(program):
    process = run("run", program(TRAINS + "\n    sys.exit(4)\n"))
    assert process.returncode == 4
    assert process.stdout == "a line\n" * 3
