"""Export of graphs as GraphDef; the op types against TensorFlow 1.15.5's."""

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

import scopeflow as tf
from scopeflow.core.op import registry

OPS = json.loads(gzip.decompress(Path(__file__).with_name("recorded_op_defs.json.gz").read_bytes()))

OWN = {
    "Equal", "NotEqual",  # incompatible_shape_error came late to version 1
    "If", "While", "Merge", "Exit",  # their blocks are ops of the graph
    "Where",  # takes booleans only
    # Their functions are blocks of ops of the graph.
    "CSVDataset", "FilterDataset", "FlatMapDataset", "GeneratorDataset", "GroupByReducerDataset",
    "GroupByWindowDataset", "InterleaveDataset", "MapDataset", "OneShotIterator",
    "ParallelInterleaveDatasetV2", "ParallelMapDataset", "PrefetchDataset", "ReduceDataset",
    "ScanDataset", "TakeWhileDataset",
}  # fmt: skip
"""Op types that are not quite TensorFlow's."""


def _described(arg):
    many = arg.many or ("list" if arg.mixed else "")
    return [arg.dtype.name if arg.dtype is not None else arg.type_attr, many, arg.ref]


@pytest.mark.parametrize("op_type", sorted((set(registry) & set(OPS["ops"])) - OWN))
def test_inputs_outputs_and_attributes_are_tensorflows(op_type):
    op_def, wanted = registry[op_type], OPS["ops"][op_type]
    assert [[a.name, *_described(a)] for a in op_def.inputs] == wanted["inputs"]
    assert [_described(a) for a in op_def.outputs] == [a[1:] for a in wanted["outputs"]]
    inferred = {name for a in op_def.inputs + op_def.outputs for name in (a.type_attr, a.many)}
    assert (set(op_def.attrs) | inferred) - {""} == set(wanted["attrs"])


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


def test_nodes(graph):
    x = tf.placeholder(tf.float32, [None, 4, 4, 1], name="x")
    with tf.device("/gpu:0"):
        first = tf.constant([1, 2], name="first")
    with tf.control_dependencies([first]):
        tf.nn.conv2d(x, tf.ones([2, 2, 1, 3]), [1, 1, 1, 1], "SAME", name="y")
    a, b = tf.split(tf.ones([4]), 2)
    tf.concat([b, a], 0)
    definition = graph.as_graph_def()
    assert definition.versions.producer == 134
    found = {node.name: node for node in definition.node}
    y = found["y"]
    assert (y.op, list(y.input)) == ("Conv2D", ["x", "ones"])
    assert y.attr["padding"].s == b"SAME"
    assert list(y.attr["strides"].list.i) == [1, 1, 1, 1]
    assert y.attr["T"].type == 1
    assert y.attr["use_cudnn_on_gpu"].b
    assert list(found["ones"].input) == ["^first"]
    assert list(found["concat"].input) == ["split:1", "split", "concat/axis"]
    assert found["first"].device == "/device:GPU:0"
    assert tf.make_ndarray(found["first"].attr["value"].tensor).tolist() == [1, 2]
    assert [d.size for d in found["x"].attr["shape"].shape.dim] == [-1, 4, 4, 1]
    assert "_output_shapes" not in y.attr
    shaped = graph.as_graph_def(add_shapes=True).node
    sizes = [[d.size for d in s.dim] for s in shaped[0].attr["_output_shapes"].list.shape]
    assert sizes == [[-1, 4, 4, 1]]
    assert tf.Session().graph_def == graph.as_graph_def(add_shapes=True)


def test_get_attr_gives_what_tensorflow_gives():
    y = tf.nn.max_pool(tf.ones([1, 4, 4, 1]), [1, 2, 2, 1], [1, 1, 1, 1], "SAME")
    assert y.op.get_attr("ksize") == [1, 2, 2, 1]
    assert y.op.get_attr("padding") == b"SAME"
    assert y.op.get_attr("T") is tf.float32
    assert tf.make_ndarray(tf.constant([[1]]).op.get_attr("value")).tolist() == [[1]]
    assert tf.placeholder(tf.int32, [3]).op.get_attr("shape").dim[0].size == 3
    with pytest.raises(ValueError, match="no attr named 'nope'"):
        y.op.get_attr("nope")


