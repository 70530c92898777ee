"""Session: runs parts of a graph, and keeps the variables' values."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

import torch

from ..core.context import context, get_default_graph, pushed, run_observers
from ..core.graph import Graph
from ..core.held import Held, begin_computing, end_computing
from ..core.operation import Operation, Tensor
from ..ops.session_tensors import handle_of
from . import strings  # noqa: F401  (how ops on strings are lowered)
from .cell import Cell
from .config import checked_config, device_for
from .denormals import flush_denormals, keep_denormals
from .failures import translated
from .feeds import feed_items, to_torch
from .fetches import FetchPlan, to_numpy
from .lowering import Lowering
from .machine import SessionDevice, session_devices
from .options import current
from .program import Program
from .randomness import generator_for
from .replay import Replayed
from .tracing import LineTimes, wants_trace


def _place(item: tuple[Tensor, Any]) -> tuple[int, int]:
    """Where a fed tensor stands in the graph: one program serves feeds in any order."""
    return item[0].op.id, item[0].value_index


class _Bound:
    """A program with this session's cells and random generators."""

    __slots__ = ("cells", "function", "generators", "program", "rewirings")

    def __init__(self, program: Program, cells: list, generators: list, rewirings: int) -> None:
        self.program = program
        self.function = program.function if program.pure is None else Replayed(program)
        self.cells = cells
        self.generators = generators
        self.rewirings = rewirings


def _evaluator(session: BaseSession) -> Callable[[Tensor], Any]:
    """A function from tensors to their values in the session, which it does not keep alive."""
    alive = weakref.ref(session)

    def evaluate(tensor: Tensor) -> Any:
        session = alive()
        assert session is not None
        return session._execute(session._bound(((tensor,), ())), [])[0]

    return evaluate


