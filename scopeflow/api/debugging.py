"""`tf.debugging`."""

from ..ops.checks import (
    Assert,
    assert_equal,
    assert_greater,
    assert_greater_equal,
    assert_less,
    assert_less_equal,
    assert_near,
    assert_negative,
    assert_non_negative,
    assert_non_positive,
    assert_none_equal,
    assert_positive,
    is_non_decreasing,
    is_numeric_tensor,
    is_strictly_increasing,
)
from ..ops.compare import is_finite, is_inf, is_nan
from ..ops.printing import check_numerics
from ..ops.printing import verify_tensor_all_finite as assert_all_finite
from ..ops.shape_checks import assert_shapes
from ..ops.type_checks import (
    assert_integer,
    assert_proper_iterable,
    assert_rank,
    assert_rank_at_least,
    assert_rank_in,
    assert_same_float_dtype,
    assert_scalar,
    assert_type,
)

__all__ = [name for name in dir() if not name.startswith("_")]
