"""Constants with one number everywhere are stored as that number, as TensorFlow stores them."""

import numpy as np
import pytest

import scopeflow as tf


@pytest.mark.parametrize(
    "value", [1.5, 0.0, -0.0, float("nan"), np.int8(-3), np.True_, np.float16(2)]
)
def test_one_number_everywhere(value):
    with tf.Graph().as_default() as graph:
        array = np.full([40, 5], value)
        constant = tf.constant(array, name="c")
        definition = graph.as_graph_def()
        assert len(definition.node[0].attr["value"].tensor.tensor_content) == 0
        assert definition.ByteSize() < 200
    with tf.Graph().as_default(), tf.Session() as session:
        tf.import_graph_def(definition, name="")
        found = session.run("c:0")
        assert found.dtype == constant.dtype.as_numpy_dtype
        assert found.tobytes() == array.astype(found.dtype).tobytes()


def test_other_constants_are_whole():
    with tf.Graph().as_default() as graph:
        array = np.ones([40, 5], np.float32)
        array[7, 3] = -1
        tf.constant(array)
        tensor = graph.as_graph_def().node[0].attr["value"].tensor
        np.testing.assert_array_equal(tf.make_ndarray(tensor), array)
