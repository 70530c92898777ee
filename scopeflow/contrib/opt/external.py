"""Optimizers that are not ops: they call the graph as a function, SciPy's for one."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

import scopeflow as tf


class ExternalOptimizerInterface:
    """Variables of a session as one vector, for an algorithm that a subclass calls in `_minimize`.

    `equalities` are scalar tensors to be held at zero, `inequalities` ones to be held at zero or
    above; `var_to_bounds` is {variable: (lower, upper)}, numbers or arrays of the variable's
    shape. Other arguments are the algorithm's: `optimizer_kwargs`.

    While the loss is evaluated the session's variables stay as they were (values are fed); they
    change at the end. Resource variables, which can not be fed, change with every evaluation
    (TensorFlow 1.15.5 does not move them, and stops where it began or somewhere wrong).
    """

    def __init__(
        self,
        loss: Any,
        var_list: Any = None,
        equalities: Any = None,
        inequalities: Any = None,
        var_to_bounds: Any = None,
        **optimizer_kwargs: Any,
    ) -> None:
        self._loss = loss
        self._equalities = list(equalities or [])
        self._inequalities = list(inequalities or [])
        self._vars = tf.trainable_variables() if var_list is None else list(var_list)
        if not self._vars:
            raise ValueError("No variables to optimize: pass `var_list`.")
        self._packed_bounds = _bounds(self._vars, var_to_bounds) if var_to_bounds else None
        self._update_placeholders = [tf.placeholder(var.dtype.base_dtype) for var in self._vars]
        self._var_updates = [
            tf.assign(var, tf.reshape(value, var.get_shape().as_list()))
            for var, value in zip(self._vars, self._update_placeholders, strict=True)
        ]
        targets = [loss, *self._equalities, *self._inequalities]
        slopes = [self._gradients(target) for target in targets]
        self._packed_var = _packed(self._vars)
        packed = [_packed(slope) for slope in slopes]
        equal = len(self._equalities) + 1
        self._packed_loss_grad = packed[0]
        self._packed_equality_grads = packed[1:equal]
        self._packed_inequality_grads = packed[equal:]
        self.optimizer_kwargs = optimizer_kwargs

    def minimize(
        self,
        session: Any = None,
        feed_dict: Any = None,
        fetches: Any = None,
        step_callback: Any = None,
        loss_callback: Any = None,
        **run_kwargs: Any,
    ) -> None:
        """Minimize the loss; the variables of `session` (by default the default one) change.

        `feed_dict` is fed in each evaluation; `loss_callback` is called with the values of
        `fetches` after each evaluation of the loss, `step_callback` with the vector of all
        variables after each step. `run_kwargs` go to the run that stores the result.
        """
        session = session or tf.get_default_session()
        if session is None:
            raise AttributeError(  # TensorFlow's class
                "minimize needs a session and there is no default session: pass `session`, or call "
                "it in `with tf.Session().as_default():`."
            )
        fetches = list(fetches or [])

        def functions(tensors: list) -> list[Callable]:
            return [self._function(session, [tensor], feed_dict, []) for tensor in tensors]

        result = self._minimize(
            initial_val=session.run(self._packed_var),
            loss_grad_func=self._function(
                session, [self._loss, self._packed_loss_grad], feed_dict, fetches, loss_callback
            ),
            equality_funcs=functions(self._equalities),
            equality_grad_funcs=functions(self._packed_equality_grads),
            inequality_funcs=functions(self._inequalities),
            inequality_grad_funcs=functions(self._packed_inequality_grads),
            packed_bounds=self._packed_bounds,
            step_callback=step_callback or (lambda *values: None),
            optimizer_kwargs=self.optimizer_kwargs,
        )
        feeds = dict(zip(self._update_placeholders, self._parts(result), strict=True))
        session.run(self._var_updates, feed_dict=feeds, **run_kwargs)

    def _minimize(
        self,
        initial_val: np.ndarray,
        loss_grad_func: Callable,
        equality_funcs: list[Callable],
        equality_grad_funcs: list[Callable],
        inequality_funcs: list[Callable],
        inequality_grad_funcs: list[Callable],
        packed_bounds: list | None,
        step_callback: Callable,
        optimizer_kwargs: dict,
    ) -> np.ndarray:
        """The vector that minimizes; each function takes a vector. For subclasses to define."""
        raise NotImplementedError(
            "To use ExternalOptimizerInterface, subclass from it and implement the _minimize() "
            "method."
        )

    def _gradients(self, target: Any) -> list:
        found = tf.gradients(target, self._vars)
        return [
            tf.zeros_like(var) if slope is None else slope
            for slope, var in zip(found, self._vars, strict=True)
        ]

    def _parts(self, vector: Any) -> list[np.ndarray]:
        """The variables' values out of the vector of all."""
        shapes = [var.get_shape().as_list() for var in self._vars]
        ends = np.cumsum([int(np.prod(shape)) for shape in shapes])[:-1]
        parts = np.split(np.asarray(vector), ends)
        return [part.reshape(shape) for part, shape in zip(parts, shapes, strict=True)]

    def _function(
        self, session: Any, tensors: list, feed_dict: Any, fetches: list, callback: Any = None
    ) -> Callable:
        """A function of the vector: the values of `tensors`."""

        def evaluate(vector: np.ndarray) -> list:
            feeds, updates, values = dict(feed_dict or {}), [], {}
            for i, part in enumerate(self._parts(vector)):
                if hasattr(self._vars[i], "handle"):
                    updates.append(self._var_updates[i])
                    values[self._update_placeholders[i]] = part
                else:
                    feeds[self._vars[i]] = part
            if updates:
                session.run(updates, feed_dict=values)
            found = session.run([*tensors, *fetches], feed_dict=feeds)
            if callback is not None:
                callback(*found[len(tensors) :])
            return found[: len(tensors)]

        return evaluate


