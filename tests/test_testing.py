"""tf.test, tf.logging, tf.config and what else stands around a program."""

import logging
import os
import random
import unittest

import numpy as np
import pytest
from tensorboard.compat.proto.node_def_pb2 import NodeDef

import scopeflow as tf


class Case(tf.test.TestCase):
    """Its methods are called one by one below."""

    __test__ = False

    def runTest(self):
        pass


@pytest.fixture
def case():
    case = Case()
    case.setUp()
    yield case
    case.tearDown()


def test_each_test_starts_the_same(case):
    assert tf.get_default_graph().seed == 87654321
    # of TensorFlow 1.15.5
    assert random.random() == 0.3499765785632496 and np.random.rand() == 0.18463433217903202
    tf.constant(1)
    case.setUp()
    assert not tf.get_default_graph().get_operations()


def test_sessions(case):
    with case.session() as session:
        assert tf.get_default_session() is session and tf.constant(1).device == "/device:CPU:0"
    with case.session(use_gpu=True):
        assert tf.constant(1).device == ""
    graph = tf.Graph()
    with case.test_session(graph=graph) as session:
        assert session.graph is graph is tf.get_default_graph()
    with case.cached_session() as first, case.test_session() as second:
        assert first is second
        x = tf.constant([1.0, 2.0])
    with pytest.raises(ValueError, match="different than the one"), case.cached_session(graph):
        pass
    assert case.evaluate({"a": x, "b": (x, [x])})["b"][1][0].tolist() == [1, 2]


X = np.float32([1, 2])
HALF = np.float16([1])
DEVICES = ("/job:a/device:CPU:0", "/job:a/cpu:0")


@pytest.mark.parametrize(
    "name, holds, fails, text",
    [
        ("assertAllClose", (X, [1, 2]), (X, [1, 2.1]), "a is different from b"),
        ("assertAllClose", (X, [1, 2 + 1e-6]), (X, [1, 2, 3]), "Shape mismatch: expected (2,)"),
        ("assertAllClose", ({"a": X}, {"a": X}), ({"a": X}, {"b": X}), "mismatched keys"),
        ("assertAllClose", ([(1, 2.0), [[3]]],) * 2, ([(1, [2, 3])], [(1, [2, 4])]), "a[0][1]"),
        ("assertAllClose", ([np.nan],) * 2, ([np.inf], [-np.inf]), "is different"),
        ("assertAllCloseAccordingToType", (HALF, np.float16([1.0005])), (X, X + 5e-4), "differ"),
        ("assertNotAllClose", (X, [1, 3]), (X, [1, 2]), "close at all elements"),
        ("assertAllEqual", (X, [1, 2]), (X, [1, 3]), "not equal at 1 of 2 places: 1"),
        ("assertAllEqual", ([np.nan],) * 2, ([b"a"], ["a"]), "not equal"),
        ("assertNotAllEqual", (X, [1, 3]), (X, [1, 2]), "equal at all elements"),
        ("assertAllGreater", (X, 0), (X, 1), "not greater than 1"),
        ("assertAllGreaterEqual", (X, 1), (X, 2), "not greater than or equal to 2"),
        ("assertAllLess", (X, 3), (X, 2), "not less than 2"),
        ("assertAllLessEqual", (X, 2), (X, 1), "not less than or equal to 1"),
        ("assertAllInRange", (X, 1, 2), (X, 1, 2, False, True), "range [1, 2), at 1"),
        ("assertAllInRange", (X, 0, 2, True), (["a"], 1, 2), "ordered numeric type"),
        ("assertAllInSet", (X, {1.0, 2.0}), (X, [1.0]), "1 unique element(s)"),
        ("assertDTypeEqual", (X, "float32"), (X, tf.int32), "float32"),
        ("assertNear", (1.0, 1.1, 0.2), (1.0, 1.1, 0.02, "why"), "+/- 0.020000 (why)"),
        ("assertArrayNear", ([1.0], [1.1], 0.2), ([1.0], [1.1], 0.02), "1.000000 != 1.100000"),
        ("assertNDArrayNear", (X, X, 0.1), (X, X + 1, 0.1), "1.41"),
        ("assertDeviceEqual", DEVICES, (DEVICES[0], "/job:b/cpu:0"), "are not equal"),
        ("assertItemsEqual", ([1, 2], [2, 1]), ([1, 2], [2, 3]), "First has 1, Second has 0:  1"),
        ("assertStartsWith", ("abc", "a"), ("abc", "b"), "'abc' does not start with 'b'"),
        (
            "assertProtoEquals",
            ('name: "a"', NodeDef(name="a")),
            ('name: "b"', NodeDef(name="a")),
            '- name: "b"',
        ),
    ],
)
def test_assertions(case, name, holds, fails, text):
    getattr(case, name)(*holds)
    with pytest.raises(AssertionError) as raised:
        getattr(case, name)(*fails)
    assert text in str(raised.value)


