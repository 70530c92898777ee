"""`tf.train.init_from_checkpoint`: variables that start with the values in a checkpoint."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import Any

from ..core.context import get_default_graph
from ..core.dtypes import resource
from ..ops.array import identity
from ..ops.resource import AssignVariableOp
from ..ops.save_restore import RestoreV2
from ..ops.state import Assign
from ..scopes.partitioned import PartitionedVariable
from ..scopes.store import store_of
from ..scopes.variable import Variable
from .bundle import BundleReader
from .files import near
from .reader import load_checkpoint
from .state import latest_checkpoint


def init_from_checkpoint(ckpt_dir_or_file, assignment_map):
    """Let variables start with the values that a checkpoint has (a directory: its newest one).

    `assignment_map` tells which variable gets which value:

    - `{"name in the checkpoint": variable}`, or the list of a partitioned variable's parts;
    - `{"name in the checkpoint": "name of a variable"}`, one made by `tf.get_variable`;
    - `{"scope/": "other_scope/"}`: each variable of the graph's scope, by its name in the other;
      `"/"` is the root on either side.

    Call it after the variables are made and before their initializers run, which then restore
    them. Raises ValueError for names that are not there and for shapes that differ,
    `tf.errors.NotFoundError` where there is no checkpoint.
    """
    reader: Any = load_checkpoint(ckpt_dir_or_file)
    path = os.fsdecode(ckpt_dir_or_file)
    name = latest_checkpoint(path) if os.path.isdir(path) else path
    for tensor, target in sorted(assignment_map.items(), key=lambda item: str(item[0])):
        for stored, variable, what in _targets(tensor, target):
            if not reader.has_tensor(stored):
                raise ValueError(_missing(reader, path, stored, what))
            _start(reader, str(name), stored, variable)


def _targets(tensor: str, target: Any) -> Iterator[tuple[str, Any, str]]:
    """(name in the checkpoint, variable or its parts, where it comes from) for an assignment."""
    store = store_of(get_default_graph())
    if isinstance(target, str):
        found = store.partitioned.get(target) or store.variables.get(target)
        if found is None and f"{target}/part_0" in store.variables:
            found = _parts(store, target)
        if found is None:
            yield from _scope(store, tensor, target)
            return
        target = found
    elif isinstance(target, list | tuple):
        if not target or any(getattr(v, "_save_slice_info", None) is None for v in target):
            raise ValueError(
                f"The list for {tensor!r} must have the parts of one partitioned variable, but is "
                f"{target}"
            )
    elif not isinstance(target, Variable | PartitionedVariable):
        raise TypeError(
            f"{tensor!r} is assigned to {target!r}: give a variable, its name, its parts or a scope"
        )
    yield tensor, target, ""


def _parts(store: Any, name: str) -> list:
    found: list[Any] = []
    while (part := store.variables.get(f"{name}/part_{len(found)}")) is not None:
        found.append(part)
    return found


def _scope(store: Any, tensor: str, target: str) -> Iterator[tuple[str, Any, str]]:
    if not tensor.endswith("/") or not target.endswith("/"):
        scope = target.rpartition("/")[0]
        message = (
            f"Assignment map with scope only name {scope} should map to scope only {tensor}. "
            "Should be 'scope/': 'other_scope/'."
        )
        close = near(target, store.variables)
        message += f"\nThere is no variable {target!r}."
        raise ValueError(message + (f" Near ones: {', '.join(close)}." if close else ""))
    scope = "" if target == "/" else target
    begin = "" if tensor == "/" else tensor
    seen = set()
    for name in list(store.variables):
        if not name.startswith(scope):
            continue
        variable: Any = store.variables[name]
        whole, _, number = name.rpartition("/part_")
        if whole and number.isdecimal() and getattr(variable, "_save_slice_info", None):
            if whole in seen:
                continue
            seen.add(whole)
            name, variable = whole, store.partitioned.get(whole) or _parts(store, whole)
        rest = name[len(scope) :]
        yield begin + rest, variable, f" ({rest} in {tensor})"


def _missing(reader: BundleReader, path: str, stored: str, what: str) -> str:
    message = f"Tensor {stored}{what} is not found in {path} checkpoint"
    found = near(stored, reader.entries)
    if found:
        return f"{message}\nNear ones in it: {', '.join(found)}."
    names = sorted(reader.entries)
    more = f" and {len(names) - 10} others" if len(names) > 10 else ""
    return f"{message}\nIt has {', '.join(names[:10])}{more}."


def _start(reader: BundleReader, prefix: str, stored: str, variable: Any) -> None:
    whole = isinstance(variable, Variable)
    parts = [variable] if whole else list(variable)
    shape = parts[0].get_shape() if whole else parts[0]._save_slice_info.full_shape
    given = list(reader.entries[stored].shape)
    fits = shape.is_compatible_with(given) if whole else list(shape) == given
    if not fits:
        name = parts[0].name if whole else parts[0]._save_slice_info.full_name
        text = str(shape) if whole else str(tuple(shape))
        raise ValueError(
            f"Shape of variable {name} ({text}) doesn't match with shape of tensor {stored} "
            f"({given}) from checkpoint reader."
        )
    graph = get_default_graph()
    for part in parts:
        info = None if whole else part._save_slice_info
        with graph.device("/cpu:0"), graph.control_dependencies(None):
            (value,) = RestoreV2(
                prefix, [stored], [info.spec if info else ""], [part.dtype.base_dtype],
                name="checkpoint_initializer",
            )  # fmt: skip
        with graph.control_dependencies(None):
            value.set_shape(part.get_shape())
            part._initial_value = value
            storage = part.op.outputs[0]
            if storage.dtype is resource:
                part._initializer_op = AssignVariableOp(storage, identity(value))
            else:
                part._initializer_op = Assign(storage, value).op
