"""Where a dimension stands in another order of an image's dimensions."""

from __future__ import annotations

from typing import Any

from ..core.errors import InvalidArgumentError
from ..core.lazy_torch import torch
from ..core.op import op
from ..core.types import INDEX


def _order(src_format: Any, dst_format: Any) -> list[int]:
    """For each dimension of the first format its place in the second."""
    for label, text in (("Source", src_format), ("Destination", dst_format)):
        if len(text) not in (4, 5):
            short = "src" if label == "Source" else "dst"
            raise InvalidArgumentError(
                None,
                None,
                f"{label} format must be of length 4 or 5, received {short}_format = {text}",
            )
    if sorted(set(src_format)) != sorted(dst_format):
        raise InvalidArgumentError(
            None,
            None,
            "Destination and source format must determine a permutation, got "
            f"{src_format} and {dst_format}",
        )
    return [dst_format.index(letter) for letter in src_format]


@op("T -> T", shape=lambda x: x._dims, differentiable=False, T=INDEX)
def DataFormatDimMap(x, *, src_format="NHWC", dst_format="NCHW"):
    """Each dimension's number in `src_format` (negative: from the end) as that in `dst_format`."""
    order = torch.tensor(_order(src_format, dst_format), dtype=x.dtype, device=x.device)
    return order[x.long() % len(order)]


@op("T -> T", shape=lambda x: x._dims, differentiable=False, T=INDEX)
def DataFormatVecPermute(x, *, src_format="NHWC", dst_format="NCHW"):
    """The numbers (or pairs) of the dimensions of `src_format` in the order of `dst_format`."""
    order = _order(src_format, dst_format)
    shape = list(x.shape)
    if x.ndim not in (1, 2):
        raise InvalidArgumentError(
            None, None, f"input must be a vector or 2D tensor, but got shape {shape}"
        )
    if x.shape[0] != len(order):
        raise InvalidArgumentError(
            None, None, f"{x.ndim}D input must be of size {len(order)}, but got shape {shape}"
        )
    if x.ndim == 2 and x.shape[1] != 2:
        raise InvalidArgumentError(
            None, None, f"Second dimension of 2D input must be of size 2, but got shape {shape}"
        )
    return x[[order.index(place) for place in range(len(order))]]
