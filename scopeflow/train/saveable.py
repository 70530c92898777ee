"""What a `tf.train.Saver` saves: the tensors of each variable or other object."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


class SaveSpec:
    """One tensor to save: under which name, as which slice, and of which dtype."""

    def __init__(
        self, tensor: Any, slice_spec: str, name: str, dtype: Any = None, device: Any = None
    ) -> None:
        self._tensor = tensor
        self.slice_spec = slice_spec
        self.name = name
        if callable(tensor) and dtype is None:
            raise AssertionError("A SaveSpec whose tensor is a function needs a dtype.")
        self.dtype = tensor.dtype if dtype is None else dtype
        self._device = device

    @property
    def tensor(self) -> Any:
        """The tensor; made now if a function was given."""
        return self._tensor() if callable(self._tensor) else self._tensor

    @property
    def device(self) -> str:
        """The device of the tensor."""
        return self.tensor.device if self._device is None else self._device


class SaveableObject:
    """Something with state: subclass it and put it into `tf.GraphKeys.SAVEABLE_OBJECTS`.

    `specs` lists a SaveSpec for each of its tensors; `restore` gets them back and returns the op
    that takes them in.
    """

    def __init__(self, op: Any, specs: Any, name: str) -> None:
        self.op = op
        self.specs = specs
        self.name = name

    @property
    def optional_restore(self) -> bool:
        """Whether a checkpoint may lack it."""
        return False

    @property
    def device(self) -> str:
        """The device of its first tensor."""
        return self.specs[0].device

    def restore(self, restored_tensors: list, restored_shapes: Any) -> Any:
        """The op that takes in the tensors, which `restored_shapes`, if given, tell the shapes of.

        Raises ValueError unless a subclass defines it.
        """
        raise ValueError("Calling an abstract method.")


class ReferenceSaveable(SaveableObject):
    """A reference variable, or a part of one."""

    def __init__(self, var: Any, slice_spec: str, name: str) -> None:
        tensor = var.value() if slice_spec else _reference(var)
        super().__init__(var, [SaveSpec(tensor, slice_spec, name, var.dtype.base_dtype)], name)

    @property
    def device(self) -> str:
        """The variable's device."""
        return self.op.device

    def restore(self, restored_tensors: list, restored_shapes: Any) -> Any:
        """The assignment."""
        (tensor,) = restored_tensors
        if restored_shapes is not None:
            tensor = tf.reshape(tensor, restored_shapes[0])
        known = self.op.get_shape().is_fully_defined()
        return tf.assign(self.op, tensor, validate_shape=restored_shapes is None and known)


class ResourceSaveable(SaveableObject):
    """A resource variable, or a part of one."""

    def __init__(self, var: Any, slice_spec: str, name: str) -> None:
        tensor = var._as_graph_element()
        super().__init__(var, [SaveSpec(tensor, slice_spec, name, var.dtype)], name)

    @property
    def device(self) -> str:
        """The variable's device."""
        return self.op.device

    def restore(self, restored_tensors: list, restored_shapes: Any) -> Any:
        """The assignment."""
        (tensor,) = restored_tensors
        if restored_shapes is not None:
            tensor = tf.reshape(tensor, restored_shapes[0])
        tensor = tf.identity(tensor)
        self.op.shape.assert_is_compatible_with(tensor.shape)
        return tf.raw_ops.AssignVariableOp(resource=self.op.handle, value=tensor)


def saveables(var_list: Any) -> list[SaveableObject]:
    """The saveables of a dict or list of variables, sorted by name."""
    named = var_list if isinstance(var_list, dict) else by_name(var_list)
    wrong = [name for name in named if not isinstance(name, str)]
    if wrong:
        raise TypeError(
            "names_to_saveables must be a dict mapping string names to trackable operations. "
            f"Name is not a string: {wrong[0]}"
        )
    found: list[SaveableObject] = []
    seen: set[int] = set()
    for name in sorted(named):
        for saveable in _of(name, named[name]):
            if id(saveable.op) in seen:
                raise ValueError(f"The same saveable will be restored with two names: {name}")
            seen.add(id(saveable.op))
            found.append(saveable)
    return found


