"""Runs one workload on one side, in this process, and prints the seconds as JSON.

python side.py SIDE WORKLOAD [gpu]      SIDE: scopeflow, tensorflow or torch
"""

import json
import os
import sys
import time

THREADS = 2


def on_the_gpu(torch):
    """What a workload makes and takes in is on the GPU; what it hands out comes back."""
    torch.set_default_device("cuda")
    from_numpy, to_numpy = torch.from_numpy, torch.Tensor.numpy
    torch.from_numpy = lambda array: from_numpy(array).cuda()
    torch.Tensor.numpy = lambda tensor: to_numpy(tensor.cpu())


def main(side, name, device="cpu"):
    if device == "cpu":
        os.environ["CUDA_VISIBLE_DEVICES"] = ""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_USE_LEGACY_KERAS", "1")  # where TensorFlow 2 keeps the RNN cells
    os.environ.setdefault("OMP_NUM_THREADS", str(THREADS))
    os.environ.setdefault("GOMP_SPINCOUNT", "2000")  # as scopeflow has it, for all sides
    start = time.perf_counter()
    if side == "scopeflow":
        import scopeflow as module
    elif side == "tensorflow":
        import tensorflow.compat.v1 as module
    else:
        import torch as module
    imported = time.perf_counter()

    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    from workloads import WORKLOADS

    chosen = WORKLOADS[name]
    if side == "torch":
        module.set_num_threads(THREADS)
        module.manual_seed(0)
        if device == "gpu":
            on_the_gpu(module)
        seconds = chosen.by_hand(module)
    else:
        if side == "tensorflow":
            module.disable_v2_behavior()
            module.logging.set_verbosity(module.logging.ERROR)
        begin = time.perf_counter()
        seconds = chosen.function(module)
        if name == "import_and_build":
            seconds = imported - start + (time.perf_counter() - begin)
    print(json.dumps({"seconds": seconds, "version": module.__version__}))


if __name__ == "__main__":
    main(*sys.argv[1:])
