"""Samples of sparse tensors' ops: label -> what is fetched (see recorded.py)."""

import numpy as np


def _a(tf, values=(1.0, 2.0, 3.0)):
    return tf.SparseTensor([[0, 1], [1, 2], [2, 0]], tf.constant(list(values)), [3, 4])


def _b(tf, values=(10.0, 20.0)):
    return tf.SparseTensor([[0, 1], [2, 2]], tf.constant(list(values)), [3, 4])


def _gradient(tf, function):
    """Of the result's elements times 1, 2, 3, …"""
    values = tf.constant([1.0, 2.0, -3.0])
    found = function(tf.SparseTensor([[0, 1], [1, 2], [2, 0]], values, [3, 4]))
    if isinstance(found, tf.SparseTensor):
        found = found.values
    weights = tf.cast(tf.range(tf.size(found)), tf.float32) + 1.0
    return tf.gradients(tf.reshape(found, [-1]) * weights, values)


SAMPLES = {
    "to_dense": lambda tf: tf.sparse.to_dense(_a(tf)),
    "to_dense str": lambda tf: tf.sparse.to_dense(_a(tf, ['a', 'b', 'c']), default_value='x'),
    "to_dense str0": lambda tf: tf.sparse.to_dense(_a(tf, ['a', 'b', 'c'])),
    "unordered": lambda tf: tf.sparse.to_dense(tf.SparseTensor([[1, 1], [0, 0]], [1, 2], [2, 2])),
    "repeat": lambda tf: tf.sparse.to_dense(tf.SparseTensor([[1, 1], [1, 1]], [1, 2], [2, 2])),
    "unordered ok": lambda tf: tf.sparse.to_dense(
        tf.SparseTensor([[1, 1], [0, 0]], [1, 2], [2, 2]), validate_indices=False
    ),
    "oob": lambda tf: tf.sparse.to_dense(tf.SparseTensor([[1, 2]], [1], [2, 2])),
    "sparse_to_dense ": lambda tf: tf.sparse_to_dense([[0, 1], [1, 0]], [2, 2], [5, 6]),
    "sparse_to_dense 1": lambda tf: tf.sparse_to_dense([0, 2], [4], 7.0, -1.0),
    "sparse_to_dense 0": lambda tf: tf.sparse_to_dense(2, [4], 7.0, -1.0),
    "sparse_to_dense bad": lambda tf: tf.sparse_to_dense([0, 5], [4], 7.0, -1.0),
    "sparse_to_dense 64": lambda tf: tf.sparse_to_dense(
        tf.constant([[0, 1]], tf.int64), tf.constant([2, 2], tf.int64), [1]
    ),
    "sparse_to_dense 64b": lambda tf: tf.sparse_to_dense(
        tf.constant([[0, 1]], tf.int64), [2, 2], [1]
    ),
    "sparse_to_dense count": lambda tf: tf.sparse_to_dense([[0, 1], [1, 0]], [2, 2], [5, 6, 7]),
    "matmul": lambda tf: tf.sparse.matmul(_a(tf), tf.ones([4, 2])),
    "matmul adj": lambda tf: tf.sparse.matmul(_a(tf), tf.ones([3, 2]), adjoint_a=True),
    "matmul adjb": lambda tf: tf.sparse.matmul(_a(tf), tf.ones([2, 4]), adjoint_b=True),
    "matmul bad": lambda tf: tf.sparse.matmul(_a(tf), tf.ones([5, 2])),
    "matmul i": lambda tf: tf.sparse.matmul(_a(tf, [1, 2, 3]), tf.ones([4, 2], tf.int32)),
    "add": lambda tf: tf.sparse.add(_a(tf), _b(tf)),
    "add thresh": lambda tf: tf.sparse.add(_a(tf), _b(tf, [-2.0, 1.0]), threshold=0.5),
    "add thresh1": lambda tf: tf.sparse.add(_a(tf), _b(tf, [-2.0, 1.0]), thresh=1.0),
    "add thresh0": lambda tf: tf.sparse.add(_a(tf), _b(tf, [-1.0, 0.0])),
    "add dense": lambda tf: tf.sparse.add(_a(tf), tf.ones([3, 4])),
    "add dense2": lambda tf: tf.sparse.add(tf.ones([3, 4]), _a(tf)),
    "add no": lambda tf: tf.sparse.add(tf.ones([3, 4]), tf.ones([3, 4])),
    "add bad": lambda tf: tf.sparse.add(_a(tf), tf.SparseTensor([[0, 0]], [1.0], [3, 5])),
    "concat0": lambda tf: tf.sparse.concat(0, [_a(tf), _b(tf)]),
    "concat1": lambda tf: tf.sparse.concat(-1, [_a(tf), _b(tf)]),
    "concats": lambda tf: tf.sparse.concat(1, [_a(tf, ['a', 'b', 'c']), _b(tf, ['d', 'a'])]),
    "concatx": lambda tf: tf.sparse.concat(
        0, [_a(tf), tf.SparseTensor([[0, 5]], [1.0], [1, 6])], expand_nonconcat_dim=True
    ),
    "concatbad": lambda tf: tf.sparse.concat(0, [_a(tf), tf.SparseTensor([[0, 5]], [1.0], [1, 6])]),
    "concat one": lambda tf: tf.sparse.concat(0, [_a(tf)]),
    "concat dim": lambda tf: tf.sparse_concat(concat_dim=0, axis=None, sp_inputs=[_a(tf), _b(tf)]),
    "reshape": lambda tf: tf.sparse.reshape(_a(tf), [2, -1]),
    "reshape2": lambda tf: tf.sparse.reshape(_a(tf), [4, 3]),
    "reshapebad": lambda tf: tf.sparse.reshape(_a(tf), [5, -1]),
    "reshapebad2": lambda tf: tf.sparse.reshape(_a(tf), [5, 3]),
    "transpose": lambda tf: tf.sparse.transpose(_a(tf)),
    "transpose p": lambda tf: tf.sparse.transpose(_a(tf), [1, 0]),
    "split": lambda tf: tf.sparse_split(sp_input=_a(tf), num_split=2, axis=1),
    "split run": lambda tf: tf.sparse_split(sp_input=_a(tf), num_split=3, axis=1),
    "split bad": lambda tf: tf.sparse_split(_a(tf), 3, 1),
    "split bad2": lambda tf: tf.sparse_split(sp_input=_a(tf), num_split=9, axis=1),
    "slice": lambda tf: tf.sparse.slice(_a(tf), [1, 0], [2, 2]),
    "slice big": lambda tf: tf.sparse.slice(_a(tf), [1, 1], [9, 9]),
    "softmax": lambda tf: tf.sparse.softmax(_a(tf)),
    "softmax2": lambda tf: tf.sparse.softmax(
        tf.SparseTensor([[0, 1], [0, 2], [1, 0]], [1.0, 2, 3], [2, 3])
    ),
    "retain": lambda tf: tf.sparse.retain(_a(tf), [True, False, True]),
    "reset": lambda tf: tf.sparse.reset_shape(_a(tf)),
    "reset2": lambda tf: tf.sparse.reset_shape(_a(tf), [5, 6]),
    "resetbad": lambda tf: tf.sparse.reset_shape(_a(tf), [2, 6]),
    "resetbad2": lambda tf: tf.sparse.reset_shape(_a(tf), [2, 6, 7]),
    "fill": lambda tf: tf.sparse.fill_empty_rows(
        tf.SparseTensor([[0, 1], [2, 1]], [1.0, 2.0], [4, 2]), 9.0
    ),
    "fills": lambda tf: tf.sparse.fill_empty_rows(
        tf.SparseTensor([[2, 1], [0, 1]], ['a', 'b'], [4, 2]), 'q'
    ),
    "fillbad": lambda tf: tf.sparse.fill_empty_rows(tf.SparseTensor([[4, 1]], ['a'], [4, 2]), 'q'),
    "reorder": lambda tf: tf.sparse.reorder(tf.SparseTensor([[1, 1], [0, 0]], [1, 2], [2, 2])),
    "reorders": lambda tf: tf.sparse.reorder(tf.SparseTensor([[1, 1], [0, 0]], ['x', 'y'], [2, 2])),
    "merge": lambda tf: tf.sparse.merge(_a(tf, [2, 0, 1]), _a(tf, [0.5, 0.6, 0.7]), 5),
    "merge2": lambda tf: tf.sparse.merge(
        [_a(tf, [2, 0, 1]), _a(tf, [1, 1, 0])], _a(tf, [0.5, 0.6, 0.7]), [5, 2]
    ),
    "min": lambda tf: tf.sparse.minimum(_a(tf), _b(tf)),
    "max": lambda tf: tf.sparse.maximum(_a(tf), _b(tf, [-1.0, -2.0])),
    "mask": lambda tf: tf.sparse.mask(
        tf.IndexedSlices(tf.ones([3, 2]), tf.constant([1, 5, 7]), tf.constant([9, 2])), [5]
    ),
    "indicator": lambda tf: tf.sparse.to_indicator(_a(tf, [2, 0, 1]), 5),
    "expand": lambda tf: tf.sparse.expand_dims(_a(tf), 1),
    "expand-1": lambda tf: tf.sparse.expand_dims(_a(tf), -1),
    "expandN": lambda tf: tf.sparse.expand_dims(_a(tf)),
    "eye": lambda tf: tf.sparse.eye(3),
    "eye2": lambda tf: tf.sparse.eye(3, 2, tf.int32),
    "mul": lambda tf: _a(tf) * tf.constant([[1.0], [2.0], [3.0]]),
    "div": lambda tf: _a(tf) / tf.constant([[1.0], [2.0], [3.0]]),
    "mul2": lambda tf: tf.constant([[1.0], [2.0], [3.0]]) * _a(tf),
    "mul3": lambda tf: _a(tf) * 2.0,
    "mulbad": lambda tf: _a(tf) * tf.ones([2]),
    "idiv": lambda tf: _a(tf, [7, 8, 9]) / 2,
    "shape": lambda tf: tf.shape(_a(tf)),
    "size": lambda tf: tf.size(_a(tf)),
    "rank": lambda tf: tf.rank(_a(tf)),
    "cast": lambda tf: tf.cast(_a(tf), tf.int32),
    "identity": lambda tf: tf.identity(tf.constant(1)),
}
for _kind in ("reduce_sum", "reduce_max", "reduce_sum_sparse", "reduce_max_sparse"):
    for _axis in (None, 1, [0], [1, 0], -1, 3):
        for _keep in (False, True):
            SAMPLES[f"{_kind} {_axis} {_keep}"] = lambda tf, kind=_kind, axis=_axis, keep=_keep: (
                getattr(tf.sparse, kind)(_a(tf, (-1.0, 2.0, -3.0)), axis, keepdims=keep)
            )
