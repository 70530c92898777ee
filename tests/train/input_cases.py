"""Input producers and batches, for TensorFlow and scopeflow alike: which ops they add."""


def _pair(tf):
    return [tf.constant(1), tf.constant([1.0, 2.0])]


BUILDERS = {
    "strings": lambda tf: tf.train.string_input_producer(["a", "b"], shuffle=False),
    "strings twice": lambda tf: tf.train.string_input_producer(["a", "b"], num_epochs=2, seed=3),
    "rows": lambda tf: tf.train.input_producer([[1.0, 2], [3, 4]], name="inp", capacity=5),
    "range": lambda tf: tf.train.range_input_producer(5, shuffle=True),
    "slices": lambda tf: tf.train.slice_input_producer([["a", "b"], [1, 2]], num_epochs=1),
    "batch": lambda tf: tf.train.batch(_pair(tf), 4),
    "batch of a dict": lambda tf: tf.train.batch(
        dict(zip("ab", _pair(tf))), 4, num_threads=2, name="B", allow_smaller_final_batch=True
    ),
    "padded batch of many": lambda tf: tf.train.batch(
        [tf.zeros([5, 2])], 4, enqueue_many=True, dynamic_pad=True, shapes=[[None]]
    ),
    "shuffled": lambda tf: tf.train.shuffle_batch(_pair(tf), 4, 100, 20, seed=1),
    "joined": lambda tf: tf.train.batch_join([_pair(tf), _pair(tf)], 4),
    "shuffled and joined": lambda tf: tf.train.shuffle_batch_join(
        [_pair(tf), _pair(tf)], 4, 100, 20
    ),
    "maybe": lambda tf: tf.train.maybe_batch(_pair(tf), tf.constant(True), 4),
    "maybe of many": lambda tf: tf.train.maybe_shuffle_batch(
        [tf.zeros([5, 2])], 4, 10, 2, tf.constant([True] * 5), enqueue_many=True
    ),
    "limited": lambda tf: tf.train.limit_epochs(tf.constant(1), 3),
    "file names": lambda tf: tf.train.match_filenames_once(["/tmp/*.no"]),
    "no strings": lambda tf: tf.train.string_input_producer([]),
    "unknown rank": lambda tf: tf.train.batch([tf.placeholder(tf.float32)], 4),
    "no epoch": lambda tf: tf.train.limit_epochs(tf.constant(1), 0),
    "unknown shape": lambda tf: tf.train.input_producer(tf.placeholder(tf.float32)),
    "nothing": lambda tf: tf.train.batch([], 4),
    "no slices": lambda tf: tf.train.slice_input_producer([]),
    "little room": lambda tf: tf.train.shuffle_batch(_pair(tf), 4, 10, 10),
    "a vector for one": lambda tf: tf.train.maybe_batch(_pair(tf), tf.constant([True]), 4),
}


def cases():
    return [(name,) for name in BUILDERS]


def run(tf, name):
    """The ops, collections and queue runners that the builder leaves behind."""
    with tf.Graph().as_default() as graph:
        try:
            BUILDERS[name](tf)
        except ValueError as error:
            return "ValueError: " + str(error)
        return {
            "ops": [
                [op.name, op.type, [t.name for t in op.inputs], [str(t.shape) for t in op.outputs]]
                for op in graph.get_operations()
            ],
            "collections": {
                key: [item.name for item in graph.get_collection(key)]
                for key in sorted(graph.get_all_collection_keys())
            },
            "runners": [
                [runner.queue.name, [op.name for op in runner.enqueue_ops]]
                + [runner.close_op.name, runner.cancel_op.name]
                for runner in graph.get_collection("queue_runners")
            ],
        }
