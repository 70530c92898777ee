"""`@op`: the one way in which an operation type is defined.

    @op("T, T -> T", shape=broadcast, T=NUMBER)
    def SquaredDifference(x, y):
        '''(x - y)² element by element, shapes broadcast.'''
        return torch.square(x - y)

The function's name is TensorFlow's op type; its positional parameters are the op's inputs and its
keyword parameters the attributes, under TensorFlow's names; its body is the torch kernel. The
string gives the types. What `@op` returns is the function that adds such a node to the graph:
`SquaredDifference(x, y, name=None) -> Tensor`.

Types, one for each input and, behind the arrow, each output:

    T             any dtype in the set given as `T=…`; equal wherever T stands
    int32         that dtype
    Ref(T)        a variable (the kernel gets its cell, not its value)
    resource      the handle of a variable (the kernel gets its cell)
    read resource the handle of a variable of which the kernel wants the value
    held resource a queue, a table, an iterator (the kernel gets the object, see `core/held.py`)
    local resource the list of a TensorArray: an object that this run has made
    host Tshape   small integers that stay on the host: the kernel gets an int or a tuple of ints
                  (as an output: the kernel returns them)
    dims T        a tensor of which the kernel wants the shape alone, as a tuple of ints
    N * T         a list of tensors of one type (attribute N is its length)
    [T]           a list of tensors of any types (attribute T is the list of them)

Outputs may be named (`y: T, idx: out_idx`): the op function then returns a namedtuple. Lists among
several outputs come back as lists; the kernel returns one flat list of all outputs (the first must
be one of the lists).

A kernel may also ask for `device`, `generator` (the op's own random stream), `in_place` (whether
the old value of a variable may be overwritten), `keep` (whether the memory of the last input is
nobody else's afterwards), `op` (the node: names, static shapes), `held`
(the session's dictionary of objects that outlive a run, see `core/held.py`) and `functions` (the
node's blocks, see `core/control_flow.py`, as Python functions of their parameters' values that
return a tuple of their outputs' values); these are no attributes. `fresh=True` says that each
output is memory of its own, made for this run, `varies=True` that the elements of the inputs decide
about the outputs' sizes. `attrs=` names attributes that
the kernel does not need. `shape` is called like the
kernel, with symbolic tensors, and returns the dims of the output, a list of them where there are
several. `host` computes the op on ints and tuples (None: unknown) for shape arithmetic.
"""

from __future__ import annotations

import inspect
from collections import namedtuple
from collections.abc import Callable
from typing import Any

import numpy as np

from . import dtypes
from .context import get_default_graph
from .convert import as_tensor, dtype_of
from .dtypes import DType, as_dtype
from .graph import Graph
from .input_ranks import Limits, limits_of, wrong_rank
from .naming import check_scope_name, snake
from .operation import Dims, Operation, Tensor, dims_text
from .tensor_shape import as_shape
from .types import TypeSet

RUNTIME_PARAMETERS = frozenset(
    ("device", "functions", "generator", "held", "in_place", "keep", "op")
)
REQUIRED = inspect.Parameter.empty
FUNCTIONS = "scopeflow.ops.functions"
"""The module in which pickle finds the functions of the ops."""
ALL = ("*",)
"""The keyword parameters of a rule that takes every attribute (`**attrs`)."""

registry: dict[str, OpDef] = {}
"""Every op type that exists."""


class ShapeError(ValueError):
    """Raised by shape rules; the builder adds which op it was."""


class Arg:
    """One input or output of an op type: its name and what dtypes it has."""

    __slots__ = (
        "by_reference", "cell", "dims", "dtype", "held", "host", "local", "many", "mixed", "name",
        "ranks", "read", "ref", "type_attr",
    )  # fmt: skip

    def __init__(self, name: str, text: str) -> None:
        own_name, colon, rest = text.partition(":")
        self.name = own_name.strip() if colon else name
        text = rest.strip() if colon else text
        self.host = text.startswith("host ")
        self.dims = text.startswith("dims ")
        self.read = text.startswith("read ")
        self.local = text.startswith("local ")
        self.held = self.local or text.startswith("held ")
        for word in ("host ", "dims ", "read ", "held ", "local "):
            text = text.removeprefix(word)
        text = text.strip()
        self.ref = text.startswith("Ref(")
        if self.ref:
            text = text[4:-1]
        self.mixed = text.startswith("[")
        if self.mixed:
            text = text[1:-1]
        self.many = ""
        if "*" in text:
            self.many, text = (part.strip() for part in text.split("*"))
        known = getattr(dtypes, text, None)
        self.dtype: DType | None = known if isinstance(known, DType) else None
        self.type_attr = "" if self.dtype is not None else text
        self.ranks: Limits = None
        self.by_reference = self.ref or self.dtype is dtypes.resource
        self.cell = self.by_reference and not (self.read or self.held)


