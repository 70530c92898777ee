"""Accumulators. Names, values and error texts are TensorFlow 1.15.5's."""

import threading
import time

import numpy as np
import pytest

import scopeflow as tf

Invalid = tf.errors.InvalidArgumentError


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def test_names_types_and_static_shapes(session):
    dense = tf.ConditionalAccumulator(tf.float32, shape=[2], name="q")
    applied, taken = dense.apply_grad([1.0, 2.0]), dense.take_grad(1)
    assert [t.op.name for t in applied.inputs] == ["q", "Cast", "Const"]
    assert (applied.type, taken.op.type) == (
        "ResourceAccumulatorApplyGradient",
        "ResourceAccumulatorTakeGradient",
    )
    assert (dense.name, dense.dtype, taken.shape.as_list()) == ("q", tf.float32, [2])
    assert dense.num_accumulated().op.name == "q_NumAccumulated"
    sparse = tf.SparseConditionalAccumulator(tf.float32, name="z")
    assert sparse.accumulator_ref.dtype == tf.string._as_ref
    assert sparse.take_grad(1).values.shape.ndims is None
    assert isinstance(sparse.take_indexed_slices_grad(1), tf.IndexedSlices)


@pytest.mark.parametrize(("reduction", "wanted"), [("MEAN", [2.0, 3.0]), ("SUM", [4.0, 6.0])])
@pytest.mark.parametrize("dtype", [tf.float16, tf.float32, tf.float64])
def test_mean_and_sum_start_anew_after_a_take(session, reduction, wanted, dtype):
    q = tf.ConditionalAccumulator(dtype, shape=[2], reduction_type=reduction)
    take = q.take_grad(2)
    for step in range(2):
        for gradient in ([1, 2], [3, 4]):
            session.run(q.apply_grad(gradient, local_step=step))
        found = session.run(take)
        assert found.dtype == dtype.as_numpy_dtype
        np.testing.assert_array_equal(found, wanted)
    assert session.run(q.num_accumulated()) == 0


def test_gradients_of_older_steps_are_dropped(session):
    q = tf.ConditionalAccumulator(tf.float32, shape=[])
    session.run(q.apply_grad(2.0))
    session.run(q.take_grad(1))
    session.run(q.apply_grad(2.0))  # the step is 1 now
    assert session.run(q.num_accumulated()) == 0
    session.run(q.set_global_step(5))
    session.run(q.set_global_step(3))  # changes nothing
    session.run(q.apply_grad(2.0, local_step=4))
    session.run(q.apply_grad(7.0, local_step=5))
    assert session.run(q.take_grad(1)) == 7.0


def test_a_variable_that_was_added_may_change(session):
    v = tf.Variable([1.0, 2.0])
    session.run(v.initializer)
    q = tf.ConditionalAccumulator(tf.float32)
    session.run(q.apply_grad(v))
    session.run(tf.assign_add(v, [5.0, 5.0]))
    assert session.run(q.take_grad(1)).tolist() == [1.0, 2.0]


def test_shapes_are_checked(session):
    with pytest.raises(ValueError, match="not in: \"MEAN\", \"SUM\""):
        tf.ConditionalAccumulator(tf.float32, reduction_type="MAX")
    q = tf.ConditionalAccumulator(tf.float32, shape=[None, 2])
    with pytest.raises(ValueError, match="incompatible"):
        q.apply_grad([1.0, 2.0, 3.0])
    with pytest.raises(ValueError, match="Shape must be rank 0 but is rank 1"):
        q.take_grad([1, 2])
    gradient = tf.placeholder(tf.float32)
    apply = q.apply_grad(gradient)
    with pytest.raises(Invalid, match=r"expected \[\?,2\], got \[3\]"):
        session.run(apply, {gradient: [1, 2, 3]})
    session.run(apply, {gradient: [[1, 2]]})
    with pytest.raises(Invalid, match=r"expected \[1,2\], got \[2,2\]"):
        session.run(apply, {gradient: [[1, 2], [1, 2]]})
    session.run(q.take_grad(1))
    session.run(q.set_global_step(0))
    with pytest.raises(Invalid, match="num_required must be positive, but was 0"):
        session.run(q.take_grad(0))
    with pytest.raises(Invalid, match="not int32"):
        session.run(tf.ConditionalAccumulator(tf.int32).accumulator_ref.op)


