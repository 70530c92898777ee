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
        timeout=900,
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


DIGITS = """import sys, scopeflow
sys.path.insert(0, "examples")
scopeflow.install_as_tensorflow()
import digits
digits.EPOCHS = 7
digits.main(sys.argv[1])"""


def test_digits_resumes_as_if_it_had_not_been_killed(tmp_path):
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    expected = run("-c", DIGITS, whole).splitlines()
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    process = subprocess.Popen(
        [sys.executable, "-u", "-c", DIGITS, killed], cwd=ROOT,
        stdout=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    first = process.stdout.readline()  # after five epochs
    process.kill()
    process.communicate()
    assert first == expected[0] + "\n"
    resumed, *rest = run("-c", DIGITS, killed).splitlines()
    assert 5 * 23 <= int(resumed.removeprefix("resumed at step ")) < 7 * 23
    assert rest == expected[1:] and rest[0].startswith("accuracy on 360 held-out digits")
    assert len(list(killed.glob("digits-*.index"))) == 2
