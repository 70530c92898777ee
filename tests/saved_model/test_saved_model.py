"""SavedModels: our own, and one that TensorFlow 1.15.5 wrote."""

import os
from pathlib import Path

import numpy as np
import pytest

import scopeflow as tf

FIXTURE = str(Path(__file__).parents[1] / "graphdef" / "fixtures" / "saved_model")


@pytest.fixture(autouse=True)
def graph():
    with tf.Graph().as_default() as made:
        yield made


def build():
    x = tf.placeholder(tf.float32, [None, 2], name="x")
    w = tf.get_variable("w", initializer=np.float32([[1], [2]]))
    return x, tf.matmul(x, w, name="y")


def test_simple_save_and_load(tmp_path):
    directory = str(tmp_path / "model")
    x, y = build()
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        tf.saved_model.simple_save(session, directory, {"x": x}, {"y": y})
    assert sorted(os.listdir(directory)) == ["saved_model.pb", "variables"]
    with tf.Graph().as_default(), tf.Session() as session:
        meta = tf.saved_model.loader.load(
            session, [tf.saved_model.tag_constants.SERVING], directory
        )
        signature = meta.signature_def[
            tf.saved_model.signature_constants.DEFAULT_SERVING_SIGNATURE_DEF_KEY
        ]
        assert signature.method_name == "tensorflow/serving/predict"
        place = tf.saved_model.utils.get_tensor_from_tensor_info(signature.inputs["x"])
        assert place.shape.as_list() == [None, 2]
        assert session.run(signature.outputs["y"].name, {place: [[1, 1]]}) == 3


def test_a_model_of_tensorflow():
    with tf.Session() as session:
        meta = tf.saved_model.load(session, ["serve"], FIXTURE, import_scope="model")
        assert list(meta.signature_def) == ["serving_default"]
        assert session.run("model/y:0", {"model/x:0": [[1, 2, 3]]}).tolist() == [[23, 27]]


def test_several_graphs_a_main_op_and_assets(tmp_path):
    words = tmp_path / "words.txt"
    words.write_text("old")
    directory = str(tmp_path / "model")
    x, y = build()
    asset = tf.constant(str(words), name="asset")
    text = tf.Variable("", name="text", collections=[tf.GraphKeys.LOCAL_VARIABLES])
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        builder = tf.saved_model.builder.SavedModelBuilder(directory)
        with pytest.raises(AssertionError, match="has not been saved yet"):
            builder.add_meta_graph(["serve"])
        signature = tf.saved_model.signature_def_utils.predict_signature_def({"x": x}, {"y": y})
        builder.add_meta_graph_and_variables(
            session, ["serve", "gpu"], {"mine": signature},
            assets_collection=[asset], main_op=tf.assign(text, asset).op,
        )  # fmt: skip
        with pytest.raises(AssertionError, match="has already been saved"):
            builder.add_meta_graph_and_variables(session, ["train"])
        builder.add_meta_graph(["train"])
        assert builder.save() == os.path.join(directory, "saved_model.pb").encode()
    assert (Path(directory) / "assets" / "words.txt").read_text() == "old"
    with pytest.raises(AssertionError, match="isn't empty"):
        tf.saved_model.Builder(directory)
    with tf.Graph().as_default(), tf.Session() as session:
        meta = tf.saved_model.load(session, {"gpu", "serve"}, directory)
        assert list(meta.signature_def) == ["mine"]
        found = session.run("text:0").decode()
        assert found == os.path.join(directory, "assets", "words.txt")
    with tf.Graph().as_default(), tf.Session() as session:
        with pytest.raises(RuntimeError, match=r"tags 'serve' could not .*\n.*'train'"):
            tf.saved_model.load(session, ["serve"], directory)


def test_as_text(tmp_path):
    x, y = build()
    builder = tf.saved_model.Builder(str(tmp_path))
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        builder.add_meta_graph_and_variables(session, ["serve"])
    assert not tf.saved_model.maybe_saved_model_directory(str(tmp_path))
    builder.save(as_text=True)
    assert tf.saved_model.contains_saved_model(str(tmp_path))
    with tf.Graph().as_default(), tf.Session() as session:
        tf.saved_model.load(session, ["serve"], str(tmp_path))
        assert session.run(y.name, {x.name: [[1, 0]]}) == 1


def test_what_is_no_saved_model(tmp_path):
    with tf.Session() as session:
        with pytest.raises(OSError, match="SavedModel file does not exist at"):
            tf.saved_model.load(session, ["serve"], str(tmp_path))
        (tmp_path / "saved_model.pb").write_bytes(b"\xff\xff\xff")
        with pytest.raises(OSError, match="Cannot parse file"):
            tf.saved_model.load(session, ["serve"], str(tmp_path))


def test_signatures():
    utils = tf.saved_model.signature_def_utils
    text, scores = tf.placeholder(tf.string, name="text"), tf.placeholder(tf.float32, name="s")
    regression = utils.regression_signature_def(text, scores)
    assert regression.method_name == "tensorflow/serving/regress"
    assert regression.inputs["inputs"].name == "text:0"
    assert utils.is_valid_signature(regression)
    classification = utils.classification_signature_def(text, None, scores)
    assert list(classification.outputs) == ["scores"]
    assert utils.is_valid_signature(classification)
    own = utils.build_signature_def({"x": tf.saved_model.build_tensor_info(scores)}, None, "own")
    assert (own.method_name, utils.is_valid_signature(own)) == ("own", False)
    for wrong, match in (
        (lambda: utils.regression_signature_def(scores, scores), "must be a string Tensor"),
        (lambda: utils.classification_signature_def(text, None, None), "cannot both be None"),
        (lambda: utils.predict_signature_def({}, {"y": scores}), "inputs cannot be None or empty"),
    ):
        with pytest.raises(ValueError, match=match):
            wrong()


