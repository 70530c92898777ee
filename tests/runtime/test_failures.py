"""What fails while running: the class, the op, the user's line."""

import inspect
import pickle
import re

import pytest

import scopeflow as tf
from scopeflow.core.op import define, registry


@pytest.fixture(autouse=True)
def graph():
    graph = tf.Graph()
    with graph.as_default():
        yield graph


@pytest.fixture
def session(graph):
    with tf.Session() as session:
        yield session


def failure(session, fetch, feeds=None, error=tf.errors.OpError):
    with pytest.raises(error) as caught:
        session.run(fetch, feeds)
    return caught.value


def line_of(function, text):
    lines, first = inspect.getsourcelines(function)
    return first + next(i for i, line in enumerate(lines) if text in line)


def test_the_op_and_the_users_line(session):
    x = tf.placeholder(tf.float32, name="x")
    y = tf.matmul(x, x, name="product")
    error = failure(session, y + 1.0, {x: [[1, 2, 3]]})
    assert type(error) is tf.errors.InvalidArgumentError
    assert error.op is y.op
    assert error.error_code == tf.errors.INVALID_ARGUMENT
    text = str(error)
    assert "node product (op type " in text
    line = line_of(test_the_op_and_the_users_line, "tf.matmul")
    assert f'File "{__file__}", line {line}' in text
    assert 'y = tf.matmul(x, x, name="product")' in text
    assert "x:0" in text


def build_deep(x):
    with tf.variable_scope("outer"), tf.name_scope("inner"):
        return tf.gather(x, [7], name="row")


def test_an_op_made_in_a_function(session):
    row = build_deep(tf.constant([1.0, 2.0]) * 2.0)
    error = failure(session, row)
    assert error.op.name == "outer/inner/row"
    line = line_of(build_deep, "tf.gather")
    assert f'File "{__file__}", line {line}, in build_deep' in str(error)
    caller = line_of(test_an_op_made_in_a_function, "build_deep")
    assert f'File "{__file__}", line {caller}' in str(error)


def test_each_op_of_a_program_is_told_apart(session):
    """The line that failed names the op, after lines with and without deletions, in branches."""
    x = tf.placeholder(tf.int32, name="x")
    p = tf.placeholder(tf.bool, [])
    y = tf.add(x, 1, name="fine")
    first = tf.floordiv(y, x, name="first")
    second = tf.cond(p, lambda: tf.floordiv(first, x - 1, name="second"), lambda: first)
    third = tf.floordiv(second, x - 2, name="third")
    names = {}
    for value, choice in ((0, True), (1, True), (2, True), (2, False)):
        names[value, choice] = failure(session, third, {x: [value], p: choice}).op.name
    assert names == {
        (0, True): "first",
        (1, True): "cond/second",
        (2, True): "third",
        (2, False): "third",
    }
    assert session.run(third, {x: [1], p: False}) == [-2]


