"""Values of variables from checkpoints and arrays."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import numpy as np

import scopeflow as tf

from .variables import get_variable_full_name


def load_checkpoint(filepattern: str) -> Any:
    """A reader of a checkpoint, or of the newest in a directory."""
    return tf.train.load_checkpoint(filepattern)


def load_variable(checkpoint_dir: str, name: str) -> Any:
    """The value of a variable in a checkpoint."""
    return tf.train.load_variable(checkpoint_dir, name)


def list_variables(checkpoint_dir: str) -> list:
    """(name, shape) of each variable of a checkpoint, by name."""
    return tf.train.list_variables(checkpoint_dir)


def init_from_checkpoint(checkpoint_dir: str, assignment_map: Any) -> None:
    """Have the variables' initializers read a checkpoint. See `tf.train.init_from_checkpoint`."""
    tf.train.init_from_checkpoint(checkpoint_dir, assignment_map)


def assign_from_values(var_names_to_values: dict[str, Any]) -> tuple[Any, dict]:
    """(an op that gives the named variables these values, the feed_dict that it needs)."""
    return _assignment([(_variable(name), value) for name, value in var_names_to_values.items()])


def assign_from_values_fn(var_names_to_values: dict[str, Any]) -> Callable[[Any], Any]:
    """A function of a session that gives the named variables these values."""
    op, feeds = assign_from_values(var_names_to_values)

    def callback(session: Any) -> Any:
        return session.run(op, feeds)

    return callback


def _variable(name: str) -> Any:
    from .variables import get_unique_variable

    return get_unique_variable(name)


def _assignment(pairs: list[tuple[Any, Any]]) -> tuple[Any, dict]:
    ops, feeds = [], {}
    for variable, value in pairs:
        value = np.asarray(value)
        placeholder = tf.placeholder(
            variable.dtype.base_dtype, value.shape, name="value/" + variable.op.name
        )
        ops.append(variable.assign(placeholder))
        feeds[placeholder] = value.reshape(variable.shape.as_list())
    return tf.group(*ops), feeds


def assign_from_checkpoint(
    model_path: str, var_list: Any, ignore_missing_vars: bool = False
) -> tuple[Any, dict]:
    """(an op that gives variables their values in a checkpoint, the feed_dict that it needs).

    `var_list` is a list of variables, or a dict of them (or of lists of the parts of one) by their
    names in the checkpoint. ValueError for a variable that the checkpoint does not have, unless
    those are to be ignored, and for one of another number of elements.
    """
    named: dict[str, list] = {}
    if isinstance(var_list, dict):
        for name, variables in var_list.items():
            named[name] = list(variables) if isinstance(variables, list | tuple) else [variables]
    else:
        for variable in var_list:
            named.setdefault(get_variable_full_name(variable), []).append(variable)
    # A checkpoint may be named like a directory that stands beside it.
    exists = tf.gfile.Exists(f"{model_path}.index")
    reader = (tf.train.NewCheckpointReader if exists else tf.train.load_checkpoint)(model_path)
    pairs = []
    for name, variables in named.items():
        if not reader.has_tensor(name):
            text = f"Checkpoint is missing variable [{name}]"
            if not ignore_missing_vars:
                raise ValueError(text)
            tf.logging.warning(text)
            continue
        value = reader.get_tensor(name)
        for variable in variables:
            info = getattr(variable, "_save_slice_info", None)
            part = value
            if len(variables) > 1 or info is not None:
                if info is None:
                    raise ValueError(f"Var {variable.op.name} is not a slice of [{name}]")
                part = value[
                    tuple(
                        slice(start, start + size)
                        for start, size in zip(info.var_offset, info.var_shape, strict=True)
                    )
                ]
            if int(np.prod(variable.shape.as_list())) != part.size:
                raise ValueError(
                    f"Total size of new array must be unchanged for {name} lh_shape: "
                    f"[{part.shape}], rh_shape: [{variable.shape.as_list()}]"
                )
            pairs.append((variable, part))
    return _assignment(pairs)


def assign_from_checkpoint_fn(
    model_path: str,
    var_list: Any,
    ignore_missing_vars: bool = False,
    reshape_variables: bool = False,
) -> Callable[[Any], Any] | None:
    """A function of a session that restores variables from a checkpoint.

    `var_list` is a list of variables, or a dict by their names in the checkpoint. With
    `ignore_missing_vars` those that it does not have keep their values; None where there are no
    others. `reshape_variables` allows for other shapes with as many elements. ValueError for an
    empty list.
    """
    if not var_list:
        raise ValueError("var_list cannot be empty")
    if ignore_missing_vars:
        reader = tf.train.NewCheckpointReader(model_path)
        if isinstance(var_list, dict):
            named = dict(var_list)
        else:
            named = {get_variable_full_name(variable): variable for variable in var_list}
        there = {}
        for name, variable in named.items():
            if reader.has_tensor(name):
                there[name] = variable
            else:
                tf.logging.warning(f"Variable {name} missing in checkpoint {model_path}")
        if not there:
            tf.logging.warning("No Variables to restore")
            return None
        var_list = there
    saver = tf.train.Saver(var_list, reshape=reshape_variables)

    def callback(session: Any) -> None:
        saver.restore(session, os.fspath(model_path))

    return callback
