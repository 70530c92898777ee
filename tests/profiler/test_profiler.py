"""tf.profiler: the counts are TensorFlow 1.15.5's for the same graph."""

import numpy as np
import pytest

import scopeflow as tf

BUILDER = tf.profiler.ProfileOptionBuilder


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


def build():
    x = tf.placeholder(tf.float32, [2, 8, 8, 3], name="x")
    with tf.variable_scope("conv"):
        w = tf.get_variable("w", [3, 3, 3, 4])
        y = tf.nn.conv2d(x, w, [1, 1, 1, 1], "SAME")
        y = tf.nn.relu(tf.nn.bias_add(y, tf.get_variable("b", [4])))
    pooled = tf.nn.max_pool(y, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    tf.nn.avg_pool(y, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
    tf.nn.depthwise_conv2d(y, tf.get_variable("dw", [3, 3, 4, 2]), [1, 1, 1, 1], "SAME")
    z = tf.matmul(tf.reshape(pooled, [2, 64]), tf.get_variable("fc", [64, 5])) + 1.0
    tf.reduce_sum(z), tf.reduce_mean(z, 1), tf.nn.softmax(z), tf.exp(z), tf.add_n([z, z, z])
    tf.nn.batch_normalization(y, 0.0, 1.0, 0.0, 1.0, 1e-3)
    tf.multiply(z, z, name="mul"), tf.sqrt(z), tf.maximum(z, 0.0), tf.nn.l2_loss(z), tf.rsqrt(z)
    tf.sigmoid(z), tf.squared_difference(z, z), tf.log(z), tf.tanh(z), tf.argmax(z, 1)
    tf.greater(z, 0.0)
    filters = tf.zeros([2, 2, 3, 4])
    tf.nn.conv2d_transpose(pooled, filters, [2, 8, 8, 3], [1, 2, 2, 1])


def test_float_operations(graph, capsys):
    build()
    found = tf.profiler.profile(graph, options=BUILDER.float_operation())
    assert found.total_float_ops == 53703  # recorded with TensorFlow 1.15.5
    assert "conv/Conv2D (27.65k/27.65k flops)" in capsys.readouterr().out
    by_type = tf.profiler.profile(
        graph, cmd="op", options=BUILDER(BUILDER.float_operation()).with_empty_output().build()
    )
    counts = {node.name: node.float_ops for node in by_type.children}
    recorded = {
        "Conv2D": 27648, "DepthwiseConv2dNative": 18432, "Conv2DBackpropInput": 3072,
        "MatMul": 1280, "AvgPool": 512, "MaxPool": 512, "BiasAdd": 512, "Softmax": 50,
        "L2Loss": 29, "SquaredDifference": 20, "AddN": 20, "Mean": 10, "Sum": 9, "ArgMax": 8,
    }  # fmt: skip
    assert recorded.items() <= counts.items()
    assert "Exp" not in counts
    assert capsys.readouterr().out == ""


def test_parameters(graph, capsys):
    build()
    tf.get_variable("fixed", [100], trainable=False)
    found = tf.profiler.profile(graph)
    assert found.total_parameters == 504
    assert [(c.name, c.parameters, c.total_parameters) for c in found.children] == [
        ("conv", 0, 112), ("dw", 72, 72), ("fc", 320, 320),
    ]  # fmt: skip
    assert capsys.readouterr().out.splitlines() == [
        "node name | # parameters",
        "_TFProfRoot (--/504 params)",
        "  conv (--/112 params)",
        "    conv/b (4, 4/4 params)",
        "    conv/w (3x3x3x4, 108/108 params)",
        "  dw (3x3x4x2, 72/72 params)",
        "  fc (64x5, 320/320 params)",
    ]


def test_unknown_shapes_are_told(graph, capsys):
    x = tf.placeholder(tf.float32, [None, 3], name="x")
    tf.matmul(x, tf.zeros([3, 4]))
    assert tf.profiler.profile(graph, options=BUILDER.float_operation()).total_float_ops == 0
    assert "1 ops have shapes that are not known" in capsys.readouterr().out


def test_times_of_a_traced_run(graph, tmp_path):
    x = tf.placeholder(tf.float32, [300, 300], name="x")
    y = tf.matmul(x, x, name="product")
    metadata = tf.RunMetadata()
    with tf.Session() as session:
        session.run(
            y,
            {x: np.ones([300, 300])},
            options=tf.RunOptions(trace_level=tf.RunOptions.FULL_TRACE),
            run_metadata=metadata,
        )
    path = tmp_path / "report"
    options = BUILDER(BUILDER.time_and_memory()).with_file_output(str(path)).build()
    profiler = tf.profiler.Profiler(graph)
    profiler.add_step(3, metadata)
    found = profiler.profile_name_scope(options)
    assert [c.name for c in found.children] == ["product"]
    assert found.total_exec_micros > 0
    assert "product" in path.read_text()


def test_choices():
    options = (
        BUILDER(BUILDER.float_operation())
        .with_max_depth(1)
        .with_min_float_operations(500)
        .with_node_names(hide_name_regexes=["conv.*"])
        .order_by("name")
        .with_empty_output()
        .build()
    )
    build()
    found = tf.profiler.profile(options=options)
    assert [c.name for c in found.children] == ["AvgPool", "MatMul", "MaxPool", "batchnorm",
                                                "depthwise", "fc"]  # fmt: skip
    for wrong in ({"cmd": "code"}, {"options": BUILDER().with_timeline_output("x").build()}):
        with pytest.raises(NotImplementedError):
            tf.profiler.profile(**wrong)


def test_the_earlier_name(capsys):
    build()
    analyzer = tf.contrib.tfprof.model_analyzer
    found = analyzer.print_model_analysis(
        tf.get_default_graph(), tfprof_options=analyzer.TRAINABLE_VARS_PARAMS_STAT_OPTIONS
    )
    assert found.total_parameters == 504


def test_the_log_of_ops(tmp_path):
    from tensorboard.compat.proto import tfprof_log_pb2

    def logged(**arguments):
        tf.contrib.tfprof.tfprof_logger.write_op_log(graph, str(tmp_path / "log"), **arguments)
        log = tfprof_log_pb2.OpLogProto()
        log.ParseFromString((tmp_path / "log" / "tfprof_log").read_bytes())
        return log, {entry.name: entry for entry in log.log_entries}

    with tf.Graph().as_default() as graph:
        v = tf.get_variable("a/v", [3, 4])
        tf.matmul(tf.ones([2, 3]), v)
        tf.matmul(tf.placeholder(tf.float32), v, name="unknown")
    log, entries = logged()
    assert entries["MatMul"].float_ops == 48 and entries["unknown"].float_ops == 0
    assert list(entries["a/v"].types) == ["_trainable_variables"]
    last = entries["MatMul"].code_def.traces[-1]
    assert log.id_to_string[last.file_id] == __file__
    assert log.id_to_string[last.function_id] == "test_the_log_of_ops"
    assert log.id_to_string[0] == "none"
    known = tf.profiler.OpLogProto()
    known.log_entries.add(name="MatMul", float_ops=7)
    log, entries = logged(op_log=known, add_trace=False)
    assert entries["MatMul"].float_ops == 7
    assert sorted(entries) == [
        "MatMul", "a/v", "a/v/Initializer/random_uniform", "a/v/Initializer/random_uniform/mul",
        "a/v/Initializer/random_uniform/sub",
    ]  # fmt: skip


def test_options_of_tfprof(tmp_path, capsys):
    with tf.Graph().as_default() as graph:
        tf.get_variable("a/v", [3, 4])
    analyzer = tf.contrib.tfprof.model_analyzer
    options = {
        **analyzer.TRAINABLE_VARS_PARAMS_STAT_OPTIONS, "dump_to_file": str(tmp_path / "report"),
    }  # fmt: skip
    analyzer.print_model_analysis(graph, tfprof_options=options)
    assert capsys.readouterr().out == ""
    assert "a/v (3x4, 12/12 params)" in (tmp_path / "report").read_text()
