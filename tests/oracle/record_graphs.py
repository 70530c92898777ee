"""Makes graph files with TensorFlow 1.15.5: python record_graphs.py, with that TensorFlow.

A frozen graph, a .meta file with its checkpoint and a SavedModel, with what TensorFlow computes for
some inputs: for the tests of import in tests/graphdef.
"""

import os
import shutil

import numpy as np
import tensorflow as tf

FOLDER = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "graphdef", "fixtures"
)
IMAGES = np.random.RandomState(3).uniform(-1, 1, [3, 8, 8, 2]).astype(np.float32)


def network(x, training):
    """A small network with what image models have."""
    net = tf.layers.conv2d(x, 4, 3, padding="same", use_bias=False, name="conv1")
    net = tf.layers.batch_normalization(net, training=training, name="norm1")
    net = tf.nn.relu6(net)
    net = tf.layers.max_pooling2d(net, 2, 2)
    net = tf.nn.depthwise_conv2d(
        net, tf.get_variable("depthwise", [3, 3, 4, 1]), [1, 1, 1, 1], "SAME"
    )
    net = tf.nn.leaky_relu(net) + 0.1 * tf.nn.avg_pool(net, [1, 3, 3, 1], [1, 1, 1, 1], "SAME")
    net = tf.concat([net, tf.reverse(net, [1])], 3)
    net = tf.reshape(net, [tf.shape(net)[0], 4 * 4 * 8])
    net = tf.layers.dropout(net, 0.5, training=training)
    logits = tf.layers.dense(net, 5, name="logits")
    return tf.nn.softmax(logits, name="probabilities")


def frozen():
    with tf.Graph().as_default() as graph, tf.Session() as session:
        tf.set_random_seed(1)
        x = tf.placeholder(tf.float32, [None, 8, 8, 2], name="images")
        y = network(x, False)
        session.run(tf.global_variables_initializer())
        variables = session.run(tf.global_variables())
        tf.train.write_graph(graph.as_graph_def(), FOLDER, "unfrozen.pb", as_text=False)
        definition = tf.graph_util.convert_variables_to_constants(
            session, graph.as_graph_def(), [y.op.name]
        )
        tf.train.write_graph(definition, FOLDER, "frozen.pb", as_text=False)
        smaller = tf.graph_util.remove_training_nodes(definition)
        names = [n.name for n in definition.node], [n.name for n in smaller.node]
        np.savez(
            os.path.join(FOLDER, "frozen.npz"),
            probabilities=session.run(y, {x: IMAGES}),
            images=IMAGES,
            nodes=names[0],
            nodes_without_training=names[1],
            variables=len(variables),
        )


def training():
    """A network that is trained, dropout and batch normalization chosen when running."""
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(2)
        x = tf.placeholder(tf.float32, [None, 8, 8, 2], name="images")
        labels = tf.placeholder(tf.int64, [None], name="labels")
        is_training = tf.placeholder_with_default(False, [], name="is_training")
        y = network(x, is_training)
        loss = tf.reduce_mean(-tf.log(tf.reduce_sum(y * tf.one_hot(labels, 5), 1)), name="loss")
        step = tf.train.get_or_create_global_step()
        with tf.control_dependencies(tf.get_collection(tf.GraphKeys.UPDATE_OPS)):
            train = tf.train.AdamOptimizer(0.01).minimize(loss, global_step=step, name="train")
        tf.add_to_collection("outputs", y)
        tf.add_to_collection("numbers", 7)
        saver = tf.train.Saver()
        session.run(tf.global_variables_initializer())
        for _ in range(3):
            session.run(train, {x: IMAGES, labels: [0, 1, 2], is_training: True})
        saver.save(session, os.path.join(FOLDER, "training"), write_state=False)
        np.savez(
            os.path.join(FOLDER, "training.npz"),
            probabilities=session.run(y, {x: IMAGES}),
            loss=session.run(loss, {x: IMAGES, labels: [0, 1, 2]}),
            step=session.run(step),
            variables=[v.name for v in tf.global_variables()],
            trainable=[v.name for v in tf.trainable_variables()],
        )


