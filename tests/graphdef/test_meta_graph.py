"""MetaGraphs: .meta files of our own and of TensorFlow 1.15.5."""

import logging
from pathlib import Path

import numpy as np
import pytest

import scopeflow as tf

FIXTURES = Path(__file__).with_name("fixtures")


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


def build():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w = tf.get_variable("w", initializer=np.float32([[1], [2]]))
    b = tf.get_variable("b", initializer=np.float32([3]), use_resource=True)
    y = tf.add(tf.matmul(x, w), b, name="y")
    tf.train.get_or_create_global_step()
    tf.add_to_collection("outputs", y)
    tf.add_to_collection("ops", y.op)
    tf.add_to_collection("numbers", 3)
    tf.add_to_collection("floats", 2.5)
    tf.add_to_collection("texts", "abc")
    tf.add_to_collection("kept", w)
    return y


def test_variables_collections_and_values_come_back(tmp_path, graph):
    y = build()
    saver = tf.train.Saver()
    path = str(tmp_path / "model")
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        session.run(tf.assign(tf.global_variables()[0], [[10], [20]]))
        expected = session.run(y, {"x:0": [[1, 1]]})
        saver.save(session, path)
    tf.train.export_meta_graph(path + ".meta", saver_def=saver.as_saver_def())
    with tf.Graph().as_default(), tf.Session() as session:
        found = tf.train.import_meta_graph(path + ".meta")
        assert isinstance(found, tf.train.Saver)
        found.restore(session, path)
        (output,) = tf.get_collection("outputs")
        assert session.run(output, {"x:0": [[1, 1]]}) == expected == 33
        assert [v.name for v in tf.global_variables()] == ["w:0", "b:0", "global_step:0"]
        assert [v.name for v in tf.trainable_variables()] == ["w:0", "b:0"]
        assert tf.global_variables()[0] is tf.trainable_variables()[0]
        assert tf.get_collection("ops") == [output.op]
        assert tf.get_collection("numbers") == [3]
        assert tf.get_collection("floats") == [2.5]
        assert tf.get_collection("texts") == [b"abc"]
        assert tf.get_collection("kept")[0].name == "w:0"
        assert tf.train.get_global_step().dtype.base_dtype == tf.int64
        w, b = tf.trainable_variables()
        session.run([w.initializer, tf.assign(b, [0.5])])
        assert session.run(output, {"x:0": [[1, 1]]}) == 3.5
        step = tf.train.GradientDescentOptimizer(1.0).minimize(output)  # it can be trained
        session.run(step, {"x:0": [[1, 1]]})
        assert session.run([w, b])[0].tolist() == [[0], [1]]


def test_import_scope(graph):
    build()
    saver = tf.train.Saver()
    meta = tf.train.export_meta_graph(saver_def=saver.as_saver_def())
    with tf.Graph().as_default(), tf.Session() as session:
        first = tf.train.import_meta_graph(meta, import_scope="model")
        tf.train.import_meta_graph(meta, import_scope="model")
        names = [v.name for v in tf.trainable_variables()]
        assert names == ["model/w:0", "model/b:0", "model_1/w:0", "model_1/b:0"]
        assert [t.name for t in tf.get_collection("outputs")] == ["model/y:0", "model_1/y:0"]
        assert first.saver_def.filename_tensor_name.startswith("model/")
        session.run(tf.variables_initializer(tf.trainable_variables()[:2]))
        assert session.run("model/y:0", {"model/x:0": [[1, 1]]}) == 6


def test_export_of_a_scope():
    outside = tf.constant(2.0, name="outside")
    with tf.variable_scope("net"):
        w = tf.get_variable("w", [])
        tf.add_to_collection("products", tf.multiply(w, outside, name="product"))
    tf.get_variable("other", [])
    meta = tf.train.export_meta_graph(export_scope="net")
    inputs = {node.name: list(node.input) for node in meta.graph_def.node}
    assert inputs["product"] == ["w/read", "$unbound_inputs_outside"]
    assert "other" not in inputs
    assert list(meta.collection_def["products"].node_list.value) == ["product:0"]
    assert len(meta.collection_def["variables"].bytes_list.value) == 1
    with tf.Graph().as_default():
        with pytest.raises(ValueError, match="unbound inputs: \\$unbound_inputs_outside"):
            tf.train.import_meta_graph(meta)
        three = tf.constant(3.0)
        tf.train.import_meta_graph(meta, input_map={"$unbound_inputs_outside": three})
        (product,) = tf.get_collection("products")
        assert product.op.inputs[1] is three


