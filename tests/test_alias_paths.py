"""Modules inside TensorFlow, as programs import them: where paths.py leads, and what is there."""

import gzip
import struct

import numpy as np
import pytest
from test_alias import holds, run

from scopeflow.alias import finder, paths
from scopeflow.core.naming import snake

EARLIER = {
    "contrib.boosted_trees.estimator_batch",
    "contrib.boosted_trees.estimator_batch.custom_loss_head",
    "contrib.boosted_trees.estimator_batch.estimator",
    "contrib.boosted_trees.proto",
    "contrib.boosted_trees.proto.learner_pb2",
    "contrib.distributions.python.ops.bernoulli",
    "contrib.distributions.python.ops.categorical",
    "contrib.distributions.python.ops.normal",
    "contrib.eager.python.tfe.metrics",
    "contrib.learn.datasets",  # TensorFlow has them as attributes
    "contrib.learn.datasets.base",
    "contrib.learn.datasets.mnist",
    "contrib.rnn.python.ops.core_rnn",
    "contrib.rnn.python.ops.core_rnn_cell_impl",
    "examples.tutorials.mnist.mnist",
    "models.rnn.rnn",
    "models.rnn.rnn_cell",
    "models.rnn.seq2seq",
    "python.ops.rnn.rnn_cell_impl",  # imported there
    "python.ops.seq2seq",
    "python.ops.spectral_ops",
    "python.training.device_util",
    "python.training.saveable_object",
    "tools.tfprof.tfprof_log_pb2",
}
"""What the packages of version 1.15 lack, and earlier ones have."""


def test_the_table_names_modules_of_tensorflow():
    assert {
        path for path in paths.TABLE if path not in paths.known() and not path.startswith("horovod")
    } == EARLIER


def test_places_that_stand_in_the_alias_exist():
    places = [*paths.TABLE.values(), *(found for _, found in paths.PATTERNS)]
    for place in {place for row in places for place in row if place.startswith(".")}:
        assert finder.resolve(place) is not None, place


@pytest.mark.parametrize(
    "op_type, name",
    [
        ("MatMul", "mat_mul"),
        ("Conv2D", "conv2d"),
        ("AvgPool3D", "avg_pool3d"),
        ("LRN", "lrn"),
        ("ResourceApplyAdam", "resource_apply_adam"),
        ("DepthwiseConv2dNative", "depthwise_conv2d_native"),
        ("QuantizeV2", "quantize_v2"),
        ("L2Loss", "l2_loss"),
    ],
)
def test_names_of_op_types_in_small_letters(op_type, name):
    assert snake(op_type) == name


def test_names_lead_to_the_same_things():
    holds(
        """
        import tensorflow as tf
        from tensorflow.python.ops import array_ops, math_ops, nn_ops, variable_scope as vs
        from tensorflow.python.ops import gen_math_ops, init_ops, rnn_cell_impl, control_flow_ops
        from tensorflow.python.framework import dtypes, ops, tensor_shape, constant_op, errors
        from tensorflow.python.platform import gfile, tf_logging as logging, flags
        from tensorflow.python.training import optimizer, moving_averages, training_ops
        from tensorflow.python.util import nest, tf_inspect, function_utils
        from tensorflow.python.framework.ops import GraphKeys
        from tensorflow.core.framework import summary_pb2, node_def_pb2
        from tensorflow.core.framework.variable_pb2 import VariableDef
        from tensorflow.contrib.layers.python.layers import initializers
        import tensorflow.python.platform.app
        import tensorflow.python.keras.regularizers as regularizers

        assert array_ops.concat is tf.concat and math_ops.cast is tf.cast
        assert nn_ops.conv2d is tf.nn.conv2d and vs.get_variable is tf.get_variable
        assert init_ops.zeros_initializer is tf.zeros_initializer
        assert control_flow_ops.cond is tf.cond and vs.AUTO_REUSE is tf.AUTO_REUSE
        assert dtypes.float32 is tf.float32 and dtypes.int32_ref.base_dtype is tf.int32
        assert ops.Tensor is tf.Tensor and GraphKeys is tf.GraphKeys
        assert ops.uid() < ops.uid() and not ops.executing_eagerly_outside_functions()
        assert tensor_shape.TensorShape is tf.TensorShape and tensor_shape.scalar().ndims == 0
        assert errors.NotFoundError is tf.errors.NotFoundError
        assert gfile.Exists is tf.gfile.Exists and logging.info == tf.logging.info
        assert flags.DEFINE_string is tf.flags.DEFINE_string
        assert optimizer.Optimizer is tf.train.Optimizer
        assert initializers.xavier_initializer is tf.contrib.layers.xavier_initializer
        assert regularizers.l2 is tf.keras.regularizers.l2
        assert tf.python.ops.array_ops is array_ops and tf.python.framework.ops is ops
        assert summary_pb2.Summary.Value and VariableDef and node_def_pb2.NodeDef
        assert nest.is_sequence([1]) and not nest.is_sequence("text")
        assert tf_inspect.getargspec(lambda a, b=1: 0).args == ["a", "b"]
        assert "reshape" in dir(array_ops)

        product = gen_math_ops.mat_mul([[1.0, 2.0]], [[3.0], [4.0]], name="product")
        assert product.op.type == "MatMul" and product.op.name == "product"
        assert gen_math_ops._mul(2.0, 3.0).op.type == "Mul"
        """
    )


