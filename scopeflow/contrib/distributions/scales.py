"""Linear operators of the arguments that distributions and bijectors take for a scale."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


def _diagonal(loc: Any, diag: Any, multiplier: Any) -> Any:
    """The sum of `diag` and `multiplier`, ones of the size of `loc` if both are missing."""
    if multiplier is not None:
        multiplier = tf.convert_to_tensor(multiplier, name="scale_identity_multiplier")
    if diag is not None:
        diag = tf.convert_to_tensor(diag, name="scale_diag")
        return diag if multiplier is None else diag + multiplier[..., None]
    if loc is None:
        raise ValueError(
            "Cannot infer `event_shape` unless `loc` or `scale_diag` or `scale_tril` is specified."
        )
    loc = tf.convert_to_tensor(loc, name="loc")
    ones = tf.ones(tf.shape(loc)[-1:], loc.dtype.base_dtype)
    if multiplier is None:
        return ones
    return ones * multiplier[..., None]


def _sound(diag: tf.Tensor, validate_args: bool, positive: bool) -> tf.Tensor:
    """Checked to be positive; whether it is singular is asked where it is used."""
    if not validate_args or not positive:
        return diag
    message = "diagonal part must be positive"
    with tf.control_dependencies([tf.assert_positive(diag, message=message)]):
        return tf.identity(diag)


def diag_operator(
    loc: Any, diag: Any, multiplier: Any, validate_args: bool, assert_positive: bool = False
) -> Any:
    """diag + multiplier I; I of the size of `loc` where neither is given."""
    entries = _sound(_diagonal(loc, diag, multiplier), validate_args, assert_positive)
    return tf.linalg.LinearOperatorDiag(
        entries, is_non_singular=True, is_self_adjoint=True,
        is_positive_definite=True if assert_positive else None,
    )  # fmt: skip


def tril_operator(
    loc: Any,
    tril: Any,
    diag: Any,
    multiplier: Any,
    validate_args: bool,
    assert_positive: bool = False,
) -> Any:
    """The lower triangle of `tril`, plus diag + multiplier I on its diagonal."""
    if tril is None:
        return diag_operator(loc, diag, multiplier, validate_args, assert_positive)
    matrix = tf.matrix_band_part(tf.convert_to_tensor(tril, name="scale_tril"), -1, 0)
    entries = tf.matrix_diag_part(matrix)
    if diag is not None or multiplier is not None:
        entries = entries + _diagonal(entries, diag, multiplier)
    entries = _sound(entries, validate_args, assert_positive)
    matrix = tf.matrix_set_diag(matrix, entries)
    return tf.linalg.LinearOperatorLowerTriangular(matrix, is_non_singular=True)


def low_rank_operator(scale: Any, factor: Any, diag: Any) -> Any:
    """scale + factor diag(diag) factor^T as a full matrix."""
    factor = tf.convert_to_tensor(factor, name="scale_perturb_factor")
    left = factor
    if diag is not None:
        left = factor * tf.convert_to_tensor(diag, name="scale_perturb_diag")[..., None, :]
    update = tf.matmul(left, factor, transpose_b=True)
    return tf.linalg.LinearOperatorFullMatrix(
        scale.to_dense() + update, is_non_singular=True, is_self_adjoint=True
    )
