"""Recurrent cells over a whole sequence: what tf.nn.dynamic_rnn runs where a cell allows it.

A step of a cell costs a dozen small ops; over the whole sequence the products with the inputs are
one matrix product, and torch's own LSTM runs the steps. Inputs are time-major; `lengths` is empty
where all sequences are full.
"""

from __future__ import annotations

from typing import Any

from ..core import dtypes
from ..core.lazy_torch import F, torch, traced, transformed
from ..core.op import op
from ..core.operation import Dims, Tensor
from ..core.types import TypeSet

_REAL = TypeSet(dtypes.float32, dtypes.float64)


def _shapes(x: Tensor, h: Tensor, states: int) -> list[Dims]:
    steps = (None, None) if x._dims is None else x._dims[:2]
    state = h._dims if h._dims is not None else (None, None)
    return [(*steps, state[1]), *[state] * states]


def _check(x: Any, states: list, kernel: Any, bias: Any, gates: int) -> None:
    """A ValueError where the sizes do not fit, which torch's own kernels do not look at."""
    rows, units = states[0].shape
    wanted = {
        "kernel": (kernel.shape, (x.shape[2] + units, gates * units)),
        "bias": (bias.shape, (gates * units,)),
        "state": (states[-1].shape, (rows, units)),
        "input": (x.shape[1:2], (rows,)),
    }
    for name, (found, fits) in wanted.items():
        if tuple(found) != fits:
            raise ValueError(
                f"The {name} has shape {list(found)}, but {list(fits)} fits {units} units"
            )


def _packed(x: Any, lengths: list) -> Any:
    """The sequences without their padding; None where there is none, or one is empty."""
    if not lengths:
        return None
    (counts,) = lengths
    if int(counts.min()) >= x.shape[0]:
        return None
    return torch.nn.utils.rnn.pack_padded_sequence(
        x, counts.clamp(1, x.shape[0]).cpu(), enforce_sorted=False
    )


def _padded(output: Any, batch_sizes: Any, packed: Any, steps: int) -> Any:
    sequence = torch.nn.utils.rnn.PackedSequence(
        output, batch_sizes, packed.sorted_indices, packed.unsorted_indices
    )
    return torch.nn.utils.rnn.pad_packed_sequence(sequence, total_length=steps)[0]


def _without_empty(lengths: list, outputs: Any, new: list, old: list) -> list:
    """Sequences of length 0 have outputs 0, and keep their state."""
    (counts,) = lengths
    if int(counts.min()) > 0:
        return [outputs, *new]
    none = (counts <= 0)[:, None]
    kept = [torch.where(none, a, b) for a, b in zip(old, new, strict=True)]
    return [outputs.masked_fill(none, 0), *kept]


def _by_steps(step: Any, x: Any, lengths: list, states: list, weights: list) -> list:
    """The same step by step, as torch can trace and transform it."""
    outputs = []
    for t, part in enumerate(x.unbind(0)):
        new = step(part, states, weights)
        output = new[0]
        if lengths:
            going = (t < lengths[0])[:, None]
            new = [torch.where(going, a, b) for a, b in zip(new, states, strict=True)]
            output = torch.where(going, output, 0)
        states = new
        outputs.append(output)
    return [torch.stack(outputs), *states]


def _lstm_step(x: Any, states: list, weights: list) -> list:
    h, c = states
    i, f, j, o = (F.linear(x, weights[0], weights[2]) + F.linear(h, weights[1])).chunk(4, 1)
    c = f.sigmoid() * c + i.sigmoid() * j.tanh()
    return [o.sigmoid() * c.tanh(), c]


def _tanh_step(x: Any, states: list, weights: list) -> list:
    return [torch.tanh(F.linear(x, weights[0], weights[2]) + F.linear(states[0], weights[1]))]


