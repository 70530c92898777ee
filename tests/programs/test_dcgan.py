"""github.com/carpedm20/DCGAN-tensorflow on digits.

What it does with other pictures fails in its last commit before TensorFlow is reached
(`utils.transform` uses names that it does not assign).
"""

import gzip

import pytest
from programs.common import copy_of, digits_as_mnist, elsewhere, run

URL = "https://github.com/carpedm20/DCGAN-tensorflow"


def test_digits(tmp_path):
    for module in ("six", "cv2", "scipy"):
        pytest.importorskip(module)
    program = copy_of("DCGAN-tensorflow", tmp_path, URL)
    elsewhere(program / "model.py", "60000", 600)
    elsewhere(program / "model.py", "10000", 100)
    data = digits_as_mnist(tmp_path / "data" / "mnist", 600, 100)
    for packed in data.glob("*.gz"):
        packed.with_suffix("").write_bytes(gzip.decompress(packed.read_bytes()))
    given = (
        f"--dataset=mnist --data_dir={data.parent} --out_dir=out --out_name=a --input_height=28 "
        "--output_height=28 --batch_size=16 --train_size=96"
    ).split()
    text = run(
        program, "main.py", *given, *"--epoch=2 --sample_freq=5 --ckpt_freq=5 --train".split()
    )
    assert "d_loss" in text and "nan" not in text.replace("nan.", "")
    out = program / "out" / "a"
    assert (out / "checkpoint" / "model.b16-10.index").exists()
    assert list((out / "samples").glob("*.png"))
    text = run(program, "main.py", *given, "--export")
    assert "Success to read model.b16-10" in text
    assert (out / "checkpoint" / "export_b16" / "model.b16-10.index").exists()