class BaseSession:
    """What Session and InteractiveSession share."""

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        if target:
            raise NotImplementedError(
                f"Session target {target!r}: there are no remote sessions. Leave it out."
            )
        if graph is not None and not isinstance(graph, Graph):
            raise TypeError(f"graph must be a tf.Graph, but got {type(graph)}")
        self._graph = get_default_graph() if graph is None else graph
        self._config = checked_config(config)
        self._closed = False
        self._cells: dict[Operation, Cell] = {}
        self._generators: dict[Operation, torch.Generator] = {}
        self._held = Held(_evaluator(self))
        self._timeout = getattr(config, "operation_timeout_in_ms", 0)
        self._programs: dict[tuple, _Bound] = {}
        self._plans: dict[Any, FetchPlan] = {}
        self._device = device_for(self._config)

    @property
    def graph(self) -> Graph:
        """The graph that this session runs."""
        return self._graph

    @property
    def graph_def(self) -> Any:
        """The graph as a tf.GraphDef, with static shapes."""
        return self._graph.as_graph_def(add_shapes=True)

    @property
    def sess_str(self) -> str:
        """The target, which is always empty."""
        return ""

    def close(self) -> None:
        """Free the variables' values; running raises RuntimeError from now on."""
        self._closed = True
        for item in list(self._held.values()):
            closed = getattr(item, "session_closed", None)
            if closed is not None:
                closed()
        self._held.clear()
        self._cells.clear()
        self._programs.clear()

    def list_devices(self) -> list[SessionDevice]:
        """The processor, and each GPU unless the session's configuration allows none."""
        return session_devices(with_gpus=self._device.type != "cpu")

    def run(
        self, fetches: Any, feed_dict: Any = None, options: Any = None, run_metadata: Any = None
    ) -> Any:
        """Compute `fetches` and return their values in the same structure.

        `fetches` is a tensor, an op (its value is None), a variable, the name of one, or a
        (nested) list, tuple, namedtuple or dict of them. `feed_dict` maps tensors to the values
        that replace them. With `options` of a trace level above NO_TRACE, `run_metadata` (a
        tf.RunMetadata) gets how long each op took; `timeout_in_ms` limits waiting for queues (as
        the config's operation_timeout_in_ms does); the other options are accepted.

        Raises RuntimeError for a closed session or an empty graph, TypeError and ValueError for
        fetches and feeds that do not fit, `tf.errors.*` for what fails while running.
        """
        if self._closed:
            raise RuntimeError("Attempted to use a closed Session.")
        if not self._graph._ops:
            raise RuntimeError(
                "The Session graph is empty.  Add operations to the graph before calling run()."
            )
        limit = getattr(options, "timeout_in_ms", 0) or self._timeout
        begin_computing()
        try:
            if not limit or self._held.timeout is not None:
                return self._run(fetches, feed_dict, options, run_metadata)
            with self._held.limited(limit / 1000):
                return self._run(fetches, feed_dict, options, run_metadata)
        finally:
            end_computing()

    def _run(self, fetches: Any, feed_dict: Any, options: Any, run_metadata: Any) -> Any:
        plan = self._plan(fetches)
        tensors: tuple = ()
        values: list = []
        if feed_dict:
            items = sorted(feed_items(self._graph, feed_dict), key=_place)
            tensors = tuple(tensor for tensor, _ in items)
            values = [to_torch(self._graph, t, v, self._device) for t, v in items]
        elif feed_dict is not None and not isinstance(feed_dict, dict):
            feed_items(self._graph, feed_dict)
        bound = self._bound((tuple(plan.elements), tensors))
        program = bound.program
        if run_metadata is not None and wants_trace(options):
            times = LineTimes(program, self._device)
            results = self._execute(bound, values, times.call)
            run_metadata.step_stats.CopyFrom(times.step_stats(self._device))
        else:
            results = self._execute(bound, values)
        memory: set[int] = set()
        try:
            found = tuple(
                to_numpy(value, element, copy, memory)
                for value, element, copy in zip(
                    results, program.fetches, program.copied, strict=True
                )
            )
        except RuntimeError as error:  # a GPU tells only now what has failed there
            raise translated(error) from error
        for observer in run_observers:
            observer(self, plan.elements, list(found))
        if plan.handles:
            wrapped = list(found)
            for i in plan.handles:
                wrapped[i] = handle_of(found[i], plan.elements[i], self._held)
            found = tuple(wrapped)
        return plan.build(found)

    def _plan(self, fetches: Any) -> FetchPlan:
        if isinstance(fetches, list | tuple):
            key: Any = (type(fetches), *fetches)
        elif isinstance(fetches, Tensor | Operation):
            key = fetches
        else:
            return FetchPlan(self._graph, fetches)
        try:
            plan = self._plans.get(key)
        except TypeError:  # something inside is a list or a dict
            return FetchPlan(self._graph, fetches)
        if plan is None:
            plan = self._plans[key] = FetchPlan(self._graph, fetches)
        return plan

    def _bound(self, key: tuple) -> _Bound:
        bound = self._programs.get(key)
        if bound is None or bound.rewirings != self._graph.rewirings:
            elements, tensors = key
            lowering = Lowering(
                list(elements),
                list(tensors),
                self._device,
                owns_state=current.fuse and not current.compile,
            )
            program = lowering.program()
            if current.compile:
                program.compile()
            bound = _Bound(
                program,
                [self._cell(v) for v in program.variables],
                [generator_for(self._generators, op, self._device) for op in program.random_ops],
                self._graph.rewirings,
            )
            self._programs[key] = bound
        return bound

    def _execute(self, bound: _Bound, values: list, call: Any = None) -> tuple:
        program, held = bound.program, self._held
        function = bound.function if call is None else partial(call, program.function)
        flushes = flush_denormals()
        try:
            if not program.exclusive:
                return function(bound.cells, values, bound.generators, held)
            with held.turn:
                if not program.records:
                    return function(bound.cells, values, bound.generators, held)
                with torch.enable_grad():
                    return function(bound.cells, values, bound.generators, held)
        except BaseException as error:
            held.let_go()
            if not isinstance(error, Exception):
                raise
            failure = translated(error)
            if failure is error:
                raise
            raise failure from error
        finally:
            if flushes:
                keep_denormals()

    def _cell(self, variable: Operation) -> Cell:
        cell = self._cells.get(variable)
        if cell is None:  # setdefault: another thread may be faster
            cell = self._cells.setdefault(variable, Cell(variable))
        return cell

    def program(self, fetches: Any, feeds: Any = ()) -> Program:
        """The lowered program that `run(fetches, {f: … for f in feeds})` executes.

        `program.source` is readable Python, a line for each op, with the op's name.
        """
        plan = FetchPlan(self._graph, fetches)
        tensors = tuple(self._graph.as_graph_element(f, allow_operation=False) for f in feeds)
        ordered = tuple(sorted(tensors, key=lambda tensor: _place((tensor, None))))
        return self._bound((tuple(plan.elements), ordered)).program

    def make_callable(
        self, fetches: Any, feed_list: Any = None, accept_options: bool = False
    ) -> Callable[..., Any]:
        """A function of the values of `feed_list`, in order, that returns the fetches' values.

        With `accept_options` it also takes `options` and `run_metadata`, which change nothing.
        """
        feeds = list(feed_list or ())

        def call(*values: Any, options: Any = None, run_metadata: Any = None) -> Any:
            if (options is not None or run_metadata is not None) and not accept_options:
                raise TypeError("options and run_metadata need accept_options=True.")
            if len(values) != len(feeds):
                raise ValueError(f"Expected {len(feeds)} feed values, got {len(values)}.")
            return self.run(fetches, dict(zip(feeds, values, strict=True)))

        return call

    def partial_run_setup(self, fetches: Any, feeds: Any = None) -> Any:
        """Not built."""
        raise NotImplementedError(
            "Session.partial_run: not built. Feed the intermediate values of a first run to a "
            "second one: session.run(b, {a: value_of_a})."
        )

    partial_run = partial_run_setup

    def as_default(self) -> Any:
        """A `with` block in which this is the default session (it is not closed at its end)."""
        return pushed(context.sessions, self)


