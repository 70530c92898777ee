"""tensorflow.python.data.util.structure: what is known of elements without their values."""

from __future__ import annotations

from scopeflow.data.structure import compatible as are_compatible
from scopeflow.data.structure import flat_shapes as get_flat_tensor_shapes
from scopeflow.data.structure import flat_types as get_flat_tensor_types
from scopeflow.data.structure import specs_of as type_spec_from_value

__all__ = [
    "are_compatible",
    "get_flat_tensor_shapes",
    "get_flat_tensor_types",
    "type_spec_from_value",
]
