"""The torch kernels that a computation calls, noted while it runs.

What lies between a program's line and torch's kernels (our kernels' Python, the making of the graph
that autograd follows backward, its formulas) is the same in every run with inputs of the same
layouts, as long as Python decides by no tensor's elements.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import torch
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

LARGE = 1 << 16
"""A computation whose values have so many bytes on average spends its time in the kernels."""
FEW_BYTES, MOST_BYTES = 1 << 25, 1 << 27
"""So much memory may be taken while calls are noted: by large values, and by any."""
MOST_CALLS = 30_000
SMALL = 1 << 15
"""A call on so few elements is not worth a second thread, which has to be woken."""


class Unrecordable(Exception):
    """The calls may be others in another run with inputs of the same layouts; why."""


# Where Python gets hold of a tensor's elements: what it does with them is not seen.
_READS = {
    getattr(torch.Tensor, name)
    for name in (
        "numpy", "storage", "_typed_storage", "__array__", "__float__", "__complex__", "__dlpack__",
        "set_",
    )
}  # fmt: skip
_DECIDES = {
    getattr(torch.Tensor, name) for name in ("__bool__", "__int__", "__index__", "item", "tolist")
}  # few numbers that later runs can be compared by
MOST_NUMBERS = 64
# What makes a tensor of Python's numbers, or of an array's.
_aten = torch.ops.aten
_CONSTANTS = {torch.tensor, torch.as_tensor, torch.from_numpy, torch.scalar_tensor}
_SAME = {
    _aten.detach.default,
    _aten.alias.default,
    _aten.lift_fresh.default,
}
_MASKED = (_aten.index.Tensor, _aten.index_put_.default)


class Slot(int):
    """The number of a value of the computation."""


class Guard(NamedTuple):
    """A question to a tensor, whose answer Python has decided by."""

    method: str
    slot: Slot
    answer: Any

    def reads(self) -> list[Slot]:
        """The slots of all that it reads."""
        return [self.slot]

    def slots(self) -> list[Slot]:
        """The same: it makes nothing."""
        return [self.slot]


class Call(NamedTuple):
    """A kernel's call; slots stand for the tensors."""

    func: Any
    args: tuple
    kwargs: dict[str, Any]
    results: Any
    small: bool  # no tensor has more than SMALL elements

    def reads(self) -> list[Slot]:
        """The slots of all that the call reads."""
        values = _flat([self.args, list(self.kwargs.values())])
        return [value for value in values if isinstance(value, Slot)]

    def slots(self) -> list[Slot]:
        """The slots of all that the call reads, and makes."""
        return self.reads() + [slot for slot in _flat(self.results) if isinstance(slot, Slot)]


def _flat(value: Any) -> Iterator[Any]:
    if isinstance(value, list | tuple):
        for item in value:
            yield from _flat(item)
    else:
        yield value


