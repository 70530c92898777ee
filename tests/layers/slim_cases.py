"""Programs that use `tf.contrib.slim`, for test_recorded.py and tests/oracle/record_layers.py."""

import hashlib

from observing import image, observe


def cases():
    """The names of all programs, and of all networks."""
    return [(name,) for name in sorted(PROGRAMS)] + [("net", name) for name in sorted(NETS)]


def run(tf, name, net=None):
    """What the program made."""
    return observe(tf, PROGRAMS[name]) if net is None else _net(tf, net)


def typical(tf):
    slim = tf.contrib.slim
    x = image(tf, 2, 12, 12, 3)
    with slim.arg_scope(
        [slim.conv2d, slim.fully_connected],
        activation_fn=tf.nn.relu,
        weights_initializer=tf.truncated_normal_initializer(0.0, 0.01),
        weights_regularizer=slim.l2_regularizer(0.0005),
        outputs_collections="ends",
    ):
        with slim.arg_scope([slim.conv2d], padding="SAME"):
            net = slim.repeat(x, 2, slim.conv2d, 4, [3, 3], scope="conv1")
            net = slim.max_pool2d(net, [2, 2], scope="pool1")
        net = slim.flatten(net)
        net = slim.stack(net, slim.fully_connected, [6, 5], scope="fc")
        return slim.fully_connected(net, 3, activation_fn=None, scope="logits")


def losses(tf):
    slim = tf.contrib.slim
    x = image(tf, 4, 3)
    logits = slim.fully_connected(x, 3, activation_fn=None)
    onehot = slim.one_hot_encoding(tf.constant([0, 2, 1, 1]), 3)
    a = slim.losses.softmax_cross_entropy(logits, onehot)
    b = slim.losses.mean_squared_error(logits, onehot, weights=0.5)
    c = slim.losses.sparse_softmax_cross_entropy(logits, tf.constant([0, 2, 1, 1]))
    d = slim.losses.sigmoid_cross_entropy(logits, onehot)
    e = slim.losses.log_loss(tf.nn.sigmoid(logits), onehot)
    f = slim.losses.absolute_difference(logits, onehot)
    g = slim.losses.hinge_loss(logits, onehot)
    return a, b, c, d, e, f, g, slim.losses.get_total_loss()


NETS = {
    "alexnet": ("alexnet", "alexnet_v2", (2, 224, 224, 3), {"spatial_squeeze": False}),
    "inception_v3": ("inception_v3", "inception_v3", (1, 299, 299, 3), {"num_classes": 7}),
    "overfeat": ("overfeat", "overfeat", (1, 231, 231, 3), {"num_classes": 7}),
    "resnet_v1_101": ("resnet_v1", "resnet_v1_101", (1, 65, 65, 3), {"output_stride": 16}),
    "resnet_v1_50": ("resnet_v1", "resnet_v1_50", (1, 33, 33, 3), {"num_classes": 7}),
    "resnet_v2_50": ("resnet_v2", "resnet_v2_50", (1, 33, 33, 3), {"is_training": False}),
    "vgg_16": ("vgg", "vgg_16", (1, 224, 224, 3), {"num_classes": 7, "is_training": False}),
    "vgg_a": ("vgg", "vgg_a", (1, 224, 224, 3), {}),
}


def _net(tf, name):
    """The names and shapes of all variables and of all named outputs; not the values."""
    module, function, shape, arguments = NETS[name]
    nets = _module(tf, module)
    scopes = [
        getattr(nets, each)
        for each in dir(nets)
        if each.endswith("_arg_scope") and each != "add_arg_scope"
    ]
    with tf.Graph().as_default() as graph:
        with tf.contrib.slim.arg_scope(scopes[0]()):
            logits, ends = getattr(nets, function)(tf.ones(shape), **arguments)
        variables = [f"{v.op.name} {v.shape}" for v in tf.global_variables()]
        return {
            "results": [f"{logits.op.name} {logits.shape}"],
            "variables": variables
            if len(variables) < 60
            else [str(len(variables)), hashlib.sha1("\n".join(variables).encode()).hexdigest()],
            "collections": {
                key: len(graph.get_collection(key))
                for key in ("update_ops", "regularization_losses", "model_variables")
            },
            "ends": sorted(f"{key} {end.shape}" for key, end in ends.items()),
        }


def _module(tf, name):
    import importlib

    if tf.__name__ == "scopeflow":
        return importlib.import_module("scopeflow.contrib.slim.nets." + name)
    return importlib.import_module("tensorflow.contrib.slim.python.slim.nets." + name)


PROGRAMS = {"typical": typical, "losses": losses}
