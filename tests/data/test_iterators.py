"""Iterators: initialization, handles, one shot; shuffling; threads that end."""

import gc
import os
import resource
import subprocess
import sys
import threading
import time

import numpy as np
import pytest

import scopeflow as tf

Dataset = tf.data.Dataset


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default():
        yield


def all_of(session, element):
    found = []
    while True:
        try:
            found.append(session.run(element))
        except tf.errors.OutOfRangeError as error:
            assert error.message.startswith("End of sequence")
            return found


def listed(dataset):
    element = dataset.make_one_shot_iterator().get_next()
    with tf.Session() as session:
        return [getattr(v, "tolist", lambda v=v: v)() for v in all_of(session, element)]


def test_names_and_types_of_ops():
    iterator = Dataset.range(3).make_initializable_iterator()
    element = iterator.get_next()
    assert (element.name, element.op.type) == ("IteratorGetNext:0", "IteratorGetNext")
    assert (iterator.initializer.name, iterator.initializer.type) == ("MakeIterator",) * 2
    assert iterator.get_next(name="next").name == "next:0"
    assert Dataset.range(1).make_one_shot_iterator().get_next().op.inputs[0].op.type == (
        "OneShotIterator"
    )


def test_placeholders_are_read_when_the_initializer_runs():
    values = tf.placeholder(tf.float32, [None, 2])
    iterator = Dataset.from_tensor_slices(values).batch(2).make_initializable_iterator()
    element = iterator.get_next()
    with tf.Session() as session:
        with pytest.raises(tf.errors.FailedPreconditionError, match="has not been initialized"):
            session.run(element)
        for rows in (3, 2):
            session.run(iterator.initializer, {values: np.ones((rows, 2))})
            assert [len(batch) for batch in all_of(session, element)] == [2, rows - 2][: rows - 1]


def test_iterator_for_several_datasets():
    iterator = tf.data.Iterator.from_structure(tf.int64, tf.TensorShape([]))
    first = iterator.make_initializer(Dataset.range(2))
    second = iterator.make_initializer(Dataset.range(5, 7), name="second")
    assert (first.name, second.name) == ("make_initializer", "second")
    element = iterator.get_next()
    with tf.Session() as session:
        for initializer, expected in ((first, [0, 1]), (second, [5, 6]), (first, [0, 1])):
            session.run(initializer)
            assert all_of(session, element) == expected
    with pytest.raises(ValueError, match="does not have an initializer"):
        iterator.initializer  # noqa: B018
    with pytest.raises(TypeError, match="Expected output types tf.int64 but got dataset with"):
        iterator.make_initializer(Dataset.from_tensors(1.0))
    with pytest.raises(TypeError, match="Expected output shapes compatible with"):
        iterator.make_initializer(Dataset.from_tensors(np.int64([1])))


def test_handles_choose_an_iterator():
    handle = tf.placeholder(tf.string, [])
    numbers, others = Dataset.range(9), Dataset.range(10, 12)
    chosen = tf.data.Iterator.from_string_handle(
        handle, numbers.output_types, numbers.output_shapes
    )
    element = chosen.get_next()
    first = numbers.make_one_shot_iterator()
    second = others.make_initializable_iterator()
    with tf.Session() as session:
        one, two = session.run([first.string_handle(), second.string_handle()])
        session.run(second.initializer)
        assert [session.run(element, {handle: h}) for h in (one, two, one, two)] == [0, 10, 1, 11]
        with pytest.raises(tf.errors.InvalidArgumentError, match="Could not parse string_handle"):
            session.run(element, {handle: "no handle"})


def test_one_shot_iterators_depend_on_nothing_that_changes():
    with pytest.raises(ValueError, match="Cannot capture a placeholder"):
        Dataset.from_tensors(tf.placeholder(tf.int32, [])).make_one_shot_iterator()
    variable = tf.get_variable("v", [])
    with pytest.raises(ValueError, match=r"stateful node \(name:v, type:VariableV2\)"):
        Dataset.range(3).map(lambda x: variable).make_one_shot_iterator()


