"""tf.CriticalSection. Names, collections and errors are TensorFlow 1.15.5's."""

import threading

import pytest

import scopeflow as tf


@pytest.fixture
def session():
    with tf.Graph().as_default(), tf.Session() as session:
        yield session


def test_names_and_collections(session):
    section = tf.CriticalSection()
    v = tf.get_variable("v", [], use_resource=True)
    found = section.execute(lambda: v + 1.0, name="ex")
    assert (section.name, found.op.name) == ("CriticalSection", "ex/Identity_1")
    graph = tf.get_default_graph()
    lock, end = (graph.get_operation_by_name(f"ex/{n}") for n in ("MutexLock", "ConsumeMutexLock"))
    assert lock in graph.get_operation_by_name("ex/ReadVariableOp").control_inputs
    assert found.op.control_inputs == [end]
    assert tf.get_collection("critical_sections") == [section]
    (noted,) = tf.get_collection("critical_section_executions")
    assert (noted.op, noted.resources) == (lock, [v.handle])


def test_what_the_function_may_return(session):
    section = tf.CriticalSection(shared_name="s")
    assert session.run(section.execute(lambda: 3)) == 3
    found = section.execute(lambda: (tf.constant(1.0), {"a": tf.zeros([2])}))
    first, second = session.run(found)
    assert first == 1.0 and second["a"].tolist() == [0, 0]
    v = tf.get_variable("v", initializer=0.0, use_resource=True)
    session.run(v.initializer)
    done = section.execute(lambda: tf.group(v.assign_add(2.0)))
    assert isinstance(done, tf.Operation)
    session.run(done)
    assert session.run(v) == 2.0


def test_executions_of_one_run_and_of_several_threads_do_not_mix(session):
    section = tf.CriticalSection()
    seen = []

    def step(what):
        seen.append(what)
        return 0.0

    def body():
        entered = tf.py_func(lambda: step("in"), [], tf.float64)
        with tf.control_dependencies([entered]):
            return tf.py_func(lambda: step("out"), [], tf.float64)

    runs = [section.execute(body) for _ in range(3)]
    threads = [threading.Thread(target=session.run, args=(runs,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert seen == ["in", "out"] * 12


def test_a_run_that_fails_leaves_the_section(session):
    section = tf.CriticalSection()
    wrong = section.execute(lambda: tf.check_numerics(tf.log(tf.constant(0.0)), "wrong"))
    kept = []
    with pytest.raises(tf.errors.InvalidArgumentError, match="wrong") as kept_error:
        session.run(wrong)
    right = section.execute(lambda: tf.constant(1.0))
    thread = threading.Thread(target=lambda: kept.append(session.run(right)))
    thread.start()
    thread.join(10)
    assert kept == [1.0] and kept_error.value is not None


def test_a_run_that_ends_inside_leaves_the_section(session):
    section = tf.CriticalSection()
    inside = []
    section.execute(lambda: inside.append(tf.constant(2.0) * 1.0) or inside[0])
    assert session.run(inside[0]) == 2.0
    assert session.run(section.execute(lambda: tf.constant(1.0))) == 1.0


def test_a_section_within_itself_raises(session):
    one, same = tf.CriticalSection(shared_name="s"), tf.CriticalSection(shared_name="s")
    with pytest.raises(ValueError, match="attempts to directly access the CriticalSection"):
        one.execute(lambda: same.execute(lambda: 1.0))


def test_resources_of_one_section_alone(session):
    one, other = tf.CriticalSection(), tf.CriticalSection()
    v = tf.get_variable("v", [], use_resource=True)
    w = tf.get_variable("w", [], use_resource=True)
    one.execute(lambda: v + 1)
    one.execute(lambda: v + 2)
    with pytest.raises(ValueError, match="requested exclusive resource access"):
        other.execute(lambda: v + 1, exclusive_resource_access=False)
    one.execute(lambda: w + 1, exclusive_resource_access=False)
    other.execute(lambda: w + 1, exclusive_resource_access=False)
    with pytest.raises(ValueError, match="requested exclusive resource access"):
        other.execute(lambda: w + 1)


def test_arguments_that_are_not_supported():
    with tf.Graph().as_default():
        with pytest.raises(NotImplementedError, match="critical_section_def"):
            tf.CriticalSection(critical_section_def=object())
        with pytest.raises(ValueError, match="mutually exclusive"):
            tf.CriticalSection("x", critical_section_def=object())
