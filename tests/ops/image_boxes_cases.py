"""Samples of boxes on images and of measures; recorded_image_boxes.json has TensorFlow's."""

import numpy as np

from .image_resize_cases import pixels, with_gradient

SAMPLES = {}
IMAGES = pixels(2, 5, 4, 2)
BOXES = np.array([[0.1, 0.2, 0.9, 0.8], [0.9, 0.9, 0.1, 0.1], [-0.3, 0, 1, 1.2], [0, 0, 1, 1]], "f")


def cropped(size, boxes=BOXES, places=(0, 1, 0, 1), images=IMAGES, gradient=True, **more):
    def build(tf):
        image, box = tf.constant(images), tf.constant(np.array(boxes, "f"))
        found = tf.image.crop_and_resize(
            image, box, tf.constant(np.array(places, "i")), size, **more
        )
        return [found, *tf.gradients(tf.square(found), [image, box])] if gradient else found

    return build


SAMPLES.update(
    {
        "crop 3 2": cropped([3, 2]),
        "crop 1 1": cropped([1, 1]),
        "crop 7 1": cropped([7, 1]),
        "crop nearest": cropped([3, 2], method="nearest"),
        "crop extrapolated": cropped([4, 4], extrapolation_value=7),
        "crop bytes": cropped([3, 3], images=pixels(2, 4, 4, 1, dtype="uint8"), gradient=False),
        "crop none": cropped([2, 2], np.zeros([0, 4]), [], gradient=False),
        "crop no such image": cropped([2, 2], places=[0, 1, 2, 0], gradient=False),
        "crop zero size": cropped([0, 2], gradient=False),
        "crop method": cropped([2, 2], method="cubic", gradient=False),
        "crop one size": cropped([2], gradient=False),
        "crop both names": lambda tf: tf.image.crop_and_resize(
            IMAGES, BOXES, [0] * 4, [2, 2], box_indices=[0] * 4
        ),
        "crop new name": lambda tf: tf.image.crop_and_resize(
            IMAGES, BOXES, crop_size=[2, 2], box_indices=[0] * 4
        ),
        "crop no places": lambda tf: tf.image.crop_and_resize(IMAGES, BOXES, crop_size=[2, 2]),
        "crop five numbers": cropped([2, 2], np.zeros([4, 5]), gradient=False),
    }
)


def glimpse(size, offset, **more):
    def build(tf):
        return tf.raw_ops.ExtractGlimpse(
            input=tf.constant(pixels(1, 5, 4, 2)),
            size=size,
            offsets=tf.constant(np.array([offset], "f")),
            uniform_noise=False,
            noise="zero",
            **more,
        )

    return build


for rule in (
    {}, {"centered": False}, {"normalized": False}, {"normalized": False, "centered": False},
):  # fmt: skip
    for place in ([0, 0], [1, -1], [0.4, 0.3], [2, 1], [-3, -1]):
        SAMPLES[f"glimpse {sorted(rule)} {place}"] = glimpse([3, 2], place, **rule)
SAMPLES["glimpse large"] = glimpse([9, 6], [0.0, 0.0])
SAMPLES["glimpse three numbers"] = glimpse([3, 2], [0.0, 0.0, 1.0])
SAMPLES["glimpse noise"] = lambda tf: tf.raw_ops.ExtractGlimpse(
    input=IMAGES, size=[2, 2], offsets=np.zeros([2, 2], "f"), noise="loud", uniform_noise=False
)
SAMPLES["glimpse two noises"] = lambda tf: tf.raw_ops.ExtractGlimpse(
    input=IMAGES, size=[2, 2], offsets=np.zeros([2, 2], "f"), noise="zero"
)

# Suppression.

SIX = np.array(
    [
        [0, 0, 1, 1], [0, 0.1, 1, 1.1], [0, -0.1, 1, 0.9], [0, 10, 1, 11], [0, 10.1, 1, 11.1],
        [0, 100, 1, 101],
    ],
    "f",
)  # fmt: skip
SCORES = np.array([0.9, 0.75, 0.6, 0.95, 0.5, 0.3], "f")
MANY = np.random.RandomState(4).uniform(0, 1, [60, 4]).astype("f")
MANY[:, 2:] = MANY[:, :2] + 0.4 * np.random.RandomState(6).uniform(0, 1, [60, 2])
MANY_SCORES = np.random.RandomState(5).uniform(0, 1, 60).astype("f")


def suppressed(kind, *given, boxes=SIX, scores=SCORES, **more):
    def build(tf):
        function = getattr(tf.image, f"non_max_suppression{kind}")
        found = function(tf.constant(boxes), tf.constant(scores), *given, **more)
        return tuple(found) if isinstance(found, tuple) else found

    return build


