"""Five networks as TensorFlow 1 programs wrote them, for what a PyTorch module is used for.

Each function builds one: its inputs, its output, and a function that gives a batch of inputs.
"""

import numpy as np

import scopeflow as tf
from scopeflow.contrib import slim

WORDS, WIDTH, LENGTH = 11, 8, 4


def _images(side, channels):
    def batch(rows):
        return (np.random.RandomState(rows).randn(rows, side, side, channels).astype(np.float32),)

    return batch


def _tokens(rows):
    return (np.random.RandomState(rows).randint(0, WORDS, [rows, LENGTH]).astype(np.int32),)


def conv_relu(images, kernel_shape, bias_shape):
    """The tutorial's."""
    weights = tf.get_variable("weights", kernel_shape, initializer=tf.random_normal_initializer())
    biases = tf.get_variable("biases", bias_shape, initializer=tf.constant_initializer(0.0))
    conv = tf.nn.conv2d(images, weights, strides=[1, 1, 1, 1], padding="SAME")
    return tf.nn.relu(conv + biases)


def create_model(images):
    """The tutorial's."""
    with tf.variable_scope("conv1"):
        hidden = conv_relu(images, [5, 5, 4, 4], [4])
    with tf.variable_scope("conv2"):
        return conv_relu(hidden, [5, 5, 4, 4], [4])


def tutorial():
    """The function of the variable scope tutorial."""
    images = tf.placeholder(tf.float32, [None, 5, 5, 4], name="images")
    return [images], create_model(images), _images(5, 4)


def lstm():
    """A language model: two layers of LSTM cells through dynamic_rnn."""
    tokens = tf.placeholder(tf.int32, [None, LENGTH], name="tokens")
    with tf.variable_scope("model", initializer=tf.random_uniform_initializer(-0.3, 0.3)):
        table = tf.get_variable("embedding", [WORDS, WIDTH])
        cells = [tf.nn.rnn_cell.BasicLSTMCell(WIDTH, forget_bias=0.5) for _ in range(2)]
        cell = tf.nn.rnn_cell.MultiRNNCell(cells)
        hidden, _ = tf.nn.dynamic_rnn(cell, tf.nn.embedding_lookup(table, tokens), dtype=tf.float32)
        softmax_w = tf.get_variable("softmax_w", [WIDTH, WORDS])
        softmax_b = tf.get_variable("softmax_b", [WORDS])
        flat = tf.reshape(hidden, [-1, WIDTH])
        logits = tf.reshape(tf.nn.xw_plus_b(flat, softmax_w, softmax_b), [-1, LENGTH, WORDS])
    return [tokens], logits, _tokens


def transformer():
    """A decoder layer whose cache of keys and values grows in a tf.while_loop."""
    tokens = tf.placeholder(tf.int32, [None, LENGTH], name="tokens")
    rows = tf.shape(tokens)[0]

    def dense(x, units, name):
        kernel = tf.get_variable(name, [x.shape[-1].value, units])
        return tf.tensordot(x, kernel, [[-1], [0]])

    with tf.variable_scope("embedding"):
        table = tf.get_variable("table", [WORDS, WIDTH])
        places = tf.get_variable("places", [LENGTH, WIDTH])

    def step(place, keys, values, found):
        embedded = (tf.gather(table, tokens[:, place]) + places[place])[:, None]
        with tf.variable_scope("layer", reuse=tf.AUTO_REUSE):
            normed = tf.contrib.layers.layer_norm(embedded, begin_norm_axis=-1, scope="norm")
            query = dense(normed, WIDTH, "query")
            keys = tf.concat([keys, dense(normed, WIDTH, "key")], 1)
            values = tf.concat([values, dense(normed, WIDTH, "value")], 1)
            scores = tf.matmul(query, keys, transpose_b=True) / WIDTH**0.5
            mixed = tf.matmul(tf.nn.softmax(scores), values)
            hidden = embedded + tf.nn.relu(dense(mixed, WIDTH, "out"))
            logits = dense(hidden, WORDS, "logits")
        return place + 1, keys, values, tf.concat([found, logits], 1)

    def empty(width):
        return tf.zeros(tf.stack([rows, 0, width]))

    *_, logits = tf.while_loop(
        lambda place, *_: place < LENGTH,
        step,
        [tf.constant(0), empty(WIDTH), empty(WIDTH), empty(WORDS)],
        shape_invariants=[
            tf.TensorShape([]),
            tf.TensorShape([None, None, WIDTH]),
            tf.TensorShape([None, None, WIDTH]),
            tf.TensorShape([None, None, WORDS]),
        ],
    )
    return [tokens], logits, _tokens


def resnet():
    """Two residual blocks with batch normalization, by tf.layers."""
    images = tf.placeholder(tf.float32, [None, 6, 6, 3], name="images")
    training = tf.placeholder_with_default(False, [], name="training")

    def conv_norm(x, filters, strides=1):
        x = tf.layers.conv2d(x, filters, 3, strides, padding="same", use_bias=False)
        return tf.layers.batch_normalization(x, training=training, fused=True, momentum=0.9)

    x = tf.nn.relu(conv_norm(images, 4))
    for number in range(2):
        with tf.variable_scope(f"block{number}"):
            shortcut = tf.layers.conv2d(x, 4, 1, number + 1, name="shortcut")
            x = tf.nn.relu(conv_norm(x, 4, number + 1))
            x = tf.nn.relu(conv_norm(x, 4) + shortcut)
    return [images], tf.layers.dense(tf.reduce_mean(x, [1, 2]), 5, name="logits"), _images(6, 3)


def slim_network():
    """Convolutions, batch normalization and dropout under an arg_scope."""
    images = tf.placeholder(tf.float32, [None, 8, 8, 3], name="images")
    training = tf.placeholder(tf.bool, [], name="is_training")
    with slim.arg_scope(
        [slim.conv2d, slim.fully_connected],
        weights_regularizer=slim.l2_regularizer(0.0005),
        weights_initializer=tf.truncated_normal_initializer(stddev=0.2, seed=1),
        normalizer_fn=slim.batch_norm,
        normalizer_params={"is_training": training, "decay": 0.9, "scale": True},
    ):
        with tf.variable_scope("vgg"):
            net = slim.repeat(images, 2, slim.conv2d, 4, [3, 3], scope="conv1")
            net = slim.max_pool2d(net, [2, 2], scope="pool1")
            net = slim.conv2d(net, 6, [3, 3], scope="conv2")
            net = slim.flatten(net)
            net = slim.fully_connected(net, 5, activation_fn=None, scope="fc")
    return [images], net, _images(8, 3)


NETWORKS = {
    "tutorial": tutorial,
    "lstm": lstm,
    "transformer": transformer,
    "resnet": resnet,
    "slim": slim_network,
}
