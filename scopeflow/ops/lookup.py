"""The ops of lookup tables. A table is a Python dict that the session holds."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.errors import FailedPreconditionError, NotFoundError
from ..core.held import held_object
from ..core.lazy_torch import torch
from ..core.op import REQUIRED, op
from ..core.operation import Dims, Operation, Tensor
from ..core.shape_rules import merged, rank_is
from .texts import array_of, tensor_of

WHOLE_LINE, LINE_NUMBER = -2, -1
"""Columns of a text file that are none: TensorFlow's numbers for them."""


class Table:
    """Keys (bytes, numbers) and values. One that is not mutable is initialized first, and once."""

    def __init__(self, op: Operation, *, mutable: bool = False, not_keys: Any = ()) -> None:
        self.key_dtype, self.value_dtype = op.attrs["key_dtype"], op.attrs["value_dtype"]
        self.entries: dict[Any, Any] = {}
        self.mutable = self.initialized = mutable
        self.not_keys = not_keys

    def fill(self, keys: list, values: list) -> None:
        """Give the table these entries alone; one that is not mutable takes them just once."""
        if self.mutable:
            self.entries = dict(zip(keys, values, strict=True))
        if self.initialized:
            return
        entries: dict[Any, Any] = {}
        for key, value in zip(keys, values, strict=True):
            if entries.setdefault(key, value) != value:
                raise FailedPreconditionError(
                    None,
                    None,
                    f"HashTable has different value for same key. Key {_shown(key)} has "
                    f"{_shown(entries[key])} and trying to add value {_shown(value)}",
                )
        self.entries = entries
        self.initialized = True

    def checked(self) -> dict[Any, Any]:
        """The entries. FailedPreconditionError before the table is initialized."""
        if not self.initialized:
            raise FailedPreconditionError(
                None,
                None,
                "Table not initialized.\nRun its initializer first: "
                "session.run(tf.tables_initializer()).",
            )
        return self.entries

    def check_keys(self, keys: list) -> None:
        """InvalidArgumentError for what a dense table keeps for itself."""
        for key in keys:
            if key in self.not_keys:
                raise ValueError(
                    f"Using the empty_key or the deleted_key as a table key is not allowed: "
                    f"{_shown(key)}"
                )


def _shown(item: Any) -> str:
    return item.decode("utf-8", "replace") if isinstance(item, bytes) else str(item)


def _items(value: Any) -> list:
    """A tensor's elements, flat."""
    return value.reshape(-1).tolist()


def _rows(values: Any, count: int) -> list:
    """The values of so many keys: elements, or arrays where each is a tensor."""
    if isinstance(values, np.ndarray):
        return values.ravel().tolist()
    if values.ndim and values.numel() != count:
        rows = values.reshape(count, *values.shape[-(values.ndim - 1) :]) if count else values
        return [row.numpy(force=True).copy() for row in rows]
    return values.reshape(-1).tolist()


def _made(items: list, size: Any, like: Any) -> Any:
    """A tensor of found values, of the kind of `like` (the default)."""
    if isinstance(like, np.ndarray):
        return array_of(items, size)
    kind = str(like.dtype).removeprefix("torch.")
    flat = np.array(items, kind) if items else np.zeros((0, *like.shape), kind)
    return tensor_of(flat.reshape((*size, *like.shape)), kind, like.device)


_MADE: dict[str, Any] = {
    "container": "",
    "shared_name": "",
    "use_node_name_sharing": False,
    "key_dtype": REQUIRED,
    "value_dtype": REQUIRED,
}


@op("-> resource", attrs=_MADE, shape=lambda: (), stateful=True)
def HashTableV2(*, op, held):
    """A table that is filled once, by its initializer."""
    return held_object(held, op, lambda: Table(op))


@op("-> resource", attrs=_MADE, shape=lambda: (), stateful=True)
def MutableHashTableV2(*, op, held):
    """A table that is filled while the graph runs."""
    return held_object(held, op, lambda: Table(op, mutable=True))


@op(
    "-> resource",
    attrs={**_MADE, "value_shape": ()},
    shape=lambda: (),
    stateful=True,
)
def MutableHashTableOfTensorsV2(*, op, held):
    """A table of tensors that is filled while the graph runs."""
    return held_object(held, op, lambda: Table(op, mutable=True))


@op(
    "key_dtype, key_dtype -> resource",
    attrs={
        "container": "",
        "shared_name": "",
        "use_node_name_sharing": False,
        "value_dtype": REQUIRED,
        "value_shape": (),
        "initial_num_buckets": 131072,
        "max_load_factor": 0.8,
    },
    shape=lambda empty_key, deleted_key: (),
    stateful=True,
)
def MutableDenseHashTableV2(empty_key, deleted_key, *, op, held):
    """A table filled while the graph runs, with two keys that it keeps for itself."""
    return held_object(
        held,
        op,
        lambda: Table(op, mutable=True, not_keys=(*_items(empty_key), *_items(deleted_key))),
    )


