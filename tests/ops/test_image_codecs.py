"""Image files against TensorFlow 1.15.5."""

import io

import numpy as np
import pytest
from PIL import Image

import scopeflow as tf

from . import image_codecs_cases, recorded
from .image_codecs_cases import FILES

RECORDED = recorded.load("image_codecs")


@pytest.mark.parametrize("label", image_codecs_cases.SAMPLES)
def test_as_tensorflow_does(label):
    recorded.check(tf, image_codecs_cases.SAMPLES[label], RECORDED[label])


def run(build):
    with tf.Graph().as_default(), tf.Session() as session:
        return session.run(build())


def test_a_jpeg_file_is_close_to_the_image():
    image = np.stack([np.add.outer(np.arange(24) * 4, np.arange(32) * 3)] * 3, -1).astype(np.uint8)
    for more in ({}, {"progressive": True}, {"optimize_size": True, "chroma_downsampling": False}):
        found = run(lambda more=more: tf.image.decode_jpeg(tf.image.encode_jpeg(image, **more)))
        assert np.abs(found.astype(int) - image).max() < 8


def test_what_a_jpeg_file_tells_of_itself():
    given = {"density_unit": "cm", "x_density": 30, "y_density": 40, "xmp_metadata": "<x/>"}
    data = run(lambda: tf.image.encode_jpeg(np.zeros([8, 8, 3], np.uint8), **given))
    image = Image.open(io.BytesIO(data))
    assert image.info["jfif_unit"] == 2 and image.info["jfif_density"] == (30, 40)
    assert image.info["xmp"] == b"<x/>"
    assert run(lambda: tf.image.decode_jpeg(data)).shape == (8, 8, 3)


def test_a_cut_file_can_be_recovered():
    data = FILES["noise.jpg"][:-60]
    whole = run(lambda: tf.image.decode_jpeg(FILES["noise.jpg"]))
    with pytest.raises(tf.errors.InvalidArgumentError, match="JPEG"):
        run(lambda: tf.image.decode_jpeg(data))
    found = run(lambda: tf.image.decode_jpeg(data, try_recover_truncated=True))
    assert found.shape == whole.shape
    np.testing.assert_array_equal(found[:, :14], whole[:, :14])


def test_frames_of_an_animation():
    frames = [np.full([4, 5, 3], level, np.uint8) for level in (0, 128, 255)]
    stream = io.BytesIO()
    first, *others = map(Image.fromarray, frames)
    first.save(stream, "GIF", save_all=True, append_images=others)
    data = stream.getvalue()
    np.testing.assert_array_equal(run(lambda: tf.image.decode_gif(data)), frames)
    np.testing.assert_array_equal(run(lambda: tf.image.decode_image(data)), frames)
    first_frame = run(lambda: tf.image.decode_image(data, expand_animations=False))
    np.testing.assert_array_equal(first_frame, frames[0])
    with pytest.raises(tf.errors.InvalidArgumentError, match="3 frames"):
        run(lambda: tf.image.decode_png(data))


def palette(mode):
    image = Image.fromarray(np.arange(12, dtype=np.uint8).reshape(3, 4))
    if mode == "P":
        image.putpalette([level for i in range(256) for level in (i, 2 * i % 256, 255 - i)])
    stream = io.BytesIO()
    (image.convert(mode) if mode == "1" else image).save(stream, "PNG")
    return stream.getvalue()


def test_png_files_with_a_palette_or_one_bit():
    found = run(lambda: tf.image.decode_png(palette("P")))
    assert found.shape == (3, 4, 3) and found[2, 3].tolist() == [11, 22, 244]
    assert run(lambda: tf.image.decode_png(palette("1"))).shape == (3, 4, 1)


@pytest.mark.parametrize("kind", ["png", "gif", "jpg"])
def test_a_bomb_is_refused(kind, monkeypatch):
    monkeypatch.setattr(Image, "MAX_IMAGE_PIXELS", 30)
    name = {"png": "smooth.png", "gif": None, "jpg": "smooth.jpg"}[kind]
    stream = io.BytesIO()
    if name is None:
        Image.new("L", (20, 20)).save(stream, "GIF")
    data = FILES[name] if name else stream.getvalue()
    with pytest.raises(tf.errors.InvalidArgumentError, match="too large"):
        run(lambda: tf.image.decode_image(data))


def test_a_deep_png_file_that_promises_too_much():
    """A header with a huge size and few data ends in an error, not in a huge array."""
    data = bytearray(FILES["deep.png"])
    data[16:24] = b"\x00\x01\x00\x00\x00\x01\x00\x00"
    import zlib

    data[29:33] = zlib.crc32(bytes(data[12:29])).to_bytes(4, "big")
    with pytest.raises(tf.errors.InvalidArgumentError, match="not enough data"):
        run(lambda: tf.image.decode_png(bytes(data), dtype=tf.uint16))


def test_jpeg_quality():
    image = np.random.RandomState(0).uniform(0, 1, [16, 16, 1]).astype(np.float32)
    low, high = (
        np.abs(run(lambda q=q: tf.image.adjust_jpeg_quality(image, q)) - image).mean()
        for q in (5, 100)
    )
    assert high < 0.5 * low
    with tf.Graph().as_default(), tf.Session() as session:
        drawn = tf.image.random_jpeg_quality(image, 1, 100, seed=1)
        assert not np.array_equal(session.run(drawn), session.run(drawn))
    for bad in ((5, 5), (-1, 5), (5, 101)):
        with pytest.raises(ValueError, match="jpeg"):
            tf.image.random_jpeg_quality(image, *bad)


def test_names_and_shapes():
    with tf.Graph().as_default():
        data = tf.placeholder(tf.string, [])
        assert tf.image.decode_jpeg(data, channels=3).shape.as_list() == [None, None, 3]
        assert tf.image.decode_png(data).shape.as_list() == [None, None, None]
        assert tf.image.decode_gif(data).shape.as_list() == [None, None, None, 3]
        assert tf.image.decode_image(data).op.name == "decode_image/cond_jpeg/Merge"
        assert tf.image.decode_image(data).shape.ndims is None
        crop = tf.image.decode_and_crop_jpeg(data, [0, 0, 5, 6], channels=1)
        assert crop.shape.as_list() in ([5, 6, 1], [None, None, 1])
