"""Programs that use `tf.contrib.layers`, for test_recorded.py and tests/oracle/record_layers.py."""

from observing import image, observe


def cases():
    """The names of all programs."""
    return [(name,) for name in sorted(PROGRAMS)]


def run(tf, name):
    """What the program made."""
    return observe(tf, PROGRAMS[name])


def fully_connected(tf):
    x = image(tf, 2, 4)
    layers = tf.contrib.layers
    a = layers.fully_connected(x, 3)
    b = layers.fully_connected(x, 3, activation_fn=None, scope="fc", outputs_collections="outs")
    l2 = layers.l2_regularizer(0.1)
    c = layers.linear(x, 2, weights_regularizer=l2, biases_initializer=None)
    d = layers.fully_connected(x, 3, reuse=True, scope="fc", activation_fn=tf.tanh)
    e = layers.relu(image(tf, 2, 3, 4, name="y"), 5, variables_collections=["mine"])
    f = layers.fully_connected(
        x, 2, variables_collections={"weights": ["ws"], "biases": ["bs"]}, trainable=False
    )
    return a, b, c, d, e, f


def fully_connected_normalized(tf):
    x = image(tf, 2, 4)
    layers = tf.contrib.layers
    a = layers.fully_connected(
        x, 3, normalizer_fn=layers.batch_norm, normalizer_params={"is_training": True}
    )
    return a, layers.fully_connected(x, 3, normalizer_fn=layers.layer_norm, scope="n")


def conv2d(tf):
    x = image(tf, 2, 8, 7, 3)
    layers = tf.contrib.layers
    a = layers.conv2d(x, 4, [3, 3])
    b = layers.conv2d(x, 4, 3, stride=2, padding="VALID", scope="c", activation_fn=None)
    c = layers.convolution2d(x, 4, 3, rate=2, biases_initializer=None)
    d = layers.conv2d(
        x, 4, 3, normalizer_fn=layers.batch_norm, outputs_collections="ends", scope="n/m"
    )
    with tf.variable_scope("outer"):
        return a, b, c, d, layers.conv2d(x, 2, 1, outputs_collections=["ends"])


def conv_other(tf):
    line, space = image(tf, 2, 9, 3), image(tf, 2, 4, 4, 4, 2, name="z")
    layers = tf.contrib.layers
    return (
        layers.conv1d(line, 4, 3, stride=2),
        layers.convolution(line, 4, 3, scope="k"),
        layers.conv3d(space, 3, 3),
        layers.conv3d_transpose(space, 3, 3, stride=2),
    )


def conv2d_transpose(tf):
    x = image(tf, 2, 4, 5, 3)
    layers = tf.contrib.layers
    a = layers.conv2d_transpose(x, 4, 3, stride=2)
    b = layers.conv2d_transpose(x, 4, [4, 4], 2, padding="VALID", scope="up", activation_fn=None)
    norm = layers.batch_norm
    return a, b, layers.convolution2d_transpose(x, 2, 3, normalizer_fn=norm)


def separable(tf):
    x = image(tf, 2, 8, 7, 3)
    layers = tf.contrib.layers
    a = layers.separable_conv2d(x, 4, 3, 2)
    b = layers.separable_conv2d(x, None, [3, 3], depth_multiplier=1, stride=2, scope="depthwise")
    norm = {"is_training": False}
    c = layers.separable_conv2d(
        x, 4, 3, 1, normalizer_fn=layers.batch_norm, normalizer_params=norm, scope="s"
    )
    return a, b, c, layers.conv2d_in_plane(x, 3)


def batch_norm(tf):
    x = image(tf, 2, 4, 3, 5)
    norm = tf.contrib.layers.batch_norm
    a = norm(x)
    b = norm(x, is_training=False, scope="bn", scale=True)
    c = norm(x, decay=0.9, center=False, epsilon=1e-5, activation_fn=tf.nn.relu, scope="r")
    return a, b, c, norm(x, is_training=False, reuse=True, scope="r", center=False)


def batch_norm_plain(tf):
    x = image(tf, 6, 5)
    norm = tf.contrib.layers.batch_norm
    a = norm(x, scale=True, fused=False)
    b = norm(
        x,
        fused=False,
        is_training=False,
        scope="given",
        param_initializers={"beta": tf.ones_initializer()},
    )
    return a, b, norm(x)


def batch_norm_forced(tf):
    x = image(tf, 2, 4, 3, 5)
    norm = tf.contrib.layers.batch_norm
    a = norm(x, updates_collections=None, decay=0.5)
    return a, norm(x, updates_collections=None, fused=False, decay=0.5, scope="p")


