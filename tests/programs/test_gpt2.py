"""github.com/openai/gpt-2: a tiny model is trained and saved, then the scripts sample from it."""

import json
import sys

import pytest
from programs.common import copy_of, numbers, run

URL = "https://github.com/openai/gpt-2"
TRAIN = """
import json, sys
import numpy as np
import tensorflow as tf
sys.path.insert(0, "src")
import model

tf.set_random_seed(1)
hparams = model.default_hparams()
with open("models/tiny/hparams.json") as file:
    hparams.override_from_dict(json.load(file))
X = tf.placeholder(tf.int32, [4, None])
logits = model.model(hparams=hparams, X=X)["logits"]
loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(
    labels=X[:, 1:], logits=logits[:, :-1]))
train = tf.train.AdamOptimizer(0.01).minimize(loss)
saver = tf.train.Saver(tf.trainable_variables())
with tf.Session() as session:
    session.run(tf.global_variables_initializer())
    for step in range(60):
        value, _ = session.run([loss, train], {X: np.tile(np.arange(40) % 11, [4, 1])})
        if step % 20 == 0 or step == 59:
            print("loss", value)
    saver.save(session, "models/tiny/model.ckpt")
"""


def test_sampling(tmp_path):
    for module in ("fire", "regex"):
        pytest.importorskip(module)
    program = copy_of("gpt-2", tmp_path, URL)
    folder = program / "models" / "tiny"
    folder.mkdir(parents=True)
    sys.path.insert(0, str(program / "src"))
    try:
        from encoder import bytes_to_unicode
    finally:
        sys.path.pop(0)
    tokens = [*bytes_to_unicode().values(), "th", "the", "<|endoftext|>"]
    (folder / "encoder.json").write_text(json.dumps({t: i for i, t in enumerate(tokens)}))
    (folder / "vocab.bpe").write_text("#version: 0.2\nt h\nth e\n")
    sizes = {"n_vocab": len(tokens), "n_ctx": 64, "n_embd": 32, "n_head": 4, "n_layer": 2}
    (folder / "hparams.json").write_text(json.dumps(sizes))
    (program / "train_tiny.py").write_text(TRAIN)
    assert numbers(run(program, "train_tiny.py"), "loss")[-1] < 0.2
    given = (
        "--model_name tiny --nsamples 2 --length 20 --top_k 3 --seed 1 --temperature 0.5".split()
    )
    text = run(program, "src/generate_unconditional_samples.py", *given)
    assert "SAMPLE 2" in text
    assert "%&'()*+" in text  # what it was trained on: bytes that count up to 10
