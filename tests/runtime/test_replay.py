"""Later runs are replayed by bare calls: the same numbers, errors and effects as line by line."""

import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
import torch

import scopeflow as tf
from scopeflow.runtime import replay
from scopeflow.runtime.replay import Replayed
from scopeflow.runtime.replay_code import Writer, recorded


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        tf.set_random_seed(3)
        yield graph


def replayed(session):
    """The programs of the session that have a part to replay."""
    found = [bound.function for bound in session._programs.values()]
    return [function for function in found if isinstance(function, Replayed)]


def in_both_ways(fetches, runs, monkeypatch):
    """The results of all runs, with replays; they are the same without."""
    found = []
    for sightings in (3, 10**9):
        monkeypatch.setattr(replay, "SIGHTINGS", sightings)
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            found.append([session.run(fetches, feeds) for feeds in runs])
            programs = replayed(session)
            used = [program for program in programs if program.hits]
            assert bool(used) == (sightings == 3), [p.why for p in programs]
    for one, other in zip(*found, strict=True):
        for a, b in zip(tf.nest.flatten(one), tf.nest.flatten(other), strict=True):
            if a is not None:
                np.testing.assert_allclose(a, b, rtol=2e-6, atol=1e-7)
    return found[0]


def perceptron(x, dropout=False):
    initializer = tf.random_normal_initializer(seed=1)
    hidden = tf.layers.dense(x, 8, tf.nn.relu, kernel_initializer=initializer)
    if dropout:
        hidden = tf.nn.dropout(hidden, 0.5, seed=2)
    return tf.layers.dense(hidden, 3, kernel_initializer=initializer)


def batches(count, *shape, seed=0):
    return np.random.RandomState(seed).randn(count, *shape).astype(np.float32)


OPTIMIZERS = {
    "descent": lambda: tf.train.GradientDescentOptimizer(0.1),
    "momentum": lambda: tf.train.MomentumOptimizer(0.1, 0.9),
    "adam": lambda: tf.train.AdamOptimizer(tf.train.exponential_decay(0.01, step(), 2, 0.9)),
    "ftrl": lambda: tf.train.FtrlOptimizer(0.1),
}


def step():
    return tf.train.get_or_create_global_step()


@pytest.mark.parametrize("dropout", [False, True])
@pytest.mark.parametrize("name", OPTIMIZERS)
def test_training(name, dropout, monkeypatch):
    x, y = tf.placeholder(tf.float32, [None, 4]), tf.placeholder(tf.int64, [None])
    logits = perceptron(x, dropout)
    loss = tf.losses.sparse_softmax_cross_entropy(y, logits)
    optimizer = OPTIMIZERS[name]()
    gradients, variables = zip(*optimizer.compute_gradients(loss), strict=True)
    clipped, norm = tf.clip_by_global_norm(gradients, 0.5)
    train = optimizer.apply_gradients(zip(clipped, variables, strict=True), step())
    right = tf.reduce_mean(tf.cast(tf.equal(tf.argmax(logits, 1), y), tf.float32))
    runs = [{x: batch, y: [0, 1, 2, 0, 1]} for batch in batches(8, 5, 4)]
    in_both_ways([train, loss, norm, right, tf.trainable_variables()], runs, monkeypatch)


def test_batches_of_two_sizes(monkeypatch):
    x = tf.placeholder(tf.float32, [None, 4])
    loss = tf.reduce_mean(tf.square(perceptron(x)))
    train = tf.train.AdamOptimizer(0.01).minimize(loss)
    runs = [{x: batch[: 5 if i % 3 else 2]} for i, batch in enumerate(batches(15, 5, 4))]
    in_both_ways([train, loss], runs, monkeypatch)


def test_a_transposed_feed(monkeypatch):
    x = tf.placeholder(tf.float32, [4, 4])
    (slope,) = tf.gradients(tf.reduce_sum(tf.reshape(x, [-1]) ** 3 * tf.range(16.0)), x)
    runs = [{x: b if i % 2 else b.T} for i, b in enumerate(batches(10, 4, 4))]
    in_both_ways(slope, runs, monkeypatch)