class _Reads(TorchFunctionMode):
    """Follows what Python takes out of tensors, and what it makes tensors of."""

    def __init__(self, calls: Calls) -> None:
        super().__init__()
        self.calls = calls

    def __torch_function__(
        self, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        if func in _DECIDES and not self.calls.is_constant(args[0]):
            return self.calls.decides(func, args[0])
        if func in _READS and not self.calls.is_constant(args[0]):
            self.calls.fail(f"Python reads elements ({func.__name__})")
        found = func(*args, **(kwargs or {}))
        if func in _CONSTANTS:
            self.calls.constant(found)
        return found


class QuietMode(TorchDispatchMode):
    """A mode that torch.compile does not meet: otherwise the first call imports all of dynamo."""

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        return False


class Calls(QuietMode):
    """Notes the calls that reach torch's kernels; `why` tells what stands against that.

    `inputs` are the tensors that each run has anew; `constants` are the same in every run.
    """

    def __init__(self, inputs: list[torch.Tensor], constants: list[torch.Tensor]) -> None:
        super().__init__()
        self.why: str | None = None
        self.slots: dict[int, Any] = {}  # id of a tensor -> its slot
        self.alive: list[torch.Tensor] = []  # an id is nobody else's as long as its tensor lives
        self.noted: list[Call | Guard] = []
        self.asked = False  # whether a tensor's number is on the way to a guard
        self.inputs = self.count = len(inputs)
        self.fixed: dict[int, torch.Tensor] = {}  # slot -> constant
        self.shapes: dict[int, torch.Size] = {}  # of each slot
        self.dtypes: dict[int, torch.dtype] = {}
        self.dense: set[int] = set()  # slots of results with memory of their own, without gaps
        self.memory: dict[int, int] = {}  # where each slot's tensor is
        self.shared: set[int] = set()  # memory that is not this run's own
        self.constant_memory: set[int] = set()  # memory that is the same in every run
        self.derived: set[int] = set()  # slots of what is computed from constants alone
        self.changed: set[int] = set()  # memory that was changed in place
        self.bytes = 0
        self.reads = _Reads(self)
        for i, tensor in enumerate(inputs):
            self.know(tensor, Slot(i))
        if len(self.slots) < len(inputs):
            self.fail("a tensor comes in twice")
        for tensor in constants:
            self.constant(tensor)

    def fail(self, why: str) -> None:
        """Give up; the computation itself goes on."""
        if self.why is None:
            self.why = why
            self.slots, self.noted, self.alive = {}, [], []

    def know(self, tensor: torch.Tensor, slot: Slot) -> int:
        """Note whose slot the tensor is; returns where its memory is."""
        self.slots[id(tensor)] = slot
        self.alive.append(tensor)
        with torch._C.DisableTorchFunction():
            memory: int = tensor.untyped_storage()._cdata
            self.shapes[slot], self.dtypes[slot] = tensor.shape, tensor.dtype
        self.memory[slot] = memory
        self.shared.add(memory)
        return memory

    def new_slot(self) -> Slot:
        """A slot that is nobody's yet."""
        self.count += 1
        return Slot(self.count - 1)

    def constant(self, tensor: torch.Tensor) -> None:
        """The tensor is the same in every run."""
        if self.why is None and id(tensor) not in self.slots:
            slot = self.new_slot()
            self.fixed[slot] = tensor
            self.constant_memory.add(self.know(tensor, slot))

    def is_constant(self, tensor: torch.Tensor) -> bool:
        """Whether the tensor is the same in every run, so that Python may read it."""
        slot = self.slots.get(id(tensor))
        with torch._C.DisableTorchFunction():
            changed = tensor.untyped_storage()._cdata in self.changed
        return slot in self.fixed or (slot in self.derived and not changed)

    def decides(self, method: Any, tensor: torch.Tensor) -> Any:
        """The answer that the tensor gives to Python, which a later run has to get as well."""
        self.asked = True
        answer = method(tensor)
        self.asked = False
        with torch._C.DisableTorchFunction():
            few = tensor.numel() <= MOST_NUMBERS and not tensor.is_floating_point()
        if self.why is None and few and id(tensor) in self.slots:
            self.noted.append(Guard(method.__name__, self.slots[id(tensor)], answer))
        else:
            self.fail(f"Python reads elements ({method.__name__})")
        return answer

    def slot(self, value: Any) -> Any:
        """The value with tensors replaced by their slots."""
        if isinstance(value, torch.Tensor):
            found = self.slots.get(id(value))
            if found is None:
                raise Unrecordable("a tensor comes from nowhere")
            return found
        if isinstance(value, list | tuple):
            return [self.slot(item) for item in value]
        return value

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None
    ) -> Any:
        kwargs = kwargs or {}
        found = func(*args, **kwargs)
        if self.why is None:
            try:
                with torch._C.DisableTorchFunction():
                    self.note(func, args, kwargs, found)
            except Unrecordable as reason:
                self.fail(str(reason))
        return found

    def note(self, func: Any, args: tuple, kwargs: dict, found: Any) -> None:
        """Note a call that has been made; Unrecordable where it may be another in another run."""
        if self.asked:
            return
        if func is _aten._local_scalar_dense.default and self.is_constant(args[0]):
            return
        if func is _aten.lift_fresh.default:  # of torch.tensor
            self.constant(args[0])
        tags = func.tags
        if torch.Tag.data_dependent_output in tags:
            raise Unrecordable(f"Python reads elements ({func})")
        if func in _MASKED:
            if any(i is not None and i.dtype in (torch.bool, torch.uint8) for i in args[1]):
                raise Unrecordable(f"a shape depends on elements ({func})")
        elif torch.Tag.dynamic_output_shape in tags:
            raise Unrecordable(f"a shape depends on elements ({func})")
        if len(self.noted) >= MOST_CALLS:
            raise Unrecordable("there are too many calls")
        known_args = tuple(self.slot(a) for a in args)
        known_kwargs = {key: self.slot(a) for key, a in kwargs.items()}
        if func in _SAME:
            self.slots[id(found)] = known_args[0]
            self.alive.append(found)
            return
        if func._schema.is_mutable:
            for i, argument in enumerate(func._schema.arguments):
                if argument.alias_info is not None and argument.alias_info.is_write:
                    self.own(args[i] if i < len(args) else kwargs[argument.name], func)
        results = self.results(found)
        tensors = [t for t in _flat([args, list(kwargs.values()), found]) if torch.is_tensor(t)]
        small = all(tensor.numel() <= SMALL for tensor in tensors)
        call = Call(func, known_args, known_kwargs, results, small)
        self.noted.append(call)
        given = {slot for slot in _flat([known_args, *known_kwargs.values()]) if type(slot) is Slot}
        random = torch.Tag.nondeterministic_seeded in func.tags
        if given <= self.derived | self.fixed.keys() and not random:
            self.derived.update(call.slots())

    def own(self, value: Any, func: Any) -> None:
        """Unrecordable where memory is changed that is not this run's own."""
        for tensor in value if isinstance(value, list | tuple) else [value]:
            memory = tensor.untyped_storage()._cdata
            if memory in self.shared:
                raise Unrecordable(f"{func} changes what outlives the run")
            self.changed.add(memory)

    def results(self, found: Any) -> Any:
        """The slots of a call's results."""
        if isinstance(found, list | tuple):
            return [self.results(item) for item in found]
        if not isinstance(found, torch.Tensor):
            return None  # a number that depends on shapes alone
        known = self.slots.get(id(found))
        if known is not None:  # changed in place
            return known
        slot = self.new_slot()
        self.slots[id(found)] = slot
        self.shapes[slot], self.dtypes[slot] = found.shape, found.dtype
        if found.is_contiguous() and not found._is_view():
            self.dense.add(slot)
        self.memory[slot] = found.untyped_storage()._cdata
        self.alive.append(found)
        self.bytes += found.nbytes
        large = self.bytes > LARGE * len(self.noted)
        if self.bytes > (FEW_BYTES if large else MOST_BYTES):
            raise Unrecordable("its values are large")
        return slot
