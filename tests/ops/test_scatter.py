"""Scatters, batch-wise gathers, inverse permutations."""

from __future__ import annotations

import numpy as np
import pytest
from ops.common import check, data, gradient_of, ops_of, run

import scopeflow as tf
from scopeflow.ops import gathering, scatter

# Scatters


def _scattered(start, indices, updates, add=True, sign=1):
    found = start.copy()
    depth = indices.shape[-1]
    rest = updates.reshape(-1, *found.shape[depth:])
    for place, row in zip(indices.reshape(-1, depth), rest, strict=True):
        found[tuple(place)] = found[tuple(place)] + sign * row if add else row
    return found


PLACES = [
    ((4, 3), [[0], [2]]),
    ((4, 3), [[0, 1], [3, 2], [0, 0]]),
    ((5,), [[1], [1], [4]]),
    ((2, 3, 4), [[[0, 1], [1, 2]], [[1, 0], [0, 0]]]),
]


@pytest.mark.parametrize(("shape", "indices"), PLACES)
def test_scatter_nd(shape, indices):
    indices = np.int32(indices)
    updates = data(*indices.shape[:-1], *shape[indices.shape[-1] :])
    check(
        lambda i, u: scatter.scatter_nd(i, u, shape), indices, updates,
        expected=lambda i, u: _scattered(np.zeros(shape), i, u),
    )  # fmt: skip


@pytest.mark.parametrize(("shape", "indices"), PLACES)
def test_tensor_scatter(shape, indices):
    indices = np.int64(indices)
    updates = data(*indices.shape[:-1], *shape[indices.shape[-1] :], seed=1)
    distinct = len(np.unique(indices.reshape(-1, indices.shape[-1]), axis=0)) == len(
        indices.reshape(-1, indices.shape[-1])
    )
    for function, add, sign in (
        (scatter.tensor_scatter_add, True, 1), (scatter.tensor_scatter_sub, True, -1),
        (scatter.tensor_scatter_update, False, 1),
    ):  # fmt: skip
        check(
            function, data(*shape), indices, updates, gradient=add or distinct,
            expected=lambda t, i, u, a=add, s=sign: _scattered(t, i, u, a, s),
        )  # fmt: skip


def test_scatter_of_other_dtypes():
    with tf.Graph().as_default():
        assert run(scatter.scatter_nd([[1]], [True], [2])).tolist() == [False, True]
        assert run(scatter.scatter_nd([[1]], ["a"], [2])).tolist() == [b"", b"a"]
        assert run(scatter.tensor_scatter_update(["a", "b"], [[1]], ["c"])).tolist() == [b"a", b"c"]
        assert run(scatter.scatter_nd([[0], [0], [2]], [1, 2, 3], [4])).tolist() == [3, 0, 3, 0]
        empty = scatter.scatter_nd(np.zeros((0, 1), np.int32), np.zeros((0, 4)), [2, 4])
        assert run(empty).tolist() == [[0] * 4] * 2


def test_gradient_of_repeated_updates():
    # TF 1.15.5: each gets the gradient of its place, also where a later one won.
    start, places = np.array([1.0, 2.0]), [[0], [0]]
    found = gradient_of(lambda u: scatter.tensor_scatter_update(start, places, u), np.ones(2))
    assert found.tolist() == [1, 1]


def test_scatter_refuses():
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match=r"outer 1 dimensions of indices.shape=\[3,1\]"):
            scatter.scatter_nd([[0], [2], [3]], tf.zeros([2, 3]), [4, 3])
        with pytest.raises(ValueError, match="The inner 0 dimensions of output.shape"):
            scatter.scatter_nd([[0], [2]], tf.zeros([2, 3]), [4])
        with pytest.raises(ValueError, match="at least rank 1"):
            scatter.scatter_nd([1], 4.0, [2])
        updates = tf.placeholder_with_default([1.0, 2.0, 3.0], None)
        for place in (5, -1):
            with pytest.raises(
                tf.errors.InvalidArgumentError, match=r"indices\[1\] = .* shape \[4\]"
            ):
                run(scatter.scatter_nd([[0], [place], [2]], updates, [4]))
        with pytest.raises(tf.errors.InvalidArgumentError, match="Must have updates.shape"):
            run(scatter.scatter_nd([[0], [1]], updates, [4]))
        with pytest.raises(tf.errors.InvalidArgumentError, match="3 columns for a shape of rank 1"):
            run(scatter.tensor_scatter_add(updates, tf.placeholder_with_default([[0, 0, 0]], None),
                                           [1.0]))  # fmt: skip