def test_directories_as_bytes(tmp_path):
    """As what `Estimator.export_saved_model` returns."""
    path = os.fsencode(tmp_path / "model")
    with tf.Graph().as_default(), tf.Session() as session:
        x = tf.placeholder(tf.float32, [])
        tf.saved_model.simple_save(session, path, {"x": x}, {"y": x + 1.0})
        tf.summary.FileWriter(os.fsencode(tmp_path / "log"), session.graph).close()
        meta = os.fsencode(tmp_path / "graph.meta")
        tf.train.export_meta_graph(meta)
    assert tf.saved_model.loader.maybe_saved_model_directory(path)
    with tf.Graph().as_default(), tf.Session() as session:
        tf.train.import_meta_graph(meta)
        signature = tf.saved_model.loader.load(session, ["serve"], path).signature_def
        assert list(signature) == ["serving_default"]
    assert any("tfevents" in name for name in os.listdir(tmp_path / "log"))


def saved(directory, builder_class=tf.saved_model.builder.SavedModelBuilder, **arguments):
    v = tf.Variable(1.0, name="v")
    arguments = {key: make(v) for key, make in arguments.items()}
    builder = builder_class(str(directory))
    with tf.Session() as session:
        session.run(v.initializer)
        builder.add_meta_graph_and_variables(session, ["serve"], **arguments)
    builder.save()


def test_the_steps_of_loading(tmp_path):
    from scopeflow.saved_model.loader import SavedModelLoader

    saved(tmp_path / "m", main_op=lambda v: tf.group(tf.assign(v, 7.0)))
    loader = SavedModelLoader(str(tmp_path / "m"))
    with tf.Graph().as_default() as graph, tf.Session() as session:
        saver, (v,) = loader.load_graph(graph, ["serve"], "below", return_elements=["v:0"])
        assert v.op.name == "below/v"
        with pytest.raises(ValueError, match="Saver is needed"):
            loader.restore_variables(session, None)
        loader.restore_variables(session, saver)
        assert session.run(v) == 1.0
        loader.run_init_ops(session, ["serve"], "below")
        assert session.run(v) == 7.0
        with pytest.raises(ValueError, match="not found"):
            loader.load_graph(graph, ["serve"], return_elements=["x:0"])
    with pytest.raises(RuntimeError, match="other"):
        loader.get_meta_graph_def_from_tags(["other"])


def test_ops_named_by_signatures_are_run_after_loading(tmp_path):
    """As TensorFlow 1.15's tf.saved_model.save and Keras's exports name them."""
    from scopeflow.alias.modules.saved_model_builder import _SavedModelBuilder
    from scopeflow.alias.modules.saved_model_loader import get_train_op

    saved(
        tmp_path / "m", _SavedModelBuilder,
        init_op=lambda v: tf.group(tf.assign(v, 5.0)), train_op=lambda v: tf.assign_add(v, 1.0),
    )  # fmt: skip
    with tf.Graph().as_default() as graph, tf.Session() as session:
        meta = tf.saved_model.loader.load(session, ["serve"], str(tmp_path / "m"))
        assert session.run(graph.get_tensor_by_name("v:0")) == 5.0
        assert session.run(get_train_op(meta)) == 6.0


def test_signatures_are_checked_before_anything_is_written(tmp_path):
    make = tf.saved_model.build_signature_def
    for info in (tf.TensorInfo(dtype=1), tf.TensorInfo(name="x"), tf.TensorInfo()):
        for signature in (make({"x": info}), make(outputs={"x": info})):
            with pytest.raises(AssertionError, match="'x' in the signature 'key'"):
                saved(tmp_path / "m", signature_def_map=lambda _, s=signature: {"key": s})
    assert not os.listdir(tmp_path / "m")
    with pytest.raises(KeyError, match="taken"):
        saved(tmp_path / "m", signature_def_map=lambda _: {"__saved_model_init_op": make()})


def test_a_second_main_op_is_refused(tmp_path):
    tf.add_to_collection("legacy_init_op", tf.no_op())
    with pytest.raises(ValueError, match="Graph already contains"):
        saved(tmp_path / "m", main_op=lambda _: tf.no_op())


def test_assets_of_the_same_contents_share_a_file(tmp_path):
    def assets(_):
        tensors = []
        for number, text in enumerate(["one", "one", "two"]):
            path = tmp_path / str(number) / "words.txt"
            path.parent.mkdir()
            path.write_text(text)
            tensors.append(tf.constant(str(path), name="asset"))
        return tensors

    saved(tmp_path / "m", assets_collection=assets)
    with tf.Graph().as_default(), tf.Session() as session:
        meta = tf.saved_model.loader.load(session, ["serve"], str(tmp_path / "m"))
    names = [asset.filename for asset in meta.asset_file_def]
    assert names == ["words.txt", "words.txt", "words.txt_1"]
    assert len(meta.collection_def["saved_model_assets"].any_list.value) == 3
