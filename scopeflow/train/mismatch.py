"""What a graph wants of a checkpoint, and all that the checkpoint has not or has otherwise."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any, NamedTuple

import scopeflow as tf


class Wanted(NamedTuple):
    """A tensor that a saver restores; `shape` is None where any will do."""

    name: str
    dtype: Any
    shape: Any
    elements: bool  # whether only their number has to be right
    op: Any

    def text(self) -> str:
        return f"{'' if self.shape is None else self.shape} {self.dtype.name}".strip()


def wanted(restore: Any) -> list[Wanted]:
    """What the op restores, by the ops that it waits for."""
    found: dict[str, Wanted] = {}
    for op, target in _reads(restore, set()):
        names, specs = (_texts(tensor) for tensor in op.inputs[1:3])
        if names is None or specs is None:
            continue
        for number, (name, spec, dtype) in enumerate(zip(names, specs, op.attrs["dtypes"])):
            shape, elements = target.get(number, (None, False))
            if spec:
                shape = tf.TensorShape([int(n) for n in spec.split(" ")[:-1]])
            found.setdefault(name, Wanted(name, dtype, shape, elements and not spec, op))
    return list(found.values())


def _reads(restore: Any, seen: set) -> Iterator[tuple[Any, dict[int, tuple]]]:
    """Each op that reads from a checkpoint, with the shapes that its outputs must have."""
    reading: dict[Any, dict[int, tuple]] = {}
    waiting = [restore]
    while waiting:
        op = waiting.pop()
        if op in seen:
            continue
        seen.add(op)
        waiting += op.control_inputs
        if op.type == "RestoreV2":
            reading.setdefault(op, {})
            continue
        if op.type in ("Assign", "AssignVariableOp"):
            value, elements = op.inputs[1], False
            while value.op.type in ("Identity", "Reshape"):
                elements = elements or value.op.type == "Reshape"
                value = value.op.inputs[0]
            if value.op.type == "RestoreV2":
                checked = op.type == "AssignVariableOp" or op.get_attr("validate_shape")
                shape = _shape(op.inputs[0]) if checked or elements else None
                reading.setdefault(value.op, {})[value.value_index] = shape, elements
        waiting += [tensor.op for tensor in op.inputs]
    yield from reading.items()


def _shape(variable: Any) -> Any:
    if variable.dtype == tf.resource:
        return variable.op.attrs["shape"]
    return variable.get_shape()


def _texts(tensor: Any) -> list[str] | None:
    value = tensor.op.attrs.get("value")
    return None if value is None else [item.decode() for item in value.ravel().tolist()]


def checked(restore: Any, path: str) -> dict[Any, Any]:
    """Raise the error that lists all that differs. Returns what else to feed.

    A checkpoint of objects (`tf.train.Checkpoint`) has other keys: those are fed for the names.
    """
    asked = wanted(restore)
    reader = tf.train.NewCheckpointReader(path)
    keys = reader.keys_of_objects()
    if keys and all(item.name in keys for item in asked):
        own = {item.name: item._replace(name=keys[item.name]) for item in asked}
        _compare(list(own.values()), reader, path)
        feeds = {}
        for op in {item.op for item in asked}:
            names = op.inputs[1]
            feeds[names] = [keys[name] for name in _texts(names) or ()]
        return feeds
    _compare(asked, reader, path)
    return {}


def _compare(asked: list[Wanted], reader: Any, path: str) -> None:
    shapes, dtypes = reader.get_variable_to_shape_map(), reader.get_variable_to_dtype_map()
    missing = [item for item in asked if item.name not in shapes]
    other = [
        item for item in asked
        if item.name in shapes and not _fits(item, shapes[item.name], dtypes[item.name])
    ]  # fmt: skip
    if not missing and not other:
        return
    names = {item.name for item in asked}
    extra = [name for name in shapes if name not in names]
    first = (missing or other)[0]
    lines = []
    if missing:
        lines.append(f"Key {first.name} not found in checkpoint")
    elif dtypes[first.name] != first.dtype:
        lines.append(
            f"tensor_name = {first.name}; expected dtype {first.dtype.name} does not equal "
            f"original dtype {dtypes[first.name].name}"
        )
    else:
        lines.append(
            "Assign requires shapes of both tensors to match. "
            f"lhs shape= {first.shape} rhs shape= {shapes[first.name]}"
        )
    lines.append(f"The graph's variables and those in {path} differ.")
    if missing:
        lines.append(f"Not in the checkpoint ({len(missing)}):")
        lines += [f"  {item.name}  {item.text()}{_near(item.name, extra)}" for item in missing]
    if other:
        lines.append(f"Of another shape or dtype ({len(other)}):")
        lines += [
            f"  {item.name}  in the graph {item.text()}, in the checkpoint "
            f"{shapes[item.name]} {dtypes[item.name].name}"
            for item in other
        ]
    if extra:
        lines.append(f"In the checkpoint only ({len(extra)}):")
        lines += [f"  {name}  {shapes[name]} {dtypes[name].name}" for name in extra]
    if missing:
        lines.append(
            "To restore only what is there, or under other names: tf.train.Saver({name in the "
            "checkpoint: variable, …})."
        )
    kind = tf.errors.NotFoundError if missing else tf.errors.InvalidArgumentError
    raise kind(None, first.op, "\n".join(lines))


def _fits(item: Wanted, shape: list[int], dtype: Any) -> bool:
    if dtype != item.dtype:
        return False
    if item.shape is None or not item.elements:
        return item.shape is None or item.shape.is_compatible_with(shape)
    count = item.shape.num_elements()
    return count is None or count == tf.TensorShape(shape).num_elements()


def _near(name: str, extra: list[str]) -> str:
    """The names that may be meant: alike, or with the same end."""
    last = name.rpartition("/")[2]
    same = [n for n in extra if n.rpartition("/")[2] == last][:200]
    alike = difflib.get_close_matches(name, same, 2, 0.4)
    alike += difflib.get_close_matches(name, extra[:2000], 2, 0.6)
    found = list(dict.fromkeys(alike))[:3]
    return f"  (near: {', '.join(found)})" if found else ""
