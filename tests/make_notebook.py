"""Makes a notebook with outputs out of an example script, and checks one.

The script is the source: its "# %%" lines part the cells, "# %% [markdown]" begins a text cell.
Code cells run one after the other in one namespace; what a cell prints is its output.

    python tests/make_notebook.py           write examples/variable_scope.ipynb
    python tests/make_notebook.py --check   run the notebook's cells and compare, write nothing
"""

import contextlib
import difflib
import io
import json
import linecache
import sys
from pathlib import Path

SCRIPT = Path(__file__).resolve().parent.parent / "examples" / "variable_scope.py"


def read_script(text):
    """The script's cells as (kind, source) pairs."""
    cells = []
    for line in text.splitlines():
        if line.startswith("# %%"):
            cells.append(("markdown" if "[markdown]" in line else "code", []))
        elif cells[-1][0] == "markdown":
            cells[-1][1].append(line.removeprefix("#").removeprefix(" "))
        else:
            cells[-1][1].append(line)
    return [(kind, "\n".join(lines).strip()) for kind, lines in cells]


def read_notebook(text):
    """The notebook's cells as (kind, source) pairs, and what each code cell printed."""
    cells = json.loads(text)["cells"]
    sources = [(cell["cell_type"], "".join(cell["source"])) for cell in cells]
    printed = [
        "".join("".join(output["text"]) for output in cell["outputs"])
        for cell in cells
        if cell["cell_type"] == "code"
    ]
    return sources, printed


def run(cells):
    """What each code cell prints."""
    namespace = {"__name__": "__main__"}
    printed = []
    for kind, source in cells:
        if kind != "code":
            continue
        # Errors quote the lines of a cell as they quote those of a file.
        name = f"<cell {len(printed) + 1}>"
        linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(source, name, "exec"), namespace)
        printed.append(out.getvalue())
    return printed


def write_notebook(cells, printed):
    """The text of a notebook (format 4.4) with these cells and outputs."""
    body, outputs = [], iter(printed)
    for kind, source in cells:
        cell = {"cell_type": kind, "metadata": {}, "source": source.splitlines(keepends=True)}
        if kind == "code":
            text = next(outputs).splitlines(keepends=True)
            stream = {"name": "stdout", "output_type": "stream", "text": text}
            cell["execution_count"] = 1 + sum(other["cell_type"] == "code" for other in body)
            cell["outputs"] = [stream] if text else []
        body.append(cell)
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    metadata = {"kernelspec": kernel, "language_info": {"name": "python"}}
    notebook = {"cells": body, "metadata": metadata, "nbformat": 4, "nbformat_minor": 4}
    return json.dumps(notebook, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def check(script, notebook):
    """The differences of the notebook from its script and from what its cells print now."""
    sources, recorded = read_notebook(notebook.read_text(encoding="utf-8"))
    was = write_notebook(sources, recorded)
    now = write_notebook(read_script(script.read_text(encoding="utf-8")), run(sources))
    return list(difflib.unified_diff(was.splitlines(), now.splitlines(), "recorded", "now"))


def main():
    notebook = SCRIPT.with_suffix(".ipynb")
    if "--check" in sys.argv[1:]:
        differences = check(SCRIPT, notebook)
        print("\n".join(differences) or f"{notebook.name} is up to date")
        return bool(differences)
    cells = read_script(SCRIPT.read_text(encoding="utf-8"))
    notebook.write_text(write_notebook(cells, run(cells)), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
