"""Samples of set operations, distances, crosses, serialized tensors (see recorded.py)."""

import gzip
import zlib


def _numbers(tf, dtype="int64"):
    return tf.constant([[3, 1, 2, 1], [4, 5, 6, 4]], dtype)


def _others(tf, dtype="int64"):
    return tf.constant([[1, 3, 9], [7, 8, 7]], dtype)


def _sparse(tf, values=(1, 9, 4), dtype="int64"):
    return tf.SparseTensor([[0, 0], [0, 2], [1, 1]], tf.constant(list(values), dtype), [2, 3])


def _texts(tf, *rows):
    return tf.constant([list(row) for row in rows])


def _apart(tf, hypothesis, truth, **named):
    return tf.edit_distance(tf.SparseTensor(*hypothesis), tf.SparseTensor(*truth), **named)


_HYPOTHESIS = ([[0, 0, 0], [1, 0, 0]], ["a", "b"], [2, 1, 1])
_TRUTH = ([[0, 1, 0], [1, 0, 0], [1, 0, 1], [1, 1, 0]], ["a", "b", "c", "a"], [2, 2, 2])
_ROWS = (
    [[0, 0], [0, 1], [0, 2], [1, 0], [2, 1]], [1, 2, 3, 3, 4], [4, 3]
)  # fmt: skip
_WANTED = (
    [[0, 0], [0, 1], [1, 0], [1, 1], [3, 0]], [1, 3, 3, 3, 7], [4, 3]
)  # fmt: skip


def _cross_inputs(tf):
    sparse = tf.SparseTensor([[0, 0], [1, 0], [1, 1]], ["a", "b", "c"], [2, 2])
    return [sparse, tf.constant([["x"], ["y"]]), tf.constant([[1, 2], [3, 4]], tf.int64)]


SAMPLES = {}
for _name in ("intersection", "union", "difference"):
    SAMPLES.update(
        {
            _name: lambda tf, name=_name: getattr(tf.sets, name)(_numbers(tf), _others(tf)),
            _name + " of texts": lambda tf, name=_name: getattr(tf.sets, name)(
                _texts(tf, "bac", "xyz"), _texts(tf, "cb", "pq")
            ),
            _name + " int32": lambda tf, name=_name: getattr(tf.sets, name)(
                _numbers(tf, "int32"), _others(tf, "int32")
            ),
            _name + " dense, sparse": lambda tf, name=_name: getattr(tf.sets, name)(
                _numbers(tf), _sparse(tf)
            ),
            _name + " sparse, dense": lambda tf, name=_name: getattr(tf.sets, name)(
                _sparse(tf), _numbers(tf)
            ),
            _name + " sparse": lambda tf, name=_name: getattr(tf.sets, name)(
                _sparse(tf),
                tf.SparseTensor([[0, 0], [1, 0], [1, 1]], tf.constant([9, 4, 5], "int64"), [2, 2]),
            ),
            _name + " unlike types": lambda tf, name=_name: getattr(tf.sets, name)(
                _numbers(tf), _others(tf, "int32")
            ),
            _name + " unlike shapes": lambda tf, name=_name: getattr(tf.sets, name)(
                _numbers(tf), tf.constant([[1], [2], [3]], "int64")
            ),
            _name + " of three dimensions": lambda tf, name=_name: getattr(tf.sets, name)(
                tf.constant([[[1, 2], [3, 4]]]), tf.constant([[[2, 5], [6, 6]]])
            ),
            _name + " of floats": lambda tf, name=_name: getattr(tf.sets, name)(
                tf.constant([[1.0]]), tf.constant([[1.0]])
            ),
        }
    )
