"""github.com/guillaumegenthial/sequence_tagging: characters, words, a CRF, on its few sentences."""

import numpy as np
from programs.common import copy_of, numbers, run, settings

URL = "https://github.com/guillaumegenthial/sequence_tagging"


def test_tagging(tmp_path):
    program = copy_of("sequence_tagging", tmp_path, URL)
    text = (program / "data" / "test.txt").read_text()
    words = {line.split(" ")[0].lower() for line in text.splitlines() if line.strip()}
    glove = program / "data" / "glove.6B"
    glove.mkdir()
    random = np.random.RandomState(0)
    lines = [f"{word} {' '.join(map('{:.3f}'.format, random.randn(300)))}\n" for word in words]
    (glove / "glove.6B.300d.txt").write_text("".join(lines))
    run(program, "build_data.py")
    settings(program / "model" / "config.py", nepochs=12)
    text = run(program, "train.py")
    assert numbers(text, r"f1")[-1] > 50
    # it ends where it asks for sentences: nobody types any
    text = run(program, "evaluate.py", check=False)
    assert "Testing model over test set" in text
    numbers(text, r"f1")
