"""`tf.version`: the TensorFlow release whose interface this is."""

VERSION = "1.15.5"
GIT_VERSION = "v1.15.5-0-scopeflow"
COMPILER_VERSION = "none"
GRAPH_DEF_VERSION = 134
GRAPH_DEF_VERSION_MIN_CONSUMER = 0
GRAPH_DEF_VERSION_MIN_PRODUCER = 0

__all__ = [name for name in dir() if not name.startswith("_")]
