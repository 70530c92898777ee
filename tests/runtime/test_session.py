"""Session.run: fetches, feeds, sessions and who owns the arrays. Observed in TensorFlow 1.15.5."""

import collections
import re
import threading

import numpy as np
import pytest

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    graph = tf.Graph()
    with graph.as_default():
        yield graph


@pytest.fixture
def session(graph):
    with tf.Session() as session:
        yield session


# Fetches.

Pair = collections.namedtuple("Pair", "a b")


def test_structures(session):
    a, b = tf.constant(1, name="a"), tf.constant(2.0, name="b")
    found = session.run([Pair(a, [b, {"z": a, "y": (b,)}]), a.op, "a:0", "a", (), []])
    assert found == [Pair(1, [2, {"z": 1, "y": (2,)}]), None, 1, None, (), []]
    assert type(found[0]) is Pair
    assert session.run({}) == {}
    assert session.run([]) == []


def test_dicts(session):
    a, b = tf.constant(1), tf.constant(2)
    assert session.run({1: a, "x": b}) == {1: 1, "x": 2}
    found = session.run(collections.OrderedDict([("z", a), ("b", b)]))
    assert type(found) is collections.OrderedDict
    assert list(found.items()) == [("z", 1), ("b", 2)]


def test_what_a_value_looks_like(session):
    v = tf.Variable([1.0, 2.0])
    session.run(v.initializer)
    scalar = session.run(tf.constant(1.5))
    assert type(scalar) is np.float32
    assert type(session.run(tf.constant(True))) is np.bool_
    assert type(session.run(tf.constant("x"))) is bytes
    assert session.run(tf.constant([[1]])).shape == (1, 1)
    assert session.run(tf.constant([], tf.float64)).dtype == np.float64
    assert session.run(v).tolist() == session.run(v.name).tolist() == [1, 2]
    assert session.run(v.op) is None


def test_indexed_slices(session):
    slices = tf.IndexedSlices(tf.constant([[1.0, 2.0]]), tf.constant([0]), tf.constant([3, 2]))
    found = session.run(slices)
    assert isinstance(found, tf.IndexedSlicesValue)
    assert (found.values.tolist(), found.indices, found.dense_shape.tolist()) == (
        [[1, 2]], [0], [3, 2],
    )  # fmt: skip
    assert session.run(tf.IndexedSlices(slices.values, slices.indices)).dense_shape is None


@pytest.mark.parametrize(
    ("fetch", "error", "text"),
    [
        (None, TypeError, "Fetch argument None has invalid type <class 'NoneType'>"),
        (
            3,
            TypeError,
            "Fetch argument 3 has invalid type <class 'int'>, must be a string or Tensor. (Can not "
            "convert a int into a Tensor or Operation.)",
        ),
        (
            "Nope",
            ValueError,
            "Fetch argument 'Nope' cannot be interpreted as a Tensor. (\"The name 'Nope' refers to "
            'an Operation not in the graph.")',
        ),
        (
            "Nope:0",
            ValueError,
            "Fetch argument 'Nope:0' cannot be interpreted as a Tensor. (\"The name 'Nope:0' "
            "refers to a Tensor which does not exist. The operation, 'Nope', does not exist in the "
            'graph.")',
        ),
    ],
)
def test_what_cannot_be_fetched(session, fetch, error, text):
    tf.constant(1)
    for fetches in (fetch, [fetch]):
        with pytest.raises(error, match=re.escape(text)):
            session.run(fetches)


def test_fetches_of_another_graph(session):
    with tf.Graph().as_default():
        a = tf.constant(1, name="a")
    tf.constant(1)
    text = (
        "<tf.Tensor 'a:0' shape=() dtype=int32> cannot be interpreted as a Tensor. (Tensor "
        'Tensor("a:0", shape=(), dtype=int32) is not an element of this graph.)'
    )
    with pytest.raises(ValueError, match=re.escape(text)):
        session.run(a)
    with pytest.raises(TypeError, match="Cannot interpret feed_dict key as Tensor: "):
        session.run("Const:0", {a: 1})


# Feeds.