class OpDef:
    """What is known of an op type: inputs, outputs, attributes, kernel, rules."""

    def __init__(
        self,
        op_type: str,
        inputs: list[Arg],
        outputs: list[Arg],
        attrs: dict[str, Any],
        type_sets: dict[str, TypeSet],
        kernel: Callable | str | None,
        shape: Callable | None,
        host: Callable | None,
        doc: str,
        view: bool,
        differentiable: bool | None,
        stateful: bool,
        fresh: bool = False,
        varies: bool = False,
    ) -> None:
        self.type = op_type
        self.inputs = inputs
        self.outputs = outputs
        self.attrs = attrs
        self.type_sets = type_sets
        self.kernel = kernel
        on_host = any(arg.host for arg in outputs)
        self.host = kernel if on_host and callable(kernel) else host
        self.unbounded = getattr(self.host, "unbounded", False)
        self.host_attrs = self._attributes_for(self.host)
        self.doc = doc
        self.view = view
        self.differentiable = differentiable
        self.stateful = stateful
        self.fresh = fresh
        self.varies = varies
        self.shape = shape
        limits = limits_of(op_type)
        self.asks_ranks = bool(limits)
        for arg, asked in zip(inputs, limits, strict=False):
            arg.ranks = asked
        self.function: Callable[..., Any]
        self.shape_attrs = self._attributes_for(shape)
        self.kernel_parameters = () if isinstance(kernel, str) else _keywords(kernel)
        names = [arg.name for arg in outputs]
        named = len(names) > 1 and all(names)
        self.result = namedtuple(op_type, names) if named else None
        self.in_container = "container" in attrs
        self.takes_reference = any(arg.ref for arg in inputs)
        self.plain = not any(arg.many or arg.mixed for arg in inputs)
        self.plain_outputs = not any(arg.many or arg.mixed for arg in outputs)
        changes = any(arg.cell for arg in inputs) or not outputs
        self.has_effect = op_type != "NoOp" and (
            changes or (stateful and callable(kernel) and "generator" not in self.kernel_parameters)
        )
        self.local = any(arg.local for arg in (*inputs, *outputs))  # the effect ends with the run
        inferred = {arg.type_attr for arg in inputs if arg.type_attr}
        self.output_type_attrs = [
            arg.type_attr for arg in outputs if arg.type_attr and arg.type_attr not in inferred
        ]

    @property
    def name(self) -> str:
        """The op type, as TensorFlow's op definitions call it."""
        return self.type

    @property
    def is_stateful(self) -> bool:
        """As TensorFlow's op definitions say it: it has a state, or works on a resource."""
        return self.stateful or any(arg.dtype is dtypes.resource for arg in self.inputs)

    def _attributes_for(self, rule: Callable | None) -> tuple[str, ...]:
        """The attributes that a rule is called with."""
        wanted = _keywords(rule)
        return tuple(self.attrs) if wanted == ALL else wanted

    def add(self, inputs: tuple, attrs: dict[str, Any], name: str | None) -> Any:
        """Add a node of this type; returns its output tensors (or the op where it has none)."""
        graph = _graph_for(inputs)
        if name is None:
            scope = graph.unique_name(self.type)
        else:
            if name.endswith("/"):
                scope = name[:-1]
            else:
                check_scope_name(name, at_root=not graph.building.name_scope)
                scope = graph.unique_name(name)
        found: dict[str, Any] = {}
        tensors = self._tensors(graph, scope, inputs, found)
        for key in self.output_type_attrs:
            if key in attrs:
                value = attrs[key]
                found[key] = self._type_attr(key, value)
        if self.in_container and not attrs.get("container"):
            found["container"] = graph.building.container
        for key, value in attrs.items():
            if key not in found:
                found[key] = as_shape(value) if key == "shape" else _canonical(value)
        op = graph.add_op(
            self,
            scope,
            tensors,
            found,
            self._output_types(found),
            self._shapes(scope, tensors, found),
        )
        outputs = op.outputs
        if len(self.outputs) == 1:
            if self.outputs[0].many or self.outputs[0].mixed:
                return outputs or op
            return outputs[0]
        returned = outputs if self.plain_outputs else _regrouped(self.outputs, outputs, found)
        if self.result is not None:
            return self.result(*returned)
        return tuple(returned) if self.outputs else op

    def _type_attr(self, key: str, value: Any) -> Any:
        """A dtype (or a list of them) given as an attribute, checked."""
        if isinstance(value, list | tuple):
            return [self._type_attr(key, item) for item in value]
        dtype = as_dtype(value).base_dtype
        allowed = self.type_sets.get(key)
        if allowed is not None and dtype not in allowed:
            raise TypeError(_not_allowed(key, dtype, allowed))
        return dtype

    def _tensors(
        self, graph: Graph, scope: str, inputs: tuple, found: dict[str, Any]
    ) -> tuple[Tensor, ...]:
        tensors: list[Tensor] = []
        for arg, value in zip(self.inputs, inputs, strict=True):
            if arg.many or arg.mixed:
                values = self._list_of(arg, value)
                if arg.many:
                    self._one_type(arg, values, found)
                    found[arg.many] = len(values)
                each = [
                    self._tensor(graph, scope, arg, f"{arg.name}_{i}", v, found)
                    for i, v in enumerate(values)
                ]
                if arg.mixed:
                    found[arg.type_attr] = [t.dtype.base_dtype for t in each]
                tensors += each
            else:
                tensors.append(self._tensor(graph, scope, arg, arg.name, value, found))
        for tensor in tensors:
            if tensor.graph is not graph:
                raise ValueError(f"{tensor} must be from the same graph as {tensors[0]}.")
        return tuple(tensors)

    def _list_of(self, arg: Arg, value: Any) -> list:
        if not isinstance(value, list | tuple):
            raise TypeError(
                f"Expected list for '{arg.name}' argument to '{self.type}' Op, not {value!r}."
            )
        return list(value)

    def _one_type(self, arg: Arg, values: list, found: dict[str, Any]) -> None:
        """A list of one type takes it from the first tensor in it."""
        if not values and arg.type_attr and arg.type_attr not in found:
            raise ValueError(
                f"List argument '{arg.name}' to '{self.type}' Op with length 0 shorter than "
                "minimum length 1."
            )
        types = [dtype for dtype in map(dtype_of, values) if dtype is not None]
        if len(set(types)) > 1:
            raise TypeError(
                f"Tensors in list passed to '{arg.name}' of '{self.type}' Op have types "
                f"[{', '.join(dtype.name for dtype in types)}] that don't all match."
            )
        if arg.type_attr and types:
            allowed = self.type_sets.get(arg.type_attr)
            if allowed is not None and types[0] not in allowed:
                raise TypeError(_not_allowed(arg.name, types[0], allowed))
            found.setdefault(arg.type_attr, types[0])

    def _tensor(
        self, graph: Graph, scope: str, arg: Arg, name: str, value: Any, found: dict[str, Any]
    ) -> Tensor:
        key = arg.type_attr
        wanted = arg.dtype if not key or arg.mixed else found.get(key)
        if isinstance(value, Tensor) and not arg.ref:
            tensor = value
        else:
            with graph.held_state(name_scope=scope):
                tensor = self._converted(graph, arg, name, value, wanted)
        dtype = tensor.dtype.base_dtype
        if wanted is not None:
            if dtype is not wanted:
                raise TypeError(self._mismatch(arg, dtype, wanted))
        elif key:
            allowed = self.type_sets.get(key)
            if allowed is not None and dtype not in allowed:
                raise TypeError(_not_allowed(arg.name, dtype, allowed))
            if not arg.mixed:
                found[key] = dtype
        if arg.ref and not tensor.dtype._is_ref_dtype:
            raise TypeError(
                f"'{self.type}' Op requires that input '{arg.name}' be a mutable tensor "
                "(e.g.: a tf.Variable)"
            )
        return tensor

    def _converted(
        self, graph: Graph, arg: Arg, name: str, value: Any, wanted: DType | None
    ) -> Tensor:
        allowed = self.type_sets.get(arg.type_attr)
        preferred = allowed.default if allowed is not None and wanted is None else None
        try:
            if graph is get_default_graph():
                return as_tensor(value, wanted, name, preferred, arg.by_reference)
            with graph.as_default():
                return as_tensor(value, wanted, name, preferred, arg.by_reference)
        except ValueError as error:
            declared = getattr(value, "dtype", None)
            if wanted is not None and isinstance(declared, DType):
                raise TypeError(self._mismatch(arg, declared.base_dtype, wanted)) from error
            raise ValueError(
                f"Tried to convert '{arg.name}' to a tensor and failed. Error: {error}"
            ) from None
        except TypeError as error:
            if wanted is None:
                raise
            raise TypeError(
                f"Expected {wanted.name} passed to parameter '{arg.name}' of op '{self.type}', "
                f"got {value!r} of type '{type(value).__name__}' instead. Error: {error}"
            ) from None

    def _mismatch(self, arg: Arg, dtype: DType, wanted: DType) -> str:
        begin = f"Input '{arg.name}' of '{self.type}' Op has type {dtype.name} that does not match"
        if not arg.type_attr:
            return f"{begin} expected type of {wanted.name}."
        earlier = next(a.name for a in self.inputs if a.type_attr == arg.type_attr)
        if earlier == arg.name:
            return f"{begin} type {wanted.name} of the other elements of '{arg.name}'."
        return (
            f"{begin} type {wanted.name} of argument '{earlier}'.\n"
            f"Convert one of them: tf.cast({arg.name}, tf.{wanted.name})."
        )

    def _output_types(self, found: dict[str, Any]) -> list[DType]:
        types: list[DType] = []
        for arg in self.outputs:
            if arg.mixed:
                types += found[arg.type_attr]
                continue
            dtype = found[arg.type_attr] if arg.type_attr else arg.dtype
            assert dtype is not None
            if arg.ref:
                dtype = dtype._as_ref
            types += [dtype] * (found[arg.many] if arg.many else 1)
        return types

    def _shapes(self, scope: str, tensors: tuple[Tensor, ...], found: dict[str, Any]) -> list[Dims]:
        if self.shape is None:
            return [None] * len(self._output_types(found))
        try:
            if self.asks_ranks:
                for arg, tensor in zip(self.argument_of(found), tensors, strict=True):
                    if tensor._dims is not None and arg.ranks and arg.ranks[2]:
                        wrong = wrong_rank(arg.ranks, len(tensor._dims))
                        if wrong:
                            raise ShapeError(wrong)
            dims = self.shape(
                *(tensors if self.plain else self.regrouped(tensors, found)),
                **{key: found[key] for key in self.shape_attrs if key in found},
            )
        except ShapeError as error:
            shapes = ", ".join(dims_text(t._dims) for t in tensors)
            raise ValueError(
                f"{error} for '{scope}' (op: '{self.type}') with input shapes: {shapes}."
            ) from None
        return dims if isinstance(dims, list) else [dims]

    def regrouped(self, flat: Any, attrs: dict[str, Any]) -> list[Any]:
        """The flat inputs as the kernel takes them: list arguments as lists."""
        return _regrouped(self.inputs, flat, attrs)

    def argument_of(self, attrs: dict[str, Any]) -> list[Arg]:
        """For each flat input the argument that it belongs to."""
        found: list[Arg] = []
        for arg in self.inputs:
            count = 1
            if arg.many or arg.mixed:
                count = attrs[arg.many] if arg.many else len(attrs[arg.type_attr])
            found += [arg] * count
        return found

    def referred(self, attrs: dict[str, Any], inputs: tuple[Tensor, ...]) -> list[Operation]:
        """The variables among the flat inputs that an op of this type takes by reference."""
        pairs = zip(self.argument_of(attrs), inputs, strict=True)
        return [tensor.op for arg, tensor in pairs if arg.ref]

    def __repr__(self) -> str:
        return f"<OpDef {self.type}>"


