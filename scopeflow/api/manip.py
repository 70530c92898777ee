"""`tf.manip`."""

from ..ops.array import reshape
from ..ops.gathering import gather_nd
from ..ops.joining import tile
from ..ops.ranges import reverse
from ..ops.scatter import scatter_nd
from ..ops.sorting import roll
from ..ops.space_batch import batch_to_space_nd, space_to_batch_nd

__all__ = [name for name in dir() if not name.startswith("_")]
