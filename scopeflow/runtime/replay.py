"""Later runs of a program: its pure part is replayed as the bare calls of torch's kernels."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import torch

from .program import Parts, Program
from .replay_code import recorded

SIGHTINGS = 3
"""The run with the same inputs' layouts that is recorded: who runs once or twice pays nothing."""
MOST_REPLAYS = 8
MOST_LAYOUTS = 64
MOST_MISSES = 8


class Replayed:
    """Runs a program; called like its function.

    The calls are recorded for each set of layouts of the inputs, up to a limit. A program whose
    calls may be others in another run (`why` tells) runs line by line, and so does every program
    under a debugger and where a line fails, so that the error is the line's.
    """

    def __init__(self, program: Program) -> None:
        assert program.pure is not None
        self.program = program
        self.reads = program.pure.reads
        self.variables = program.pure.variables
        self.parts: Parts | None = None
        self.why: str | None = None
        self.hits = self.misses = 0
        self.sightings: Counter[tuple] = Counter()
        self.replays: dict[tuple, tuple[Callable[..., tuple | None], list]] = {}

    def __call__(self, state: list, feeds: list, generators: list, held: Any) -> tuple:
        """What the program's function returns."""
        if self.why is not None or sys.gettrace() is not None:
            return self.program.function(state, feeds, generators, held)
        if self.parts is None:
            if not self.sightings:
                self.sightings[()] = 1  # the first run is none of a replay's
                return self.program.function(state, feeds, generators, held)
            self.parts = self.program.split()
        given = self.parts.before(state, feeds, generators, held)
        results = None
        threads = torch.get_num_threads()
        try:
            with suppress(Exception):  # the line that fails tells more
                results = self.results(threads, state, feeds, generators, given)
            if results is None:
                results = self.parts.pure(state, feeds, generators, given)
            return self.parts.behind(state, feeds, generators, held, given, results)
        finally:
            torch.set_num_threads(threads)

    def results(
        self, threads: int, state: list, feeds: list, generators: list, given: tuple
    ) -> tuple | None:
        """What the pure part computes, if it can be told by a replay."""
        values = [state[i].value for i in self.variables]
        inputs = [*feeds, *[given[i] for i in self.reads]]
        key = tuple([_layout(value) for value in inputs])
        if None in key:
            self.why = "an input is no tensor"
            return None
        replay, layouts = self.replays.get(key, (None, None))
        if replay is None or layouts != [(v.shape, v.stride()) for v in values]:
            return self.record(key, values, inputs, state, feeds, generators, given)
        found = replay(threads, *inputs, *values)
        if found is not None:
            self.hits += 1
            return found
        self.miss("what Python reads of the tensors is another in every run")
        return None

    def miss(self, why: str) -> None:
        """Note a run without a replay's results; too many are the end of it."""
        self.misses += 1
        if self.misses > MOST_MISSES and self.misses > self.hits:
            self.why = why

    def record(
        self, key: tuple, values: list, inputs: list, state: list, feeds: list, generators: list,
        given: tuple,
    ) -> tuple | None:  # fmt: skip
        """Make a replay, if the time has come; returns the results then."""
        if len(self.sightings) > MOST_LAYOUTS and key not in self.sightings:
            return None
        self.sightings[key] += 1
        known = key in self.replays  # for other layouts of the variables
        if self.sightings[key] < SIGHTINGS - 1 or (len(self.replays) >= MOST_REPLAYS and not known):
            return None
        assert self.parts is not None
        pure = self.parts.pure
        before = [generator.get_state() for generator in generators]
        constants = [v for v in self.program.space.values() if isinstance(v, torch.Tensor)]
        try:
            results, replay, self.why = recorded(
                lambda: pure(state, feeds, generators, given), [*inputs, *values], constants
            )
        except Exception as error:
            self.miss(f"{type(error).__name__}: {error}")
            for generator, remembered in zip(generators, before, strict=True):
                generator.set_state(remembered)
            return None
        if replay is not None:
            self.replays[key] = replay, [(v.shape, v.stride()) for v in values]
        return results


def _layout(value: Any) -> tuple | None:
    """What must be the same of an input; a truth value decides between branches."""
    if not isinstance(value, torch.Tensor):
        return None
    if value.dtype is torch.bool and not value.ndim:
        return (value.item(),)
    return value.shape, value.stride()