def test_batch_gather():
    indices = np.int32([[0, 3], [1, 1], [2, 0]])
    check(
        scatter.batch_gather, data(3, 4, 2), indices, unknown_rank=False,
        expected=lambda p, i: np.stack([p[b, i[b]] for b in range(3)]),
    )  # fmt: skip
    check(scatter.batch_gather, data(4), np.int32([3, 0]), unknown_rank=False,
          expected=lambda p, i: p[i])  # fmt: skip
    with tf.Graph().as_default(), pytest.raises(ValueError, match="unknown shape"):
        scatter.batch_gather(tf.zeros([2, 3]), tf.placeholder(tf.int32))


@pytest.mark.parametrize("batch_dims", [1, 2])
def test_gather_nd_with_batch(batch_dims):
    params = data(2, 3, 4, 5)
    indices = np.int32(np.random.RandomState(0).randint(0, 3, (2, 3, 6, 2)))

    def expected(p, i):
        flat_p = p.reshape(-1, *p.shape[batch_dims:])
        flat_i = i.reshape(-1, *i.shape[batch_dims:])
        rows = [a[tuple(np.moveaxis(b, -1, 0))] for a, b in zip(flat_p, flat_i, strict=True)]
        return np.stack(rows).reshape(*p.shape[:batch_dims], *rows[0].shape)

    check(lambda p, i: gathering.gather_nd(p, i, batch_dims=batch_dims), params, indices,
          expected=expected)  # fmt: skip


def test_gather_nd_with_batch_refuses():
    with tf.Graph().as_default():
        x = tf.zeros([2, 3])
        for count, match in ((2, r"must be less than rank\(indices\) = 2"), (-1, "negative")):
            with pytest.raises(ValueError, match=match):
                gathering.gather_nd(x, [[0], [1]], batch_dims=count)


def test_invert_permutation():
    check(scatter.invert_permutation, np.int32([2, 0, 3, 1]), gradient=False, expected=np.argsort)
    for wrong, match in (([2, 0, 3], "3 is not between 0 and 3"), ([2, 0, -1], "-1 is not between"),
                         ([2, 0, 0], "0 is duplicated")):  # fmt: skip
        with tf.Graph().as_default():
            x = tf.placeholder(tf.int32)
            with pytest.raises(tf.errors.InvalidArgumentError, match=match):
                run(scatter.invert_permutation(x), {x: wrong})
    with tf.Graph().as_default():
        order = scatter.invert_permutation([2, 0, 1])
        assert tf.transpose(tf.zeros([4, 5, 6]), order).shape.as_list() == [5, 6, 4]


def test_graph():
    # TF 1.15.5
    assert ops_of(lambda x: scatter.scatter_nd([[0], [2]], x, [4, 3]), [2, 3]) == [
        "ScatterNd/indices Const", "ScatterNd/shape Const", "ScatterNd ScatterNd"]  # fmt: skip


def test_adding_at_places_of_a_tensor_that_is_kept():
    add = tf.raw_ops.ScatterNdNonAliasingAdd
    with tf.Graph().as_default(), tf.Session() as session:
        found = add(input=tf.ones([4]), indices=[[1], [3], [1]], updates=[5.0, 6, 7])
        assert session.run(found).tolist() == [1, 13, 1, 7]
        found = add(input=[True, False, False], indices=[[1], [1]], updates=[True, False])
        assert session.run(found).tolist() == [True, True, False]


def test_writing_to_nothing():
    # TF 1.15.5
    with tf.Graph().as_default(), tf.Session() as session:
        with pytest.raises(ValueError, match="specified for empty output shape"):
            tf.scatter_nd([[0]], [1.0], [0])
        late = tf.scatter_nd(tf.placeholder_with_default([[0]], None), [1.0], [0])
        with pytest.raises(tf.errors.InvalidArgumentError, match="specified for empty output"):
            session.run(late)
        variable = tf.Variable(1.0, validate_shape=False)
        session.run(variable.initializer)
        with pytest.raises(tf.errors.InvalidArgumentError, match="Output must be at least 1-D"):
            session.run(tf.scatter_nd_update(variable, [[0]], [2.0]))
