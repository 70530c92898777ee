"""Import of graphs, also of those that TensorFlow 1.15.5 wrote (fixtures/, by record_graphs.py)."""

from pathlib import Path

import numpy as np
import pytest
from google.protobuf.message import DecodeError

import scopeflow as tf

FIXTURES = Path(__file__).with_name("fixtures")


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


def read(name):
    return tf.GraphDef.FromString((FIXTURES / name).read_bytes())


def run(fetches, feeds=None):
    with tf.Session() as session:
        return session.run(fetches, feeds)


def nodes(*described):
    """A GraphDef of (name, op, inputs, {attribute: AttrValue's fields}) each."""
    made = tf.GraphDef()
    for name, op, inputs, attrs in described:
        node = made.node.add(name=name, op=op, input=inputs)
        for key, value in attrs.items():
            node.attr[key].CopyFrom(tf.AttrValue(**value))
    return made


FLOAT = {"type": tf.float32.as_datatype_enum}


def small():
    """x (a placeholder) → y = x + c → z = -y, z waiting for a NoOp."""
    x = tf.placeholder(tf.float32, [None], name="x")
    y = tf.add(x, tf.constant(2.0, name="c"), name="y")
    with tf.control_dependencies([tf.no_op(name="first")]):
        tf.negative(y, name="z")
    return tf.get_default_graph().as_graph_def()


@pytest.fixture
def definition():
    with tf.Graph().as_default():
        return small()


def test_a_frozen_graph_computes_what_it_computed_in_tensorflow():
    recorded = np.load(FIXTURES / "frozen.npz")
    (found,) = tf.import_graph_def(
        read("frozen.pb"), return_elements=["probabilities:0"], name="net"
    )
    assert found.name == "net/probabilities:0"
    got = run(found, {"net/images:0": recorded["images"]})
    np.testing.assert_allclose(got, recorded["probabilities"], rtol=1e-5)


def test_imported_graphs_are_exported_as_they_were(graph):
    before = read("frozen.pb")
    tf.import_graph_def(before, name="")
    assert list(graph.as_graph_def().node) == list(before.node)


def test_names_and_elements(definition, graph):
    assert tf.import_graph_def(definition) is None
    assert [op.name for op in graph.get_operations()] == [
        "import/x", "import/c", "import/y", "import/first", "import/z",
    ]  # fmt: skip
    z, y = tf.import_graph_def(definition, return_elements=["z:0", "y"])
    assert (z.name, y.name, y.type) == ("import_1/z:0", "import_1/y", "Add")
    assert [op.name for op in z.op.control_inputs] == ["import_1/first"]
    tf.import_graph_def(definition, name="")
    tf.import_graph_def(definition, name="")
    assert graph.get_tensor_by_name("z_1:0").op.inputs[0].name == "y_1:0"
    assert run(z, {"import_1/x:0": [1]}) == [-3]


def test_input_map(definition):
    given = tf.constant([5.0], name="given")
    z, x = tf.import_graph_def(definition, {"x": given}, ["z:0", "x:0"])
    assert x is given
    assert run(z) == [-7]
    (z,) = tf.import_graph_def(definition, {"y:0": given}, ["z:0"])
    assert run(z) == [-5]
    done = tf.no_op(name="done")
    (z,) = tf.import_graph_def(definition, {"^first": done}, ["z"])
    assert z.control_inputs == [done]


def test_requests_that_do_not_fit(definition):
    for arguments, error, text in (
        ({"graph_def": 3}, TypeError, "graph_def must be a GraphDef proto"),
        ({"input_map": 3}, TypeError, "input_map must be a dictionary mapping strings"),
        ({"return_elements": [3]}, TypeError, "must be a list of strings"),
        ({"input_map": {"w:0": tf.zeros([])}}, ValueError, r"not found in graph_def: \[w:0\]"),
        ({"return_elements": ["w:0"]}, ValueError, "Requested return tensor 'w:0' not found"),
        ({"return_elements": ["w"]}, ValueError, "Requested return node 'w' not found"),
        ({"return_elements": ["y:3"]}, ValueError, "Invalid return output 3 of node 'y'"),
        ({"input_map": {"x:0": tf.constant(1)}}, ValueError, "float32|int32"),
        ({"name": "a b"}, ValueError, "not a valid scope name"),
    ):
        with pytest.raises(error, match=text):
            tf.import_graph_def(**{"graph_def": definition, **arguments})