def test_a_fed_truth_value_chooses_a_replay(monkeypatch):
    x, training = tf.placeholder(tf.float32, [None, 4]), tf.placeholder(tf.bool, [])
    y = tf.layers.batch_normalization(perceptron(x), training=training)
    slopes = tf.gradients(tf.reduce_sum(y**3), tf.trainable_variables())
    runs = [{x: b, training: i % 2 == 0} for i, b in enumerate(batches(10, 5, 4))]
    in_both_ways([y, slopes], runs, monkeypatch)


def test_python_decides_by_a_number_that_varies(monkeypatch):
    x, rounds = tf.placeholder(tf.float32, [2]), tf.placeholder(tf.int32, [])
    _, y = tf.while_loop(
        lambda i, _: i < rounds, lambda i, v: (i + 1, tf.sin(v) * 2.0), (tf.constant(0), x)
    )
    (slope,) = tf.gradients(y, x)
    runs = [{x: b, rounds: 3 if i < 6 else i} for i, b in enumerate(batches(12, 2))]
    in_both_ways([y, slope], runs, monkeypatch)


def test_a_loop_of_known_length(monkeypatch):
    x = tf.placeholder(tf.float32, [None, 3])
    _, y = tf.while_loop(
        lambda i, _: i < 4, lambda i, v: (i + 1, tf.tanh(v) + x), (tf.constant(0), x)
    )
    (slope,) = tf.gradients(y, x)
    in_both_ways([y, slope], [{x: b} for b in batches(6, 2, 3)], monkeypatch)


def test_a_loop_over_an_array(monkeypatch):
    x = tf.placeholder(tf.float32, [4, 2, 3])
    w = tf.get_variable("w", [3, 3], initializer=tf.random_normal_initializer(seed=1))
    rows = tf.TensorArray(tf.float32, 4).unstack(x)
    kept = tf.TensorArray(tf.float32, 0, dynamic_size=True)

    def body(i, state, kept):
        state = tf.tanh(tf.matmul(state, w) + rows.read(i))
        return i + 1, state, kept.write(i, state)

    _, _, kept = tf.while_loop(lambda i, *_: i < 4, body, [0, tf.zeros([2, 3]), kept])
    states = kept.stack()
    train = tf.train.GradientDescentOptimizer(0.1).minimize(tf.reduce_sum(states**2))
    in_both_ways([train, states, w], [{x: b} for b in batches(7, 4, 2, 3)], monkeypatch)


def test_input_from_a_dataset(monkeypatch):
    data = tf.data.Dataset.from_tensor_slices(batches(20, 4)).batch(5).repeat()
    x = tf.compat.v1.data.make_one_shot_iterator(data).get_next()
    loss = tf.reduce_mean(tf.square(perceptron(x)))
    train = tf.train.AdamOptimizer(0.01).minimize(loss)
    in_both_ways([train, loss, x], [None] * 8, monkeypatch)


def test_without_gradients(monkeypatch):
    x = y = tf.placeholder(tf.float32, [3])
    for i in range(20):
        y = tf.tanh(y * (1.0 + 0.1 * i))
    in_both_ways(y, [{x: b} for b in batches(6, 3)], monkeypatch)


def test_random_numbers_go_on(monkeypatch):
    v = tf.Variable(1.0)
    noise = tf.random_normal([3], seed=5)
    (slope,) = tf.gradients(v * v * noise, v)
    found = in_both_ways([noise, slope], [None] * 6, monkeypatch)
    assert len({float(noise[0]) for noise, _ in found}) == 6


def test_an_index_out_of_range_is_told_as_ever():
    table = tf.Variable(tf.ones([4, 2]))
    ids = tf.placeholder(tf.int32, [3])
    rows = tf.gather(table, ids, name="rows")
    slopes = tf.gradients(tf.reduce_sum(tf.tanh(rows)), table)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for _ in range(5):
            session.run([rows, *slopes], {ids: [1, 2, 3]})
        (program,) = replayed(session)
        assert program.hits == 2
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"indices\[1\] = 9") as caught:
            session.run([rows, *slopes], {ids: [1, 9, 3]})
        assert caught.value.op.name == "rows"
        session.run([rows, *slopes], {ids: [0, 0, 3]})
        assert program.hits == 3


