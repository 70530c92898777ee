"""A block of the graph as a nested Python function of the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..core.control_flow import Block
from ..core.operation import Operation
from .values import Value, listed

if TYPE_CHECKING:
    from .lowering import Lowering


def nested_function(lowering: Lowering, op: Operation, block: Block, recorded: bool = False) -> str:
    """A nested function that computes the block's outputs; returns its name.

    What it uses of the program is bound when the function is made.
    """
    name = lowering.fresh(f"{op.name}_{block.context.name}")
    parameters = [lowering.fresh(f"{name}_{t.op.attrs['index']}") for t in block.parameters]
    lines = lowering.lines
    at = len(lines)
    waiting, lowering.read = lowering.read, set()
    following, lowering.following = lowering.following, lowering.following or recorded
    with lowering.block(f"def {name}", op, (name,)):
        for tensor, text in zip(block.parameters, parameters, strict=True):
            lowering.values[tensor] = Value(torch=text)
        lowering.lower_all(lowering.inside.get(block.context, []))
        results = [lowering.tensor(t, recorded) for t in block.outputs]
        lowering.line(f"return {listed(results)}" if results else "return ()")
    lowering.following = following
    lowering.parameters[name] = parameters
    written = {n for line in lines[at:] for n in line.writes}
    made = written.union(*(lowering.parameters.get(n, ()) for n in written))
    used = dict.fromkeys(n for line in lines[at + 1 :] for n in sorted(line.reads))
    outer = [n for n in used if n not in made and n.isidentifier() and n not in lowering.space]
    header = f"def {name}({', '.join((*parameters, *(f'{n}={n}' for n in outer)))}):"
    line = lines[at]
    lines[at] = line._replace(text=f"{header}  # {op.name}", reads=line.reads | frozenset(outer))
    lowering.read = waiting | {name}
    return name
