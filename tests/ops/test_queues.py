"""Queues. Names, shapes, texts and who waits for what are TensorFlow 1.15.5's."""

import threading
import time

import numpy as np
import pytest

import scopeflow as tf

Cancelled, OutOfRange = tf.errors.CancelledError, tf.errors.OutOfRangeError
Invalid = tf.errors.InvalidArgumentError


class Background:
    """A run in another thread; `result()` waits for it."""

    def __init__(self, session, fetches):
        self._thread = threading.Thread(target=self._run, args=(session, fetches), daemon=True)
        self._thread.start()
        time.sleep(0.05)

    def _run(self, session, fetches):
        try:
            self.value = session.run(fetches)
        except Exception as error:
            self.value = error

    def waits(self):
        return self._thread.is_alive()

    def result(self):
        self._thread.join(10)
        assert not self.waits()
        if isinstance(self.value, Exception):
            raise self.value
        return self.value


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def ops(graph):
    return [f"{op.name} {op.type}" for op in graph.get_operations()]


def test_names_and_static_shapes(session):
    queue = tf.FIFOQueue(2, [tf.int32, tf.string], [[], [2]])
    assert (queue.name, queue.dtypes, queue.names) == ("fifo_queue", [tf.int32, tf.string], None)
    assert queue.queue_ref.dtype == tf.resource
    queue.enqueue([1, ["a", "b"]])
    shapes = [
        [t.shape.as_list() for t in found]
        for found in (queue.dequeue(), queue.dequeue_many(3), queue.dequeue_up_to(3))
    ]
    assert shapes == [[[], [2]], [[3], [3, 2]], [[None], [None, 2]]]
    queue.enqueue_many([[1], [["a", "b"]]])
    for made in (queue.size(), queue.is_closed()):
        assert made.shape.as_list() == []
    queue.close()
    assert ops(session.graph) == [
        "fifo_queue FIFOQueueV2",
        "fifo_queue_enqueue/component_0 Const",
        "fifo_queue_enqueue/component_1 Const",
        "fifo_queue_enqueue QueueEnqueueV2",
        "fifo_queue_Dequeue QueueDequeueV2",
        "fifo_queue_DequeueMany/n Const",
        "fifo_queue_DequeueMany QueueDequeueManyV2",
        "fifo_queue_DequeueUpTo/n Const",
        "fifo_queue_DequeueUpTo QueueDequeueUpToV2",
        "fifo_queue_EnqueueMany/component_0 Const",
        "fifo_queue_EnqueueMany/component_1 Const",
        "fifo_queue_EnqueueMany QueueEnqueueManyV2",
        "fifo_queue_Size QueueSizeV2",
        "fifo_queue_Is_Closed QueueIsClosedV2",
        "fifo_queue_Close QueueCloseV2",
    ]


def test_first_in_first_out(session):
    queue = tf.FIFOQueue(10, [tf.float32, tf.string], [[2], []])
    session.run(queue.enqueue([[1.0, 2.0], "a"]))
    session.run(queue.enqueue_many([[[3.0, 4.0], [5.0, 6.0]], ["b", "c"]]))
    numbers, text = session.run(queue.dequeue())
    assert (numbers.tolist(), text) == ([1, 2], b"a")
    assert session.run(queue.size()) == 2
    numbers, texts = session.run(queue.dequeue_many(2))
    assert (numbers.tolist(), texts.tolist()) == ([[3, 4], [5, 6]], [b"b", b"c"])
    numbers, texts = session.run(queue.dequeue_many(0))
    assert (numbers.shape, texts.shape) == ((0, 2), (0,))


def test_an_element_is_the_queues_own(session):
    variable = tf.Variable([1.0, 2.0])
    queue = tf.FIFOQueue(10, tf.float32)
    fed = tf.placeholder(tf.float32)
    array = np.ones(2, np.float32)
    session.run(variable.initializer)
    session.run([queue.enqueue(variable), queue.enqueue(fed)], {fed: array})
    array[:] = 7
    session.run(variable.assign_add([1.0, 1.0]))
    assert [session.run(queue.dequeue()).tolist() for _ in range(2)] == [[1, 2], [1, 1]]


