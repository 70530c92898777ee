"""From a part of a graph to straight-line Python: one kernel call a line.

A value of the program is known by a Python expression, on one of two sides: the torch side
(tensors; numpy arrays for strings) or the host side (ints and tuples of ints, for shapes). Most ops
are lowered by `Lowering.call`; the few that are no kernel call (constants, variables, gradients,
control flow) have a function of their own in `structure.py`.
"""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Collection, Iterable
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from ..core.control_flow import blocks_of
from ..core.dtypes import DType
from ..core.lazy_torch import settle
from ..core.operation import Operation, Tensor
from ..core.storage import root
from ..core.tensor_shape import TensorShape
from . import kernels_support
from .aliases import Aliases, cells, reads_variable
from .branches import SAVED
from .dead import Fragile, lower_guarded
from .filters import filter_cells
from .foreseen import call_host, folded, listed_output, on_host
from .grouping import FEWEST, groups, lower_together
from .idioms import Idioms
from .liveness import with_deletions, without_dead
from .nested import nested_function
from .options import current
from .order import needed_ops
from .program import Program
from .pure_part import pure_part
from .recording import Recording
from .structure import LOWERINGS, overridden
from .values import NO_LITERAL, Line, Value, Values, listed, torch_name
from .watch import Watch


class Lowering:
    """Builds the program for some fetches, given which tensors are fed."""

    def __init__(
        self,
        fetches: list[Any],
        feeds: list[Tensor],
        device: Any,
        *,
        fixed: dict[Tensor, Any] | None = None,
        float_as: str = "float32",
        watched: dict[str, Any] | None = None,
        owns_state: bool = False,
        shielded: Collection[Operation] | None = None,
    ) -> None:
        self.device = device
        self.feeds = feeds
        self.fixed = fixed or {}  # tensors that have this host value in every run
        self.float_as = float_as  # torch's name of the type that stands for tf.float32
        self.owns_state = owns_state  # whether the program may lay its variables out anew
        self.fed = {*feeds, *self.fixed}
        self.fetches = fetches
        tensors = [f for f in fetches if isinstance(f, Tensor)]
        targets = [f.op if isinstance(f, Tensor) else f for f in fetches if f not in self.fed]
        self.ops, self.backward = needed_ops(targets, self.fed)
        self.needed = set(self.ops)
        self.fetched_tensors = set(tensors)
        self.fragile = Fragile(self.ops, self.fed)
        self.aliases = Aliases(self.ops, self.fed, tensors, shielded or ())
        self.by_module = shielded is not None  # then autograd records what it finds
        self.recording = Recording(self.ops, self.fed)
        self.inside: dict[Any, list[Operation]] = {}  # the ops of each branch; None: of no branch
        for op in self.ops:
            self.inside.setdefault(op.control_flow, []).append(op)
        self.values = Values()
        self.space: dict[str, Any] = dict(
            kernels_support.NAMESPACE,
            device=device,
            ops=SimpleNamespace(),
            on_host=SimpleNamespace(),
            together=SimpleNamespace(),
            fused=SimpleNamespace(),
        )
        self.taken: set[str] = {*self.space, "state", "feeds", "generators", "held", "float", "_"}
        self.lines: list[Line] = []
        self.read: set[str] = set()  # the locals that the line being made reads
        self.depth = 1
        self.decided = False  # whether a condition is the same in every run
        self.following = False  # inside a backward function: all ops are recorded
        self.constants: set[str | None] = set()  # the names of numbers, the same in every run
        self.cells: dict[Operation, str] = {}
        self.generators: dict[Operation, str] = {}
        self.leaves: dict[Operation, list[str]] = {}  # variable -> its leaf for each version
        self.current: dict[Operation, str] = {}  # variable -> the leaf of its present version
        self.parameters: dict[str, list[str]] = {}  # of each nested function
        self.detached: dict[str, str] = {}
        self.watch = Watch(watched or {}, self.ops, fetches)
        self.block_outputs = {t for op in self.ops for b in blocks_of(op) for t in b.outputs}
        self.idioms = Idioms(self, fetches, use=current.fuse)

    # The whole.

    def program(self) -> Program:
        """Lower everything."""
        feed_names = []
        for tensor in self.feeds:
            name = self.fresh(tensor.op.name)
            feed_names.append(name)
            self.values[tensor] = Value(torch=name)
            self.begin_record(tensor)
        for tensor, literal in self.fixed.items():
            self.values[tensor] = Value(literal=literal)
        self.lower_all(self.inside.get(None, []))
        results = [self.fetched(f) for f in self.fetches]
        self.line(f"return {listed(results)}")
        filters = filter_cells(self) if self.owns_state else []
        head = []
        for names, source in (
            (feed_names, "feeds"),
            (list(self.cells.values()), "state"),
            (list(self.generators.values()), "generators"),
        ):
            if names:
                head.append(f"    {listed(names)} = {source}")
        if filters:
            head.append(f"    lay_out_filters({', '.join(filters)})")
        if self.decided:  # what only the other branch needed is computed for nobody
            wanted = {f for f in self.fetches if isinstance(f, Operation)}
            self.lines = without_dead(self.lines, wanted)
        pure = pure_part(self) if self.owns_state else None
        body, owners = with_deletions(self.lines)
        source = "\n".join(["def program(state, feeds, generators, held):", *head, *body]) + "\n"
        line_ops = {i + 2 + len(head): op for i, op in enumerate(owners) if op is not None}
        return Program(
            source,
            self.space,
            line_ops,
            self.feeds,
            self.fetches,
            list(self.cells),
            list(self.generators),
            [isinstance(f, Tensor) and self.must_copy(f) for f in self.fetches],
            bool(self.recording.targets),
            pure,
        )

    def lower_all(self, ops: list[Operation]) -> None:
        """Lower ops, in order, at the present depth."""
        if self.fragile:
            lower_guarded(self, ops)
        else:
            self.lower_plain(ops)

    def lower_plain(self, ops: list[Operation]) -> None:
        """Lower ops of which all run, or none."""
        for group in groups(self, ops):
            if len(group) >= FEWEST:
                lower_together(self, group)
            else:
                for op in group:
                    self.lower(op)

    def lower(self, op: Operation) -> None:
        """Lower one op."""
        special = LOWERINGS.get(op.type)
        if op in self.idioms.absorbed:
            return
        if op in self.idioms.at:
            self.idioms.at[op].lower(self, op)
        elif special is not None:
            special(self, op)
        else:
            self.call(op)
        for output in op.outputs:
            if output not in self.fed:
                self.begin_record(output)
        if op in self.watch.last:
            self.watch.lower(self, op)

    def fetched(self, fetch: Any) -> str:
        if isinstance(fetch, Operation):
            return "None"
        if fetch in self.fragile.tensors and fetch not in self.fed:
            value = self.values[fetch]
            text = self.using(str(value.host if value.torch is None else value.torch))
            return f"alive({text}, {self.bind('op', fetch.op)})"
        value = self.values[fetch]
        if value.torch is None and value.host is not None:
            return self.using(value.host)
        return self.tensor(fetch, recorded=not current.compile)

    def must_copy(self, fetch: Tensor) -> bool:
        """Whether the fetched memory is also somebody else's."""
        return self.aliases.shared(fetch) or reads_variable(fetch, self.fed)

    # Lines and names.

    def line(self, text: str, op: Operation | None = None, writes: Iterable[str] = ()) -> None:
        """Append a line of the program, which reads what was looked up for it."""
        comment = f"  # {op.name}" if op is not None else ""
        self.lines.append(Line(self.depth, text + comment, op, frozenset(self.read), tuple(writes)))
        self.read = set()

    def helper_line(self, name: str, text: str, reads: str) -> str:
        """A line that prepares what the line being made needs; returns the name that it sets."""
        waiting, self.read = self.read, {reads}
        self.line(f"{name} = {text}", writes=[name])
        self.read = waiting
        return name

    def using(self, name: str) -> str:
        """Note that the line being made reads the local."""
        self.read.add(name)
        return name

    @contextmanager
    def block(self, header: str, op: Operation | None = None, writes: Iterable[str] = ()):
        """Lines in an indented block; what was looked up inside is not known outside."""
        self.line(header, op, writes)
        values, current, detached = self.values, self.current, self.detached
        self.values = Values(values)
        self.current, self.detached = dict(current), dict(detached)
        self.depth += 1
        yield
        self.depth -= 1
        self.values, self.current, self.detached = values, current, detached

    def fresh(self, name: str) -> str:
        """A new local name that recalls an op's name."""
        base = re.sub(r"\W", "_", name)
        if not base or base[0].isdigit() or keyword.iskeyword(base):
            base = f"_{base}"
        found, number = base, 1
        while found in self.taken:
            found = f"{base}_{number}"
            number += 1
        self.taken.add(found)
        return found

    def bind(self, name: str, value: Any) -> str:
        """A name for an object that the program uses."""
        name = self.fresh(name)
        self.space[name] = value
        return name

    def torch_name(self, dtype: DType) -> str:
        """torch's name for a dtype in this program."""
        name = torch_name(dtype)
        return self.float_as if name == "float32" else name

    # Values.

    def tensor(self, tensor: Tensor, recorded: bool = False) -> str:
        """An expression for the tensor on the torch side, with its gradient only if `recorded`."""
        value = self.values[tensor]
        if recorded:
            leaf = self.recording.leaf_of(tensor)
            if leaf is not None:
                return self.leaf(leaf.op)
        if value.torch is None:
            value.torch = self.from_host(tensor, value)
        carries = tensor in self.recording.tensors and not reads_variable(tensor, self.fed)
        if carries and not recorded:
            if value.torch not in self.detached:
                self.detached[value.torch] = self.helper_line(
                    self.fresh(f"{value.torch}_detached"), f"{value.torch}.detach()", value.torch
                )
            return self.using(self.detached[value.torch])
        return self.using(value.torch)

    def from_host(self, tensor: Tensor, value: Value) -> str:
        dtype = f"torch.{self.torch_name(tensor.dtype)}"
        if value.literal is not NO_LITERAL:
            made = kernels_support.to_tensor(
                value.literal,
                getattr(kernels_support.torch, self.torch_name(tensor.dtype)),
                self.device,
            )
            return self.bind(tensor.op.name, made)
        name = self.fresh(f"{tensor.op.name}_tensor")
        return self.helper_line(name, f"to_tensor({value.host}, {dtype}, device)", str(value.host))

    def host(self, tensor: Tensor) -> str:
        """An expression for the value as an int or a tuple of ints."""
        value = self.values[tensor]
        if value.literal is not NO_LITERAL:
            return repr(value.literal)
        if value.host is None:
            name = self.fresh(f"{tensor.op.name}_host")
            found = self.tensor(tensor)
            value.host = self.helper_line(name, f"to_host({found})", found)
        return self.using(value.host)

    def dims(self, tensor: Tensor) -> str:
        """An expression for the shape at run time."""
        if tensor._dims is not None and None not in tensor._dims:
            return repr(tensor._dims)
        value = self.values[tensor]
        if value.torch is None and value.host is not None:
            return f"host_shape({self.using(value.host)})"
        return f"{self.tensor(tensor, recorded=True)}.shape"

    def cell(self, ref: Tensor) -> str:
        """The name of the cell that a reference refers to."""
        return self.cell_of(root(ref).op)

    def cell_of(self, variable: Operation) -> str:
        name = self.cells.get(variable)
        if name is None:
            name = self.cells[variable] = self.fresh(variable.name)
        return name

    # Recording.

    def leaf(self, variable: Operation) -> str:
        """The present version of a variable, as a tensor that gradients are taken of."""
        name = self.current.get(variable)
        if name is None:
            name = self.fresh(f"{variable.name}_leaf")
            cell = self.cell_of(variable)
            self.current[variable] = self.helper_line(name, f"leaf({cell}.value)", cell)
            self.leaves.setdefault(variable, []).append(name)
        return self.using(name)

    def begin_record(self, tensor: Tensor) -> None:
        """Where a gradient is taken of this tensor: let autograd follow it, apart from others."""
        if tensor not in self.recording.targets or reads_variable(tensor, self.fed):
            return
        value = self.values[tensor]
        recorded = tensor not in self.fed and tensor.op in self.recording.ops
        loops = tensor.op.type == "_Arg"
        if recorded and not (tensor.op.op_def.view or loops):
            return
        name = self.fresh(f"{tensor.op.name}_leaf")
        text = value.torch if value.torch is not None else self.from_host(tensor, value)
        # A view's kernel may return its very input, whose other uses are not this tensor's. What
        # enters a loop's round may be followed already, or not (in the first round, say).
        made = f"{text}.view_as({text})" if recorded else f"leaf({text})"
        if loops:
            made = f"{text}.view_as({text}) if {text}.requires_grad else leaf({text})"
        value.torch = self.helper_line(name, made, text)

    def records(self, op: Operation) -> bool:
        """Whether autograd follows the op in this run."""
        return self.following or op in self.recording.ops

    def saved(self) -> dict[str, Any]:
        """The state that lines are made in, to be restored after a trial."""
        return {name: copied(getattr(self, name)) for name, copied in SAVED}

    def restore(self, state: dict[str, Any]) -> None:
        """Undo what was lowered since `saved`."""
        self.__dict__.update(state)

    # Kernel calls.

    def call(self, op: Operation) -> None:
        """The usual op: its kernel on its inputs, or its host function."""
        op_def = op.op_def
        if op_def.host is not None and on_host(self, op):
            call_host(self, op)
            return
        block = self.backward.get(op) if op in self.recording.ops else None
        recorded = block is None and self.records(op)
        arguments = self.arguments(op, recorded)
        arguments += self.keywords(op)
        if isinstance(op_def.kernel, str):
            function = op_def.kernel
        else:
            kernel = self.ready(op_def.kernel, any(arg.cell for arg in op_def.inputs))
            name = op.type
            if op_def.asks_ranks and kernels_support.may_have_wrong_ranks(op):
                kernel, name = kernels_support.with_ranks(kernel, op_def), f"{name}_of_ranks"
            setattr(self.space["ops"], name, kernel)
            function = f"ops.{name}"
        if block is None and folded(self, op, f"{function}({', '.join(arguments)})"):
            return
        self.assign(op, f"{function}({', '.join(arguments)})")
        if block is not None:
            overridden(self, op, block)
        for tensor in cells(op):
            self.current.pop(root(tensor).op, None)

    def ready(self, kernel: Any, updates: bool) -> Any:
        """The kernel as it is going to run: it finds torch itself where torch was to come."""
        settle(getattr(kernel, "__globals__", {}))
        return kernels_support.unrecorded(kernel) if updates and self.by_module else kernel

    def fused(self, function: Any) -> str:
        """The name by which the program calls a function that stands in place of ops."""
        setattr(self.space["fused"], function.__name__, self.ready(function, False))
        return f"fused.{function.__name__}"

    def assign(self, op: Operation, call: str, on_host: bool = False) -> None:
        """The line that calls the op; notes where its outputs are found."""
        names = []
        for output in op.outputs:
            if output in self.fed:
                names.append("_")
                continue
            name = self.fresh(_local_name(output))
            self.values[output] = Value(host=name) if on_host else Value(torch=name)
            names.append(name)
        if not names:
            self.line(call, op)
        elif len(names) == 1 and not listed_output(op):
            self.line(f"{names[0]} = {call}", op, names)
        else:
            self.line(f"{listed(names)} = {call}", op, names)

    def arguments(self, op: Operation, recorded: bool) -> list[str]:
        op_def = op.op_def
        texts = []
        for arg, tensor in zip(op_def.argument_of(op.attrs), op.inputs, strict=True):
            if arg.cell:
                texts.append(self.cell(tensor))
            elif arg.read:
                texts.append(self.tensor(root(tensor), recorded))
            elif arg.host:
                texts.append(self.host(tensor))
            elif arg.dims:
                texts.append(self.dims(tensor))
            else:
                texts.append(self.tensor(tensor, recorded))
        return [
            f"[{', '.join(text)}]" if isinstance(text, list) else text
            for text in op_def.regrouped(texts, op.attrs)
        ]

    def keywords(self, op: Operation) -> list[str]:
        """The attributes, and what the kernel asks of the run."""
        texts = []
        for key in op.op_def.kernel_parameters:
            if key in ("device", "held"):
                text = key
            elif key == "generator":
                text = self.generator(op)
            elif key == "in_place":
                text = str(self.aliases.may_overwrite(op))
            elif key == "keep":
                text = str(self.aliases.may_keep(op))
            elif key == "op":
                text = self.bind("op", op)
            elif key == "functions":
                text = listed([nested_function(self, op, block) for block in blocks_of(op)])
            elif _same(op.attrs[key], op.op_def.attrs.get(key, NO_LITERAL)):
                continue  # the kernel's own default
            else:
                text = self.literal(key, op.attrs[key])
            texts.append(f"{key}={text}")
        return texts

    def generator(self, op: Operation) -> str:
        """The name of a random op's generator."""
        name = self.generators.get(op)
        if name is None:
            name = self.generators[op] = self.fresh(f"{op.name}_random")
        return name

    def literal(self, name: str, value: Any) -> str:
        """An attribute's value as source text."""
        if isinstance(value, DType):
            if value.name in ("string", "resource", "variant"):
                return self.bind(value.name, value)
            return f"torch.{self.torch_name(value)}"
        if isinstance(value, TensorShape):
            return repr(value._dims)
        if value is None or isinstance(value, bool | int | str | bytes):
            return repr(value)
        if isinstance(value, float):
            return repr(value) if math.isfinite(value) else f"float('{value}')"
        if isinstance(value, tuple):
            items = [self.literal(name, item) for item in value]
            return listed(items)
        return self.bind(name, value)


def _same(value: Any, default: Any) -> bool:
    if isinstance(value, DType | TensorShape):
        return False  # the kernel gets torch's dtype, not ours
    return type(value) is type(default) and value == default


def _local_name(output: Tensor) -> str:
    op = output.op
    return op.name if len(op.outputs) == 1 else f"{op.name}_{output.value_index}"
