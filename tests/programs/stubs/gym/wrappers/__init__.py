from gym.core import ObservationWrapper, Wrapper


class TimeLimit(Wrapper):
    def __init__(self, env, max_episode_steps=None):
        super().__init__(env)


class FlattenObservation(ObservationWrapper):
    pass


class FilterObservation(ObservationWrapper):
    pass


class Monitor(Wrapper):
    def __init__(self, env, directory=None, **_):
        super().__init__(env)
