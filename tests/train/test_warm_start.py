"""tf.train.warm_start, with what TensorFlow 1.15.5 did."""

import numpy as np
import pytest

import scopeflow as tf


@pytest.fixture
def model(tmp_path):
    """A directory with a checkpoint and two vocabularies, and variables to start."""
    (tmp_path / "old").write_text("a\nb\nc\n")
    (tmp_path / "new").write_text("c\nz\na\n")
    values = {
        "emb": np.arange(6, dtype="f").reshape(3, 2), "w": np.array([5.0, 6.0], "f"),
        "nt": np.float32(7), "lin": np.arange(6, dtype="f").reshape(2, 3),
    }  # fmt: skip
    with tf.Graph().as_default(), tf.Session() as session:
        for name, value in values.items():
            tf.get_variable(name, initializer=value, trainable=name != "nt")
        session.run(tf.global_variables_initializer())
        tf.train.Saver().save(session, str(tmp_path / "m"), write_meta_graph=False)
    with tf.Graph().as_default():
        for name, value in values.items():
            start = np.full_like(value, -1.0)
            tf.get_variable(name, initializer=start, trainable=name != "nt")
        yield tmp_path


def started(folder, *args, **kwargs):
    tf.train.warm_start(str(folder), *args, **kwargs)
    with tf.Session() as session:
        session.run(tf.global_variables_initializer())
        return {
            v.op.name: session.run(v).tolist()
            for v in tf.global_variables()
            if np.any(session.run(v) != -1)
        }


def vocabulary(folder, **options):
    given = {"new_vocab_size": 3, "num_oov_buckets": 0, "old_vocab": str(folder / "old")}
    return tf.train.VocabInfo(**{"new_vocab": str(folder / "new"), **given, **options})


W, NT, LIN = [5.0, 6.0], 7.0, [[0.0, 1.0, 2.0], [3.0, 4.0, 5.0]]
EMB = [[0.0, 1.0], [2.0, 3.0], [4.0, 5.0]]


def test_which_variables(model):
    assert started(model) == {"emb": EMB, "w": W, "lin": LIN}


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [("e.*", {"emb": EMB}), (["w", "nt"], {"w": W, "nt": NT}), (None, {})],
)
def test_by_names(model, wanted, expected):
    assert started(model, wanted) == expected


def test_by_variables_and_other_names(model):
    w, other = tf.global_variables()[1], tf.get_variable("w2", initializer=-np.ones(2, "f"))
    assert started(model, [w, other], var_name_to_prev_var_name={"w2": "w"}) == {"w": W, "w2": W}


def test_by_vocabularies(model):
    info = {"emb": vocabulary(model)}
    expected = {"emb": [[4.0, 5.0], [0.0, 0.0], [0.0, 1.0]]}
    assert started(model, "emb", info) == expected
    assert started(model, None, info) == expected
    ones = tf.ones_initializer()
    info = {"emb": vocabulary(model, old_vocab_size=2, backup_initializer=ones)}
    assert started(model, "emb", info) == {"emb": [[1.0, 1.0], [1.0, 1.0], [0.0, 1.0]]}
    info = {"lin": vocabulary(model, axis=1, backup_initializer=ones)}
    assert started(model, "lin", info)["lin"] == [[2.0, 1.0, 0.0], [5.0, 1.0, 3.0]]
    info = {"emb": vocabulary(model, new_vocab_size=2, num_oov_buckets=1)}
    assert started(model, "emb", info)["emb"] == [[4.0, 5.0], [0.0, 0.0], [0.0, 0.0]]
    with pytest.raises(ValueError, match="has 3 lines, fewer than the 4"):
        tf.train.warm_start(str(model), "emb", {"emb": vocabulary(model, new_vocab_size=4)})
    with pytest.raises(ValueError, match="the vocabulary has 5 entries along axis 0"):
        tf.train.warm_start(str(model), "emb", {"emb": vocabulary(model, num_oov_buckets=2)})


def test_what_nothing_uses(model):
    with pytest.raises(ValueError, match="in var_name_to_vocab_info that were not used"):
        tf.train.warm_start(str(model), "w", {"nope": vocabulary(model)})
    with pytest.raises(ValueError, match="in var_name_to_prev_var_name that were not used"):
        tf.train.warm_start(str(model), "w", None, {"nope": "w"})
    with pytest.raises(ValueError, match="must be all `Variable` or all `str`"):
        tf.train.warm_start(str(model), [3])


def test_from_a_checkpoint_of_objects(tmp_path):
    """As TensorFlow 1.15.5: by the variables' names, and all of them must be there."""
    with tf.Graph().as_default(), tf.Session() as session:
        v = tf.get_variable("fruit", initializer=3.0)
        session.run(v.initializer)
        path = tf.train.Checkpoint(v=v).save(str(tmp_path / "c"), session)
    with tf.Graph().as_default(), tf.Session() as session:
        fruit = tf.get_variable("fruit", initializer=0.0)
        tf.train.warm_start(str(tmp_path))
        session.run(fruit.initializer)
        assert session.run(fruit) == 3.0
    with tf.Graph().as_default():
        tf.get_variable("other", initializer=0.0)
        with pytest.raises(ValueError, match="object-based checkpoint.*{'other'}"):
            tf.train.warm_start(path)
