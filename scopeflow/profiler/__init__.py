"""`tf.profiler`: how many parameters and float operations a model has, and what its ops take."""

from ..core.lazy_names import lazy_names as _lazy_names
from .op_log import write_op_log
from .options import ProfileOptionBuilder
from .profile import Profiler, profile

__getattr__, __dir__ = _lazy_names(globals(), {"OpLogProto": "..api.protos"})

__all__ = ["OpLogProto", "ProfileOptionBuilder", "Profiler", "profile", "write_op_log"]
