"""`tf.CriticalSection`: computations of which one at a time runs in a session."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from ..core import dtypes
from ..core.context import get_default_graph
from ..core.convert import convert_to_tensor
from ..core.errors import CancelledError, DeadlineExceededError
from ..core.graph import Graph, name_scope
from ..core.held import Held, held_object
from ..core.nest import flatten, pack_like
from ..core.op import op
from ..core.operation import Operation, Tensor
from .array import identity
from .control_flow import control_dependencies, group

CRITICAL_SECTIONS = "critical_sections"
CRITICAL_SECTION_EXECUTIONS = "critical_section_executions"


class _Mutex:
    """A session's lock."""

    def __init__(self, held: Held) -> None:
        self._held = held
        self._free = threading.Condition()
        self._owner: object | None = None
        self._closed = False

    def lock(self) -> _Lock:
        """Wait until nobody else has it."""
        mine = _Lock(self)
        with self._free:
            if self._owner is None:
                self._owner = mine.key
                return self._noted(mine)
        with self._held.turn.given_up(), self._free:
            if not self._free.wait_for(
                lambda: self._owner is None or self._closed, self._held.timeout
            ):
                raise DeadlineExceededError(None, None, "Timed out waiting for a CriticalSection")
            if self._closed:
                raise CancelledError(None, None, "Waiting for a CriticalSection was cancelled")
            self._owner = mine.key
        return self._noted(mine)

    def _noted(self, lock: _Lock) -> _Lock:
        self._held.locks.add(lock)
        return lock

    def let_go(self, key: object) -> None:
        """Let the next one in, if the lock with this key still has it."""
        with self._free:
            if self._owner is key:
                self._owner = None
                self._free.notify()

    def session_closed(self) -> None:
        """Whoever waits gets a CancelledError."""
        with self._free:
            self._closed = True
            self._free.notify_all()


class _Lock:
    """What a run has while it is in the section. A run that ends lets go of it in any case."""

    def __init__(self, mutex: _Mutex) -> None:
        self._mutex = mutex
        self.key = object()
        self.thread = threading.get_ident()

    def release(self) -> None:
        self._mutex.let_go(self.key)

    __del__ = release


@op("-> resource", shape=lambda **attrs: (), stateful=True)
def MutexV2(*, container="", shared_name="", op, held):
    """A lock in the session."""
    return held_object(held, op, lambda: _Mutex(held))


@op("held resource -> mutex_lock: variant", shape=lambda mutex: (), stateful=True)
def MutexLock(mutex):
    """Wait for a lock, and have it until it is consumed or the run ends."""
    return mutex.lock()


@op("held variant", stateful=True)
def ConsumeMutexLock(mutex_lock):
    """Let go of a lock."""
    mutex_lock.release()


class _Execution(NamedTuple):
    """One call of `CriticalSection.execute`, for those that follow."""

    op: Operation
    handle: Tensor
    resources: list[Tensor]
    exclusive_resource_access: bool


class CriticalSection:
    """A part of a program that only one run of a session at a time is in.

    `execute` makes the ops of a function; between the first and the last of them no other execution
    of the section, in this run or in another thread's, takes place. Sections with the same
    `shared_name` are one.
    """

    def __init__(
        self,
        name: str | None = None,
        shared_name: str | None = None,
        critical_section_def: Any = None,
        import_scope: str | None = None,
    ) -> None:
        if critical_section_def is not None:
            if name is not None or shared_name is not None:
                raise ValueError("critical_section_def and shared_name are mutually exclusive.")
            raise NotImplementedError(
                "tf.CriticalSection(critical_section_def=…): there is no such message. "
                "Give the section a shared_name instead."
            )
        with name_scope(name, "CriticalSection", []) as scope:
            self._handle = MutexV2(shared_name=shared_name or "", name=scope)
        self._handle.graph.add_to_collection(CRITICAL_SECTIONS, self)

    @property
    def name(self) -> str:
        """The name of the section's op."""
        return self._handle.op.name

    def execute(
        self,
        fn: Callable[[], Any],
        exclusive_resource_access: bool = True,
        name: str | None = None,
    ) -> Any:
        """What `fn()` returns (tensors, nested, or an op), computed inside of the section.

        ValueError where `fn` executes this section itself, and where it uses a resource that
        another section uses, if one of both wants it for itself (`exclusive_resource_access`).
        """
        graph = get_default_graph()
        with name_scope(name, "critical_section_execute", []):
            lock = MutexLock(self._handle)
            before = len(graph.get_operations())
            with control_dependencies([lock]):
                result = fn()
            made = graph.get_operations()[before:]
            self._check_not_inside(made)
            outside = _captured(made, lock.op)
            self._note(graph, lock.op, outside, exclusive_resource_access)
            lock.op._add_control_inputs([tensor.op for tensor in outside])
            if isinstance(result, Operation):
                done: list[Any] = [group(result)]
                with control_dependencies(done):
                    end = ConsumeMutexLock(lock)
                return group(end, result)
            leaves = [convert_to_tensor(leaf) for leaf in flatten(result, expand=True)]
            with control_dependencies([lock]):
                leaves = [identity(leaf) for leaf in leaves]
            with control_dependencies(leaves):
                end = ConsumeMutexLock(lock)
            with control_dependencies([end]):
                return pack_like(result, [identity(leaf) for leaf in leaves], expand=True)

    def _check_not_inside(self, made: list[Operation]) -> None:
        mine = _key(self._handle.op)
        for each in made:
            if each.type == "MutexLock" and _key(each.inputs[0].op) == mine:
                raise ValueError(
                    "The function fn attempts to directly access the CriticalSection in which it "
                    "would be running.  This is illegal and would cause deadlocks."
                )

    def _note(self, graph: Graph, lock: Operation, outside: list[Tensor], exclusive: bool) -> None:
        """Note the execution; ValueError where another section's has a claim to its resources."""
        resources = [
            tensor
            for tensor in outside
            if tensor.dtype is dtypes.resource and tensor.op.type != "MutexV2"
        ]
        for other in graph.get_collection(CRITICAL_SECTION_EXECUTIONS):
            if _key(other.handle.op) == _key(self._handle.op):
                continue
            if not (exclusive or other.exclusive_resource_access):
                continue
            both = [tensor.name for tensor in resources if tensor in other.resources]
            if both:
                raise ValueError(
                    f"This execution would access resources: {both}. Either this section "
                    f"('{self.name}') or '{other.handle.op.name}', which accesses them in "
                    f"'{other.op.name}', requested exclusive resource access of them. Did you mean "
                    "to call execute with keyword argument exclusive_resource_access=False?"
                )
        signature = _Execution(lock, self._handle, resources, exclusive)
        graph.add_to_collection(CRITICAL_SECTION_EXECUTIONS, signature)


def _key(mutex: Operation) -> tuple[str, str]:
    """Equal for two sections that are one in a session."""
    attrs = mutex.attrs
    return attrs.get("container") or "", attrs.get("shared_name") or mutex.name


def _captured(made: list[Operation], lock: Operation) -> list[Tensor]:
    """The tensors from outside that ops of the section use."""
    own = {*made, lock}
    return list({id(t): t for each in made for t in each.inputs if t.op not in own}.values())
