"""Samples of tf.contrib.image and resampler; recorded_image_warp.json has TensorFlow's."""

import numpy as np

from .image_resize_cases import pixels

SAMPLES = {}
IMAGE, BATCH = pixels(5, 6), pixels(2, 5, 6, 2)
LINE = [1.0, 0.1, 0.2, -0.1, 1.0, 0.3, 0.0, 0.0]
PROJECTION = [1.0, 0.1, 0.2, -0.1, 1.0, 0.3, 0.01, 0.02]


def gradients(tf, build, *inputs):
    """The value, and the gradients of its squares."""
    tensors = [tf.convert_to_tensor(x) for x in inputs]
    found = build(*tensors)
    return [found, *tf.gradients(tf.square(found), tensors)]


def moved(function, *given, image=IMAGE, gradient=True, **more):
    def build(tf):
        def move(x):
            return getattr(tf.contrib.image, function)(x, *given, **more)

        return gradients(tf, move, image) if gradient else move(tf.convert_to_tensor(image))

    return build


for kind in ("NEAREST", "BILINEAR"):
    SAMPLES.update(
        {
            f"translate {kind}": moved("translate", [1.0, 2.0], interpolation=kind),
            f"translate part {kind}": moved("translate", [0.5, -0.25], interpolation=kind),
            f"translate each {kind}": moved(
                "translate", [[1.0, 2.0], [0.0, -1.5]], image=BATCH, interpolation=kind
            ),
            f"rotate {kind}": moved("rotate", 0.3, interpolation=kind),
            f"rotate color {kind}": moved("rotate", -1.2, image=BATCH[0], interpolation=kind),
            f"rotate each {kind}": moved("rotate", [0.3, 2.0], image=BATCH, interpolation=kind),
            f"line {kind}": moved("transform", LINE, interpolation=kind),
            f"projection {kind}": moved("transform", PROJECTION, interpolation=kind),
            f"size {kind}": moved("transform", LINE, output_shape=[3, 8], interpolation=kind),
            f"bytes {kind}": moved(
                "transform",
                PROJECTION,
                image=pixels(4, 5, dtype="uint8"),
                interpolation=kind,
                gradient=False,
            ),
        }
    )
SAMPLES.update(
    {
        "rank 5": moved("transform", LINE, image=BATCH[None], gradient=False),
        "complex": moved("transform", LINE, image=IMAGE.astype("complex64"), gradient=False),
        "angles": lambda tf: tf.contrib.image.angles_to_projective_transforms(
            [0.3, -1.0], 5.0, 7.0
        ),
        "angle": lambda tf: tf.contrib.image.angles_to_projective_transforms(0.3, 5, 7),
        "moves": lambda tf: tf.contrib.image.translations_to_projective_transforms([1.0, 2.0]),
        "composed": lambda tf: tf.contrib.image.compose_transforms(LINE, PROJECTION, LINE),
        "matrices": lambda tf: tf.contrib.image.flat_transforms_to_matrices([LINE, PROJECTION]),
        "flat": lambda tf: tf.contrib.image.matrices_to_flat_transforms(
            np.array([[[2, 0.1, 0.2], [-0.1, 1, 0.3], [0.01, 0.02, 2]]], "f")
        ),
        "regions": lambda tf: tf.contrib.image.connected_components(
            np.array([[1, 1, 0, 2], [0, 1, 0, 2], [3, 0, 1, 1], [3, 3, 0, 0]], "i")
        ),
        "regions of truth": lambda tf: tf.contrib.image.connected_components(
            np.random.RandomState(0).uniform(size=[3, 9, 8]) < 0.6
        ),
        "regions of strings": lambda tf: tf.contrib.image.connected_components(
            np.array([["a", "a", ""], ["b", "a", "b"]])
        ),
        "regions of rank 4": lambda tf: tf.contrib.image.connected_components(BATCH),
        "warp": lambda tf: gradients(
            tf,
            tf.contrib.image.dense_image_warp,
            BATCH,
            np.random.RandomState(0).normal(size=[2, 5, 6, 2]).astype("f"),
        ),
        "resampled": lambda tf: gradients(
            tf,
            tf.contrib.resampler.resampler,
            BATCH,
            np.random.RandomState(1).uniform(-2, 6, [2, 9, 2]).astype("f"),
        ),
        "resampled at pixels": lambda tf: gradients(
            tf,
            tf.contrib.resampler.resampler,
            BATCH[:1],
            np.array([[[[0, 0], [-0.5, 1]], [[4.5, 4], [5, 4]], [[-2, 0], [-1, 2]]]], "f"),
        ),
    }
)
DISTANCES = np.array([[0.5, 0.1, 0.9], [0.2, 0.3, 0.4]], "f")
for rows, most in ((2, -1), (-1, 1), (1, -1), (-1.0, -1)):
    SAMPLES[f"match {rows} {most}"] = lambda tf, rows=rows, most=most: list(
        tf.contrib.image.bipartite_match(tf.convert_to_tensor(DISTANCES), rows, most)
    )
POINTS = np.array([[[0, 0], [0, 4], [4, 0], [4, 4], [2, 2.5]]], "f")
VALUES = np.array([[[1.0], [2], [3], [4], [5]]], "f")
QUERIES = np.array([[[1, 1], [2, 3], [5, 5], [0.5, 0]]], "f")
for order in (1, 2, 3, 4):
    SAMPLES[f"spline {order}"] = lambda tf, order=order: tf.contrib.image.interpolate_spline(
        POINTS / 4, VALUES, QUERIES / 4, order
    )
SAMPLES["smooth spline"] = lambda tf: tf.contrib.image.interpolate_spline(
    POINTS, VALUES, QUERIES, 2, regularization_weight=0.5
)
START, END = np.array([[[1.0, 1], [3, 3]]], "f"), np.array([[[1.5, 1], [3, 2.5]]], "f")
for border, order in ((1, 2), (2, 1), (3, 2)):
    SAMPLES[f"sparse warp {border} {order}"] = lambda tf, border=border, order=order: list(
        tf.contrib.image.sparse_image_warp(
            tf.convert_to_tensor(BATCH[:1]), START, END, order, num_boundary_points=border
        )
    )
