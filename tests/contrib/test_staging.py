"""Staging areas: limits, waiting, elements under keys. Texts are TensorFlow 1.15.5's."""

import threading

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.contrib.staging.map_area import MapStagingArea


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


@pytest.mark.parametrize("limit", [{"capacity": 2}, {"memory_limit": 20}])
def test_put_waits_for_room(limit):
    value = tf.placeholder(tf.float32, [2])
    area = tf.contrib.staging.StagingArea([tf.float32], [[2]], **limit)
    put, (taken,), size = area.put([value]), area.get(), area.size()
    soon = tf.RunOptions(timeout_in_ms=20)
    with tf.Session() as session:
        for i in range(2):
            session.run(put, {value: [i, i]})
        with pytest.raises(tf.errors.DeadlineExceededError):
            session.run(put, {value: [2, 2]}, soon)
        thread = threading.Thread(target=session.run, args=(put, {value: [2, 2]}))
        thread.start()
        assert [session.run(taken)[0] for _ in range(3)] == [0, 1, 2]
        thread.join(10)
        assert session.run(size) == 0
        with pytest.raises(tf.errors.DeadlineExceededError):
            session.run(taken, options=soon)


def test_what_never_fits():
    area = tf.contrib.staging.StagingArea([tf.float32], memory_limit=8)
    with tf.Session() as session:
        with pytest.raises(tf.errors.ResourceExhaustedError, match="size of '40' bytes into Sta"):
            session.run(area.put([tf.zeros([10])]))


def test_areas_of_one_name_share():
    first, second = (tf.contrib.staging.StagingArea([tf.int32], shared_name="a") for _ in "ab")
    put, clear = first.put([5]), second.clear()
    with tf.Session() as session:
        session.run(put)
        assert session.run(second.peek(0)) == [5] and session.run(second.size()) == 1
        session.run(clear)
        assert session.run(first.size()) == 0


def test_parts_of_an_element_under_a_key():
    area = MapStagingArea([tf.float32, tf.int32], names=["x", "n"])
    key = tf.placeholder(tf.int64, [])
    put_x, put_n = area.put(key, {"x": 1.5}), area.put(key, {"n": 2})
    sizes = [area.size(), area.incomplete_size()]
    peek, get_x, get_n = area.peek(key), area.get(key, ["x"]), area.get(indices=["n"])
    with tf.Session() as session:
        session.run(put_x, {key: 7})
        assert session.run(sizes) == [0, 1]
        with pytest.raises(tf.errors.InvalidArgumentError, match="index '0' for key '7' was alrea"):
            session.run(put_x, {key: 7})
        session.run(put_n, {key: 7})
        assert session.run(sizes) == [1, 0]
        assert session.run(peek, {key: 7}) == {"x": 1.5, "n": 2}
        assert session.run(get_x, {key: 7}) == (7, {"x": 1.5})
        with pytest.raises(tf.errors.InvalidArgumentError, match="'7' has already been removed"):
            session.run(get_x, {key: 7})
        assert session.run(get_n) == (7, {"n": 2})
        assert session.run(sizes) == [0, 0]


def test_the_smallest_key_comes_first():
    area = MapStagingArea([tf.int32], [[]], ordered=True, capacity=3)
    key = tf.placeholder(tf.int64, [])
    get = area.get()
    put = area.put(key, [tf.cast(10 * key, tf.int32)], [0])
    with tf.Session() as session:
        for i in (3, 1, 2):
            session.run(put, {key: i})
        assert [session.run(get) for _ in range(3)] == [(i, [10 * i]) for i in (1, 2, 3)]
        session.run(put, {key: 3})
        session.run(area.clear())
        assert session.run(area.size()) == 0


def test_what_a_map_refuses():
    area = MapStagingArea([tf.float32, tf.int32])
    for call, match in (
        (lambda: area.put(1, [1.0, 2]), "Indices must be supplied"),
        (lambda: area.put(1, [1.0], [0, 1]), "Number of indices"),
        (lambda: area.put(1, {"x": 1.0}), "must have names"),
        (lambda: area.get(1, ["x"]), "not created with names"),
        (lambda: MapStagingArea([tf.float32], names=["a", "b"]), "names must be the same length"),
    ):
        with pytest.raises(ValueError, match=match):
            call()
    stage = tf.raw_ops.MapStage
    wrong = stage(key=np.int64([1, 2]), indices=[0], values=[1.0], dtypes=[tf.float32])
    twice = area.get(1, [0, 0])
    with tf.Session() as session:
        session.run(area.put(1, [1.0, 2], [0, 1]))
        with pytest.raises(tf.errors.InvalidArgumentError, match="key must be an int64 scalar"):
            session.run(wrong)
        with pytest.raises(tf.errors.InvalidArgumentError, match="Indices are not strictly order"):
            session.run(twice)
