"""Windows that slide over volumes."""

from __future__ import annotations

from typing import Any

from ..core.lazy_torch import F
from ..core.op import ShapeError, op
from ..core.operation import Dims, Tensor
from ..core.shape_rules import product, rank_is
from ..core.types import REAL
from .window import check_choice, same_padding, window_size


def _patches_shape(input: Tensor, *, ksizes: tuple, strides: tuple, padding: str) -> Dims:
    check_choice("padding", padding, "SAME", "VALID")
    for label, value in (("ksizes", ksizes), ("strides", strides)):
        if len(value) < 5:
            raise ShapeError(
                f"Attr '{label}' of 'ExtractVolumePatches' Op passed list of length {len(value)} "
                "less than minimum 5."
            )
    dims = rank_is(input, 5)
    assert dims is not None
    counts = [window_size(dims[i], ksizes[i], strides[i], padding) for i in (1, 2, 3)]
    return dims[0], *counts, product((dims[4], *ksizes[1:4]))


@op("T -> T", view=True, shape=_patches_shape, T=REAL)
def ExtractVolumePatches(input, *, ksizes, strides, padding):
    """The windows that slide over volumes, each laid out in the last dimension."""
    if padding == "SAME":
        around = [same_padding(input.shape[i], ksizes[i], strides[i]) for i in (3, 2, 1)]
        input = F.pad(input, (0, 0, *around[0], *around[1], *around[2]))
    for i in (1, 2, 3):
        input = input.unfold(i, ksizes[i], strides[i])
    return input.permute(0, 1, 2, 3, 5, 6, 7, 4).flatten(4)


def extract_volume_patches(
    input: Any, ksizes: Any, strides: Any, padding: str, name: str | None = None
) -> Tensor:
    """The windows that slide over volumes [batch, planes, rows, columns, depth].

    `ksizes` and `strides` are [1, planes, rows, columns, 1], `padding` is "SAME" or "VALID". The
    result is [batch, windows in each of the three directions, elements of a window · depth].
    NotImplementedError for windows of several volumes or of some channels.
    """
    for label, value in (("ksizes", ksizes), ("strides", strides)):
        if len(value) == 5 and (value[0] != 1 or value[4] != 1):
            raise NotImplementedError(
                f"tf.extract_volume_patches({label}={list(value)}): TensorFlow slides over planes, "
                "rows and columns only. Give 1 for the first and the last."
            )
    return ExtractVolumePatches(
        input, ksizes=tuple(ksizes), strides=tuple(strides), padding=padding, name=name
    )
