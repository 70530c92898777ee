"""Bad input, and shapes known early: what TensorFlow 1.15.5 says, recorded."""

import numpy as np
import pytest

import scopeflow as tf

Invalid = tf.errors.InvalidArgumentError


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def test_ranks_of_diagonals(session):
    x = tf.placeholder(tf.float32)
    with pytest.raises(Invalid, match=r"diagonal must be at least 1-dim, received shape: \[\]"):
        session.run(tf.matrix_diag(x), {x: 1.0})
    for op in (tf.matrix_set_diag(x, [1.0]), tf.matrix_diag_part(x)):
        with pytest.raises(Invalid, match=r"input must be at least 2-dim, received shape: \[\]"):
            session.run(op, {x: 1.0})


@pytest.mark.parametrize(
    ("axis", "shapes", "message"),
    [
        (4, [[2, 3, 5], [2, 7, 5]], "Concat dim is out of range: 4 vs. 3"),
        (1, [[2, 3, 5], [3, 7, 5]], r"Input 1 has shape \[3 7 5\] and doesn't match input 0"),
        (0, [[2, 3, 5], [2, 7, 5, 1]], "input 1 should contain 3 elements, but got 4"),
    ],
)
def test_concat_offset(session, axis, shapes, message):
    with pytest.raises((Invalid, ValueError), match=message):
        session.run(tf.raw_ops.ConcatOffset(concat_dim=axis, shape=shapes))
    found = tf.raw_ops.ConcatOffset(concat_dim=-2, shape=[[2, 3, 5], [2, 7, 5]])
    assert [x.tolist() for x in session.run(found)] == [[0, 0, 0], [0, 3, 0]]


def test_boundaries_must_ascend(session):
    with pytest.raises(Invalid, match="Expected sorted boundaries"):
        session.run(tf.raw_ops.Bucketize(input=[1, 2], boundaries=[3.0, 1.0]))


@pytest.mark.parametrize("dtype", [np.uint16, np.uint32, np.uint64])
def test_unsigned_integers_turned_round(session, dtype):
    found = session.run(tf.reverse(np.array([1, 2, np.iinfo(dtype).max], dtype), [0]))
    assert found.dtype == dtype and found.tolist() == [np.iinfo(dtype).max, 2, 1]


def test_nothing_is_assigned_to_an_empty_slice(session):
    v = tf.Variable(tf.zeros([3, 3]))
    session.run(v.initializer)
    assert not session.run(v[0:0, 0:0].assign(np.zeros([1, 0], "f"))).any()
    with pytest.raises(tf.errors.UnimplementedError, match="does not match r-value"):
        session.run(v[0:2, 0:2].assign(np.zeros([2, 0], "f")))


def test_the_width_of_a_mask_of_known_lengths():
    with tf.Graph().as_default():
        assert tf.sequence_mask([[0, 1, 4], [1, 2, 3]]).shape.as_list() == [2, 3, 4]


def test_embeddings_of_half_precision_add_up_in_float32(session):
    ids = tf.SparseTensor([[0, 0], [0, 1]], [1, 0], [1, 2])
    weights = tf.SparseTensor([[0, 0], [0, 1]], [1.0, 2.0], [1, 2])
    for dtype in (tf.float16, tf.bfloat16):
        table = tf.ones([3, 2], dtype)
        plain = tf.nn.embedding_lookup_sparse(table, ids, None, combiner="sum")
        weighted = tf.nn.embedding_lookup_sparse(table, ids, weights, combiner="sum")
        assert plain.dtype == weighted.dtype == tf.float32
        assert session.run([plain, weighted])[1].tolist() == [[3.0, 3.0]]
        with pytest.raises(ValueError, match="requested dtype float32"):
            tf.nn.safe_embedding_lookup_sparse(table, ids, weights)


def test_ctc_loss_of_no_examples(session):
    labels = tf.SparseTensor(np.zeros([0, 2], np.int64), np.zeros([0], np.int32), [0, 0])
    with pytest.raises(Invalid, match="batch_size must not be 0"):
        session.run(tf.nn.ctc_loss(labels, np.zeros([1, 0, 2], "f"), np.zeros([0], np.int32)))
