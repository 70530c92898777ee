"""github.com/YunYang1994/tensorflow-yolov3: training, freezing, detection with the frozen graph."""

import pytest
from programs.common import copy_of, elsewhere, falls, numbers, run
from programs.drawings import pictures

URL = "https://github.com/YunYang1994/tensorflow-yolov3"
SIZES = "[320, 352, 384, 416, 448, 480, 512, 544, 576, 608]"


def test_detection(tmp_path):
    for module in ("cv2", "easydict", "tqdm"):
        pytest.importorskip(module)
    program = copy_of("tensorflow-yolov3", tmp_path, URL)
    for name, count in (("train", 8), ("test", 4)):
        lines = [
            f"{path} {','.join(map(str, box))},{color}\n"
            for path, box, color in pictures(
                program / name, count, 96, ((250, 20, 20), (20, 250, 20))
            )
        ]
        (program / "data" / "dataset" / f"voc_{name}.txt").write_text("".join(lines))
    (program / "data" / "classes" / "coco.names").write_text("red\ngreen\n")
    config = program / "core" / "config.py"
    elsewhere(config, SIZES, "[96]")
    elsewhere(config, "= 544", "= 96")
    elsewhere(config, "BATCH_SIZE            = 6", "BATCH_SIZE = 4")
    elsewhere(config, "SECOND_STAGE_EPOCHS   = 30", "SECOND_STAGE_EPOCHS = 3")
    elsewhere(config, "WARMUP_EPOCHS         = 2", "WARMUP_EPOCHS = 1")
    text = run(program, "train.py")
    assert falls(numbers(text, "Train loss:"))
    (saved,) = (program / "checkpoint").glob("*ckpt-3.index")
    elsewhere(program / "freeze_graph.py", "yolov3_coco_demo.ckpt", saved.stem)
    run(program, "freeze_graph.py")
    demo = program / "image_demo.py"
    elsewhere(demo, "num_classes     = 80", "num_classes = 2")
    elsewhere(demo, "input_size      = 416", "input_size = 96")
    elsewhere(demo, "./docs/images/road.jpeg", program / "test" / "000.jpg")
    run(program, "image_demo.py")
    elsewhere(config, "yolov3_test_loss=9.2099.ckpt-5", saved.stem)
    assert "predict result of 003.jpg" in run(program, "evaluate.py")
