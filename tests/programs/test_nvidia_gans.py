"""tkarras/progressive_growing_of_gans and NVlabs/stylegan (both on GitHub), on small pictures."""

import re

import pytest
from programs.common import copy_of, run
from programs.drawings import pictures

SMALL = """
{G}.fmap_base = {D}.fmap_base = 64; {G}.fmap_max = {D}.fmap_max = 16; {G}.latent_size = 16
sched.minibatch_base = 8; sched.minibatch_dict = {{}}
sched.lod_training_kimg = sched.lod_transition_kimg = 0.06
sched.tick_kimg_base = 0.1; sched.tick_kimg_dict = {{}}
train.total_kimg = 0.2; train.minibatch_repeats = 1; train.mirror_augment = True
grid = EasyDict(size='1080p', layout='random')
dataset = EasyDict(tfrecord_dir='small')
"""


def test_progressive_growing(tmp_path):
    url = "https://github.com/tkarras/progressive_growing_of_gans"
    program = copy_of("progressive_growing_of_gans", tmp_path, url)
    pictures(program / "pictures", 24, 16, ending="png")
    run(program, "dataset_tool.py", "create_from_images", "datasets/small", "pictures")
    config = program / "config.py"
    small = SMALL.format(G="G", D="D") + "num_gpus = 1; sched.lod_initial_resolution = 4\n"
    config.write_text(config.read_text() + small)
    text = run(program, "train.py")
    assert re.search(r"tick 2 .* lod 0.\d+ ", text), text
    (saved,) = (program / "results").glob("*/network-final.pkl")
    assert list(saved.parent.glob("fakes*.png"))
    use = (
        "import sys, pickle, numpy as np, tensorflow as tf, tfutil\n"
        "tfutil.init_tf()\n"
        "G, D, Gs = pickle.load(open(sys.argv[1], 'rb'))\n"
        "images = Gs.run(np.random.randn(2, 16), np.zeros([2, 0]), minibatch_size=2)\n"
        "print('images', images.shape, np.isfinite(images).all())\n"
    )
    (program / "use.py").write_text(use)
    assert "images (2, 3, 16, 16) True" in run(program, "use.py", saved)


def test_stylegan(tmp_path):
    for module in ("requests", "tensorboard"):
        pytest.importorskip(module)
    program = copy_of("stylegan", tmp_path, "https://github.com/NVlabs/stylegan")
    pictures(program / "pictures", 24, 16, ending="png")
    run(program, "dataset_tool.py", "create_from_images", "datasets/small", "pictures")
    script = program / "train.py"
    small = SMALL.format(G="G", D="D") + (
        "G.dlatent_size = G.mapping_fmaps = 16; G.mapping_layers = 2; metrics = []\n"
        "submit_config.num_gpus = 1; sched.lod_initial_resolution = 8\n"
    )
    start = "\ndef main():\n"
    text = script.read_text(encoding="utf-8-sig")
    assert start in text
    script.write_text(text.replace(start, small + start))
    text = run(program, "train.py")
    assert re.search(r"tick 2 .* lod 0.\d+ ", text), text
    (saved,) = (program / "results").glob("*/network-final.pkl")
    use = (
        "import sys, pickle, numpy as np, dnnlib.tflib as tflib\n"
        "tflib.init_tf()\n"
        "G, D, Gs = pickle.load(open(sys.argv[1], 'rb'))\n"
        "images = Gs.run(np.random.randn(2, 16), None, truncation_psi=0.7, randomize_noise=True)\n"
        "print('images', images.shape, np.isfinite(images).all())\n"
    )
    (program / "use.py").write_text(use)
    assert "images (2, 3, 16, 16) True" in run(program, "use.py", saved)
