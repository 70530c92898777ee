"""Strings decoded to numbers: raw bytes, lines of CSV; Examples written as JSON."""

from __future__ import annotations

import itertools
import re
import sys
from typing import Any

import numpy as np

from ..core import dtypes
from ..core.lazy_torch import torch
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import unchanged
from ..core.static_value import static_value
from ..core.types import TypeSet

_RAW = TypeSet(
    dtypes.float16, dtypes.float32, dtypes.float64, dtypes.int32, dtypes.uint16, dtypes.uint8,
    dtypes.int16, dtypes.int8, dtypes.int64, dtypes.complex64, dtypes.complex128, dtypes.bool,
)  # fmt: skip


@op(
    "string -> out_type",
    shape=lambda bytes: None if bytes._dims is None else (*bytes._dims, None),
    out_type=_RAW,
)
def DecodeRaw(bytes, *, out_type, little_endian=True, op, device):
    """The bytes of each string as a vector of numbers, along a new last dimension."""
    dtype = op.attrs["out_type"]
    numbers = np.dtype(dtype.as_numpy_dtype)
    strings = bytes.reshape(-1).tolist()
    size = len(strings[0]) if strings else 0
    for i, item in enumerate(strings):
        if len(item) != size:
            raise ValueError(
                "DecodeRaw requires input strings to all be the same size, but element "
                f"{i} has size {len(item)} != {size}"
            )
    if size % numbers.itemsize:
        raise ValueError(
            f"Input to DecodeRaw has length {size} that is not a multiple of {numbers.itemsize}, "
            f"the size of {dtype.name}"
        )
    return _numbers_in(strings, size, bytes.shape, dtype, little_endian, device)


