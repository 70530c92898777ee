"""github.com/charlesq34/pointnet: classification of four solids, training and evaluation."""

import numpy as np
import pytest
from programs.common import copy_of, falls, numbers, run

URL = "https://github.com/charlesq34/pointnet"
SHAPES = np.array([[1, 1, 1], [1, 0.2, 0.2], [1, 1, 0.1], [0.3, 1, 0.6]])


def solids(file, count, seed):
    import h5py

    random = np.random.RandomState(seed)
    kinds = random.randint(4, size=count)
    points = random.normal(size=(count, 2048, 3))
    points /= np.linalg.norm(points, axis=-1, keepdims=True)
    with h5py.File(file, "w") as out:
        out["data"] = (points * SHAPES[kinds][:, None]).astype(np.float32)
        out["label"] = kinds[:, None].astype(np.uint8)


@pytest.mark.parametrize("model", ["pointnet_cls", "pointnet_cls_basic"])
def test_classification(tmp_path, model):
    for module in ("h5py", "matplotlib", "scipy"):
        pytest.importorskip(module)
    program = copy_of("pointnet", tmp_path, URL)
    data = program / "data" / "modelnet40_ply_hdf5_2048"
    data.mkdir(parents=True)
    for name, count in (("train", 64), ("test", 16)):
        solids(data / f"{name}.h5", count, count)
        (data / f"{name}_files.txt").write_text(f"{data / name}.h5\n")
    (data / "shape_names.txt").write_text("".join(f"shape{i}\n" for i in range(40)))
    size = ["--num_point", 128, "--model", model]
    train = [*size, "--batch_size", 8, "--max_epoch", 4]
    text = run(program, "train.py", *train)
    assert falls(numbers(text, r"(?m)^mean loss:"))
    trained = numbers(text, "eval mean loss:")[0]  # it saves after the first epoch
    text = run(program, "evaluate.py", *size, "--batch_size", 8, "--model_path", "log/model.ckpt")
    assert "Model restored." in text
    assert numbers(text, "eval mean loss:")[0] == pytest.approx(trained, rel=1e-4)
