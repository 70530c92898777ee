"""Queue runners, coordinators, input producers and batches."""

import json
import threading
import time
from pathlib import Path

import numpy as np
import pytest
from train import input_cases

import scopeflow as tf

RECORDED = json.loads(Path(__file__).with_name("recorded_input.json").read_text())["cases"]


@pytest.mark.parametrize("name", [name for (name,) in input_cases.cases()])
def test_ops_are_tensorflows(name):
    assert json.loads(json.dumps(input_cases.run(tf, name))) == RECORDED[name]


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as graph:
        yield graph


def collected(fetches, limit=1000):
    """What the fetches give until the input ends, under a coordinator."""
    found = []
    with tf.Session() as session:
        session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
        coord = tf.train.Coordinator()
        threads = tf.train.start_queue_runners(session, coord)
        try:
            while not coord.should_stop() and len(found) < limit:
                found.append(session.run(fetches))
        except tf.errors.OutOfRangeError:
            pass
        finally:
            coord.request_stop()
        coord.join(threads, stop_grace_period_secs=10)
        assert coord.joined
        assert not any(thread.is_alive() for thread in threads)
    return found


def test_strings_in_epochs():
    names = tf.train.string_input_producer(["a", "b", "c"], num_epochs=2, shuffle=False)
    assert collected(names.dequeue()) == [b"a", b"b", b"c"] * 2


def test_shuffled_epochs():
    queue = tf.train.range_input_producer(20, num_epochs=2, seed=1)
    found = collected(queue.dequeue())
    assert sorted(found[:20]) == sorted(found[20:]) == list(range(20))
    assert found[:20] != found[20:]
    assert found[:20] != sorted(found[:20])


def test_slices_stay_together():
    letter, number = tf.train.slice_input_producer([["a", "b", "c"], [1, 2, 3]], num_epochs=2)
    found = collected([letter, number])
    assert sorted(found) == sorted([[b"a", 1], [b"b", 2], [b"c", 3]] * 2)


def test_batches_and_a_smaller_last_one():
    number = tf.train.range_input_producer(5, num_epochs=1, shuffle=False).dequeue()
    batch = tf.train.batch({"x": number, "y": number * 2}, 2, allow_smaller_final_batch=True)
    found = collected(batch)
    assert [part["x"].tolist() for part in found] == [[0, 1], [2, 3], [4]]
    assert [part["y"].tolist() for part in found] == [[0, 2], [4, 6], [8]]


def test_without_a_smaller_last_batch_the_rest_is_dropped():
    number = tf.train.range_input_producer(5, num_epochs=1, shuffle=False).dequeue()
    found = collected(tf.train.batch([number], 2))
    assert [part.tolist() for part in found] == [[0, 1], [2, 3]]


def test_padded_batches():
    number = tf.train.range_input_producer(4, num_epochs=1, shuffle=False).dequeue()
    row = tf.ones([number], tf.int32) * number
    row.set_shape([None])
    found = collected(tf.train.batch([row], 2, dynamic_pad=True))
    assert [part.tolist() for part in found] == [[[0], [1]], [[2, 2, 0], [3, 3, 3]]]


def test_batches_of_many():
    start = tf.train.range_input_producer(3, num_epochs=1, shuffle=False).dequeue() * 10
    found = collected(tf.train.batch([start + tf.range(4)], 3, enqueue_many=True))
    assert [part.tolist() for part in found] == [[0, 1, 2], [3, 10, 11], [12, 13, 20], [21, 22, 23]]


def test_shuffled_batches_from_several_threads():
    number = tf.train.range_input_producer(40, num_epochs=2).dequeue()
    batch = tf.train.shuffle_batch([number, number + 1], 8, 40, 16, num_threads=3, seed=1)
    found = collected(batch)
    assert all((part[1] == part[0] + 1).all() for part in found)
    assert sorted(np.concatenate([part[0] for part in found])) == sorted([*range(40)] * 2)