def _in_one_piece(weights: list) -> list:
    """The weights side by side in memory, as cuDNN reads them."""
    flat = torch.cat([weight.reshape(-1) for weight in weights])
    parts = flat.split([weight.numel() for weight in weights])
    return [part.view(weight.shape) for part, weight in zip(parts, weights, strict=True)]


def _of_both(weight: Any, depth: int, axis: int) -> Any:
    """The weights of the input and of the state; their gradient is one piece again."""
    return weight.split((depth, weight.shape[axis] - depth), axis)


def _run(function: Any, x: Any, lengths: list, states: list, weights: list) -> list:
    """torch's LSTM or RNN of one layer; the outputs and the last state."""
    if not x.shape[0]:  # no steps
        return [x.new_zeros(0, *states[0].shape), *(state.clone() for state in states)]
    if (
        (lengths and traced(lengths[0]))
        or any(map(transformed, (x, states[0], weights[0])))
        # Under autocast torch's own fails where the processor has no bfloat16 instructions.
        or (x.device.type == "cpu" and torch.is_autocast_enabled("cpu"))
    ):
        return _by_steps(_lstm_step if len(states) > 1 else _tanh_step, x, lengths, states, weights)
    first = [s[None].contiguous() for s in states]
    if x.is_cuda:
        weights = _in_one_piece(weights)
    packed = _packed(x, lengths)
    hidden = first if len(first) > 1 else first[0]
    follow = torch.is_grad_enabled()
    if packed is None:
        found = function(x, hidden, weights, True, 1, 0.0, follow, False, False)
        outputs, new = found[0], found[1:]
    else:
        order = packed.sorted_indices
        sorted_first = [s.index_select(1, order) for s in first]
        hidden = sorted_first if len(first) > 1 else sorted_first[0]
        found = function(
            packed.data, packed.batch_sizes, hidden, weights, True, 1, 0.0, follow, False
        )
        outputs = _padded(found[0], packed.batch_sizes, packed, x.shape[0])
        new = [s.index_select(1, packed.unsorted_indices) for s in found[1:]]
    last = [s[0] for s in new]
    return _without_empty(lengths, outputs, last, states) if lengths else [outputs, *last]


@op(
    "T, N * int32, T, T, T, T -> outputs: T, c: T, h: T",
    shape=lambda x, lengths, c, h, kernel, bias: _shapes(x, h, 2),
    T=_REAL,
)
def LSTMSequence(x, lengths, c, h, kernel, bias, *, forget_bias=1.0):
    """An LSTM over a sequence; the kernel's columns are TensorFlow's: i, j, f, o.

    c' = c σ(f + forget_bias) + σ(i) tanh(j), h' = tanh(c') σ(o), with
    [i, j, f, o] = [x, h] kernel + bias (Hochreiter and Schmidhuber, 1997).
    """
    return _lstm(x, lengths, c, h, kernel, bias, (0, 1, 2, 3), forget_bias)


def _lstm(
    x: Any, lengths: list, c: Any, h: Any, kernel: Any, bias: Any, order: tuple[int, ...],
    forget_bias: float,
) -> tuple[Any, Any, Any]:  # fmt: skip
    """LSTMSequence; `order` says where the gates i, j, f, o stand among the kernel's columns."""
    _check(x, [h, c], kernel, bias, 4)
    depth = x.shape[2]
    i, j, f, o = order
    biases, columns = bias.chunk(4), kernel.chunk(4, 1)
    offset = torch.cat([biases[i], biases[f] + forget_bias, biases[j], biases[o]])
    weight = torch.cat([columns[i], columns[f], columns[j], columns[o]], 1).t()
    weights = [*_of_both(weight, depth, 1), offset, torch.zeros_like(offset)]
    outputs, h, c = _run(torch._VF.lstm, x, lengths, [h, c], weights)
    return outputs, c, h


