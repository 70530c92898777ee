"""Writes scopeflow/alias/known_paths.txt: the modules that TensorFlow 1.15 has.

    python tests/make_known_paths.py FOLDER

FOLDER is the package `tensorflow_core` of an installed TensorFlow 1.15.5; only names of files and
folders are read. A line is a package and the modules in it.
"""

import os
import sys
from pathlib import Path

OUT = Path(__file__).resolve().parent.parent / "scopeflow" / "alias" / "known_paths.txt"
PARTS = ("python", "contrib", "core", "tools", "examples")


def main(folder):
    """Write the file."""
    lines = []
    for part in PARTS:
        for place, folders, files in os.walk(os.path.join(folder, part)):
            folders[:] = sorted(f for f in folders if f.isidentifier() and f != "__pycache__")
            names = {f.split(".")[0] for f in files if f.endswith(".py")} - {"__init__"}
            names = sorted(names | set(folders))
            if names:
                package = os.path.relpath(place, folder).replace(os.sep, ".")
                lines.append(f"{package}: {' '.join(names)}")
    OUT.write_text("\n".join(sorted(lines)) + "\n")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    main(sys.argv[1])
