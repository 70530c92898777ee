"""Datasets that record_data.py runs under TensorFlow 1.15 and tests/data/test_recorded.py here."""

import collections
import os
import tempfile

import numpy as np

Pair = collections.namedtuple("Pair", "a b")
CSV = 'a,b,c\n1,2.5,x\n3,,"y,z"\n'
TEXT = "one\r\ntwo\n\nthree"


def file_with(text):
    handle, name = tempfile.mkstemp()
    with os.fdopen(handle, "wb") as file:
        file.write(text.encode())
    return name


def growing(tf, n):
    """Vectors [], [1], [2, 2], …"""
    return tf.data.Dataset.range(n).map(lambda x: tf.fill([x], x))


def sparse(tf):
    return tf.SparseTensor([[0, 1], [2, 0]], [7, 8], [3, 4])


def failing(tf):
    return tf.data.Dataset.from_tensor_slices([1.0, 0.0, 2.0]).map(
        lambda x: tf.check_numerics(1 / x, "bad")
    )


def captured(tf, k):
    return D(tf).range(3).map(lambda x: x + k).filter(lambda x: x > k)


def boom():
    yield 4
    raise RuntimeError("boom")


def D(tf):
    return tf.data.Dataset


def X(tf):
    return tf.data.experimental


def yielding(tf, values, *args):
    return D(tf).from_generator(lambda: iter(values), *args)


