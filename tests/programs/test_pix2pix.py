"""github.com/affinelayer/pix2pix-tensorflow: training, going on, testing, the exported graph."""

from PIL import Image
from programs.common import copy_of, numbers, run
from programs.drawings import pictures, size_of

URL = "https://github.com/affinelayer/pix2pix-tensorflow"
USE = """
import base64, json, sys
import tensorflow as tf

with tf.Session() as session:
    saver = tf.train.import_meta_graph("exported/export.meta")
    saver.restore(session, "exported/export")
    names = [json.loads(tf.get_collection(key)[0]) for key in ("inputs", "outputs")]
    given = base64.urlsafe_b64encode(open(sys.argv[1], "rb").read()).decode("ascii")
    made = session.run(names[1]["output"], {names[0]["input"]: [given]})[0]
    made += b"=" * (-len(made) % 4)
    open(sys.argv[2], "wb").write(base64.urlsafe_b64decode(made))
"""


def test_translation(tmp_path):
    program = copy_of("pix2pix-tensorflow", tmp_path, URL)
    pairs = program / "pairs"
    pairs.mkdir()
    for number, (path, _, _) in enumerate(pictures(program / "single", 4, 256)):
        both = Image.new("RGB", (512, 256))
        with Image.open(path) as image:
            both.paste(image, (0, 0))
            both.paste(image.convert("L").convert("RGB"), (256, 0))
        both.save(pairs / f"{number}.png")
    small = "--ngf 4 --ndf 4 --seed 3".split()
    train = "--mode train --output_dir trained --input_dir pairs --progress_freq 1 --display_freq 2"
    train += " --save_freq 2 --summary_freq 2 --trace_freq 3"
    text = run(program, "pix2pix.py", *train.split(), *small, "--max_steps", 6)
    losses = numbers(text, "gen_loss_L1")
    # what it prints is an average that began with 0
    losses = [loss / (1 - 0.99 ** (1 + step)) for step, loss in enumerate(losses)]
    assert losses[-1] < losses[0]
    assert (program / "trained" / "model-6.index").exists()
    more = [*train.split(), *small, "--max_steps", 7, "--checkpoint", "trained"]
    assert "loading model from checkpoint" in run(program, "pix2pix.py", *more)
    for mode, folder in (("test", "tested"), ("export", "exported")):
        given = ["--mode", mode, "--output_dir", folder, "--checkpoint", "trained"]
        run(program, "pix2pix.py", *given, *(["--input_dir", "pairs"] if mode == "test" else []))
    assert size_of(program / "tested" / "images" / "0-outputs.png") == (256, 256)
    (program / "use.py").write_text(USE)
    run(program, "use.py", "single/000.jpg", "made.png")
    assert size_of(program / "made.png") == (256, 256)