@pytest.mark.parametrize(
    ("build", "feed"),
    [
        (lambda x: tf.reshape(x, [2, 2]), [1.0, 2.0, 3.0]),
        (lambda x: tf.concat([x, [[1.0, 2.0]]], 0), [[1.0]]),
        (lambda x: tf.stack([x, x[:1]]), [1.0, 2.0]),
        (lambda x: x + [1.0, 2.0], [1.0, 2.0, 3.0]),
        (lambda x: x[5], [1.0]),
        (lambda x: tf.squeeze(x, [0]), [1.0, 2.0]),
        (lambda x: tf.transpose(x, [0, 0]), [[1.0, 2.0]]),
        (lambda x: tf.slice(x, [1], [5]), [1.0, 2.0]),
        (lambda x: tf.split(x, 2), [1.0, 2.0, 3.0]),
        (lambda x: tf.zeros(tf.cast(x, tf.int32)), [-1.0]),
        (lambda x: tf.range(x, 5.0, 0.0), 1.0),
        (lambda x: tf.cast(x, tf.int32) // 0, [1.0]),
    ],
)
def test_arguments_that_do_not_fit(session, build, feed):
    x = tf.placeholder(tf.float32, name="x")
    fetch = build(x)
    error = failure(session, fetch, {x: feed}, tf.errors.InvalidArgumentError)
    assert error.op is (fetch[0] if isinstance(fetch, list) else fetch).op
    assert __file__ in str(error)


def test_what_is_missing(session):
    x = tf.placeholder(tf.float32, [None], name="x")
    error = failure(session, x + 1.0, error=tf.errors.InvalidArgumentError)
    text = "You must feed a value for placeholder tensor 'x' with dtype float and shape [?]"
    assert error.message.startswith(text)
    assert error.op is x.op
    v = tf.Variable(1.0, name="v")
    error = failure(session, v + 1.0, error=tf.errors.FailedPreconditionError)
    assert error.message.startswith("Attempting to use uninitialized value v")
    assert error.op is v.op
    assert "tf.global_variables_initializer()" in error.message
    counter = tf.Variable(5)
    session.run(counter.initializer)
    failure(session, counter.count_up_to(3), error=tf.errors.OutOfRangeError)


@pytest.mark.parametrize(
    ("raised", "error"),
    [
        (ValueError("so"), tf.errors.InvalidArgumentError),
        (OverflowError("so"), tf.errors.InvalidArgumentError),
        (NotImplementedError("so"), tf.errors.UnimplementedError),
        (MemoryError("so"), tf.errors.ResourceExhaustedError),
        (RuntimeError("CUDA out of memory: so"), tf.errors.ResourceExhaustedError),
        (KeyError("so"), tf.errors.UnknownError),
        (tf.errors.DataLossError(None, None, "so"), tf.errors.DataLossError),
    ],
)
def test_what_a_kernel_raises(session, raised, error):
    def kernel(x):
        raise raised

    define("Fails", ["x"], "T -> T", kernel)
    try:
        made = registry["Fails"].function(1.0, name="f")
        found = failure(session, made, error=error)
    finally:
        del registry["Fails"]
    assert type(found) is error
    assert found.op is made.op
    assert "so" in found.message
    assert __file__ in str(found)


def test_folded_constants_fail_where_they_run(session):
    """An error in shape arithmetic that is known at once comes from the run, naming the op."""
    p = tf.placeholder(tf.bool, [])
    c = tf.cond(p, lambda: tf.constant(3) // tf.constant(0), lambda: 1)
    assert session.run(c, {p: False}) == 1
    error = failure(session, c, {p: True}, tf.errors.InvalidArgumentError)
    assert error.op.name == "cond/floordiv"


def test_a_failed_run_leaves_the_session_usable(session):
    v = tf.Variable([1.0])
    x = tf.placeholder(tf.float32)
    session.run(v.initializer)
    update = v.assign_add([1.0])
    with tf.control_dependencies([update]):
        bad = tf.reshape(x, [2, 2])
    failure(session, bad, {x: [1.0]})
    assert session.run(v).tolist() == [2]
    assert session.run(bad, {x: [1, 2, 3, 4]}).shape == (2, 2)


def test_the_cause_is_kept(session):
    x = tf.placeholder(tf.float32)
    error = failure(session, tf.add(x, x[:2]), {x: [1.0, 2.0, 3.0]})
    assert isinstance(error.__cause__, RuntimeError)


def test_failures_in_gradients(session):
    v = tf.Variable([1.0, 2.0])
    x = tf.placeholder(tf.float32)
    session.run(v.initializer)
    (slope,) = tf.gradients(tf.identity(v), v, grad_ys=x)
    error = failure(session, slope, {x: [1.0, 2.0, 3.0]})
    assert error.op is slope.op


def test_errors_travel(session):
    x = tf.placeholder(tf.float32, name="x")
    error = failure(session, tf.reshape(x, [2, 2]), {x: [1.0]})
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is type(error)
    assert str(again) == str(error)
    assert re.search("Reshape", str(again))
