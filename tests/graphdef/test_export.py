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


def test_conditions_and_loops_are_nodes_beside_their_ops(graph):
    p = tf.placeholder(tf.bool, [], name="p")
    tf.cond(p, lambda: tf.constant(1.0, name="one"), lambda: tf.constant(2.0, name="two"))
    tf.while_loop(lambda i: i < 3, lambda i: i + 1, [0])
    found = {node.name: node for node in graph.as_graph_def(add_shapes=True).node}
    assert list(found["cond/If"].input) == ["cond/pred_id", "^cond/one", "^cond/two"]
    assert {"cond/one", "cond/two", "while/add", "while/LoopCond"} <= set(found)
    assert "^while/add" in found["while/While"].input


def test_write_graph(tmp_path, graph):
    tf.constant(1.0, name="c")
    path = tf.train.write_graph(graph, str(tmp_path / "new"), "g.pbtxt")
    assert path == str(tmp_path / "new" / "g.pbtxt")
    assert 'name: "c"' in Path(path).read_text()
    path = tf.train.write_graph(graph.as_graph_def(), str(tmp_path), "g.pb", as_text=False)
    assert tf.GraphDef.FromString(Path(path).read_bytes()) == graph.as_graph_def()