def test_each_session_has_its_own_position():
    element = Dataset.range(5).make_one_shot_iterator().get_next()
    with tf.Session() as one, tf.Session() as two:
        assert [one.run(element), one.run(element), two.run(element)] == [0, 1, 0]


def test_what_is_fetched_is_the_callers_own():
    element = Dataset.from_tensors(np.zeros(3)).repeat().make_one_shot_iterator().get_next()
    with tf.Session() as session:
        session.run(element)[:] = 7
        assert session.run(element).tolist() == [0, 0, 0]


def test_an_error_belongs_to_one_element():
    dataset = Dataset.from_tensor_slices([1.0, 0.0, 2.0])
    dataset = dataset.map(lambda x: tf.check_numerics(1 / x, "bad"), num_parallel_calls=2)
    element = dataset.prefetch(1).make_one_shot_iterator().get_next()
    with tf.Session() as session:
        assert session.run(element) == 1.0
        with pytest.raises(tf.errors.InvalidArgumentError, match="bad : Tensor had Inf values"):
            session.run(element)
        assert session.run(element) == 0.5


def test_variables_are_read_live():
    variable = tf.get_variable("v", [], tf.int64, initializer=tf.zeros_initializer())
    iterator = Dataset.range(9).map(lambda x: x + variable).make_initializable_iterator()
    element = iterator.get_next()
    with tf.Session() as session:
        session.run(variable.initializer)
        session.run(iterator.initializer)
        assert session.run(element) == 0
        session.run(variable.assign(100))
        assert session.run(element) == 101


def test_shuffles_are_permutations_and_seeds_repeat_them():
    assert sorted(listed(Dataset.range(50).shuffle(10))) == list(range(50))
    seeded = Dataset.range(20).shuffle(20, seed=3)
    assert listed(seeded) == listed(seeded) != list(range(20))
    twice = listed(seeded.repeat(2))
    assert twice[:20] != twice[20:] and sorted(twice[20:]) == list(range(20))
    same = listed(Dataset.range(20).shuffle(20, 3, reshuffle_each_iteration=False).repeat(2))
    assert same[:20] == same[20:]
    small = listed(Dataset.range(100).shuffle(3))
    assert all(value <= place + 3 for place, value in enumerate(small))


def test_sampling_follows_the_weights():
    parts = [Dataset.from_tensors(i).repeat() for i in range(2)]
    mixed = tf.data.experimental.sample_from_datasets(parts, [0.8, 0.2], seed=1)
    assert 10 < sum(listed(mixed.take(200))) < 80


def data_threads():
    return [t for t in threading.enumerate() if t.name == "scopeflow-data"]


def wait_for_no_threads():
    until = time.monotonic() + 5
    while data_threads() and time.monotonic() < until:
        time.sleep(0.01)
    return not data_threads()


def endless():
    dataset = Dataset.range(10**9).map(lambda x: x + 1, num_parallel_calls=3).prefetch(2)
    return dataset.interleave(
        lambda x: Dataset.from_tensors(x).repeat(), 2, num_parallel_calls=2
    ).prefetch(2)


def test_threads_end_with_the_session():
    element = endless().make_one_shot_iterator().get_next()
    with tf.Session() as session:
        assert session.run(element) == 1
        assert data_threads()
    assert wait_for_no_threads()


def test_threads_end_when_the_iterator_begins_anew_or_is_forgotten():
    iterator = endless().make_initializable_iterator()
    element = iterator.get_next()
    session = tf.Session()
    session.run(iterator.initializer)
    session.run(element)
    old = data_threads()
    session.run(iterator.initializer)
    session.run(element)
    for thread in old:  # they end when they next look
        thread.join(timeout=5)
    assert not [thread for thread in old if thread.is_alive()]
    del session
    gc.collect()
    assert wait_for_no_threads()


def test_elements_are_made_ahead():
    made = []

    def numbers():
        for i in range(10):
            made.append(i)
            yield i

    dataset = Dataset.from_generator(numbers, tf.int64, []).prefetch(3)
    element = dataset.make_one_shot_iterator().get_next()
    with tf.Session() as session:
        session.run(element)
        until = time.monotonic() + 5
        while len(made) < 4 and time.monotonic() < until:
            time.sleep(0.01)
        assert made[:4] == [0, 1, 2, 3]
        assert len(made) == 4


