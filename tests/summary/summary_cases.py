"""Summaries and their inputs, run by the recording script and by the test: `run(tf, *case)`."""

import numpy as np

_VALUES = {
    "floats": np.float32([0, 0.1, -0.1, 5, 1e30, -3]),
    "one": np.float32([1]),
    "nothing": np.float32([]),
    "tiny": np.float32([1e-12, 1e-13, 0]),
    "huge": np.float32([1e25, -1e25, 1]),
    "ints": np.arange(-50, 200).reshape(5, 50),
    "spread": np.concatenate([-np.logspace(-13, 22, 700), np.logspace(-13, 22, 700)]),
}
_RANDOM = np.random.RandomState(5)
_IMAGES = {
    "bytes": _RANDOM.randint(0, 256, [2, 3, 4, 3]).astype(np.uint8),
    "positive": _RANDOM.uniform(0, 2, [4, 3, 5, 1]).astype(np.float32),
    "signed": _RANDOM.uniform(-3, 2, [2, 4, 3, 3]).astype(np.float32),
    "rgba": _RANDOM.uniform(0, 1, [1, 4, 3, 4]).astype(np.float32),
    "half": _RANDOM.uniform(-3, 2, [2, 4, 3, 1]).astype(np.float16),
    "double": _RANDOM.uniform(0, 200, [2, 4, 3, 1]),
    "zeros": np.zeros([1, 2, 2, 1], np.float32),
    "small": np.full([1, 2, 2, 1], 1e-7, np.float32),
    "bad": np.float32([[[[0.1, 0.2, 0.3], [1, np.nan, 1]], [[0, np.inf, 0], [-0.2, 0, 0]]]]),
    "all_bad": np.full([1, 2, 2, 1], np.nan, np.float32),
}
_SOUNDS = {
    "mono": np.float32([[0, 0.5, -1, 2, -2, 0.1, 0.33333, -0.33333, 1]]),
    "stereo": _RANDOM.uniform(-1, 1, [2, 20, 2]).astype(np.float32),
}


def cases():
    found = [("names",)]
    found += [("histogram", name) for name in _VALUES]
    found += [("image", name) for name in _IMAGES]
    found += [("image_of_one", "bytes")]
    found += [("audio", name) for name in _SOUNDS]
    found += [("tensor", name) for name in ("floats", "ints", "one")]
    return found


def _pixels(tf, value):
    image = value.image
    if tf.__name__ == "scopeflow":
        import io

        from PIL import Image

        opened = Image.open(io.BytesIO(image.encoded_image_string))
        found = np.asarray(opened)
    else:
        with tf.Session() as session:
            found = session.run(tf.image.decode_png(image.encoded_image_string))
    shape = [image.height, image.width, image.colorspace]
    return [value.tag, shape, found.ravel().tolist()]


def run(tf, kind, name=""):
    with tf.Graph().as_default() as graph, tf.Session() as session:
        if kind == "names":
            return _names(tf, graph)
        if kind == "histogram":
            made = tf.summary.histogram("h", tf.constant(_VALUES[name]))
        elif kind.startswith("image"):
            most = {"max_outputs": 1} if kind == "image_of_one" else {}
            made = tf.summary.image("pictures", tf.constant(_IMAGES[name]), **most)
            summary = tf.Summary.FromString(session.run(made))
            return [_pixels(tf, value) for value in summary.value]
        elif kind == "audio":
            made = tf.summary.audio("sounds", tf.constant(_SOUNDS[name]), 8000.0, max_outputs=2)
        else:
            made = tf.summary.tensor_summary("t", tf.constant(_VALUES[name]), display_name="shown")
        return session.run(made).hex()


def _names(tf, graph):
    x = tf.placeholder(tf.float32, [], name="x")
    with tf.name_scope("net"):
        first = tf.summary.scalar("loss it", x)
        tf.summary.scalar("loss", x, family="fam")
        tf.summary.histogram("h", 3.0, collections=["other", "more"])
        tf.summary.image("im", tf.zeros([1, 1, 1, 1]), family="F f")
        tf.summary.audio("au", tf.zeros([1, 1]), 8000)
        tf.summary.text("note", tf.constant("hi"))
        tf.summary.tensor_summary("t", x)
        tf.summary.scalar("loss it", x)
    tf.summary.scalar("/lead/x", 1.0)
    tf.summary.scalar("z", 1.0, family="f/")
    tf.summary.merge([first])
    tf.summary.merge([first], collections=["merged"], name="foo")
    tf.summary.merge_all()
    tf.summary.merge_all(scope="net/l", name="bar")
    ops = [
        [
            op.name,
            op.type,
            [t.name for t in op.inputs],
            op.node_def.attr["value"].tensor.string_val[:],
        ]
        for op in graph.get_operations()
    ]
    for op in ops:
        op[3] = [text.decode("latin-1") for text in op[3]]
    kept = {
        key: [t.name for t in graph.get_collection(key)]
        for key in ("summaries", "other", "more", "merged")
    }
    return [ops, kept]