@pytest.mark.parametrize("shuffle", [False, True])
def test_joined_batches(shuffle):
    sources = [
        [tf.train.range_input_producer(8, num_epochs=1).dequeue() + offset] for offset in (0, 100)
    ]
    if shuffle:
        batch = tf.train.shuffle_batch_join(sources, 4, 32, 4)
    else:
        batch = tf.train.batch_join(sources, 4)
    assert batch.shape.as_list() == [4]
    found = np.concatenate(collected(batch))
    assert sorted(found) == [*range(8), *range(100, 108)]


def test_batches_of_sparse_tensors():
    number = tf.train.range_input_producer(4, num_epochs=1, shuffle=False).dequeue()
    row = tf.range(number)
    sparse = tf.SparseTensor(
        tf.cast(row, tf.int64)[:, None], row * 10, tf.cast(number, tf.int64)[None]
    )
    batch = tf.train.batch({"s": sparse, "n": number}, 2)
    assert batch["s"].shape.as_list() == [None, None]
    found = collected(batch)
    assert [part["n"].tolist() for part in found] == [[0, 1], [2, 3]]
    assert [part["s"].values.tolist() for part in found] == [[0], [0, 10, 0, 10, 20]]
    assert found[1]["s"].indices.tolist() == [[0, 0], [0, 1], [1, 0], [1, 1], [1, 2]]
    assert found[1]["s"].dense_shape.tolist() == [2, 3]


def test_batches_of_rows_of_sparse_tensors():
    start = tf.train.range_input_producer(2, num_epochs=1, shuffle=False).dequeue()
    sparse = tf.SparseTensor([[0, 1], [2, 0]], [start, start + 10], [3, 2])
    batch = tf.train.batch([sparse, tf.range(3)], 3, enqueue_many=True)
    assert batch[0].shape.as_list() == [None, None]
    found = collected(batch)
    assert [part[0].values.tolist() for part in found] == [[0, 10], [1, 11]]
    assert found[0][0].indices.tolist() == [[0, 1], [2, 0]]


def test_only_what_is_to_be_kept():
    number = tf.train.range_input_producer(9, num_epochs=1, shuffle=False).dequeue()
    found = collected(tf.train.maybe_batch([number], tf.equal(number % 3, 0), 3))
    assert [part.tolist() for part in found] == [[0, 3, 6]]


def test_only_the_rows_to_be_kept():
    number = tf.train.range_input_producer(2, num_epochs=1, shuffle=False).dequeue()
    rows = number * 10 + tf.range(4)
    keep = tf.equal(tf.range(4) % 2, 1)
    found = collected(tf.train.maybe_batch([rows], keep, 4, enqueue_many=True))
    assert [part.tolist() for part in found] == [[1, 3, 11, 13]]


def test_file_names_are_looked_up_once(tmp_path):
    for name in ("b.txt", "a.txt", "c.no"):
        (tmp_path / name).write_text(name)
    names = tf.train.match_filenames_once(str(tmp_path / "*.txt"))
    queue = tf.train.string_input_producer(names, num_epochs=1, shuffle=False)
    found = collected(tf.read_file(queue.dequeue()))
    assert found == [b"a.txt", b"b.txt"]


def test_reading_and_writing_files(tmp_path):
    path = str(tmp_path / "new" / "x")
    with tf.Session() as session:
        session.run(tf.write_file(path, b"a\0b"))
        assert session.run(tf.read_file(path)) == b"a\0b"
        with pytest.raises(tf.errors.NotFoundError, match="none; No such file or directory"):
            session.run(tf.read_file("none"))


def test_errors_of_runners_reach_the_one_who_joins():
    queue = tf.FIFOQueue(10, tf.float32, [[]])
    bad = tf.placeholder(tf.float32, name="missing")
    runner = tf.train.QueueRunner(queue, [queue.enqueue(bad)])
    tf.train.add_queue_runner(runner)
    coord = tf.train.Coordinator()
    with tf.Session() as session:
        threads = tf.train.start_queue_runners(session, coord)
        assert tf.train.start_queue_runners(session, coord) is not None
        with pytest.raises(tf.errors.InvalidArgumentError, match="feed a value for placeholder"):
            coord.join(threads)
        assert session.run(queue.is_closed())
    assert runner.exceptions_raised == []
    assert runner.name == "fifo_queue"


