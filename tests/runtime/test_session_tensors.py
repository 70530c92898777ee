"""Values that stay in a session: tf.get_session_handle, tf.get_session_tensor."""

import gc

import numpy as np
import pytest

import scopeflow as tf


@pytest.fixture(autouse=True)
def graph():
    tf.reset_default_graph()


@pytest.fixture
def session():
    with tf.Session() as session:
        yield session


def test_a_kept_value_is_read_fed_and_given_up(session):
    x = tf.constant([1.0, 2]) * 2
    op = tf.get_session_handle(x)
    assert (op.op.type, op.dtype, op.shape) == ("GetSessionHandle", tf.string, ())
    kept = session.run({"a": [op]})["a"][0]
    place = "/job:localhost/replica:0/task:0/device:CPU:0"
    assert kept.handle == str(kept) == f"GetSessionHandle;0;{place}"  # TF 1.15.5
    assert kept.eval().tolist() == [2, 4]
    holder, value = tf.get_session_tensor(kept.handle, tf.float32)
    assert value.device == place and value.shape.ndims is None
    assert session.run(value * 10, {holder: kept.handle}).tolist() == [20, 40]
    assert session.run(x + 1, {x: kept}).tolist() == [3, 5]
    holder, deleting = tf.delete_session_tensor(kept.handle)
    session.run(deleting, {holder: kept.handle})
    for use in (kept.eval, kept.delete):
        with pytest.raises(TypeError, match="may have already been deleted"):
            use()


def test_it_is_a_value_of_its_own(session):
    v = tf.Variable([1.0, 2])
    session.run(v.initializer)
    kept = session.run(tf.get_session_handle(v.read_value()))
    read = session.run(v + 0, {v: kept})
    session.run(v.assign_add([5.0, 5]))
    read[0] = 100
    kept.eval()[0] = 100
    assert kept.eval().tolist() == [1, 2]


def test_strings_and_sizes_are_kept_too(session):
    words = session.run(tf.get_session_handle(tf.constant(["a", "bc"])))
    assert words.eval().tolist() == [b"a", b"bc"]
    size = session.run(tf.get_session_handle(tf.shape(tf.zeros([2, 3]))[1]))
    assert size.eval() == 3 and size.eval().dtype == np.int32


def test_a_loop_of_runs_keeps_few_values(session):
    x = session.run(tf.get_session_handle(tf.constant(0)))
    holder, value = tf.get_session_tensor(x.handle, tf.int32)
    following = tf.get_session_handle(value + 1)
    for _ in range(50):
        x = session.run(following, {holder: x.handle})
    gc.collect()
    assert x.eval() == 50
    assert len(session._held["session tensors"]._values) <= 12
    raw = session.run(following, {holder: x.handle}).get_raw_handle()
    assert session.run(value, {holder: raw}) == 51


def test_what_does_not_fit(session):
    kept = session.run(tf.get_session_handle(tf.constant([1.0, 2])))
    with pytest.raises(TypeError, match="must be of type Tensor"):
        tf.get_session_handle(3)
    with pytest.raises(ValueError, match="Unknown attribute"):
        tf.get_session_tensor("nope", tf.float32)
    with pytest.raises(ValueError, match=r"Cannot feed value of shape \(2,\)"):
        place = tf.placeholder(tf.float32, [3])
        session.run(place + 1, {place: kept})
    with pytest.raises(tf.errors.InvalidArgumentError, match="to be int32 but float32 is provided"):
        place = tf.placeholder(tf.int32)
        session.run(place + 1, {place: kept})
    holder, value = tf.get_session_tensor(kept.handle, tf.int32)
    with pytest.raises(tf.errors.InternalError, match="does not match declared output type int32"):
        session.run(value, {holder: kept.handle})
    with tf.Session() as other:
        with pytest.raises(tf.errors.InvalidArgumentError, match="is not in the session store"):
            other.run(value, {holder: kept.handle})
