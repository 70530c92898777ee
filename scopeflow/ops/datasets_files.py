"""Datasets of what files hold."""

from __future__ import annotations

from ..core.errors import InvalidArgumentError
from ..core.op import op
from ..pipeline.files import Files, csv_records, fixed_length, lines
from ..records.tfrecord import TFRecordOptions, TFRecordWriter, read_records
from .datasets import scalar


@op("string, string, host int64 -> variant", shape=scalar)
def TextLineDataset(filenames, compression_type, buffer_size):
    """The lines of text files."""
    return Files(filenames, compression_type, lines)


@op("string, string, host int64 -> variant", shape=scalar)
def TFRecordDataset(filenames, compression_type, buffer_size):
    """The records of TFRecord files."""
    return Files(filenames, compression_type, read_records)


@op(
    "string, host int64, host int64, host int64, host int64, string -> variant",
    shape=scalar,
)
def FixedLengthRecordDatasetV2(
    filenames, header_bytes, record_bytes, footer_bytes, buffer_size, compression_type
):
    """Records of one length, between a header and a footer."""
    for name, value, least in (
        ("header_bytes", header_bytes, 0),
        ("record_bytes", record_bytes, 1),
        ("footer_bytes", footer_bytes, 0),
        ("buffer_size", buffer_size, 0),
    ):
        if value < least:
            raise InvalidArgumentError(None, None, f"{name} must be >= {least}, but got {value}.")
    read = fixed_length(record_bytes, header_bytes, footer_bytes)
    return Files(filenames, compression_type, read)


@op("string, string, host bool -> variant", shape=scalar)
def CSVDataset(filenames, compression_type, header, *, use_quote_delim=True):
    """The records of CSV files, not taken apart."""
    return Files(filenames, compression_type, csv_records(header, use_quote_delim))


@op("variant, string, string ->", stateful=True)
def DatasetToTFRecord(input_dataset, filename, compression_type):
    """Write the elements, strings, to a TFRecord file."""
    options = TFRecordOptions(compression_type.item().decode() or None)
    with TFRecordWriter(filename.item(), options) as writer:
        for element in input_dataset.elements():
            writer.write(element[0].item())
