"""Whether TensorFlow runs the graphs that scopeflow exports, and computes the same.

python check_exported_graphs.py write DIRECTORY     with scopeflow
python check_exported_graphs.py check DIRECTORY     with TensorFlow 1.15.5
"""

import os
import sys

import numpy as np

IMAGES = np.random.RandomState(3).uniform(-1, 1, [3, 8, 8, 2]).astype(np.float32)


def network(tf):
    x = tf.placeholder(tf.float32, [None, 8, 8, 2], name="x")
    training = tf.placeholder_with_default(False, [], name="training")
    w = tf.get_variable("w", [3, 3, 2, 4])
    net = tf.nn.conv2d(x, w, [1, 1, 1, 1], "SAME")
    net = tf.nn.bias_add(net, tf.get_variable("b", [4], use_resource=True))
    mean, variance = tf.nn.moments(net, [0, 1, 2])
    net = tf.nn.batch_normalization(net, mean, variance, 0.1, 1.5, 1e-3)
    net = tf.nn.max_pool(tf.nn.relu6(net), [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
    net = tf.cond(training, lambda: net * 2, lambda: tf.nn.leaky_relu(net - 0.2))
    net = tf.concat([net, tf.reverse(net, [1])], 3)
    net = tf.transpose(tf.pad(net, [[0, 0], [1, 1], [0, 0], [0, 0]]), [0, 3, 1, 2])
    net = tf.reshape(net, [tf.shape(net)[0], -1, 4])
    net = tf.nn.softmax(tf.reduce_mean(net[:, ::2, 1:], 1) + tf.one_hot([0], 3))
    values, places = tf.nn.top_k(net, 2)
    tf.add(tf.reduce_sum(values), tf.cast(tf.reduce_sum(places), tf.float32), name="out")


def loops(tf):
    x = tf.placeholder(tf.float32, [None, 8, 8, 2], name="x")
    rows = tf.reshape(x, [-1, 8])

    def body(i, t):
        t = tf.cond(i % 2 > 0, lambda: t * 0.5, lambda: tf.tanh(t) + tf.cast(i, tf.float32))
        _, t = tf.while_loop(lambda j, u: j < i, lambda j, u: (j + 1, u + rows[0, 0]), [0, t])
        return i + 1, t

    _, found = tf.while_loop(lambda i, t: i < 4, body, [0, rows])
    tf.reduce_sum(tf.map_fn(lambda row: row * row[0], found), name="out")


def write(directory):
    import scopeflow as tf

    os.makedirs(directory, exist_ok=True)
    for build in (network, loops):
        with tf.Graph().as_default() as graph, tf.Session() as session:
            build(tf)
            session.run(tf.global_variables_initializer())
            definition = tf.graph_util.convert_variables_to_constants(
                session, graph.as_graph_def(add_shapes=True), ["out"]
            )
            tf.train.write_graph(definition, directory, build.__name__ + ".pb", as_text=False)
            value = session.run("out:0", {"x:0": IMAGES})
            np.save(os.path.join(directory, build.__name__ + ".npy"), value)


def check(directory):
    import tensorflow as tf

    for name in ("network", "loops"):
        definition = tf.GraphDef()
        with open(os.path.join(directory, name + ".pb"), "rb") as file:
            definition.ParseFromString(file.read())
        with tf.Graph().as_default(), tf.Session() as session:
            tf.import_graph_def(definition, name="")
            found = session.run("out:0", {"x:0": IMAGES})
        wanted = np.load(os.path.join(directory, name + ".npy"))
        np.testing.assert_allclose(found, wanted, rtol=1e-5)
        print(name, "agrees:", found, wanted)


if __name__ == "__main__":
    {"write": write, "check": check}[sys.argv[1]](sys.argv[2])