SAMPLES.update(
    {
        "suppressed 3": suppressed("", 3),
        "suppressed threshold": suppressed("", 10, 0.9),
        "suppressed score": suppressed("", 10, 0.5, 0.4),
        "suppressed other corners": suppressed("", 10, boxes=SIX[:, [2, 3, 0, 1]]),
        "suppressed all": suppressed("", -1),
        "suppressed none": suppressed("", 0),
        "suppressed no boxes": suppressed("", 5, boxes=SIX[:0], scores=SCORES[:0]),
        "suppressed bad threshold": suppressed("", 5, 1.5),
        "suppressed bad scores": suppressed("", 5, scores=SCORES[:2]),
        "suppressed bad boxes": suppressed("", 5, boxes=np.zeros([6, 5], "f")),
        "suppressed many": suppressed("", 40, 0.3, boxes=MANY, scores=MANY_SCORES),
        "suppressed scores": suppressed("_with_scores", 6, 0.5, 0.1),
        "suppressed padded": suppressed("_padded", 6, 0.5, pad_to_max_output_size=True),
        "suppressed not padded": suppressed("_padded", 6, 0.5, 0.4),
        "suppressed softly many": suppressed(
            "_with_scores", 60, 0.5, 0.05, 0.3, boxes=MANY, scores=MANY_SCORES
        ),
        "overlaps": lambda tf: tf.image.non_max_suppression_overlaps(
            [[1, 0.6, 0.2], [0.6, 1, 0.4], [0.2, 0.4, 1]], [0.9, 0.8, 0.7], 5, 0.4, 0.1
        ),
        "overlaps scores": lambda tf: tf.image.non_max_suppression_overlaps(
            [[1, 0.6, 0.2], [0.6, 1, 0.4], [0.2, 0.4, 1]], [0.9, 0.8, 0.7], 5, 0.5, 0.75
        ),
        "overlaps not square": lambda tf: tf.image.non_max_suppression_overlaps(
            np.zeros([2, 3], "f"), [0.9, 0.8, 0.7], 5
        ),
    }
)
for sigma in (0.1, 0.5, 1.0):
    for threshold in (0.3, 1.0):
        SAMPLES[f"suppressed softly {sigma} {threshold}"] = suppressed(
            "_with_scores", 6, threshold, 0.05, sigma
        )


def combined(boxes, *given, **more):
    def build(tf):
        scores = np.stack([SCORES, 0.97 - SCORES], -1)[None] * [[[1.0]], [[0.55]]]
        found = tf.image.combined_non_max_suppression(
            tf.constant(boxes), tf.constant(scores.astype("f")), *given, **more
        )
        return tuple(found)

    return build


SHARED = np.tile(SIX[None, :, None] / 12, [2, 1, 1, 1]).astype("f")
EACH = np.concatenate([SHARED, SHARED[:, ::-1]], 2)
SAMPLES.update(
    {
        "combined": combined(SHARED, 2, 5),
        "combined padded": combined(SHARED, 2, 9, pad_per_class=True),
        "combined score": combined(SHARED * 12, 2, 3, 0.5, 0.5),
        "combined not clipped": combined(SHARED * 12, 2, 3, clip_boxes=False),
        "combined each class": combined(EACH, 3, 9, 0.3, 0.1),
        "combined three classes": combined(np.tile(SHARED, [1, 1, 3, 1]), 2, 3),
        "combined zero": combined(SHARED, 2, 0),
        "combined zero each": combined(SHARED, 0, 2),
    }
)

# Drawing and sampling.


def drawn(boxes, depth=3, **more):
    return lambda tf: tf.image.draw_bounding_boxes(
        tf.constant(pixels(1, 6, 7, depth)), tf.constant(np.array([boxes], "f")), **more
    )