SAMPLES.update(
    {
        "difference of the second": lambda tf: tf.sets.difference(
            _numbers(tf), _others(tf), aminusb=False
        ),
        "difference of the second, sparse": lambda tf: tf.sets.difference(
            _numbers(tf), _sparse(tf), aminusb=False
        ),
        "old names": lambda tf: [
            tf.sets.set_union(_numbers(tf), _others(tf)),
            tf.sets.set_intersection(_numbers(tf), _others(tf)),
            tf.sets.set_difference(_numbers(tf), _others(tf)),
            tf.sets.set_size(_sparse(tf)),
        ],
        "size": lambda tf: tf.sets.size(_sparse(tf)),
        "size of doubles": lambda tf: tf.sets.size(_sparse(tf, (1, 1, 4))),
        "size of dense": lambda tf: tf.sets.size(_numbers(tf)),
        "unordered": lambda tf: tf.sets.union(
            tf.SparseTensor([[1, 0], [0, 0]], [1, 2], [2, 1]), _sparse(tf, dtype="int32")
        ),
        # Edit distances.
        "edit_distance": lambda tf: _apart(tf, _HYPOTHESIS, _TRUTH),
        "edit_distance plain": lambda tf: _apart(tf, _HYPOTHESIS, _TRUTH, normalize=False),
        "edit_distance of numbers": lambda tf: _apart(tf, _ROWS, _WANTED),
        "edit_distance of numbers, plain": lambda tf: _apart(tf, _ROWS, _WANTED, normalize=False),
        "edit_distance of vectors": lambda tf: _apart(
            tf, ([[0], [1]], [1, 2], [2]), ([[0], [1], [2]], [1, 3, 2], [3])
        ),
        "edit_distance of nothing": lambda tf: tf.edit_distance(
            tf.SparseTensor(tf.zeros([0, 2], tf.int64), tf.constant([], tf.int32), [2, 2]),
            tf.SparseTensor([[0, 0]], [1], [2, 2]),
        ),
        "edit_distance unlike types": lambda tf: _apart(tf, _ROWS, _TRUTH),
        "edit_distance unlike ranks": lambda tf: _apart(
            tf, _ROWS, ([[0, 0, 0]], [1], [1, 1, 1])
        ),
        "edit_distance of dense": lambda tf: tf.edit_distance(_numbers(tf), _numbers(tf)),
        # Crosses.
        "cross": lambda tf: tf.sparse.cross(_cross_inputs(tf)),
        "cross of texts": lambda tf: tf.sparse.cross(_cross_inputs(tf)[:2]),
        "cross hashed": lambda tf: tf.sparse.cross_hashed(_cross_inputs(tf), num_buckets=1000),
        "cross hashed, all": lambda tf: tf.sparse.cross_hashed(_cross_inputs(tf)),
        "cross hashed, key": lambda tf: tf.sparse.cross_hashed(
            _cross_inputs(tf), num_buckets=1000, hash_key=7
        ),
        "cross of floats": lambda tf: tf.sparse.cross([tf.constant([[1.0]])]),
        # Serialized tensors.
        "serialize_sparse": lambda tf: tf.serialize_sparse(_sparse(tf)),
        "serialize_many_sparse": lambda tf: tf.serialize_many_sparse(_sparse(tf)),
        "serialize_sparse text": lambda tf: tf.serialize_sparse(
            tf.SparseTensor([[0, 1]], ["x"], [2, 2])
        ),
        "deserialize_many_sparse rank": lambda tf: tf.deserialize_many_sparse(
            tf.serialize_many_sparse(_sparse(tf)), tf.int64, rank=2
        ),
        "deserialize_many_sparse": lambda tf: tf.deserialize_many_sparse(
            tf.stack([tf.serialize_sparse(_sparse(tf)), tf.serialize_sparse(_sparse(tf))]),
            tf.int64,
        ),
        "deserialize_many_sparse type": lambda tf: tf.deserialize_many_sparse(
            tf.stack([tf.serialize_sparse(_sparse(tf))]), tf.float32
        ),
        "serialize_tensor": lambda tf: tf.serialize_tensor(tf.constant([[1.5, 2.0]])),
        "serialize_tensor text": lambda tf: tf.serialize_tensor(tf.constant(["a", "b"])),
        "parse_tensor": lambda tf: tf.parse_tensor(
            tf.serialize_tensor(tf.constant([[1, 2]])), tf.int32
        ),
        "parse_tensor text": lambda tf: tf.parse_tensor(
            tf.serialize_tensor(tf.constant(["a"])), tf.string
        ),
        "parse_tensor type": lambda tf: tf.parse_tensor(
            tf.serialize_tensor(tf.constant([[1, 2]])), tf.float32
        ),
        "parse_tensor bad": lambda tf: tf.parse_tensor("no proto", tf.float32),
        "decode_compressed": lambda tf: tf.decode_compressed(tf.constant(["as it is"])),
        "decode_compressed zlib": lambda tf: tf.decode_compressed(
            tf.constant([zlib.compress(b"text")]), "ZLIB"
        ),
        "decode_compressed gzip": lambda tf: tf.decode_compressed(
            tf.constant(gzip.compress(b"text", mtime=0)), "GZIP"
        ) if hasattr(gzip, "BadGzipFile") else tf.decode_compressed(
            tf.constant(gzip.compress(b"text")), "GZIP"
        ),
        "decode_compressed bad": lambda tf: tf.decode_compressed("no", "ZLIB"),
        "decode_compressed kind": lambda tf: tf.decode_compressed("no", "LZ4"),
        "fingerprint": lambda tf: tf.fingerprint(tf.constant(["a", "hello"])),
        "fingerprint of numbers": lambda tf: tf.fingerprint(tf.constant([[1, 2], [3, 4]])),
        "fingerprint of scalar": lambda tf: tf.fingerprint("a"),
        "sparse_matmul": lambda tf: tf.sparse_matmul(
            tf.constant([[1.0, 2.0]]), tf.constant([[3.0, 4.0]]), transpose_b=True,
            a_is_sparse=True,
        ),
    }
)  # fmt: skip
