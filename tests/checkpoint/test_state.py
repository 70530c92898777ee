"""The `checkpoint` file. What TensorFlow 1.15.5 did is what the assertions say."""

import logging
import os
from pathlib import Path

import pytest

import scopeflow as tf

FIXTURES = Path(__file__).parent / "fixtures"


def state(folder, text, name="checkpoint"):
    (folder / name).write_text(text)
    return str(folder)


def test_paths_are_completed():
    folder = str(FIXTURES / "tf1")
    found = tf.train.get_checkpoint_state(folder)
    assert found.model_checkpoint_path == os.path.join(folder, "model-2")
    assert list(found.all_model_checkpoint_paths) == [
        os.path.join(folder, name) for name in ("model-1", "model-2")
    ]
    assert tf.train.latest_checkpoint(folder) == os.path.join(folder, "model-2")


def test_absolute_paths_and_times_stay(tmp_path):
    folder = state(
        tmp_path,
        'model_checkpoint_path: "/a/b"\nall_model_checkpoint_paths: "c"\n'
        "all_model_checkpoint_timestamps: 1.5\nlast_preserved_timestamp: 2.5\n",
    )
    found = tf.train.get_checkpoint_state(folder)
    assert found.model_checkpoint_path == "/a/b"
    assert list(found.all_model_checkpoint_paths) == [os.path.join(folder, "c")]
    assert list(found.all_model_checkpoint_timestamps) == [1.5]
    assert found.last_preserved_timestamp == 2.5


def test_other_file_name(tmp_path):
    folder = state(tmp_path, f'model_checkpoint_path: "{FIXTURES}/tf1/model-1"', "other")
    assert tf.train.get_checkpoint_state(folder) is None
    assert tf.train.latest_checkpoint(folder, "other") == f"{FIXTURES}/tf1/model-1"


def test_no_state(tmp_path):
    assert tf.train.get_checkpoint_state(str(tmp_path)) is None
    assert tf.train.latest_checkpoint(tmp_path / "nowhere") is None
    with pytest.raises(ValueError, match="Couldn't find 'checkpoint' file or checkpoints in given"):
        tf.train.load_checkpoint(str(tmp_path))


@pytest.mark.parametrize("text", ["garbage {", 'model_checkpoint_path: "x"\nnew_field: 3'])
def test_unreadable_state_is_ignored_with_a_warning(tmp_path, text, caplog):
    folder = state(tmp_path, text)
    with caplog.at_level(logging.WARNING, logger="tensorflow"):
        assert tf.train.get_checkpoint_state(folder) is None
        assert tf.train.latest_checkpoint(folder) is None
    assert "Checkpoint ignored" in " ".join(record.message for record in caplog.records)


def test_state_that_names_nothing(tmp_path):
    folder = state(tmp_path, 'all_model_checkpoint_paths: "y"\n')
    with pytest.raises(ValueError, match="Invalid checkpoint state loaded from"):
        tf.train.get_checkpoint_state(folder)


def test_latest_must_exist(tmp_path, caplog):
    folder = state(tmp_path, 'model_checkpoint_path: "x"\n')
    with caplog.at_level(logging.ERROR, logger="tensorflow"):
        assert tf.train.latest_checkpoint(folder) is None
    assert f"Couldn't match files for checkpoint {folder}/x" in caplog.text
    (tmp_path / "x.index").write_text("")
    assert tf.train.latest_checkpoint(folder) == f"{folder}/x"


def test_checkpoint_exists():
    folder = str(FIXTURES / "tf1")
    assert tf.train.checkpoint_exists(folder + "/model-1")
    assert tf.train.checkpoint_exists(folder + "/model-?")
    assert tf.train.checkpoint_exists(folder + "/v1")
    assert not tf.train.checkpoint_exists(folder + "/model")
