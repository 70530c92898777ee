"""`tf.io`."""

from ..platform import gfile_v2 as gfile

__all__ = ["gfile"]
