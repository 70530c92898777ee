"""Files, read and written by ops."""

from __future__ import annotations

import glob
import os

import numpy as np

from ..core.op import op
from ..core.shape_rules import rank_is
from ..records.files import file_error, open_file


@op("string -> contents: string", shape=lambda filename: rank_is(filename, 0))
def ReadFile(filename):
    """All of a file, as one string."""
    found = np.empty((), object)
    path = filename.item()
    with open_file(path) as file:
        try:
            found[()] = file.read()
        except OSError as error:
            raise file_error(path, error) from error
    return found


@op("string, string", stateful=True)
def WriteFile(filename, contents):
    """Write a string to a file; directories are made where they are missing."""
    path = filename.item()
    try:
        os.makedirs(os.path.dirname(os.path.abspath(os.fsdecode(path))), exist_ok=True)
        with open_file(path, "wb") as file:
            file.write(contents.item())
    except OSError as error:
        raise file_error(path, error) from error


@op("string -> filenames: string", shape=lambda pattern: (None,), stateful=True)
def MatchingFiles(pattern):
    """The names of the files that match one of the patterns, sorted."""
    names: set[bytes] = set()
    for text in pattern.reshape(-1).tolist():
        names.update(os.fsencode(name) for name in glob.glob(os.fsdecode(text)))
    found = np.empty(len(names), object)
    found[:] = sorted(names)
    return found


read_file = ReadFile
write_file = WriteFile
matching_files = MatchingFiles