def test_an_uninitialized_variable_is_told_as_ever():
    v = tf.Variable(2.0, name="v")
    (slope,) = tf.gradients(v * v, v)
    with tf.Session() as session:
        for _ in range(4):
            with pytest.raises(tf.errors.FailedPreconditionError, match="uninitialized value v"):
                session.run(slope)
        session.run(v.initializer)
        for _ in range(4):
            assert session.run(slope) == 4.0
        session.run(v.assign(3.0))
        assert session.run(slope) == 6.0
        (program,) = [p for p in replayed(session) if p.program.fetches == [slope]]
        assert program.hits


@pytest.mark.parametrize(
    "positive",
    [
        lambda x: tf.boolean_mask(x, x > 0),
        lambda x: tf.dynamic_partition(x, tf.cast(x > 0, tf.int32), 2)[1],
    ],
)
def test_shapes_that_depend_on_elements_are_not_replayed(positive):
    x = tf.placeholder(tf.float32, [None])
    kept = positive(x)
    slopes = tf.gradients(tf.reduce_sum(kept**2), x)
    with tf.Session() as session:
        for values in ([1.0, -1.0], [1.0, 2.0], [-1.0, -1.0], [3.0, 4.0], [5.0, -6.0]):
            found, (slope,) = session.run([kept, slopes], {x: values})
            np.testing.assert_array_equal(found, [v for v in values if v > 0])
            np.testing.assert_array_equal(slope, [2 * v if v > 0 else 0 for v in values])
        for program in replayed(session):  # tf.where is known to give such shapes
            assert "a shape depends on elements" in program.why


def test_what_lies_before_such_a_shape_is_replayed():
    ids = tf.placeholder(tf.int32, [4])
    table = tf.get_variable("table", [9, 2], initializer=tf.ones_initializer())
    loss = tf.reduce_sum(tf.nn.embedding_lookup(table, ids) ** 2)
    train = tf.train.AdagradOptimizer(0.1).minimize(loss)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        for given in ([1, 2, 3, 4], [1, 1, 1, 2], [8, 7, 8, 7], [0, 1, 2, 3], [5, 5, 5, 5]):
            session.run(train, {ids: given})
        (program,) = replayed(session)
        assert program.hits and program.why is None
        assert session.run(table)[6].tolist() == [1.0, 1.0]


def test_what_is_fetched_is_the_callers_own():
    x = tf.placeholder(tf.float32, [2])
    (slope,) = tf.gradients(3.0 * tf.reduce_sum(x), x)
    with tf.Session() as session:
        for _ in range(6):
            found = session.run(slope, {x: [1.0, 2.0]})
            np.testing.assert_array_equal(found, [3.0, 3.0])
            found[:] = 7.0


def test_threads_are_as_before():
    before = torch.get_num_threads()
    torch.set_num_threads(2)
    try:
        x = tf.placeholder(tf.float32, [None, 4])
        (slope,) = tf.gradients(tf.reduce_sum(tf.sin(x)), x)
        with tf.Session() as session:
            for batch in batches(6, 3, 4):
                session.run(slope, {x: batch})
                assert torch.get_num_threads() == 2
    finally:
        torch.set_num_threads(before)


def test_under_a_debugger_the_lines_run():
    x = tf.placeholder(tf.float32, [2])
    (slope,) = tf.gradients(tf.reduce_sum(x**2), x)
    lines = []

    def trace(frame, event, argument):
        if "scopeflow program" in frame.f_code.co_filename:
            lines.append(frame.f_lineno)
        return trace

    with tf.Session() as session:
        for i in range(6):
            before = sys.gettrace()
            sys.settrace(trace if i == 5 else before)
            session.run(slope, {x: [1.0, 2.0]})
            sys.settrace(before)
    assert len(lines) > 5


def test_fuse_switches_it_off():
    x = tf.placeholder(tf.float32, [2])
    (slope,) = tf.gradients(tf.reduce_sum(x**2), x)
    with tf.options(fuse=False), tf.Session() as session:
        session.run(slope, {x: [1.0, 2.0]})
        assert not replayed(session)
        assert "replayed" not in session.program(slope, [x]).source


# What is recorded, and what is not.