@pytest.mark.parametrize(
    ("definition", "text"),
    [
        (nodes(("a", "Neg", ["q"], {"T": FLOAT})), "Node 'a': Unknown input node 'q'"),
        (nodes(("a", "Neg", ["a"], {"T": FLOAT})), "has a cycle, from node 'a'"),
        (nodes(("a", "NoOp", [], {}), ("a", "NoOp", [], {})), "Node 'a' is not unique"),
        (nodes(("a", "Const", [], {})), "missing attrs 'dtype', 'value'"),
        (nodes(("a b", "NoOp", [], {})), "'a b' is not a valid node name"),
        (nodes(("a", "NoOp", [], {}), ("b", "Neg", ["a"], {"T": FLOAT})), "invalid output 0"),
        (nodes(("a", "Neg", [], {"T": FLOAT})), "Node 'a'"),
        (nodes(("a", "AddN", [], {"T": FLOAT})), "Node 'a'"),
    ],
)
def test_graphs_that_do_not_hold_together(definition, text):
    with pytest.raises(ValueError, match=text):
        tf.import_graph_def(definition)


@pytest.mark.parametrize("name", ["loops.pb", "conditions.pb", "frozen.pb"])
def test_damaged_graphs_raise_value_errors(name):
    data = (FIXTURES / name).read_bytes()
    random = np.random.RandomState(11)
    refused = 0
    for _ in range(400):
        damaged = bytearray(data)
        for _ in range(random.randint(1, 4)):
            damaged[random.randint(len(data))] = random.randint(256)
        try:
            definition = tf.GraphDef.FromString(bytes(damaged))
        except DecodeError:
            continue
        with tf.Graph().as_default():
            try:
                tf.import_graph_def(definition)
            except ValueError:
                refused += 1
    assert refused > 20


def test_nodes_come_in_any_order(definition):
    turned = tf.GraphDef(node=list(definition.node)[::-1], versions=definition.versions)
    (z,) = tf.import_graph_def(turned, return_elements=["z:0"])
    assert run(z, {"import/x:0": [1]}) == [-3]


def test_unknown_op_types_are_kept_and_refuse_to_run(graph):
    shapes = {"list": {"shape": [tf.TensorShape([2]).as_proto()]}}
    definition = nodes(
        ("x", "Placeholder", [], {"dtype": FLOAT}),
        ("strange", "StrangeGrad", ["x"], {"kind": {"s": b"k"}, "_output_shapes": shapes}),
        ("i", "Cast", ["strange:1"], {"SrcT": {"type": 3}, "DstT": FLOAT}),
    )
    tf.import_graph_def(definition, name="")
    op = graph.get_operation_by_name("strange")
    assert (op.type, op.get_attr("kind")) == ("StrangeGrad", b"k")
    assert [t.dtype for t in op.outputs] == [tf.float32, tf.int32]  # what their consumers ask for
    assert op.outputs[0].shape.as_list() == [2]
    with pytest.raises(
        tf.errors.UnimplementedError, match=r"'strange' was .* 'StrangeGrad' is not built"
    ):
        run("i:0", {"x:0": 1})
    exported = graph.as_graph_def().node[1]
    assert (exported.op, list(exported.input), list(exported.attr)) == (
        "StrangeGrad", ["x"], ["kind"],
    )  # fmt: skip


def test_scalar_shapes_of_old_placeholders_are_unknown():
    definition = nodes(("x", "Placeholder", [], {"dtype": FLOAT, "shape": {"shape": {}}}))
    (x,) = tf.import_graph_def(definition, return_elements=["x:0"], name="new")
    assert x.shape.rank == 0
    definition.versions.producer = 21
    (x,) = tf.import_graph_def(definition, return_elements=["x:0"], name="old")
    assert x.shape.rank is None


def test_devices_and_colocation(graph):
    definition = nodes(
        ("a", "NoOp", [], {}),
        ("b", "NoOp", [], {"_class": {"list": {"s": [b"loc:@a"]}}}),
    )
    definition.node[0].device = "/device:GPU:1"
    tf.import_graph_def(definition)
    assert graph.get_operation_by_name("import/a").device == "/device:GPU:1"
    assert graph.get_operation_by_name("import/b").get_attr("_class") == [b"loc:@import/a"]


