"""`tf.keras.optimizers`."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from . import backend
from . import saved_objects as _saved


class Optimizer:
    """What all optimizers are: from a loss and variables to the ops that change the variables.

    Numbers such as the learning rate are variables (`optimizer.lr`), which
    `tf.keras.backend.set_value` changes. `clipnorm` and `clipvalue` clip each gradient.
    """

    _numbers: tuple[str, ...] = ("learning_rate",)

    def __init__(self, name: str, **kwargs: Any) -> None:
        allowed = {"clipnorm", "clipvalue", "lr", "decay"}
        for key in kwargs:
            if key not in allowed:
                raise TypeError(f"Unexpected keyword argument passed to optimizer: {key}")
            if kwargs[key] is not None and kwargs[key] < 0:
                raise ValueError(f"Expected {key} >= 0, received: {kwargs[key]}")
        self._name = name
        self.clipnorm, self.clipvalue = kwargs.get("clipnorm"), kwargs.get("clipvalue")
        self._initial_decay = kwargs.get("decay", 0.0)
        self._values: dict[str, Any] = {}
        self._made: dict[str, Any] = {}
        self._slots: dict[tuple[str, int], Any] = {}
        self._all: list[Any] = []
        self._iterations: Any = None

    def _set(self, kwargs: dict[str, Any], **values: Any) -> None:
        values["learning_rate"] = kwargs.get("lr", values["learning_rate"])
        values["decay"] = self._initial_decay
        self._values.update(values)

    def __getattr__(self, name: str) -> Any:
        name = {"lr": "learning_rate"}.get(name, name)
        values = self.__dict__.get("_values", {})
        if name not in values:
            raise AttributeError(name)
        return self._number(name)

    def __setattr__(self, name: str, value: Any) -> None:
        name = {"lr": "learning_rate"}.get(name, name)
        if name in self.__dict__.get("_values", {}):
            if name in self._made:
                backend.set_value(self._made[name], value)
            else:
                self._values[name] = value
        else:
            object.__setattr__(self, name, value)

    def _number(self, name: str) -> Any:
        if callable(self._values[name]):
            return self._values[name]()
        if name not in self._made:
            self._made[name] = self.add_weight(name, [], initializer=self._values[name])
            self._all.remove(self._made[name])
        return self._made[name]

    @property
    def iterations(self) -> Any:
        """How many steps were made: a variable."""
        if self._iterations is None:
            self._iterations = self.add_weight("iter", [], tf.int64, 0)
            self._all.remove(self._iterations)
            self._all.insert(0, self._iterations)
        return self._iterations

    def add_weight(
        self,
        name: str,
        shape: Any,
        dtype: Any = None,
        initializer: Any = "zeros",
        trainable: bool | None = None,
        synchronization: Any = tf.VariableSynchronization.AUTO,
        aggregation: Any = tf.VariableAggregation.NONE,
    ) -> Any:
        """A variable of the optimizer."""
        kind = tf.as_dtype(dtype or backend.floatx())
        if isinstance(initializer, str):
            first = tf.keras.initializers.get(initializer)
        else:
            first = tf.constant_initializer(initializer)
        with tf.name_scope(self._name + "/"):
            variable = tf.Variable(
                lambda: first(list(shape), dtype=kind), trainable=False, name=name, dtype=kind,
                use_resource=True,
            )  # fmt: skip
        backend.track_variable(variable)
        self._all.append(variable)
        return variable

    def add_slot(self, var: Any, slot_name: str, initializer: Any = "zeros") -> Any:
        """The variable that goes with a variable under a name, made if it is not there."""
        key = slot_name, id(var)
        if key not in self._slots:
            self._slots[key] = self.add_weight(
                f"{var.op.name}/{slot_name}", var.shape.as_list(), var.dtype.base_dtype, initializer
            )
        return self._slots[key]

    def get_slot(self, var: Any, slot_name: str) -> Any:
        """The variable that goes with a variable under a name."""
        return self._slots[slot_name, id(var)]

    def _slot_variables(self, var: Any) -> dict[str, Any]:
        """The variables that go with a variable by their names."""
        return {name: slot for (name, owner), slot in self._slots.items() if owner == id(var)}

    @property
    def _checkpoint_dependencies(self) -> list[tuple[str, Any]]:
        """What a `tf.train.Checkpoint` saves beside the slots."""
        made = {name: self._made[name] for name in sorted(self._made)}
        return [("iter", self._iterations), *made.items()]

    def get_slot_names(self) -> list:
        """The names of the variables that go with variables."""
        return list(dict.fromkeys(name for name, _ in self._slots))

    @property
    def weights(self) -> list:
        """The optimizer's variables."""
        return self._all

    def variables(self) -> list:
        """The optimizer's variables."""
        return self._all

    def get_weights(self) -> list:
        """The values of the optimizer's variables."""
        return backend.batch_get_value(self._all)

    def set_weights(self, weights: Any) -> None:
        """Give the optimizer's variables these values."""
        backend.batch_set_value(list(zip(self._all, weights, strict=True)))

    def get_gradients(self, loss: Any, params: Any) -> list:
        """The gradients of the loss, clipped."""
        found = []
        for gradient, variable in zip(tf.gradients(loss, params), params, strict=True):
            if gradient is None:
                raise ValueError(
                    f"Variable {variable} has `None` for gradient. Please make sure that all of "
                    "your ops have a gradient defined (i.e. are differentiable). Common ops "
                    "without gradient: K.argmax, K.round, K.eval."
                )
            gradient = tf.convert_to_tensor(gradient)
            if self.clipnorm is not None:
                gradient = tf.clip_by_norm(gradient, self.clipnorm)
            if self.clipvalue is not None:
                gradient = tf.clip_by_value(gradient, -self.clipvalue, self.clipvalue)
            found.append(gradient)
        return found

    def get_updates(self, loss: Any, params: Any) -> list:
        """The ops of a training step."""
        gradients = self.get_gradients(loss, params)
        return [self.apply_gradients(list(zip(gradients, params, strict=True)))]

    def minimize(self, loss: Any, var_list: Any, grad_loss: Any = None, name: Any = None) -> Any:
        """The op of a training step. `loss` is a tensor or a function that makes it."""
        loss = loss() if callable(loss) else loss
        var_list = var_list() if callable(var_list) else var_list
        gradients = self.get_gradients(loss, var_list)
        return self.apply_gradients(list(zip(gradients, var_list, strict=True)), name)

    def apply_gradients(self, grads_and_vars: Any, name: str | None = None) -> Any:
        """The op that changes variables by their gradients."""
        pairs = [(tf.convert_to_tensor(g), v) for g, v in grads_and_vars if g is not None]
        if not pairs:
            raise ValueError("No gradients provided for any variable.")
        iterations = self.iterations
        with tf.name_scope(name or self._name):
            rate = tf.identity(self._number("learning_rate"))
            for number in self._values:
                self._number(number)
            if self._initial_decay:
                steps = tf.cast(iterations, rate.dtype)
                rate = rate / (1.0 + self._number("decay") * steps)
            step = tf.cast(tf.identity(iterations) + 1, tf.float32)
            ops = []
            for gradient, variable in pairs:
                update = self._update(gradient, variable, rate, step)
                if getattr(variable, "constraint", None) is not None:
                    with tf.control_dependencies(update):
                        update = [variable.assign(variable.constraint(variable))]
                ops += update
            with tf.control_dependencies(ops):
                return iterations.assign_add(1).op

    def _update(self, gradient: Any, variable: Any, rate: Any, step: Any) -> list:
        raise NotImplementedError

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments; numbers that are variables with their values."""
        config: dict[str, Any] = {"name": self._name}
        for name, value in self._values.items():
            made = self._made.get(name)
            config[name] = value if made is None else backend.get_value(made).item()
        for name in ("clipnorm", "clipvalue"):
            if getattr(self, name) is not None:
                config[name] = getattr(self, name)
        return config

    @classmethod
    def from_config(cls, config: Any, custom_objects: Any = None) -> Any:
        """An optimizer with the arguments that `get_config` gave."""
        return cls(**config)


class SGD(Optimizer):
    """Gradient descent, with momentum if wanted."""

    def __init__(
        self, learning_rate: Any = 0.01, momentum: float = 0.0, nesterov: bool = False,
        name: str = "SGD", **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(name, **kwargs)
        self._set(kwargs, learning_rate=learning_rate, momentum=momentum)
        self.nesterov = nesterov

    def _update(self, gradient: Any, variable: Any, rate: Any, step: Any) -> list:
        if not self._values["momentum"]:
            return [variable.assign_sub(rate * gradient)]
        moved = self.add_slot(variable, "momentum")
        speed = moved.assign(self.momentum * moved - rate * gradient)
        change = self.momentum * speed - rate * gradient if self.nesterov else speed
        return [variable.assign_add(change)]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "nesterov": self.nesterov}


class RMSprop(Optimizer):
    """Steps divided by a running mean of the gradients' size."""

    def __init__(
        self, learning_rate: Any = 0.001, rho: float = 0.9, momentum: float = 0.0,
        epsilon: float = 1e-7, centered: bool = False, name: str = "RMSprop", **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(name, **kwargs)
        self._set(kwargs, learning_rate=learning_rate, rho=rho, momentum=momentum)
        self.epsilon, self.centered = epsilon, centered

    def _update(self, gradient: Any, variable: Any, rate: Any, step: Any) -> list:
        squares = self.add_slot(variable, "rms")
        mean = squares.assign(self.rho * squares + (1.0 - self.rho) * tf.square(gradient))
        spread = mean
        if self.centered:
            first = self.add_slot(variable, "mg")
            spread = mean - tf.square(first.assign(self.rho * first + (1.0 - self.rho) * gradient))
        if not self._values["momentum"]:
            return [variable.assign_sub(rate * gradient / (tf.sqrt(spread) + self.epsilon))]
        moved = self.add_slot(variable, "momentum")
        step_ = rate * gradient * tf.rsqrt(spread + self.epsilon)
        return [variable.assign_sub(moved.assign(self.momentum * moved + step_))]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "epsilon": self.epsilon, "centered": self.centered}


