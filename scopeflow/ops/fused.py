"""What runs in place of idioms: several of TensorFlow's ops as one of torch's.

The planner (runtime/idioms.py) finds the idioms; these functions compute the same values, and
autograd the same gradients.
"""

from __future__ import annotations

from typing import Any

from ..core.lazy_torch import F, torch, traced, values_known
from .conv import convolved_2d
from .unique import first_and_places


def matmul_bias(
    a: Any, b: Any, bias: Any, transpose_a: bool = False, transpose_b: bool = False
) -> Any:
    """a · b + bias."""
    a = a.t() if transpose_a else a
    b = b.t() if transpose_b else b
    if bias.shape[0] != b.shape[1]:
        raise ValueError(
            "Must provide as many biases as the last dimension of the input tensor: "
            f"{list(bias.shape)} vs. {b.shape[1]} in {[a.shape[0], b.shape[1]]}"
        )
    return torch.addmm(bias, a, b)


def dense_bias(x: Any, kernel: Any, bias: Any) -> Any:
    """x · kernel + bias, over the last dimension of x."""
    return F.linear(x, kernel.t(), bias)


def conv2d_bias(input: Any, filter: Any, bias: Any, **attrs: Any) -> Any:
    """A convolution with a bias for each output channel."""
    return convolved_2d(input, filter, bias, **attrs)


def layer_norm(x: Any, gamma: Any, beta: Any, epsilon: float) -> Any:
    """(x - mean) / sqrt(variance + epsilon) · gamma + beta, along the last dimension."""
    return F.layer_norm(x, (x.shape[-1],), gamma, beta, epsilon)


def gelu_tanh(x: Any) -> Any:
    """x · ½ (1 + tanh(√(2/π) (x + 0.044715 x³))) (Hendrycks and Gimpel, 2016)."""
    return F.gelu(x, approximate="tanh")


def gelu(x: Any) -> Any:
    """x · ½ (1 + erf(x / √2))."""
    return F.gelu(x)


def softmax(x: Any) -> Any:
    """exp(x - max) / sum exp(x - max), along the last dimension."""
    return torch.softmax(x, -1)


def attention(
    q: Any, k: Any, v: Any, mask: Any = None, *, scale: float, turned: bool = False,
    far: float = 0.0, mask_factor: float = 1.0,
) -> Any:  # fmt: skip
    """softmax(q kᵀ · scale + mask) v; with `turned` k is kᵀ already.

    The mask is added, times `mask_factor`; with `far` it has 1 for what is kept, and 0 for what is
    to be `far` below.
    """
    if mask is not None and far:
        mask = (mask - 1) * far
    elif mask is not None and mask_factor != 1:
        mask = mask * mask_factor
    k = k.transpose(-1, -2) if turned else k
    if not q.shape[:-2] == k.shape[:-2] == v.shape[:-2]:
        scores = torch.matmul(q, k.transpose(-1, -2)) * scale
        return torch.matmul(torch.softmax(scores if mask is None else scores + mask, -1), v)
    return F.scaled_dot_product_attention(q, k, v, mask, scale=scale)


def dropout(x: Any, rate: Any, generator: Any) -> Any:
    """Each element 0 with probability `rate` (a number or scalar tensor), else x / (1 - rate)."""
    if isinstance(rate, torch.Tensor):
        if not values_known(rate):  # (reading it, on a GPU, would wait for the device)
            mask = torch.empty_like(x).bernoulli_(1 - rate, generator=generator)
            return x * mask * (1 / (1 - rate))
        rate = rate.item()
    if not 0 <= rate < 1:
        return x * (x.new_zeros(()) if rate == 1 else 1 / (1 - rate))
    mask = torch.empty_like(x).bernoulli_(1 - rate, generator=generator)
    return x * mask.mul_(1 / (1 - rate))


_FEW = 1 << 15


def summed_rows(rows: Any, indices: Any) -> tuple[Any, Any]:
    """The rows [n, …] with those of one index [n] summed, and the distinct indices.

    The indices are in the order of their first appearance.
    """
    if rows.shape[:1] != indices.shape:
        raise ValueError(
            f"data.shape = {list(rows.shape)} does not start with segment_ids.shape = "
            f"{list(indices.shape)}"
        )
    first, places = first_and_places(indices)
    distinct = indices.index_select(0, first)
    if len(first) == len(rows):
        return rows.clone(), distinct
    total = rows.new_zeros(len(first), *rows.shape[1:])
    threads = torch.get_num_threads()
    few = threads > 1 and rows.numel() <= _FEW and not traced(rows)
    if few:  # torch would wake its threads for them
        torch.set_num_threads(1)
    try:
        return total.index_add_(0, places, rows), distinct
    finally:
        if few:
            torch.set_num_threads(threads)