def test_scalar_strings_of_examples_can_be_batched():
    feature = tf.train.Feature(bytes_list=tf.train.BytesList(value=[b"r"]))
    example = tf.train.Example(features=tf.train.Features(feature={"s": feature}))
    dataset = Dataset.from_tensors(example.SerializeToString()).repeat(2)
    spec = {"s": tf.FixedLenFeature([], tf.string)}
    parsed = dataset.map(lambda record: tf.parse_single_example(record, spec)["s"])
    assert listed(parsed.padded_batch(2, [])) == [[b"r", b"r"]]


def test_options_are_kept_and_merged():
    options = tf.data.Options()
    options.experimental_deterministic = False
    options.experimental_optimization.map_fusion = True
    kept = Dataset.range(3).with_options(options).map(lambda x: x).options()
    assert kept.experimental_deterministic is False
    assert kept.experimental_optimization.map_fusion is True
    with pytest.raises(TypeError, match="must be of type"):
        options.experimental_slack = 3
    other = tf.data.Options()
    other.experimental_deterministic = True
    with pytest.raises(ValueError, match="Cannot merge incompatible values"):
        kept.merge(other)


def test_cardinality():
    cardinality = tf.data.experimental.cardinality
    cases = {
        5: Dataset.range(5),
        -1: Dataset.range(5).repeat(),
        -2: Dataset.range(5).filter(lambda x: True),
        3: Dataset.range(5).batch(2),
        6: Dataset.range(5).batch(2, True).repeat(3),
        2: Dataset.range(9).skip(2).take(3).shard(2, 0),
    }
    with tf.Session() as session:
        for expected, dataset in cases.items():
            assert session.run(cardinality(dataset)) == expected


def test_optional_values():
    iterator = Dataset.range(1).make_one_shot_iterator()
    optional = tf.data.experimental.get_next_as_optional(iterator)
    has, value = optional.has_value(), optional.get_value()
    with tf.Session() as session:
        assert session.run([has, value]) == [True, 0]
        assert not session.run(has)
        with pytest.raises(tf.errors.InvalidArgumentError, match="does not have a value"):
            session.run(value)


def test_reduce_and_single_elements():
    with tf.Session() as session:
        assert session.run(Dataset.range(5).reduce(np.int64(0), lambda s, x: s + x)) == 10
        single = tf.data.experimental.get_single_element
        assert session.run(single(Dataset.range(1))) == 0
        for count, text in ((0, "Dataset was empty"), (2, "had more than one element")):
            with pytest.raises(tf.errors.InvalidArgumentError, match=text):
                session.run(single(Dataset.range(count)))


def test_elements_are_cached_in_a_file(tmp_path):
    made = []

    def note(x):
        made.append(int(x))
        return np.float32(x) / 2

    def numbers(path):
        halves = Dataset.range(3).map(
            lambda x: (tf.py_func(note, [x], tf.float32), tf.fill([x], "s"))
        )
        return halves.cache(path)

    path = str(tmp_path / "numbers")
    expected = [(0.0, []), (0.5, [b"s"]), (1.0, [b"s", b"s"])]
    for _ in range(2):
        found = listed(numbers(path).repeat(2))
        assert [(half, texts.tolist()) for half, texts in found] == expected * 2
    assert made == [0, 1, 2]
    assert sorted(os.listdir(tmp_path)) == ["numbers.data-00000-of-00001", "numbers.index"]
    # As TensorFlow 1.15.5 calls them.
    assert tf.train.list_variables(path)[:3] == [
        ("      0_0", []),
        ("      0_1", [0]),
        ("      1_0", []),
    ]
    with open(f"{path}.data-00000-of-00001", "r+b") as file:
        file.write(b"\1")
    with pytest.raises(tf.errors.DataLossError, match="numbers"):
        listed(numbers(path))


def test_a_cache_of_another_dataset_is_noticed(tmp_path):
    path = str(tmp_path / "x")
    assert listed(Dataset.range(2).cache(path)) == [0, 1]
    for other in (Dataset.from_tensors(1.0), Dataset.from_tensors((1, 2))):
        with pytest.raises(tf.errors.InvalidArgumentError, match="does not hold this dataset"):
            listed(other.cache(path))


