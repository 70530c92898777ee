"""`tf.train.Optimizer`: gradients of a loss, applied to variables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import scopeflow as tf

from . import slot_creator


class Optimizer:
    """The base of all optimizers: `minimize` computes gradients and applies them.

    Subclasses define `_prepare` (hyperparameters as tensors), `_create_slots`, `_apply_dense`
    (`_resource_apply_dense` is used where it is not defined), `_apply_sparse` for gradients that
    are tf.IndexedSlices, and `_finish`. Raises ValueError without a name.
    """

    GATE_NONE = 0
    GATE_OP = 1
    GATE_GRAPH = 2

    def __init__(self, use_locking: bool, name: str) -> None:
        if not name:
            raise ValueError("Must specify the optimizer name")
        self._use_locking = use_locking
        self._name = name
        self._slots: dict[str, dict] = {}
        self._non_slot_dict: dict[tuple[str, Any], Any] = {}

    def get_name(self) -> str:
        """The optimizer's name."""
        return self._name

    def minimize(
        self,
        loss: Any,
        global_step: Any = None,
        var_list: Any = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: int | None = None,
        colocate_gradients_with_ops: bool = False,
        name: str | None = None,
        grad_loss: Any = None,
    ) -> tf.Operation:
        """An op that changes the variables so that `loss` gets smaller.

        `var_list` is all trainable variables unless given; `global_step` is incremented after the
        update. ValueError where no variable has a gradient.
        """
        pairs = self.compute_gradients(
            loss,
            var_list=var_list,
            gate_gradients=gate_gradients,
            aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
            grad_loss=grad_loss,
        )
        if all(gradient is None for gradient, _ in pairs):
            raise ValueError(
                "No gradients provided for any variable, check your graph for ops that do not "
                f"support gradients, between variables {[str(v) for _, v in pairs]} and loss "
                f"{loss}."
            )
        return self.apply_gradients(pairs, global_step=global_step, name=name)

    def compute_gradients(
        self,
        loss: Any,
        var_list: Any = None,
        gate_gradients: int = GATE_OP,
        aggregation_method: int | None = None,
        colocate_gradients_with_ops: bool = False,
        grad_loss: Any = None,
    ) -> list[tuple[Any, Any]]:
        """[(gradient of `loss`, variable)]; a gradient is None where the loss does not depend.

        A `loss` that is a function is called. `gate_gradients` is checked; a run computes all
        gradients of a call together.
        """
        if callable(loss):
            loss = loss()
        if gate_gradients not in (self.GATE_NONE, self.GATE_OP, self.GATE_GRAPH):
            raise ValueError(
                "gate_gradients must be one of: Optimizer.GATE_NONE, Optimizer.GATE_OP, "
                f"Optimizer.GATE_GRAPH.  Not {gate_gradients}"
            )
        self._assert_valid_dtypes([loss])
        if grad_loss is not None:
            self._assert_valid_dtypes([grad_loss])
        variables = tf.trainable_variables() if var_list is None else tf.nest.flatten(var_list)
        variables = [v for item in variables for v in _pieces(item)]
        if not variables:
            raise ValueError("No variables to optimize.")
        found = tf.gradients(
            loss,
            variables,
            grad_ys=grad_loss,
            gate_gradients=gate_gradients == self.GATE_OP,
            aggregation_method=aggregation_method,
            colocate_gradients_with_ops=colocate_gradients_with_ops,
        )
        pairs = list(zip(found, variables, strict=True))
        self._assert_valid_dtypes([v for g, v in pairs if g is not None])
        return pairs

    def apply_gradients(
        self, grads_and_vars: Any, global_step: Any = None, name: str | None = None
    ) -> Any:
        """An op that applies [(gradient, variable)] and then increments `global_step`.

        TypeError for gradients or variables of other kinds, ValueError where there are none.
        """
        pairs = tuple(grads_and_vars)
        if not pairs:
            raise ValueError("No variables provided.")
        checked = [(self._gradient(g), self._target(v)) for g, v in pairs]
        variables = [v for g, v in checked if g is not None]
        if not variables:
            names = [str(v) for _, v in pairs]
            raise ValueError(f"No gradients provided for any variable: {names}.")
        graph = tf.get_default_graph()
        with graph.control_dependencies(None):
            self._create_slots(variables)
        with tf.name_scope(name, self._name) as scope:
            self._prepare()
            updates = []
            for gradient, variable in checked:
                if gradient is None:
                    continue
                with (
                    graph.name_scope(f"update_{variable.op.name}"),
                    graph.colocate_with(variable),
                ):
                    updates.append(self._update(gradient, variable))
            if global_step is None:
                train_op = self._finish(updates, scope)
            else:
                with graph.control_dependencies([self._finish(updates, "update")]):
                    train_op = self._count(global_step, scope)
        train_op = train_op.op if isinstance(train_op, tf.Tensor) else train_op
        if train_op not in graph.get_collection_ref(tf.GraphKeys.TRAIN_OP):
            graph.add_to_collection(tf.GraphKeys.TRAIN_OP, train_op)
        return train_op

    def _count(self, global_step: Any, scope: str) -> Any:
        if _is_resource(global_step):
            one = tf.convert_to_tensor(1, global_step.dtype)
            return global_step.assign_add(one, read_value=False, name=scope)
        return tf.assign_add(
            global_step,
            tf.convert_to_tensor(1, global_step.dtype.base_dtype, name="value"),
            name=scope,
        )

    @staticmethod
    def _gradient(gradient: Any) -> Any:
        if gradient is None:
            return None
        try:
            return tf.convert_to_tensor_or_indexed_slices(gradient)
        except TypeError:
            raise TypeError(
                f"Gradient must be convertible to a Tensor or IndexedSlices, or None: {gradient}"
            ) from None

    @staticmethod
    def _target(variable: Any) -> Any:
        if not isinstance(variable, tf.Variable):
            raise TypeError(f"Argument is not a variable: {variable!r}. Pass the tf.Variable.")
        return variable

    def _update(self, gradient: Any, variable: Any) -> Any:
        is_resource = _is_resource(variable)
        if isinstance(gradient, tf.IndexedSlices):
            if variable.constraint is not None:
                what = "variable" if is_resource else "gradient"
                raise RuntimeError(f"Cannot use a constraint function on a sparse {what}.")
            if is_resource:
                return self._resource_apply_sparse_duplicate_indices(
                    gradient.values, variable, gradient.indices
                )
            return self._apply_sparse_duplicate_indices(gradient, variable)
        apply = self._resource_apply_dense if is_resource else self._apply_dense
        update = apply(gradient, variable)
        if variable.constraint is None:
            return update
        with tf.get_default_graph().control_dependencies([update]):
            return variable.assign(variable.constraint(variable))

    # What subclasses define and use.

    def _valid_dtypes(self) -> set[tf.DType]:
        return {tf.float16, tf.bfloat16, tf.float32, tf.float64}

    def _assert_valid_dtypes(self, tensors: list) -> None:
        valid = self._valid_dtypes()
        for tensor in tensors:
            dtype = tensor.dtype.base_dtype
            if dtype not in valid:
                raise ValueError(
                    f"Invalid type {dtype!r} for {tensor.name}, expected: {list(valid)}."
                )

    def _prepare(self) -> None:
        """Turn hyperparameters into tensors; called inside the optimizer's name scope."""

    def _create_slots(self, var_list: list) -> None:
        """Make the slots of the variables."""

    def _apply_dense(self, grad: tf.Tensor, var: Any) -> Any:
        """The op that applies a dense gradient."""
        self._check_defines("_resource_apply_dense", "how a gradient changes a variable")
        return self._resource_apply_dense(grad, var)

    def _resource_apply_dense(self, grad: tf.Tensor, handle: Any) -> Any:
        """The op that applies a dense gradient to a resource variable."""
        self._check_defines("_apply_dense", "how a gradient changes a variable")
        return self._apply_dense(grad, handle)

    def _apply_sparse(self, grad: tf.IndexedSlices, var: Any) -> Any:
        """The op that applies rows of gradients; no row appears twice."""
        self._check_defines("_resource_apply_sparse", "how gathered rows change")
        return self._resource_apply_sparse(grad.values, var, grad.indices)

    def _resource_apply_sparse(self, grad: tf.Tensor, handle: Any, indices: tf.Tensor) -> Any:
        """The op that applies rows of gradients to a resource variable; no row appears twice."""
        self._check_defines("_apply_sparse", "how gathered rows change")
        return self._apply_sparse(tf.IndexedSlices(grad, indices), handle)

    def _check_defines(self, method: str, what: str) -> None:
        """NotImplementedError unless a subclass defines `method`, which a default falls back on."""
        if getattr(type(self), method) is getattr(Optimizer, method):
            other = method.removeprefix("_resource")
            raise NotImplementedError(
                f"{type(self).__name__} defines neither {other} nor _resource{other}: define "
                f"{what}."
            )

    def _resource_apply_sparse_duplicate_indices(
        self, grad: tf.Tensor, handle: Any, indices: tf.Tensor
    ) -> Any:
        """As `_resource_apply_sparse`, rows that appear more than once summed first."""
        method = type(self)._apply_sparse_duplicate_indices
        if method is not Optimizer._apply_sparse_duplicate_indices:
            return self._apply_sparse_duplicate_indices(tf.IndexedSlices(grad, indices), handle)
        values, distinct = _deduplicated(grad, indices)
        return self._resource_apply_sparse(values, handle, distinct)

    def _apply_sparse_duplicate_indices(self, grad: tf.IndexedSlices, var: Any) -> Any:
        """As `_apply_sparse`, rows that appear more than once summed first."""
        values, indices = _deduplicated(grad.values, grad.indices)
        return self._apply_sparse(tf.IndexedSlices(values, indices, grad.dense_shape), var)

    def _finish(self, update_ops: list, name_scope: str) -> Any:
        """The op that stands for the whole update."""
        return tf.group(*update_ops, name=name_scope)

    @staticmethod
    def _call_if_callable(param: Any) -> Any:
        return param() if callable(param) else param

    # Slots.

    def _slot_dict(self, slot_name: str) -> dict:
        return self._slots.setdefault(slot_name, {})

    def _get_or_make_slot(self, var: Any, val: Any, slot_name: str, op_name: str) -> Any:
        return self._slot(var, slot_name, lambda: slot_creator.create_slot(var, val, op_name))

    def _get_or_make_slot_with_initializer(
        self, var: Any, initializer: Any, shape: Any, dtype: Any, slot_name: str, op_name: str
    ) -> Any:
        return self._slot(
            var,
            slot_name,
            lambda: slot_creator.create_slot_with_initializer(
                var, initializer, shape, dtype, op_name
            ),
        )

    def _zeros_slot(self, var: Any, slot_name: str, op_name: str) -> Any:
        return self._slot(var, slot_name, lambda: slot_creator.create_zeros_slot(var, op_name))

    def _slot(self, var: Any, slot_name: str, make: Callable[[], Any]) -> Any:
        named = self._slot_dict(slot_name)
        key = (var.op.graph, var.op.name)
        if key not in named:
            named[key] = make()
        return named[key]

    def get_slot(self, var: Any, name: str) -> Any:
        """The slot `name` of `var`, None where there is none."""
        return self._slots.get(name, {}).get((var.op.graph, var.op.name))

    def get_slot_names(self) -> list[str]:
        """The names of the slots that the optimizer keeps."""
        return sorted(self._slots)

    def _slot_variables(self, var: Any) -> dict[str, Any]:
        """The slots of a variable by their names."""
        slots = {name: self._slots[name].get((var.op.graph, var.op.name)) for name in self._slots}
        return {name: slot for name, slot in slots.items() if slot is not None}

    @property
    def _checkpoint_dependencies(self) -> list[tuple[str, Any]]:
        """What a `tf.train.Checkpoint` saves beside the slots: the default graph's other ones."""
        graph = tf.get_default_graph()
        return sorted(
            (name, variable)
            for (name, where), variable in self._non_slot_dict.items()
            if where is graph
        )

    def _create_non_slot_variable(self, initial_value: Any, name: str, colocate_with: Any) -> Any:
        key = (name, colocate_with.graph)
        if key not in self._non_slot_dict:
            with colocate_with.graph.colocate_with(colocate_with):
                self._non_slot_dict[key] = tf.Variable(
                    initial_value,
                    name=name,
                    trainable=False,
                    use_resource=_is_resource(colocate_with),
                )
        return self._non_slot_dict[key]

    def _get_non_slot_variable(self, name: str, graph: Any = None) -> Any:
        return self._non_slot_dict.get((name, graph))

    def _non_slot_variables(self) -> Any:
        return self._non_slot_dict.values()

    def variables(self) -> list:
        """All variables that the optimizer made in the default graph, sorted by name."""
        graph = tf.get_default_graph()
        made = [
            *self._non_slot_variables(),
            *(v for named in self._slots.values() for v in named.values()),
        ]
        return sorted((v for v in made if v.graph is graph), key=lambda v: v.name)


def update_op(op_type: str, **arguments: Any) -> tf.Operation:
    """The op that updates variable `var`: of that type, or its like for a resource variable."""
    if _is_resource(arguments["var"]):
        return getattr(tf.raw_ops, f"Resource{op_type}")(**arguments)
    return getattr(tf.raw_ops, op_type)(**arguments).op


def _is_resource(variable: Any) -> bool:
    return not variable.dtype._is_ref_dtype


def _pieces(variable: Any) -> list:
    """A partitioned variable's slices, other variables themselves."""
    get_pieces = getattr(variable, "_get_variable_list", None)
    return [variable] if get_pieces is None else get_pieces()


def _deduplicated(values: tf.Tensor, indices: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
    """Rows with distinct indices: those that shared one are summed."""
    distinct, places = tf.unique(indices)
    return tf.unsorted_segment_sum(values, places, tf.shape(distinct)[0]), distinct
