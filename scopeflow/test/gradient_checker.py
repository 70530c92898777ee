"""`tf.test.compute_gradient`: gradients against differences of values."""

from __future__ import annotations

from typing import Any

import numpy as np

import scopeflow as tf


def compute_gradient(
    x: Any, x_shape: Any, y: Any, y_shape: Any, x_init_value: Any = None, delta: float = 1e-3,
    init_targets: Any = None, extra_feed_dict: Any = None,
) -> Any:  # fmt: skip
    """Jacobians of `y` by `x`: (from tf.gradients, from central differences of width `delta`).

    Each has a row for each item of `x` and a column for each item of `y`; of complex numbers, real
    and imaginary part have their own. `x` may be a list, then so are `x_shape`, `x_init_value` and
    the result. Without `x_init_value`, `x` is random in [0, 1). Runs in the default session, after
    `init_targets`.
    """
    session = _session()
    if init_targets is not None:
        for target in tf.nest.flatten(init_targets):
            session.run(target)
    if not isinstance(x, list):
        return _of_one(x, x_shape, y, y_shape, x_init_value, delta, extra_feed_dict, {}, session)
    inits = x_init_value or [None] * len(x)
    values = [_initial(one, shape, init) for one, shape, init in zip(x, x_shape, inits)]
    return [
        _of_one(
            one, shape, y, y_shape, value, delta, extra_feed_dict,
            {other: v for other, v in zip(x, values) if other is not one}, session,
        )
        for one, shape, value in zip(x, x_shape, values)
    ]  # fmt: skip


def compute_gradient_error(
    x: Any, x_shape: Any, y: Any, y_shape: Any, x_init_value: Any = None, delta: float = 1e-3,
    init_targets: Any = None, extra_feed_dict: Any = None,
) -> float:  # fmt: skip
    """The largest difference between the two Jacobians of `compute_gradient`."""
    found = compute_gradient(
        x, x_shape, y, y_shape, x_init_value, delta, init_targets, extra_feed_dict
    )
    pairs = found if isinstance(found, list) else [found]
    return max((float(np.max(np.abs(a - b), initial=0.0)) for a, b in pairs), default=0.0)


def _session() -> Any:
    session = tf.get_default_session()
    if session is None:
        raise ValueError("tf.test.compute_gradient needs a default session: `with tf.Session():`")
    return session


def _initial(x: Any, shape: Any, value: Any) -> np.ndarray:
    dtype = x.dtype.base_dtype.as_numpy_dtype
    if value is None:
        value = np.random.random_sample(shape)
    value = np.array(value, dtype)
    if list(value.shape) != list(shape):
        raise ValueError(f"x_init_value has shape {value.shape}, but x_shape is {tuple(shape)}")
    return value


def _reals(values: np.ndarray) -> np.ndarray:
    """The values in a row, a complex one as its two parts."""
    flat = np.ascontiguousarray(values).reshape(-1)
    return flat.view(flat.real.dtype) if np.iscomplexobj(flat) else flat


def _of_one(
    x: Any, x_shape: Any, y: Any, y_shape: Any, value: Any, delta: float, extra: Any, others: dict,
    session: Any,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    for name, tensor in (("x", x), ("y", y)):
        dtype = tensor.dtype.base_dtype
        if not (dtype.is_floating or dtype.is_complex):
            raise TypeError(f"compute_gradient: {name} must be floating or complex, not {dtype}")
    value = _initial(x, x_shape, value)
    feeds = {**(extra or {}), **others}
    return (
        _from_gradients(session, x, y, y_shape, value, feeds),
        _from_differences(session, x, y, y_shape, value, delta, feeds),
    )


def _from_gradients(
    session: Any, x: Any, y: Any, y_shape: Any, value: np.ndarray, feeds: dict
) -> np.ndarray:
    dtype = y.dtype.base_dtype
    seed = tf.placeholder(dtype, list(y_shape))
    gradient = tf.gradients(y, x, grad_ys=seed)[0]
    seeds = np.zeros(y_shape, dtype.as_numpy_dtype)
    jacobian = np.zeros((_reals(value).size, _reals(seeds).size), _reals(value).dtype)
    if gradient is None:
        return jacobian
    sparse = isinstance(gradient, tf.IndexedSlices)
    for column in range(jacobian.shape[1]):
        chosen = _reals(np.zeros(y_shape, dtype.as_numpy_dtype))
        chosen[column] = 1
        seeds = chosen.view(dtype.as_numpy_dtype).reshape(y_shape)
        found = session.run(gradient, {**feeds, x: value, seed: seeds})
        if sparse:
            dense = np.zeros(value.shape, value.dtype)
            np.add.at(dense, found.indices, found.values)
            found = dense
        jacobian[:, column] = _reals(np.asarray(found, value.dtype))
    return jacobian


def _from_differences(
    session: Any, x: Any, y: Any, y_shape: Any, value: np.ndarray, delta: float, feeds: dict
) -> np.ndarray:
    size = _reals(value).size
    width = int(np.prod(y_shape)) * (2 if y.dtype.base_dtype.is_complex else 1)
    jacobian = np.zeros((size, width), _reals(value).dtype)
    for row in range(size):
        results = []
        for step in (delta, -delta):
            moved = _reals(value).copy()
            moved[row] += step
            moved = moved.view(value.dtype).reshape(value.shape)
            results.append(_reals(np.asarray(session.run(y, {**feeds, x: moved}))))
        jacobian[row] = (results[0] - results[1]) / (2 * delta)
    return jacobian