OUTSIDE = torch.ones(3)


def changed_outside(x):
    OUTSIDE.add_(x)
    return (OUTSIDE * 2,)


UNRECORDABLE = {
    "a tensor comes from nowhere": lambda x: (x + OUTSIDE,),
    "a shape depends on elements": lambda x: (x[x > 0],),
    "Python reads elements (numpy)": lambda x: (torch.from_numpy(x.numpy() * 2),),
    "Python reads elements (__float__)": lambda x: (x * float(x[0]),),
    "Python reads elements (item)": lambda x: (x * x[0].item(),),
    "comes out": lambda x: (object(),),
}


@pytest.mark.parametrize("why", UNRECORDABLE)
def test_it_tells_why_there_is_no_replay(why):
    x = torch.tensor([1.0, -2.0, 3.0])
    results, function, reason = recorded(lambda: UNRECORDABLE[why](x), [x], [])
    assert function is None and why in reason
    if torch.is_tensor(results[0]):
        torch.testing.assert_close(results[0], UNRECORDABLE[why](x)[0])


def test_what_outlives_the_run_is_not_changed():
    x, constant = torch.ones(3), torch.zeros(3)
    _, function, why = recorded(lambda: (constant.view(3).add_(x),), [x], [constant])
    assert function is None and "changes what outlives the run" in why


def test_a_replay_takes_other_values():
    def compute(x, w):
        w = w.detach().requires_grad_()
        left, right = torch.tanh(x @ w).split(2, 1)
        right = right + torch.tensor([0.5, 1.5])
        right.mul_(2)
        loss = (left * right).sum()
        return loss, *torch.autograd.grad(loss, [w]), (2, 3), None

    tensors = [torch.randn(3, 4), torch.randn(4, 4)]
    _, function, why = recorded(lambda: compute(*tensors), tensors, [])
    assert why is None
    others = [torch.randn(3, 4), torch.randn(4, 4)]
    for found, expected in zip(function(1, *others), compute(*others), strict=True):
        if torch.is_tensor(expected):
            torch.testing.assert_close(found, expected)
        else:
            assert found == expected


def test_a_replay_notices_that_python_would_decide_otherwise():
    x = torch.tensor([1, 2])
    _, function, why = recorded(lambda: (x + 1 if x.sum() > 2 else x - 1,), [x], [])
    assert why is None
    assert function(1, torch.tensor([2, 2]))[0].tolist() == [3, 3]
    assert function(1, torch.tensor([0, 1])) is None


def products(x, w, rounds=6):
    """A loop that multiplies by a matrix in each round, and its gradient."""
    w = w.detach().requires_grad_()
    state = x
    for i in range(rounds):
        state = torch.tanh(state @ w) + x * i
    loss = (state**2).sum() + (w**2).sum()
    return loss, *torch.autograd.grad(loss, [w])


def noted(function, inputs, monkeypatch):
    """The names of the kernels in the replay, and the replay."""
    writers = []
    written = Writer.function
    monkeypatch.setattr(Writer, "function", lambda self: writers.append(self) or written(self))
    _, replayed_function, why = recorded(lambda: function(*inputs), inputs, [])
    assert why is None
    kinds = [getattr(call, "func", None) for call in writers[0].calls]
    return [kind.name() if kind else "chain" for kind in kinds], replayed_function


@pytest.mark.parametrize("rows", [4, 100])
def test_products_in_a_sum_are_joined_where_that_moves_less(rows, monkeypatch):
    inputs = [torch.randn(rows, 16), 0.2 * torch.randn(16, 16)]
    kernels, function = noted(products, inputs, monkeypatch)
    assert (kernels.count("aten::mm") < 6 + 6 + 5) == (rows == 4)
    others = [torch.randn(rows, 16), 0.2 * torch.randn(16, 16)]
    for found, expected in zip(function(1, *others), products(*others), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-4)


