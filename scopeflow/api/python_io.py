"""`tf.python_io`."""

from ..records.tfrecord import (
    TFRecordCompressionType,
    TFRecordOptions,
    TFRecordWriter,
    tf_record_iterator,
)

__all__ = [name for name in dir() if not name.startswith("_")]
