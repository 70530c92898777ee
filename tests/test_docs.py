"""The documentation's code runs and prints what the text shows.

Each Markdown file under docs/, and README.md, is one program: its ```python blocks run in order, in
one namespace, in a process of its own. What a block prints must be what the ```text block right
after it says, and a block without one must print nothing. Before a block that cannot run stands

    <!-- not run: the reason -->

A block whose first line is a comment with a file name, `# model.py`, is compiled under that name,
so that what it prints can quote its lines. Every translation has the same blocks.

    python tests/test_docs.py FILE...     write what the blocks print now into the files
"""

import contextlib
import io
import json
import linecache
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parent.parent
FILES = sorted([*ROOT.glob("README*.md"), *ROOT.glob("docs/**/*.md")])
TRANSLATIONS = [file for file in FILES if re.fullmatch(r".+\.\w\w", file.stem)]


class Block(NamedTuple):
    """A ```python block. Lines count from 1; `output` is None where no text block follows."""

    line: int
    source: str
    output: str | None
    output_lines: tuple[int, int]  # the lines between the output's fences: first, one past last
    runs: bool


class Fence(NamedTuple):
    """Any fenced block: the language behind its fence and the lines between the fences."""

    language: str
    first: int
    lines: list[str]


def fences(text):
    """The fenced blocks of a Markdown text."""
    found, opened = [], None
    for number, line in enumerate(text.splitlines(), 1):
        if opened is None and line.startswith("```"):
            opened = Fence(line[3:].strip(), number + 1, [])
        elif opened is not None and line.rstrip() == "```":
            found.append(opened)
            opened = None
        elif opened is not None:
            opened.lines.append(line)
        elif re.match(r"\s+```", line):
            raise ValueError(
                f"line {number}: a fence that is not at the margin would be overlooked"
            )
    if opened is not None:
        raise ValueError(f"line {opened.first - 1}: this block is not closed")
    return found


def blocks(text):
    """The Python blocks of a Markdown text."""
    lines, found = text.splitlines(), []
    everything = fences(text)
    for fence, after in zip(everything, [*everything[1:], None]):
        if fence.language.lower() not in ("python", "py"):
            continue
        before = [line for line in lines[: fence.first - 2] if line.strip()]
        runs = not (before and re.fullmatch(r"<!-- not run: .+ -->", before[-1].strip()))
        end = fence.first + len(fence.lines)  # the line of the closing fence
        output, place = None, (end + 1, end + 1)
        if after is not None and after.language == "text":
            if not "".join(lines[end : after.first - 2]).strip():
                output = "".join(line + "\n" for line in after.lines)
                place = (after.first, after.first + len(after.lines))
        source = "".join(line + "\n" for line in fence.lines)
        found.append(Block(fence.first, source, output, place, runs))
    return found


def execute(file):
    """What each block of the file prints, None for those that are not run."""
    namespace = {"__name__": "__main__"}
    printed = []
    for block in blocks(file.read_text(encoding="utf-8")):
        if not block.runs:
            printed.append(None)
            continue
        name, source = str(file), "\n" * (block.line - 1) + block.source
        named = re.match(r"# (\w+\.py)\n", block.source)
        if named:
            name, source = named[1], block.source
            linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(source, name, "exec"), namespace)
        printed.append(out.getvalue())
    return printed


def printed_by(file):
    """As `execute`, in a process of its own, away from the checkout's files."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    with tempfile.TemporaryDirectory() as folder:
        process = subprocess.run(
            [sys.executable, "-W", "error", __file__, "--execute", str(file)],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            timeout=300,
        )
    assert process.returncode == 0, process.stderr
    return json.loads(process.stdout)


SAMPLE = """\
# Title
```python
# shown.py
print(1)
```

```text
2
```
```python
def f():
    return 3
```
Words, then a block that is not the output of the one above.
```text
4
```
<!-- not run: it never ends -->
```python
while True: pass
```
"""


def test_blocks_are_read_with_outputs_and_marks(tmp_path):
    first, second, third = blocks(SAMPLE)
    assert (first.line, first.source) == (3, "# shown.py\nprint(1)\n")
    assert (first.output, first.output_lines) == ("2\n", (8, 9))
    assert (second.output, second.runs, third.runs) == (None, True, False)
    assert headings(SAMPLE) == [1]
    file = tmp_path / "sample.md"
    file.write_text(SAMPLE, encoding="utf-8")
    assert printed_by(file) == ["1\n", "", None]
    write_outputs(file)
    assert file.read_text(encoding="utf-8") == SAMPLE.replace("2\n", "1\n", 1)


@pytest.mark.parametrize("text", ["```python\nprint(1)\n", "- a\n\n  ```python\n  1\n  ```\n"])
def test_fence_that_would_be_overlooked_is_refused(text):
    with pytest.raises(ValueError, match="line"):
        blocks(text)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_blocks_print_what_the_text_shows(file):
    found = blocks(file.read_text(encoding="utf-8"))
    for block, printed in zip(found, printed_by(file) if found else []):
        assert printed is None or printed == (block.output or ""), (
            f"{file.name}, block at line {block.line}"
        )


@pytest.mark.parametrize("file", TRANSLATIONS, ids=lambda file: file.name)
def test_translation_has_the_same_blocks_and_headings(file):
    original = file.with_name(file.stem[:-3] + ".md")
    here, there = (f.read_text(encoding="utf-8") for f in (file, original))
    for own, other in zip(blocks(here), blocks(there)):
        assert (own.source, own.output, own.runs) == (other.source, other.output, other.runs), (
            f"{file.name}:{own.line} and {original.name}:{other.line}"
        )
    assert len(blocks(here)) == len(blocks(there))
    assert headings(here) == headings(there)


def headings(text):
    """The levels of the headings of a Markdown text."""
    code = {fence.first + i for fence in fences(text) for i in range(len(fence.lines))}
    lines = [line for number, line in enumerate(text.splitlines(), 1) if number not in code]
    return [len(found[0]) for found in (re.match("#+(?= )", line) for line in lines) if found]


def write_outputs(file):
    """Put what the blocks print into the text blocks that follow them."""
    text = file.read_text(encoding="utf-8")
    lines = text.splitlines()
    for block, printed in reversed([*zip(blocks(text), printed_by(file))]):
        if printed is None or printed == (block.output or ""):
            continue
        new = printed.splitlines()
        if block.output is None:
            new = ["", "```text", *new, "```"]
        first, end = block.output_lines
        lines[first - 1 : end - 1] = new
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")


def main(arguments):
    if arguments[:1] != ["--execute"]:
        for name in arguments:
            write_outputs(Path(name).resolve())
        return
    from scopeflow.core import source

    source.hide(__file__)  # or the places that scopeflow quotes would end in this file
    print(json.dumps(execute(Path(arguments[1]))))


if __name__ == "__main__":
    main(sys.argv[1:])
