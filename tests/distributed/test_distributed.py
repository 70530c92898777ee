"""Two processes that train together give what one gives on the whole batch."""

import os
import socket
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from . import train_torch

HERE = Path(__file__).parent
PYTHON = [sys.executable, "-W", "ignore"]


def environment(**more):
    found = {k: v for k, v in os.environ.items() if not k.startswith(("RANK", "WORLD", "MASTER"))}
    return found | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)} | more


def torchrun(*command):
    """Run a program on two processes, as a user would."""
    done = subprocess.run(
        [*PYTHON, "-m", "torch.distributed.run", "--nproc-per-node=2", "--rdzv-backend=c10d",
         "--rdzv-endpoint=localhost:0", *map(str, command)],
        env=environment(), capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def test_ddp_and_fsdp_train_as_one_process(tmp_path):
    target = tmp_path / "found.pt"
    torchrun(HERE / "train_torch.py", target)
    found = torch.load(target)
    wanted = train_torch.train(train_torch.network(), train_torch.batch()).state_dict()
    assert len(found) == 2 * len(wanted)
    for key, value in wanted.items():
        for way in ("ddp", "fsdp"):
            torch.testing.assert_close(found[f"{way}.{key}"], value, rtol=0, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "option", "arrays"),
    [("train_horovod.py", "--no-progress", 6), ("train_alone.py", "--data-parallel", 4)],
)
def test_a_program_trains_as_one_process(tmp_path, name, option, arrays):
    two, one = tmp_path / "two.npz", tmp_path / "one.npz"
    program = ["-m", "scopeflow", "run", option, HERE / name]
    printed = torchrun(*program, two)
    assert printed.count("fc1") == 1  # process 0 alone shows the variables
    subprocess.run([*PYTHON, *map(str, program), one], env=environment(), check=True,
                   stdout=subprocess.DEVNULL)  # fmt: skip
    with np.load(two) as found, np.load(one) as wanted:
        assert len(found.files) == len(wanted.files) == arrays
        for array in wanted.files:
            np.testing.assert_allclose(found[array], wanted[array], rtol=0, atol=1e-6)


def _free_port():
    with socket.socket() as server:
        server.bind(("localhost", 0))
        return str(server.getsockname()[1])


def test_every_op_and_a_worker_that_is_killed():
    told = {"MASTER_ADDR": "localhost", "MASTER_PORT": _free_port(), "WORLD_SIZE": "2",
            "LOCAL_WORLD_SIZE": "2", "HOROVOD_GLOO_TIMEOUT_SECONDS": "20"}  # fmt: skip
    program = ["-m", "scopeflow", "run", "--no-tree", str(HERE / "collective_ops.py")]
    both = [
        subprocess.Popen(
            [*PYTHON, *program], env=environment(RANK=rank, LOCAL_RANK=rank, **told),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for rank in "01"
    ]  # fmt: skip
    try:
        output, problem = both[0].communicate(timeout=120)
        _, other_problem = both[1].communicate(timeout=60)
    finally:
        for process in both:
            process.kill()
    assert both[1].returncode == 9, other_problem
    assert output.endswith("lost\n"), problem


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda hvd, tf: hvd.allreduce(1.0, average=True, op=hvd.Sum), ValueError, "supersedes"),
        (lambda hvd, tf: hvd.allreduce(1.0, op=hvd.Adasum), NotImplementedError, "hvd.Average"),
        (lambda hvd, tf: hvd.DistributedOptimizer(3), ValueError, "inherit from"),
        (lambda hvd, tf: hvd.init([0]), NotImplementedError, "no groups of ranks"),
    ],
)
def test_bad_calls(call, error, text):
    import scopeflow as tf
    from scopeflow.alias.modules import horovod as hvd

    with pytest.raises(error, match=text):
        call(hvd, tf)


def test_one_process_alone():
    import scopeflow as tf
    from scopeflow.alias.modules import horovod as hvd

    hvd.init()
    with tf.Graph().as_default(), tf.Session() as session:
        assert (hvd.size(), hvd.rank(), hvd.local_size(), hvd.local_rank()) == (1, 0, 1, 0)
        assert session.run(hvd.allreduce(tf.constant([2.0]))).tolist() == [2.0]
        scaled = hvd.allreduce(tf.constant([2.0]), prescale_factor=3.0, postscale_factor=0.5)
        assert session.run(scaled).tolist() == [3.0]
        hvd.allreduce(tf.constant([2.0]), name="mean_loss")
        assert tf.get_default_graph().get_operation_by_name("mean_loss")
        assert session.run(hvd.broadcast(tf.constant([2.0]), 0)).tolist() == [2.0]
    hvd.shutdown()
    with pytest.raises(ValueError, match=r"use hvd.init\(\)"):
        hvd.rank()
