"""Samples of image files decoded and encoded; recorded_image_codecs.json has TensorFlow's."""

import base64
import json
import os

import numpy as np

with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "image_files.json")) as _file:
    FILES = {name: base64.b64decode(text) for name, text in json.load(_file)["files"].items()}
SAMPLES = {}
EXACT = {"dct_method": "INTEGER_ACCURATE"}
DECODERS = ("decode_jpeg", "decode_png", "decode_gif", "decode_bmp", "decode_image")


def decoded(function, name, *given, **more):
    def build(tf):
        return getattr(tf.image, function)(tf.constant(FILES[name]), *given, **more)

    return build


for _name in FILES:
    jpeg = _name.endswith(".jpg") and _name != "cut.jpg"
    for _decoder in DECODERS:
        if jpeg and _decoder != "decode_jpeg":
            continue  # with TensorFlow's fast method
        png = _name.endswith(".png") and _name not in ("smooth.png", "gray_alpha.png", "cut.png")
        if png and _decoder in ("decode_jpeg", "decode_gif", "decode_bmp"):
            continue
        for _channels in (0,) if _decoder == "decode_gif" else (0, 1, 2, 3, 4):
            if _decoder == "decode_image" and _name.endswith("bmp") and _channels == 4:
                continue
            more = dict(EXACT) if _decoder == "decode_jpeg" else {}
            if _decoder != "decode_gif":
                more["channels"] = _channels
            if _decoder == "decode_bmp" and not _name.endswith((".bmp", "text", "empty")):
                continue  # TensorFlow reads anything as a bitmap
            SAMPLES[f"{_decoder} {_name} {_channels}"] = decoded(_decoder, _name, **more)
    if _name.endswith(".png"):
        for _type in ("uint16", "float32"):
            SAMPLES[f"decode_image {_name} {_type}"] = lambda tf, name=_name, dtype=_type: (
                tf.image.decode_image(tf.constant(FILES[name]), dtype=getattr(tf, dtype))
            )
        SAMPLES[f"decode_png {_name} uint16"] = lambda tf, name=_name: tf.image.decode_png(
            tf.constant(FILES[name]), dtype=tf.uint16
        )
JPEG = FILES["smooth.jpg"]
SAMPLES.update(
    {
        "half": decoded("decode_jpeg", "smooth.jpg", ratio=2, **EXACT),
        "quarter": decoded("decode_jpeg", "gray.jpg", ratio=4, **EXACT),
        "eighth": decoded("decode_jpeg", "noise.jpg", ratio=8, **EXACT),
        "third": decoded("decode_jpeg", "smooth.jpg", ratio=3),
        "method": decoded("decode_jpeg", "smooth.jpg", dct_method="SLOW"),
        "floats": lambda tf: tf.image.decode_png(tf.constant(FILES["gray.png"]), dtype=tf.float32),
        "several": lambda tf: tf.image.decode_jpeg(tf.constant([JPEG])),
        "first frame": decoded("decode_image", "one.gif", expand_animations=False),
        "crop outside": decoded("decode_and_crop_jpeg", "smooth.jpg", [2, 3, 80, 9]),
        "crop negative": decoded("decode_and_crop_jpeg", "smooth.jpg", [-2, 3, 8, 9]),
        "crop three": decoded("decode_and_crop_jpeg", "smooth.jpg", [2, 3, 8]),
        "crop": decoded("decode_and_crop_jpeg", "gray.jpg", [8, 8, 8, 12], **EXACT),
        "shape": decoded("extract_jpeg_shape", "smooth.jpg"),
        "shape gray": lambda tf: tf.image.extract_jpeg_shape(FILES["gray.jpg"], tf.int64),
        "shape of png": decoded("extract_jpeg_shape", "gray.png"),
        "is_jpeg": lambda tf: tf.image.is_jpeg(tf.constant(list(map(FILES.get, sorted(FILES))))),
    }
)


def encoded(function, *shape, **more):
    def build(tf):
        image = np.random.RandomState(2).randint(0, 256, shape).astype(np.uint8)
        data = getattr(tf.image, function)(tf.convert_to_tensor(image), **more)
        if function == "encode_png":
            return tf.image.decode_png(data)
        return tf.image.extract_jpeg_shape(data)

    return build


for _depth in (1, 2, 3, 4, 5):
    SAMPLES[f"encode_png {_depth}"] = encoded("encode_png", 3, 4, _depth)
    SAMPLES[f"encode_jpeg {_depth}"] = encoded("encode_jpeg", 3, 4, _depth)
for _number in (-2, 0, 9, 10):
    SAMPLES[f"compression {_number}"] = encoded("encode_png", 3, 4, 3, compression=_number)
for _number in (-1, 0, 100, 101):
    SAMPLES[f"quality {_number}"] = encoded("encode_jpeg", 3, 4, 3, quality=_number)
for _format in ("", "grayscale", "rgb", "cmyk"):
    for _depth in (1, 3):
        SAMPLES[f"format {_format} {_depth}"] = encoded("encode_jpeg", 3, 4, _depth, format=_format)
SAMPLES.update(
    {
        "centimeters": encoded("encode_jpeg", 3, 4, 1, density_unit="cm"),
        "millimeters": encoded("encode_jpeg", 3, 4, 1, density_unit="mm"),
        "batch to png": encoded("encode_png", 1, 3, 4, 1),
        "flat to jpeg": encoded("encode_jpeg", 3, 4),
        "deep png": lambda tf: tf.image.decode_png(
            tf.image.encode_png(tf.constant([[[256, 7, 65535]]], tf.uint16)), dtype=tf.uint16
        ),
    }
)
