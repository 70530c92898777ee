import numpy as np


class Space:
    def __init__(self, shape=None, dtype=None):
        self.shape, self.dtype = shape, None if dtype is None else np.dtype(dtype)


class Box(Space):
    def __init__(self, low, high, shape=None, dtype=np.float32):
        shape = np.shape(low) if shape is None else tuple(shape)
        super().__init__(shape, dtype)
        self.low = np.broadcast_to(np.asarray(low, dtype), shape).copy()
        self.high = np.broadcast_to(np.asarray(high, dtype), shape).copy()

    def sample(self):
        return np.random.uniform(self.low, self.high).astype(self.dtype)

    def contains(self, value):
        return np.shape(value) == self.shape

    def __eq__(self, other):
        return isinstance(other, Box) and self.shape == other.shape


class Discrete(Space):
    def __init__(self, n):
        super().__init__((), np.int64)
        self.n = n

    def sample(self):
        return np.random.randint(self.n)

    def contains(self, value):
        return 0 <= int(value) < self.n

    def __eq__(self, other):
        return isinstance(other, Discrete) and self.n == other.n


class MultiDiscrete(Space):
    def __init__(self, nvec):
        self.nvec = np.asarray(nvec, np.int64)
        super().__init__(self.nvec.shape, np.int64)

    def sample(self):
        return (np.random.random_sample(self.nvec.shape) * self.nvec).astype(self.dtype)


class MultiBinary(Space):
    def __init__(self, n):
        self.n = n
        super().__init__((n,), np.int8)

    def sample(self):
        return np.random.randint(2, size=self.n)


class Dict(Space):
    def __init__(self, spaces):
        self.spaces = dict(spaces)
        super().__init__()


class Tuple(Space):
    def __init__(self, spaces):
        self.spaces = tuple(spaces)
        super().__init__()