def test_components_with_names(session):
    queue = tf.FIFOQueue(3, [tf.int32, tf.string], names=["a", "b"])
    session.run(queue.enqueue({"b": "x", "a": 1}))
    assert session.run(queue.dequeue()) == {"a": 1, "b": b"x"}
    for vals, message in (
        ([1, "x"], "You must enqueue a dictionary in a Queue with names"),
        ({"a": 1}, r"do not match names of Queue.  Dictionary: \(\['a'\]\), Queue: \(\['a', 'b'\]"),
    ):
        with pytest.raises(ValueError, match=message):
            queue.enqueue(vals)
    with pytest.raises(ValueError, match="Queue must have names to enqueue a dictionary"):
        tf.FIFOQueue(3, tf.int32).enqueue({"a": 1})


def test_enqueuing_waits_for_room(session):
    queue = tf.FIFOQueue(2, tf.int32, [[]])
    waiting = Background(session, queue.enqueue_many([[1, 2, 3, 4]]))
    later = Background(session, queue.enqueue(5))
    assert waiting.waits()
    assert later.waits()
    taken = [session.run(queue.dequeue()) for _ in range(5)]
    assert taken == [1, 2, 3, 4, 5]
    waiting.result()
    later.result()


def test_dequeuing_waits_for_elements(session):
    queue = tf.FIFOQueue(10, tf.int32, [[]])
    waiting = Background(session, queue.dequeue_many(3))
    later = Background(session, queue.dequeue())
    session.run(queue.enqueue_many([[1, 2]]))
    assert waiting.waits()
    session.run(queue.enqueue_many([[3, 4]]))
    assert waiting.result().tolist() == [1, 2, 3]
    assert later.result() == 4


def test_close_waits_for_who_waits(session):
    queue = tf.FIFOQueue(2, tf.int32, [[]])
    enqueue, dequeue = queue.enqueue(1), queue.dequeue()
    session.run(queue.enqueue_many([[8, 9]]))
    waiting = Background(session, enqueue)
    closing = Background(session, queue.close())
    late = Background(session, enqueue)
    assert session.run([queue.size(), queue.is_closed()]) == [2, False]
    assert session.run(dequeue) == 8
    waiting.result()
    closing.result()
    with pytest.raises(Cancelled, match="FIFOQueue '_0_fifo_queue' is closed."):
        late.result()
    with pytest.raises(Cancelled, match="Queue '_0_fifo_queue' is already closed."):
        session.run(queue.close())
    assert [session.run(dequeue) for _ in range(2)] == [9, 1]
    for fetch, asked in ((dequeue, 1), (queue.dequeue_many(2), 2), (queue.dequeue_up_to(2), 2)):
        with pytest.raises(OutOfRange) as caught:
            session.run(fetch)
        assert caught.value.message.startswith(
            "FIFOQueue '_0_fifo_queue' is closed and has insufficient elements "
            f"(requested {asked}, current size 0)"
        )


def test_cancelling_who_waits_to_enqueue(session):
    queue = tf.FIFOQueue(2, tf.int32, [[]])
    waiting = Background(session, queue.enqueue_many([[1, 2, 3, 4]]))
    session.run(queue.close(cancel_pending_enqueues=True))
    with pytest.raises(Cancelled, match="Enqueue operation was cancelled"):
        waiting.result()
    assert session.run(queue.dequeue_up_to(5)).tolist() == [1, 2]


def test_elements_taken_in_vain_are_put_back(session):
    queue = tf.FIFOQueue(10, tf.int32, [[]])
    session.run(queue.enqueue(1))
    waiting = Background(session, queue.dequeue_many(2))
    session.run(queue.close())
    with pytest.raises(OutOfRange, match=r"\(requested 1, current size 0\)"):
        waiting.result()
    assert session.run(queue.dequeue_up_to(2)).tolist() == [1]


def test_a_closed_session_ends_all_waiting():
    with tf.Graph().as_default():
        queue = tf.FIFOQueue(1, tf.int32, [[]])
        session = tf.Session()
        for fetch, what in (
            (queue.enqueue_many([[1, 2]]), "Enqueue"),
            (queue.dequeue_many(2), "Dequeue"),
        ):
            session = tf.Session()
            waiting = Background(session, fetch)
            session.close()
            with pytest.raises(Cancelled, match=f"{what} operation was cancelled"):
                waiting.result()