def test_a_feed_replaces_any_tensor(session):
    x = tf.placeholder(tf.float32, [2])
    y = x * 2
    assert session.run([tf.reduce_sum(y), y], {y: [5.0, 6.0]})[0] == 11
    c = tf.constant(3, name="c")
    assert session.run(c * 2, {c: 5}) == 10
    assert session.run(c * 2, {"c:0": 6}) == 12
    v = tf.Variable([1.0, 2.0])
    assert session.run(v * 2, {v: [3, 4]}).tolist() == [6, 8]
    a, b = tf.unstack(tf.constant([1, 2]))
    assert session.run([a + 0, b + 0], {b: 9}) == [1, 9]
    n = tf.shape(tf.placeholder(tf.int32, [None]))
    assert session.run(tf.zeros(n), {n: [3]}).shape == (3,)


def test_only_what_is_needed_must_be_fed(session):
    x, y = tf.placeholder(tf.float32, name="x"), tf.placeholder(tf.float32, [2, None], name="y")
    z = x * 2 + y
    assert session.run(x * 2, {x: 1}) == 2
    for fetch, feeds, text in (
        (z, {y: [[1], [2]]}, "placeholder tensor 'x' with dtype float"),
        (z, {x: 1}, "placeholder tensor 'y' with dtype float and shape [2,?]"),
    ):
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            session.run(fetch, feeds)
        assert caught.value.message.startswith(f"You must feed a value for {text}")
        assert caught.value.op.type == "Placeholder"


@pytest.mark.parametrize(
    ("dtype", "value", "found"),
    [
        ("int32", 2.7, 2),
        ("int64", np.array([1.9, 2.1]), [1, 2]),
        ("float32", True, 1),
        ("float32", None, np.nan),
        ("bool", [1, 0], [True, False]),
        ("float16", [1, 2], [1, 2]),
        ("complex64", [1 + 1j], [1 + 1j]),
        ("string", "é", "é".encode()),
        ("string", b"a\x00", b"a\x00"),
        ("string", np.array([b"a", b"bc"]), [b"a", b"bc"]),
        ("float32", np.array([1, 2], ">f4"), [1, 2]),
        ("float32", np.arange(4.0).reshape(2, 2).T, [[0, 2], [1, 3]]),
        ("float32", np.arange(4.0, dtype=np.float32)[::-2], [3, 1]),
        ("float32", np.broadcast_to(np.float32(1), [3]), [1, 1, 1]),
    ],
)
def test_conversions(session, dtype, value, found):
    x = tf.placeholder(dtype)
    have = session.run(tf.identity(x), {x: value})
    np.testing.assert_array_equal(have, found)
    if dtype != "string":
        assert have.dtype == dtype


def test_torch_tensors_may_be_fed(session):
    import torch

    x = tf.placeholder(tf.float32, [2])
    assert session.run(x * 2, {x: torch.tensor([1.0, 2.0])}).tolist() == [2, 4]


@pytest.mark.parametrize(
    ("dtype", "shape", "value", "error", "text"),
    [
        (
            "float32",
            [2],
            [1, 2, 3],
            ValueError,
            "Cannot feed value of shape (3,) for Tensor 'x:0', which has shape '(2,)'",
        ),
        (
            "float32",
            [None, 3],
            np.zeros(3),
            ValueError,
            "Cannot feed value of shape (3,) for Tensor 'x:0', which has shape '(?, 3)'",
        ),
        ("float32", None, "abc", ValueError, "could not convert string to float: 'abc'"),
        ("float32", None, [[1], [1, 2]], ValueError, "setting an array element with a sequence."),
        (
            "int32",
            None,
            2**40,
            TypeError,
            "Type of feed value 1099511627776 with type <class 'int'> is not compatible with "
            "Tensor type <class 'numpy.int32'>. Try explicitly setting the type of the feed tensor "
            "to a larger type (e.g. int64).",
        ),
        ("float32", None, 1j, TypeError, "complex"),
    ],
)
def test_values_that_do_not_fit(session, dtype, shape, value, error, text):
    x = tf.placeholder(dtype, shape, name="x")
    with pytest.raises(error, match=re.escape(text)):
        session.run(x, {x: value})


