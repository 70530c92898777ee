"""Variables that start with the values of another model's checkpoint."""

from __future__ import annotations

import re
from collections import namedtuple
from typing import Any

import numpy as np

import scopeflow as tf


class VocabInfo(
    namedtuple(
        "VocabInfo",
        [
            "new_vocab", "new_vocab_size", "num_oov_buckets", "old_vocab", "old_vocab_size",
            "backup_initializer", "axis",
        ],
    )
):  # fmt: skip
    """The vocabulary files of a variable, now and in the checkpoint: one word a line.

    `axis` is that of the words: 0 for embeddings, 1 for the last layer. Words that are new start
    as `backup_initializer` says (None: zeros).
    """

    __slots__ = ()

    def __new__(
        cls,
        new_vocab: str,
        new_vocab_size: int,
        num_oov_buckets: int,
        old_vocab: str,
        old_vocab_size: int = -1,
        backup_initializer: Any = None,
        axis: int = 0,
    ) -> VocabInfo:
        if axis not in (0, 1):
            raise ValueError("The only supported values for the axis argument are 0 and 1.  "
                             f"Provided axis: {axis}")  # fmt: skip
        return super().__new__(cls, new_vocab, new_vocab_size, num_oov_buckets, old_vocab,
                               old_vocab_size, backup_initializer, axis)  # fmt: skip


def warm_start(
    ckpt_to_initialize_from: str,
    vars_to_warm_start: Any = ".*",
    var_name_to_vocab_info: dict | None = None,
    var_name_to_prev_var_name: dict | None = None,
) -> None:
    """Let variables start with the values that a checkpoint has.

    `vars_to_warm_start`: a regular expression for trainable variables, a list of those for any
    variables, a list of variables, or None for only those with a vocabulary. Call it after the
    variables are made and before they are initialized.
    """
    vocabularies = dict(var_name_to_vocab_info or {})
    previous = dict(var_name_to_prev_var_name or {})
    groups = _chosen(vars_to_warm_start)
    for name in vocabularies:
        if name not in groups:
            groups[name] = _named(name)
    tf.logging.info("Warm-starting from: %s", ckpt_to_initialize_from)
    used_names = set()
    plain: dict[str, Any] = {}
    for name, parts in groups.items():
        before = previous.get(name)
        if before:
            used_names.add(name)
        if name in vocabularies:
            info = vocabularies.pop(name)
            _warm_start_with_vocabulary(parts, before or name, ckpt_to_initialize_from, info)
        elif parts[0]._save_slice_info is not None:
            plain[before or name] = parts
        else:
            plain[before or name] = parts[0]
    if plain:
        tf.train.init_from_checkpoint(ckpt_to_initialize_from, plain)
    if unused := set(previous) - used_names:
        raise ValueError(
            "You provided the following variables in var_name_to_prev_var_name that were not "
            f"used: {sorted(unused)}. They are not among the variables to warm-start."
        )


def _name_of(variable: Any) -> str:
    info = variable._save_slice_info
    return info.full_name if info is not None else variable.op.name


def _grouped(variables: Any) -> dict[str, list]:
    groups: dict[str, list] = {}
    for variable in variables:
        for part in variable if isinstance(variable, list | tuple) else [variable]:
            groups.setdefault(_name_of(part), []).append(part)
    return groups


def _chosen(which: Any) -> dict[str, list]:
    if which is None:
        return {}
    if isinstance(which, str):
        return _grouped(tf.get_collection(tf.GraphKeys.TRAINABLE_VARIABLES, scope=which))
    if not isinstance(which, list):
        raise ValueError(
            "vars_to_warm_start must be a regular expression, a list of those or of variables, or "
            f"None, not {which!r}"
        )
    if all(isinstance(item, str) for item in which):
        found = []
        for pattern in which:
            found += tf.get_collection(tf.GraphKeys.GLOBAL_VARIABLES, scope=pattern)
        return _grouped(dict.fromkeys(found))
    return _grouped(which)


def _named(name: str) -> list:
    found = tf.get_collection(
        tf.GraphKeys.GLOBAL_VARIABLES, scope=f"{re.escape(name)}(/part_\\d+)?:0$"
    )
    if not found:
        raise ValueError(f"var_name_to_vocab_info names {name!r}, but there is no such variable.")
    return found


def _words(path: str, size: int) -> list[str]:
    with tf.gfile.GFile(path, "r") as file:
        words = [line.rstrip("\n") for line in file]
    return words if size < 0 else words[:size]


def _warm_start_with_vocabulary(parts: list, stored: str, checkpoint: str, info: VocabInfo) -> None:
    old = np.asarray(tf.train.load_variable(checkpoint, stored))
    old_places = {word: i for i, word in enumerate(_words(info.old_vocab, info.old_vocab_size))}
    new = _words(info.new_vocab, info.new_vocab_size)
    slices = parts[0]._save_slice_info
    shape = list(slices.full_shape) if slices is not None else parts[0].get_shape().as_list()
    dtype = parts[0].dtype.base_dtype
    known = [(row, old_places[word]) for row, word in enumerate(new) if word in old_places]
    rows = np.array([row for row, _ in known], np.int32)
    values = np.take(old, [place for _, place in known], axis=info.axis)
    for part in parts:
        own = part._save_slice_info
        begin = list(own.var_offset) if own is not None else [0] * len(shape)
        size = part.get_shape().as_list()
        with tf.control_dependencies(None):
            backup = (info.backup_initializer or tf.zeros_initializer())(size, dtype=dtype)
            low, high = begin[info.axis], begin[info.axis] + size[info.axis]
            here = (rows >= low) & (rows < high)
            taken = np.compress(here, values, axis=info.axis)
            other = 1 - info.axis
            if len(shape) > 1 and size[other] != shape[other]:
                taken = np.take(taken, range(begin[other], begin[other] + size[other]), axis=other)
            value = _with_rows(backup, rows[here] - low, taken, info.axis)
            part._initializer_op = tf.assign(part, value).op


def _with_rows(backup: Any, rows: np.ndarray, values: np.ndarray, axis: int) -> Any:
    """The tensor with some rows (columns) replaced."""
    if not len(rows):
        return backup
    size = backup.get_shape().as_list()[axis]
    order = np.zeros(size, np.int32)
    order[rows] = np.arange(len(rows), dtype=np.int32)
    mask = np.zeros(size, bool)
    mask[rows] = True
    whole = np.take(values, order, axis=axis)
    shape = [1] * len(backup.get_shape().as_list())
    shape[axis] = size
    mask = np.broadcast_to(mask.reshape(shape), whole.shape)
    return tf.where(tf.constant(mask), tf.constant(whole, backup.dtype.base_dtype), backup)
