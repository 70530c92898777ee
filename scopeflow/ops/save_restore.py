"""The ops of checkpoints: they write and read files when they run."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..core.dtypes import DType
from ..core.errors import InvalidArgumentError, NotFoundError
from ..core.lazy_torch import torch
from ..core.op import REQUIRED, ShapeError, op
from ..core.operation import Tensor
from ..core.static_value import constant_value


def _texts(value: Any) -> list[str]:
    return [item.decode() if isinstance(item, bytes) else item for item in value.ravel().tolist()]


def _same_lengths(op: Any, **lists: Any) -> None:
    first, *others = lists.items()
    for name, items in others:
        if len(items) != len(first[1]):
            raise InvalidArgumentError(
                None, op, f"{first[0]} has {len(first[1])} elements, {name} {len(items)}"
            )


# Saving.


@op("string, string, string, [dtypes] ->", stateful=True, differentiable=False)
def SaveV2(prefix, tensor_names, shape_and_slices, tensors, *, op):
    """Writes the tensors as a checkpoint of the V2 format; a part of one where a slice is given."""
    from ..checkpoint.writer import BundleWriter

    parts = _parts(op, tensor_names, shape_and_slices, tensors, op.attrs["dtypes"])
    with BundleWriter(_texts(prefix)[0]) as writer:
        for part in parts:
            writer.add_slice(*part)


def _parts(op: Any, names: Any, specs: Any, tensors: list, dtypes: list[DType]) -> Iterator[tuple]:
    """Of each tensor the name, the dtype, the shape of the whole, the place in it, the value."""
    from ..checkpoint.slices import parsed_spec

    names, specs = _texts(names), _texts(specs)
    _same_lengths(op, tensors=tensors, tensor_names=names, shape_and_slices=specs)
    for name, spec, dtype, tensor in zip(names, specs, dtypes, tensors):
        shape = tuple(tensor.shape)
        extents = tuple((0, size) for size in shape)
        if spec:
            try:
                shape, extents = parsed_spec(spec)
            except ValueError as error:
                raise InvalidArgumentError(None, op, f"{name}: {error}") from None
            lengths = [size - b if n is None else n for (b, n), size in zip(extents, shape)]
            if lengths != list(tensor.shape):
                raise InvalidArgumentError(
                    None, op, "Slice in shape_and_slice specification does not match the shape of "
                    f"the tensor to save: {name}: {spec}, tensor: {list(tensor.shape)}",
                )  # fmt: skip
        yield name, dtype, shape, extents, to_stored(tensor, dtype)


@op("string, string, string, [T] ->", stateful=True, differentiable=False)
def SaveSlices(filename, tensor_names, shapes_and_slices, data, *, op):
    """Writes the tensors as a checkpoint of the V1 format; a part of one where a slice is given."""
    from ..checkpoint.v1 import Part, write_first

    parts = _parts(op, tensor_names, shapes_and_slices, data, op.attrs["T"])
    write_first(_texts(filename)[0], (Part(*part) for part in parts))


@op("string, string, [T] ->", stateful=True, differentiable=False)
def Save(filename, tensor_names, data, *, op):
    """Writes the tensors as a checkpoint of the V1 format."""
    from ..checkpoint.v1 import Part, write_first

    specs = np.array([b""] * len(data), object)
    parts = _parts(op, tensor_names, specs, data, op.attrs["T"])
    write_first(_texts(filename)[0], (Part(*part) for part in parts))


def to_stored(tensor: Any, dtype: DType) -> np.ndarray:
    """The elements as checkpoints have them, in the tensor's own memory where that can be."""
    if isinstance(tensor, np.ndarray):
        return tensor
    tensor = tensor.detach()
    if dtype.name == "bfloat16":
        tensor = tensor.view(torch.uint16)
    return tensor.contiguous().numpy(force=True)


@op("string, host int32, host int32 -> string", shape=lambda *_: (), differentiable=False)
def ShardedFilename(basename, shard, num_shards):
    """`basename-00001-of-00004`."""
    found = np.empty((), object)
    found[()] = _texts(basename)[0].encode() + b"-%05d-of-%05d" % (shard, num_shards)
    return found


@op("string, host int32 -> string", shape=lambda *_: (), differentiable=False)
def ShardedFilespec(basename, num_shards):
    """`basename-?????-of-00004`, the pattern of all shards' names."""
    found = np.empty((), object)
    found[()] = _texts(basename)[0].encode() + b"-?????-of-%05d" % num_shards
    return found


@op("string, string ->", stateful=True, differentiable=False)
def MergeV2Checkpoints(checkpoint_prefixes, destination_prefix, *, delete_old_dirs=True):
    """Makes one checkpoint of those that the shards wrote; their directories are deleted."""
    from ..checkpoint.writer import merge

    merge(_texts(checkpoint_prefixes), _texts(destination_prefix)[0], delete_old_dirs)