def test_assertions_run_tensors(case):
    x = tf.constant([1.0, 2.0])
    case.assertAllClose({"a": [x, [x]]}, {"a": [[1, 2], [[1, 2]]]})
    case.assertAllEqual(tf.constant(["a", "b"]), [b"a", b"b"])
    case.assertShapeEqual(X, x)
    with pytest.raises(AssertionError, match="not equal"):
        case.assertShapeEqual(np.zeros(3), x)
    with pytest.raises(TypeError, match="np_array"):
        case.assertShapeEqual([1, 2], x)


def test_a_tolerance_for_each_element(case):
    case.assertAllClose([1.0, 2.0], [1.1, 2.0], atol=np.array([0.2, 1e-9]))
    with pytest.raises(AssertionError, match="at 1 of 2 places: 1"):
        case.assertAllClose([1.0, 2.0], [1.1, 2.1], atol=np.array([0.2, 1e-9]))


def test_errors_that_must_come(case):
    bad = tf.errors.InvalidArgumentError(None, None, "bad thing")
    with case.assertRaisesOpError("bad.*thing"):
        raise bad
    with case.assertRaisesWithPredicateMatch(ValueError, lambda error: "x" in str(error)):
        raise ValueError("x")
    for error in (tf.errors.InvalidArgumentError(None, None, "other"), ValueError("bad thing")):
        with pytest.raises(AssertionError, match="Exception of type"):
            with case.assertRaisesOpError("bad.*thing"):
                raise error
    with pytest.raises(AssertionError, match="OpError not raised"):
        with case.assertRaisesOpError("bad"):
            pass


def test_around_the_code(case, tmp_path):
    with open(tmp_path / "stream", "w+") as stream:
        with case.captureWritesToStream(stream) as captured:
            os.write(stream.fileno(), b"hello")
        assert captured.contents() == "hello"

    def fail():
        raise ValueError("in thread")

    thread = case.checkedThread(target=fail)
    thread.start()
    with pytest.raises(AssertionError, match="Error in checkedThread: in thread"):
        thread.join()
    assert os.path.isdir(case.get_temp_dir()) and case.get_temp_dir() != tf.test.get_temp_dir()


def test_a_session_is_no_test():
    result = unittest.TestResult()
    Case("test_session").run(result)
    assert len(result.skipped) == 1 and result.wasSuccessful()


def test_gradients_against_differences():
    x = tf.constant([1.0, 2.0, 3.0])
    z = tf.constant([1 + 2j], tf.complex64)
    with tf.Session():
        found = tf.test.compute_gradient(x, [3], x * x, [3], np.float32([1, 2, 3]), delta=0.01)
        assert np.allclose(found[0], np.diag([2, 4, 6]))
        assert np.allclose(found[1], np.diag([2, 4, 6]), atol=1e-4)
        assert tf.test.compute_gradient_error([x], [[3]], tf.sin(x), [3]) < 1e-3
        wrong = tf.stop_gradient(x) * x
        assert tf.test.compute_gradient_error(x, [3], wrong, [3], np.float32([1, 2, 3])) > 1
        assert tf.test.compute_gradient_error(z, [1], z * z, [1]) < 1e-2
        with pytest.raises(TypeError, match="x must be floating"):
            tf.test.compute_gradient(tf.constant([1]), [1], x, [3])