def steps():
    """A network that is trained by TensorFlow's own gradient ops, without conditions."""
    with tf.Graph().as_default(), tf.Session() as session:
        tf.set_random_seed(4)
        x = tf.placeholder(tf.float32, [None, 8, 8, 2], name="images")
        labels = tf.placeholder(tf.int64, [None], name="labels")
        net = tf.layers.conv2d(x, 4, 3, padding="same", activation=tf.nn.relu)
        net = tf.layers.batch_normalization(net, training=True)
        net = tf.nn.max_pool(tf.nn.elu(net), [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
        net = tf.nn.leaky_relu(net) + tf.nn.avg_pool(net, [1, 3, 3, 1], [1, 1, 1, 1], "SAME")
        net = tf.concat([tf.sigmoid(net[:, 1:]), tf.tanh(net[:, :1])], 1)
        net = tf.layers.dense(tf.layers.flatten(net), 6, activation=tf.nn.softplus)
        net = net * tf.rsqrt(tf.reduce_sum(tf.square(net), 1, keepdims=True) + 1.0)
        logits = tf.layers.dense(net, 5)
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        tf.identity(loss, name="loss")
        tf.train.MomentumOptimizer(0.1, 0.9).minimize(loss, name="train")
        saver = tf.train.Saver()
        session.run(tf.global_variables_initializer())
        saver.save(session, os.path.join(FOLDER, "steps"), write_state=False)
        feeds = {x: IMAGES, labels: [0, 3, 1]}
        losses = [session.run(["loss:0", "train"], feeds)[0] for _ in range(6)]
        np.save(os.path.join(FOLDER, "steps.npy"), losses)


def saved_model():
    directory = os.path.join(FOLDER, "saved_model")
    shutil.rmtree(directory, ignore_errors=True)
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 3], name="x")
        w = tf.get_variable("w", initializer=np.float32([[1, 2], [3, 4], [5, 6]]))
        b = tf.get_variable("b", initializer=np.float32([1, -1]), use_resource=True)
        y = tf.nn.xw_plus_b(x, w, b, name="y")
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(session, directory, {"x": x}, {"y": y})


def conditions():
    """tf.cond in the forms that graphs have it: nested, with several results, with assignments."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [None], name="x")
        p = tf.placeholder(tf.bool, [], name="p")
        q = tf.placeholder(tf.bool, [], name="q")
        inner = tf.cond(p, lambda: tf.cond(q, lambda: x * 2, lambda: x - 1), lambda: x * x)
        a, b = tf.cond(q, lambda: (x + inner, tf.constant(3.0)), lambda: (inner, x[0]))
        c = tf.cond(q, lambda: tf.exp(a), lambda: a / 2 + b)
        tf.identity(tf.reduce_sum(c) + b, name="out")
        tf.train.write_graph(graph, FOLDER, "conditions.pb", as_text=False)
        values = {
            f"{int(i)}{int(j)}": session.run("out:0", {x: [1, 2, 3], p: i, q: j})
            for i in (False, True)
            for j in (False, True)
        }
        np.savez(os.path.join(FOLDER, "conditions.npz"), **values)


def loops():
    """tf.while_loop: with a matrix from outside, nested, and with a TensorArray (tf.map_fn)."""
    with tf.Graph().as_default() as graph, tf.Session() as session:
        x = tf.placeholder(tf.float32, [None, 2], name="x")
        m = tf.constant([[0.5, 0.1], [0.2, 0.4]])
        _, y = tf.while_loop(
            lambda i, y: i < 3, lambda i, y: (i + 1, tf.matmul(y, m) + tf.to_float(i)), [0, x]
        )

        def rows(i, total):
            _, found = tf.while_loop(
                lambda j, t: j < i, lambda j, t: (j + 1, t + tf.to_float(j)), [0, total]
            )
            return i + 1, found

        _, z = tf.while_loop(lambda i, t: i < 4, rows, [0, 0.0])
        tf.add(tf.reduce_sum(y), z, name="out")
        tf.identity(tf.map_fn(lambda row: row * 2 + row[0], x), name="mapped")
        tf.train.write_graph(graph, FOLDER, "loops.pb", as_text=False)
        out, mapped = session.run(["out:0", "mapped:0"], {x: [[1, 2], [3, 4], [5, 6]]})
        np.savez(os.path.join(FOLDER, "loops.npz"), out=out, mapped=mapped)


if __name__ == "__main__":
    shutil.rmtree(FOLDER, ignore_errors=True)
    os.makedirs(FOLDER)
    for make in (frozen, training, steps, saved_model, conditions, loops):
        make()