def _regrouped(args: list[Arg], flat: Any, attrs: dict[str, Any]) -> list[Any]:
    grouped: list[Any] = []
    at = 0
    for arg in args:
        if arg.many or arg.mixed:
            count = attrs[arg.many] if arg.many else len(attrs[arg.type_attr])
            grouped.append(list(flat[at : at + count]))
            at += count
        else:
            grouped.append(flat[at])
            at += 1
    return grouped


def _not_allowed(name: str, dtype: DType, allowed: TypeSet) -> str:
    return (
        f"Value passed to parameter '{name}' has DataType {dtype.name} not in list of allowed "
        f"values: {allowed}"
    )


def _graph_for(inputs: tuple) -> Graph:
    for value in inputs:
        if isinstance(value, Tensor):
            return value.op.graph
        if isinstance(value, list | tuple):
            for item in value:
                if isinstance(item, Tensor):
                    return item.op.graph
        elif value is not None:
            graph = getattr(value, "graph", None)
            if isinstance(graph, Graph):
                return graph
    return get_default_graph()


def _canonical(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(value)
    if isinstance(value, np.generic):
        return value.item()
    return value


def _keywords(function: Callable | None) -> tuple[str, ...]:
    if function is None:
        return ()
    parameters = inspect.signature(function).parameters.values()
    if any(p.kind is p.VAR_KEYWORD for p in parameters):
        return ALL
    return tuple(p.name for p in parameters if p.kind is p.KEYWORD_ONLY)


def _parse(types: str) -> tuple[list[str], list[str]]:
    left, _, right = types.partition("->")
    split = [[t.strip() for t in side.split(",") if t.strip()] for side in (left, right)]
    return split[0], split[1]


def define(
    op_type: str,
    names: list[str],
    types: str,
    kernel: Callable | str | None = None,
    *,
    attrs: dict[str, Any] | None = None,
    shape: Callable | None = None,
    host: Callable | None = None,
    doc: str = "",
    view: bool = False,
    differentiable: bool | None = True,
    stateful: bool = False,
    fresh: bool = False,
    varies: bool = False,
    **type_sets: TypeSet,
) -> Callable[..., Any]:
    """Register an op type and return the function that adds its nodes (`@op`'s table form).

    `kernel` is a function or the name of a torch function that takes just the inputs.
    """
    if op_type in registry:
        raise ValueError(f"op type {op_type} is defined twice")
    left, right = _parse(types)
    if len(left) != len(names):
        raise ValueError(f"{op_type}: inputs {names} but types {left}")
    inputs = [Arg(name, text) for name, text in zip(names, left, strict=True)]
    outputs = [Arg("", text) for text in right]
    inferred = {a.type_attr for a in inputs} | {a.many for a in inputs}
    given = {key: default for key, default in (attrs or {}).items() if key not in inferred}
    op_def = OpDef(
        op_type,
        inputs,
        outputs,
        given,
        type_sets,
        kernel,
        shape,
        host,
        doc,
        view,
        differentiable,
        stateful,
        fresh,
        varies,
    )
    registry[op_type] = op_def
    return _function(op_def)


def _function(op_def: OpDef) -> Callable[..., Any]:
    """A Python function with the op's own signature: inputs, attributes, name."""
    names = [arg.name for arg in op_def.inputs]
    required = [key for key, value in op_def.attrs.items() if value is REQUIRED]
    optional = [key for key, value in op_def.attrs.items() if value is not REQUIRED]
    parameters = [
        *names,
        *required,
        *(f"{key}=_defaults[{key!r}]" for key in optional),
        "name=None",
    ]
    given = "".join(f"{name}, " for name in names)
    attrs = ", ".join(f"{key!r}: {key}" for key in required + optional)
    source = (
        f"def {op_def.type}({', '.join(parameters)}):\n"
        f"    return _add(({given}), {{{attrs}}}, name)\n"
    )
    space: dict[str, Any] = {"_add": op_def.add, "_defaults": op_def.attrs}
    exec(compile(source, f"<scopeflow op {op_def.type}>", "exec"), space)
    function = space[op_def.type]
    function.__doc__ = op_def.doc
    function.__name__ = function.__qualname__ = snake(op_def.type)  # as TensorFlow's are called
    function.__module__ = FUNCTIONS
    function.op_def = op_def
    op_def.function = function
    return function


def op(
    types: str, *, attrs: dict[str, Any] | None = None, **options: Any
) -> Callable[[Callable], Callable[..., Any]]:
    """Define the op type that the decorated kernel is named after (see the module's text)."""

    def decorate(kernel: Callable) -> Callable[..., Any]:
        parameters = inspect.signature(kernel).parameters.values()
        names = [p.name for p in parameters if p.kind is not p.KEYWORD_ONLY]
        own = {
            p.name: p.default
            for p in parameters
            if p.kind is p.KEYWORD_ONLY and p.name not in RUNTIME_PARAMETERS
        }
        return define(
            kernel.__name__,
            names,
            types,
            kernel,
            attrs={**own, **(attrs or {})},
            doc=inspect.getdoc(kernel) or "",
            **options,
        )

    return decorate
