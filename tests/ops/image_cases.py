"""Samples of colors, adjustments, flips and crops; recorded_image.json has TensorFlow's outcomes.

`each` gives a sample three forms: the image's shape known, known but for its sizes, and unknown.
"""

import numpy as np

from .image_resize_cases import pixels, with_gradient

SAMPLES = {}


def add(label, build, image, gradient=False, forms=("known", "sizes", "rank")):
    """Samples `build(tf, image tensor)` of the image in several forms."""

    def known(tf):
        if gradient:
            return with_gradient(tf, lambda x: build(tf, x), image, known=True)
        return build(tf, tf.convert_to_tensor(image))

    def sizes(tf):
        return build(tf, tf.placeholder_with_default(image, [None] * image.ndim))

    def rank(tf):
        return build(tf, tf.placeholder_with_default(image, None))

    for form in forms:
        SAMPLES[f"{label}, {form}"] = {"known": known, "sizes": sizes, "rank": rank}[form]


def wide(*shape):
    """Pixels of which some lie outside [0, 1]."""
    return pixels(*shape) * np.float32(2) - np.float32(0.5)


ONE, MANY, BYTES = pixels(3, 4, 3), pixels(2, 3, 4, 3), pixels(3, 4, 3, dtype="uint8")
GRAY = np.full((2, 2, 3), 0.25, np.float32)

# Colors.

for (
    name
) in "rgb_to_hsv hsv_to_rgb rgb_to_yuv yuv_to_rgb rgb_to_yiq yiq_to_rgb rgb_to_grayscale".split():
    hsv = name in ("rgb_to_hsv", "hsv_to_rgb")
    for label, image in (("one", ONE), ("many", MANY), ("flat", ONE[0])):
        forms = ("known", "sizes", "rank") if hsv else ("known",)
        add(
            f"{name} {label}",
            lambda tf, x, name=name: getattr(tf.image, name)(x),
            image,
            gradient=not hsv and label == "one",
            forms=forms,
        )
    add(f"{name} gray", lambda tf, x, name=name: getattr(tf.image, name)(x), GRAY, forms=["known"])
    one_channel = ONE[..., :1]
    add(f"{name} bad", lambda tf, x, name=name: getattr(tf.image, name)(x), one_channel)
add("rgb_to_grayscale bytes", lambda tf, x: tf.image.rgb_to_grayscale(x), BYTES, forms=["known"])
add("grayscale_to_rgb", lambda tf, x: tf.image.grayscale_to_rgb(x), ONE[..., :1])
add("grayscale_to_rgb bytes", lambda tf, x: tf.image.grayscale_to_rgb(x), BYTES[..., :1])
add("grayscale_to_rgb bad", lambda tf, x: tf.image.grayscale_to_rgb(x), ONE)

# Dtypes.

