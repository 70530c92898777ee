"""Write tests/ops/image_files.json: small image files, as TensorFlow 1.15.5 encodes them.

Run with TensorFlow 1.15.5: python tests/oracle/record_image_files.py
"""

import base64
import json
import os
import struct

import numpy as np
import tensorflow as tf
from recording import TESTS

rows, columns = np.mgrid[0:16, 0:20]
smooth = np.stack([rows * 12, columns * 10, (rows + columns) * 6], -1).astype(np.uint8)
noise = np.random.RandomState(0).randint(0, 256, [16, 20, 3]).astype(np.uint8)
alpha = np.concatenate([smooth, noise[:, :, :1]], -1)
deep = np.random.RandomState(1).randint(0, 65536, [5, 6, 4]).astype(np.uint16)
gradient = np.add.outer(np.arange(9) * 700, np.arange(11) * 900).astype(np.uint16)[:, :, None]
images = {
    "smooth.jpg": tf.image.encode_jpeg(smooth),
    "noise.jpg": tf.image.encode_jpeg(noise, quality=60),
    "full_chroma.jpg": tf.image.encode_jpeg(noise, chroma_downsampling=False, progressive=True),
    "gray.jpg": tf.image.encode_jpeg(smooth[:, :, 1:2]),
    "smooth.png": tf.image.encode_png(smooth),
    "alpha.png": tf.image.encode_png(alpha),
    "gray.png": tf.image.encode_png(smooth[:, :, 1:2]),
    "gray_alpha.png": tf.image.encode_png(alpha[:, :, 2:]),
    "deep_gray.png": tf.image.encode_png(tf.constant(gradient)),
    "deep_gray_alpha.png": tf.image.encode_png(tf.constant(deep[:, :, :2])),
    "deep.png": tf.image.encode_png(tf.constant(deep[:, :, :3])),
    "deep_smooth.png": tf.image.encode_png(
        tf.constant(np.tile(gradient, [1, 1, 3]) * np.array([1, 2, 3], np.uint16)), compression=9
    ),
    "deep_alpha.png": tf.image.encode_png(tf.constant(deep)),
}
with tf.Session() as session:
    files = session.run(images)


def bitmap(width, height, bits, pixels):
    """A BMP file of rows of bytes."""
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, 0, len(pixels), 0, 0, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(pixels), 0, 0, 54) + head + pixels


files["color.bmp"] = bitmap(3, 2, 24, bytes(bytearray(range(1, 25))))
files["from_top.bmp"] = bitmap(3, -2, 24, bytes(bytearray(range(1, 25))))
files["alpha.bmp"] = bitmap(2, 2, 32, bytes(bytearray(range(1, 17))))
files["gray.bmp"] = bitmap(3, 2, 8, bytes(bytearray(range(1, 9))))
files["cut.bmp"] = files["color.bmp"][:60]
files["one.gif"] = base64.b64decode("R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=")
files["cut.jpg"] = files["smooth.jpg"][:200]
files["cut.png"] = files["smooth.png"][:60]
files["text"] = b"hello"
files["empty"] = b""
with open(os.path.join(TESTS, "ops", "image_files.json"), "w") as file:
    made = {name: base64.b64encode(data).decode() for name, data in sorted(files.items())}
    json.dump({"source": "by tests/oracle/record_image_files.py", "files": made}, file, indent=1)
    file.write("\n")
