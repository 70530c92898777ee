"""A lowered part of a graph, ready to run."""

from __future__ import annotations

import itertools
import linecache
import weakref
from collections.abc import Callable, Collection
from typing import Any

from ..core.operation import Operation, Tensor

_numbers = itertools.count()

by_filename: weakref.WeakValueDictionary[str, Program] = weakref.WeakValueDictionary()
"""The programs that exist: a function made by one may fail while another one runs."""


class Program:
    """Straight-line Python for some fetches.

    `source` is readable: each line names the op that it computes. `function(state, feeds,
    generators, held)` takes the cells of `variables`, the values of `feeds`, a random generator for
    each of `random_ops` and the session's other objects; it returns a tuple with the values of
    `fetches` (None for ops).
    """

    def __init__(
        self,
        source: str,
        space: dict[str, Any],
        line_ops: dict[int, Operation],
        feeds: list[Tensor],
        fetches: list[Any],
        variables: list[Operation],
        random_ops: list[Operation],
        copied: list[bool],
        records: bool,
    ) -> None:
        self.source = source
        self.line_ops = line_ops
        self.feeds = feeds
        self.fetches = fetches
        self.variables = variables
        self.random_ops = random_ops
        self.copied = copied
        self.records = records
        self.shielded: Collection[Operation] = ()  # a module hands out copies of their values
        # Whether other threads' gradients and updates must wait, see core/held.py.
        self.exclusive = records or any(
            arg.cell for op in line_ops.values() for arg in op.op_def.inputs
        )
        self.filename = f"<scopeflow program {next(_numbers)}>"
        exec(compile(source, self.filename, "exec"), space)
        self.function: Callable[..., tuple] = space["program"]
        by_filename[self.filename] = self
        lines = source.splitlines(keepends=True)
        linecache.cache[self.filename] = (len(source), None, lines, self.filename)

    def compile(self) -> None:
        """Let torch.compile take over at the first run."""
        import torch
        from torch._dynamo import config

        compiled = torch.compile(self.function, dynamic=None)
        settings = {"suppress_errors": True}  # what it cannot compile runs as it is, and is told
        if hasattr(config, "trace_autograd_ops"):
            # Otherwise the gradient cuts the program into pieces, which costs more than it gains.
            settings["trace_autograd_ops"] = True

        def traced(*arguments: Any) -> tuple:
            with config.patch(settings):
                found: tuple = compiled(*arguments)
            return found

        self.function = traced

    def __repr__(self) -> str:
        return f"<Program of {len(self.line_ops)} lines>\n{self.source}"

    def __del__(self) -> None:
        if linecache is not None:  # as it is when the interpreter ends
            linecache.cache.pop(self.filename, None)
