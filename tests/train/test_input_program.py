"""A program as of 2016: TFRecord files, a reader, parsing, shuffled batches, a coordinator."""

import numpy as np

import scopeflow as tf


def write_records(folder):
    rng = np.random.RandomState(0)
    names = [str(folder / f"train-{part}.tfrecords") for part in range(2)]
    for name in names:
        with tf.python_io.TFRecordWriter(name) as writer:
            for _ in range(60):
                label = rng.randint(4)
                image = (rng.rand(8, 8) * 100).astype(np.uint8)
                image[label * 2 : label * 2 + 2] += 120
                feature = {
                    "label": tf.train.Feature(int64_list=tf.train.Int64List(value=[label])),
                    "image_raw": tf.train.Feature(
                        bytes_list=tf.train.BytesList(value=[image.tobytes()])
                    ),
                }
                example = tf.train.Example(features=tf.train.Features(feature=feature))
                writer.write(example.SerializeToString())
    return names


def read_and_decode(filename_queue):
    _, serialized = tf.TFRecordReader().read(filename_queue)
    features = tf.parse_single_example(
        serialized,
        features={
            "image_raw": tf.FixedLenFeature([], tf.string),
            "label": tf.FixedLenFeature([], tf.int64),
        },
    )
    image = tf.decode_raw(features["image_raw"], tf.uint8)
    image.set_shape([64])
    return tf.cast(image, tf.float32) * (1.0 / 255) - 0.5, tf.cast(features["label"], tf.int32)


def test_it_learns(tmp_path):
    with tf.Graph().as_default():
        with tf.name_scope("input"):
            queue = tf.train.string_input_producer(write_records(tmp_path), num_epochs=5)
            image, label = read_and_decode(queue)
            images, labels = tf.train.shuffle_batch(
                [image, label], batch_size=20, num_threads=2, capacity=100, min_after_dequeue=40
            )
        assert images.shape.as_list() == [20, 64]
        weights = tf.get_variable("weights", [64, 4])
        logits = tf.matmul(images, weights)
        loss = tf.losses.sparse_softmax_cross_entropy(labels, logits)
        train = tf.train.GradientDescentOptimizer(0.5).minimize(loss)
        right = tf.reduce_mean(tf.cast(tf.nn.in_top_k(logits, labels, 1), tf.float32))
        initialize = tf.group(tf.global_variables_initializer(), tf.local_variables_initializer())
        with tf.Session() as session:
            session.run(initialize)
            coord = tf.train.Coordinator()
            threads = tf.train.start_queue_runners(sess=session, coord=coord)
            shares = []
            try:
                while not coord.should_stop():
                    shares.append(session.run([right, train])[0])
            except tf.errors.OutOfRangeError:
                pass
            finally:
                coord.request_stop()
            coord.join(threads)
    assert len(shares) == 2 * 60 * 5 // 20
    assert np.mean(shares[-5:]) > 0.9