def by_name(var_list: Any) -> dict[str, Any]:
    """The variables by the name that they are saved under; the parts of one variable as a list."""
    if not isinstance(var_list, list | tuple | set | frozenset):
        raise TypeError(f"Variables to save should be passed in a dict or a list: {var_list}")
    found: dict[str, Any] = {}
    for var in sorted(var_list, key=lambda var: var.name):
        info = getattr(var, "_save_slice_info", None)
        if _is_partitioned(var):
            name = var.name
        elif _is_saveable(var):
            name = var.name
        elif info is not None:
            found.setdefault(info.full_name, [])
            if not isinstance(found[info.full_name], list):
                raise ValueError(
                    f"Mixing slices and non-slices with the same name: {info.full_name}"
                )
            found[info.full_name].append(var)
            continue
        elif hasattr(var, _GATHER):
            name = var.name
        else:
            name = _variable(var, "Variable to save is not a Variable: ").op.name
        if name in found:
            raise ValueError(f"At least two variables have the same name: {name}")
        found[name] = var
    return found


def _is_saveable(value: Any) -> bool:
    """Whether it has what a SaveableObject has (a lookup table has no class to derive from)."""
    return isinstance(value, SaveableObject) or (
        hasattr(value, "specs") and hasattr(value, "restore")
    )


def _is_partitioned(var: Any) -> bool:
    return hasattr(var, "_get_variable_list")


def _variable(var: Any, message: str) -> Any:
    if isinstance(var, tf.Tensor):
        if var.dtype._is_ref_dtype and var.op.type == "VariableV2":
            return _Reference(var)
    elif isinstance(var, tf.Variable):
        return var
    raise TypeError(f"{message}{var}")


class _Reference:
    """A variable that is known by the tensor that refers to it."""

    def __init__(self, tensor: Any) -> None:
        self.tensor = tensor
        self.op, self.dtype, self.device = tensor.op, tensor.dtype, tensor.device
        self.name = tensor.name


def _of(name: str, value: Any) -> list[SaveableObject]:
    """The saveables of what stands under a name."""
    if _is_saveable(value):
        return [value]
    if isinstance(value, list | tuple) or _is_partitioned(value):
        parts = []
        for var in value:
            info = getattr(var, "_save_slice_info", None)
            if info is None:
                raise ValueError(f"Slices must all be slices: {var}")
            if info.full_name != next(iter(value))._save_slice_info.full_name:
                raise ValueError(f"Slices must all be from the same tensor: {name}, {info}")
            parts.append(_made(var, info.spec, name))
        return parts
    begin = (
        "names_to_saveables must be a dict mapping string names to Tensors/Variables. "
        "Not a variable: "
    )
    if hasattr(value, _GATHER) and not isinstance(value, tf.Variable):
        return [s for own in getattr(value, _GATHER)().values() for s in _gathered(name, own)]
    if not isinstance(value, tf.Tensor | tf.Variable):
        value = tf.convert_to_tensor(value)
    return [_made(_variable(value, begin), "", name)]


_GATHER = "_gather_saveables_for_checkpoint"
"""The method of an object that names its own variables and saveables."""


def _gathered(name: str, own: Any) -> list[SaveableObject]:
    return _of(name, own(name) if callable(own) and not isinstance(own, tf.Variable) else own)


def _made(var: Any, spec: str, name: str) -> SaveableObject:
    if isinstance(var, _Reference):
        return ReferenceSaveable(var.tensor, spec, name)
    return (ResourceSaveable if hasattr(var, "handle") else ReferenceSaveable)(var, spec, name)


def _reference(var: Any) -> Any:
    return var if isinstance(var, tf.Tensor) else var.op.outputs[0]