class Adagrad(Optimizer):
    """Steps divided by the size of all gradients so far."""

    def __init__(
        self, learning_rate: Any = 0.001, initial_accumulator_value: float = 0.1,
        epsilon: float = 1e-7, name: str = "Adagrad", **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(name, **kwargs)
        self._set(kwargs, learning_rate=learning_rate)
        self.initial_accumulator_value, self.epsilon = initial_accumulator_value, epsilon

    def _update(self, gradient: Any, variable: Any, rate: Any, step: Any) -> list:
        sums = self.add_slot(variable, "accumulator", self.initial_accumulator_value)
        total = sums.assign_add(tf.square(gradient))
        return [variable.assign_sub(rate * gradient / (tf.sqrt(total) + self.epsilon))]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {
            **super().get_config(), "epsilon": self.epsilon,
            "initial_accumulator_value": self.initial_accumulator_value,
        }  # fmt: skip


class Adadelta(Optimizer):
    """Steps scaled by the running sizes of gradients and of changes."""

    def __init__(
        self, learning_rate: Any = 0.001, rho: float = 0.95, epsilon: float = 1e-7,
        name: str = "Adadelta", **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(name, **kwargs)
        self._set(kwargs, learning_rate=learning_rate, rho=rho)
        self.epsilon = epsilon

    def _update(self, gradient: Any, variable: Any, rate: Any, step: Any) -> list:
        grads, changes = self.add_slot(variable, "accum_grad"), self.add_slot(variable, "accum_var")
        mean = grads.assign(self.rho * grads + (1.0 - self.rho) * tf.square(gradient))
        change = gradient * tf.sqrt(changes + self.epsilon) * tf.rsqrt(mean + self.epsilon)
        with tf.control_dependencies([change]):
            kept = changes.assign(self.rho * changes + (1.0 - self.rho) * tf.square(change))
        return [kept, variable.assign_sub(rate * change)]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "epsilon": self.epsilon}


class Adam(Optimizer):
    """Steps by the running mean of gradients over that of their squares."""

    def __init__(
        self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.999,
        epsilon: float = 1e-7, amsgrad: bool = False, name: str = "Adam", **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(name, **kwargs)
        self._set(kwargs, learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2)
        self.epsilon, self.amsgrad = epsilon, amsgrad

    def _moments(self, gradient: Any, variable: Any) -> tuple[Any, Any]:
        first, second = self.add_slot(variable, "m"), self.add_slot(variable, "v")
        m = first.assign(self.beta_1 * first + (1.0 - self.beta_1) * gradient)
        v = second.assign(self.beta_2 * second + (1.0 - self.beta_2) * tf.square(gradient))
        return m, v

    def _update(self, gradient: Any, variable: Any, rate: Any, step: Any) -> list:
        rate = rate * tf.sqrt(1.0 - tf.pow(self.beta_2, step)) / (1.0 - tf.pow(self.beta_1, step))
        m, v = self._moments(gradient, variable)
        if self.amsgrad:
            largest = self.add_slot(variable, "vhat")
            v = largest.assign(tf.maximum(largest, v))
        return [variable.assign_sub(rate * m / (tf.sqrt(v) + self.epsilon))]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "epsilon": self.epsilon, "amsgrad": self.amsgrad}


class Adamax(Optimizer):
    """Adam with the largest gradient in place of the mean square."""

    def __init__(
        self, learning_rate: Any = 0.001, beta_1: float = 0.9, beta_2: float = 0.999,
        epsilon: float = 1e-7, name: str = "Adamax", **kwargs: Any,
    ) -> None:  # fmt: skip
        super().__init__(name, **kwargs)
        self._set(kwargs, learning_rate=learning_rate, beta_1=beta_1, beta_2=beta_2)
        self.epsilon = epsilon

    def _update(self, gradient: Any, variable: Any, rate: Any, step: Any) -> list:
        first, norm = self.add_slot(variable, "m"), self.add_slot(variable, "v")
        m = first.assign(self.beta_1 * first + (1.0 - self.beta_1) * gradient)
        u = norm.assign(tf.maximum(self.beta_2 * norm, tf.abs(gradient)))
        return [
            variable.assign_sub(rate / (1.0 - tf.pow(self.beta_1, step)) * m / (u + self.epsilon))
        ]

    def get_config(self) -> dict[str, Any]:
        """The constructor's arguments."""
        return {**super().get_config(), "epsilon": self.epsilon}


class TFOptimizer(Optimizer):
    """An optimizer of `tf.train`, for a Keras model."""

    def __init__(self, optimizer: Any) -> None:
        super().__init__("TFOptimizer")
        self._values["learning_rate"] = 0.0
        self.optimizer = optimizer

    def get_updates(self, loss: Any, params: Any) -> list:
        """The ops of a training step."""
        before = {id(v) for v in tf.global_variables()}
        pairs = self.optimizer.compute_gradients(loss, params)
        step = self.optimizer.apply_gradients(pairs, global_step=self.iterations)
        for variable in tf.global_variables():
            if id(variable) not in before:
                backend.track_variable(variable)
                self._all.append(variable)
        return [step]

    def get_config(self) -> dict[str, Any]:
        """Not to be had."""
        raise NotImplementedError("An optimizer of tf.train has no config; save the weights alone.")


_CLASSES = {
    "adadelta": Adadelta, "adagrad": Adagrad, "adam": Adam, "adamax": Adamax, "rmsprop": RMSprop,
    "sgd": SGD,
}  # fmt: skip


def serialize(optimizer: Any) -> Any:
    """The optimizer as its class's name and its config."""
    return _saved.serialize(optimizer)


def deserialize(config: Any, custom_objects: Any = None) -> Any:
    """The optimizer of what `serialize` gave."""
    known = {**_CLASSES, **{kind.__name__: kind for kind in _CLASSES.values()}}
    return _saved.deserialize(config, known, custom_objects, "optimizer")


def get(identifier: Any) -> Any:
    """The optimizer that a name, a config or an object (also of `tf.train`) means."""
    if isinstance(identifier, Optimizer):
        return identifier
    if isinstance(identifier, tf.train.Optimizer):
        return TFOptimizer(identifier)
    if isinstance(identifier, dict):
        return deserialize(identifier)
    if isinstance(identifier, str):
        return deserialize({"class_name": identifier.lower(), "config": {}})
    raise ValueError("Could not interpret optimizer identifier:", identifier)


__all__ = [
    "Adadelta", "Adagrad", "Adam", "Adamax", "Optimizer", "RMSprop", "SGD", "deserialize", "get",
    "serialize",
]  # fmt: skip
