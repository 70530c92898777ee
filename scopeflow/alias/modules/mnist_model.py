"""tensorflow.examples.tutorials.mnist.mnist: the tutorial's network of two hidden layers."""

from __future__ import annotations

import math
from typing import Any

import scopeflow as tf

NUM_CLASSES = 10
IMAGE_SIZE = 28
IMAGE_PIXELS = IMAGE_SIZE * IMAGE_SIZE


def _layer(values: Any, width: int, size: int, scope: str, relu: bool) -> Any:
    with tf.name_scope(scope):
        deviation = 1.0 / math.sqrt(float(width))
        weights = tf.Variable(tf.truncated_normal([width, size], stddev=deviation), name="weights")
        biases = tf.Variable(tf.zeros([size]), name="biases")
        result = tf.matmul(values, weights) + biases
        return tf.nn.relu(result) if relu else result


def inference(images: Any, hidden1_units: int, hidden2_units: int) -> Any:
    """The logits of images."""
    hidden = _layer(images, IMAGE_PIXELS, hidden1_units, "hidden1", True)
    hidden = _layer(hidden, hidden1_units, hidden2_units, "hidden2", True)
    return _layer(hidden, hidden2_units, NUM_CLASSES, "softmax_linear", False)


def loss(logits: Any, labels: Any) -> Any:
    """The mean cross entropy."""
    return tf.losses.sparse_softmax_cross_entropy(labels=tf.cast(labels, tf.int64), logits=logits)


def training(loss: Any, learning_rate: float) -> Any:
    """A step of gradient descent, with a summary of the loss."""
    tf.summary.scalar("loss", loss)
    global_step = tf.Variable(0, name="global_step", trainable=False)
    optimizer = tf.train.GradientDescentOptimizer(learning_rate)
    return optimizer.minimize(loss, global_step=global_step)


def evaluation(logits: Any, labels: Any) -> Any:
    """How many of the images are told right."""
    right = tf.nn.in_top_k(logits, labels, 1)
    return tf.reduce_sum(tf.cast(right, tf.int32))
