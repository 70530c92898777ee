"""`to_module`: a part of a graph as a `torch.nn.Module`."""

from __future__ import annotations

import difflib
import inspect
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple, NoReturn

import numpy as np
import torch

from ..core.context import get_default_session
from ..core.dtypes import as_dtype
from ..core.errors import UnknownError
from ..core.held import Held
from ..core.nest import is_namedtuple
from ..core.operation import Operation, Tensor
from . import kernels_support
from .failures import translated
from .feeds import as_bytes, fits
from .kept import kept
from .module_hooks import calls_of, hooked_scopes
from .module_plan import Plan, plan_for
from .module_scopes import Holder, Place, Scope, Scopes, add_variable, state_key, variable_name
from .module_values import from_checkpoint, from_session, initial_values
from .program import Program
from .structure import from_numpy, to_array
from .values import torch_name


class _Slot:
    """A variable during one call: what a session's cell is, with a parameter's value."""

    __slots__ = ("dims", "op", "value")

    def __init__(self, op: Operation, value: torch.Tensor) -> None:
        self.op = op
        self.dims = tuple(value.shape)
        self.value = value


class Ready(NamedTuple):
    """What a call runs: a program, where its variables are, and which of them it must copy.

    `told` is the place of the parameter that tells what tf.float32 is now: `float_as` expects it.
    """

    program: Program
    places: list[Place]
    shielded: list[bool]
    told: Place | None
    float_as: torch.dtype


def _like() -> torch.Tensor:
    """What goes where the module goes, and becomes what its tf.float32 variables become."""
    return torch.empty(0, dtype=torch.float32, device="cpu")


