"""The examples run, and print what they promise. Each runs in a process of its own."""

import os
import re
import subprocess
import sys
from pathlib import Path

import make_notebook

ROOT = Path(__file__).resolve().parent.parent
CLI = "import sys; from scopeflow.cli import main; sys.exit(main())"


def run(*arguments):
    """Runs Python with the arguments and returns what it printed on standard output."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    process = subprocess.run(
        [sys.executable, *map(str, arguments)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    return process.stdout


def test_variable_scope_script_prints_what_its_notebook_records():
    notebook = make_notebook.SCRIPT.with_suffix(".ipynb").read_text(encoding="utf-8")
    _, printed = make_notebook.read_notebook(notebook)
    assert run(make_notebook.SCRIPT) == "".join(printed)


def test_variable_scope_notebook_is_up_to_date():
    run(ROOT / "tests" / "make_notebook.py", "--check")


def test_digits_reaches_97_percent_and_shows_its_variables():
    printed = run("-c", CLI, "run", ROOT / "examples" / "digits.py")
    accuracy = re.search(r"accuracy on 360 held-out digits: ([\d.]+)%", printed)
    assert accuracy, printed
    assert float(accuracy[1]) >= 97.0
    tree = printed[accuracy.end() :]
    for name in ("digits", "conv1", "conv2", "fc1", "fc2", "weights", "biases"):
        assert name in tree, printed
