"""`tf.resource_loader`: files that stand beside the program's own."""

from __future__ import annotations

import os as _os
import sys as _sys
from pathlib import Path as _Path
from typing import Any

__all__ = [
    "get_data_files_path", "get_path_to_datafile", "get_root_dir_with_all_resources",
    "load_resource", "readahead_file_path",
]  # fmt: skip


def _directory(depth: int) -> str:
    return _os.path.dirname(_os.path.abspath(_sys._getframe(depth + 1).f_code.co_filename))


def get_data_files_path() -> str:
    """The folder of the file that calls this."""
    return _directory(1)


def get_path_to_datafile(path: str) -> str:
    """The path of a file that stands beside the one that calls this."""
    return _os.path.join(_directory(1), path)


def get_root_dir_with_all_resources() -> str:
    """The folder of the file that calls this."""
    return _directory(1)


def load_resource(path: str) -> bytes:
    """The bytes of a file inside the package that stands in for TensorFlow."""
    return (_Path(__file__).parents[1] / path).read_bytes()


def readahead_file_path(path: str, readahead: Any = "128M") -> str:
    """The path as it is: reading ahead is left to the system."""
    return path