class GraphModule(Holder):
    """A part of a TensorFlow graph as a PyTorch module. Made by `scopeflow.to_module`.

    The variables are parameters (the trainable ones) and buffers of modules named like the scopes;
    `forward` takes the inputs in order or by name, and gives the outputs as they were nested. In
    training mode it also runs the update ops (moving averages), and a training flag is true.
    Random ops draw from torch's own generator. It can be moved, cast, copied, pickled, compiled and
    exported like other modules.
    """

    def __init__(self, plan: Plan, values: dict[str, torch.Tensor]) -> None:
        super().__init__()
        self._like = _like()
        self._plan: Plan = plan
        names = list(plan.variables)
        self._keys = {name: state_key(name, names) for name in names}
        for name in names:
            add_variable(self, self._keys[name], values[name], name in plan.trainable)
        self._begin()

    def _begin(self) -> None:
        """What a new, a copied and a loaded module begin with."""
        self._start(inspect.Signature([_parameter(key) for key in self._plan.inputs]))

    def _start(self, signature: inspect.Signature) -> None:
        self._held = Held(_no_session)
        self._special: dict[tuple, Ready] = {}
        self._offer_signature(signature)
        self._prepare()

    def _prepare(self) -> None:
        """Make the program for the present mode, device and dtype, so that a call only runs it."""
        self._special = {}
        self._ready = self._readied(self._plan, self.training)

    def _readied(self, plan: Plan, training: bool) -> Ready:
        return self._made(plan, training, self._float(), {})

    def _made(self, plan: Plan, training: bool, float_as: str, calls: dict[str, Any]) -> Ready:
        """A program for these circumstances, and where its variables are."""
        program = plan.program(training, self._device(), float_as, calls)
        places = [Place(self, self._keys[op.name]) for op in program.variables]
        tells = (
            place
            for op, place in zip(program.variables, places, strict=True)
            if place.trainable and op.attrs["dtype"].base_dtype.name == "float32"
        )
        shielded = [op in program.shielded for op in program.variables]
        return Ready(program, places, shielded, next(tells, None), getattr(torch, float_as))

    def train(self, mode: bool = True) -> Any:
        """Set the mode: update ops run, and the training flag is true, in training mode."""
        super().train(mode)
        self._prepare()
        return self

    def _apply(self, fn: Any, recurse: bool = True) -> Any:
        super()._apply(fn, recurse)
        self._like = fn(self._like)
        self._prepare()
        return self

    def _offer_signature(self, signature: inspect.Signature) -> None:
        """Let `forward` say which arguments it takes: torch.export asks for their names."""

        def forward(*args: Any, **kwargs: Any) -> Any:
            return type(self).forward(self, *args, **kwargs)

        forward.__signature__ = signature  # type: ignore[attr-defined]
        forward.__doc__ = type(self).forward.__doc__
        self.__dict__["forward"] = forward

    @property
    def scopes(self) -> Scopes:
        """The scopes by their TensorFlow names: `module.scopes["conv1"]`."""
        return Scopes(self)

    @property
    def input_names(self) -> list[str]:
        """The names by which `forward` takes its inputs, in order."""
        return list(self._plan.inputs)

    @property
    def variable_names(self) -> dict[str, str]:
        """The TensorFlow name of each key of the state dict."""
        return {key: name for name, key in self._keys.items()}

    @property
    def source(self) -> str:
        """The straight-line Python that the module runs in its present mode, readable."""
        return self._ready.program.source

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """The outputs for these inputs (tensors, arrays or numbers), as torch tensors."""
        return self._run(self._plan, self._ready, self.training, self._feeds(args, kwargs))

    def _run(self, plan: Plan, ready: Ready, training: bool, feeds: list) -> Any:
        program, places, shielded, told, dtype = ready
        now = dtype if told is None else told.value.dtype
        scopes = hooked_scopes(self) if Scope.hooked else ()
        if scopes or now is not dtype:
            key = (plan.number, training, str(now).removeprefix("torch."), scopes)
            self._make_special(key, plan)
            program, places, shielded, _, _ = self._special[key]
        values = [place.value for place in places]
        used = values
        if now is not dtype:  # others than the parameters are as they were
            used = [v.to(now) if v.dtype is dtype else v for v in values]
            feeds = [v.to(now) if getattr(v, "dtype", None) is dtype else v for v in feeds]
        slots = [_Slot(op, value) for op, value in zip(program.variables, used, strict=True)]
        if program.shielded and (program.records or torch.is_grad_enabled()):
            for slot, shield in zip(slots, shielded, strict=True):
                if shield:  # the gradient is of this value, and the update changes the other
                    slot.value = kept(slot.value)
        generators = [None] * len(program.random_ops)
        if torch.compiler.is_compiling():
            results = program.function(slots, feeds, generators, self._held)
        elif program.records and not torch.is_grad_enabled():  # it takes gradients itself
            with torch.inference_mode(False), torch.enable_grad():
                feeds = [_normal(value) for value in feeds]
                results = _detached(self._called(program, slots, feeds, generators))
        else:
            results = self._called(program, slots, feeds, generators)
        for slot, before in zip(slots, values, strict=True):
            if slot.value is not before:  # the call has assigned the variable
                with torch.no_grad():
                    before.copy_(slot.value)
        count = len(plan.flat)
        found = [
            value if isinstance(value, torch.Tensor) else self._to_tensor(value, tensor)
            for value, tensor in zip(results[:count], plan.flat, strict=True)
        ]
        return plan.packed(found)

    def _called(self, program: Program, slots: list, feeds: list, generators: list) -> tuple:
        try:
            return program.function(slots, feeds, generators, self._held)
        except Exception as error:
            failure = translated(error)
            if failure is error or _by_torch(error, failure):
                raise
            raise failure from error

    def _to_tensor(self, value: Any, tensor: Tensor) -> Any:
        """What the program computed on the host, as a tensor; strings stay numpy arrays."""
        if isinstance(value, np.ndarray):
            return value
        dtype = getattr(torch, torch_name(tensor.dtype))
        return kernels_support.to_tensor(value, dtype, self._device())

    def _device(self) -> torch.device:
        for value in (*self.parameters(), *self.buffers()):
            return value.device
        return self._like.device

    def _variables(self) -> Iterator[Operation]:
        """What the graphs say of the variables."""
        yield from self._plan.variables.values()

    def _float(self) -> str:
        """torch's name of the dtype that stands for tf.float32 now."""
        dtype = self._like.dtype
        for op in self._variables():
            if op.attrs["dtype"].base_dtype.name == "float32" and op.name in self._keys:
                dtype = value_of(self, self._keys[op.name]).dtype
                break
        return str(dtype).removeprefix("torch.")

    @torch.compiler.assume_constant_result
    def _make_special(self, key: tuple, plan: Plan) -> None:
        """Make what `key` stands for: a program in another dtype, or with forward hooks of scopes.

        (FSDP's mixed precision has parameters of another dtype during a call.)
        """
        if key not in self._special:
            _, training, float_as, scopes = key
            calls = calls_of(self, plan, scopes)
            self._special[key] = self._made(plan, training, float_as, calls)

    def _feeds(self, args: tuple, kwargs: dict[str, Any]) -> list:
        inputs = self._plan.inputs
        if any(isinstance(arg, tuple) for arg in (*args, *kwargs.values())):
            args, kwargs = _without_composites(args, kwargs, inputs)
        if len(args) > len(inputs):
            raise TypeError(
                f"forward() takes {len(inputs)} inputs ({', '.join(inputs)}), got {len(args)}."
            )
        given = dict(zip(inputs, args, strict=False))
        known = {re.sub(r"\W", "_", key): key for key in inputs} if kwargs else {}
        for key, value in kwargs.items():
            key = known.get(key, key)
            if key not in inputs:
                raise TypeError(f"forward() has no input {key!r}. It has: {', '.join(inputs)}.")
            if key in given:
                raise TypeError(f"forward() got input {key!r} twice.")
            given[key] = value
        missing = [key for key in inputs if key not in given]
        if missing:
            raise TypeError(f"forward() misses its inputs {', '.join(missing)}.")
        return [self._fed(key, inputs[key], given[key]) for key in inputs]

    def _fed(self, key: str, tensor: Tensor, value: Any) -> Any:
        if not isinstance(value, torch.Tensor):
            array = np.asarray(value, tensor.dtype.as_numpy_dtype)
            strings = array.dtype == object
            value = as_bytes(array) if strings else from_numpy(array, self._device())
        dims = tensor._dims
        if dims is not None and not fits(dims, tuple(value.shape)):
            raise ValueError(
                f"The input {key!r} of the module has shape {tensor.shape}, but a value of shape "
                f"{tuple(value.shape)} was given."
            )
        return value

    def _state(self) -> list[tuple[str, torch.Tensor]]:
        return [*self.named_parameters(), *self.named_buffers()]

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        for name in ("_held", "forward", "_ready", "_special"):
            state.pop(name, None)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._begin()

    def load_state_dict(self, state_dict: Any, strict: bool = True, assign: bool = False) -> Any:
        """As torch.nn.Module's; the error for what does not fit names the variables, too."""
        have = dict(self._state())
        problems = []
        for key, value in have.items():
            name = variable_name(key)
            if key not in state_dict:
                if strict:
                    problems.append(f"{key!r} (the variable {name}) is missing")
            elif tuple(state_dict[key].shape) != tuple(value.shape):
                problems.append(
                    f"{key!r} (the variable {name}) has shape {tuple(state_dict[key].shape)}, "
                    f"in the module it is {tuple(value.shape)}"
                )
        if strict:
            for key in state_dict:
                if key not in have:
                    near = difflib.get_close_matches(key, have, 1)
                    hint = f"; did you mean {near[0]!r}?" if near else ""
                    problems.append(
                        f"{key!r} (the variable {variable_name(key)}) is not in the module{hint}"
                    )
        if problems:
            raise RuntimeError(
                "The state dict does not fit the module:\n  " + "\n  ".join(problems)
            )
        found = super().load_state_dict(state_dict, strict=strict, assign=assign)
        self._prepare()
        return found

    def save_checkpoint(self, prefix: str) -> str:
        """Write the variables as a TensorFlow checkpoint, under their TensorFlow names.

        Returns `prefix`: tf.train.Saver, and TensorFlow itself, restore from it.
        """
        from ..checkpoint.writer import BundleWriter

        with BundleWriter(prefix) as writer:
            for name, key in sorted(self._keys.items()):
                value = value_of(self, key).detach()
                dtype = as_dtype(str(value.dtype).removeprefix("torch."))
                writer.add(name, dtype, to_array(value))
        return prefix


