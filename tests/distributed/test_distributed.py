"""Two processes that train together give what one gives on the whole batch."""

import contextlib
import os
import signal
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
    assert len(found) == 4 * len(wanted)
    first = train_torch.network().state_dict()
    for key, value in wanted.items():
        for way in ("ddp", "fsdp"):
            torch.testing.assert_close(found[f"{way}.{key}"], value, rtol=0, atol=1e-6)
        for way in ("graph", "function"):  # in bfloat16, which the steps show
            changed = found[f"{way}.{key}"] - first[key]
            wrong = (changed - (value - first[key])).norm() / (value - first[key]).norm()
            assert 0 < wrong < 0.05, (way, key, wrong)


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


def both(program, timeout):
    """What process 0 of two prints, and how process 1 ends: (output, its exit code)."""
    told = {"MASTER_ADDR": "localhost", "MASTER_PORT": _free_port(), "WORLD_SIZE": "2",
            "LOCAL_WORLD_SIZE": "2", "HOROVOD_GLOO_TIMEOUT_SECONDS": timeout}  # fmt: skip
    processes = [
        subprocess.Popen(
            [*PYTHON, "-m", "scopeflow", "run", "--no-tree", str(HERE / program)],
            env=environment(RANK=rank, LOCAL_RANK=rank, **told),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )
        for rank in "01"
    ]  # fmt: skip
    try:
        output, problem = processes[0].communicate(timeout=120)
        with contextlib.suppress(subprocess.TimeoutExpired):
            processes[1].wait(timeout=1)
        assert processes[0].returncode == 0, problem
    finally:
        for process in processes:
            process.kill()
    _, other_problem = processes[1].communicate()
    return output, processes[1].returncode, other_problem


def test_every_op_and_a_worker_that_is_killed():
    output, other, problem = both("collective_ops.py", timeout="20")
    assert other == 9, problem
    assert output.endswith("lost\n")


def test_a_worker_that_hangs():
    output, other, _ = both("hanging.py", timeout="2")
    assert other == -signal.SIGKILL  # it hung until the end
    assert 1.5 < float(output.split("waited ")[1]) < 15


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda hvd, tf: hvd.allreduce(1.0, average=True, op=hvd.Sum), ValueError, "supersedes"),
        (lambda hvd, tf: hvd.allreduce(1.0, op=hvd.Adasum), NotImplementedError, "hvd.Average"),
        (lambda hvd, tf: hvd.DistributedOptimizer(3), ValueError, "inherit from"),
        (lambda hvd, tf: hvd.init([0]), NotImplementedError, "no groups of ranks"),
        (lambda hvd, tf: hvd.join(), NotImplementedError, "the same number of batches"),
    ],
)
def test_bad_calls(call, error, text):
    import scopeflow as tf
    from scopeflow.alias.modules import horovod as hvd

    with pytest.raises(error, match=text):
        call(hvd, tf)


@pytest.mark.parametrize(
    ("call", "error", "text"),
    [
        (lambda hvd: hvd.DistributedOptimizer(3), ValueError, "int is no Keras optimizer"),
        (lambda hvd: hvd.load_model("m.h5"), NotImplementedError, "load_weights"),
        (lambda hvd: hvd.callbacks.LearningRateScheduleCallback(0.1), ValueError, "multiplier=0.1"),
    ],
)
def test_bad_calls_of_keras(call, error, text):
    from scopeflow.alias.modules import horovod_keras as hvd

    with pytest.raises(error, match=text):
        call(hvd)


def test_keras_alone():
    import scopeflow as tf
    from scopeflow.alias.modules import horovod_keras as hvd

    hvd.init()
    with tf.Graph().as_default():
        optimizer = hvd.DistributedOptimizer(tf.keras.optimizers.SGD(0.4, momentum=0.9))
        model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
        model.compile(optimizer, "mse")
        callbacks = [
            hvd.callbacks.BroadcastGlobalVariablesCallback(0),
            hvd.callbacks.MetricAverageCallback(),
            hvd.callbacks.LearningRateScheduleCallback(multiplier=lambda e: 0.5**e, start_epoch=1),
        ]
        data = np.ones([4, 2], np.float32), np.ones([4, 1], np.float32)
        history = model.fit(*data, epochs=3, verbose=0, callbacks=callbacks)
        np.testing.assert_allclose(history.history["lr"], [0.4, 0.2, 0.1], rtol=1e-6)
        assert abs(tf.keras.backend.get_value(optimizer.momentum) - 0.9) < 1e-6
        assert hvd.allreduce(3.0) == 3.0 and hvd.broadcast_object("a", 0) == "a"
        assert (hvd.cross_rank(), hvd.cross_size()) == (0, 1)
    hvd.shutdown()


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
        assert session.run(hvd.alltoall(tf.constant([2.0, 3.0]))).tolist() == [2.0, 3.0]
        with pytest.raises(tf.errors.InvalidArgumentError, match="the splits .1. are 1 rows"):
            session.run(hvd.alltoall(tf.constant([2.0, 3.0]), splits=[1]))
        assert hvd.allgather_object(3) == [3] and hvd.is_homogeneous()
    hvd.shutdown()
    with pytest.raises(ValueError, match=r"use hvd.init\(\)"):
        hvd.rank()
