"""Threads: one session run by several, one graph built by several."""

import subprocess
import sys
import threading

import numpy as np
import pytest

import scopeflow as tf


@pytest.fixture
def eager_switching():
    """Threads change places as often as Python can."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def in_threads(count, work):
    failures = []

    def guarded(number):
        try:
            work(number)
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=guarded, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]


def test_running_one_session(eager_switching):
    with tf.Graph().as_default():
        x = tf.placeholder(tf.float32, [2])
        table = tf.Variable([[1.0, 2.0], [3.0, 4.0]])
        own = [tf.Variable(0) for _ in range(4)]
        counts = [v.assign_add(1) for v in own]
        y = tf.reduce_sum(table * x)
        (slope,) = tf.gradients(y * y, x)
        session = tf.Session()
        session.run(tf.global_variables_initializer())

    def work(number):
        for i in range(30):
            value = np.array([number, i], np.float32)
            total, found = session.run([y, slope], {x: value})
            assert total == 4 * number + 6 * i
            assert found.tolist() == [8 * total, 12 * total]
            session.run(counts[number])

    in_threads(4, work)
    assert session.run(own) == [30] * 4


def test_the_session_of_a_thread():
    with tf.Graph().as_default():
        c = tf.constant(3)
        session = tf.Session()
        seen = []

        def work(number):
            assert tf.get_default_session() is None
            with session.as_default():
                seen.append(c.eval())

        with session:
            in_threads(2, work)
    assert seen == [3, 3]


def test_building_one_graph(eager_switching):
    graph = tf.Graph()
    made = []

    def work(number):
        with graph.as_default(), tf.name_scope("s"):
            for _ in range(60):
                made.append(tf.constant(number, name="c") + 1)

    in_threads(4, work)
    names = [op.name.lower() for op in graph.get_operations()]
    assert len(set(names)) == len(names) == 4 * 60 * 3
    assert [op.id for op in graph.get_operations()] == list(range(len(names)))
    with tf.Session(graph=graph) as session:
        found = session.run(made)
    assert sorted(found) == sorted(list(range(1, 5)) * 60)


def test_scopes_belong_to_their_thread():
    graph = tf.Graph()
    barrier = threading.Barrier(2)
    names = {}

    def work(number):
        with graph.as_default(), tf.variable_scope(f"scope{number}"):
            barrier.wait()
            v = tf.get_variable("v", [1])
            with tf.control_dependencies([v.initializer]):
                barrier.wait()
                op = tf.no_op()
            barrier.wait()
            names[number] = (v.name, [before.name for before in op.control_inputs])

    in_threads(2, work)
    assert names == {n: (f"scope{n}/v:0", [f"scope{n}/v/Assign"]) for n in range(2)}


def test_threads_train_one_network_without_locks():
    """Updates in place of one thread must not reach what another one's gradients need."""
    with tf.Graph().as_default():
        weights = tf.Variable(tf.ones([50, 50]) / 50)
        out = tf.ones([4, 50])
        for _ in range(8):
            out = tf.tanh(tf.matmul(out, weights))
        train = tf.train.GradientDescentOptimizer(0.01).minimize(tf.reduce_sum(out))
        session = tf.Session()
        session.run(tf.global_variables_initializer())

    def work(number):
        for _ in range(30):
            session.run(train)

    in_threads(4, work)


PROGRAM = """
import threading
import scopeflow as tf

numbers = tf.train.range_input_producer(5).dequeue()
batch = tf.train.shuffle_batch([tf.cast(numbers, tf.float32) * 2], 3, 20, 5, num_threads=3)
session = tf.Session()
tf.train.start_queue_runners(session)
product = tf.reduce_sum(tf.matmul(tf.ones([90, 90]), tf.ones([90, 90])))

def work():
    while True:
        session.run(product)

for _ in range(2):
    threading.Thread(target=work, daemon=True).start()
for _ in range(20):
    session.run(batch)
print("done")
"""


def test_a_program_may_end_while_threads_compute():
    for _ in range(2):
        found = subprocess.run(
            [sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=60
        )
        assert (found.returncode, found.stdout) == (0, "done\n"), found.stderr
        assert "terminate" not in found.stderr