def _without_composites(args: tuple, kwargs: dict, inputs: Iterable[str]) -> tuple[tuple, dict]:
    """The arguments with a sparse tensor's value (the tuple of its parts) taken apart."""
    found: dict[str, Any] = {}
    for key, value in kwargs.items():
        parts = [name for name in inputs if name.startswith(f"{key}/")]
        found |= dict(zip(parts, value, strict=True)) if parts else {key: value}
    return tuple(p for arg in args for p in (arg if is_namedtuple(arg) else (arg,))), found


def _normal(value: Any) -> Any:
    """A tensor that autograd may save, of one made in inference mode."""
    return value.clone() if isinstance(value, torch.Tensor) and value.is_inference() else value


def _detached(values: tuple) -> tuple:
    return tuple(v.detach() if isinstance(v, torch.Tensor) else v for v in values)


def _by_torch(error: Exception, failure: Exception) -> bool:
    """Whether torch raised the error to find its own way, as activation checkpointing does."""
    return isinstance(failure, UnknownError) and type(error).__module__.startswith("torch.")


def _no_session(tensor: Tensor) -> NoReturn:
    raise NotImplementedError(
        f"{tensor.name} belongs to a queue, table or iterator, which needs a session: feed what it "
        "gives as an input of the module."
    )


def _parameter(name: str) -> inspect.Parameter:
    return inspect.Parameter(re.sub(r"\W", "_", name), inspect.Parameter.POSITIONAL_OR_KEYWORD)


