"""Activations, dropout, top k."""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core import dtypes
from ..core.convert import convert_to_tensor
from ..core.graph import name_scope
from ..core.lazy_torch import F, torch
from ..core.op import ShapeError, define, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import merged_dim, rank_at_least, rank_is, unchanged
from ..core.static_value import constant_value, static_value
from ..core.tensor_shape import TensorShape
from ..core.types import INDEX, REAL
from .array import _one_of, concat, identity, rank, shape, size, transpose
from .conv import FLOATS
from .convolution import bias_add
from .math import cast, matmul, negative, sigmoid, subtract, tanh
from .reduce import count_nonzero
from .slicing import range as range_

__all__ = ["sigmoid", "tanh"]

# Activations.

_ACTIVATIONS = [
    ("Relu", "torch.relu", REAL, "max(x, 0); the gradient at 0 is 0."),
    ("Relu6", "torch.nn.functional.relu6", REAL, "min(max(x, 0), 6); the gradient at 0 and 6 is 0."),
    ("Elu", "torch.nn.functional.elu", FLOATS, "x above 0, e^x - 1 below."),
    ("Softsign", "torch.nn.functional.softsign", FLOATS, "x / (1 + |x|)."),
]
for _type, _torch, _types, _doc in _ACTIVATIONS:
    define(_type, ["features"], "T -> T", _torch, shape=unchanged, doc=_doc, T=_types)