def _numbers_in(
    strings: list[Any], size: int, dims: Any, dtype: Any, little_endian: bool, device: Any
) -> Any:
    """The numbers in strings of one size, with a new last dimension."""
    numbers = np.dtype(dtype.as_numpy_dtype)
    # A copy: the strings' own memory must not change.
    raw = bytearray(b"".join(strings))
    if dtype is dtypes.bool:
        found = np.frombuffer(raw, np.uint8) != 0
    else:
        found = np.frombuffer(raw, numbers)
        if little_endian != (sys.byteorder == "little"):
            found = found.byteswap()
    return torch.from_numpy(found.reshape(*dims, size // numbers.itemsize)).to(device)


def _padded_shape(input_bytes: Tensor, fixed_length: Tensor, *, out_type: Any) -> Dims:
    size, width = static_value(fixed_length), np.dtype(out_type.as_numpy_dtype).itemsize
    if size is not None and size % width:
        raise ShapeError(f"Dimension size must be evenly divisible by {width} but is {size}")
    dims = input_bytes._dims
    return None if dims is None else (*dims, None if size is None else size // width)


@op(
    "string, host int32 -> out_type",
    shape=_padded_shape,
    out_type=TypeSet(*(d for d in _RAW.order if not (d.is_complex or d.is_bool))),
)
def DecodePaddedRaw(input_bytes, fixed_length, *, out_type, little_endian=True, op, device):
    """The first `fixed_length` bytes of each string as numbers; shorter ones end in zeros."""
    if fixed_length <= 0:
        raise ValueError(f"fixed_length ({fixed_length}) must be greater than zero.")
    dtype = op.attrs["out_type"]
    strings = [s[:fixed_length].ljust(fixed_length, b"\0") for s in input_bytes.ravel().tolist()]
    return _numbers_in(strings, fixed_length, input_bytes.shape, dtype, little_endian, device)


def decode_raw(
    input_bytes: Any = None,
    out_type: Any = None,
    little_endian: bool = True,
    name: str | None = None,
    bytes: Any = None,
) -> Tensor:
    """The bytes of each string as numbers of `out_type`, along a new last dimension.

    All strings must have one length, a multiple of the type's size. `bytes` is the old name of
    `input_bytes`.

    >>> tf.decode_raw(b"\\x01\\x00\\x02\\x00", tf.uint16)  # gives [1, 2]  # doctest: +SKIP
    """
    if bytes is not None:
        if input_bytes is not None:
            raise ValueError("Cannot specify both 'bytes' and 'input_bytes'")
        input_bytes = bytes
    if input_bytes is None or out_type is None:
        missing = "input_bytes" if input_bytes is None else "out_type"
        raise ValueError(f"decode_raw() missing 1 positional argument: '{missing}'")
    return DecodeRaw(input_bytes, out_type, little_endian, name=name)


# CSV.

_CSV = TypeSet(dtypes.float32, dtypes.float64, dtypes.int32, dtypes.int64, dtypes.string)
_INT = re.compile(rb"-?[0-9]+")


def _csv_shape(records: Tensor, record_defaults: list) -> list[Dims]:
    for default in record_defaults:
        dims = default._dims
        if dims is not None and dims not in ((), (0,), (1,), (None,)):
            raise ShapeError(
                "Shape of a default must be a length-0 or length-1 vector, or a scalar."
            )
    return [records._dims] * len(record_defaults)


def fields_of(record: bytes, delimiter: bytes, quotes: bool) -> list[bytes]:
    """The fields of one line; ValueError where its quotes do not fit."""
    if not record:
        return []
    if not quotes:
        return record.rstrip(b"\r\n").split(delimiter) if record.strip(b"\r\n") else []
    if b'"' not in record and b"\n" not in record and b"\r" not in record:
        return record.split(delimiter)
    fields, at, end = [], 0, len(record.rstrip(b"\r\n"))
    while at <= end:
        if record[at : at + 1] == b'"':
            parts, at = [], at + 1
            while True:
                close = record.find(b'"', at)
                if close < 0:
                    raise ValueError("Quoted field has to end with quote followed by delim or end")
                parts.append(record[at:close])
                at = close + 1
                if record[at : at + 1] != b'"':
                    break
                parts.append(b'"')
                at += 1
            if at < end and record[at : at + 1] != delimiter:
                raise ValueError("Quote inside a string has to be escaped by another quote")
            fields.append(b"".join(parts))
            at += 1
        else:
            stop = record.find(delimiter, at, end)
            stop = end if stop < 0 else stop
            field = record[at:stop]
            if b'"' in field or b"\n" in field or b"\r" in field:
                raise ValueError("Unquoted fields cannot have quotes/CRLFs inside")
            fields.append(field)
            at = stop + 1
    return fields


def _number(text: bytes, dtype: Any, column: int, row: int) -> Any:
    text = text.strip()
    try:
        if dtype.is_integer:
            value = int(text) if _INT.fullmatch(text) else None
            if value is not None and dtype.min <= value <= dtype.max:
                return value
        elif re.fullmatch(rb"[-+]?0[xX].*", text):
            return float.fromhex(text.decode())
        elif b"_" not in text:
            return float(text)
    except ValueError:
        pass
    shown = {"float32": "float", "float64": "double"}.get(dtype.name, dtype.name)
    raise ValueError(
        f"Field {column} in record {row} is not a valid {shown}: {text.decode(errors='replace')}"
    )


@op(
    "string, [OUT_TYPE] -> output: [OUT_TYPE]",
    shape=_csv_shape,
    OUT_TYPE=_CSV,
)
def DecodeCSV(
    records, record_defaults, *, field_delim=",", use_quote_delim=True, na_value="",
    select_cols=(), op, device,
):  # fmt: skip
    """Each line taken apart: one tensor for each column, shaped as the lines."""
    delimiter = field_delim.encode()
    if len(delimiter) != 1:
        raise ValueError("field_delim should be only 1 char")
    missing, types = na_value.encode(), op.attrs["OUT_TYPE"]
    lines = records.reshape(-1).tolist()
    columns: list[list] = [[] for _ in types]
    defaults = [default.reshape(-1).tolist() for default in record_defaults]
    for row, line in enumerate(lines):
        fields = fields_of(line, delimiter, use_quote_delim)
        if select_cols:
            if len(fields) <= select_cols[-1]:
                raise ValueError(
                    f"Expect {len(types)} fields but have {len(fields)} in record {row}"
                )
            fields = [fields[i] for i in select_cols]
        elif len(fields) != len(types):
            raise ValueError(f"Expect {len(types)} fields but have {len(fields)} in record {row}")
        for i, (field, dtype, column) in enumerate(zip(fields, types, columns, strict=True)):
            if not field or field == missing:
                if not defaults[i]:
                    raise ValueError(f"Field {i} is required but missing in record {row}!")
                column.append(defaults[i][0])
            else:
                column.append(field if dtype is dtypes.string else _number(field, dtype, i, row))
    found = []
    for column, dtype in zip(columns, types, strict=True):
        array = np.empty(len(column), dtype.as_numpy_dtype)
        array[:] = column
        array = array.reshape(records.shape)
        found.append(array if dtype is dtypes.string else torch.from_numpy(array).to(device))
    return found


def decode_csv(
    records: Any,
    record_defaults: Any,
    field_delim: str = ",",
    use_quote_delim: bool = True,
    name: str | None = None,
    na_value: str = "",
    select_cols: Any = None,
) -> list[Tensor]:
    """Lines of CSV as columns: one tensor for each of `record_defaults`, shaped as `records`.

    A default tells the column's dtype and what an empty field (or `na_value`) becomes; an empty one
    makes the column required. `select_cols` picks columns by their increasing numbers.
    """
    if select_cols is not None:
        if any(b <= a for a, b in itertools.pairwise(select_cols)):
            raise ValueError("select_cols is not strictly increasing.")
        if select_cols and select_cols[0] < 0:
            raise ValueError("select_cols contains negative values.")
        if len(select_cols) != len(record_defaults):
            raise ValueError("Length of select_cols and record_defaults do not match.")
    return DecodeCSV(
        records,
        record_defaults,
        field_delim,
        use_quote_delim,
        na_value,
        list(select_cols or ()),
        name=name,
    )


@op("string -> binary_examples: string", shape=unchanged)
def DecodeJSONExample(json_examples):
    """Examples written as JSON, serialized."""
    from google.protobuf import json_format

    from ..records.examples import Example

    found = np.empty(json_examples.shape, object)
    for place in np.ndindex(json_examples.shape):
        try:
            example = json_format.Parse(json_examples[place], Example())
        except json_format.ParseError as error:
            raise ValueError(f"Error while parsing JSON: {error}") from None
        found[place] = example.SerializeToString(deterministic=True)
    return found


decode_json_example = DecodeJSONExample
