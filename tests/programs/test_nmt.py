"""github.com/tensorflow/nmt: its own tests; training, evaluation and translation of its test data.

Its `model_test` is left out: it starts a cluster, and compares with the numbers that TensorFlow's
random generator gives.
"""

import pytest
from programs.common import copy_of, falls, numbers, run

URL = "https://github.com/tensorflow/nmt"
MODELS = {
    "plain": "",
    "attention": "--attention=scaled_luong --num_layers=2",
    "gnmt": "--attention=normed_bahdanau --attention_architecture=gnmt_v2 --encoder_type=gnmt "
    "--num_layers=3 --residual",
    "beam": "--encoder_type=bi --attention=bahdanau --infer_mode=beam_search --beam_width=3",
    "layer_norm": "--unit_type=layer_norm_lstm --optimizer=adam --learning_rate=0.01",
}
TESTS = (
    "nmt_test inference_test utils.iterator_utils_test utils.misc_utils_test "
    "utils.vocab_utils_test utils.evaluation_utils_test"
)


@pytest.fixture(scope="module")
def program(tmp_path_factory):
    pytest.importorskip("six")
    return copy_of("nmt", tmp_path_factory.mktemp("nmt"), URL)


@pytest.mark.parametrize("name", TESTS.split())
def test_own_tests(program, name):
    assert "\nOK" in run(program, "-m", f"nmt.{name}")


@pytest.mark.parametrize("model", MODELS)
def test_translation(program, tmp_path, model):
    data = "nmt/testdata/iwslt15"
    vocabulary = f"{data}.vocab.100"
    shared = f"--src=en --tgt=vi --vocab_prefix={vocabulary} --out_dir={tmp_path}/out".split()
    files = [f"--{use}_prefix={data}.tst2013.100" for use in ("train", "dev", "test")]
    train = (
        "--num_train_steps=60 --steps_per_stats=10 --steps_per_external_eval=60 --batch_size=16 "
        "--num_units=32 --src_max_len=20 --tgt_max_len=20 --dropout=0.1 --metrics=bleu,accuracy"
    )
    text = run(program, "-m", "nmt.nmt", *shared, *files, *train.split(), *MODELS[model].split())
    assert falls(numbers(text, r"step \d+ lr \S+ step-time \S+ wps \S+ ppl"))
    assert "# Best bleu" in text
    given = f"--inference_input_file={data}.tst2013.100.en --inference_output_file={tmp_path}/made"
    run(program, "-m", "nmt.nmt", *shared, *given.split())
    assert len((tmp_path / "made").read_text().splitlines()) == 100