# Restoring.


def _restored_shapes(
    prefix: Tensor, tensor_names: Tensor, shape_and_slices: Tensor, *, dtypes: Any
) -> list:
    from ..checkpoint.slices import parsed_spec

    specs = constant_value(shape_and_slices)
    if specs is None:
        return [None] * len(dtypes)
    if len(_texts(specs)) != len(dtypes):
        raise ShapeError(f"{len(dtypes)} dtypes, but {len(_texts(specs))} shape_and_slices")
    found: list[Any] = []
    for spec in _texts(specs):
        if not spec:
            found.append(None)
            continue
        try:
            shape, extents = parsed_spec(spec)
        except ValueError as error:
            raise ShapeError(str(error)) from None
        found.append(tuple(s - b if n is None else n for (b, n), s in zip(extents, shape)))
    return found


@op(
    "string, string, string -> [dtypes]",
    attrs={"dtypes": REQUIRED},
    shape=_restored_shapes,
    stateful=True,
    fresh=True,
    differentiable=False,
)
def RestoreV2(prefix, tensor_names, shape_and_slices, *, device, op):
    """Tensors of a checkpoint, by name; a part of one where a slice is given."""
    names, specs = _texts(tensor_names), _texts(shape_and_slices)
    return _restored(op, prefix, names, specs, op.attrs["dtypes"], device)


def _restored(
    op: Any, prefix: Any, names: list[str], specs: list[str], dtypes: list[DType], device: Any
) -> list:
    from ..checkpoint.reader import open_checkpoint

    _same_lengths(op, dtypes=dtypes, tensor_names=names, shape_and_slices=specs)
    reader = open_checkpoint(_texts(prefix)[0])
    missing = [name for name in dict.fromkeys(names) if name not in reader.entries]
    if missing:
        raise NotFoundError(None, op, "\n".join(reader.missing_key(name) for name in missing))
    for name, dtype in zip(names, dtypes):
        if reader.entries[name].dtype is not dtype:
            raise InvalidArgumentError(
                None, op, f"tensor_name = {name}; expected dtype {dtype.name} does not equal "
                f"original dtype {reader.entries[name].dtype_name}",
            )  # fmt: skip
    found = []
    whole: tuple[str, Any] = "", None  # the parts of a variable stand side by side
    for name, spec, dtype in zip(names, specs, dtypes):
        if not spec:
            found.append(from_stored(reader.stored(name), dtype, device))
            continue
        place, extents = _place(op, name, spec, reader.entries[name].shape)
        part = reader.stored_slice(name, extents)
        if part is None:
            if whole[0] != name:
                whole = name, reader.stored(name)
            part = whole[1][place].copy()
        found.append(from_stored(part, dtype, device))
    return found


def _place(op: Any, name: str, spec: str, stored: tuple[int, ...]) -> tuple[tuple, Any]:
    """Where the part lies in the whole, checked against the shape that the checkpoint has."""
    from ..checkpoint.slices import parsed_spec, place_of

    try:
        shape, extents = parsed_spec(spec)
    except ValueError as error:
        raise InvalidArgumentError(None, op, f"{name}: {error}") from None
    if shape != stored:
        raise InvalidArgumentError(
            None, op, f"tensor_name = {name}; shape in shape_and_slice spec "
            f"{list(shape)} does not match the shape stored in checkpoint: {list(stored)}",
        )  # fmt: skip
    place = tuple(slice(begin, end) for begin, end in place_of(extents, shape))
    return place, extents


def from_stored(array: np.ndarray, dtype: DType, device: Any) -> Any:
    """The tensor of what checkpoints have."""
    if dtype.name == "string":
        return array
    tensor = torch.from_numpy(array)
    if dtype.name == "bfloat16":
        tensor = tensor.view(torch.bfloat16)
    return tensor.to(device)


@op(
    "string, string, string -> dt",
    attrs={"dt": REQUIRED, "preferred_shard": -1},
    stateful=True,
    differentiable=False,
)
def RestoreSlice(file_pattern, tensor_name, shape_and_slice, *, device, op):
    """A tensor of a checkpoint, by name; a part of it where a slice is given."""
    names, specs = _texts(tensor_name), _texts(shape_and_slice)
    return _restored(op, file_pattern, names, specs, [op.attrs["dt"]], device)[0]


@op(
    "string, string -> dt",
    attrs={"dt": REQUIRED, "preferred_shard": -1},
    stateful=True,
    differentiable=False,
)
def Restore(file_pattern, tensor_name, *, device, op):
    """A tensor of a checkpoint, by name."""
    return _restored(op, file_pattern, _texts(tensor_name), [""], [op.attrs["dt"]], device)[0]
