"""`tf.train.warm_start`: a model that starts with the values of another one."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import numpy as np

from ..core.context import get_default_graph
from ..core.graph_keys import GraphKeys
from ..ops.array import reshape
from ..ops.constant import constant
from ..ops.filling import zeros
from ..ops.gathering import gather, where
from ..ops.state import assign
from ..scopes.variable import Variable
from .initial_values import init_from_checkpoint
from .reader import load_checkpoint, load_variable


class VocabInfo(NamedTuple):
    """How the rows (`axis` 0) or columns (1) of a variable stand for the lines of a file.

    Those of the first `new_vocab_size` lines of `new_vocab` start with what the checkpoint has for
    the same line of `old_vocab` (its first `old_vocab_size` lines; -1: all). The others, and the
    `num_oov_buckets` at the end, start with `backup_initializer`, or 0.
    """

    new_vocab: Any
    new_vocab_size: Any
    num_oov_buckets: Any
    old_vocab: Any
    old_vocab_size: Any = -1
    backup_initializer: Any = None
    axis: Any = 0


def warm_start(
    ckpt_to_initialize_from,
    vars_to_warm_start=".*",
    var_name_to_vocab_info=None,
    var_name_to_prev_var_name=None,
):
    """Let variables start with the values in a checkpoint. Call it once they are made.

    `vars_to_warm_start` is a regular expression for the names of trainable variables, a list of
    such expressions for all variables, a list of variables, or None for those that
    `var_name_to_vocab_info` names, a dict of name → VocabInfo. `var_name_to_prev_var_name` tells
    which are called otherwise in the checkpoint. Of a checkpoint that `tf.train.Checkpoint` wrote,
    the variables' names count. Raises ValueError for names that nothing uses, and for variables
    that are not in the checkpoint.
    """
    vocabularies = dict(var_name_to_vocab_info or {})
    names = dict(var_name_to_prev_var_name or {})
    chosen = _grouped(_chosen(vars_to_warm_start, list(vocabularies)))
    for label, given in (
        ("var_name_to_prev_var_name", names), ("var_name_to_vocab_info", vocabularies)
    ):  # fmt: skip
        unused = set(given) - set(chosen)
        if unused:
            raise ValueError(
                f"You provided the following variables in {label} that were not used: {unused}.  "
                "Perhaps you misspelled them?  Here is the list of viable variable names: "
                f"{list(chosen)}"
            )
    keys = load_checkpoint(ckpt_to_initialize_from).keys_of_objects()
    missing = {names.get(name, name) for name in chosen} - set(keys) if keys else set()
    if missing:
        raise ValueError(
            "Attempting to warm-start from an object-based checkpoint, but found that the "
            "checkpoint did not contain values for all variables. The following variables were "
            f"missing: {missing}"
        )
    for name, parts in chosen.items():
        before = names.get(name, name)
        before = keys.get(before, before)
        if name in vocabularies:
            _by_vocabulary(str(ckpt_to_initialize_from), before, parts, vocabularies[name])
            continue
        whole = getattr(parts[0], "_save_slice_info", None) is None
        init_from_checkpoint(ckpt_to_initialize_from, {before: parts[0] if whole else parts})


def _chosen(wanted: Any, named: list[str]) -> list:
    graph = get_default_graph()
    if wanted is None:
        every = graph.get_collection(GraphKeys.GLOBAL_VARIABLES)
        return [v for v in every if _name(v) in named]
    if isinstance(wanted, str):
        return graph.get_collection(GraphKeys.TRAINABLE_VARIABLES, scope=wanted)
    if all(isinstance(item, str) for item in wanted):
        every = graph.get_collection(GraphKeys.GLOBAL_VARIABLES)
        return [v for v in every if any(re.match(item, v.name) for item in wanted)]
    found: list[Any] = []
    for item in wanted:
        parts = item if isinstance(item, list | tuple) else [item]
        parts = list(parts) if not hasattr(item, "_get_variable_list") else list(item)
        if not all(isinstance(part, Variable) for part in parts):
            raise ValueError(
                "If `vars_to_warm_start` is a list, it must be all `Variable` or all `str`.  Given "
                f"types are {[type(item) for item in wanted]}"
            )
        found += parts
    return found


def _name(variable: Any) -> str:
    info = getattr(variable, "_save_slice_info", None)
    return info.full_name if info is not None else variable.op.name


def _grouped(variables: list) -> dict[str, list]:
    found: dict[str, list] = {}
    for variable in variables:
        found.setdefault(_name(variable), []).append(variable)
    return found


def _lines(path: str, count: int) -> list[bytes]:
    with open(path, "rb") as file:
        lines = file.read().splitlines()
    if count > len(lines):
        raise ValueError(f"{path} has {len(lines)} lines, fewer than the {count} to use")
    return lines[:count] if count >= 0 else lines


def _by_vocabulary(checkpoint: str, name: str, parts: list, info: VocabInfo) -> None:
    """The rows (columns) that both vocabularies have get their old values."""
    if info.axis not in (0, 1):
        raise ValueError(f"The axis of a VocabInfo must be 0 or 1, not {info.axis}")
    places = {line: i for i, line in enumerate(_lines(info.old_vocab, info.old_vocab_size))}
    new = _lines(info.new_vocab, info.new_vocab_size)
    rows = [places.get(line, -1) for line in new] + [-1] * info.num_oov_buckets
    old = load_variable(checkpoint, name)
    for part in parts:
        own = getattr(part, "_save_slice_info", None)
        shape = part.get_shape().as_list()
        offset = own.var_offset if own is not None else [0] * len(shape)
        full = own.full_shape if own is not None else shape
        expected = [size for axis, size in enumerate(full) if axis != info.axis]
        found = [size for axis, size in enumerate(old.shape) if axis != info.axis]
        if expected != found or len(rows) != full[info.axis]:
            raise ValueError(
                f"{part.name} of shape {tuple(full)} cannot start with {name!r} of shape "
                f"{old.shape}: the vocabulary has {len(rows)} entries along axis {info.axis}"
            )
        mine = np.array(rows)[offset[info.axis] :][: shape[info.axis]]
        dtype = part.dtype.base_dtype
        initializer = info.backup_initializer or (lambda shape, dtype: zeros(shape, dtype))
        backup = initializer(shape, dtype=dtype)
        others = tuple(
            slice(None) if axis == info.axis else slice(offset[axis], offset[axis] + shape[axis])
            for axis in range(len(shape))
        )
        kept = gather(constant(old[others]), np.maximum(mine, 0), axis=info.axis)
        spread = [-1 if axis == info.axis else 1 for axis in range(len(shape))]
        known = np.broadcast_to((mine >= 0).reshape(spread), shape)
        value = where(constant(known), kept, reshape(backup, shape))
        part._initial_value = value
        part._initializer_op = assign(part, value).op
