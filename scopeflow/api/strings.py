"""`tf.strings`."""

from ..ops.print_v2 import string_format as format
from ..ops.regex import regex_full_match, regex_replace
from ..ops.string_numbers import as_string
from ..ops.string_numbers import string_to_hash_bucket as to_hash_bucket
from ..ops.string_numbers import string_to_hash_bucket_fast as to_hash_bucket_fast
from ..ops.string_numbers import string_to_hash_bucket_strong as to_hash_bucket_strong
from ..ops.string_numbers import string_to_number as to_number
from ..ops.strings import reduce_join, substr, unsorted_segment_join
from ..ops.strings import string_join as join
from ..ops.strings import string_length as length
from ..ops.strings import string_lower as lower
from ..ops.strings import string_split_v1 as split
from ..ops.strings import string_strip as strip
from ..ops.strings import string_upper as upper
from ..ops.unicode import (
    bytes_split,
    ngrams,
    unicode_decode,
    unicode_decode_with_offsets,
    unicode_encode,
    unicode_split,
    unicode_split_with_offsets,
    unicode_transcode,
)
from ..ops.unicode_scripts import unicode_script

__all__ = [name for name in dir() if not name.startswith("_")]
