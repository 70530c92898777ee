"""Looking into a checkpoint: `tf.train.NewCheckpointReader`, `list_variables`, `load_variable`."""

from __future__ import annotations

import os
from typing import Any

from .bundle import BundleReader
from .files import first_generation, index_name
from .state import latest_checkpoint


def NewCheckpointReader(filepattern):
    """Open the checkpoint of that name.

    The name is what `Saver.save` returned: that of the files without `.index` and `.data-…`. The
    reader has `get_tensor(name)`, `has_tensor(name)`, `get_variable_to_shape_map()`,
    `get_variable_to_dtype_map()` and `debug_string()`. A file that is damaged raises
    `tf.errors.DataLossError`, one that is missing `tf.errors.NotFoundError`.
    """
    if not isinstance(filepattern, str | bytes | os.PathLike):
        raise TypeError(f"Expected binary or unicode string, got {filepattern!r}")
    return open_checkpoint(filepattern)


def open_checkpoint(prefix: str | bytes | os.PathLike) -> BundleReader:
    """The reader of a checkpoint, in whichever format it is."""
    name = os.fsdecode(prefix)
    if not os.path.exists(index_name(name)) and (files := first_generation(name)):
        from .v1 import FirstReader

        return FirstReader(name, files)
    return BundleReader(name)


def load_checkpoint(ckpt_dir_or_file):
    """`NewCheckpointReader` of a checkpoint, or of the newest one in a directory."""
    name: Any = os.fspath(ckpt_dir_or_file)
    if os.path.isdir(name):
        found = latest_checkpoint(os.fsdecode(name))
        if found is None:
            raise ValueError(
                "Couldn't find 'checkpoint' file or checkpoints in given directory "
                f"{os.fsdecode(name)}"
            )
        name = found
    return NewCheckpointReader(name)


def load_variable(ckpt_dir_or_file, name):
    """The value of a variable in a checkpoint, or in the newest one in a directory."""
    if isinstance(name, str) and name.endswith(":0"):
        name = name[: -len(":0")]
    return load_checkpoint(ckpt_dir_or_file).get_tensor(name)


def list_variables(ckpt_dir_or_file):
    """The (name, shape) of all variables in a checkpoint, sorted by name."""
    return sorted(load_checkpoint(ckpt_dir_or_file).get_variable_to_shape_map().items())
