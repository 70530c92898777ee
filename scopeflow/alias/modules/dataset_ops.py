"""tensorflow.python.data.ops.dataset_ops: what it has beside `tf.data`."""

from __future__ import annotations

import scopeflow as tf

get_legacy_output_shapes = tf.data.get_output_shapes
get_legacy_output_types = tf.data.get_output_types
get_legacy_output_classes = tf.data.get_output_classes
DatasetV1 = DatasetV2 = tf.data.Dataset
range = tf.data.Dataset.range
