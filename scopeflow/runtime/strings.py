"""Strings in ops that move or compare elements without looking into them.

Their kernels are torch's, and torch has no strings. Such an op sees each distinct string as a
number (0 is the empty one), and the numbers that it returns stand for strings again. So all of
them work for strings as they do for numbers. An op that looks into strings names the dtype
`string`, and gets numpy arrays of bytes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch

from ..core import dtypes
from ..core.operation import Operation
from .structure import lowers

MOVING = """
    BroadcastTo ConcatV2 DynamicPartition DynamicStitch EditDistance EnsureShape Equal
    ExpandDims Fill GatherNd GatherV2 ListDiff MirrorPad NotEqual OneHot Pack Pad PadV2
    ParallelConcat ParallelDynamicStitch PreventGradient RandomShuffle Reshape ReverseSequence
    ReverseV2 Roll Select SelectV2 Slice SparseConcat SparseFillEmptyRows SparseReorder
    SparseSlice SparseSplit SparseToDense Split SplitV Squeeze StopGradient StridedSlice Tile
    Transpose Unique UniqueWithCounts Unpack ZerosLike
""".split()


def _is_text(tensor: Any) -> bool:
    return tensor.dtype.base_dtype is dtypes.string


@lowers(*MOVING)
def _moving(lowering: Any, op: Operation) -> None:
    if not any(map(_is_text, (*op.inputs, *op.outputs))):
        lowering.call(op)
        return
    arguments = lowering.arguments(op, recorded=False) + lowering.keywords(op)
    kernel = on_codes(op.op_def.kernel, [_is_text(t) for t in op.outputs], lowering.device)
    name = lowering.bind(f"{op.type}_of_strings", kernel)
    lowering.assign(op, f"{name}({', '.join(arguments)})")


@lowers("Cast")
def _cast(lowering: Any, op: Operation) -> None:
    if not any(map(_is_text, (*op.inputs, *op.outputs))):
        lowering.call(op)
        return
    before, after = op.inputs[0].dtype.base_dtype.name, op.outputs[0].dtype.name
    arguments = lowering.arguments(op, recorded=False)
    name = lowering.bind("no_cast", _no_cast(before, after))
    lowering.assign(op, f"{name}({', '.join(arguments)})")


def _no_cast(before: str, after: str) -> Callable:
    def fail(x: Any) -> None:
        raise NotImplementedError(
            f"Cast {before} to {after} is not supported\n"
            "Use tf.string_to_number, or tf.as_string the other way round."
        )

    return fail


@lowers("Add")
def _add(lowering: Any, op: Operation) -> None:
    if not _is_text(op.outputs[0]):
        lowering.call(op)
        return
    name = lowering.bind("join", lambda x, y: np.asarray(x + y, object))
    lowering.assign(op, f"{name}({', '.join(lowering.arguments(op, recorded=False))})")


def on_codes(kernel: Any, texts: list[bool], device: torch.device) -> Callable:
    """The kernel as a function of strings; `texts` tells which of its outputs are strings."""

    def call(*arguments: Any, **keywords: Any) -> Any:
        codes = {b"": 0}
        found = kernel(*(_encoded(x, codes, device) for x in arguments), **keywords)
        words = np.array(list(codes), object)
        if isinstance(found, list | tuple):
            pairs = zip(found, texts, strict=True)
            return [_decoded(x, words) if is_text else x for x, is_text in pairs]
        return _decoded(found, words) if texts[0] else found

    return call


def _encoded(value: Any, codes: dict[bytes, int], device: torch.device) -> Any:
    if isinstance(value, list):
        return [_encoded(item, codes, device) for item in value]
    if not isinstance(value, np.ndarray):
        return value
    numbers = [codes.setdefault(item, len(codes)) for item in value.ravel().tolist()]
    return torch.tensor(numbers, dtype=torch.int64, device=device).reshape(value.shape)


def _decoded(value: torch.Tensor, words: np.ndarray) -> np.ndarray:
    return np.array(words[value.numpy(force=True)], object)
