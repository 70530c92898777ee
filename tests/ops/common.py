"""What the tests of op families share: one sample through graph, session and gradient."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import scopeflow as tf


def data(*shape: int, seed: int = 0, low: float = -2.0, high: float = 2.0) -> np.ndarray:
    """Float64 samples, the same ones every time."""
    return np.random.RandomState(seed).uniform(low, high, shape)


def run(fetches: Any, feeds: Any = None) -> Any:
    """The fetches' values in a new session."""
    with tf.Session() as session:
        return session.run(fetches, feeds)


def value(build: Callable, *inputs: Any) -> Any:
    """What `build` of constants gives, in a graph of its own."""
    with tf.Graph().as_default():
        return run(build(*(tf.constant(x) if isinstance(x, np.ndarray) else x for x in inputs)))


def check(
    build: Callable,
    *inputs: np.ndarray,
    expected: Any = None,
    gradient: bool = True,
    unknown_rank: bool = True,
    rtol: float = 1e-9,
    atol: float = 1e-9,
) -> None:
    """`build(*tensors)` against `expected(*inputs)`, its static shapes and its gradient.

    Built three times: with placeholders of the inputs' full shapes, with None for every size, and
    of unknown rank. The values must be the same, the static shape exact the first time and true
    each time, and the gradients those of finite differences (float64 inputs only).
    """
    wanted = None if expected is None else np.asarray(expected(*inputs))
    for dims in ([x.shape for x in inputs], [[None] * x.ndim for x in inputs], None):
        if dims is None and not unknown_rank:
            continue
        with tf.Graph().as_default():
            places = [
                tf.placeholder(tf.as_dtype(x.dtype), None if dims is None else dims[i])
                for i, x in enumerate(inputs)
            ]
            feeds = dict(zip(places, inputs, strict=True))
            found = build(*places)
            got = run(found, feeds)
            if wanted is None:
                wanted = got
            assert got.dtype == found.dtype.as_numpy_dtype
            assert found.shape.is_compatible_with(got.shape), (found.shape, got.shape)
            assert got.shape == wanted.shape
            np.testing.assert_allclose(got, wanted, rtol=rtol, atol=atol)
            if dims and all(None not in d for d in dims):
                assert found.shape.as_list() == list(got.shape), (found.shape, got.shape)
                if gradient:
                    check_gradient(found, places, inputs)


def check_gradient(
    found: Any, places: list, inputs: tuple, rtol: float = 1e-6, atol: float = 1e-7
) -> None:
    """tf.gradients of `found` against differences along a random direction, in float64."""
    chosen = [i for i, x in enumerate(inputs) if x.dtype == np.float64]
    weights = np.random.RandomState(7).uniform(0.5, 1.5, found.shape.as_list())
    total = tf.reduce_sum(found * weights)
    gradients = [tf.convert_to_tensor(g) for g in tf.gradients(total, [places[i] for i in chosen])]
    step = 1e-6
    with tf.Session() as session:
        feeds = dict(zip(places, inputs, strict=True))
        exact = session.run(gradients, feeds)
        for i, gradient in zip(chosen, exact, strict=True):
            assert gradient.shape == inputs[i].shape
            direction = np.random.RandomState(8 + i).uniform(-1, 1, inputs[i].shape)
            above = session.run(total, {**feeds, places[i]: inputs[i] + step * direction})
            below = session.run(total, {**feeds, places[i]: inputs[i] - step * direction})
            np.testing.assert_allclose(
                (gradient * direction).sum(), (above - below) / (2 * step), rtol=rtol, atol=atol
            )


def gradient_of(build: Callable, x: np.ndarray) -> np.ndarray:
    """The gradient of the sum of `build(x)`."""
    with tf.Graph().as_default():
        place = tf.placeholder(tf.as_dtype(x.dtype), x.shape)
        return run(tf.gradients(build(place), place)[0], {place: x})


def ops_of(build: Callable, *shapes: Any) -> list[str]:
    """`name type` of the ops that `build` of float32 placeholders adds to an empty graph."""
    with tf.Graph().as_default() as graph:
        places = [tf.placeholder(tf.float32, shape, name="x") for shape in shapes]
        build(*places)
        return [f"{op.name} {op.type}" for op in graph.get_operations()[len(places) :]]
