"""Networks and graphs whose runs are measured, each also by hand in PyTorch where that says more.

Imported by workloads.py; runs under TensorFlow's interpreter too.
"""

import statistics
import time

import numpy as np

WIDTH, HEADS, LAYERS, VOCABULARY, LENGTH, BATCH = 128, 4, 4, 1000, 64, 8


def peak_memory():
    """The most memory, in bytes, that this process has had in the machine so far."""
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _random(*shape):
    return np.random.RandomState(0).randn(*shape).astype("f")


def register(workload, per_call):
    """Add the workloads."""

    def run(tf, fetches, feeds, repeats):
        session = tf.Session()
        session.run(tf.global_variables_initializer())
        return per_call(lambda: session.run(fetches, feeds), repeats)

    # Multi-layer perceptrons.

    def dense(tf, x, units, name):
        with tf.variable_scope(name):
            kernel = tf.get_variable("kernel", [x.shape[-1], units])
            bias = tf.get_variable("bias", [units], initializer=tf.zeros_initializer())
            return tf.matmul(x, kernel) + bias

    def perceptron(tf, depth, width, batch):
        x = h = tf.placeholder(tf.float32, [None, width])
        for i in range(depth):
            h = tf.nn.relu(dense(tf, h, width, f"layer{i}"))
        return h, {x: _random(batch, width)}

    def perceptron_step(depth, width, batch, repeats):
        def measured(tf):
            with tf.Graph().as_default():
                y, feeds = perceptron(tf, depth, width, batch)
                loss = tf.reduce_mean(tf.square(y))
                train = tf.train.AdamOptimizer(1e-3).minimize(loss)
                return run(tf, [train, loss], feeds, repeats)

        def by_hand(torch):
            layers = [
                part
                for _ in range(depth)
                for part in (torch.nn.Linear(width, width), torch.nn.ReLU())
            ]
            model = torch.nn.Sequential(*layers)
            optimizer = torch.optim.Adam(model.parameters(), 1e-3)
            batch_values = _random(batch, width)

            def step():
                loss = model(torch.from_numpy(batch_values)).square().mean()
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                return loss.item()

            return per_call(step, repeats)

        return measured, by_hand

    def add(name, title, measured, by_hand=None, **options):
        measured.__name__ = name
        workload(title, by_hand, **options)(measured)

    def one_example(tf):
        with tf.Graph().as_default():
            y, feeds = perceptron(tf, 3, 64, 1)
            return run(tf, y, feeds, 1000)

    def one_example_by_hand(torch):
        model = torch.nn.Sequential(
            *(part for _ in range(3) for part in (torch.nn.Linear(64, 64), torch.nn.ReLU()))
        )
        x = _random(1, 64)
        with torch.no_grad():
            return per_call(lambda: model(torch.from_numpy(x)).numpy(), 1000)

    add("perceptron_forward", "a perceptron of 3 layers, one example", one_example,
        one_example_by_hand)  # fmt: skip
    add("perceptron_step", "the same, a step of Adam, batch of 64",
        *perceptron_step(3, 64, 64, 200))  # fmt: skip
    for depth, repeats in ((10, 100), (100, 30), (1000, 5)):
        add(f"depth_{depth}", f"{depth} layers 32 wide, a step of Adam, batch of 64",
            *perceptron_step(depth, 32, 64, repeats))  # fmt: skip

    # A transformer as GPT-2's code has it, in primitive ops.

    def norm(tf, x, name):
        with tf.variable_scope(name):
            g = tf.get_variable("g", [WIDTH], initializer=tf.ones_initializer())
            b = tf.get_variable("b", [WIDTH], initializer=tf.zeros_initializer())
            u = tf.reduce_mean(x, axis=-1, keepdims=True)
            s = tf.reduce_mean(tf.square(x - u), axis=-1, keepdims=True)
            return (x - u) * tf.rsqrt(s + 1e-5) * g + b

    def project(tf, x, units, name):
        rows = tf.reshape(x, [-1, x.shape[-1]])
        return tf.reshape(dense(tf, rows, units, name), [BATCH, LENGTH, units])

    def heads(tf, x):
        split = tf.reshape(x, [BATCH, LENGTH, HEADS, WIDTH // HEADS])
        return tf.transpose(split, [0, 2, 1, 3])

    def softmax(tf, x):
        x = x - tf.reduce_max(x, axis=-1, keepdims=True)
        e = tf.exp(x)
        return e / tf.reduce_sum(e, axis=-1, keepdims=True)

    def attention(tf, x):
        q, k, v = (heads(tf, t) for t in tf.split(project(tf, x, 3 * WIDTH, "c_attn"), 3, axis=2))
        w = tf.matmul(q, k, transpose_b=True) * (WIDTH // HEADS) ** -0.5
        mask = np.tril(np.ones([LENGTH, LENGTH], "f"))
        w = w * mask - 1e10 * (1 - mask)
        a = tf.transpose(tf.matmul(softmax(tf, w), v), [0, 2, 1, 3])
        return project(tf, tf.reshape(a, [BATCH, LENGTH, WIDTH]), WIDTH, "c_proj")

    def gelu(tf, x):
        return 0.5 * x * (1 + tf.tanh(np.sqrt(2 / np.pi) * (x + 0.044715 * tf.pow(x, 3))))

    def transformer(tf):
        tokens = tf.placeholder(tf.int32, [BATCH, LENGTH])
        table = tf.get_variable("wte", [VOCABULARY, WIDTH])
        x = tf.gather(table, tokens) + tf.get_variable("wpe", [LENGTH, WIDTH])
        for i in range(LAYERS):
            with tf.variable_scope(f"h{i}"):
                x = x + attention(tf, norm(tf, x, "ln_1"))
                hidden = gelu(tf, project(tf, norm(tf, x, "ln_2"), 4 * WIDTH, "c_fc"))
                x = x + project(tf, hidden, WIDTH, "m_proj")
        rows = tf.reshape(norm(tf, x, "ln_f"), [-1, WIDTH])
        logits = tf.matmul(rows, table, transpose_b=True)
        labels = tf.reshape(tokens, [-1])
        loss = tf.reduce_mean(
            tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=logits)
        )
        values = np.random.RandomState(0).randint(0, VOCABULARY, [BATCH, LENGTH])
        return loss, {tokens: values}

    def transformer_by_hand(torch, train, repeats):
        from torch import nn
        from torch.nn import functional as F

        class Block(nn.Module):
            def __init__(self):
                super().__init__()
                self.ln_1, self.ln_2 = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
                self.attn, self.proj = nn.Linear(WIDTH, 3 * WIDTH), nn.Linear(WIDTH, WIDTH)
                self.fc, self.out = nn.Linear(WIDTH, 4 * WIDTH), nn.Linear(4 * WIDTH, WIDTH)

            def forward(self, x):
                q, k, v = self.attn(self.ln_1(x)).split(WIDTH, 2)
                q, k, v = (
                    t.view(BATCH, LENGTH, HEADS, WIDTH // HEADS).transpose(1, 2) for t in (q, k, v)
                )
                a = F.scaled_dot_product_attention(q, k, v, is_causal=True)
                x = x + self.proj(a.transpose(1, 2).reshape(BATCH, LENGTH, WIDTH))
                return x + self.out(F.gelu(self.fc(self.ln_2(x)), approximate="tanh"))

        class Model(nn.Module):
            def __init__(self):
                super().__init__()
                self.table = nn.Embedding(VOCABULARY, WIDTH)
                self.places = nn.Parameter(torch.randn(LENGTH, WIDTH) * 0.02)
                self.blocks = nn.Sequential(*(Block() for _ in range(LAYERS)))
                self.norm = nn.LayerNorm(WIDTH)

            def forward(self, tokens):
                x = self.norm(self.blocks(self.table(tokens) + self.places))
                logits = x.view(-1, WIDTH) @ self.table.weight.t()
                return F.cross_entropy(logits, tokens.view(-1))

        model = Model()
        optimizer = torch.optim.Adam(model.parameters(), 1e-3)
        values = np.random.RandomState(0).randint(0, VOCABULARY, [BATCH, LENGTH])

        def step():
            loss = model(torch.from_numpy(values))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss.item()

        if train:
            return per_call(step, repeats)
        with torch.no_grad():
            return per_call(lambda: model(torch.from_numpy(values)).item(), repeats)

    def transformer_forward(tf):
        with tf.Graph().as_default():
            loss, feeds = transformer(tf)
            return run(tf, loss, feeds, 30)

    def transformer_step(tf):
        with tf.Graph().as_default():
            loss, feeds = transformer(tf)
            train = tf.train.AdamOptimizer(1e-3).minimize(loss)
            return run(tf, [train, loss], feeds, 20)

    add("transformer_forward", "a GPT-2 style transformer of 4 layers in primitive ops, forward",
        transformer_forward, lambda torch: transformer_by_hand(torch, False, 30))  # fmt: skip
    add("transformer_step", "the same, a step of Adam",
        transformer_step, lambda torch: transformer_by_hand(torch, True, 20))  # fmt: skip

    def transformer_memory(tf):
        with tf.Graph().as_default():
            tf.Session().run(tf.sqrt(4.0))  # what is loaded at the first run does not count
        before = peak_memory()
        transformer_step(tf)
        return peak_memory() - before

    def transformer_memory_by_hand(torch):
        before = peak_memory()
        transformer_by_hand(torch, True, 20)
        return peak_memory() - before

    add("transformer_memory", "memory that steps of it take at their peak", transformer_memory,
        transformer_memory_by_hand, unit="bytes")  # fmt: skip

    # A residual network with batch normalization.

    def convolved(tf, x, filters, name):
        with tf.variable_scope(name):
            kernel = tf.get_variable("kernel", [3, 3, x.shape[-1], filters])
            x = tf.nn.conv2d(x, kernel, [1, 1, 1, 1], "SAME")
            scale = tf.get_variable("gamma", [filters], initializer=tf.ones_initializer())
            offset = tf.get_variable("beta", [filters], initializer=tf.zeros_initializer())
            return tf.nn.fused_batch_norm(x, scale, offset)[0]

    def residual_step(tf):
        with tf.Graph().as_default():
            images = tf.placeholder(tf.float32, [None, 16, 16, 3])
            x = tf.nn.relu(convolved(tf, images, 32, "first"))
            for i in range(4):
                with tf.variable_scope(f"block{i}"):
                    y = tf.nn.relu(convolved(tf, x, 32, "a"))
                    x = tf.nn.relu(convolved(tf, y, 32, "b") + x)
            loss = tf.reduce_mean(tf.square(x))
            train = tf.train.MomentumOptimizer(0.01, 0.9).minimize(loss)
            return run(tf, [train, loss], {images: _random(32, 16, 16, 3)}, 20)

    def residual_by_hand(torch):
        from torch import nn
        from torch.nn import functional as F

        class Convolved(nn.Module):
            def __init__(self, inputs):
                super().__init__()
                self.conv = nn.Conv2d(inputs, 32, 3, padding=1, bias=False)
                self.norm = nn.BatchNorm2d(32)

            def forward(self, x):
                return self.norm(self.conv(x))

        layers = nn.ModuleList([Convolved(3), *(Convolved(32) for _ in range(8))])
        layers.to(memory_format=torch.channels_last)
        optimizer = torch.optim.SGD(layers.parameters(), 0.01, momentum=0.9)
        images = _random(32, 16, 16, 3)

        def step():
            x = F.relu(layers[0](torch.from_numpy(images).permute(0, 3, 1, 2)))
            for a, b in zip(layers[1::2], layers[2::2]):
                x = F.relu(b(F.relu(a(x))) + x)
            loss = x.square().mean()
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            return loss.item()

        return per_call(step, 20)

    add("residual_step", "a residual network with batch normalization, a step of momentum",
        residual_step, residual_by_hand)  # fmt: skip

    # Embeddings whose gradients are sparse.

    def embedding_step(rows, make):
        def measured(tf):
            with tf.Graph().as_default():
                ids = tf.placeholder(tf.int32, [256])
                table = tf.get_variable("table", [rows, 32])
                loss = tf.reduce_sum(tf.square(tf.nn.embedding_lookup(table, ids)))
                train = make(tf).minimize(loss)
                values = np.random.RandomState(0).randint(0, rows, 256)
                return run(tf, train, {ids: values}, 50)

        return measured

    optimizers = [
        ("gradient descent", "", lambda tf: tf.train.GradientDescentOptimizer(0.01)),
        ("momentum", "_momentum", lambda tf: tf.train.MomentumOptimizer(0.01, 0.9)),
        ("Adagrad", "_adagrad", lambda tf: tf.train.AdagradOptimizer(0.01)),
        ("Adam", "_adam", lambda tf: tf.train.AdamOptimizer(0.01)),
        ("LazyAdam", "_lazy_adam", lambda tf: tf.contrib.opt.LazyAdamOptimizer(0.01)),
    ]
    for called, suffix, make in optimizers:
        for rows in (20_000, 200_000, 2_000_000):
            add(f"embedding{suffix}_{rows}", f"256 of {rows:,} embeddings, a step of {called}",
                embedding_step(rows, make), on_tensorflow=called != "LazyAdam")  # fmt: skip

    # Graphs of many ops.

    def chain(tf, count):
        x = y = tf.placeholder(tf.float32, [8])
        for _ in range(count // 2):
            y = tf.tanh(y + 1.0)
        return x, y

    def branches(tf):
        """What initializing 300 averaged variables takes: their values stand in conditions."""
        with tf.Graph().as_default():
            made = [tf.get_variable(f"v{i}", [8]) for i in range(300)]
            tf.train.ExponentialMovingAverage(0.9).apply(made)
            session = tf.Session()
            session.run(tf.constant(1.0))
            start = time.perf_counter()
            session.run(tf.global_variables_initializer())
            return time.perf_counter() - start

    def first_run(tf):
        times = []
        for _ in range(3):
            with tf.Graph().as_default():
                x, y = chain(tf, 10_000)
                session = tf.Session()
                session.run(tf.constant(1.0))
                start = time.perf_counter()
                session.run(y, {x: _random(8)})
                times.append(time.perf_counter() - start)
        return statistics.median(times)

    def later_runs(tf):
        with tf.Graph().as_default():
            x, y = chain(tf, 10_000)
            return run(tf, y, {x: _random(8)}, 20)

    def later_by_hand(torch):
        x = _random(8)

        def forward():
            y = torch.from_numpy(x)
            for _ in range(5000):
                y = torch.tanh(y + 1.0)
            return y.numpy()

        with torch.no_grad():
            return per_call(forward, 20)

    def small_fetch(tf):
        with tf.Graph().as_default():
            chain(tf, 50_000)
            return run(tf, tf.placeholder_with_default(1.0, []) + 2.0, {}, 500)

    def lengths(tf):
        with tf.Graph().as_default():
            x = tf.placeholder(tf.float32, [None, 64])
            loss = tf.reduce_mean(tf.square(tf.nn.relu(dense(tf, x, 64, "layer"))))
            train = tf.train.GradientDescentOptimizer(0.01).minimize(loss)
            session = tf.Session()
            session.run(tf.global_variables_initializer())
            start = time.perf_counter()
            for length in range(1, 101):
                session.run(train, {x: _random(length, 64)})
            return time.perf_counter() - start

    add("first_run", "first run of 10,000 elementwise ops", first_run)
    add("branches", "initializing 300 variables and their averages: 300 conditions", branches)
    add("later_runs", "a later run of the 10,000 ops", later_runs, later_by_hand)
    add("small_fetch", "one addition in a graph of 50,000 ops", small_fetch)
    add("lengths", "100 steps, each with another batch length", lengths)

    # Decoding with a cache that grows.

    def decoding(tf):
        with tf.Graph().as_default():
            query = tf.get_variable("query", [64, 64])
            start = tf.placeholder(tf.float32, [4, 1, 64])

            def step(i, x, cache):
                cache = tf.concat([cache, x], 1)
                q = tf.reshape(tf.matmul(tf.reshape(x, [4, 64]), query), [4, 1, 64])
                w = tf.nn.softmax(tf.matmul(q, cache, transpose_b=True))
                return i + 1, tf.matmul(w, cache), cache

            shapes = [
                tf.TensorShape([]), tf.TensorShape([4, 1, 64]), tf.TensorShape([4, None, 64]),
            ]  # fmt: skip
            last = tf.while_loop(
                lambda i, *_: i < 100, step, [0, start, tf.zeros([4, 0, 64])], shapes
            )[1]
            return run(tf, last, {start: _random(4, 1, 64)}, 20)

    add("decoding", "100 steps of decoding with a growing cache", decoding)
