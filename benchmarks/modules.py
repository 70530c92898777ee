"""Modules: a part of a graph as a torch.nn.Module, against the same network written by hand."""

import numpy as np


def _conv_network(tf, images):
    for filters in (16, 32, 64):
        images = tf.layers.conv2d(images, filters, 3, padding="same", activation=tf.nn.relu)
        images = tf.layers.max_pooling2d(images, 2, 2)
    return tf.layers.dense(tf.layers.flatten(images), 10)


def _transformer_network(tf, x, width=128, heads=4):
    def norm(x):
        mean, variance = tf.nn.moments(x, [-1], keep_dims=True)
        scale = tf.get_variable("scale", [width], initializer=tf.ones_initializer())
        offset = tf.get_variable("offset", [width], initializer=tf.zeros_initializer())
        return tf.nn.batch_normalization(x, mean, variance, offset, scale, 1e-5)

    length = x.shape[1].value

    def split(t):
        t = tf.reshape(t, [-1, length, heads, width // heads])
        return tf.transpose(t, [0, 2, 1, 3])

    for i in range(2):
        with tf.variable_scope(f"layer{i}"):
            with tf.variable_scope("attention"):
                h = norm(x)
                q, k, v = (split(tf.layers.dense(h, width, name=name)) for name in "qkv")
                scores = tf.matmul(q, k, transpose_b=True) * (width // heads) ** -0.5
                mixed = tf.transpose(tf.matmul(tf.nn.softmax(scores), v), [0, 2, 1, 3])
                x += tf.layers.dense(tf.reshape(mixed, [-1, length, width]), width, name="out")
            with tf.variable_scope("mlp"):
                h = tf.layers.dense(norm(x), 4 * width, tf.nn.relu, name="in")
                x += tf.layers.dense(h, width, name="out")
    return x


def _lstm_network(tf, x):
    cell = tf.nn.rnn_cell.BasicLSTMCell(128)
    return tf.nn.dynamic_rnn(cell, x, dtype=tf.float32)[0]


def _language_model_network(tf, words):
    """The small model of Zaremba et al. (2014): two layers of 200 units over 10,000 words."""
    table = tf.get_variable("embedding", [10000, 200])
    inputs = tf.nn.embedding_lookup(table, words)
    cells = [tf.nn.rnn_cell.BasicLSTMCell(200, forget_bias=0.0) for _ in range(2)]
    outputs, _ = tf.nn.dynamic_rnn(tf.nn.rnn_cell.MultiRNNCell(cells), inputs, dtype=tf.float32)
    logits = tf.layers.dense(tf.reshape(outputs, [-1, 200]), 10000)
    return tf.reshape(logits, [-1, words.shape[1].value, 10000])


_MODULES = {
    "conv": (_conv_network, (32, 32, 32, 3)),
    "transformer": (_transformer_network, (8, 64, 128)),
    "lstm": (_lstm_network, (32, 30, 64)),
    "lstm language model": (_language_model_network, (20, 35)),
}


def _conv_by_hand(torch):
    from torch import nn

    layers = []
    for before, filters in ((3, 16), (16, 32), (32, 64)):
        layers += [nn.Conv2d(before, filters, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2)]
    network = nn.Sequential(*layers, nn.Flatten(), nn.Linear(1024, 10))

    class FromTheSame(nn.Module):
        def __init__(self):
            super().__init__()
            self.network = network

        def forward(self, images):
            return self.network(images.permute(0, 3, 1, 2))

    return FromTheSame()


def _transformer_by_hand(torch, width=128, heads=4):
    from torch import nn

    class Layer(nn.Module):
        def __init__(self):
            super().__init__()
            self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
            self.q, self.k, self.v = (nn.Linear(width, width) for _ in range(3))
            self.out = nn.Linear(width, width)
            self.mlp = nn.Sequential(
                nn.Linear(width, 4 * width), nn.ReLU(), nn.Linear(4 * width, width)
            )

        def split(self, t):
            return t.view(*t.shape[:2], heads, width // heads).transpose(1, 2)

        def forward(self, x):
            h = self.norm1(x)
            q, k, v = self.split(self.q(h)), self.split(self.k(h)), self.split(self.v(h))
            scores = q @ k.transpose(-1, -2) * (width // heads) ** -0.5
            mixed = (scores.softmax(-1) @ v).transpose(1, 2).reshape(x.shape)
            x = x + self.out(mixed)
            return x + self.mlp(self.norm2(x))

    return nn.Sequential(Layer(), Layer())


def _lstm_by_hand(torch):
    from torch import nn

    class First(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(64, 128, batch_first=True)

        def forward(self, x):
            return self.lstm(x)[0]

    return First()


def _language_model_by_hand(torch):
    from torch import nn

    class LanguageModel(nn.Module):
        def __init__(self):
            super().__init__()
            self.embedding = nn.Embedding(10000, 200)
            self.lstm = nn.LSTM(200, 200, 2, batch_first=True)
            self.logits = nn.Linear(200, 10000)

        def forward(self, words):
            return self.logits(self.lstm(self.embedding(words))[0])

    return LanguageModel()


_BY_HAND = {
    "conv": _conv_by_hand,
    "transformer": _transformer_by_hand,
    "lstm": _lstm_by_hand,
    "lstm language model": _language_model_by_hand,
}


def _module_seconds(per_call, torch, network, shape, training):
    random = np.random.RandomState(0)
    words = len(shape) == 2
    x = torch.from_numpy(random.randint(10000, size=shape) if words else random.rand(*shape))
    x = x if words else x.float()
    optimizer = torch.optim.SGD(network.parameters(), lr=0.001)

    def step():
        optimizer.zero_grad()
        network(x).square().mean().backward()
        optimizer.step()

    def forward():
        with torch.no_grad():
            network(x)

    return per_call(step if training else forward, 40)


def _module_workload(workload, per_call, kind, training):
    build, shape = _MODULES[kind]

    def by_hand(torch):
        return _module_seconds(per_call, torch, _BY_HAND[kind](torch), shape, training)

    def ours(tf):
        import torch

        torch.set_num_threads(2)
        with tf.Graph().as_default():
            dtype = tf.int64 if len(shape) == 2 else tf.float32
            x = tf.placeholder(dtype, [None] + list(shape[1:]))
            module = tf.to_module(build(tf, x), x)
        return _module_seconds(per_call, torch, module, shape, training)

    ours.__name__ = f"module_{kind.replace(' ', '_')}_{'step' if training else 'forward'}"
    what = "training step" if training else "forward"
    workload(f"a {kind} module, {what}", by_hand, on_tensorflow=False)(ours)


def register(workload, per_call):
    """Add the workloads of this file."""
    for kind in _MODULES:
        for training in (False, True):
            _module_workload(workload, per_call, kind, training)
