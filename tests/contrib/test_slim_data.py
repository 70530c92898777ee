"""slim's data sets: records of files as named tensors."""

import numpy as np
import pytest

import scopeflow as tf

slim = tf.contrib.slim
decoder = slim.tfexample_decoder


@pytest.fixture(autouse=True)
def _graph():
    with tf.Graph().as_default():
        yield


def example(number):
    def ints(values):
        return tf.train.Feature(int64_list=tf.train.Int64List(value=values))

    def floats(values):
        return tf.train.Feature(float_list=tf.train.FloatList(value=values))

    features = {
        "label": ints([number]),
        "values": floats([number, 1.0, 2.0, 3.0]),
        "box/ymin": floats([0.0, 0.5]),
        "box/xmin": floats([0.1] * 2),
        "box/ymax": floats([0.2, 0.6]),
        "box/xmax": floats([0.3] * 2),
        "indices": ints([1, 3]),
    }
    return tf.train.Example(features=tf.train.Features(feature=features)).SerializeToString()


def make_decoder():
    coordinates = {
        f"box/{side}": tf.VarLenFeature(tf.float32) for side in ("ymin", "xmin", "ymax", "xmax")
    }
    features = {
        "label": tf.FixedLenFeature([1], tf.int64),
        "values": tf.VarLenFeature(tf.float32),
        "indices": tf.VarLenFeature(tf.int64),
        **coordinates,
    }
    items = {
        "label": decoder.Tensor("label", shape=[]),
        "matrix": decoder.Tensor("values", shape=[2, 2]),
        "boxes": decoder.BoundingBox(prefix="box/"),
        "double": decoder.ItemHandlerCallback(["label"], lambda tensors: tensors["label"] * 2),
    }
    return decoder.TFExampleDecoder(features, items)


def test_an_example_is_decoded():
    made = make_decoder()
    assert made.list_items() == ["label", "matrix", "boxes", "double"]
    items = made.decode(tf.constant(example(7)))
    with tf.Session() as sess:
        label, matrix, boxes, double = sess.run(items)
    assert (label, double.tolist()) == (7, [14])
    assert matrix.tolist() == [[7.0, 1.0], [2.0, 3.0]]
    np.testing.assert_allclose(boxes, [[0.0, 0.1, 0.2, 0.3], [0.5, 0.1, 0.6, 0.3]])


def test_a_data_set_is_read(tmp_path):
    path = str(tmp_path / "data-0")
    with tf.python_io.TFRecordWriter(path) as writer:
        for number in range(4):
            writer.write(example(number))
    data = slim.dataset.Dataset(
        str(tmp_path / "data-*"),
        tf.TFRecordReader,
        make_decoder(),
        4,
        {"label": "a number"},
        classes=3,
    )
    assert data.classes == 3
    provider = slim.dataset_data_provider.DatasetDataProvider(data, shuffle=False, num_epochs=1)
    label, matrix = provider.get(["label", "matrix"])
    assert provider.num_samples() == 4
    with pytest.raises(ValueError, match=r"Item \[other\] is invalid"):
        provider.get(["other"])
    with tf.Session() as sess:
        sess.run(tf.local_variables_initializer())
        with slim.queues.QueueRunners(sess):
            assert [int(sess.run(label)) for _ in range(4)] == [0, 1, 2, 3]
    assert matrix.shape.as_list() == [2, 2]
