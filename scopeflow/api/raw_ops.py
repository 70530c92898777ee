"""`tf.raw_ops`: a function for each op type, which takes keyword arguments only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from ..core.op import registry as _registry
from ..ops import accumulator_ops as _accumulator_ops
from ..ops import audio as _audio
from ..ops import beams as _beams
from ..ops import boosted_trees as _boosted_trees
from ..ops import boosted_trees_quantiles as _boosted_trees_quantiles
from ..ops import critical_section as _critical_section
from ..ops import data_formats as _data_formats
from ..ops import files as _files
from ..ops import forest as _forest
from ..ops import gradient_types as _gradient_types
from ..ops import image_warp as _image_warp
from ..ops import queue_ops as _queue_ops
from ..ops import random_truncated as _random_truncated
from ..ops import reader_ops as _reader_ops
from ..ops import rnn as _rnn
from ..ops import save_restore as _save_restore
from ..ops import segment_gradients as _segment_gradients
from ..ops import sparse_kept as _sparse_kept
from ..ops import stacks as _stacks
from ..ops import staging as _staging
from ..ops import summaries as _summaries
from ..ops import summary_writers as _summary_writers
from ..ops import training as _training
from ..ops import volume_patches as _volume_patches

_AXIS = {"axis": "reduction_indices"}
_RENAMED = {
    **dict.fromkeys(("Sum", "Mean", "Max", "Min", "Prod", "Any", "All", "EuclideanNorm"), _AXIS),
    "ExpandDims": {"axis": "dim"},
    "Split": {"axis": "split_dim"},
    "SplitV": {"axis": "split_dim"},
    "Squeeze": {"axis": "squeeze_dims"},
    "Select": {"x": "t", "y": "e"},
    "Where": {"condition": "input"},
}
"""Op type -> argument of the raw op -> the op's own name for it."""


def __getattr__(name: str) -> Callable[..., Any]:
    op_def = _registry.get(name)
    if op_def is None:
        raise AttributeError(f"module 'tensorflow.raw_ops' has no attribute {name!r}")
    add, renamed = op_def.function, _RENAMED.get(name, {})

    @wraps(add)
    def raw_op(**kwargs: Any) -> Any:
        return add(**{renamed.get(key, key): value for key, value in kwargs.items()})

    globals()[name] = raw_op
    return raw_op


def __dir__() -> list[str]:
    return sorted(_registry)