for _kind in ("abs", "negative", "sign", "square", "sqrt", "erf", "tanh"):
    SAMPLES[_kind] = lambda tf, kind=_kind: getattr(tf, kind)(_a(tf))

_GRADIENTS = {
    "to_dense": lambda tf, a: tf.sparse.to_dense(a),
    "matmul": lambda tf, a: tf.sparse.matmul(
        a, tf.constant(np.arange(8.0).reshape(4, 2), tf.float32)
    ),
    "add": lambda tf, a: tf.sparse.add(a, _b(tf)),
    "slice": lambda tf, a: tf.sparse.slice(a, [0, 1], [3, 3]),
    "reduce_sum": lambda tf, a: tf.sparse.reduce_sum(a, 1),
    "softmax": lambda tf, a: tf.sparse.softmax(tf.sparse.reshape(a, [2, 6])),
    "fill_empty_rows": lambda tf, a: tf.sparse.fill_empty_rows(a, 1.0)[0],
    "mul": lambda tf, a: a * tf.constant([[1.0], [2.0], [3.0]]),
    "div": lambda tf, a: a / tf.constant([[1.0], [2.0], [3.0]]),
    "transpose": lambda tf, a: tf.sparse.transpose(a),
}
for _kind, _function in _GRADIENTS.items():
    SAMPLES["gradient of " + _kind] = lambda tf, function=_function: _gradient(
        tf, lambda a: function(tf, a)
    )
