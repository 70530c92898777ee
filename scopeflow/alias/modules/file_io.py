"""tensorflow.python.lib.io.file_io: files under yet other names."""

from __future__ import annotations

import os
import uuid
import zlib
from collections.abc import Iterator
from typing import Any

import scopeflow as tf

_v1, _v2 = tf.gfile, tf.io.gfile
FileIO = _v1.GFile
file_exists = file_exists_v2 = _v2.exists
is_directory = is_directory_v2 = _v2.isdir
list_directory = list_directory_v2 = _v2.listdir
get_matching_files = get_matching_files_v2 = _v2.glob
create_dir = create_dir_v2 = _v2.mkdir
recursive_create_dir = recursive_create_dir_v2 = _v2.makedirs
delete_file = delete_file_v2 = _v2.remove
delete_recursively = delete_recursively_v2 = _v2.rmtree
copy = copy_v2 = _v2.copy
rename = rename_v2 = _v2.rename
stat = stat_v2 = _v2.stat
walk_v2 = _v2.walk


def walk(top: Any, in_order: bool = True) -> Iterator:
    """tf.gfile.Walk."""
    return _v1.Walk(top, in_order)


def read_file_to_string(filename: Any, binary_mode: bool = False) -> Any:
    """All of a file."""
    with FileIO(filename, "rb" if binary_mode else "r") as file:
        return file.read()


def write_string_to_file(filename: Any, file_content: Any) -> None:
    """Write a file."""
    with FileIO(filename, "w") as file:
        file.write(file_content)


def atomic_write_string_to_file(filename: str, contents: Any, overwrite: bool = True) -> None:
    """Write a file that is there whole or not at all."""
    temporary = f"{filename}.tmp{uuid.uuid4().hex}"
    write_string_to_file(temporary, contents)
    try:
        rename(temporary, filename, overwrite)
    except tf.errors.OpError:
        os.remove(temporary)
        raise


def filecmp(filename_a: Any, filename_b: Any) -> bool:
    """Whether two files have the same contents."""
    with FileIO(filename_a, "rb") as a, FileIO(filename_b, "rb") as b:
        return a.size() == b.size() and a.read() == b.read()


def file_crc32(filename: Any, block_size: int = 1 << 24) -> str:
    """The CRC-32 of a file, as a hexadecimal number."""
    crc = 0
    with FileIO(filename, "rb") as file:
        while block := file.read(block_size):
            crc = zlib.crc32(block, crc)
    return hex(crc)