def test_other_packages_are_parts_of_it():
    holds(
        """
        import keras.regularizers
        from keras import initializers
        import tensorflow as tf
        import tensorflow.compat.v1.keras.initializers
        assert keras.regularizers.l2 is tf.keras.regularizers.l2
        assert initializers.get is tf.keras.initializers.get
        """
    )


def test_the_real_keras_stays_if_it_is_imported(tmp_path):
    (tmp_path / "keras").mkdir()
    for name, text in (("__init__", "REAL = True"), ("layers", "REAL = 2")):
        (tmp_path / "keras" / f"{name}.py").write_text(text)
    holds(
        """
        import keras
        scopeflow.install_as_tensorflow()
        import keras.layers
        import tensorflow as tf
        assert keras.REAL and keras.layers.REAL == 2 and tf.keras.layers is not keras.layers
        """.replace("import keras\n", "import scopeflow, keras\n", 1),
        install=False,
        path=[tmp_path],
    )


def test_version_2_is_refused():
    process = run("import tensorflow.compat.v2 as tf")
    assert "scopeflow has TensorFlow 1's interface alone" in process.stderr.splitlines()[-1]


def test_what_stands_inside():
    holds(
        """
        import functools
        import json
        import numpy as np
        import tensorflow as tf
        from tensorflow.core.framework import step_stats_pb2
        from tensorflow.python.client import device_lib, timeline
        from tensorflow.python.framework import common_shapes, function, tensor_util, test_util
        from tensorflow.python.layers import base, utils
        from tensorflow.python.ops import inplace_ops, nccl_ops, op_selector, resource_variable_ops
        from tensorflow.python.ops.rnn_cell_impl import _Linear, _linear
        from tensorflow.python.training import moving_averages
        from tensorflow.python.util import deprecation, function_utils, nest, tf_decorator

        def function_of(a, b=1, **more): pass
        class Callable:
            def __call__(self, x, y): pass
        fn_args = function_utils.fn_args
        assert fn_args(function_of) == ("a", "b") and fn_args(Callable()) == ("x", "y")
        assert fn_args(Callable().__call__) == ("x", "y")
        assert fn_args(functools.partial(function_of, b=2)) == ("a",)
        assert function_utils.has_kwargs(function_of)

        assert nest.flatten_up_to({"a": 1, "b": 2}, {"a": [1, 2], "b": 3}) == [[1, 2], 3]
        assert nest.map_structure_up_to([1, 2], len, [[1], [1, 2]]) == [1, 2]
        assert utils.normalize_tuple(2, 3, "strides") == (2, 2, 2)
        assert utils.convert_data_format("channels_last", 4) == "NHWC"
        assert base.Layer is tf.layers.Layer

        with tf.variable_scope("cell"):
            y = _linear([tf.ones([2, 3]), tf.ones([2, 1])], 5, True)
        names = {v.name: v.shape.as_list() for v in tf.global_variables()}
        assert names == {"cell/kernel:0": [4, 5], "cell/bias:0": [5]}

        updated = inplace_ops.alias_inplace_update(tf.zeros([3, 2]), 1, [1.0, 2.0])
        sums = nccl_ops.all_sum([tf.constant(1.0), tf.constant(2.0)])
        v = resource_variable_ops.ResourceVariable([1.0], name="v")
        assert resource_variable_ops.is_resource_variable(v)
        assert isinstance(v, resource_variable_ops.ResourceVariable)
        mean = moving_averages.weighted_moving_average(tf.constant(4.0), 0.5, tf.constant(2.0))
        @function.Defun(tf.float32)
        def twice(x): return x * 2
        doubled = twice(np.float64(2))
        walked = op_selector.get_backward_walk_ops(doubled.op)
        assert walked[0] is doubled.op and len(walked) == 3
        assert tensor_util.constant_value(tf.constant([1, 2])).tolist() == [1, 2]
        assert common_shapes.unchanged_shape(tf.identity(y).op)[0].as_list() == [2, 5]
        with tf.Session() as session:
            session.run(tf.global_variables_initializer())
            assert session.run(updated).tolist() == [[0, 0], [1, 2], [0, 0]]
            assert session.run(sums) == [3, 3]
            assert session.run([mean, doubled]) == [4, 4]

        stats = step_stats_pb2.StepStats()
        node = stats.dev_stats.add(device="/device:CPU:0").node_stats.add(
            node_name="mul", timeline_label="mul = Mul(x, y)", all_end_rel_micros=5)
        trace = json.loads(timeline.Timeline(stats).generate_chrome_trace_format())
        assert trace["traceEvents"][1]["name"] == "Mul" and trace["traceEvents"][1]["dur"] == 5
        assert device_lib.list_local_devices()[0].device_type == "CPU"

        @deprecation.deprecated(None, "Use another.")
        def old(): return 3
        with deprecation.silence():
            assert old() == 3
        wrapped = tf_decorator.make_decorator(old, lambda: 4)
        assert wrapped() == 4 and tf_decorator.unwrap(wrapped)[1] is old
        assert test_util.is_xla_enabled() is False
        """
    )


