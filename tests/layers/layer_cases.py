"""Programs that use `tf.layers`, for test_layers.py and tests/oracle/record_layers.py."""

from observing import image, observe


def cases():
    """The names of all programs."""
    return [(name,) for name in sorted(PROGRAMS)]


def run(tf, name):
    """What the program made."""
    return observe(tf, PROGRAMS[name])


def _relu(tf):
    return tf.nn.relu


def dense(tf):
    x = image(tf, 2, 4)
    l2 = tf.contrib.layers.l2_regularizer(0.1)
    y = tf.layers.dense(x, 3, activation=tf.nn.relu, kernel_regularizer=l2)
    z = tf.layers.dense(x, 3, use_bias=False, name="fc", activity_regularizer=l2)
    return y, z, tf.layers.dense(x, 3, name="fc", use_bias=False, reuse=True)


def dense_3d(tf):
    return tf.layers.dense(image(tf, 2, 3, 4), 5)


def dense_static_3d(tf):
    return tf.layers.dense(tf.ones([2, 3, 4]), 5)


def dense_object(tf):
    x = image(tf, 2, 4)
    layer = tf.layers.Dense(3, tf.tanh, bias_initializer=tf.ones_initializer())
    with tf.variable_scope("s"):
        a = layer(x)
    b = layer(x)
    with tf.variable_scope("s", reuse=tf.AUTO_REUSE):
        return a, b, tf.layers.dense(x, 3), tf.layers.dense(x, 2, name="new")


def dense_constraint(tf):
    return tf.layers.dense(image(tf, 2, 4), 3, kernel_constraint=tf.nn.relu, trainable=False)


def conv1d(tf):
    x = image(tf, 2, 9, 3)
    a = tf.layers.conv1d(x, 4, 3, strides=2, padding="same", activation=tf.nn.relu)
    b = tf.layers.conv1d(x, 4, 3, padding="causal", dilation_rate=2)
    c = tf.layers.conv1d(x, 4, [3], dilation_rate=2, padding="SAME", use_bias=False)
    d = tf.layers.conv1d(tf.transpose(x, [0, 2, 1]), 4, 3, data_format="channels_first")
    return a, b, c, d


def conv2d(tf):
    x = image(tf, 2, 8, 7, 3)
    l2 = tf.contrib.layers.l2_regularizer(0.1)
    a = tf.layers.conv2d(x, 4, 3, strides=2, padding="same", activation=tf.nn.relu)
    b = tf.layers.conv2d(x, 4, [3, 2], (2, 1), name="c", kernel_regularizer=l2)
    c = tf.layers.conv2d(x, 4, 3, dilation_rate=2, padding="same")
    d = tf.layers.conv2d(x, 4, 3, dilation_rate=(1, 2), use_bias=False)
    return a, b, c, d


def conv2d_object(tf):
    x = image(tf, 2, 8, 7, 3)
    layer = tf.layers.Conv2D(2, 3, name="both")
    return layer(x), layer(x[:, 1:]), tf.layers.Conv2D(2, 3, padding="SAME")(x)


def conv3d(tf):
    x = image(tf, 2, 5, 5, 5, 2)
    a = tf.layers.conv3d(x, 3, 3, activation=tf.nn.elu, padding="same")
    return a, tf.layers.conv3d(x, 3, (1, 2, 3), strides=(1, 2, 1))


def separable(tf):
    x = image(tf, 2, 8, 7, 3)
    a = tf.layers.separable_conv2d(x, 4, 3, depth_multiplier=2, activation=tf.nn.relu)
    b = tf.layers.separable_conv2d(x, 4, 3, strides=2, padding="same", use_bias=False)
    c = tf.layers.separable_conv2d(x, 4, 3, dilation_rate=2)
    y = image(tf, 2, 9, 3, name="y")
    d = tf.layers.separable_conv1d(y, 4, 3, padding="same")
    return a, b, c, d, tf.layers.separable_conv1d(y, 4, 3, strides=2, depth_multiplier=2)


def transposed(tf):
    x = image(tf, 2, 4, 5, 3)
    a = tf.layers.conv2d_transpose(x, 4, 3, strides=2, padding="same", activation=tf.nn.relu)
    b = tf.layers.conv2d_transpose(x, 4, [5, 4], strides=(2, 1))
    c = tf.layers.conv2d_transpose(x, 2, 3, use_bias=False, name="up")
    return a, b, c


def transposed_first(tf):
    x = image(tf, 2, 3, 4, 5)
    return tf.layers.conv2d_transpose(x, 4, 3, 2, "same", data_format="channels_first")