@pytest.mark.parametrize(
    "value",
    [
        np.float16([1.5, -2]), np.float16(3), np.zeros((0, 2)), np.array([True, False]),
        np.complex64(1 + 2j), np.array([b"a", b"\xff"], object), np.int64(2**40), np.uint8([255]),
    ],
    ids=str,
)  # fmt: skip
def test_constants_of_every_kind_come_back(value, graph):
    tf.constant(value, name="c")
    with tf.Graph().as_default(), tf.Session() as session:
        (found,) = tf.import_graph_def(graph.as_graph_def(), return_elements=["c:0"])
        got = session.run(found)
        assert np.array_equal(got, value)
        assert np.shape(got) == np.shape(value)
        assert found.dtype == tf.as_dtype(value.dtype)


def test_conditions_and_loops_are_spread_out_as_tensorflows(graph):
    p = tf.placeholder(tf.bool, [], name="p")
    x = tf.placeholder(tf.float32, [], name="x")
    tf.cond(p, lambda: tf.constant(1.0, name="one"), lambda: tf.add(x, 1, name="plus"))
    tf.while_loop(lambda i: i < x, lambda i: i + 1, [0.0])
    found = {node.name: node for node in graph.as_graph_def(add_shapes=True).node}
    assert not {"If", "While"} & {node.op for node in found.values()}
    inputs = {name: list(node.input) for name, node in found.items()}
    assert inputs["cond/Switch"] == ["cond/pred_id", "cond/pred_id"]
    assert inputs["cond/one"] == ["^cond/switch_t"]
    assert inputs["cond/plus/Switch"] == ["x", "cond/pred_id"]
    assert inputs["cond/plus"] == ["cond/plus/Switch", "cond/plus/y"]
    assert inputs["cond/Merge"] == ["cond/plus", "cond/one"]
    assert inputs["while/Merge"] == ["while/Enter", "while/NextIteration"]
    assert inputs["while/Less"] == ["while/Merge", "while/Less/Enter"]
    assert inputs["while/Switch"] == ["while/Merge", "while/LoopCond"]
    assert inputs["while/Identity"] == ["while/Switch:1"]
    assert inputs["while/add/y"] == ["^while/Identity"]
    assert inputs["while/NextIteration"] == ["while/add"]
    assert inputs["while/Exit"] == ["while/Switch"]


def nested(x, p):
    """Conditions and loops in each other, with a variable, a TensorArray and an assignment."""
    v = tf.get_variable("v", initializer=1.0)
    deep = tf.cond(p, lambda: tf.cond(x[0] > 1, lambda: x * 2, lambda: x - v), lambda: x + 0.5)
    with tf.control_dependencies([tf.cond(p, lambda: tf.assign_add(v, 2.0), lambda: v + 0)]):
        seen = tf.identity(v)

    def body(i, t):
        t = tf.cond(i > 1, lambda: t + seen, lambda: t * 2)
        _, t = tf.while_loop(lambda j, u: j < i, lambda j, u: (j + 1, u + deep[0]), [0, t])
        return i + 1, t

    _, total = tf.while_loop(lambda i, t: i < 4, body, [0, tf.reduce_sum(deep)], back_prop=False)
    mapped = tf.map_fn(lambda row: row * total, deep)
    return tf.add(tf.reduce_sum(mapped), seen, name="out")


def test_control_flow_comes_back_from_a_graph_def(graph):
    x = tf.placeholder(tf.float32, [None], name="x")
    p = tf.placeholder(tf.bool, [], name="p")
    nested(x, p)
    definition = graph.as_graph_def()

    def values():
        with tf.Session() as session:
            found = []
            for first, flag in ((0.5, True), (2.0, True), (0.5, False)):
                session.run("v/Assign")
                found.append(session.run("out:0", {"x:0": [first, 1.0], "p:0": flag}))
            return found

    expected = values()
    assert len(set(expected)) == 3
    with tf.Graph().as_default() as again:
        tf.import_graph_def(definition, name="")
        assert {"If", "While"} <= {op.type for op in again.get_operations()}
        assert values() == expected


def test_write_graph(tmp_path, graph):
    tf.constant(1.0, name="c")
    path = tf.train.write_graph(graph, str(tmp_path / "new"), "g.pbtxt")
    assert path == str(tmp_path / "new" / "g.pbtxt")
    assert 'name: "c"' in Path(path).read_text()
    path = tf.train.write_graph(graph.as_graph_def(), str(tmp_path), "g.pb", as_text=False)
    assert tf.GraphDef.FromString(Path(path).read_bytes()) == graph.as_graph_def()