def test_waiting_may_be_limited(session):
    dequeue = tf.FIFOQueue(1, tf.int32, [[]]).dequeue()
    with pytest.raises(tf.errors.DeadlineExceededError):
        session.run(dequeue, options=tf.RunOptions(timeout_in_ms=30))
    config = tf.ConfigProto(operation_timeout_in_ms=30)
    with tf.Session(config=config) as limited, pytest.raises(tf.errors.DeadlineExceededError):
        limited.run(dequeue)


def test_training_goes_on_while_another_thread_waits(session):
    variable = tf.Variable(1.0)
    queue = tf.FIFOQueue(1, tf.float32, [[]])
    optimizer = tf.train.GradientDescentOptimizer(1.0)
    fed = optimizer.minimize(variable * queue.dequeue())
    plain = optimizer.minimize(variable * 1.0)
    session.run(tf.global_variables_initializer())
    waiting = Background(session, fed)
    session.run(plain)
    session.run(queue.enqueue(3.0))
    waiting.result()
    assert session.run(variable) == -3


def test_random_shuffle(session):
    queue = tf.RandomShuffleQueue(20, 4, tf.int32, [[]], seed=3)
    session.run(queue.enqueue_many([np.arange(12)]))
    first = session.run(queue.dequeue_many(8)).tolist()
    waiting = Background(session, queue.dequeue())
    assert waiting.waits()  # the last four stay until it is closed
    session.run(queue.close())
    rest = session.run(queue.dequeue_up_to(9)).tolist()
    assert sorted([*first, waiting.result(), *rest]) == list(range(12))
    assert first != sorted(first)
    with tf.Session() as other:
        other.run(queue.enqueue_many([np.arange(12)]))
        assert other.run(queue.dequeue_many(8)).tolist() == first
    bad = tf.RandomShuffleQueue(2, 5, tf.int32, [[]])
    with pytest.raises(Invalid, match="min_after_dequeue 5 must be < capacity 2"):
        session.run(bad.size())


def test_padding(session):
    queue = tf.PaddingFIFOQueue(9, [tf.int32, tf.string], [[None, 2], [None]])
    assert [t.shape.as_list() for t in queue.dequeue_many(2)] == [[2, None, 2], [2, None]]
    session.run(queue.enqueue([[[1, 2]], ["a", "b"]]))
    session.run(queue.enqueue([[[1, 2], [3, 4]], ["c"]]))
    numbers, texts = session.run(queue.dequeue_many(2))
    assert numbers.tolist() == [[[1, 2], [0, 0]], [[1, 2], [3, 4]]]
    assert texts.tolist() == [[b"a", b"b"], [b"c", b""]]


def test_priorities(session):
    queue = tf.PriorityQueue(9, tf.string, [[]])
    assert queue.dtypes == [tf.int64, tf.string]
    session.run(queue.enqueue_many([[5, 1, 3, 1], ["a", "b", "c", "d"]]))
    assert session.run(queue.dequeue()) == [1, b"b"]
    priorities, texts = session.run(queue.dequeue_many(3))
    assert (priorities.tolist(), texts.tolist()) == ([1, 3, 5], [b"d", b"c", b"a"])
    with pytest.raises(TypeError, match="Expected list for 'shapes'"):
        tf.PriorityQueue(9, tf.string)


def test_one_of_several(session):
    queues = [tf.FIFOQueue(4, tf.int32, [[]]) for _ in range(2)]
    index = tf.placeholder(tf.int32)
    chosen = tf.QueueBase.from_list(index, queues)
    assert (chosen.dtypes, chosen.shapes) == ([tf.int32], [tf.TensorShape([])])
    session.run([queue.enqueue(number) for number, queue in enumerate(queues)])
    assert session.run(chosen.dequeue(), {index: 1}) == 1
    for outside in (-1, 2):
        with pytest.raises(tf.errors.InvalidArgumentError, match=r"is not in \[0, 2\)"):
            session.run(chosen.dequeue(), {index: outside})
    for wrong, message in (
        ([], "A list of queues expected"),
        ([queues[0], tf.FIFOQueue(4, tf.float32)], "do not have matching component dtypes"),
    ):
        with pytest.raises(TypeError, match=message):
            tf.QueueBase.from_list(index, wrong)