KINDS = ("uint8", "uint16", "int8", "int16", "int32", "int64", "float16", "float32", "float64")
for have in KINDS:
    for want in KINDS:
        values = np.linspace(0, 1, 6)
        if np.dtype(have).kind in "iu":
            values = values * float(np.iinfo(have).max // 2)
        if {have, want} & {"int64"} and {have, want} & {"float16", "float32", "float64"}:
            continue
        if (have, want) == ("float32", "int32"):
            values = values / 2
        if have == "float16" and want not in ("uint8", "int8", "float32", "float64"):
            continue
        add(
            f"convert {have} {want}",
            lambda tf, x, want=want: tf.image.convert_image_dtype(x, getattr(tf, want)),
            values.astype(have),
            forms=["known"],
        )
for want in ("uint8", "int16"):
    add(
        f"convert saturated {want}",
        lambda tf, x, want=want: tf.image.convert_image_dtype(x, getattr(tf, want), saturate=True),
        wide(2, 3),
        forms=["known"],
    )
SAMPLES["convert to bool"] = lambda tf: tf.image.convert_image_dtype(tf.zeros([2]), tf.bool)

# Adjustments.

ADJUSTMENTS = {
    "adjust_brightness": (0.3, -0.4),
    "adjust_contrast": (0.5, 1.7),
    "adjust_hue": (0.1, -0.3, 0.9),
    "adjust_saturation": (0.5, 3.0, 0.0),
    "adjust_gamma": (0.5, 2, -1.0),
}
for name, amounts in ADJUSTMENTS.items():
    for amount in amounts:
        images = (("one", ONE), ("many", MANY), ("bytes", BYTES), ("float64", ONE.astype("f8")))
        for label, image in images:
            add(
                f"{name} {amount} {label}",
                lambda tf, x, name=name, amount=amount: getattr(tf.image, name)(x, amount),
                image,
                forms=["sizes"] if label == "many" else ["known"],
            )
    add(
        f"{name} flat",
        lambda tf, x, name=name: getattr(tf.image, name)(x, 0.5),
        ONE[0],
        forms=["known"],
    )
    add(
        f"{name} one channel",
        lambda tf, x, name=name: getattr(tf.image, name)(x, 0.5),
        ONE[..., :1],
        forms=["known"],
    )
add("adjust_gamma gain", lambda tf, x: tf.image.adjust_gamma(x, 2.0, 0.5), BYTES, forms=["known"])
add("adjust_gamma tensor", lambda tf, x: tf.image.adjust_gamma(x, tf.constant(-1.0)), ONE)
add("adjust_hue grays", lambda tf, x: tf.image.adjust_hue(x, 0.3), GRAY, forms=["known"])
add("adjust_saturation grays", lambda tf, x: tf.image.adjust_saturation(x, 2.0), GRAY)
BAD_RANGES = {
    "random_brightness": [(-1.0,)],
    "random_contrast": [(2.0, 1.0), (-1.0, 1.0)],
    "random_saturation": [(1.0, 1.0), (-1.0, 1.0)],
    "random_hue": [(0.6,), (-0.1,)],
}
for name, ranges in BAD_RANGES.items():
    for given in ranges:
        add(
            f"{name} {given}",
            lambda tf, x, name=name, given=given: getattr(tf.image, name)(x, *given),
            ONE,
            forms=["known"],
        )
for label, image in {
    "one": wide(3, 4, 3),
    "many": MANY,
    "bytes": BYTES,
    "even": np.ones((2, 2, 1), np.float32),
    "flat": ONE[0],
    "large": pixels(3, 2, 1) * np.float32(255),
}.items():
    add(
        f"standardized {label}",
        lambda tf, x: tf.image.per_image_standardization(x),
        image,
        gradient=image.dtype == np.float32 and label != "even",
    )

# Flips and turns.

for name in ("flip_left_right", "flip_up_down", "transpose_image", "rot90"):
    for label, image in {
        "one": ONE,
        "many": MANY,
        "bytes": BYTES,
        "flat": ONE[0],
        "rank 5": MANY[None],
        "empty": ONE[:0],
    }.items():
        if label in ("rank 5", "empty"):
            forms = ("known",)
        elif label == "many":  # TensorFlow takes images of unknown rank for single ones
            forms = ("known", "sizes")
        else:
            forms = ("known", "sizes", "rank")
        add(f"{name} {label}", lambda tf, x, name=name: getattr(tf.image, name)(x), image,
            forms=forms)  # fmt: skip
for turns in (0, 2, 3, 5, -1):
    add(f"rot90 {turns} times", lambda tf, x, k=turns: tf.image.rot90(x, k), ONE)
    add(
        f"rot90 {turns} times, many",
        lambda tf, x, k=turns: tf.image.rot90(x, tf.constant(k)),
        MANY,
        forms=["known", "sizes"],
    )

# Crops and borders.

BOXES = {
    "crop_to_bounding_box": [(1, 1, 2, 3), (0, 0, 3, 4), (-1, 0, 2, 2), (1, 1, 3, 3), (0, 0, 0, 2)],
    "pad_to_bounding_box": [(1, 2, 6, 7), (0, 0, 3, 4), (-1, 0, 9, 9), (1, 1, 3, 9)],
    "resize_image_with_crop_or_pad": [(2, 7), (5, 2), (3, 4), (8, 9), (0, 3)],
    "central_crop": [(0.5,), (0.3,), (0.9,), (1.0,), (0.0,), (1.5,)],
}
for name, boxes in BOXES.items():
    for box in boxes:
        for label, image in (("one", ONE), ("many", MANY), ("bytes", BYTES)):
            if label == "bytes" and box != boxes[0]:
                continue
            if name == "central_crop" and label != "bytes":
                forms = ("known", "sizes", "rank")
            else:
                forms = ("known", "sizes")
            add(
                f"{name} {box} {label}",
                lambda tf, x, name=name, box=box: getattr(tf.image, name)(x, *box),
                image,
                gradient=label == "one" and box == boxes[0],
                forms=forms,
            )
    add(
        f"{name} flat",
        lambda tf, x, name=name, box=boxes[0]: getattr(tf.image, name)(x, *box),
        ONE[0],
        forms=["known"],
    )
add(
    "crop by tensors",
    lambda tf, x: tf.image.crop_to_bounding_box(
        x, *(tf.placeholder_with_default(n, []) for n in (1, 0, 2, 3))
    ),
    ONE,
)
add(
    "crop outside by tensors",
    lambda tf, x: tf.image.crop_to_bounding_box(
        x, *(tf.placeholder_with_default(n, []) for n in (1, 0, 3, 3))
    ),
    ONE,
)
for target in ((6, 9), (2, 2), (9, 4)):
    for method in (0, 1):
        add(
            f"resize_image_with_pad {target} {method}",
            lambda tf, x, target=target, method=method: tf.image.resize_image_with_pad(
                x, *target, method=method
            ),
            ONE,
            forms=["known", "sizes"],
        )