CASES = {
    "range": lambda tf: D(tf).range(2, 8, 3),
    "range down": lambda tf: D(tf).range(5, 1, -2),
    "range empty": lambda tf: D(tf).range(3, 1),
    "range step 0": lambda tf: D(tf).range(1, 5, 0),
    "tensors": lambda tf: D(tf).from_tensors(([1, 2], "a")),
    "slices": lambda tf: D(tf).from_tensor_slices(([[1, 2], [3, 4]], {"b": ["x", "y"]})),
    "slices namedtuple": lambda tf: D(tf).from_tensor_slices(Pair([1, 2], [3.0, 4.0])),
    "slices mismatch": lambda tf: D(tf).from_tensor_slices(([1, 2], [1, 2, 3])),
    "slices scalar": lambda tf: D(tf).from_tensor_slices((3,)),
    "sparse": lambda tf: D(tf).from_tensor_slices(sparse(tf)),
    "sparse batch": lambda tf: D(tf).from_tensor_slices(sparse(tf)).batch(2),
    "sparse map": lambda tf: (
        D(tf).from_tensor_slices(sparse(tf)).map(lambda s: tf.sparse_tensor_to_dense(s))
    ),
    "sparse parts": lambda tf: D(tf).from_sparse_tensor_slices(sparse(tf)),
    "generator": lambda tf: yielding(tf, [(1, [2, 3])], (tf.int32, tf.float32), ([], [None])),
    "generator dict": lambda tf: yielding(
        tf, [{"a": 1, "b": "x"}], {"a": tf.int64, "b": tf.string}
    ),
    "generator shape": lambda tf: yielding(tf, [[1, 2]], tf.int32, [3]),
    "generator type": lambda tf: yielding(tf, ["a"], tf.int32),
    "generator structure": lambda tf: yielding(tf, [1], (tf.int32, tf.int32)),
    "generator args": lambda tf: D(tf).from_generator(
        lambda n: iter([n, n + 1]), tf.int32, args=(4,)
    ),
    "generator fails": lambda tf: D(tf).from_generator(boom, tf.int32),
    "generator no iterable": lambda tf: D(tf).from_generator(lambda: 3, tf.int32),
    "generator not callable": lambda tf: D(tf).from_generator([1], tf.int32),
    "zip": lambda tf: D(tf).zip((D(tf).range(3), {"a": D(tf).range(4)})),
    "zip list": lambda tf: D(tf).zip([D(tf).range(3)]),
    "zip other": lambda tf: D(tf).zip((D(tf).range(3), 3)),
    "concatenate": lambda tf: D(tf).from_tensors([1, 2]).concatenate(D(tf).from_tensors([1, 2, 3])),
    "concatenate types": lambda tf: D(tf).range(3).concatenate(D(tf).from_tensors(1.0)),
    "repeat": lambda tf: D(tf).range(2).repeat(2),
    "repeat 0": lambda tf: D(tf).range(2).repeat(0),
    "repeat nothing": lambda tf: D(tf).range(0).repeat(),
    "take": lambda tf: D(tf).range(5).take(2),
    "take all": lambda tf: D(tf).range(3).take(-1),
    "skip": lambda tf: D(tf).range(5).skip(3),
    "skip all": lambda tf: D(tf).range(5).skip(-1),
    "shard": lambda tf: D(tf).range(7).shard(3, 1),
    "shard index": lambda tf: D(tf).range(7).shard(3, 3),
    "shard none": lambda tf: D(tf).range(7).shard(0, 0),
    "cache": lambda tf: D(tf).range(3).cache().repeat(2),
    "enumerate": lambda tf: D(tf).from_tensor_slices(["a", "b"]).enumerate(5),
    "prefetch": lambda tf: D(tf).range(3).batch(1).prefetch(2),
    "prefetch -2": lambda tf: D(tf).range(3).prefetch(-2),
    "shuffle 0": lambda tf: D(tf).range(3).shuffle(0),
    "shuffle 1": lambda tf: D(tf).range(3).shuffle(1),
    "window": lambda tf: D(tf).range(7).window(3, shift=2).flat_map(lambda d: d.batch(3)),
    "window drop": lambda tf: D(tf).range(7).window(3, 2, 1, True).flat_map(lambda d: d.batch(3)),
    "window stride": lambda tf: D(tf).range(7).window(2, 1, 2, True).flat_map(lambda d: d.batch(2)),
    "batch": lambda tf: D(tf).range(5).batch(2),
    "batch strings": lambda tf: D(tf).from_tensor_slices([["a", "b"], ["c", "d"]]).batch(2),
    "batch drop": lambda tf: D(tf).range(5).batch(2, drop_remainder=True),
    "batch 0": lambda tf: D(tf).range(5).batch(0),
    "batch float": lambda tf: D(tf).range(5).batch(2.5),
    "batch shapes": lambda tf: yielding(tf, [[1], [1, 2]], tf.int32).batch(2),
    "padded": lambda tf: growing(tf, 5).padded_batch(2, [None]),
    "padded -1": lambda tf: growing(tf, 5).padded_batch(2, [-1], drop_remainder=True),
    "padded value": lambda tf: growing(tf, 4).padded_batch(2, [5], np.int64(-1)),
    "padded smaller": lambda tf: growing(tf, 4).padded_batch(2, [2]),
    "padded strings": lambda tf: (
        D(tf).from_tensor_slices(([["a", "b"]], [1])).padded_batch(3, ([3], []), ("x", 0))
    ),
    "padded type": lambda tf: D(tf).from_tensor_slices([["a", "b"]]).padded_batch(3, [3], 1),
    "padded rank": lambda tf: D(tf).from_tensor_slices([["a", "b"]]).padded_batch(3, [3, 3]),
    "padded static": lambda tf: D(tf).from_tensor_slices([["a", "b"]]).padded_batch(3, [1]),
    "map list": lambda tf: D(tf).range(2).map(lambda x: [x, x + 1]),
    "map nested": lambda tf: D(tf).range(2).map(lambda x: ([x, x + 1], {"k": x})),
    "map namedtuple": lambda tf: (
        D(tf).from_tensor_slices(Pair([1, 2], [3, 4])).map(lambda p: p.a + p.b)
    ),
    "map None": lambda tf: D(tf).range(2).map(lambda x: None),
    "map parallel": lambda tf: D(tf).range(20).map(lambda x: x * x, num_parallel_calls=4),
    "map cond": lambda tf: D(tf).range(4).map(lambda x: tf.cond(x > 1, lambda: x * 10, lambda: x)),
    "map while": lambda tf: (
        D(tf).range(4).map(lambda x: tf.while_loop(lambda i: i < 10, lambda i: i * 2 + 1, [x]))
    ),
    "map py_func": lambda tf: (
        D(tf).range(3).map(lambda x: tf.py_func(lambda v: v * 2, [x], tf.int64))
    ),
    "map fails": failing,
    "ignore errors": lambda tf: failing(tf).apply(X(tf).ignore_errors()),
    "captured": lambda tf: captured(tf, tf.constant(5, tf.int64)),
    "filter type": lambda tf: D(tf).range(3).filter(lambda x: x),
    "flat_map": lambda tf: (
        D(tf).range(3).flat_map(lambda x: D(tf).range(x).map(lambda y: x * 10 + y))
    ),
    "interleave": lambda tf: (
        D(tf)
        .range(1, 5)
        .interleave(lambda x: D(tf).from_tensors(x).repeat(6), cycle_length=2, block_length=4)
    ),
    "interleave uneven": lambda tf: (
        D(tf)
        .range(1, 5)
        .interleave(lambda x: D(tf).from_tensors(x).repeat(x), cycle_length=3, block_length=2)
    ),
    "interleave parallel": lambda tf: (
        D(tf)
        .range(1, 5)
        .interleave(lambda x: D(tf).from_tensors(x).repeat(3), cycle_length=2, num_parallel_calls=2)
    ),
    "apply": lambda tf: D(tf).range(3).apply(lambda d: 3),
    "unbatch": lambda tf: (
        D(tf)
        .from_tensor_slices(([[1, 2], [3, 4]], [["a", "b"], ["c", "d"]]))
        .apply(X(tf).unbatch())
    ),
    "scan": lambda tf: D(tf).range(5).apply(X(tf).scan(np.int64(0), lambda s, x: (s + x, s))),
    "take_while": lambda tf: D(tf).range(10).apply(X(tf).take_while(lambda x: x < 3)),
    "unique": lambda tf: D(tf).from_tensor_slices([1, 2, 1, 3, 2]).apply(X(tf).unique()),
    "group_by_window": lambda tf: (
        D(tf)
        .range(10)
        .apply(X(tf).group_by_window(lambda x: x % 2, lambda k, w: w.batch(3), window_size=3))
    ),
    "group_by_reducer": lambda tf: (
        D(tf)
        .range(10)
        .apply(
            X(tf).group_by_reducer(
                lambda x: x % 3,
                X(tf).Reducer(lambda k: np.int64(0), lambda s, x: s + x, lambda s: s),
            )
        )
    ),
    "bucket": lambda tf: growing(tf, 10).apply(
        X(tf).bucket_by_sequence_length(lambda x: tf.shape(x)[0], [3, 6], [2, 2, 2])
    ),
    "bucket boundary": lambda tf: growing(tf, 6).apply(
        X(tf).bucket_by_sequence_length(
            lambda x: tf.shape(x)[0], [3, 6], [2, 2, 2], pad_to_bucket_boundary=True
        )
    ),
    "dense_to_sparse": lambda tf: growing(tf, 4).apply(X(tf).dense_to_sparse_batch(2, [4])),
    "choose": lambda tf: X(tf).choose_from_datasets(
        [D(tf).range(3), D(tf).range(10, 13)],
        D(tf).from_tensor_slices(np.array([0, 1, 1, 0, 1, 1, 0])),
    ),
    "counter": lambda tf: X(tf).Counter(3, 2).take(3),
    "map_and_batch": lambda tf: (
        D(tf).range(6).apply(X(tf).map_and_batch(lambda x: (x, x * 2), 4, drop_remainder=True))
    ),
    "parallel_interleave": lambda tf: (
        D(tf)
        .range(4)
        .apply(
            X(tf).parallel_interleave(
                lambda x: D(tf).from_tensors(x).repeat(3), cycle_length=2, block_length=2
            )
        )
    ),
    "sliding window": lambda tf: (
        D(tf).range(7).apply(tf.contrib.data.sliding_window_batch(3, window_shift=2))
    ),
    "csv": lambda tf: X(tf).CsvDataset(
        file_with(CSV), [tf.int32, tf.constant([0.5]), tf.string], header=True
    ),
    "csv columns": lambda tf: X(tf).CsvDataset(
        file_with(CSV), [tf.int32, ["d"]], header=True, select_cols=[0, 2]
    ),
    "make_csv": lambda tf: X(tf).make_csv_dataset(
        file_with(CSV), 2, shuffle=False, num_epochs=1, label_name="b"
    ),
    "lines": lambda tf: tf.data.TextLineDataset([file_with(TEXT), file_with("four")]),
    "records": lambda tf: tf.data.FixedLengthRecordDataset(file_with("h12345678ff"), 4, 1, 2),
    "no file": lambda tf: tf.data.TFRecordDataset("/nowhere"),
}


def cases():
    return [(name,) for name in CASES]


def plain(value):
    """A fetched value as JSON has it."""
    if hasattr(value, "dense_shape"):
        return {"sparse": [plain(part) for part in value]}
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, bytes):
        return value.decode()
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return value


def run(tf, name):
    """What is known of the elements, the elements, and how they end."""
    np.random.seed(0)
    with tf.Graph().as_default():
        try:
            dataset = CASES[name](tf)
            shown = repr(dataset)
            iterator = tf.data.make_initializable_iterator(dataset)
            element = iterator.get_next()
            elements = []
            with tf.Session() as session:
                session.run(iterator.initializer)
                for _ in range(40):
                    try:
                        elements.append(plain(session.run(element)))
                    except tf.errors.OpError as error:
                        end = [type(error).__name__, error.message.split("\n")[0]]
                        break
        except Exception as error:
            return {"error": [type(error).__name__, str(error).split("\n")[0]]}
    return {"dataset": shown, "elements": elements, "end": end}