class ScipyOptimizerInterface(ExternalOptimizerInterface):
    """`scipy.optimize.minimize`: its `method` (by default L-BFGS-B), `options`, `tol` as arguments.

    Equalities and inequalities are for the methods that take constraints, SLSQP say. Needs SciPy
    (ImportError from `minimize` where it is missing).

    >>> vector = tf.get_variable("vector", initializer=[7.0, 7.0])  # doctest: +SKIP
    >>> loss = tf.reduce_sum(tf.square(vector))  # doctest: +SKIP
    >>> optimizer = tf.contrib.opt.ScipyOptimizerInterface(
    ...     loss, options={"maxiter": 100}
    ... )  # doctest: +SKIP
    >>> optimizer.minimize(session)  # doctest: +SKIP
    """

    _DEFAULT_METHOD = "L-BFGS-B"

    def _minimize(
        self,
        initial_val: np.ndarray,
        loss_grad_func: Callable,
        equality_funcs: list[Callable],
        equality_grad_funcs: list[Callable],
        inequality_funcs: list[Callable],
        inequality_grad_funcs: list[Callable],
        packed_bounds: list | None,
        step_callback: Callable,
        optimizer_kwargs: dict,
    ) -> np.ndarray:
        """What SciPy finds."""
        optimize = _scipy_optimize()
        constraints = [
            {"type": kind, "fun": _wide(value), "jac": _wide(slope)}
            for kind, values, slopes in (
                ("eq", equality_funcs, equality_grad_funcs),
                ("ineq", inequality_funcs, inequality_grad_funcs),
            )
            for value, slope in zip(values, slopes, strict=True)
        ]
        chosen = {"method": self._DEFAULT_METHOD, **optimizer_kwargs}
        ours = {
            "jac": True,
            "callback": lambda vector, *state: step_callback(vector),
            "constraints": constraints,
            "bounds": packed_bounds,
        }
        for name in ours:
            if name in chosen:
                raise ValueError(
                    f"Optimizer keyword arg '{name}' is set automatically and cannot be injected "
                    "manually: see var_to_bounds, equalities, inequalities and step_callback."
                )
        start = np.asarray(initial_val, np.float64)
        result = optimize.minimize(_wide(loss_grad_func), start, **ours, **chosen)
        message = result.message
        lines = [
            "Optimization terminated with:",
            f"  Message: {message.decode() if isinstance(message, bytes) else message}",
            f"  Objective function value: {float(result.fun):f}",
        ]
        if hasattr(result, "nit"):
            lines.append(f"  Number of iterations: {result.nit}")
        if hasattr(result, "nfev"):
            lines.append(f"  Number of functions evaluations: {result.nfev}")
        tf.logging.info("%s", "\n".join(lines))
        return result.x


def _scipy_optimize() -> Any:
    """SciPy is no dependency of scopeflow."""
    try:
        return importlib.import_module("scipy.optimize")
    except ImportError as error:
        raise ImportError(
            "tf.contrib.opt.ScipyOptimizerInterface needs SciPy, which is not installed: "
            "pip install scipy."
        ) from error


def _wide(function: Callable) -> Callable:
    """The same in float64: SciPy steps in it, and SLSQP takes nothing else since SciPy 1.16."""
    return lambda vector: [np.asarray(value, np.float64)[()] for value in function(vector)]


def _packed(tensors: list) -> Any:
    """All of them in one vector."""
    flat = [tf.reshape(tensor, [-1]) for tensor in tensors]
    return flat[0] if len(flat) == 1 else tf.concat(flat, 0)


def _bounds(variables: list, var_to_bounds: Any) -> list[tuple]:
    """(lower, upper) of each element of the vector."""
    found: list[tuple] = []
    for var in variables:
        lower, upper = var_to_bounds[var] if var in var_to_bounds else (-np.inf, np.inf)
        shape = var.get_shape().as_list()
        found.extend(
            zip(
                np.broadcast_to(lower, shape).flat,
                np.broadcast_to(upper, shape).flat,
                strict=True,
            )
        )
    return found
