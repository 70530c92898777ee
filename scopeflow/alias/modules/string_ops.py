"""tensorflow.python.ops.string_ops: names that the public interface has without `string_`."""

from __future__ import annotations

import scopeflow as tf

string_format = tf.strings.format
string_length = tf.strings.length
string_lower = tf.strings.lower
string_upper = tf.strings.upper
