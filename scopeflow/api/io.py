"""`tf.io`."""

from ..graphdef.files import write_graph
from ..ops.decode import decode_csv, decode_json_example, decode_raw
from ..ops.files import matching_files, read_file, write_file
from ..ops.image_codecs import (
    decode_and_crop_jpeg,
    decode_bmp,
    decode_gif,
    decode_image,
    decode_jpeg,
    decode_png,
    encode_jpeg,
    extract_jpeg_shape,
    is_jpeg,
)
from ..ops.parsing import (
    FixedLenFeature,
    FixedLenSequenceFeature,
    SparseFeature,
    VarLenFeature,
    parse_example,
    parse_sequence_example,
    parse_single_example,
    parse_single_sequence_example,
)
from ..ops.queues import PaddingFIFOQueue, PriorityQueue, QueueBase, RandomShuffleQueue
from ..ops.serializing import (
    decode_compressed,
    deserialize_many_sparse,
    parse_tensor,
    serialize_many_sparse,
    serialize_sparse,
    serialize_tensor,
)
from ..ops.string_numbers import decode_base64, encode_base64
from ..platform import gfile_v2 as gfile
from ..records.tfrecord import (
    TFRecordCompressionType,
    TFRecordOptions,
    TFRecordWriter,
    tf_record_iterator,
)
from ..train.producers import match_filenames_once

__all__ = [name for name in dir() if not name.startswith("_")]
