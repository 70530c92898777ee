"""A `tf.while_loop` that is an LSTM, as programs write it themselves, runs as one sequence.

The loop counts, reads an element of a TensorArray in each round, computes an LSTM's cell from it
and the state (Hochreiter and Schmidhuber, 1997), and may write the output into other TensorArrays.
`tf.nn.dynamic_rnn` makes such loops of programs' own cells, with sequence lengths, too. torch's
kernel takes all steps at once, with one product for all inputs; step by step, most of the time goes
into small products and calls.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..core.control_flow import blocks_of
from ..core.operation import Operation, Tensor
from ..core.static_value import static_value
from ..ops.rnn import lstm_steps
from .idiom import ADD, Idiom, NoMatch, number
from .values import Value

if TYPE_CHECKING:
    from .lowering import Lowering

_HARMLESS = ("_Arg", "Const", "LoopCond", "Identity")


def lstm_loop(lowering: Lowering, op: Operation, seen: set[Tensor]) -> LSTMLoop | None:
    """The loop's idiom, where it is an LSTM and nobody sees what is inside."""
    recording = lowering.recording
    if recording.twice or not lowering.owns_state:
        return None  # torch's kernel has first derivatives only
    try:
        found = LSTMLoop(op)
    except (NoMatch, ValueError, IndexError):  # (a wrong number of operands)
        return None
    inside = {tensor for inner in found.inner for tensor in inner.outputs}
    asked = inside & {*recording.targets, *lowering.fed, *lowering.fetched_tensors}
    watched = {*lowering.watch.last, *lowering.backward} & found.inner.keys()
    return None if asked or watched else found