def value_of(module: torch.nn.Module, key: str) -> torch.Tensor:
    """The variable with this key of the state dict."""
    return Place(module, key).value


def to_module(
    outputs: Any,
    inputs: Any,
    session: Any = None,
    checkpoint: Any = None,
    training: Tensor | None = None,
    updates: Any = None,
) -> GraphModule:
    """The part of a graph between `inputs` and `outputs` as a `torch.nn.Module`.

    `outputs` and `inputs` are tensors, or structures of them; with a dict of inputs its keys are
    the names that `forward` takes. The variables' values are copied from `session`, or read from
    the TensorFlow checkpoint with the prefix `checkpoint`; with neither, from the default session,
    else they are made by their initializers. `training` is the placeholder that tells training
    from evaluation; by default it is found: the only boolean scalar that the outputs need beside
    the inputs. `updates` are the ops that run in training mode, by default those of the collection
    UPDATE_OPS that need no other placeholders.

    Raises ValueError for inputs that are missing, `tf.errors.FailedPreconditionError` for variables
    without a value, `tf.errors.NotFoundError` for those that the checkpoint lacks.

    >>> import scopeflow as tf
    >>> with tf.Graph().as_default():
    ...     x = tf.placeholder(tf.float32, [None, 3], name="x")
    ...     module = tf.to_module(tf.layers.dense(x, 2), x)
    >>> sorted(module.state_dict())
    ['dense.bias', 'dense.kernel']
    """
    if session is not None and checkpoint is not None:
        raise ValueError("to_module takes a session or a checkpoint, not both.")
    plan = plan_for(outputs, inputs, training, updates)
    if checkpoint is not None:
        return GraphModule(plan, from_checkpoint(plan, checkpoint))
    session = session if session is not None else get_default_session()
    if session is not None and session.graph is plan.graph:
        return GraphModule(plan, from_session(plan, session))
    return GraphModule(plan, initial_values(plan))
