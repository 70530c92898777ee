"""github.com/MorvanZhou/Reinforcement-learning-with-tensorflow, with a stand-in for Gym.

The environment ends a program after so many steps, or if an action is not finite.
"""

from pathlib import Path

import pytest
from programs.common import copy_of, run, settings

URL = "https://github.com/MorvanZhou/Reinforcement-learning-with-tensorflow"
STUBS = [Path(__file__).parent / "stubs"]
# script: steps of the environment, what is set
WITH_GYM = {
    "5.1_Double_DQN/run_Pendulum": (3300, {}),
    "5.2_Prioritized_Replay_DQN/run_MountainCar": (10200, {}),
    "5.3_Dueling_DQN/run_Pendulum": (3300, {}),
    "6_OpenAI_gym/run_CartPole": (1300, {}),
    "6_OpenAI_gym/run_MountainCar": (1300, {}),
    "7_Policy_gradient_softmax/run_CartPole": (1000, {}),
    "7_Policy_gradient_softmax/run_MountainCar": (1000, {}),
    "8_Actor_Critic_Advantage/AC_CartPole": (500, {}),
    "8_Actor_Critic_Advantage/AC_continue_Pendulum": (500, {}),
    "9_Deep_Deterministic_Policy_Gradient_DDPG/DDPG": (600, {"MEMORY_CAPACITY": 200}),
    "9_Deep_Deterministic_Policy_Gradient_DDPG/DDPG_update": (600, {"MEMORY_CAPACITY": 200}),
    "9_Deep_Deterministic_Policy_Gradient_DDPG/DDPG_update2": (600, {"MEMORY_CAPACITY": 200}),
    "10_A3C/A3C_RNN": (800, {}),
    "10_A3C/A3C_continuous_action": (800, {}),
    "10_A3C/A3C_discrete_action": (800, {}),
    "12_Proximal_Policy_Optimization/DPPO": (600, {}),
    "12_Proximal_Policy_Optimization/discrete_DPPO": (600, {}),
    "12_Proximal_Policy_Optimization/simply_PPO": (600, {}),
    "Curiosity_Model/Curiosity": (1300, {}),
    "Curiosity_Model/Random_Network_Distillation": (1300, {}),
}
EXPERIMENTS = {
    "Solve_BipedalWalker/A3C": (600, {}),
    "Solve_BipedalWalker/A3C_rnn": (600, {}),
    "Solve_BipedalWalker/DDPG": (600, {"MEMORY_CAPACITY": 200}),
    "Solve_LunarLander/A3C": (800, {}),
    "Solve_LunarLander/run_LunarLander": (600, {"MEMORY_CAPACITY": 200}),
}
WITHOUT_GYM = {
    "2D_car/DDPG": {"MAX_EPISODES": 4, "MAX_EP_STEPS": 60, "MEMORY_CAPACITY": 100},
    "Robot_arm/DDPG": {"MAX_EPISODES": 4, "MAX_EP_STEPS": 60, "MEMORY_CAPACITY": 100},
    "Robot_arm/A3C": {"MAX_GLOBAL_EP": 4, "MAX_EP_STEP": 60},
    "Robot_arm/DPPO": {"EP_MAX": 4, "EP_LEN": 70},
}


@pytest.fixture(scope="module")
def repository(tmp_path_factory):
    name = "Reinforcement-learning-with-tensorflow"
    return copy_of(name, tmp_path_factory.mktemp("morvan"), URL)


CASES = {f"contents/{name}": case for name, case in WITH_GYM.items()}
CASES |= {f"experiments/{name}": case for name, case in EXPERIMENTS.items()}


@pytest.mark.parametrize("name", CASES)
def test_with_gym(repository, name, monkeypatch):
    steps, values = CASES[name]
    script = repository / f"{name}.py"
    settings(script, **values)
    monkeypatch.setenv("GYM_STEPS", str(steps))
    text = run(script.parent, script.name, stubs=STUBS)
    assert "all steps are taken" in text, text
    assert "Traceback" not in text, text


@pytest.mark.parametrize("name", WITHOUT_GYM)
def test_own_environment(repository, name):
    script = repository / "experiments" / f"{name}.py"
    settings(script, **WITHOUT_GYM[name])
    if "DDPG" in name:
        (script.parent / "continuous").mkdir(exist_ok=True)
    text = run(script.parent, script.name, stubs=STUBS)
    assert "Traceback" not in text, text


def test_maze(repository):
    script = repository / "contents" / "5_Deep_Q_Network" / "run_this.py"
    script.write_text(script.read_text().replace("range(300)", "range(40)"))
    assert "game over" in run(script.parent, script.name, stubs=STUBS)


def test_modified_dqn(repository):
    folder = repository / "contents" / "5_Deep_Q_Network"
    text = run(folder, "DQN_modified.py", stubs=STUBS)
    assert "Traceback" not in text