def batch_norm_told(tf):
    x = image(tf, 2, 4, 3, 5)
    told = tf.placeholder_with_default(True, [])
    norm = tf.contrib.layers.batch_norm
    a = norm(x, is_training=told)
    return a, norm(x[:, 0, 0], is_training=told, fused=False, scope="p")


def batch_norm_collections(tf):
    x = image(tf, 2, 4, 3, 5)
    norm = tf.contrib.layers.batch_norm
    a = norm(
        x, updates_collections="mine", variables_collections={"beta": ["b"], "moving_mean": ["m"]}
    )
    b = norm(
        x,
        updates_collections="mine",
        fused=False,
        variables_collections=["all"],
        outputs_collections="o",
        trainable=False,
        zero_debias_moving_mean=True,
    )
    return a, b


def layer_norm(tf):
    x = image(tf, 2, 4, 3, 5)
    norm = tf.contrib.layers.layer_norm
    a = norm(x)
    b = norm(x, center=False, begin_norm_axis=-1, activation_fn=tf.nn.relu, scope="ln")
    c = norm(x[:, 0, 0], scale=False)
    return a, b, c, norm(x, begin_norm_axis=2, begin_params_axis=2, reuse=None)


def instance_norm(tf):
    x = image(tf, 2, 4, 3, 5)
    norm = tf.contrib.layers.instance_norm
    return norm(x), norm(x, scale=False, epsilon=1e-3, scope="i", activation_fn=tf.nn.relu)


def group_norm(tf):
    x = image(tf, 2, 4, 3, 6)
    norm = tf.contrib.layers.group_norm
    a = norm(x, groups=3)
    return a, norm(x, groups=2, scope="g", center=False, mean_close_to_zero=True)


def simple(tf):
    x = image(tf, 2, 8, 7, 3)
    layers = tf.contrib.layers
    flat = layers.flatten(x, outputs_collections="o")
    return (
        flat,
        layers.max_pool2d(x, 2, outputs_collections="o"),
        layers.max_pool2d(x, [3, 3], stride=1, padding="SAME", scope="p"),
        layers.avg_pool2d(x, 2),
        layers.dropout(x, is_training=False),
        layers.dropout(x, 1.0, scope="d", outputs_collections="o"),
        layers.softmax(flat),
        layers.bias_add(flat, activation_fn=tf.nn.relu, initializer=tf.ones_initializer()),
        layers.unit_norm(flat, 1),
        layers.maxout(flat, 42),
        layers.one_hot_encoding(tf.constant([1, 2]), 4),
        layers.max_pool3d(tf.expand_dims(x, 1), [1, 2, 2], [1, 2, 2]),
        layers.spatial_softmax(x),
    )


def repeated(tf):
    x = image(tf, 2, 6, 6, 3)
    layers = tf.contrib.layers
    a = layers.repeat(x, 2, layers.conv2d, 4, [3, 3], scope="conv1")
    b = layers.repeat(x, 3, layers.conv2d, 2, 1)
    c = layers.stack(layers.flatten(x), layers.fully_connected, [8, 4], scope="fc")
    d = layers.stack(x, layers.conv2d, [(4, [3, 3]), (2, [1, 1])], padding="VALID")
    return a, b, c, d


def embedded(tf):
    ids = tf.constant([[1, 2], [0, 3]])
    layers = tf.contrib.layers
    a = layers.embed_sequence(ids, vocab_size=5, embed_dim=4)
    b = layers.embed_sequence(ids, 5, 4, scope="e", initializer=tf.ones_initializer())
    c = layers.embed_sequence(ids, 5, 4, scope="e", reuse=True)
    table = tf.get_variable("table", [5, 3])
    return a, b, c, layers.embedding_lookup_unique(table, ids), layers.bow_encoder(ids, 5, 2)


def arg_scoped(tf):
    x = image(tf, 2, 8, 8, 3)
    layers, framework = tf.contrib.layers, tf.contrib.framework
    scope = framework.arg_scope
    with scope(
        [layers.conv2d, layers.fully_connected],
        weights_regularizer=layers.l2_regularizer(0.01),
        normalizer_fn=layers.batch_norm,
        normalizer_params={"is_training": True, "scale": True, "decay": 0.9},
    ):
        with scope([layers.conv2d], padding="VALID", stride=2):
            y = layers.conv2d(x, 4, 3, scope="c1")
        y = layers.flatten(layers.conv2d(y, 5, 1, scope="c2", normalizer_fn=None))
        return layers.fully_connected(y, 3, activation_fn=None)


PROGRAMS = {
    name: value
    for name, value in globals().items()
    if callable(value)
    and not name.startswith("_")
    and name not in ("cases", "run", "image", "observe")
}
