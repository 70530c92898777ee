"""`tf.print`: values written into a text while the graph runs."""

from __future__ import annotations

import logging
import pprint
import sys
from typing import Any

import numpy as np

from ..core import nest
from ..core.convert import convert_to_tensor
from ..core.op import op
from ..core.operation import Operation, Tensor
from ..core.sparse_tensor import SparseTensor
from .printing import _array, _text


def formatted(value: Any, summarize: int) -> str:
    """A tensor as text, of each dimension the first and last `summarize` (-1: all)."""
    array = _array(value)
    if array.ndim == 0:
        return _item(array[()])
    return _rows(array, summarize, 0)


def _item(item: Any) -> str:
    return f'"{_text(item)}"' if isinstance(item, bytes | str) else _text(item)


def _rows(array: Any, edge: int, depth: int) -> str:
    if not isinstance(array, np.ndarray):
        return _item(array)
    between = " " if array.ndim == 1 else "\n" * (array.ndim - 1) + " " * (depth + 1)
    count = len(array)
    whole = edge < 0 or count <= 2 * edge
    shown = range(count) if whole else (*range(edge), *range(count - edge, count))
    texts = [_rows(array[i], edge, depth + 1) for i in shown]
    if not whole:
        texts.insert(edge, "...")
    return f"[{between.join(texts)}]"


@op("[T] -> string", shape=lambda inputs, **_: (), differentiable=False)
def StringFormat(inputs, *, template="%s", placeholder="%s", summarize=3):
    """`template` with the inputs' values at its placeholders, in order."""
    parts = template.split(placeholder)
    found = parts[0]
    for value, part in zip(inputs, parts[1:], strict=True):
        found += formatted(value, summarize) + part
    return np.array(found.encode("utf-8", "surrogateescape"), object)


_LEVELS = {"log(info)": logging.INFO, "log(warning)": logging.WARNING, "log(error)": logging.ERROR}


@op("string -> ", differentiable=False, stateful=True)
def PrintV2(input, *, output_stream="stderr", end="\n"):
    """Writes the text to a stream, a log or (appended) a file."""
    item = input[()] if isinstance(input, np.ndarray) else input
    text = item.decode("utf-8", "surrogateescape") if isinstance(item, bytes) else str(item)
    if output_stream in _LEVELS:
        logging.getLogger("tensorflow").log(_LEVELS[output_stream], text)
    elif output_stream.startswith("file://"):
        with open(output_stream.removeprefix("file://"), "a", encoding="utf-8") as file:
            file.write(text + end)
    else:
        stream = sys.stdout if output_stream == "stdout" else sys.stderr
        stream.write(text + end)
        stream.flush()


def _stream(given: Any) -> str:
    """The attribute for what the program gave: a stream, a level or its function, a file."""
    if isinstance(given, str) and given.startswith("file://"):
        return given
    if given is sys.stdout or given is sys.stderr:
        return "stdout" if given is sys.stdout else "stderr"
    name = getattr(given, "__name__", "")
    name = "warning" if name == "warn" else name
    for attribute, level in _LEVELS.items():
        if attribute == f"log({name})" or (isinstance(given, int) and given == level):
            return attribute
    raise ValueError(
        f"Unsupported output stream, logging level, or file: {given!r}. tf.print takes sys.stdout, "
        "sys.stderr, tf.logging.info, tf.logging.warning, tf.logging.error or 'file://PATH'."
    )


class _Placeholder:
    """Stands for a tensor in the text, or for a sparse one."""

    def __init__(self, template: str = "{}") -> None:
        self.template = template
        self.mark = ""

    def __repr__(self) -> str:
        return self.template.replace("{}", self.mark)


_SPARSE = "'SparseTensor(indices={}, values={}, shape={})'"


def print_(*inputs: Any, **kwargs: Any) -> Operation:
    """Prints tensors and Python values whenever the op that it returns runs.

    Structures may hold tensors. Keywords: `output_stream` (sys.stderr; sys.stdout, a level such as
    tf.logging.info, or "file://PATH"), `summarize` (3: so many elements from both ends of each
    dimension, -1 for all), `sep` (" "), `end` (a new line), `name`.

    >>> import sys
    >>> import scopeflow as tf
    >>> with tf.Session() as session:
    ...     session.run(tf.print("x =", tf.range(10), output_stream=sys.stdout))
    x = [0 1 2 ... 7 8 9]
    """
    stream = kwargs.pop("output_stream", sys.stderr)
    name = kwargs.pop("name", None)
    summarize = kwargs.pop("summarize", 3)
    sep = kwargs.pop("sep", " ")
    end = kwargs.pop("end", "\n")
    if kwargs:
        raise ValueError(f"Unrecognized keyword arguments for tf.print: {kwargs}")
    where = _stream(stream)
    if len(inputs) == 1 and isinstance(inputs[0], Tensor) and inputs[0].dtype.name == "string":
        if inputs[0]._dims == ():
            return PrintV2(inputs[0], output_stream=where, end=end, name=name)
    tensors: list[Tensor] = []
    marked: list[_Placeholder] = []
    structures = []
    for value in inputs:
        shown = []
        for leaf in nest.flatten(value):
            if isinstance(leaf, SparseTensor):
                tensors += leaf._components
                marked.append(_Placeholder(_SPARSE))
                leaf = marked[-1]
            elif hasattr(leaf, "graph") and not isinstance(leaf, Operation):
                tensors.append(convert_to_tensor(leaf))
                marked.append(_Placeholder())
                leaf = marked[-1]
            shown.append(leaf)
        structures.append(nest.pack_like(value, shown))

    def written(mark: str) -> str:
        for item in marked:
            item.mark = mark
        return sep.join(s if isinstance(s, str) else pprint.pformat(s) for s in structures)

    mark = "{}"
    while mark in written(""):  # the text has it already
        mark = f"{{{mark}}}"
    text = StringFormat(
        tensors,
        template=written(mark),
        placeholder=mark,
        summarize=int(summarize or 0),
        name=f"{name}_format" if name else None,
    )
    return PrintV2(text, output_stream=where, end=end, name=name)


def string_format(
    template: Any, inputs: Any, placeholder: str = "{}", summarize: int = 3, name: str | None = None
) -> Tensor:
    """`template` with the tensors' values at its placeholders, in order.

    Of each dimension the first and last `summarize` elements are shown (-1: all). ValueError where
    the numbers of placeholders and of tensors differ.
    """
    if isinstance(inputs, Tensor) or not isinstance(inputs, list | tuple):
        inputs = [inputs]
    tensors = [convert_to_tensor(item) for item in inputs]
    if template.count(placeholder) != len(tensors):
        raise ValueError(
            f"{template.count(placeholder)} placeholder(s) in template does not match "
            f"{len(tensors)} tensor(s) provided as input"
        )
    return StringFormat(tensors, template, placeholder, summarize, name=name)
