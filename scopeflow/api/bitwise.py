"""`tf.bitwise`."""

from ..ops.bitwise import bitwise_and, bitwise_or, bitwise_xor, invert, left_shift, right_shift

__all__ = [name for name in dir() if not name.startswith("_")]
