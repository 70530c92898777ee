"""`tf.sparse`."""

from ..core.sparse_tensor import SparseTensor
from ..ops.accumulators import SparseConditionalAccumulator
from ..ops.segment import sparse_segment_mean as segment_mean
from ..ops.segment import sparse_segment_sqrt_n as segment_sqrt_n
from ..ops.segment import sparse_segment_sum as segment_sum
from ..ops.sparse_cross import sparse_cross as cross
from ..ops.sparse_cross import sparse_cross_hashed as cross_hashed
from ..ops.sparse_dense import from_dense
from ..ops.sparse_dense import sparse_tensor_dense_matmul as matmul
from ..ops.sparse_dense import sparse_tensor_dense_matmul as sparse_dense_matmul
from ..ops.sparse_dense import sparse_tensor_to_dense as to_dense
from ..ops.sparse_dense import sparse_to_indicator as to_indicator
from ..ops.sparse_join import sparse_concat as concat
from ..ops.sparse_join import sparse_fill_empty_rows as fill_empty_rows
from ..ops.sparse_join import sparse_mask as mask
from ..ops.sparse_join import sparse_merge as merge
from ..ops.sparse_join import sparse_retain as retain
from ..ops.sparse_join import sparse_slice as slice
from ..ops.sparse_join import sparse_split as split
from ..ops.sparse_math import sparse_add as add
from ..ops.sparse_math import sparse_maximum as maximum
from ..ops.sparse_math import sparse_minimum as minimum
from ..ops.sparse_math import sparse_reduce_max as reduce_max
from ..ops.sparse_math import sparse_reduce_max_sparse as reduce_max_sparse
from ..ops.sparse_math import sparse_reduce_sum as reduce_sum
from ..ops.sparse_math import sparse_reduce_sum_sparse as reduce_sum_sparse
from ..ops.sparse_math import sparse_softmax as softmax
from ..ops.sparse_shape import sparse_expand_dims as expand_dims
from ..ops.sparse_shape import sparse_eye as eye
from ..ops.sparse_shape import sparse_placeholder as placeholder
from ..ops.sparse_shape import sparse_reorder as reorder
from ..ops.sparse_shape import sparse_reset_shape as reset_shape
from ..ops.sparse_shape import sparse_reshape as reshape
from ..ops.sparse_shape import sparse_transpose as transpose

__all__ = [name for name in dir() if not name.startswith("_")]
