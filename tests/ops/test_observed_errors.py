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
    with pytest.raises(Invalid, match="diagonal must be at least 1-dim"):
        session.run(tf.matrix_set_diag(np.ones([2, 2], "f"), x), {x: 1.0})
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


def test_named_sizes(session):
    scalar, pair, matrix = tf.constant(5), tf.constant([1, 2]), tf.ones([1, 2])
    checks = tf.debugging.assert_shapes
    session.run(
        checks([(matrix, ("N", "M")), (pair, "M"), (scalar, "N"), (scalar, ()), (pair, None)])
    )
    session.run(checks([(matrix, "12"), (matrix, (..., 2)), (matrix, "*M"), (pair, np.array([2]))]))
    for shapes, message in (
        ([(pair, 2)], "Specified shape must be an iterable"),
        ([(matrix, ("N", "...", "M"))], "specified shape index 1.  Symbol `...`"),
        ([(pair, ())], "Specified explicitly.  Tensor .* dimension 0 must have size 1"),
        ([(matrix, "NM"), (pair, "N")], "Specified by tensor .* dimension 0.  .* must have size 1"),
        ([(matrix, "*3")], "dimension -1 must have size 3.  Received size 2"),
        ([(matrix, "N")], "must have rank in"),
    ):
        with pytest.raises(ValueError, match=message):
            checks(shapes)


def test_named_sizes_in_a_run(session):
    x, y = tf.placeholder(tf.float32, name="x"), tf.placeholder(tf.float32, name="y")
    check = tf.debugging.assert_shapes([(x, "*N"), (y, "N")])
    session.run(check, {x: [[1, 2]], y: [3, 4]})
    session.run(check, {x: [[1]], y: 3})
    text = (
        r"\[Specified by tensor x:0 dimension -1\] \[Tensor y:0 dimension\] \[0\] "
        r"\[must have size\] \[1\] \[Received shape: \] \[2\]"
    )
    with pytest.raises(Invalid, match=text):
        session.run(check, {x: [[1.0]], y: [1, 2]})


@pytest.mark.parametrize("kind", ["max", "avg"])
def test_fractional_pooling_may_have_the_same_windows_in_each_run(session, kind):
    x = tf.reshape(tf.range(400.0), [1, 20, 20, 1])
    pool = getattr(tf.nn, f"fractional_{kind}_pool")
    fixed = pool(x, [1, 1.6, 1.6, 1], deterministic=True, seed=3, seed2=4)
    free = pool(x, [1, 1.6, 1.6, 1], seed=3, seed2=4)
    rows = [[session.run(f.row_pooling_sequence).tolist() for _ in range(4)] for f in (fixed, free)]
    assert all(r == rows[0][0] for r in rows[0])
    assert any(r != rows[1][0] for r in rows[1])


@pytest.mark.parametrize("index", [-1, 2])
def test_there_is_no_such_queue(session, index):
    queues = [tf.FIFOQueue(2, tf.float32) for _ in range(2)]
    with pytest.raises(Invalid, match="is not in"):
        session.run(tf.QueueBase.from_list(index, queues).enqueue(1.0))
