"""github.com/zihangdai/xlnet: records from text, then pretraining with memory (`train_gpu.py`)."""

import pytest
from programs.common import copy_of, falls, numbers, run

URL = "https://github.com/zihangdai/xlnet"
TEXT = "the cat sat on the mat and saw a bird . it sang of rain , of sun and of the sea .\n"


def test_pretraining(tmp_path):
    pytest.importorskip("six")
    sentencepiece = pytest.importorskip("sentencepiece")
    program = copy_of("xlnet", tmp_path, URL)
    text = tmp_path / "text.txt"
    text.write_text("\n".join(TEXT * 12 for _ in range(4)))
    sentencepiece.SentencePieceTrainer.train(
        input=str(text),
        model_prefix=str(tmp_path / "sp"),
        vocab_size=60,
        control_symbols="<cls>,<sep>,<pad>,<mask>,<eod>",
        user_defined_symbols="<eop>",
        hard_vocab_limit=False,
    )
    shared = (
        "--seq_len=64 --reuse_len=32 --mask_alpha=6 --mask_beta=1 --num_predict=10 --bi_data=False "
        "--uncased=True --num_core_per_host=1 --use_tpu=False"
    ).split()
    files = f"--input_glob={text} --save_dir=proc --sp_path={tmp_path}/sp.model --num_passes=2"
    run(program, "data_utils.py", *shared, "--bsz_per_host=4", "--from_raw_text", *files.split())
    given = (
        "--record_info_dir=proc/tfrecords --model_dir=trained --train_batch_size=4 --mem_len=48 "
        "--perm_size=32 --n_layer=2 --untie_r --iterations=5 --save_steps=40 --train_steps=40 "
        "--learning_rate=0.01 --warmup_steps=2 --dropout=0.1 --dropatt=0.1"
    ).split()
    assert falls(numbers(run(program, "train_gpu.py", *shared, *given), r"\| loss"))
    again = [g.replace("=trained", "=again") for g in given]
    more = run(program, "train_gpu.py", *shared, *again, "--init_checkpoint=trained/model.ckpt")
    assert "Initialize from the ckpt trained/model.ckpt" in more
