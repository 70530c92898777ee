"""tensorflow.python.ops.parsing_ops: both of TensorFlow's functions named decode_raw."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

decode_raw_v1 = tf.decode_raw


def decode_raw(
    input_bytes: Any, out_type: Any, little_endian: bool = True, fixed_length: Any = None,
    name: str | None = None,
) -> Any:  # fmt: skip
    """`tf.decode_raw`; with `fixed_length` strings may differ: they are cut or end in zeros."""
    if fixed_length is None:
        return tf.decode_raw(input_bytes, out_type, little_endian, name)
    return tf.raw_ops.DecodePaddedRaw(
        input_bytes=input_bytes, fixed_length=fixed_length, out_type=out_type,
        little_endian=little_endian, name=name,
    )  # fmt: skip
