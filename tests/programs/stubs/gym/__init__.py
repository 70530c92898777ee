"""Stands in for OpenAI Gym (its interface up to version 0.21) where programs are tried.

The classic tasks have their equations; the others are a drifting state with the shapes of the
original. `GYM_STEPS` is how many steps all environments of the process may take together: then
the process ends with exit status 0. An action that is not finite ends it with 1.
"""

import os
import sys

import numpy as np

from gym import envs, logger, spaces
from gym.core import ActionWrapper, Env, ObservationWrapper, RewardWrapper, Wrapper  # noqa: F401

__version__ = "0.10.5"
__all__ = ["Env", "Wrapper", "envs", "logger", "make"]

left = [int(os.environ.get("GYM_STEPS", "1000"))]


def end(status, reason):
    print(f"environment: {reason}", flush=True)
    sys.stderr.flush()
    os._exit(status)


class Task(Env):
    """One of the tasks by name; `step` counts and checks, `move` has the equations."""

    limit = 200

    def __init__(self, seed=0):
        self.random = np.random.RandomState(seed)
        self.unwrapped_limit = False
        self.time = 0

    @property
    def unwrapped(self):
        self.unwrapped_limit = True
        return self

    def seed(self, seed=None):
        self.random.seed(seed)
        return [seed]

    def reset(self):
        self.time = 0
        self.state = np.asarray(self.start(), np.float64)
        return self.observe()

    def observe(self):
        return self.state.astype(np.float32)

    def step(self, action):
        if not np.isfinite(np.asarray(action, np.float64)).all():
            end(1, f"the action is {action}")
        left[0] -= 1
        if left[0] < 0:
            end(0, "all steps are taken")
        self.time += 1
        reward, done = self.move(action)
        if self.time >= self.limit and not self.unwrapped_limit:
            done = True
        return self.observe(), float(reward), bool(done), {}


class CartPole(Task):
    observation_space = spaces.Box(-np.ones(4, np.float32) * 4, np.ones(4, np.float32) * 4)
    action_space = spaces.Discrete(2)
    x_threshold, theta_threshold_radians = 2.4, 12 * 2 * np.pi / 360

    def start(self):
        return self.random.uniform(-0.05, 0.05, 4)

    def move(self, action):
        x, speed, angle, turn = self.state
        force = 10.0 if int(action) == 1 else -10.0
        sine, cosine = np.sin(angle), np.cos(angle)
        push = (force + 0.05 * turn**2 * sine) / 1.1
        bend = (9.8 * sine - cosine * push) / (0.5 * (4 / 3 - 0.1 * cosine**2 / 1.1))
        pull = push - 0.05 * bend * cosine / 1.1
        self.state = self.state + 0.02 * np.array([speed, pull, turn, bend])
        x, _, angle, _ = self.state
        return 1.0, abs(x) > self.x_threshold or abs(angle) > self.theta_threshold_radians


class Pendulum(Task):
    observation_space = spaces.Box(-np.array([1, 1, 8.0]), np.array([1, 1, 8.0]))
    action_space = spaces.Box(-np.array([2.0]), np.array([2.0]))

    def start(self):
        return self.random.uniform([-np.pi, -1], [np.pi, 1])

    def observe(self):
        angle, speed = self.state
        return np.array([np.cos(angle), np.sin(angle), speed], np.float32)

    def move(self, action):
        angle, speed = self.state
        force = float(np.clip(np.ravel(action)[0], -2, 2))
        cost = ((angle + np.pi) % (2 * np.pi) - np.pi) ** 2 + 0.1 * speed**2 + 0.001 * force**2
        speed = np.clip(speed + (15 * np.sin(angle) + 3 * force) * 0.05, -8, 8)
        self.state = np.array([angle + speed * 0.05, speed])
        return -cost, False


class MountainCar(Task):
    observation_space = spaces.Box(np.array([-1.2, -0.07]), np.array([0.6, 0.07]))
    action_space = spaces.Discrete(3)

    def start(self):
        return [self.random.uniform(-0.6, -0.4), 0]

    def move(self, action):
        place, speed = self.state
        speed = np.clip(speed + (int(action) - 1) * 0.001 - 0.0025 * np.cos(3 * place), -0.07, 0.07)
        self.state = np.array([np.clip(place + speed, -1.2, 0.6), speed])
        return -1.0, place + speed >= 0.5


class Drift(Task):
    """A state that actions push; the reward is its nearness to zero."""

    class Hull:
        position = np.zeros(2)

    class Lander:
        awake = True

    hull, lander = Hull(), Lander()

    def __init__(self, size, actions, seed=0):
        super().__init__(seed)
        self.observation_space = spaces.Box(-np.ones(size) * 9, np.ones(size) * 9)
        if isinstance(actions, int):
            self.action_space = spaces.Discrete(actions)
        else:
            (count,) = actions
            self.action_space = spaces.Box(-np.ones(count), np.ones(count))

    def start(self):
        return self.random.randn(*self.observation_space.shape)

    def move(self, action):
        push = np.resize(np.asarray(action, np.float64), self.state.shape)
        noise = self.random.randn(*self.state.shape)
        self.state = np.clip(0.95 * self.state + 0.05 * push + 0.1 * noise, -9, 9)
        return -np.mean(self.state**2), False


class Screen(Task):
    """Frames of a game: a bright square whose place depends on the actions."""

    observation_space = spaces.Box(0, 255, [210, 160, 3], np.uint8)
    action_space = spaces.Discrete(4)

    def start(self):
        return [100, 80]

    def observe(self):
        frame = np.zeros([210, 160, 3], np.uint8)
        row, column = self.state.astype(int)
        frame[row : row + 10, column : column + 10] = 200
        return frame

    def move(self, action):
        step = [(-4, 0), (4, 0), (0, -4), (0, 4)][int(action)]
        self.state = np.clip(self.state + step, 0, [200, 150])
        return float(self.state[0] < 100), self.state[1] in (0, 150)


class Frames(Screen):
    """The same, small."""

    observation_space = spaces.Box(0, 255, [40, 40, 1], np.uint8)

    def observe(self):
        return super().observe()[::5, ::4, :1][:40]


TASKS = {
    "Frames": Frames,
    "CartPole": CartPole,
    "Pendulum": Pendulum,
    "MountainCar": MountainCar,
    "BipedalWalker": lambda: Drift(24, [4]),
    "LunarLander": lambda: Drift(8, 4),
    "HalfCheetah": lambda: Drift(17, [6]),
    "Breakout": Screen,
    "BreakoutNoFrameskip": Screen,
}


def make(name, **_):
    task = TASKS[name.split("-")[0]]()
    task.spec = Spec(name)
    return task


class Spec:
    def __init__(self, name):
        self.id, self.max_episode_steps, self.reward_threshold = name, 200, None
