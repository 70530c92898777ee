"""tf.graph_util."""

from pathlib import Path

import numpy as np
import pytest

import scopeflow as tf

FIXTURES = Path(__file__).with_name("fixtures")


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


def names(definition):
    return [node.name for node in definition.node]


def test_extract_sub_graph(graph):
    a = tf.constant(1.0, name="a")
    tf.constant(2.0, name="other")
    with tf.control_dependencies([tf.no_op(name="before")]):
        tf.negative(a, name="b")
    definition = graph.as_graph_def()
    found = tf.graph_util.extract_sub_graph(definition, ["b"])
    assert names(found) == ["a", "before", "b"]
    assert found.versions == definition.versions
    with pytest.raises(AssertionError, match="nope is not in graph"):
        tf.graph_util.extract_sub_graph(definition, ["nope"])
    with pytest.raises(TypeError, match="dest_nodes must be a list"):
        tf.graph_util.extract_sub_graph(definition, "b")
    with pytest.raises(TypeError, match="must be a graph_pb2.GraphDef"):
        tf.graph_util.extract_sub_graph(3, ["b"])


def test_freezing(graph):
    x = tf.placeholder(tf.float32, [2], name="x")
    v = tf.get_variable("v", initializer=np.float32([1, 2]))
    w = tf.get_variable("w", initializer=np.float32([[3, 4], [5, 6]]), use_resource=True)
    y = tf.identity(x * v + w[0] + tf.gather(w, [1]), name="y")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        expected = session.run(y, {x: [1, 1]})
        frozen = tf.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), ["y"])
        some = tf.graph_util.convert_variables_to_constants(
            session, graph.as_graph_def(), ["y"], variable_names_whitelist=["v"]
        )
        others = tf.graph_util.convert_variables_to_constants(
            session, graph.as_graph_def(), ["y"], variable_names_blacklist=["v"]
        )
    kinds = {node.name: node.op for node in frozen.node}
    assert (kinds["v"], kinds["w"], kinds["v/read"]) == ("Const", "Const", "Identity")
    assert not {"VariableV2", "VarHandleOp", "ReadVariableOp"} & set(kinds.values())
    kinds = [{n.name: n.op for n in d.node if n.name in "vw"} for d in (some, others)]
    assert kinds == [{"v": "Const", "w": "VarHandleOp"}, {"v": "VariableV2", "w": "Const"}]
    with tf.Graph().as_default(), tf.Session() as session:
        (found,) = tf.import_graph_def(frozen, return_elements=["y:0"], name="")
        assert np.array_equal(session.run(found, {"x:0": [1, 1]}), expected)


def test_freezing_without_values_fails(graph):
    tf.get_variable("v", [2])
    with tf.Session() as session, pytest.raises(tf.errors.FailedPreconditionError, match="v"):
        tf.graph_util.convert_variables_to_constants(session, graph.as_graph_def(), ["v/read"])


def test_training_nodes_go_as_in_tensorflow():
    definition = tf.GraphDef.FromString((FIXTURES / "frozen.pb").read_bytes())
    recorded = np.load(FIXTURES / "frozen.npz")
    smaller = tf.graph_util.remove_training_nodes(definition)
    assert names(smaller) == recorded["nodes_without_training"].tolist()
    (found,) = tf.import_graph_def(smaller, return_elements=["probabilities:0"], name="")
    with tf.Session() as session:
        got = session.run(found, {"images:0": recorded["images"]})
    np.testing.assert_allclose(got, recorded["probabilities"], rtol=1e-5)


def test_nodes_that_stay(graph):
    x = tf.identity(tf.constant(1.0, name="c"), name="kept")
    y = tf.identity(tf.check_numerics(x, "", name="checked"), name="waited_for")
    with tf.control_dependencies([y]):
        tf.negative(tf.identity(x, name="waits"), name="out")
    smaller = tf.graph_util.remove_training_nodes(graph.as_graph_def(), ["kept"])
    inputs = {node.name: list(node.input) for node in smaller.node}
    assert inputs == {
        "c": [], "kept": ["c"], "waited_for": ["kept"], "waits": ["kept", "^waited_for"],
        "out": ["waits"],
    }  # fmt: skip


def test_what_tensorflow_keeps_on_the_cpu():
    for made, pinned, expected in (
        (tf.constant(1), False, True),
        (tf.constant("a"), False, True),
        (tf.constant(1.0), False, False),
        (tf.cast(tf.constant(1), tf.float32), False, True),
        (tf.get_variable("v", []), False, False),
        (tf.get_variable("w", []), True, True),
    ):
        assert tf.graph_util.must_run_on_cpu(made.op, pinned) is expected


def test_shapes_of_inputs(graph):
    tf.zeros([2, 3], name="z")
    assert tf.graph_util.tensor_shape_from_node_def_name(graph, "z").as_list() == [2, 3]
