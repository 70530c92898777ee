"""Projective transforms: images moved, turned and distorted."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

_TYPES = (tf.uint8, tf.int32, tf.int64, tf.float16, tf.float32, tf.float64)


def rotate(images: Any, angles: Any, interpolation: str = "NEAREST", name: Any = None) -> Any:
    """Images turned counter-clockwise by `angles` (radians; one, or one for each image).

    See `transform` for `images` and `interpolation`.
    """
    with tf.name_scope(name, "rotate"):
        images = _checked(images)
        rows, columns = (tf.cast(side, tf.float32) for side in _sides(images))
        turns = angles_to_projective_transforms(angles, rows, columns)
        return transform(images, turns, interpolation=interpolation)


def translate(
    images: Any, translations: Any, interpolation: str = "NEAREST", name: Any = None
) -> Any:
    """Images moved by `translations` = [to the right, down] in pixels (one, or one a row).

    See `transform` for `images` and `interpolation`.
    """
    with tf.name_scope(name, "translate"):
        moves = translations_to_projective_transforms(translations)
        return transform(images, moves, interpolation=interpolation)


def _checked(images: Any) -> Any:
    images = tf.convert_to_tensor(images, name="images")
    if images.dtype.base_dtype not in _TYPES:
        raise TypeError(f"Invalid dtype {images.dtype.name}: images are of integers or floats.")
    return images


def _sides(images: Any) -> tuple[Any, Any]:
    """(rows, columns), which stand first in an image and second in a batch."""
    whole = tf.shape(images)
    first = 1 if images.shape.ndims == 4 else 0
    return whole[first], whole[first + 1]


def angles_to_projective_transforms(
    angles: Any, image_height: Any, image_width: Any, name: Any = None
) -> Any:
    """[angles, 8]: the transforms that turn images of this size around their center."""
    with tf.name_scope(name, "angles_to_projective_transforms"):
        angles = tf.convert_to_tensor(angles, dtype=tf.float32, name="angles")
        if angles.shape.ndims not in (0, 1):
            raise TypeError(f"Angles should have rank 0 or 1: {angles}")
        if angles.shape.ndims == 0:
            angles = angles[None]
        right = tf.cast(image_width, tf.float32) - 1.0
        below = tf.cast(image_height, tf.float32) - 1.0
        cosine, sine = tf.cos(angles), tf.sin(angles)
        x = (right - (cosine * right - sine * below)) / 2.0
        y = (below - (sine * right + cosine * below)) / 2.0
        none = tf.zeros_like(angles)
        return tf.stack([cosine, -sine, x, sine, cosine, y, none, none], axis=1)


def translations_to_projective_transforms(translations: Any, name: Any = None) -> Any:
    """[translations, 8]: the transforms that move images."""
    with tf.name_scope(name, "translations_to_projective_transforms"):
        moves = tf.convert_to_tensor(translations, dtype=tf.float32, name="translations")
        if moves.shape.ndims not in (1, 2):
            raise TypeError(f"Translations should have rank 1 or 2: {moves}")
        if moves.shape.ndims == 1:
            moves = moves[None]
        one, none = tf.ones_like(moves[:, 0]), tf.zeros_like(moves[:, 0])
        rows = [one, none, -moves[:, 0], none, one, -moves[:, 1], none, none]
        return tf.stack(rows, axis=1)


def transform(
    images: Any,
    transforms: Any,
    interpolation: str = "NEAREST",
    output_shape: Any = None,
    name: Any = None,
) -> Any:
    """Images [rows, columns], [rows, columns, channels] or a batch, each by its transform.

    A transform [a, b, c, d, e, f, g, h] (one, or one a row) tells where a pixel (x, y) of the
    result comes from: ((a x + b y + c) / k, (d x + e y + f) / k) with k = g x + h y + 1. What comes
    from outside is 0. `interpolation` is "NEAREST" or "BILINEAR", `output_shape` the result's
    [rows, columns]. The gradient is the transform back of the gradient, as TensorFlow has it.
    """
    with tf.name_scope(name, "transform"):
        images = _checked(images)
        rank = images.shape.ndims
        if rank is None:
            raise TypeError("The images' rank must be known: use set_shape.")
        if not 2 <= rank <= 4:
            raise TypeError(f"Images should have rank between 2 and 4, not {rank}.")
        size = tf.stack(_sides(images)) if output_shape is None else output_shape
        batch = {2: lambda: images[None, :, :, None], 3: lambda: images[None]}.get(
            rank, lambda: images
        )()
        rows = tf.convert_to_tensor(transforms, dtype=tf.float32, name="transforms")
        if rows.shape.ndims is None:
            raise TypeError("The transforms' rank must be known: use set_shape.")
        if rows.shape.ndims not in (1, 2):
            raise TypeError(f"Transforms should have rank 1 or 2, not {rows.shape.ndims}.")
        if rows.shape.ndims == 1:
            rows = rows[None]
        found = tf.raw_ops.ImageProjectiveTransformV2(
            images=batch,
            transforms=rows,
            output_shape=tf.convert_to_tensor(size, tf.int32),
            interpolation=interpolation.upper(),
        )
        return {2: lambda: found[0, :, :, 0], 3: lambda: found[0]}.get(rank, lambda: found)()


def compose_transforms(*transforms: Any) -> Any:
    """One transform for several: the pixels' places go through the last one first."""
    if not transforms:
        raise AssertionError("transforms cannot be empty")
    with tf.name_scope("compose_transforms"):
        found = flat_transforms_to_matrices(transforms[0])
        for other in transforms[1:]:
            found = tf.matmul(found, flat_transforms_to_matrices(other))
        return matrices_to_flat_transforms(found)


def flat_transforms_to_matrices(transforms: Any) -> Any:
    """[transforms, 3, 3]: transforms of eight numbers as matrices."""
    with tf.name_scope("flat_transforms_to_matrices"):
        rows = tf.convert_to_tensor(transforms, name="transforms")
        if rows.shape.ndims not in (1, 2):
            raise ValueError(f"Transforms should be 1D or 2D, got: {rows}")
        rows = tf.reshape(rows, [-1, 8])
        one = tf.ones([tf.shape(rows)[0], 1], rows.dtype.base_dtype)
        return tf.reshape(tf.concat([rows, one], axis=1), [-1, 3, 3])


def matrices_to_flat_transforms(transform_matrices: Any) -> Any:
    """[matrices, 8]: transforms of eight numbers of matrices, the last element made 1."""
    with tf.name_scope("matrices_to_flat_transforms"):
        matrices = tf.convert_to_tensor(transform_matrices, name="transform_matrices")
        if matrices.shape.ndims not in (2, 3):
            raise ValueError(f"Matrices should be 2D or 3D, got: {matrices}")
        rows = tf.reshape(matrices, [-1, 9])
        return (rows / rows[:, 8:9])[:, :8]