def test_an_unfinished_cache_leaves_nothing(tmp_path):
    path = str(tmp_path / "x")
    dataset = Dataset.range(3).cache(path)
    iterators = [dataset.make_initializable_iterator() for _ in range(2)]
    first, second = (iterator.get_next() for iterator in iterators)
    with tf.Session() as session:
        session.run([iterator.initializer for iterator in iterators])
        assert session.run(first) == 0
        with pytest.raises(tf.errors.AlreadyExistsError, match="x_0.lockfile"):
            session.run(second)
    assert os.listdir(tmp_path) == []
    with pytest.raises(tf.errors.NotFoundError, match="no such/x_0.lockfile"):
        listed(Dataset.range(3).cache(str(tmp_path / "no such" / "x")))


def test_a_cache_on_a_full_disk(tmp_path):
    big = Dataset.from_tensor_slices(tf.zeros([2, 100_000])).cache(str(tmp_path / "x"))
    limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limit[1]))
    try:
        with pytest.raises(tf.errors.ResourceExhaustedError, match="File too large"):
            listed(big)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    assert os.listdir(tmp_path) == []


def test_sparse_tensors_are_not_cached_in_files():
    dataset = Dataset.from_tensors(tf.SparseTensor([[0]], [1], [3])).cache("/tmp/x")
    with pytest.raises(tf.errors.UnimplementedError, match="Leave the file name out"):
        listed(dataset)


def test_records_are_written_and_read(tmp_path):
    name = str(tmp_path / "records")
    texts = Dataset.from_tensor_slices(["a", "bc", ""])
    with tf.Session() as session:
        session.run(tf.data.experimental.TFRecordWriter(name, "GZIP").write(texts))
    assert listed(tf.data.TFRecordDataset(name, "GZIP")) == [b"a", b"bc", b""]


def test_threads_end_before_python_does(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(
        "import atexit, threading\n"
        "@atexit.register\n"
        "def last():\n"
        "    left = [t for t in threading.enumerate() if t.name == 'scopeflow-data']\n"
        "    print('left', len(left), 'of', started)\n"
        "import scopeflow as tf\n"
        "data = tf.data.Dataset.range(9).repeat().map(lambda i: i + 1, 2).prefetch(3)\n"
        "value = data.make_one_shot_iterator().get_next()\n"
        "session = tf.Session()\n"
        "session.run(value)\n"
        "started = sum(t.name == 'scopeflow-data' for t in threading.enumerate())\n"
    )
    done = subprocess.run([sys.executable, program], capture_output=True, encoding="utf-8")
    assert done.stdout.split() == ["left", "0", "of", "3"], done.stderr


def test_a_sparse_value_is_one_component():
    value = tf.SparseTensorValue(np.array([[0, 0], [2, 1]]), np.array([1, 2]), np.array([3, 2]))
    with tf.Graph().as_default(), tf.Session() as sess:
        whole = tf.data.Dataset.from_tensors(value)
        rows = tf.data.Dataset.from_tensor_slices((value, [7, 8, 9]))
        assert tf.data.get_output_shapes(rows)[0].as_list() == [2]
        first = tf.data.make_one_shot_iterator(whole).get_next()
        pairs = tf.data.make_one_shot_iterator(rows.batch(3)).get_next()
        assert sess.run(first).values.tolist() == [1, 2]
        sparse, numbers = sess.run(pairs)
        assert sparse.indices.tolist() == [[0, 0], [2, 1]] and numbers.tolist() == [7, 8, 9]


def test_a_dataset_tells_what_it_draws_from():
    with tf.Graph().as_default():
        one, two = tf.data.Dataset.range(3), tf.data.Dataset.range(4)
        assert one._inputs() == []
        assert one.map(lambda x: x + 1).batch(2)._inputs()[0]._inputs() == [one]
        assert one.concatenate(two)._inputs() == [one, two]
        assert tf.data.Dataset.zip((one, (two, one)))._inputs() == [one, two, one]
