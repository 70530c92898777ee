"""Reads handwritten digits with a small convolutional network: an ordinary TensorFlow 1 program.

The data are the 1,797 digits of 8 x 8 pixels that scikit-learn ships. One model function is
called twice: once for training, with dropout, and once for evaluation, without; the second call
shares the first one's variables. The program runs as it stands under TensorFlow 1 and under
TensorFlow 2's version 1 mode, and on PyTorch with

    scopeflow run examples/digits.py [MODEL_DIR]

With MODEL_DIR it saves a checkpoint there after each epoch, and starts from the newest one that it
finds: however often it is killed and started again, it ends as if nothing had happened.
"""

import os
import sys

import numpy as np
import tensorflow as tf
from sklearn.datasets import load_digits

if not hasattr(tf, "placeholder"):  # TensorFlow 2 keeps the version 1 interface in compat.v1
    tf = tf.compat.v1
    tf.disable_v2_behavior()

SEED = 1
HELD_OUT = 360
BATCH_SIZE = 64
EPOCHS = 25


def read_data():
    """Returns (images, labels) to train on and (images, labels) held out, in random order."""
    digits = load_digits()
    images = digits.images[:, :, :, np.newaxis].astype(np.float32) / 16.0
    labels = digits.target.astype(np.int64)
    order = np.random.RandomState(SEED).permutation(len(images))
    held_out, rest = order[:HELD_OUT], order[HELD_OUT:]
    return (images[rest], labels[rest]), (images[held_out], labels[held_out])


def conv_relu(x, filters):
    """A 3 x 3 convolution, a bias and a rectifier."""
    channels = x.get_shape().as_list()[-1]
    weights = tf.get_variable(
        "weights",
        [3, 3, channels, filters],
        initializer=tf.truncated_normal_initializer(stddev=0.1),
    )
    biases = tf.get_variable("biases", [filters], initializer=tf.constant_initializer(0.0))
    x = tf.nn.conv2d(x, weights, strides=[1, 1, 1, 1], padding="SAME")
    return tf.nn.relu(tf.nn.bias_add(x, biases))


def dense(x, units):
    """A matrix product and a bias."""
    inputs = x.get_shape().as_list()[-1]
    weights = tf.get_variable(
        "weights", [inputs, units], initializer=tf.truncated_normal_initializer(stddev=0.1)
    )
    biases = tf.get_variable("biases", [units], initializer=tf.constant_initializer(0.0))
    return tf.matmul(x, weights) + biases


def dropout(x, keep_prob, step):
    """Keeps each element with that probability. What is dropped depends on the step alone."""
    random = tf.random.stateless_uniform(tf.shape(x), seed=[SEED, step])
    return tf.where(random < keep_prob, x / keep_prob, tf.zeros_like(x))


def model(images, keep_prob, step):
    """The logits of the ten digits for a batch of images."""
    with tf.variable_scope("conv1"):
        x = conv_relu(images, 32)
    with tf.variable_scope("conv2"):
        x = conv_relu(x, 64)
    x = tf.nn.max_pool(x, ksize=[1, 2, 2, 1], strides=[1, 2, 2, 1], padding="SAME")
    x = tf.reshape(x, [-1, 4 * 4 * 64])
    with tf.variable_scope("fc1"):
        x = tf.nn.relu(dense(x, 128))
    if keep_prob < 1.0:
        x = dropout(x, keep_prob, step)
    with tf.variable_scope("fc2"):
        return dense(x, 10)


def main(model_dir=None):
    (train_images, train_labels), (test_images, test_labels) = read_data()

    tf.set_random_seed(SEED)
    images = tf.placeholder(tf.float32, [None, 8, 8, 1], name="images")
    labels = tf.placeholder(tf.int64, [None], name="labels")
    global_step = tf.Variable(0, trainable=False, name="global_step")
    with tf.variable_scope("digits") as scope:
        train_logits = model(images, 0.5, global_step)
        scope.reuse_variables()
        test_logits = model(images, 1.0, global_step)

    loss = tf.reduce_mean(
        tf.nn.sparse_softmax_cross_entropy_with_logits(labels=labels, logits=train_logits)
    )
    train_op = tf.train.AdamOptimizer(learning_rate=0.001).minimize(loss, global_step=global_step)
    correct = tf.equal(tf.argmax(test_logits, 1), labels)
    accuracy = tf.reduce_mean(tf.cast(correct, tf.float32))

    saver = tf.train.Saver(max_to_keep=2)
    with tf.Session() as sess:
        sess.run(tf.global_variables_initializer())
        checkpoint = tf.train.latest_checkpoint(model_dir) if model_dir else None
        if checkpoint:
            saver.restore(sess, checkpoint)
            kept = tf.train.get_checkpoint_state(model_dir).all_model_checkpoint_paths
            saver.recover_last_checkpoints(kept)
            print(f"resumed at step {sess.run(global_step)}")
        starts = range(0, len(train_images), BATCH_SIZE)
        for epoch in range(sess.run(global_step) // len(starts), EPOCHS):
            order = np.random.RandomState(SEED + epoch).permutation(len(train_images))
            losses = []
            for start in starts:
                batch = order[start : start + BATCH_SIZE]
                feed = {images: train_images[batch], labels: train_labels[batch]}
                _, batch_loss = sess.run([train_op, loss], feed)
                losses.append(batch_loss)
            if model_dir:
                saver.save(sess, os.path.join(model_dir, "digits"), global_step=global_step)
            if (epoch + 1) % 5 == 0:
                step = sess.run(global_step)
                print(f"step {step:4d}  loss {np.mean(losses):.4f}")
        result = sess.run(accuracy, {images: test_images, labels: test_labels})
    print(f"accuracy on {len(test_labels)} held-out digits: {result:.2%}")


if __name__ == "__main__":
    main(*sys.argv[1:])