def lstm_steps(
    counters: list[tuple[int, int]], array: Any, lengths: list, c: Any, h: Any, kernel: Any,
    bias: Any, written: list, forget_bias: float, order: tuple[int, ...] = (0, 1, 2, 3),
    state_first: bool = False,
) -> tuple:  # fmt: skip
    """An LSTM over a TensorArray's elements, as a loop of its own would run over them.

    Args:
        counters: (first number, limit) of each of the loop's counters; the first one tells the
            element. The loop ends where one reaches its limit.
        array: the elements, [batch, depth] each.
        lengths: [the counter's number at which each sequence is over], or [].
        c, h, kernel, bias, forget_bias: as in LSTMSequence.
        written: arrays that the outputs go into.
        order: where the gates i, j, f, o stand among the kernel's columns.
        state_first: whether the kernel's rows are those of the state, then those of the input.

    Returns the counters behind the loop, and the last c and h.
    """
    rounds = max(0, min(limit - first for first, limit in counters))
    start = counters[0][0]
    if rounds:
        x = torch.stack([array.read(start + i) for i in range(rounds)])
        if state_first:
            kernel = torch.cat([kernel[h.shape[1] :], kernel[: h.shape[1]]])
        if lengths:
            lengths = [(lengths[0] - start).clamp(0, rounds).to(torch.int32)]
        outputs, c, h = _lstm(x, lengths, c, h, kernel, bias, order, forget_bias)
        for items in written:
            for i, output in enumerate(outputs.unbind(0)):
                items.write(start + i, output)
    return *(first + rounds for first, _ in counters), c, h


@op(
    "T, N * int32, T, T, T -> outputs: T, h: T",
    shape=lambda x, lengths, h, kernel, bias: _shapes(x, h, 1),
    T=_REAL,
)
def TanhSequence(x, lengths, h, kernel, bias):
    """A plain recurrent network over a sequence: h' = tanh([x, h] kernel + bias)."""
    _check(x, [h], kernel, bias, 1)
    depth = x.shape[2]
    weight = kernel.t()
    weights = [*_of_both(weight, depth, 1), bias, torch.zeros_like(bias)]
    return _run(torch._VF.rnn_tanh, x, lengths, [h], weights)


@op(
    "T, N * int32, T, T, T, T, T -> outputs: T, h: T",
    shape=lambda x, lengths, h, *_: _shapes(x, h, 1),
    T=_REAL,
)
def GRUSequence(x, lengths, h, gate_kernel, gate_bias, candidate_kernel, candidate_bias):
    """A GRU over a sequence, with the reset gate before the product (Cho et al., 2014).

    [r, u] = σ([x, h] gate_kernel + gate_bias), h' = u h + (1 - u) c, with
    c = tanh([x, r h] candidate_kernel + candidate_bias).
    """
    depth = x.shape[2]
    gate_x, gate_kernel = _of_both(gate_kernel, depth, 0)
    candidate_x, candidate_kernel = _of_both(candidate_kernel, depth, 0)
    gates_x = F.linear(x, gate_x.t(), gate_bias).unbind(0)
    candidates_x = F.linear(x, candidate_x.t(), candidate_bias).unbind(0)
    steps = len(gates_x)
    active: Any = None
    if lengths and (traced(lengths[0]) or int(lengths[0].min()) < steps):
        times = torch.arange(steps, device=x.device)[:, None]
        active = (times < lengths[0])[:, :, None].unbind(0)
    outputs = []
    for t in range(steps):
        r, u = torch.addmm(gates_x[t], h, gate_kernel).sigmoid().chunk(2, 1)
        c = torch.addmm(candidates_x[t], r * h, candidate_kernel).tanh()
        # Autocast gives the gates another dtype than the state, which keeps its own.
        new = torch.lerp(c, h, u) if c.dtype is h.dtype else u * h + (1 - u) * c
        if active is None:
            outputs.append(new)
            h = new
        else:
            outputs.append(new.masked_fill(~active[t], 0))
            h = torch.where(active[t], new, h)
    if not outputs:
        return x.new_zeros(0, x.shape[1], h.shape[1]), h
    return torch.stack(outputs), h
