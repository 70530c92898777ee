"""Records the dtypes that TensorFlow 1.15.5's op types take: python record_op_types.py, with it.

For each op type with such limits, its type attributes and the dtypes that they may be.
"""

import gzip
import json
from pathlib import Path

import tensorflow as tf
from tensorflow.python.framework import op_def_registry

TARGET = Path(__file__).parents[1] / "ops" / "recorded_op_types.json.gz"

found = {}
for name, op in sorted(op_def_registry.get_registered_ops().items()):
    limits = {
        attr.name: [tf.as_dtype(t).name for t in attr.allowed_values.list.type]
        for attr in op.attr
        if attr.type in ("type", "list(type)") and attr.HasField("allowed_values")
    }
    if limits:
        found[name] = limits
text = json.dumps({"tensorflow": tf.__version__, "ops": found}, separators=(",", ":"))
with open(str(TARGET), "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
    packed.write(text.encode())
