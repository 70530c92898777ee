"""What `tf.train` does with the checkpoints of a directory: note, find, wait for, remove them."""

from __future__ import annotations

import contextlib
import glob
import logging
import os
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

from .durable import write_whole
from .files import index_name
from .protos import messages
from .state import latest_checkpoint

_logger = logging.getLogger("tensorflow")
_V1, _V2 = 1, 2  # SaverDef.CheckpointFormatVersion


def generate_checkpoint_state_proto(
    save_dir,
    model_checkpoint_path,
    all_model_checkpoint_paths=None,
    all_model_checkpoint_timestamps=None,
    last_preserved_timestamp=None,
):
    """What the state file says: the newest checkpoint and all that are kept, newest last.

    Paths are made relative to `save_dir` where that is a relative path itself. Raises ValueError
    for timestamps that are not one for each path.
    """
    paths = list(all_model_checkpoint_paths or [])
    times = all_model_checkpoint_timestamps
    if times and (not paths or len(times) != len(paths)):
        raise ValueError(
            "Checkpoint timestamps, if provided, must match checkpoint paths (got paths "
            f"{all_model_checkpoint_paths} and timestamps {times})"
        )
    if not paths or paths[-1] != model_checkpoint_path:
        _logger.info(
            "%s is not in all_model_checkpoint_paths. Manually adding it.", model_checkpoint_path
        )
        paths.append(model_checkpoint_path)
        times = None
    if not os.path.isabs(save_dir):
        paths = [p if os.path.isabs(p) else os.path.relpath(p, save_dir) for p in paths]
    state = messages().CheckpointState(
        model_checkpoint_path=paths[-1],
        all_model_checkpoint_paths=paths,
        all_model_checkpoint_timestamps=times or [],
    )
    if last_preserved_timestamp is not None:
        state.last_preserved_timestamp = last_preserved_timestamp
    return state


def update_checkpoint_state(
    save_dir,
    model_checkpoint_path,
    all_model_checkpoint_paths=None,
    latest_filename=None,
    all_model_checkpoint_timestamps=None,
    last_preserved_timestamp=None,
):
    """Write the state file of a directory (`checkpoint` unless `latest_filename` says otherwise).

    The old file is replaced as a whole. Raises RuntimeError where the state file would be the
    checkpoint itself.
    """
    update_checkpoint_state_internal(
        save_dir, model_checkpoint_path, all_model_checkpoint_paths, latest_filename, False,
        all_model_checkpoint_timestamps, last_preserved_timestamp,
    )  # fmt: skip


def update_checkpoint_state_internal(
    save_dir,
    model_checkpoint_path,
    all_model_checkpoint_paths=None,
    latest_filename=None,
    save_relative_paths=False,
    all_model_checkpoint_timestamps=None,
    last_preserved_timestamp=None,
):
    """As `update_checkpoint_state`; with `save_relative_paths` the directory may be moved."""
    from google.protobuf import text_format

    name = os.path.join(save_dir, latest_filename or "checkpoint")
    state = generate_checkpoint_state_proto(
        save_dir, model_checkpoint_path, all_model_checkpoint_paths,
        all_model_checkpoint_timestamps, last_preserved_timestamp,
    )  # fmt: skip
    if name == state.model_checkpoint_path:
        raise RuntimeError(
            f"Save path '{model_checkpoint_path}' conflicts with path used for checkpoint state.  "
            "Please use a different save path."
        )
    if save_relative_paths:
        paths = [_relative(path, save_dir) for path in state.all_model_checkpoint_paths]
        state.all_model_checkpoint_paths[:] = paths
        state.model_checkpoint_path = paths[-1]
    write_whole(name, text_format.MessageToString(state).encode())


def _relative(path: str, directory: str) -> str:
    return os.path.relpath(path, directory) if os.path.isabs(path) else path


def remove_checkpoint(checkpoint_prefix, checkpoint_format_version=_V2, meta_graph_suffix="meta"):
    """Delete the files of a checkpoint, the index first; what is not there is no error."""
    _remove(meta_graph_filename(checkpoint_prefix, meta_graph_suffix))
    if checkpoint_format_version == _V2:
        _remove(index_name(checkpoint_prefix))
        _remove(glob.escape(checkpoint_prefix) + ".data-?????-of-?????")
    else:
        _remove(checkpoint_prefix)
        _remove(glob.escape(checkpoint_prefix) + "-?????-of-?????")


def _remove(pattern: str) -> None:
    for path in [pattern] if os.path.exists(pattern) else glob.glob(pattern):
        with contextlib.suppress(FileNotFoundError):
            os.unlink(path)


def meta_graph_filename(checkpoint_filename: str, meta_graph_suffix: str = "meta") -> str:
    """The name of the graph's file beside a checkpoint; shards have one together."""
    base = re.sub(r"-[\d\?]+-of-\d+$", "", checkpoint_filename)
    return f"{base}.{meta_graph_suffix}"


def get_checkpoint_mtimes(checkpoint_prefixes):
    """When each checkpoint was written, in seconds; those that are not there are left out."""
    found = []
    for prefix in checkpoint_prefixes:
        for pattern in (index_name(prefix), glob.escape(prefix) + "*"):
            paths = [pattern] if os.path.exists(pattern) else sorted(glob.glob(pattern))
            if paths:
                found.append(os.stat(paths[0]).st_mtime)
                break
    return found


def wait_for_new_checkpoint(
    checkpoint_dir: str,
    last_checkpoint: str | None = None,
    seconds_to_sleep: float = 1,
    timeout: float | None = None,
) -> str | None:
    """The newest checkpoint, once it is another than `last_checkpoint`; None after `timeout`."""
    stop = None if timeout is None else time.time() + timeout
    while True:
        found = latest_checkpoint(checkpoint_dir)
        if found is not None and found != last_checkpoint:
            return found
        if stop is not None and time.time() + seconds_to_sleep > stop:
            return None
        time.sleep(seconds_to_sleep)


def checkpoints_iterator(
    checkpoint_dir,
    min_interval_secs=0,
    timeout=None,
    timeout_fn=None,
):
    """Each new checkpoint of a directory, as it appears; of several that appear, the newest.

    `min_interval_secs` lie between two at least. After `timeout` seconds without a new one it
    ends, or asks `timeout_fn()`, which says by True that it shall.
    """
    return _checkpoints(checkpoint_dir, min_interval_secs, timeout, timeout_fn)


def _checkpoints(
    directory: str, interval: float, timeout: float | None, timeout_fn: Callable[[], Any] | None
) -> Iterator[str]:
    last = None
    while True:
        found = wait_for_new_checkpoint(directory, last, timeout=timeout)
        if found is None:
            if not timeout_fn or timeout_fn():
                return
            continue
        start = time.time()
        last = found
        yield found
        left = start + interval - time.time()
        if left > 0:
            time.sleep(left)