def test_what_cannot_be_fed(session, graph):
    x = tf.placeholder(tf.float32, name="x")
    c = tf.constant(1, name="c")
    with pytest.raises(TypeError, match="The value of a feed cannot be a tf.Tensor object."):
        session.run(x, {x: c})
    with pytest.raises(
        TypeError, match="Cannot interpret feed_dict key as Tensor: Can not convert"
    ):
        session.run(c, {c.op: 1})
    with pytest.raises(TypeError, match="Cannot interpret feed_dict key as Tensor: The name 'c'"):
        session.run(c, {"c": 1})
    with pytest.raises(TypeError, match="input must be a dictionary"):
        session.run(c, [1])
    graph.prevent_feeding(c)
    with pytest.raises(ValueError, match='Tensor Tensor."c:0", .* may not be fed.'):
        session.run(c, {c: 1})


def test_nested_feeds(session):
    x, y = tf.placeholder(tf.float32, []), tf.placeholder(tf.float32, [])
    assert session.run(x - y, {(x, y): (5, 3)}) == 2
    slices = tf.IndexedSlices(
        tf.placeholder(tf.float32), tf.placeholder(tf.int32), tf.constant([3, 2])
    )
    fed = tf.IndexedSlicesValue([[1, 2]], [0], [9, 9])
    assert session.run([slices.values * 2, slices.dense_shape], {slices: fed})[1].tolist() == [9, 9]


def test_placeholders_with_defaults(session):
    x = tf.placeholder_with_default([1.0], [None])
    assert session.run(x * 2).tolist() == [2]
    assert session.run(x * 2, {x: [5.0, 6.0]}).tolist() == [10, 12]


# Sessions.


def test_sessions_share_nothing():
    v = tf.Variable(1.0)
    one, two = tf.Session(), tf.Session()
    one.run(v.initializer)
    one.run(v.assign_add(5.0))
    with pytest.raises(tf.errors.FailedPreconditionError):
        two.run(v)
    two.run(v.initializer)
    assert (one.run(v), two.run(v)) == (6, 1)


def test_ops_may_be_added_between_runs(session):
    a = tf.constant(1)
    assert session.run(a + 1) == 2
    assert session.run(a + 2) == 3


def test_closed():
    c = tf.constant(2)
    session = tf.Session()
    session.close()
    session.close()
    with pytest.raises(RuntimeError, match="Attempted to use a closed Session."):
        session.run(c)
    with tf.Session() as entered:
        assert c.eval() == 2
    with pytest.raises(RuntimeError, match="Attempted to use a closed Session."):
        entered.run(c)
    kept = tf.Session()
    with kept.as_default():
        assert c.eval() == 2
    assert kept.run(c) == 2


def test_empty_graph(session):
    with pytest.raises(RuntimeError, match="The Session graph is empty."):
        session.run([])


def test_default_sessions(graph):
    c = tf.constant(2)
    assert tf.get_default_session() is None
    with pytest.raises(ValueError, match="Cannot evaluate tensor using `eval..`: No default sess"):
        c.eval()
    with pytest.raises(ValueError, match="Cannot execute operation using `run..`: No default sess"):
        c.op.run()
    with tf.Session() as outer:
        with tf.Session() as inner:
            assert tf.get_default_session() is inner
        assert tf.get_default_session() is outer
        seen = []
        thread = threading.Thread(target=lambda: seen.append(tf.get_default_session()))
        thread.start()
        thread.join()
        assert seen == [None]
    x = tf.placeholder(tf.float32, [])
    with tf.Session(graph=tf.Graph()), pytest.raises(ValueError, match="Cannot use the default"):
        x.eval({x: 1})
    assert (x * 2).eval({x: 3.0}, tf.Session()) == 6


def test_a_session_enters_its_graph():
    with tf.Session(graph=tf.Graph()) as session:
        assert tf.get_default_graph() is session.graph
    assert tf.get_default_graph() is not session.graph


def test_interactive_session(graph):
    c = tf.constant(2)
    session = tf.InteractiveSession()
    assert c.eval() == 2
    assert tf.get_default_session() is session
    session.close()
    assert tf.get_default_session() is None
    other = tf.InteractiveSession(graph=tf.Graph())
    assert tf.get_default_graph() is other.graph
    other.close()
    assert tf.get_default_graph() is graph


def test_wrong_arguments():
    with pytest.raises(TypeError, match="graph must be a tf.Graph, but got <class 'int'>"):
        tf.Session(graph=3)
    with pytest.raises(NotImplementedError, match="there are no remote sessions"):
        tf.Session("grpc://host")