def test_rows_have_the_mean_over_the_gradients_with_them(session):
    q = tf.SparseConditionalAccumulator(tf.float32, shape=())
    rows = tf.IndexedSlices(tf.constant([[1.0, 0], [0, 2]]), tf.constant([0, 1]))
    session.run(q.apply_indexed_slices_grad(rows))
    session.run(q.apply_grad([0, 2], [[0.0, 1], [3, 0]], [3, 2]))
    found = session.run(q.take_indexed_slices_grad(1))
    assert found.indices.tolist() == [0, 1, 2]
    assert found.values.tolist() == [[0.5, 0.5], [0, 2], [3, 0]]
    assert found.dense_shape.tolist() == [-1, 2]
    total = tf.SparseConditionalAccumulator(tf.float32, shape=[4, 1], reduction_type="SUM")
    session.run(total.apply_grad([3, 1, 3], [[1.0], [2], [3]]))
    session.run(total.apply_grad([1], [[5.0]]))
    found = session.run(total.take_grad(2))
    assert (found.indices.tolist(), found.values.tolist()) == ([1, 3], [[7.0], [4.0]])
    assert found.shape.tolist() == [4, 1]


@pytest.mark.parametrize(
    ("indices", "values", "shape", "message"),
    [
        ([[0]], [[1.0, 2]], None, r"Input indices should be vector but received shape: \[1,1\]"),
        ([0], 1.0, None, "Values cannot be 0-dimensional."),
        ([0, 1], [[1.0, 2]], None, "Expected 2 non-empty input values, got 1"),
        ([0], [[1.0, 2]], [4, 2], "expected shape dim 0 to be 3, got 4"),
        ([0], [[1.0, 2]], [3], "expected shape rank at least 2, got 1"),
        ([0], [[1.0, 2, 3]], None, "expected values dim 1 to be 2, got 3"),
        ([0], [1.0], None, "expected values rank at least 2, got 1"),
        ([5], [[1.0, 2]], None, "index of slice 0 exceeded limits of shape; index is 5 exceeded 3"),
    ],
)
def test_rows_are_checked(session, indices, values, shape, message):
    q = tf.SparseConditionalAccumulator(tf.float32, shape=[3, 2])
    with pytest.raises(Invalid, match=message):
        session.run(q.apply_grad(indices, values, shape))


def test_take_waits_and_ends_with_the_session():
    with tf.Graph().as_default():
        session = tf.Session()
        q = tf.ConditionalAccumulator(tf.float32, shape=[])
        apply, take = q.apply_grad(3.0), q.take_grad(2)
        found = []

        def waiting(fetches):
            try:
                found.append(session.run(fetches))
            except tf.errors.CancelledError as error:
                found.append(error.message)

        thread = threading.Thread(target=waiting, args=(take,))
        thread.start()
        session.run(apply)
        time.sleep(0.05)
        assert not found
        session.run(apply)
        thread.join(10)
        assert found == [3.0]
        with pytest.raises(tf.errors.DeadlineExceededError, match="Timed out waiting"):
            session.run(take, options=tf.RunOptions(timeout_in_ms=20))
        thread = threading.Thread(target=waiting, args=(take,))
        thread.start()
        time.sleep(0.05)
        session.close()
        thread.join(10)
        assert "TakeGrad operation was cancelled" in found[1]


def test_shared_name(session):
    one, other = (tf.ConditionalAccumulator(tf.float32, shared_name="same") for _ in range(2))
    session.run(one.apply_grad([1.0]))
    assert session.run(other.num_accumulated()) == 1
