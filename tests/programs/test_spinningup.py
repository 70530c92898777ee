"""github.com/openai/spinningup, the TF1 algorithms, in one process and with stand-ins for Gym."""

from pathlib import Path

import pytest
from programs.common import copy_of, numbers, run

URL = "https://github.com/openai/spinningup"
STUBS = [Path(__file__).parent / "stubs"]
CALL = """
import gym, tensorflow as tf
from spinup import {name}_tf1 as learn

learn(lambda: gym.make("{task}"), ac_kwargs=dict(hidden_sizes=[32, 32]), seed=0, {options},
      max_ep_len=50, logger_kwargs=dict(output_dir="out-{name}", exp_name="{name}"))
"""
OFF_POLICY = "start_steps=60, update_after=60, update_every=20, batch_size=20, num_test_episodes=1"
ALGORITHMS = {
    "vpg": ("CartPole-v0", "steps_per_epoch=100, epochs=3", "LossV"),
    "ppo": ("HalfCheetah-v2", "steps_per_epoch=100, epochs=3", "LossV"),
    "trpo": ("CartPole-v0", "steps_per_epoch=100, epochs=3", "LossV"),
    "ddpg": ("Pendulum-v0", f"steps_per_epoch=100, epochs=2, {OFF_POLICY}", "LossQ"),
    "td3": ("Pendulum-v0", f"steps_per_epoch=100, epochs=2, {OFF_POLICY}", "LossQ"),
    "sac": ("HalfCheetah-v2", f"steps_per_epoch=100, epochs=2, {OFF_POLICY}", "LossQ1"),
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    return copy_of("spinningup", tmp_path_factory.mktemp("spinningup"), URL)


@pytest.mark.parametrize("name", ALGORITHMS)
def test_algorithm(repository, name, monkeypatch):
    pytest.importorskip("tqdm")
    monkeypatch.setenv("GYM_STEPS", "100000")
    task, options, loss = ALGORITHMS[name]
    program = repository / f"call_{name}.py"
    program.write_text(CALL.format(name=name, task=task, options=options))
    text = run(repository, program.name, stubs=STUBS)
    numbers(text, rf"\b{loss} \|")
    # what was saved is a SavedModel, which the repository's own test_policy loads and plays
    monkeypatch.setenv("GYM_STEPS", "1000")
    play = ["-m", "spinup.utils.test_policy", f"out-{name}", "--len", "20", "--episodes", "2"]
    text = run(repository, *play, "--norender", stubs=STUBS)
    assert len(numbers(text, "EpRet")) >= 2, text


@pytest.mark.parametrize("script", ["1_simple_pg.py", "2_rtg_pg.py"])
def test_policy_gradient(repository, script, monkeypatch):
    monkeypatch.setenv("GYM_STEPS", "11000")
    folder = repository / "spinup" / "examples" / "tf1" / "pg_math"
    returns = numbers(run(folder, script, stubs=STUBS), "return:")
    assert returns[-1] > returns[0]
