"""What is measured. A workload is a function of the module `tf` that returns seconds, or bytes.

Where there is a hand-written PyTorch form, `by_hand` returns those of that. This file runs
under TensorFlow's interpreter too (Python 3.7 and up, `tensorflow.compat.v1`).
"""

import itertools
import os
import shutil
import statistics
import tempfile
import time

import numpy as np

WORKLOADS = {}


class Workload:
    """One row of the table."""

    def __init__(self, name, title, function, by_hand=None, on_tensorflow=True, unit="s"):
        self.name = name
        self.title = title
        self.function = function
        self.by_hand = by_hand
        self.on_tensorflow = on_tensorflow  # whether TensorFlow has what is measured
        self.unit = unit  # "s" or "bytes"


def workload(title, by_hand=None, on_tensorflow=True, unit="s"):
    def register(function):
        name = function.__name__
        WORKLOADS[name] = Workload(name, title, function, by_hand, on_tensorflow, unit)
        return function

    return register


def per_call(call, repeats):
    """The median seconds of a call, after a warm-up of a tenth."""
    for _ in range(max(1, repeats // 10)):
        call()
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


def build_tutorial(tf):
    """The variable scope tutorial's model."""

    def conv_relu(images, kernel_shape, bias_shape):
        weights = tf.get_variable(
            "weights", kernel_shape, initializer=tf.random_normal_initializer()
        )
        biases = tf.get_variable("biases", bias_shape, initializer=tf.constant_initializer(0.0))
        conv = tf.nn.conv2d(images, weights, strides=[1, 1, 1, 1], padding="SAME")
        return tf.nn.relu(conv + biases)

    images = tf.placeholder("float", [None, 5, 32, 32])
    with tf.variable_scope("conv1"):
        hidden = conv_relu(images, [5, 5, 32, 32], [32])
    with tf.variable_scope("conv2"):
        return images, conv_relu(hidden, [5, 5, 32, 32], [32])


# Building.


@workload("import; scopeflow also builds the tutorial's graph")
def import_and_build(tf):
    """Measured by benchmarks.side, for it includes the import."""
    if tf.__name__ == "scopeflow":
        build_tutorial(tf)
    return 0.0


def _nested_variables(tf):
    for i in range(10):
        with tf.variable_scope(f"outer{i}"):
            for j in range(10):
                with tf.variable_scope(f"inner{j}"):
                    for k in range(10):
                        tf.get_variable(f"v{k}", [3, 4])


def _variables(tf, reuse):
    times = []
    for _ in range(3):
        with tf.Graph().as_default():
            start = time.perf_counter()
            _nested_variables(tf)
            made = time.perf_counter()
            with tf.variable_scope(tf.get_variable_scope(), reuse=True):
                _nested_variables(tf)
            times.append((time.perf_counter() - made) if reuse else made - start)
    return statistics.median(times)


@workload("1,000 variables in nested scopes")
def variables_made(tf):
    return _variables(tf, reuse=False)


@workload("the same 1,000 again, with reuse")
def variables_shared(tf):
    return _variables(tf, reuse=True)


@workload("building 10,000 elementwise ops")
def building_ops(tf):
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [None, 8])
        start = time.perf_counter()
        for _ in range(5000):
            x = tf.tanh(tf.add(x, x))
        return time.perf_counter() - start


# Running.


def _addition_by_hand(torch):
    a, b = torch.tensor(1.0), torch.tensor(2.0)
    return per_call(lambda: (a + b).numpy(), 2000)


@workload("session.run of one addition", _addition_by_hand)
def run_addition(tf):
    with tf.Graph().as_default():
        total = tf.placeholder_with_default(1.0, []) + 2.0
        session = tf.Session()
        return per_call(lambda: session.run(total), 2000)


def _tutorial_layers(torch):
    from torch.nn import functional as F

    images = torch.from_numpy(np.random.RandomState(0).rand(8, 5, 32, 32).astype("f"))
    layers = [
        (torch.randn(32, 32, 5, 5).to(memory_format=torch.channels_last), torch.zeros(32))
        for _ in range(2)
    ]

    def forward():
        x = images.permute(0, 3, 1, 2)
        for weights, biases in layers:
            x = F.relu(F.conv2d(x, weights, biases, padding=2))
        return x.permute(0, 2, 3, 1)

    return layers, forward


def _tutorial_by_hand(torch):
    _, forward = _tutorial_layers(torch)
    with torch.no_grad():
        return per_call(lambda: forward().numpy(), 100)


def _tutorial_step_by_hand(torch):
    layers, forward = _tutorial_layers(torch)
    parameters = [part.requires_grad_() for layer in layers for part in layer]
    optimizer = torch.optim.SGD(parameters, 1e-6)

    def step():
        loss = forward().square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return per_call(step, 100)


@workload("the tutorial's two convolutions, batch of 8, forward", _tutorial_by_hand)
def tutorial_forward(tf):
    with tf.Graph().as_default():
        images, output = build_tutorial(tf)
        session = tf.Session()
        session.run(tf.global_variables_initializer())
        batch = np.random.RandomState(0).rand(8, 5, 32, 32).astype("f")
        return per_call(lambda: session.run(output, {images: batch}), 100)


@workload("the same, a step of gradient descent", _tutorial_step_by_hand)
def tutorial_step(tf):
    with tf.Graph().as_default():
        images, output = build_tutorial(tf)
        loss = tf.reduce_mean(tf.square(output))
        train = tf.train.GradientDescentOptimizer(1e-6).minimize(loss)
        session = tf.Session()
        session.run(tf.global_variables_initializer())
        batch = np.random.RandomState(0).rand(8, 5, 32, 32).astype("f")
        return per_call(lambda: session.run([train, loss], {images: batch}), 100)


_DIGITS = [
    ("conv1", (3, 3, 1, 32)),
    ("conv2", (3, 3, 32, 64)),
    ("fc1", (1024, 128)),
    ("fc2", (128, 10)),
]


def _digits_batch():
    random = np.random.RandomState(0)
    return random.rand(64, 8, 8, 1).astype("f"), random.randint(0, 10, 64)


def _digits_by_hand(torch):
    from torch.nn import functional as F

    random = np.random.RandomState(1)
    parameters = []
    for _, shape in _DIGITS:
        weights = torch.from_numpy((random.randn(*shape) * 0.05).astype("f"))
        if len(shape) == 4:
            weights = weights.permute(3, 2, 0, 1).contiguous(memory_format=torch.channels_last)
        parameters += [weights.requires_grad_(), torch.zeros(shape[-1], requires_grad=True)]
    optimizer = torch.optim.Adam(parameters, lr=0.001)
    images, labels = _digits_batch()

    def step():
        x = torch.from_numpy(images).permute(0, 3, 1, 2)
        x = F.relu(F.conv2d(x, parameters[0], parameters[1], padding=1))
        x = F.relu(F.conv2d(x, parameters[2], parameters[3], padding=1))
        x = F.max_pool2d(x, 2).permute(0, 2, 3, 1).reshape(-1, 1024)
        x = F.relu(torch.addmm(parameters[5], x, parameters[4]))
        loss = F.cross_entropy(
            torch.addmm(parameters[7], x, parameters[6]), torch.from_numpy(labels)
        )
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return per_call(step, 100)


@workload("a step of Adam on the digits network, batch of 64", _digits_by_hand)
def digits_step(tf):
    with tf.Graph().as_default():
        x = images = tf.placeholder(tf.float32, [None, 8, 8, 1])
        labels = tf.placeholder(tf.int64, [None])
        for name, shape in _DIGITS:
            with tf.variable_scope(name):
                weights = tf.get_variable(
                    "weights", shape, initializer=tf.truncated_normal_initializer(stddev=0.05)
                )
                biases = tf.get_variable("biases", shape[-1:], initializer=tf.zeros_initializer())
                if len(shape) == 4:
                    x = tf.nn.relu(tf.nn.conv2d(x, weights, [1, 1, 1, 1], "SAME") + biases)
                else:
                    x = tf.matmul(x, weights) + biases
                if name == "conv2":
                    x = tf.nn.max_pool(x, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
                    x = tf.reshape(x, [-1, 1024])
                elif name == "fc1":
                    x = tf.nn.relu(x)
        loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=x)
        )
        train = tf.train.AdamOptimizer(0.001).minimize(loss)
        session = tf.Session()
        session.run(tf.global_variables_initializer())
        batch = dict(zip((images, labels), _digits_batch()))
        return per_call(lambda: session.run([train, loss], batch), 100)