INSIDE = [0.2, 0.2, 0.8, 0.8]
SAMPLES.update(
    {
        "drawn": drawn([INSIDE]),
        "drawn three": drawn([INSIDE, [0, 0, 1, 1], [-0.2, 0.3, 0.5, 1.4]]),
        "drawn upside down": drawn([[0.8, 0.2, 0.2, 0.8]]),
        "drawn outside": drawn([[1.2, 1.2, 1.8, 1.8], [-0.9, -0.9, -0.5, -0.5]]),
        "drawn point": drawn([[0.5] * 4]),
        "drawn gray": drawn([INSIDE], 1),
        "drawn with alpha": drawn([INSIDE] * 12, 4),
        "drawn two channels": drawn([INSIDE], 2),
        "drawn color": drawn([INSIDE, [0, 0, 1, 1]], colors=[[0.5, 0.6, 0.7]]),
        "drawn two colors": drawn(
            [INSIDE, [0, 0, 1, 1]], colors=[[0.5, 0.6, 0.7, 0.8], [0.1, 0.2, 0.3, 0.4]]
        ),
        "drawn gray color": drawn([INSIDE], 1, colors=[[0.5, 0.6, 0.7]]),
        "drawn short color": drawn([INSIDE], colors=[[0.5, 0.6]]),
        "drawn bytes": lambda tf: tf.image.draw_bounding_boxes(
            tf.zeros([1, 3, 3, 3], tf.uint8), [[INSIDE]]
        ),
        "drawn other batch": lambda tf: tf.image.draw_bounding_boxes(
            tf.zeros([1, 3, 3, 3]), [[INSIDE], [INSIDE]]
        ),
    }
)


def sampled(size=(10, 12, 3), boxes=(), **more):
    def build(tf):
        box = np.array(boxes, "f").reshape(1, -1, 4)
        return tuple(tf.image.sample_distorted_bounding_box(size, box, **more))

    return build


WHOLE = {"use_image_if_no_bounding_boxes": True}
SAMPLES.update(
    {
        "sampled without boxes": sampled(),
        "sampled impossible": sampled(min_object_covered=1.5, **WHOLE),
        "sampled negative area": sampled(area_range=[-2.0, 1.0], **WHOLE),
        "sampled three areas": sampled(area_range=[0.2, 0.5, 0.6], **WHOLE),
        "sampled no attempts": sampled(max_attempts=0, **WHOLE),
        "sampled outside": sampled(boxes=[0.1, 0.2, 1.9, 0.8]),
        "sampled empty box": sampled(boxes=[0.9, 0.2, 0.1, 0.8]),
        "sampled two sizes": sampled((10, 12), [0.1, 0.2, 0.9, 0.8]),
        "sampled bytes": lambda tf: tuple(
            tf.image.sample_distorted_bounding_box(
                tf.constant([10, 12, 3], tf.uint8), [[[0, 0, 1, 1]]], min_object_covered=1.5
            )
        ),
    }
)

# Measures.

OTHER = (IMAGES + pixels(2, 5, 4, 2, seed=7)) / np.float32(2)
LARGE, LARGER = pixels(2, 14, 13, 2), pixels(2, 14, 13, 2, seed=8)


def measure(function, a=LARGE, b=LARGER, largest=1.0, gradient=True, **more):
    def build(tf):
        def of(x):
            return getattr(tf.image, function)(x, tf.constant(b), largest, **more)

        return with_gradient(tf, of, a) if gradient else of(tf.constant(a))

    return build


A_BYTES, B_BYTES = (pixels(1, 14, 13, 2, dtype="uint8", seed=seed) for seed in (3, 4))
SAMPLES.update(
    {
        "psnr": measure("psnr", IMAGES, OTHER),
        "psnr one": measure("psnr", IMAGES[0], OTHER[0], 2.0),
        "psnr bytes": measure("psnr", A_BYTES, B_BYTES, 255, gradient=False),
        "psnr equal": measure("psnr", IMAGES, IMAGES, gradient=False),
        "ssim": measure("ssim"),
        "ssim one": measure("ssim", LARGE[0], LARGER[0], filter_size=5, filter_sigma=1.0),
        "ssim bytes": measure("ssim", A_BYTES, B_BYTES, 255, gradient=False),
        "ssim broadcast": measure("ssim", LARGE, LARGER[:1], k1=0.02, k2=0.1, gradient=False),
        "ssim small": measure("ssim", IMAGES, OTHER, gradient=False),
        "ssim two scales": measure(
            "ssim_multiscale",
            LARGE,
            LARGE / 2 + LARGER / 2,
            power_factors=(0.5, 0.5),
            filter_size=4,
        ),
        "ssim small scale": measure("ssim_multiscale", gradient=False),
    }
)
for label, image in {"one": IMAGES[0], "many": IMAGES}.items():
    for function in ("total_variation", "image_gradients", "sobel_edges"):
        SAMPLES[f"{function} {label}"] = lambda tf, image=image, function=function: getattr(
            tf.image, function
        )(tf.convert_to_tensor(image))
for function in ("total_variation", "sobel_edges"):
    SAMPLES[f"{function} gradient"] = lambda tf, function=function: with_gradient(
        tf, getattr(tf.image, function), IMAGES, known=True
    )