def test_tools(tmp_path):
    holds(
        f"""
        import contextlib, io
        import tensorflow as tf
        from tensorflow.contrib.learn.python.learn.datasets import base
        from tensorflow.python.framework import ops
        from tensorflow.python.tools import freeze_graph, inspect_checkpoint

        folder = {str(tmp_path)!r}
        x = tf.placeholder(tf.float32, [2], name="x")
        v = tf.Variable([1.0, 2.0], name="v")
        tf.add(x, v, name="y")
        with tf.Session() as session:
            session.run(v.initializer)
            path = tf.train.Saver().save(session, folder + "/model")
        with open(folder + "/graph.pb", "wb") as file:
            file.write(tf.get_default_graph().as_graph_def().SerializeToString())

        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            inspect_checkpoint.print_tensors_in_checkpoint_file(path, "", True)
            inspect_checkpoint.print_tensors_in_checkpoint_file(path, "", False)
        assert printed.getvalue() == (  # of TensorFlow 1.15.5
            "tensor_name:  v\\n[1. 2.]\\n# Total number of params: 2\\n"
            "v (DT_FLOAT) [2]\\n\\n# Total number of params: 2\\n")

        frozen = freeze_graph.freeze_graph(
            folder + "/graph.pb", "", True, path, "y", "", "", folder + "/frozen.pb", True, "")
        assert not any(node.op == "VariableV2" for node in frozen.node)
        tf.reset_default_graph()
        graph_def = tf.GraphDef.FromString(open(folder + "/frozen.pb", "rb").read())
        x = tf.constant([10.0, 20.0])
        y, = tf.import_graph_def(graph_def, {{"x:0": x}}, ["y:0"])
        with tf.Session() as session:
            assert session.run(y).tolist() == [11, 22]

        with open(folder + "/table.csv", "w") as file:
            file.write("2,2,a,b\\n1.5,2,0\\n3,4,1\\n")
        table = base.load_csv_with_header(folder + "/table.csv", int, float)
        assert table.data.tolist() == [[1.5, 2], [3, 4]] and table.target.tolist() == [0, 1]

        if "Mine" not in ops._gradient_registry._registry:
            tf.RegisterGradient("Mine")(lambda op, grad: grad)
        assert "Mine" in ops._gradient_registry._registry
        assert tf.compat.forward_compatible(2019, 8, 20)
        assert not tf.compat.forward_compatible(2019, 8, 21)
        with tf.compat.forward_compatibility_horizon(2020, 1, 1):
            assert tf.compat.forward_compatible(2019, 12, 31)
        """
    )


def write_mnist(folder, packed=True):
    def save(name, magic, data):
        content = struct.pack(f">{1 + data.ndim}I", magic, *data.shape) + data.tobytes()
        opened = gzip.open(folder / f"{name}.gz", "wb") if packed else open(folder / name, "wb")
        with opened as file:
            file.write(content)

    numbers = np.random.RandomState(0)
    for name, count in (("train", 20), ("t10k", 5)):
        save(f"{name}-images-idx3-ubyte", 2051, numbers.randint(0, 256, (count, 28, 28), np.uint8))
        save(f"{name}-labels-idx1-ubyte", 2049, (np.arange(count) % 10).astype(np.uint8))


