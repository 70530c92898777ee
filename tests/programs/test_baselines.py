"""github.com/openai/baselines: networks and updates, with stand-ins for Gym."""

from pathlib import Path

import pytest
from programs.common import copy_of, run

URL = "https://github.com/openai/baselines"
STUBS = [Path(__file__).parent / "stubs"]
PROGRAM = """
import os, sys, tempfile
import gym, numpy as np, tensorflow as tf
from baselines.common.vec_env.dummy_vec_env import DummyVecEnv
from baselines.common.tf_util import make_session
from baselines.run import get_learn_function

name, network, task, steps, options = sys.argv[1:]
env = DummyVecEnv([lambda: gym.make(task)])
path = os.path.join(tempfile.mkdtemp(), "model")


def learned(**more):
    learn = get_learn_function(name)
    with tf.Graph().as_default(), make_session().as_default() as session:
        model = learn(env=env, network=network, seed=0, **eval(options), **more)
        if "load_path" not in more:
            model.save(path)
        variables = tf.trainable_variables()
        return dict(zip([v.name for v in variables], session.run(variables)))


first = learned(total_timesteps=int(steps))
second = learned(total_timesteps=0, load_path=path)
assert first.keys() == second.keys() and first
for key in first:
    assert np.isfinite(first[key]).all(), key
    np.testing.assert_array_equal(first[key], second[key], key)
print("saved and loaded")
"""
CASES = [
    ("ppo2", "mlp", "CartPole-v0", 256, "dict(nsteps=64)"),
    ("ppo2", "mlp", "Pendulum-v0", 128, "dict(nsteps=64, value_network='copy')"),
    ("ppo2", "cnn", "Frames-v0", 64, "dict(nsteps=32)"),
    ("ppo2", "impala_cnn", "Frames-v0", 32, "dict(nsteps=16)"),
    ("ppo2", "lstm", "CartPole-v0", 64, "dict(nsteps=16, nminibatches=1)"),
    ("ppo2", "cnn_lnlstm", "Frames-v0", 32, "dict(nsteps=8, nminibatches=1)"),
    ("deepq", "mlp", "CartPole-v0", 1100, "dict(buffer_size=500)"),
    ("deepq", "conv_only", "Frames-v0", 60, "dict(learning_starts=40, buffer_size=50)"),
    ("deepq", "mlp", "CartPole-v0", 1100, "dict(prioritized_replay=True, param_noise=True)"),
    ("a2c", "mlp", "CartPole-v0", 100, "{}"),
    ("trpo_mpi", "mlp", "CartPole-v0", 200, "dict(timesteps_per_batch=100)"),
]


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    folder = copy_of("baselines", tmp_path_factory.mktemp("baselines"), URL)
    (folder / "learn_and_load.py").write_text(PROGRAM)
    return folder


@pytest.mark.parametrize("case", CASES, ids=lambda case: "-".join(case[:2]))
def test_learns_and_loads(repository, case, monkeypatch):
    pytest.importorskip("cv2")
    monkeypatch.setenv("GYM_STEPS", "100000")
    text = run(repository, "learn_and_load.py", *case, stubs=STUBS)
    assert "saved and loaded" in text, text


@pytest.mark.parametrize("file", ["common/tests/test_tf_util.py", "ppo2/test_microbatches.py"])
def test_own_tests(repository, file, monkeypatch):
    monkeypatch.setenv("GYM_STEPS", "100000")
    text = run(
        repository, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"baselines/{file}", stubs=STUBS
    )
    assert "passed" in text and "failed" not in text, text