class Session(BaseSession):
    """Runs ops of a graph; the values of variables live in it.

    `target` must be empty; `graph` is the default graph unless given. Of `config`, a
    tf.ConfigProto, `intra_op_parallelism_threads`, `device_count` (`{"GPU": 0}`: run on the CPU)
    and `gpu_options.per_process_gpu_memory_fraction` count; the rest is accepted, torch takes
    memory as it needs it. As a `with` block it is the default session, its graph the default
    graph, and it is closed at the end.

    >>> import scopeflow as tf
    >>> with tf.Session() as session:  # doctest: +SKIP
    ...     session.run(tf.constant(1.0) + 2.0)
    3.0
    """

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        self._entered: list[Any] = []

    def __enter__(self) -> Session:
        stack = ExitStack()
        stack.enter_context(self._graph.as_default())
        stack.enter_context(self.as_default())
        self._entered.append(stack)
        return self

    def __exit__(self, *exc_info: Any) -> None:
        self._entered.pop().close()
        self.close()

    @staticmethod
    def reset(target: str, containers: Any = None, config: Any = None) -> None:
        """Not built: it clears resources of remote sessions, which do not exist here."""
        raise NotImplementedError(
            "Session.reset: there are no remote sessions. Close the session and open a new one."
        )


class InteractiveSession(BaseSession):
    """A session that is the default one from its making until `close()`."""

    def __init__(self, target: str = "", graph: Graph | None = None, config: Any = None) -> None:
        super().__init__(target, graph, config)
        self._explicit_graph = graph
        context.sessions.append(self)
        if graph is not None:
            context.graphs.append(graph)

    def close(self) -> None:
        """Close it; it is no longer the default session."""
        super().close()
        if self in context.sessions:
            context.sessions.remove(self)
        if self._explicit_graph is not None and self._explicit_graph in context.graphs:
            context.graphs.remove(self._explicit_graph)
            self._explicit_graph = None