def test_shared_shuffle_queues_keep_as_many(session):
    first, second = (
        tf.RandomShuffleQueue(10, least, tf.int32, shared_name="r") for least in (0, 5)
    )
    session.run(first.size())
    with pytest.raises(tf.errors.InvalidArgumentError, match="requested min_after_dequeue was 5"):
        session.run(second.size())


def test_shared_queues(session):
    first = tf.FIFOQueue(3, tf.int32, shared_name="x")
    session.run(first.enqueue(5))
    assert session.run(tf.FIFOQueue(3, tf.int32, shared_name="x").dequeue()) == 5
    for other, message in (
        (tf.FIFOQueue(4, tf.int32, shared_name="x"), "has capacity 3 but requested capacity was 4"),
        (tf.FIFOQueue(3, tf.float32, shared_name="x"), "'x' has component types int32 but reques"),
        (tf.FIFOQueue(3, tf.int32, [[]], shared_name="x"), r"shapes \[\] but .* were \[\[\]\]"),
        (tf.RandomShuffleQueue(3, 0, tf.int32, shared_name="x"), "Expected FIFOQueue, found Rand"),
    ):
        with pytest.raises(Invalid, match=message):
            session.run(other.size())


RUNNING = [
    (lambda q, x: q.enqueue(x), [1], "Shape mismatch in tuple component 0. Expected [2], got [1]"),
    (lambda q, x: q.enqueue_many(x), [[1]], "tuple component 0. Expected [1,2], got [1,1]"),
    (lambda q, x: q.enqueue_many(x), [1], "tuple component 0. Expected [1,2], got [1]"),
]


@pytest.mark.parametrize(("build", "value", "message"), RUNNING)
def test_shapes_that_do_not_fit(session, build, value, message):
    place = tf.placeholder(tf.int32)
    op = build(tf.FIFOQueue(4, tf.int32, [[2]]), place)
    with pytest.raises(Invalid) as caught:
        session.run(op, {place: value})
    assert message in caught.value.message


def test_dequeue_many_needs_shapes(session):
    queue = tf.FIFOQueue(4, tf.int32)
    with pytest.raises(Invalid, match="FIFOQueue's DequeueMany and DequeueUpTo require the comp"):
        session.run(queue.dequeue_many(2))


def pair():
    return tf.FIFOQueue(2, [tf.int32, tf.float32], [[], [2]])


BUILDING = [
    (lambda: pair().enqueue([1, [1.0, 2, 3]]), ValueError, "Shapes (3,) and (2,) are incompatible"),
    (lambda: pair().enqueue([1.5, [1.0, 2]]), TypeError, "Expected int32, got 1.5 of type 'float'"),
    (
        lambda: pair().enqueue_many([1, [[1.0, 2]]]),
        ValueError,
        "Shape () must have rank at least 1",
    ),
    (
        lambda: pair().enqueue_many([[1, 2], [[1.0, 2]]]),
        ValueError,
        "Dimensions 2 and 1 are not compatible",
    ),
    (lambda: pair().dequeue_many(-1), ValueError, "Input 'n' must be >= 0, but is -1"),
    (
        lambda: tf.FIFOQueue(2, [tf.int32, tf.float32], [[]]),
        ValueError,
        "Queue shapes must have the same length as dtypes",
    ),
    (
        lambda: tf.FIFOQueue(2, tf.int32, names=["a", "b"]),
        ValueError,
        "List of names must have the same length as the list of dtypes",
    ),
    (lambda: tf.FIFOQueue(2, tf.int32, [[None]]), ValueError, "All shapes must be fully defined"),
    (
        lambda: tf.PaddingFIFOQueue(2, tf.int32, None),
        ValueError,
        "When providing partial shapes, a list of shapes must be provided.",
    ),
]


@pytest.mark.parametrize(("build", "kind", "message"), BUILDING)
def test_mistakes_when_building(session, build, kind, message):
    with pytest.raises(kind) as caught:
        build()
    assert message in str(caught.value)