def _find_shape(table_handle: Tensor, keys: Tensor, default_value: Tensor) -> Dims:
    if keys._dims is None or default_value._dims is None:
        return None
    return keys._dims + default_value._dims


@op("held resource, Tin, Tout -> Tout", shape=_find_shape, stateful=True, differentiable=False)
def LookupTableFindV2(table_handle, keys, default_value):
    """The values of the keys, the default where there is none."""
    entries = table_handle.checked()
    looked_for = _items(keys)
    table_handle.check_keys(looked_for)
    if isinstance(default_value, np.ndarray):
        missing: Any = default_value.item()
    elif default_value.ndim:
        missing = default_value.numpy(force=True)
    else:
        missing = default_value.item()
    return _made(
        [entries.get(key, missing) for key in looked_for], tuple(keys.shape), default_value
    )


def _import_shape(table_handle: Tensor, keys: Tensor, values: Tensor) -> list[Dims]:
    if keys._dims is not None and values._dims is not None:
        merged(keys._dims, values._dims[: len(keys._dims)])
    return []


@op("held resource, Tin, Tout ->", shape=_import_shape, stateful=True)
def LookupTableImportV2(table_handle, keys, values):
    """Fills the table with these keys and values alone."""
    found = _items(keys)
    table_handle.check_keys(found)
    table_handle.fill(found, _rows(values, len(found)))


@op("held resource, Tin, Tout ->", shape=_import_shape, stateful=True)
def LookupTableInsertV2(table_handle, keys, values):
    """Adds the keys with their values, which replace older ones."""
    found = _items(keys)
    table_handle.check_keys(found)
    table_handle.entries.update(zip(found, _rows(values, len(found)), strict=True))


@op("held resource, Tin ->", shape=lambda table_handle, keys: [], stateful=True)
def LookupTableRemoveV2(table_handle, keys):
    """Takes the keys out; those that are not there do not matter."""
    found = _items(keys)
    table_handle.check_keys(found)
    for key in found:
        table_handle.entries.pop(key, None)


@op("held resource -> int64", shape=lambda table_handle: (), stateful=True)
def LookupTableSizeV2(table_handle, *, device):
    """The number of keys."""
    return torch.tensor(len(table_handle.checked()), dtype=torch.int64, device=device)


@op(
    "held resource -> keys: Tkeys, values: Tvalues",
    attrs={"Tkeys": REQUIRED, "Tvalues": REQUIRED},
    shape=lambda table_handle: [(None,), None],
    stateful=True,
)
def LookupTableExportV2(table_handle, *, op, device):
    """All keys, and their values in the same order."""
    entries = table_handle.checked()
    outputs = zip(op.outputs, (list(entries), list(entries.values())), strict=True)
    return tuple(
        array_of(items)
        if output.dtype is dtypes.string
        else tensor_of(np.array(items, output.dtype.as_numpy_dtype), None, device)
        for output, items in outputs
    )


# Text files.


def _file_shape(table_handle: Tensor, filename: Tensor) -> list[Dims]:
    rank_is(filename, 0)
    return []


@op("held resource, string ->", shape=_file_shape, stateful=True)
def InitializeTableFromTextFileV2(
    table_handle, filename, *, key_index, value_index, vocab_size=-1, delimiter="\t"
):
    """Fills the table with a file's lines, or with columns of them."""
    if table_handle.initialized:
        return
    keys, values = table_handle.key_dtype, table_handle.value_dtype
    path = filename.item().decode()
    rows = list(_lines(path, vocab_size))
    if len(rows) < vocab_size:
        raise ValueError(f"Invalid vocab_size in {path}: expected {vocab_size} but got {len(rows)}")
    columns = [
        [_field(path, number, line, index, delimiter, dtype) for number, line in enumerate(rows)]
        for index, dtype in ((key_index, keys), (value_index, values))
    ]
    table_handle.fill(*columns)


def _lines(path: str, limit: int) -> Any:
    try:
        file = open(path, "rb")
    except FileNotFoundError:
        raise NotFoundError(None, None, f"{path}; No such file or directory") from None
    with file:
        at = 0
        for number, line in enumerate(file):
            if number == limit:
                return
            bare = line.rstrip(b"\n").rstrip(b"\r")
            at += len(line)
            if not bare:
                raise ValueError(f"Invalid content in {path}: empty line found at position {at}.")
            yield bare


def _field(path: str, number: int, line: bytes, index: int, delimiter: str, dtype: Any) -> Any:
    if index == LINE_NUMBER:
        return number
    if index == WHOLE_LINE:
        text = line
    else:
        parts = line.split(delimiter.encode())
        if index >= len(parts):
            raise ValueError(
                f"Invalid number of columns in {path} line {number} "
                f"({line.decode('utf-8', 'replace')}) : expected {index} got {len(parts)}"
            )
        text = parts[index]
    if dtype is dtypes.string:
        return text
    try:
        return int(text) if dtype.is_integer else float(text)
    except ValueError:
        raise ValueError(
            f"Field {text.decode('utf-8', 'replace')} in line {number} is not a valid {dtype.name}."
        ) from None
