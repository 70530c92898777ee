"""Records TensorFlow 1.15.5's op types: python record_op_defs.py, with that TensorFlow.

For each op type its inputs and outputs (name, type) and attributes (name, kind, whether it has a
default), as the op registry of the running TensorFlow tells them.
"""

import gzip
import json
from pathlib import Path

import tensorflow as tf
from tensorflow.python.framework import op_def_registry

TARGET = Path(__file__).parents[1] / "graphdef" / "recorded_op_defs.json.gz"


def argument(arg):
    kind = arg.type_attr or arg.type_list_attr or tf.as_dtype(arg.type).name
    many = arg.number_attr or ("list" if arg.type_list_attr else "")
    return [arg.name, kind, many, arg.is_ref]


found = {
    name: {
        "inputs": [argument(arg) for arg in op.input_arg],
        "outputs": [argument(arg) for arg in op.output_arg],
        "attrs": {attr.name: [attr.type, attr.HasField("default_value")] for attr in op.attr},
    }
    for name, op in sorted(op_def_registry.get_registered_ops().items())
}
text = json.dumps({"tensorflow": tf.__version__, "ops": found}, separators=(",", ":"))
with open(str(TARGET), "wb") as file, gzip.GzipFile("", "wb", 9, file, mtime=0) as packed:
    packed.write(text.encode())
