"""github.com/vanhuyz/CycleGAN-TensorFlow: records, training and going on, export, inference."""

from programs.common import copy_of, elsewhere, numbers, run
from programs.drawings import pictures, size_of

URL = "https://github.com/vanhuyz/CycleGAN-TensorFlow"


def test_training(tmp_path):
    program = copy_of("CycleGAN-TensorFlow", tmp_path, URL)
    pictures(program / "x", 6, colors=((200, 40, 40),))
    pictures(program / "y", 6, colors=((240, 160, 20),), seed=1)
    run(program, "build_data.py", "--X_input_dir", "x", "--Y_input_dir", "y")
    script = program / "train.py"
    elsewhere(script, "while not coord.should_stop():", "while step < 12:")
    elsewhere(script, "if step % 100 == 0:", "if step % 1 == 0:")
    elsewhere(program / "reader.py", "min_queue_examples=1000", "min_queue_examples=20")
    size = ["--image_size", 32, "--ngf", 8]
    text = run(program, "train.py", *size)
    for loss in ("G_loss", "D_Y_loss", "F_loss", "D_X_loss"):
        assert len(numbers(text, rf"{loss}\s*:")) == 12
    (folder,) = (program / "checkpoints").iterdir()
    assert (folder / "model.ckpt-12.index").exists()
    elsewhere(script, "while step < 12:", "while step < 14:")
    text = run(program, "train.py", *size, "--load_model", folder.name)
    assert "Step 13" in text and "Step 11" not in text
    given = ["--checkpoint_dir", folder, "--XtoY_model", "there.pb", "--YtoX_model", "back.pb"]
    run(program, "export_graph.py", *given, *size)
    given = ["--model", "pretrained/there.pb", "--input", "x/000.jpg", "--output", "made.jpg"]
    run(program, "inference.py", *given, "--image_size", 32)
    assert size_of(program / "made.jpg") == (32, 32)
