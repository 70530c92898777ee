"""tensorflow.python.framework.dtypes: the dtypes of references to variables."""

import scopeflow as tf

_OWN = (
    "float16 float32 float64 bfloat16 int8 int16 int32 int64 uint8 uint16 uint32 uint64 complex64 "
    "complex128 bool string qint8 quint8 qint16 quint16 qint32 resource variant"
).split()

for _name in _OWN:
    globals()[f"{_name}_ref"] = tf.as_dtype(f"{_name}_ref")

TYPES_COMPATIBLE: dict = {}