def transposed_3d(tf):
    x = image(tf, 2, 3, 3, 3, 2)
    a = tf.layers.conv3d_transpose(x, 3, 3, strides=2, padding="same")
    return a, tf.layers.conv3d_transpose(x, 3, 2, use_bias=False)


def pooling(tf):
    line, plane, space = image(tf, 2, 9, 3), image(tf, 2, 7, 8, 3), image(tf, 2, 5, 5, 4, 2)
    return (
        tf.layers.max_pooling1d(line, 2, 2),
        tf.layers.average_pooling1d(line, 3, 2, padding="same"),
        tf.layers.max_pooling2d(plane, 2, 2),
        tf.layers.max_pooling2d(plane, (3, 2), (2, 1), padding="same", name="p"),
        tf.layers.average_pooling2d(plane, [2, 2], [2, 2]),
        tf.layers.max_pooling3d(space, 2, 2),
        tf.layers.average_pooling3d(space, 3, 1, "same"),
        tf.layers.MaxPooling2D(2, 1)(plane),
        tf.layers.AveragePooling2D(2, 1, name="q")(plane),
    )


def flatten(tf):
    x = image(tf, 2, 3, 2, 4)
    unknown = tf.placeholder_with_default(tf.ones([2, 3, 2]), [None, None, None])
    return tf.layers.flatten(x), tf.layers.flatten(x, name="f"), tf.layers.Flatten()(unknown)


def dropout(tf):
    x = image(tf, 2, 4)
    told = tf.placeholder_with_default(False, [])
    a = tf.layers.dropout(x)
    return (
        a,
        tf.layers.dropout(x, 0.3, training=False, name="d"),
        tf.layers.dropout(x, 0.0, training=told),
    )


def norm_inference(tf):
    x = image(tf, 2, 4, 3, 5)
    return tf.layers.batch_normalization(x), tf.layers.batch_normalization(
        x, name="bn", scale=False
    )


def norm_training(tf):
    x = image(tf, 2, 4, 3, 5)
    a = tf.layers.batch_normalization(x, training=True)
    b = tf.layers.batch_normalization(x, training=True, momentum=0.9, epsilon=1e-5, center=False)
    return a, b, tf.layers.batch_normalization(x, training=True, fused=False)


def norm_plain(tf):
    x = image(tf, 6, 5)
    a = tf.layers.batch_normalization(x, training=True)
    b = tf.layers.batch_normalization(x)
    c = tf.layers.batch_normalization(x, training=True, scale=False, center=False, momentum=0.5)
    return a, b, c


def norm_told(tf):
    x = image(tf, 2, 4, 3, 5)
    told = tf.placeholder_with_default(True, [])
    a = tf.layers.batch_normalization(x, training=told)
    return a, tf.layers.batch_normalization(x[:, 0, 0], training=told)


def norm_renorm(tf):
    x = image(tf, 2, 4, 3, 5)
    clip = {"rmax": 1.1, "rmin": 0.9, "dmax": 0.3}
    a = tf.layers.batch_normalization(x, training=True, renorm=True, renorm_clipping=clip)
    return a, tf.layers.batch_normalization(x[:, 0, 0], training=True, renorm=True)


def norm_axes(tf):
    x = image(tf, 2, 4, 3, 5)
    a = tf.layers.batch_normalization(x, axis=1, training=True, fused=False)
    b = tf.layers.batch_normalization(x, axis=[1, 3], training=True)
    return a, b, tf.layers.batch_normalization(x, axis=3, training=True, trainable=False)


def norm_object(tf):
    x = image(tf, 2, 4, 3, 5)
    layer = tf.layers.BatchNormalization(name="n")
    return layer(x, training=True), layer(x, training=False)


def norm_reused(tf):
    x = image(tf, 2, 4, 3, 5)
    with tf.variable_scope("net"):
        a = tf.layers.batch_normalization(x, training=True)
    with tf.variable_scope("net", reuse=True):
        return a, tf.layers.batch_normalization(x, training=False)


def small_network(tf):
    x = image(tf, 2, 12, 12, 1)
    with tf.variable_scope("classifier", reuse=tf.AUTO_REUSE):
        y = tf.layers.conv2d(x, 4, 5, activation=tf.nn.relu, padding="same")
        y = tf.layers.max_pooling2d(y, 2, 2)
        y = tf.layers.conv2d(y, 6, 3, activation=tf.nn.leaky_relu)
        y = tf.layers.flatten(tf.layers.batch_normalization(y, training=True))
        y = tf.layers.dropout(tf.layers.dense(y, 10, tf.nn.relu), 0.4, training=False)
        return tf.layers.dense(y, 3, name="logits")


PROGRAMS = {
    name: value
    for name, value in globals().items()
    if callable(value)
    and not name.startswith("_")
    and name not in ("cases", "run", "image", "observe")
}
