"""`tf.sets`."""

from ..ops.sets import set_difference, set_intersection, set_size, set_union
from ..ops.sets import set_difference as difference
from ..ops.sets import set_intersection as intersection
from ..ops.sets import set_size as size
from ..ops.sets import set_union as union

__all__ = [name for name in dir() if not name.startswith("_")]
