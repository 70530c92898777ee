"""Saving is stopped at any moment, or cannot be done: what the state file names is whole."""

import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import scopeflow as tf

PROGRAM = Path(__file__).with_name("saving_process.py")
ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("SCOPEFLOW_KILLS", "2"))


def start(folder, *kind):
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return subprocess.Popen(
        [sys.executable, str(PROGRAM), str(folder), *kind],
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip


@pytest.mark.parametrize("kind", [("steps",), ("same",), ("same", "sharded")])
def test_killed(tmp_path, kind):
    if "sharded" in kind and not hasattr(tf.raw_ops, "StringJoin"):
        pytest.skip("needs StringJoin")
    rng = random.Random(str(kind))
    last = 0
    for turn in range(KILLS):
        process = start(tmp_path, *kind)
        line = process.stdout.readline()  # it has restored, and found all of it
        if line and not turn:
            assert process.stdout.readline() == "saved\n"  # however slow the machine is
        if line:
            time.sleep(rng.uniform(0.05, 0.2))
        process.send_signal(signal.SIGKILL)
        _, errors = process.communicate()
        assert line, errors
        assert int(line) >= last
        last = int(line)
        state = tf.train.get_checkpoint_state(str(tmp_path))
        if state is not None:
            reader = tf.train.NewCheckpointReader(state.model_checkpoint_path)
            values = [reader.get_tensor(name) for name in reader.get_variable_to_shape_map()]
            assert all((value == values[0][0]).all() for value in values)
            last = max(last, int(values[0][0]))
    assert last > 0


def variables_and_saver():
    v = tf.get_variable("v", initializer=np.zeros(100_000, "f"))
    return v, tf.train.Saver()


def test_a_full_disk(tmp_path):
    with tf.Graph().as_default(), tf.Session() as session:
        v, saver = variables_and_saver()
        session.run(v.initializer)
        path = saver.save(session, str(tmp_path / "m"), 1, write_meta_graph=False)
        before = sorted(os.listdir(tmp_path))
        limit = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, limit[1]))
        try:
            for step in (2, 1):
                with pytest.raises(tf.errors.ResourceExhaustedError, match="File too large"):
                    saver.save(session, str(tmp_path / "m"), step, write_meta_graph=False)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limit)
        assert sorted(os.listdir(tmp_path)) == before
        assert tf.train.latest_checkpoint(str(tmp_path)) == path
        saver.restore(session, path)
        saver.save(session, str(tmp_path / "m"), 2, write_meta_graph=False)


def test_a_directory_that_forbids_it(tmp_path):
    place = "/proc" if os.geteuid() == 0 else str(tmp_path)
    tmp_path.chmod(0o500)
    with tf.Graph().as_default(), tf.Session() as session:
        v, saver = variables_and_saver()
        session.run(v.initializer)
        with pytest.raises((tf.errors.PermissionDeniedError, tf.errors.NotFoundError)) as caught:
            saver.save(session, place + "/m")
    assert place + "/m.data-00000-of-00001" in str(caught.value)
    tmp_path.chmod(0o700)
    assert os.listdir(tmp_path) == []


@pytest.mark.skipif(not os.path.exists("/proc/self/clear_refs"), reason="Linux tells the peak")
def test_memory(tmp_path):
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, str(PROGRAM.with_name("saving_memory.py")), str(tmp_path), "80"],
        capture_output=True, text=True, env={**os.environ, "PYTHONPATH": path},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    found = {name: float(ratio) for name, ratio in map(str.split, done.stdout.splitlines())}
    assert found["save"] < 0.3, found
    assert found["restore"] < 1.3 and found["new"] < 1.3, found
