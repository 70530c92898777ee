"""Runs TensorFlow 1's own unit tests against scopeflow and writes docs/unit-tests.md's table.

    python tests/tensorflow_unit_tests.py CHECKOUT [--files LIST] [--jobs N] [--table OUT.md]

CHECKOUT is a copy of TensorFlow's repository, of a version 1.15; LIST has paths of test files below
it, a line each (all of tensorflow/python and tensorflow/contrib without it). Each file runs in a
process of its own, on the CPU, for at most `--per-file` seconds, each of its tests for at most
`--per-test`.
"""

from __future__ import annotations

import argparse
import collections
import json
import os
import runpy
import signal
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent


class _TooLong(BaseException):
    """A test took more than its time."""


class _Noted(unittest.TestResult):
    """Writes a line of JSON for each test, at once: the process may be stopped."""

    def __init__(self, out: Any) -> None:
        super().__init__()
        self._out = out

    def note(self, test: Any, state: str, error: BaseException | None = None) -> None:
        text = "" if error is None else f"{type(error).__name__}: {error}"[:500]
        line = {"test": getattr(test, "id", lambda: str(test))(), "state": state, "error": text}
        self._out.write(json.dumps(line) + "\n")
        self._out.flush()

    def addSuccess(self, test: Any) -> None:
        self.note(test, "passed")

    def addError(self, test: Any, err: Any) -> None:
        self.note(test, "failed", err[1])

    addFailure = addError

    def addSubTest(self, test: Any, subtest: Any, err: Any) -> None:
        if err is not None:
            self.note(subtest, "failed", err[1])

    def addSkip(self, test: Any, reason: str) -> None:
        self.note(test, "skipped")


def run_file(path: str, out: str, per_test: float) -> None:
    """Run the tests of a file in this process, and end it."""
    from absl.testing import absltest

    import scopeflow.test.program
    from scopeflow.alias.children import begin

    begin()
    result = _Noted(open(out, "w", encoding="utf-8"))

    def ring(*_: Any) -> None:
        raise _TooLong(f"more than {per_test} s")

    signal.signal(signal.SIGALRM, ring)

    def run_tests(*_: Any, **__: Any) -> None:
        suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
        begun: set[type] = set()
        for test in _tests(suite):
            if getattr(test, "_testMethodName", "") == "test_session":
                continue  # no test: unittest goes by the name alone
            if type(test) not in begun:
                begun.add(type(test))
                try:
                    type(test).setUpClass()
                except unittest.SkipTest:
                    result.note(test, "skipped")
            signal.setitimer(signal.ITIMER_REAL, per_test)
            try:
                test.run(result)
            except (_TooLong, SystemExit) as error:
                result.note(test, "failed", error)
            finally:
                signal.setitimer(signal.ITIMER_REAL, 0)
        os._exit(0)

    absltest.main = unittest.main = run_tests  # type: ignore[assignment]
    scopeflow.test.program.main = scopeflow.test.main = run_tests
    sys.argv = [path]
    sys.path[0] = os.path.dirname(os.path.abspath(path))
    try:
        runpy.run_path(path, run_name="__main__")
    except BaseException as error:
        result.note("import", "import", error)


def _tests(suite: unittest.TestSuite) -> Any:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from _tests(test)
        else:
            yield test


def run_all(options: argparse.Namespace) -> dict[str, collections.Counter]:
    """How many tests of each file passed, failed and skipped themselves."""
    checkout = Path(options.checkout)
    if options.files:
        files = Path(options.files).read_text(encoding="utf-8").split()
    else:
        found = [
            *checkout.glob("tensorflow/python/**/*_test.py"),
            *checkout.glob("tensorflow/contrib/**/*_test.py"),
        ]
        files = sorted(str(path.relative_to(checkout)) for path in found)

    def one(file: str) -> tuple[str, collections.Counter]:
        with tempfile.TemporaryDirectory() as folder:
            out = Path(folder, "lines.jsonl")
            command = [sys.executable, __file__, "--one", str(checkout / file), str(out)]
            environment = {
                **os.environ, "CUDA_VISIBLE_DEVICES": "", "OMP_NUM_THREADS": "1",
                "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
            }  # fmt: skip
            try:
                subprocess.run(
                    [*command, str(options.per_test)], cwd=folder, env=environment, check=False,
                    timeout=options.per_file, capture_output=True,
                )  # fmt: skip
            except subprocess.TimeoutExpired:
                pass
            lines = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
        if options.lines:
            with open(options.lines, "a", encoding="utf-8") as kept:
                kept.writelines(json.dumps({"file": file} | json.loads(x)) + "\n" for x in lines)
        return file, collections.Counter(json.loads(line)["state"] for line in lines)

    with ThreadPoolExecutor(options.jobs) as pool:
        return dict(pool.map(one, files))


def table(found: dict[str, collections.Counter]) -> str:
    """The Markdown of what was found."""
    rows = ["| file | passed | failed | skipped |", "|---|--:|--:|--:|"]
    whole: collections.Counter = collections.Counter()
    not_imported = []
    for file, counts in sorted(found.items()):
        name = file.removeprefix("tensorflow/").removesuffix(".py")
        if counts["import"] or not sum(counts.values()):
            not_imported.append(f"`{name}`")
            continue
        whole += counts
        rows.append(f"| `{name}` | {counts['passed']} | {counts['failed']} | {counts['skipped']} |")
    files = len(found) - len(not_imported)
    rows.append(
        f"| **{files} files** | **{whole['passed']}** | **{whole['failed']}** | "
        f"**{whole['skipped']}** |"
    )
    text = "\n".join(rows) + "\n"
    if not_imported:
        text += f"\nNot imported, or ended ({len(not_imported)}): {', '.join(not_imported)}.\n"
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout")
    parser.add_argument("--files")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--per-file", type=float, default=100)
    parser.add_argument("--per-test", type=float, default=10)
    parser.add_argument("--lines", help="append a line of JSON for each test to this file")
    parser.add_argument("--table", help="write the table here, not to the terminal")
    options = parser.parse_args()
    text = table(run_all(options))
    if options.table:
        Path(options.table).write_text(text, encoding="utf-8")
    else:
        print(text)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--one"]:
        run_file(sys.argv[2], sys.argv[3], float(sys.argv[4]))
    else:
        main()
