"""github.com/google-research/bert: its own tests; records from text and pretraining."""

import json
import re

import pytest
from programs.common import copy_of, numbers, run

URL = "https://github.com/google-research/bert"


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    pytest.importorskip("six")
    return copy_of("bert", tmp_path_factory.mktemp("bert"), URL)


@pytest.mark.parametrize("name", ["modeling_test", "optimization_test", "tokenization_test"])
def test_own_tests(program, name):
    assert "\nOK" in run(program, f"{name}.py")


def test_pretraining(program):
    words = set(
        re.findall("[a-z]+", (program / "sample_text.txt").read_text(errors="ignore").lower())
    )
    letters = "abcdefghijklmnopqrstuvwxyz"
    words |= {*letters, *(f"##{letter}" for letter in letters), *".,;!?'\"-:()"}
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *sorted(words)]
    (program / "vocab.txt").write_text("\n".join(vocabulary) + "\n")
    sizes = {
        "attention_probs_dropout_prob": 0.1,
        "hidden_act": "gelu",
        "hidden_dropout_prob": 0.1,
        "hidden_size": 64,
        "initializer_range": 0.02,
        "intermediate_size": 128,
        "max_position_embeddings": 128,
        "num_attention_heads": 4,
        "num_hidden_layers": 2,
        "type_vocab_size": 2,
        "vocab_size": len(vocabulary),
    }
    (program / "config.json").write_text(json.dumps(sizes))
    shared = "--max_seq_length=64 --max_predictions_per_seq=10"
    files = "--input_file=sample_text.txt --output_file=records --vocab_file=vocab.txt"
    text = run(
        program, "create_pretraining_data.py", *shared.split(), *files.split(), "--dupe_factor=2"
    )
    assert "total instances" in text
    given = (
        "--input_file=records --output_dir=trained --do_train=True --do_eval=True "
        "--bert_config_file=config.json --train_batch_size=8 --eval_batch_size=8 "
        "--num_warmup_steps=5 --learning_rate=1e-3 --max_eval_steps=3 --save_checkpoints_steps=20"
    ).split()
    first = run(program, "run_pretraining.py", *shared.split(), *given, "--num_train_steps=20")
    then = run(program, "run_pretraining.py", *shared.split(), *given, "--num_train_steps=60")
    before, after = (numbers(text, r"(?m)  loss =")[-1] for text in (first, then))
    assert after < before
    assert (program / "trained" / "model.ckpt-60.index").exists()