class LSTMLoop(Idiom):
    """The parts of a loop that is an LSTM; NoMatch for any other loop."""

    def __init__(self, op: Operation) -> None:
        super().__init__("lstm_loop")
        self._condition, self._body = blocks_of(op)
        self._finished: Tensor | None = None  # which sequences are over in a round
        self._limits: dict[int, Tensor] = {}  # counter -> what it stays below
        end = self._condition.outputs[0]
        self._counters(end.op.inputs[0] if end.op.type == "LoopCond" else end)
        writes = {
            i: output.op
            for i, output in enumerate(self._body.outputs)
            if output.op.type == "TensorArrayWriteV3"
        }
        c, h = (i for i in range(len(op.outputs)) if i not in writes and i not in self._limits)
        new_c, new_h = self._following(c), self._following(h)
        if not self._is_output(new_h, new_c):
            c, h, new_c, new_h = h, c, new_h, new_c
        self._states = (c, h)
        self._cell(new_c, new_h)
        self._written = list(writes)
        for i, write in writes.items():
            self._check_write(i, write, new_h)
        self._check_lengths()
        needed = {*self._condition.needed(), *self._body.needed()}
        if any(inner not in self.inner and inner.type not in _HARMLESS for inner in needed):
            raise NoMatch

    # The loop.

    def _counters(self, condition: Tensor) -> None:
        """Note the variables that count rounds, each below a number."""
        if condition.op.type == "LogicalAnd":
            for part in self.take(condition, "LogicalAnd").inputs:
                self._counters(part)
            return
        counter, limit = self.take(condition, "Less").inputs
        index = self._condition.parameters.index(counter)
        start, one = self.take(self._body.outputs[index], *ADD).inputs
        if start is not self._body.parameters[index] or static_value(one) != 1:
            raise NoMatch
        if not counter.dtype.is_integer or index in self._limits:
            raise NoMatch
        if self._condition.context.contains(limit.op) and static_value(limit) is None:
            raise NoMatch
        self._limits[index] = limit

    def _following(self, index: int) -> Tensor:
        """A state's value for the next round, of the sequences that go on."""
        output = self._body.outputs[index]
        if output.op.type not in ("Select", "SelectV2"):
            return output
        over, old, new = self.take(output, "Select", "SelectV2").inputs
        if old is not self._body.parameters[index]:
            raise NoMatch
        self._ends(over)
        return new

    def _ends(self, over: Tensor) -> None:
        if self._finished not in (None, over):
            raise NoMatch
        self._finished = over

    def _check_write(self, index: int, write: Operation, h: Tensor) -> None:
        """NoMatch unless the new h is written, or 0 for sequences that are over."""
        self.inner[write] = None
        handle, at, value, flow = write.inputs
        self._outside(handle)
        if at is not self._body.parameters[self._time]:
            raise NoMatch
        if flow is not self._body.parameters[index]:
            raise NoMatch
        if value.op.type in ("Select", "SelectV2"):
            over, zeros, value = self.take(value, "Select", "SelectV2").inputs
            self._ends(over)
            if not _are_zeros(zeros):
                raise NoMatch
        elif self._finished is not None:
            raise NoMatch
        if value is not h:
            raise NoMatch

    def _check_lengths(self) -> None:
        """Which round ends which sequence: NoMatch unless it is the one of its length."""
        self._lengths: Tensor | None = None
        if self._finished is None:
            return
        for i in self._states:
            if self._body.outputs[i].op.type not in ("Select", "SelectV2"):
                raise NoMatch
        time, self._lengths = self.take(self._finished, "GreaterEqual").inputs
        self._outside(self._lengths)
        if time is not self._body.parameters[self._time]:
            raise NoMatch

    # The cell.

    def _is_output(self, h: Tensor, c: Tensor) -> bool:
        """Whether `h` is computed from the new `c`, and not the other way round."""
        return h.op.type == "Mul" and any(
            t.op.type == "Tanh" and t.op.inputs[0] is c for t in h.op.inputs
        )

    def _cell(self, new_c: Tensor, new_h: Tensor) -> None:
        """h' = tanh(c') σ(o), c' = c σ(f + b) + σ(i) tanh(j), of [x, h] kernel + bias."""
        c, h = (self._body.parameters[i] for i in self._states)
        inside, o = self._activated(self.take(new_h, "Mul"))
        kept, added = self.take(new_c, *ADD).inputs
        if c not in kept.op.inputs:
            kept, added = added, kept
        f = self._forgotten(self.take(kept, "Mul"), c)
        j, i = self._activated(self.take(added, "Mul"))
        gates = (i, j, f, o)
        parts = i.op
        self.inner[parts] = None
        if inside is not new_c or any(gate.op is not parts for gate in gates):
            raise NoMatch
        if len({gate.value_index for gate in gates}) != 4 or len(parts.outputs) != 4:
            raise NoMatch
        if parts.type == "Split":
            axis, value = parts.inputs
        elif parts.type == "SplitV" and len({gate._dims for gate in gates}) == 1:
            value, _, axis = parts.inputs
        else:
            raise NoMatch
        if static_value(axis) not in (1, -1):
            raise NoMatch
        self._order = tuple(gate.value_index for gate in gates)
        self._product(value, h)

    def _activated(self, product: Operation) -> tuple[Tensor, Tensor]:
        """What tanh, and what σ is taken of, where the op is their product."""
        a, b = product.inputs
        if a.op.type != "Tanh":
            a, b = b, a
        return self.take(a, "Tanh").inputs[0], self.take(b, "Sigmoid").inputs[0]

    def _forgotten(self, product: Operation, c: Tensor) -> Tensor:
        """The gate f, where the op is c σ(f + b)."""
        (gate,) = (t for t in product.inputs if t is not c)
        inside = self.take(gate, "Sigmoid").inputs[0]
        self._forget_bias = 0.0
        if inside.op.type in ADD:
            inside, added = self.take(inside, *ADD).inputs
            self._forget_bias = number(added)
        return inside

    def _product(self, value: Tensor, h: Tensor) -> None:
        """[x, h] kernel + bias, or [h, x] kernel + bias, of an element x of a TensorArray."""
        product, self._bias = self.take(value, "BiasAdd", *ADD).inputs
        multiplied = self.take(product, "MatMul")
        if multiplied.attrs["transpose_a"] or multiplied.attrs["transpose_b"]:
            raise NoMatch
        joined, self._kernel = multiplied.inputs
        first, second, axis = self.take(joined, "ConcatV2").inputs
        self._state_first = first is h
        x, state = (second, first) if self._state_first else (first, second)
        if state is not h or static_value(axis) not in (1, -1):
            raise NoMatch
        handle, index, self._array = self.take(x, "TensorArrayReadV3").inputs
        for tensor in (handle, self._array, self._kernel, self._bias):
            self._outside(tensor)
        self._time = self._body.parameters.index(index)
        if self._time not in self._limits:
            raise NoMatch
        dims = h._dims
        if dims is None or len(dims) != 2 or dims[1] is None or self._bias._dims != (4 * dims[1],):
            raise NoMatch
        if h.dtype.base_dtype.name not in ("float32", "float64"):
            raise NoMatch

    def _outside(self, tensor: Tensor) -> None:
        if self._body.context.contains(tensor.op):
            raise NoMatch

    # Its line.

    def lower(self, lowering: Lowering, op: Operation) -> None:
        """One line for all rounds."""
        recorded = lowering.records(op)
        counters = [self._time, *(i for i in self._limits if i != self._time)]
        rounds = []
        for i in counters:
            known = static_value(self._limits[i])
            limit = lowering.host(self._limits[i]) if known is None else repr(known)
            rounds.append(f"({lowering.host(op.inputs[i])}, {limit})")
        arrays = {i: lowering.tensor(op.inputs[i], recorded) for i in self._written}
        lengths = [] if self._lengths is None else [lowering.tensor(self._lengths)]
        c, h = (lowering.tensor(op.inputs[i], recorded) for i in self._states)
        arguments = [
            f"[{', '.join(rounds)}]",
            lowering.tensor(self._array, recorded),
            f"[{', '.join(lengths)}]",
            c,
            h,
            lowering.tensor(self._kernel, recorded),
            lowering.tensor(self._bias, recorded),
            f"[{', '.join(arrays.values())}]",
        ]
        rest: dict[str, Any] = {"forget_bias": self._forget_bias}
        if self._order != (0, 1, 2, 3):
            rest["order"] = self._order
        if self._state_first:
            rest["state_first"] = True
        arguments += [f"{key}={value!r}" for key, value in rest.items()]
        names = {i: lowering.fresh(f"{op.name}_{i}") for i in (*counters, *self._states)}
        lowering.line(
            f"{', '.join(names.values())} = {lowering.fused(lstm_steps)}({', '.join(arguments)})",
            op,
            names.values(),
        )
        names.update(arrays)  # (they are written in place)
        for i, output in enumerate(op.outputs):
            if output not in lowering.fed:
                name = names[i]
                lowering.values[output] = Value(host=name) if i in counters else Value(torch=name)


def _are_zeros(tensor: Tensor) -> bool:
    """Whether all elements are 0."""
    op = tensor.op
    if op.type == "Fill":
        return number(op.inputs[1]) == 0
    return op.type == "Const" and not op.attrs["value"].any()