@pytest.mark.parametrize("packed", [True, False])
def test_mnist_comes_from_local_files(tmp_path, packed):
    write_mnist(tmp_path, packed)
    holds(
        f"""
        import numpy as np
        from tensorflow.examples.tutorials.mnist import input_data
        read = input_data.read_data_sets
        mnist = read({str(tmp_path)!r}, one_hot=True, validation_size=4, seed=3)
        sizes = [part.num_examples for part in mnist]
        assert sizes == [16, 4, 5] and mnist.train.images.shape == (16, 784)
        assert mnist.train.images.dtype == np.float32 and mnist.train.images.max() <= 1
        assert mnist.test.labels.shape == (5, 10)
        np.random.seed(5)
        first = [mnist.train.next_batch(6) for _ in range(3)]
        labels = np.concatenate([batch[1] for batch in first]).argmax(1)
        # of TensorFlow 1.15.5
        assert labels.tolist() == [9, 5, 1, 6, 4, 9, 5, 8, 2, 3, 4, 6, 0, 7, 8, 7, 6, 6]
        assert mnist.train.epochs_completed == 1
        plain = read({str(tmp_path)!r}, dtype=np.uint8, reshape=False, validation_size=0)
        assert plain.train.images.shape == (20, 28, 28, 1) and plain.train.images.max() > 1
        assert plain.train.next_batch(3, shuffle=False)[1].tolist() == [0, 1, 2]
        fake = input_data.read_data_sets("nowhere", fake_data=True, one_hot=True)
        images, labels = fake.train.next_batch(2)
        assert images == [[1] * 784] * 2 and labels[0] == [1] + [0] * 9
        """
    )


def test_missing_files_of_mnist_are_named(tmp_path):
    process = run(
        f"""
        from tensorflow.examples.tutorials.mnist import input_data
        input_data.read_data_sets({str(tmp_path)!r})
        """
    )
    assert "FileNotFoundError: read_data_sets" in process.stderr
    assert str(tmp_path / "t10k-labels-idx1-ubyte.gz") in process.stderr
    assert "scopeflow downloads nothing" in process.stderr


def test_a_functions_stand_in_is_called_and_taken_away():
    holds(
        """
        from unittest import mock
        import scopeflow as tf
        from tensorflow.python.platform import tf_logging
        before = tf.logging.warning
        with mock.patch.object(tf_logging, "warning") as called:
            tf.logging.warning("x")
        called.assert_called_once_with("x")
        assert tf.logging.warning == before and tf_logging.warning == before
        """
    )


def test_checkpoints_of_objects():
    holds(
        """
        import tensorflow as tf
        from tensorflow.python.training import checkpoint_management
        from tensorflow.python.training.experimental import loss_scale, loss_scale_optimizer
        from tensorflow.python.training.tracking import base, data_structures, tracking, util

        assert util.Checkpoint is tf.train.Checkpoint
        assert checkpoint_management.CheckpointManager is tf.train.CheckpointManager
        assert isinstance(loss_scale.get(2), tf.train.experimental.FixedLossScale)
        assert loss_scale_optimizer.MixedPrecisionLossScaleOptimizer
        assert base.OBJECT_GRAPH_PROTO_KEY == "_CHECKPOINTABLE_OBJECT_GRAPH"
        held = tracking.AutoTrackable()
        v = util.add_variable(held, "v", initializer=1.0)
        held.more, held.other = [tf.Variable(2.0)], data_structures.NoDependency([v])
        held.text = "none"
        names = [name for name, _ in held._checkpoint_dependencies]
        assert names == ["v", "more"], names
        found = util.list_objects(held)
        assert found[0] is held and len(found) == 4 and len(util.gather_initializers(held)) == 2

        class Lazy(tracking.AutoTrackable):
            @base.no_automatic_dependency_tracking
            def set(self):
                self.v = v

        lazy = Lazy()
        lazy.set()
        assert lazy.v is v and not lazy._checkpoint_dependencies
        """
    )


def test_all_names_of_modules_may_be_imported():
    """`from … import *`, also of modules that share their place with others."""
    holds(
        """
        import importlib

        for path in (
            "", "contrib.layers", "contrib.rnn", "contrib.slim", "contrib.rnn.python.ops.rnn",
            "python.framework.ops", "python.ops.array_ops", "python.ops.init_ops",
            "python.ops.math_ops", "python.ops.nn_ops", "python.ops.rnn_cell",
            "python.ops.rnn_cell_impl", "python.ops.variable_scope", "python.training.optimizer",
            "python.training.saver", "python.util.nest",
        ):
            full = f"tensorflow.{path}".rstrip(".")
            importlib.import_module(full)
            found = {}
            exec(f"from {full} import *", found)
            assert len(found) > 5, full
            assert not any(name.startswith("_") and name != "__builtins__" for name in found)
        from tensorflow.python.ops.rnn_cell import *
        assert GRUCell.__name__ == "GRUCell" and issubclass(GRUCell, RNNCell)
        """,
    )


def test_a_missing_name_is_told_only_to_whoever_reads_it(monkeypatch):
    from scopeflow.api import missing

    asked = []
    monkeypatch.setattr(missing, "_nearest", lambda *where: asked.append(where) or "tf.x")
    import scopeflow as tf

    assert not hasattr(tf.nn, "no_such_name") and not asked
    with pytest.raises(AttributeError, match="has no attribute 'no_such_name'. Did you mean tf.x"):
        tf.nn.no_such_name  # noqa: B018
    assert len(asked) == 1