def test_callables(session):
    x = tf.placeholder(tf.float32, [2])
    double = session.make_callable({"y": x * 2}, [x])
    assert double([1, 2])["y"].tolist() == [2, 4]
    assert session.make_callable(tf.constant(1))() == 1
    with pytest.raises(ValueError):
        double()


# Nobody's memory is anybody else's.


def spoil(array):
    array += 100


def test_fetched_arrays_are_the_callers(session):
    v = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
    c = tf.constant([[1.0, 2.0], [3.0, 4.0]])
    session.run(v.initializer)
    yes = tf.constant(True)
    for t in (v, c):
        fetches = [
            t if t is c else v.value(), tf.identity(t), t[0], t[:, 1], tf.transpose(t), t[0:2],
            tf.reshape(t, [4]), tf.reshape(t, [-1]), tf.expand_dims(t, 0), tf.stop_gradient(t),
            tf.split(t, 2)[0], tf.unstack(t)[1], tf.cast(t, tf.float32), tf.concat([t], 0),
            tf.pad(t, [[0, 0], [0, 0]], "REFLECT"), tf.pad(t, [[0, 0], [0, 0]]),
            tf.gather_nd(t, np.zeros([1, 0], np.int32)), tf.tile(t, [1, 1]), tf.add_n([t]),
            tf.broadcast_to(t, [2, 2, 2]), tf.slice(t, [0, 0], [2, 2]), tf.squeeze(t),
            tf.placeholder_with_default(t, [2, 2]), tf.reduce_sum(t, []), tf.gather(t, [0, 1]),
            tf.cond(yes, lambda t=t: t, lambda t=t: t * 2), tf.reverse(t, []),
            tf.where([True, True], t, t), tf.gradients(t * 1.0, t, grad_ys=[tf.identity(t)])[0],
            tf.matrix_set_diag(t, [1.0, 4.0]), tf.maximum(t, t), tf.cumsum(t, exclusive=True),
        ]  # fmt: skip
        for fetch in fetches:
            before = session.run(fetch).copy()
            spoil(session.run(fetch))
            assert (session.run(fetch) == before).all(), fetch
            first, second = session.run([fetch, tf.identity(fetch)])
            spoil(first)
            assert (second == before).all(), fetch
    assert session.run(v).tolist() == session.run(c).tolist() == [[1, 2], [3, 4]]


def test_results_of_updates_are_the_callers(session):
    v = tf.Variable([1.0, 2.0])
    updates = [v.assign([3.0, 4.0]), v.assign_add([1.0, 1.0]), tf.scatter_add(v, [0], [5.0])]
    session.run(v.initializer)
    for update, value in zip(updates, ([3, 4], [4, 5], [9, 5]), strict=True):
        found = session.run(update)
        assert found.tolist() == value
        spoil(found)
        assert session.run(v).tolist() == value


def test_fed_arrays_are_the_callers(session):
    v = tf.Variable([1.0, 2.0])
    x = tf.placeholder(tf.float32, [2])
    fed = np.array([3, 4], np.float32)
    found = session.run([v.assign(x), x, tf.identity(x), tf.reshape(x, [2, 1])], {x: fed})
    for array in found:
        spoil(array)
    assert fed.tolist() == [3, 4]
    fed[0] = 50
    assert session.run(v).tolist() == [3, 4]
    session.run(v.assign_add([1.0, 1.0]))
    assert fed.tolist() == [50, 4]
    session.run(v.assign_add(x), {x: fed})
    assert fed.tolist() == [50, 4]


def test_what_a_constant_was_made_of_is_the_callers(session):
    array = np.array([1.0, 2.0])
    c = tf.constant(array)
    spoil(array)
    assert session.run(c).tolist() == [1, 2]


def test_arrays_are_plain(session):
    """In C order, writable, each element in a place of its own."""
    x = tf.placeholder(tf.float32, [2, 3])
    total = tf.reduce_sum(x)
    for fetch in (
        tf.transpose(x + 1),
        tf.broadcast_to(x[:1] + 1, [4, 3]),
        tf.gradients(total, x)[0],
    ):
        found = session.run(fetch, {x: np.ones([2, 3])})
        assert found.flags.c_contiguous
        assert found.flags.writeable
        before = found.copy()
        found[0, 0] += 5
        assert (found != before).sum() == 1
