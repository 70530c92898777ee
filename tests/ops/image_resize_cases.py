"""Samples of the resampling ops, with their gradients; recorded_image_resize.json has TensorFlow's.

Gradients and values: [op(image), gradient of the sum of squares].
"""

import numpy as np

RULES = {"plain": {}, "corners": {"align_corners": True}, "half": {"half_pixel_centers": True}}
SIZES = ([3, 6], [5, 4], [9, 2], [1, 1], [10, 8])
OPS = ("resize_bilinear", "resize_bicubic", "resize_nearest_neighbor", "resize_area")
SAMPLES = {}


def pixels(*shape, dtype="float32", seed=3):
    """Pixels between 0 and 1, or bytes."""
    found = np.random.RandomState(seed).uniform(0, 1, shape)
    return (found * 255).astype(dtype) if np.dtype(dtype).kind in "iu" else found.astype(dtype)


def with_gradient(tf, build, image, known=False):
    """The value, and the gradient of its squares; `known`: the image's shape always is."""
    image = tf.convert_to_tensor(image) if known else tf.constant(image)
    found = build(image)
    return [found, tf.gradients(tf.square(found), image)[0]]


def resizing(op, size, rule, dtype="float32"):
    image = pixels(2, 5, 4, 2, dtype=dtype)
    floats = np.dtype(dtype).kind == "f" and op != "resize_area"

    def build(tf):
        def resize(x):
            return getattr(tf.image, op)(x, size, **rule)

        return with_gradient(tf, resize, image) if floats else resize(tf.constant(image))

    return build


for op in OPS:
    for rule, given in RULES.items():
        if op == "resize_area" and rule == "half":
            continue
        for size in SIZES:
            SAMPLES[f"{op} {rule} {size}"] = resizing(op, size, given)
    SAMPLES[f"{op} bytes"] = resizing(op, [3, 6], {}, "uint8")
    SAMPLES[f"{op} int32"] = resizing(op, [3, 6], {}, "int32")
    SAMPLES[f"{op} float64"] = resizing(op, [7, 3], {}, "float64")


def images(method, size=(3, 6), shape=(5, 4, 2), known=True, dtype="float32", **more):
    def build(tf):
        image = pixels(*shape, dtype=dtype)
        if known:
            image = tf.convert_to_tensor(image)
        else:
            image = tf.placeholder_with_default(image, [None] * len(shape))
        return tf.image.resize_images(image, size, method, **more)

    return build


for method in (0, 1, 2, 3, "bilinear", "nearest", "bicubic", "area"):
    SAMPLES[f"resize_images {method}"] = images(method)
SAMPLES.update(
    {
        "resize_images batch": images(0, shape=(2, 5, 4, 2)),
        "resize_images unknown sizes": images(0, known=False),
        "resize_images corners": images(2, align_corners=True),
        "resize_images same size": images(0, (5, 4), dtype="uint8"),
        "resize_images same size, unknown": images(0, (5, 4), dtype="uint8", known=False),
        "resize_images proportions": images(0, (3, 6), preserve_aspect_ratio=True),
        "resize_images proportions, unknown": images(
            0, (3, 6), preserve_aspect_ratio=True, known=False
        ),
        "resize_images proportions, large": images(
            1, (40, 33), shape=(7, 3, 1), preserve_aspect_ratio=True
        ),
        "resize_images method 7": images(7),
        "resize_images one size": images(0, [3]),
        "resize_images scalar": images(0, 3),
        "resize_images float size": images(0, [3.0, 2.0]),
        "resize_images flat": images(0, shape=(5, 4)),
        "zero size": lambda tf: tf.image.resize_bilinear(tf.constant(pixels(1, 2, 2, 1)), [0, 2]),
        "rank 3": lambda tf: tf.image.resize_bilinear(pixels(2, 2, 1), [3, 2]),
        "rank 3 when running": lambda tf: tf.image.resize_bilinear(
            tf.placeholder_with_default(pixels(2, 2, 1), None), [3, 2]
        ),
        "no batch": lambda tf: tf.image.resize_bilinear(tf.constant(pixels(0, 2, 2, 1)), [3, 2]),
        "no channels": lambda tf: tf.image.resize_bicubic(tf.constant(pixels(1, 2, 2, 0)), [3, 2]),
        "no rows": lambda tf: tf.image.resize_area(tf.constant(pixels(1, 0, 2, 1)), [3, 2]),
        "both rules": lambda tf: tf.image.resize_bilinear(
            tf.constant(pixels(1, 2, 2, 1)), [3, 2], True, None, True
        ),
        "int64 size": lambda tf: tf.image.resize_area(
            tf.constant(pixels(1, 2, 2, 1)), tf.constant([3, 2], tf.int64)
        ),
        "booleans": lambda tf: tf.image.resize_bilinear(tf.constant([[[[True]]]]), [3, 2]),
    }
)
