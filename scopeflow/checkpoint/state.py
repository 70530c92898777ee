"""The `checkpoint` file beside the checkpoints, which says which of them is the newest."""

from __future__ import annotations

import glob
import logging
import os

from ..core.errors import NotFoundError
from .files import cannot_read, index_name
from .protos import messages

_LARGEST_STATE = 1 << 26
_logger = logging.getLogger("tensorflow")


def get_checkpoint_state(checkpoint_dir, latest_filename=None):
    """What the state file of a directory says, or None where there is none (or no readable one).

    The result has `model_checkpoint_path`, the newest checkpoint, and
    `all_model_checkpoint_paths`. Names that the file gives relative to itself are completed.
    """
    directory = os.fsdecode(checkpoint_dir)
    path = os.path.join(directory, latest_filename or "checkpoint")
    try:
        with open(path, "rb") as file:
            data = file.read(_LARGEST_STATE)
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return None
    except (OSError, ValueError) as error:
        _logger.warning("%s: Checkpoint ignored", cannot_read(path, error))
        return None
    from google.protobuf import text_format

    state = messages().CheckpointState()
    try:
        text_format.Merge(data.decode(), state)
    except (text_format.ParseError, UnicodeDecodeError) as error:
        _logger.warning("%s: %s", type(error).__name__, error)
        _logger.warning("%s: Checkpoint ignored", path)
        return None
    if not state.model_checkpoint_path:
        raise ValueError(f"Invalid checkpoint state loaded from {directory}")
    state.model_checkpoint_path = os.path.join(directory, state.model_checkpoint_path)
    for number, name in enumerate(state.all_model_checkpoint_paths):
        state.all_model_checkpoint_paths[number] = os.path.join(directory, name)
    return state


def latest_checkpoint(checkpoint_dir, latest_filename=None):
    """The name of the newest checkpoint in a directory, or None."""
    state = get_checkpoint_state(checkpoint_dir, latest_filename)
    if state is None:
        return None
    if checkpoint_exists(state.model_checkpoint_path):
        return state.model_checkpoint_path
    _logger.error("Couldn't match files for checkpoint %s", state.model_checkpoint_path)
    return None


def checkpoint_exists(checkpoint_prefix):
    """Whether there are files of a checkpoint of that name, which may be a pattern (`*`, `?`)."""
    prefix = os.fsdecode(checkpoint_prefix)
    return any(
        os.path.exists(pattern) or bool(glob.glob(pattern))
        for pattern in (index_name(prefix), prefix)
    )


def checkpoint_of(path: str) -> str:
    """The checkpoint that a user means by a name, an index file or a directory."""
    if os.path.isdir(path):
        try:
            found = get_checkpoint_state(path)
        except ValueError as error:
            raise NotFoundError(None, None, str(error)) from None
        if found is None:
            raise NotFoundError(
                None, None, f"the directory {path} has no file 'checkpoint' that names one"
            )
        return found.model_checkpoint_path
    if path.endswith(".index") and not os.path.exists(index_name(path)):
        return path[: -len(".index")]
    return path