def test_benchmarks(capsys):
    class Adding(tf.test.Benchmark):
        def benchmark_add(self):
            with tf.Session() as session:
                times = self.run_op_benchmark(session, tf.constant(1) + 1, min_iters=3)
            assert times["iters"] == 3 and times["wall_time"] > 0

    tf.test.main(["program", "--benchmarks=Adding"])
    assert "Adding.benchmark_add: iters=3, wall_time=" in capsys.readouterr().out


def test_attributes_are_given_back():
    stubs = tf.test.StubOutForTesting()
    before = os.getcwd
    stubs.Set(os, "getcwd", lambda: "/here")
    stubs.SmartSet(Case, "assertNear", None)
    assert os.getcwd() == "/here" and Case.assertNear is None
    stubs.CleanUp()
    assert os.getcwd is before and Case.assertNear is not None


def test_no_cluster():
    with pytest.raises(NotImplementedError, match=r"create_local_cluster.*tf\.Session"):
        tf.test.create_local_cluster(1, 1)


def test_logging(caplog):
    log = tf.logging
    with caplog.at_level(logging.INFO, logger="tensorflow"):
        for number in range(5):
            log.log_every_n(log.INFO, "every %d", 2, number)
            log.log_first_n(log.INFO, "first %d", 2, number)
            log.log_if(log.INFO, "if %d", number == 3, number)
        log.vlog(1, "unseen")
        log.TaskLevelStatusMessage("task")
        log.fatal("fatal")
    assert caplog.messages == [
        "every 0", "first 0", "first 1", "every 2", "if 3", "every 4", "task", "fatal",
    ]  # fmt: skip
    before = tf.get_logger().level
    log.set_verbosity("ERROR")
    assert log.get_verbosity() == log.ERROR == tf.get_logger().level
    log.set_verbosity(before)


def test_devices():
    config = tf.config
    cpu = config.experimental.list_physical_devices("CPU")
    assert [d.name for d in cpu] == ["/physical_device:CPU:0"]
    names = config.experimental_list_devices()
    assert names[0] == "/job:localhost/replica:0/task:0/device:CPU:0"
    gpus = config.experimental.list_physical_devices("GPU")
    assert bool(gpus) is tf.test.is_gpu_available() is bool(tf.test.gpu_device_name())
    with pytest.raises(ValueError, match="non-GPU"):
        config.experimental.set_memory_growth(cpu[0], True)
    with pytest.raises(NotImplementedError, match="CUDA_VISIBLE_DEVICES"):
        config.experimental.set_visible_devices([], "CPU")
    config.experimental.set_visible_devices(gpus, "GPU")
    config.threading.set_inter_op_parallelism_threads(3)
    assert config.threading.get_inter_op_parallelism_threads() == 3
    with pytest.raises(NotImplementedError, match="tf.py_func"):
        tf.sysconfig.get_include()


def test_files_beside_the_program():
    here = os.path.dirname(os.path.abspath(__file__))
    assert tf.resource_loader.get_data_files_path() == here
    assert tf.resource_loader.get_path_to_datafile("x") == os.path.join(here, "x")
    assert b"flags" in tf.resource_loader.load_resource("platform/flags.py")


def test_protos_are_compared_to_six_decimals():
    # TensorFlow 1.15.5 does so, too.
    from scopeflow.ops.tree_protos import messages

    class Case(tf.test.TestCase):
        def runTest(self):
            pass

    def node(*numbers):
        found = messages().Node()
        found.metadata.original_leaf.vector.value[:] = numbers
        found.leaf.scalar = numbers[0]
        return found

    case = Case()
    case.assertProtoEquals(node(0.53, 2), node(0.5300004, 2))
    case.assertProtoEquals("leaf {}", messages().Node(leaf=messages().Leaf(scalar=0.0)))
    with pytest.raises(AssertionError, match=r"1234\.56"):
        case.assertProtoEquals(node(1234.567), node(1234.568))
    with pytest.raises(AssertionError):
        case.assertProtoEquals(node(0.53, 2), node(0.5300008, 2))