def test_options_of_export(tmp_path, caplog):
    with tf.device("/cpu:0"):
        tf.nn.relu(tf.constant(1.0), name="r")
        tf.nn.leaky_relu(tf.constant(1.0), name="l")
    tf.add_to_collection("bad", object())
    tf.add_to_collection("numbers", 1)
    tf.add_to_collection("others", 1)
    with caplog.at_level(logging.WARNING, logger="tensorflow"):
        meta = tf.train.export_meta_graph(clear_devices=True, strip_default_attrs=True)
    assert "bad" not in meta.collection_def
    assert {node.device for node in meta.graph_def.node} == {""}
    leaky = next(node for node in meta.graph_def.node if node.name == "l")
    assert set(leaky.attr) == {"T", "_output_shapes"}
    assert meta.meta_info_def.stripped_default_attrs
    text = str(tmp_path / "new" / "graph.pbtxt")
    meta = tf.train.export_meta_graph(text, as_text=True, collection_list=["numbers"])
    assert list(meta.collection_def) == ["numbers"]
    with tf.Graph().as_default() as again:
        assert tf.train.import_meta_graph(text) is None
        assert again.get_operation_by_name("l").attrs["alpha"] == pytest.approx(0.2)
        assert again.get_operation_by_name("l").device == "/device:CPU:0"
        assert again.get_collection("numbers") == [1]


def test_what_is_no_meta_graph(tmp_path):
    with pytest.raises(OSError, match="does not exist"):
        tf.train.import_meta_graph(str(tmp_path / "none.meta"))
    (tmp_path / "bad.meta").write_bytes(b"\xff\xfe not a graph")
    with pytest.raises(OSError, match="Cannot parse file"):
        tf.train.import_meta_graph(str(tmp_path / "bad.meta"))
    with pytest.raises(TypeError, match="graph_def must be of type GraphDef"):
        tf.train.export_meta_graph(graph_def=3)


def test_variable_messages(graph):
    v = tf.get_variable("scope/v", [2])
    proto = v.to_proto()
    assert (proto.variable_name, proto.initializer_name, proto.snapshot_name) == (
        "scope/v:0", "scope/v/Assign", "scope/v/read:0",
    )  # fmt: skip
    assert proto.trainable
    again = tf.Variable.from_proto(proto)
    assert again.value() is v.value()
    assert tf.Variable(variable_def=proto).initializer is v.initializer
    assert v.to_proto(export_scope="scope").variable_name == "v:0"
    assert v.to_proto(export_scope="other") is None
    r = tf.get_variable("r", [2], use_resource=True)
    assert r.to_proto().is_resource
    assert type(tf.Variable.from_proto(r.to_proto())) is type(r)
    with pytest.raises(ValueError, match="mutually exclusive"):
        tf.Variable(1.0, variable_def=proto)


def test_a_training_graph_of_tensorflow_restores():
    recorded = np.load(FIXTURES / "training.npz")
    saver = tf.train.import_meta_graph(str(FIXTURES / "training.meta"))
    assert [v.name for v in tf.global_variables()] == recorded["variables"].tolist()
    assert [v.name for v in tf.trainable_variables()] == recorded["trainable"].tolist()
    with tf.Session() as session:
        saver.restore(session, str(FIXTURES / "training"))
        assert session.run(tf.train.get_global_step()) == recorded["step"]
        images = np.load(FIXTURES / "frozen.npz")["images"]
        feeds = {"images:0": images, "labels:0": [0, 1, 2]}
        got = session.run(["probabilities:0", "loss:0"], feeds)
        np.testing.assert_allclose(got[0], recorded["probabilities"], rtol=1e-4)
        np.testing.assert_allclose(got[1], recorded["loss"], rtol=1e-4)
        # Its own training step has gradient ops of TensorFlow, scopeflow adds one of its own.
        with pytest.raises(tf.errors.UnimplementedError, match="was imported, but cannot run"):
            session.run("train", {**feeds, "is_training:0": True})
        loss = tf.get_default_graph().get_tensor_by_name("loss:0")
        train = tf.train.GradientDescentOptimizer(0.1).minimize(loss)
        for _ in range(5):
            session.run(train, {**feeds, "is_training:0": True})
        assert session.run(loss, feeds) != got[1]


def test_a_training_graph_of_tensorflow_goes_on_training():
    saver = tf.train.import_meta_graph(str(FIXTURES / "steps.meta"))
    images = np.load(FIXTURES / "frozen.npz")["images"]
    feeds = {"images:0": images, "labels:0": [0, 3, 1]}
    with tf.Session() as session:
        saver.restore(session, str(FIXTURES / "steps"))
        losses = [session.run(["loss:0", "train"], feeds)[0] for _ in range(6)]
    np.testing.assert_allclose(losses, np.load(FIXTURES / "steps.npy"), rtol=1e-5)