def chain(x, y):
    """Every op that chains have, on values that suit all of them."""
    first = (x + 1.5) * y - x / (y + 3.0)
    second = torch.exp(-torch.abs(first)) + torch.sqrt(torch.log(x + 2.0))
    third = torch.maximum(torch.sin(second), torch.cos(first)) * 2 - torch.tanh(first)
    return torch.minimum(third, first), second, (third * third).sum()


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
@pytest.mark.parametrize("shapes", [((4,), (4,)), ((3, 1), (1, 5)), ((), (2, 2)), ((), ())])
def test_chains_of_small_ops(shapes, dtype, monkeypatch):
    def inputs():
        return [torch.rand(shape, dtype=dtype) for shape in shapes]

    kernels, function = noted(chain, inputs(), monkeypatch)
    assert "chain" in kernels and len(kernels) < 6
    for _ in range(3):
        given = inputs()
        found = function(1, *given)
        for one, other in zip(found, chain(*given), strict=True):
            assert one.dtype == dtype
            torch.testing.assert_close(one, other, rtol=1e-5, atol=1e-6)
    kept = [value.clone() for value in found]
    function(1, *inputs())  # results are memory of their own
    for one, other in zip(found, kept, strict=True):
        torch.testing.assert_close(one, other, rtol=0, atol=0)


@pytest.mark.parametrize("numbers", [torch.rand(40, 40), torch.rand(3).half(), torch.rand(2) + 1j])
def test_other_numbers_make_no_chain(numbers, monkeypatch):
    def compute(x):
        for _ in range(6):
            x = torch.tanh(x + 1.0)
        return (x,)

    kernels, function = noted(compute, [numbers], monkeypatch)
    assert "chain" not in kernels
    torch.testing.assert_close(function(1, numbers), compute(numbers))


def test_a_chain_says_nothing_of_what_is_not_finite(monkeypatch):
    def compute(x):
        for _ in range(3):
            x = torch.log(torch.exp(x * 1e3) / 0.0 - 1e38)
        return (x,)

    given = torch.tensor([1.0, -1.0, 0.0])
    _, function = noted(compute, [given], monkeypatch)
    torch.testing.assert_close(function(1, given), compute(given), equal_nan=True)


def test_chains_in_threads():
    x = y = tf.placeholder(tf.float32, [8])
    for i in range(300):
        y = tf.tanh(y * 1.01 + 0.1 * (i % 3))
    feeds = batches(40, 8)
    with tf.Session() as session:
        expected = [session.run(y, {x: feed}) for feed in feeds]
        with ThreadPoolExecutor(4) as pool:
            found = list(pool.map(lambda feed: session.run(y, {x: feed}), feeds))
        assert replayed(session)[0].hits > 60
    np.testing.assert_array_equal(found[5:], expected[5:])


def test_a_number_is_no_term_of_a_sum(monkeypatch):
    def compute(x, y, z):  # 0.0, 1.0 and 2.0 also number values of the computation
        total = torch.mm(x, y) + torch.mm(y, z) + torch.mm(z, x)
        return (total + 0.0, torch.mm(x, z) + 1.0 + torch.mm(z, y) + 2.0 + torch.mm(y, y))

    given = [torch.rand(40, 40) for _ in range(3)]
    _, function = noted(compute, given, monkeypatch)
    for found, expected in zip(function(1, *given), compute(*given), strict=True):
        torch.testing.assert_close(found, expected, rtol=1e-5, atol=1e-4)


def test_products_of_what_is_changed_in_place_are_not_joined(monkeypatch):
    def compute(x, w):
        left = x + 1
        total = left @ w
        for _ in range(5):
            left.mul_(0.5)
            total = total + left @ w
        return (total,)

    inputs = [torch.randn(50, 2), torch.randn(2, 50)]
    kernels, function = noted(compute, inputs, monkeypatch)
    assert kernels.count("aten::mm") == 6
    torch.testing.assert_close(function(1, *inputs), compute(*inputs))


def test_a_sum_of_products_that_is_read_twice(monkeypatch):
    def compute(x, w):
        parts = [(x * i) @ w for i in range(1, 6)]
        half = parts[0] + parts[1] + parts[2]
        return half, half + parts[3] + parts[4] + w[:1] * x[:, :1]

    inputs = [torch.randn(50, 2), torch.randn(2, 50)]
    kernels, function = noted(compute, inputs, monkeypatch)
    assert kernels.count("aten::mm") == 3
    torch.testing.assert_close(function(1, *inputs), compute(*inputs))
