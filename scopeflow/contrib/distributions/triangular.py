"""Triangular matrices as vectors, and other matrices made of vectors."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import scopeflow as tf


def fill_triangular(x: Any, upper: bool = False, name: str | None = None) -> tf.Tensor:
    """The elements of vectors as triangular matrices, lower ones or `upper`.

    `x` [..., n (n + 1) / 2] gives [..., n, n]. The order is a spiral: in a lower triangle the
    last row has the first n elements' reverse beside the rest, so that reversing and reshaping
    is all there is to do: [1, 2, 3, 4, 5, 6] gives [[4, 0, 0], [6, 5, 0], [3, 2, 1]].
    ValueError for a length that is no triangular number.
    """
    with tf.name_scope(name, "fill_triangular", [x]):
        x = tf.convert_to_tensor(x, name="x")
        length = x.shape.with_rank_at_least(1)[-1].value if x.shape.ndims is not None else None
        if length is not None:
            size: Any = (math.isqrt(8 * length + 1) - 1) // 2
            if size * (size + 1) // 2 != length:
                raise ValueError(
                    f"Input right-most shape ({length}) does not correspond to a triangular matrix."
                )
        else:
            count = tf.cast(tf.shape(x)[-1], tf.float32)
            size = tf.cast(tf.sqrt(0.25 + 2.0 * count), tf.int32)
        front, back = (x, x[..., size:]) if upper else (x[..., size:], x)
        both = tf.concat([front, tf.reverse(back, [-1])], -1)
        found = tf.reshape(both, tf.concat([tf.shape(x)[:-1], [size, size]], 0))
        found = tf.matrix_band_part(found, *((0, -1) if upper else (-1, 0)))
        if x.shape.ndims is not None:
            n = size if length is not None else None
            found.set_shape(x.shape[:-1].concatenate([n, n]))
        return found


def fill_triangular_inverse(x: Any, upper: bool = False, name: str | None = None) -> tf.Tensor:
    """The vectors that `fill_triangular` makes these matrices of."""
    with tf.name_scope(name, "fill_triangular_inverse", [x]):
        x = tf.convert_to_tensor(x, name="x")
        known = x.shape[-1].value if x.shape.ndims is not None else None
        n: Any = known if known is not None else tf.shape(x)[-1]
        # The first n elements are one row; the others fill the rest, half of it turned around.
        x = tf.matrix_band_part(x, *((0, -1) if upper else (-1, 0)))
        head = x[..., 0, :] if upper else tf.reverse(x[..., -1, :], [-1])
        body = x[..., 1:, :] if upper else x[..., :-1, :]
        flat = tf.reshape(
            body + tf.reverse(body, [-2, -1]), tf.concat([tf.shape(x)[:-2], [(n - 1) * n]], 0)
        )[..., : n * (n - 1) // 2]
        found = tf.concat([head, flat], -1)
        if x.shape.ndims is not None:
            length = None if known is None else known * (known + 1) // 2
            found.set_shape(x.shape[:-2].concatenate([length]))
        return found


def matrix_diag_transform(
    matrix: Any, transform: Callable | None = None, name: str | None = None
) -> tf.Tensor:
    """`matrix` with `transform` of its diagonal, and the other elements as they are."""
    with tf.name_scope(name, "matrix_diag_transform", [matrix]):
        matrix = tf.convert_to_tensor(matrix, name="matrix")
        if transform is None:
            return matrix
        return tf.matrix_set_diag(matrix, transform(tf.matrix_diag_part(matrix)))


def tridiag(
    below: Any = None, diag: Any = None, above: Any = None, name: str | None = None
) -> tf.Tensor:
    """The sum of the matrices with these diagonals: `below` and `above` have one element less."""
    with tf.name_scope(name, "tridiag", [below, diag, above]):
        parts = []
        for values, front in ((below, True), (diag, None), (above, False)):
            if values is None:
                continue
            values = tf.convert_to_tensor(values)
            if front is None:
                parts.append(tf.matrix_diag(values))
                continue
            zeros = tf.zeros_like(values[..., :1])
            square = tf.matrix_diag(tf.concat([values, zeros] if front else [zeros, values], -1))
            parts.append(tf.roll(square, 1 if front else -1, axis=-2))
        if not parts:
            raise ValueError("Must specify at least one of `below`, `diag`, `above`.")
        return parts[0] if len(parts) == 1 else tf.add_n(parts)
