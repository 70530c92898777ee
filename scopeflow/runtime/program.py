"""A lowered part of a graph, ready to run."""

from __future__ import annotations

import itertools
import linecache
import weakref
from collections.abc import Callable, Collection
from typing import Any, NamedTuple

from ..core.operation import Operation, Tensor
from .pure_part import BEGIN, END, Pure
from .values import listed

_numbers = itertools.count()

by_filename: weakref.WeakValueDictionary[str, Code] = weakref.WeakValueDictionary()
"""The code that exists: a function made by one program may fail while another one runs."""


class Code:
    """Compiled source, which tracebacks show; `line_ops` tells the op of a line."""

    def __init__(self, source: str, space: dict[str, Any], line_ops: dict[int, Operation]) -> None:
        self.source = source
        self.line_ops = line_ops
        self.filename = f"<scopeflow program {next(_numbers)}>"
        exec(compile(source, self.filename, "exec"), space)
        by_filename[self.filename] = self
        lines = source.splitlines(keepends=True)
        linecache.cache[self.filename] = (len(source), None, lines, self.filename)

    def __del__(self) -> None:
        if linecache is not None:  # as it is when the interpreter ends
            linecache.cache.pop(self.filename, None)


class Parts(NamedTuple):
    """A program cut at the marks of its pure part.

    `before(state, feeds, generators, held)` returns what is given to the others, `pure(state,
    feeds, generators, given)` the results that `behind(state, feeds, generators, held, given,
    results)` takes, which returns what the program does.
    """

    before: Callable[..., tuple]
    pure: Callable[..., tuple]
    behind: Callable[..., tuple]
    code: Code


_UNPACKED = (" = feeds", " = state", " = generators")


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
        pure: Pure | None,
    ) -> None:
        self.source = source
        self.line_ops = line_ops
        self.space = space
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
        self.pure = pure
        self.code = Code(source, space, line_ops)
        self.function: Callable[..., tuple] = space["program"]

    def split(self) -> Parts:
        """The program in three parts."""
        assert self.pure is not None
        lines = self.source.splitlines()
        begin, end = lines.index(f"    {BEGIN}"), lines.index(f"    {END}")
        unpacked = [line for line in lines[1:4] if line.endswith(_UNPACKED)]
        given, results = listed(self.pure.given), listed(self.pure.results)
        arguments = "state, feeds, generators"
        heads = (
            [f"def before({arguments}, held):"],
            [f"def pure({arguments}, given):", *unpacked, f"    {given} = given"],
            [f"def behind({arguments}, held, given, results):", *unpacked]
            + [f"    {given} = given", f"    {results} = results"],
        )
        ends: tuple[list[str], ...] = ([f"    return {given}"], [f"    return {results}"], [])
        source: list[str] = []
        line_ops = {}
        spans = ((1, begin), (begin + 1, end), (end + 1, len(lines)))
        for (first, last), head, tail in zip(spans, heads, ends, strict=True):
            source += head
            for i in range(first, last):
                source.append(lines[i])
                if i + 1 in self.line_ops:
                    line_ops[len(source)] = self.line_ops[i + 1]
            source += tail
        space = dict(self.space)
        code = Code("\n".join(source) + "\n", space, line_ops)
        return Parts(space["before"], space["pure"], space["behind"], code)

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