def test_the_queue_is_closed_when_all_threads_ended():
    queue = tf.FIFOQueue(10, tf.int32, [[]])
    ops = [queue.enqueue(tf.train.limit_epochs(tf.constant(i), 2)) for i in range(2)]
    runner = tf.train.QueueRunner(queue, ops)
    with tf.Session() as session:
        session.run(tf.local_variables_initializer())
        threads = runner.create_threads(session, start=True)
        assert [thread.name for thread in threads] == [
            f"QueueRunnerThread-fifo_queue-{op.name}" for op in ops
        ]
        found = [session.run(queue.dequeue()) for _ in range(4)]
        with pytest.raises(tf.errors.OutOfRangeError):
            session.run(queue.dequeue())
        assert sorted(found) == [0, 0, 1, 1]
        for thread in threads:
            thread.join(5)
        assert len(runner.create_threads(session)) == 2


def test_mistakes_with_queue_runners():
    queue = tf.FIFOQueue(10, tf.int32, [[]])
    with pytest.raises(ValueError, match="Must provide queue and enqueue_ops."):
        tf.train.QueueRunner(queue)
    with pytest.raises(TypeError, match="must be a tuple of tf.error types"):
        tf.train.QueueRunner(queue, [queue.enqueue(1)], queue_closed_exception_types=ValueError)
    with pytest.raises(ValueError, match="Cannot start queue runners: No default session"):
        tf.train.start_queue_runners()
    with pytest.raises(TypeError, match="sess must be a `tf.Session` object. Given class"):
        tf.train.start_queue_runners(3)


# Coordinators.


def test_coordinator_stops_threads():
    coord = tf.train.Coordinator()
    rounds = []

    def work():
        while not coord.wait_for_stop(0.01):
            rounds.append(1)
            if len(rounds) == 3:
                coord.request_stop()

    thread = threading.Thread(target=work)
    thread.start()
    coord.join([thread])
    assert coord.should_stop()
    assert len(rounds) == 3
    coord.clear_stop()
    assert not coord.should_stop()


def test_coordinator_raises_the_first_error():
    coord = tf.train.Coordinator()

    def work(error):
        with coord.stop_on_exception():
            raise error

    for error in (ValueError("first"), ValueError("second")):
        thread = threading.Thread(target=work, args=(error,))
        thread.start()
        thread.join()
    with pytest.raises(ValueError, match="first"):
        coord.raise_requested_exception()
    with pytest.raises(ValueError, match="first"):
        coord.join()
    with pytest.raises(ValueError, match="late"):
        coord.request_stop(ValueError("late"))


def test_coordinator_takes_some_errors_as_an_end():
    coord = tf.train.Coordinator()
    coord.request_stop(tf.errors.OutOfRangeError(None, None, "end"))
    coord.join()
    own = tf.train.Coordinator(clean_stop_exception_types=(KeyError,))
    own.request_stop(KeyError("x"))
    own.join()


def test_coordinator_does_not_wait_for_ever():
    done = threading.Event()
    thread = threading.Thread(target=done.wait, name="slow", daemon=True)
    thread.start()
    coord = tf.train.Coordinator()
    coord.request_stop()
    with pytest.raises(RuntimeError, match="Coordinator stopped with threads still running: slow"):
        coord.join([thread], stop_grace_period_secs=0.05)
    coord.join([thread], stop_grace_period_secs=0.05, ignore_live_threads=True)
    done.set()


def test_looper_threads():
    coord = tf.train.Coordinator()
    calls = []
    thread = tf.train.LooperThread.loop(coord, 0.01, lambda x: calls.append(x), args=(5,))
    while len(calls) < 3:
        time.sleep(0.01)
    coord.request_stop()
    coord.join([thread])
    assert set(calls) == {5}

    class Failing(tf.train.LooperThread):
        def run_loop(self):
            raise ValueError("in the loop")

    other = tf.train.Coordinator()
    Failing(other, None).start()
    with pytest.raises(ValueError, match="in the loop"):
        other.join()
    with pytest.raises(ValueError, match="'coord' argument must be a Coordinator"):
        tf.train.LooperThread(3, 1)