# Checkpoints: 400 MB in 20 variables.


def _extra_memory(action):
    """The most memory, in bytes, that the process has while `action` runs beyond what it had."""

    def amounts():
        with open("/proc/self/status") as file:
            found = dict(line.split(":") for line in file)
        return [int(found[key].split()[0]) * 1024 for key in ("VmHWM", "VmRSS")]

    with open("/proc/self/clear_refs", "w") as file:
        file.write("5")  # the peak begins anew
    _, before = amounts()
    action()
    return amounts()[0] - before


def _checkpoint(tf, restore, measured=lambda action: per_call(action, 5)):
    folder = tempfile.mkdtemp()
    try:
        with tf.Graph().as_default():
            for number in range(20):
                tf.get_variable(
                    f"v{number}", [5_000_000], initializer=tf.random_normal_initializer(seed=1)
                )
            saver = tf.train.Saver(max_to_keep=1)
            session = tf.Session()
            session.run(tf.global_variables_initializer())
            steps = itertools.count()

            def save():
                return saver.save(
                    session, os.path.join(folder, "m"), next(steps), write_meta_graph=False
                )

            path = save()
            return measured(lambda: saver.restore(session, path) if restore else save())
    finally:
        shutil.rmtree(folder)


@workload("saving 400 MB")
def checkpoint_save(tf):
    return _checkpoint(tf, restore=False)


@workload("restoring 400 MB")
def checkpoint_restore(tf):
    return _checkpoint(tf, restore=True)


@workload("memory that saving 400 MB takes beyond it", unit="bytes")
def save_memory(tf):
    return _checkpoint(tf, False, _extra_memory)


@workload("memory that restoring 400 MB takes beyond it", unit="bytes")
def restore_memory(tf):
    return _checkpoint(tf, True, _extra_memory)


if __package__:  # run by __main__; the sides run the files as they are
    from . import modules, networks, recurrent
else:
    import modules
    import networks
    import recurrent

for part in (networks, modules, recurrent):
    part.register(workload, per_call)
