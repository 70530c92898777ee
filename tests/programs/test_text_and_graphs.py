"""Smaller repositories: text classification, characters, graph attention."""

import shutil

import pytest
from programs.common import copy_of, falls, numbers, run, settings


def test_cnn_text_classification(tmp_path):
    url = "https://github.com/dennybritz/cnn-text-classification-tf"
    folder = copy_of("cnn-text-classification-tf", tmp_path, url)
    options = ["--num_epochs=1", "--evaluate_every=40", "--checkpoint_every=20", "--num_filters=16"]
    text = run(folder, "train.py", *options)
    assert falls(numbers(text, r"loss"))
    assert numbers(text, "Vocabulary Size:") == [18758]
    assert numbers(text, "Train/Dev split:") == [9596]
    # eval.py reads flags as TensorFlow before 1.5 had them
    lines = (folder / "eval.py").read_text()
    start, end = lines.index("FLAGS._parse_flags()"), lines.index("# CHANGE THIS")
    (folder / "eval.py").write_text(lines[:start] + lines[end:])
    (checkpoints,) = folder.glob("runs/*/checkpoints")
    text = run(folder, "eval.py", "--eval_train", f"--checkpoint_dir={checkpoints}/")
    assert numbers(text, "Accuracy:")[0] > 0.5


@pytest.mark.parametrize("cell", ["lstm", "nas"])
def test_char_rnn(tmp_path, cell):
    pytest.importorskip("six")
    url = "https://github.com/sherjilozair/char-rnn-tensorflow"
    folder = copy_of("char-rnn-tensorflow", tmp_path, url)
    data = folder / "data" / "tinyshakespeare" / "input.txt"
    data.write_text(data.read_text()[:20000])
    size = ["--rnn_size=24", "--seq_length=12", "--batch_size=20", f"--model={cell}"]
    options = [*size, "--num_epochs=1", "--output_keep_prob=0.9", "--learning_rate=0.01"]
    text = run(folder, "train.py", *options)
    assert falls(numbers(text, "train_loss ="))
    text = run(folder, "train.py", *options, "--init_from=save")
    assert numbers(text, "train_loss =")[0] < 3.6
    text = run(folder, "sample.py", "-n=50", "--prime=The ")
    assert len(text) > 50


@pytest.mark.parametrize("script", ["execute_cora.py", "execute_cora_sparse.py"])
def test_gat(tmp_path, script):
    folder = copy_of("GAT", tmp_path, "https://github.com/PetarV-/GAT")
    shutil.rmtree(folder / "pre_trained")
    (folder / "pre_trained" / "cora").mkdir(parents=True)
    settings(folder / script, nb_epochs=10)
    text = run(folder, script)
    assert falls(numbers(text, "Val: loss ="))
    assert numbers(text, "Test accuracy:")[0] > 0.15
