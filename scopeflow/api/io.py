"""`tf.io`."""

from ..platform import gfile_v2 as gfile
from ..records.tfrecord import (
    TFRecordCompressionType,
    TFRecordOptions,
    TFRecordWriter,
    tf_record_iterator,
)

__all__ = [name for name in dir() if not name.startswith("_")]