def test_in_place_updates_keep_their_order(graph):
    with tf.Graph().as_default() as first:
        v = tf.Variable(1.0, name="v")
        with tf.control_dependencies([tf.assign_add(v, 2.0)]):
            tf.identity(v, name="after")
    tf.import_graph_def(first.as_graph_def(), name="")
    with tf.Session() as session:
        session.run("v/Assign")
        assert [session.run("after:0") for _ in range(2)] == [3, 5]


def test_conditions_of_tensorflow(graph):
    tf.import_graph_def(read("conditions.pb"), name="")
    assert not [op for op in graph.get_operations() if op.type == "Exp" and not op.control_flow]
    recorded = np.load(FIXTURES / "conditions.npz")
    with tf.Session() as session:
        for key in recorded:
            p, q = (digit == "1" for digit in key)
            got = session.run("out:0", {"x:0": [1, 2, 3], "p:0": p, "q:0": q})
            np.testing.assert_allclose(got, recorded[key], rtol=1e-5)
        # The branch that is not chosen does not run.
        assert "Exp" not in session.program("cond/Merge:0", ["x:0", "p:0", "q:0"]).source


def test_loops_of_tensorflow(graph):
    tf.import_graph_def(read("loops.pb"), name="net")
    recorded = np.load(FIXTURES / "loops.npz")
    feeds = {"net/x:0": [[1, 2], [3, 4], [5, 6]]}
    with tf.Session() as session:
        got = session.run(["net/out:0", "net/mapped:0"], feeds)
    np.testing.assert_allclose(got[0], recorded["out"], rtol=1e-5)
    assert got[1].tolist() == recorded["mapped"].tolist()
    assert graph.get_tensor_by_name("net/while/Exit_1:0").shape.as_list() == [None, 2]


def test_gradients_pass_through_imported_control_flow():
    tf.import_graph_def(read("loops.pb"), name="")
    graph = tf.get_default_graph()
    out, x = (graph.get_tensor_by_name(name) for name in ("out:0", "x:0"))
    (slope,) = tf.gradients(out, x)
    m = np.array([[0.5, 0.1], [0.2, 0.4]])
    expected = np.linalg.matrix_power(m, 3).sum(1)
    got = run(slope, {"x:0": [[1, 2], [3, 4]]})
    np.testing.assert_allclose(got, [expected, expected], rtol=1e-5)


def test_a_loop_whose_shapes_grow():
    frame, t32 = {"frame_name": {"s": b"f"}, "T": FLOAT}, {"T": {"type": 3}}
    definition = nodes(
        ("x", "Placeholder", [], {"dtype": FLOAT, "shape": {"shape": {"dim": [{"size": 1}]}}}),
        ("enter", "Enter", ["x"], frame),
        ("merge", "Merge", ["enter", "next"], {"T": FLOAT, "N": {"i": 2}}),
        ("size", "Size", ["merge"], {"T": FLOAT, "out_type": {"type": 3}}),
        ("limit", "Const", ["^merge"], {
            "dtype": {"type": 3}, "value": {"tensor": tf.make_tensor_proto(5, tf.int32)},
        }),
        ("less", "Less", ["size", "limit"], t32),
        ("go_on", "LoopCond", ["less"], {}),
        ("switch", "Switch", ["merge", "go_on"], {"T": FLOAT}),
        ("inside", "Identity", ["switch:1"], {"T": FLOAT}),
        ("axis", "Const", ["^inside"], {
            "dtype": {"type": 3}, "value": {"tensor": tf.make_tensor_proto(0, tf.int32)},
        }),
        ("longer", "ConcatV2", ["inside", "inside", "axis"], {
            "T": FLOAT, "N": {"i": 2}, "Tidx": {"type": 3},
        }),
        ("next", "NextIteration", ["longer"], {"T": FLOAT}),
        ("exit", "Exit", ["switch"], {"T": FLOAT}),
    )  # fmt: skip
    (found,) = tf.import_graph_def(definition, return_elements=["exit:0"], name="")
    assert found.shape.as_list() == [None]
    assert run(found, {"x:0": [3]}).tolist() == [3] * 8
