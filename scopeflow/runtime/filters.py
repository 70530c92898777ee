"""The filters of convolutions lie in memory in the order in which torch's kernels read them.

TensorFlow's filters are [height, width, in, out]; torch wants all of an output's numbers together.
Otherwise each run would copy each filter, which with many channels and small images takes longer
than the convolution. The shape that the program sees does not change, nor does what is fetched or
saved; updates in place keep the order, and gradients come in it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.storage import root
from .aliases import reads_variable

if TYPE_CHECKING:
    from .lowering import Lowering

_CONVOLUTIONS = ("Conv2D", "Conv2DBackpropInput")  # the filter is their second input


def filter_cells(lowering: Lowering) -> list[str]:
    """The names of the cells whose variables are filters in this program."""
    found: dict[str, None] = {}
    for op in lowering.ops:
        if op.type not in _CONVOLUTIONS or op.inputs[1] in lowering.fed:
            continue
        tensor = op.inputs[1]
        if tensor.op.type == "ReadVariableOp" or reads_variable(tensor, lowering.fed):
            found[lowering.cell_of(root(tensor).op)] = None
    return list(found)


def lay_out_filters(*cells: Any) -> None:
    """Let each of the filters lie as [out, height, width, in], if it does not yet."""
    for cell in cells:
        value = getattr(cell, "value", None)
        if value is None or value.dim() != 4:
            continue
        whole = value.permute(3, 0, 1, 2)
        if not whole.is_contiguous():
            cell.value = whole.contiguous().permute(1, 2, 3, 0)
