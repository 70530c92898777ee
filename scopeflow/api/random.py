"""`tf.random`."""

from ..ops.candidates import (
    all_candidate_sampler,
    fixed_unigram_candidate_sampler,
    learned_unigram_candidate_sampler,
    log_uniform_candidate_sampler,
    uniform_candidate_sampler,
)
from ..ops.random import categorical, get_seed, multinomial, set_random_seed, truncated_normal
from ..ops.random import random_normal as normal
from ..ops.random import random_shuffle as shuffle
from ..ops.random import random_uniform as uniform
from ..ops.random_gamma import random_gamma as gamma
from ..ops.random_gamma import random_poisson as poisson
from ..ops.stateless_random import (
    stateless_categorical,
    stateless_multinomial,
    stateless_truncated_normal,
)
from ..ops.stateless_random import stateless_random_normal as stateless_normal
from ..ops.stateless_random import stateless_random_uniform as stateless_uniform
from . import random_experimental as experimental

__all__ = [name for name in dir() if not name.startswith("_")]
