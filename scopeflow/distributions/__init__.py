"""`tf.distributions`: probability distributions with batches of parameters."""

from .continuous import Beta, Exponential, Gamma, Laplace, Normal, StudentT, Uniform
from .discrete import Bernoulli, Categorical, Dirichlet, DirichletMultinomial, Multinomial
from .distribution import (
    FULLY_REPARAMETERIZED,
    NOT_REPARAMETERIZED,
    Distribution,
    ReparameterizationType,
)
from .kl import RegisterKL, kl_divergence

__all__ = [
    "FULLY_REPARAMETERIZED", "NOT_REPARAMETERIZED", "Bernoulli", "Beta", "Categorical",
    "Dirichlet", "DirichletMultinomial", "Distribution", "Exponential", "Gamma", "Laplace",
    "Multinomial", "Normal", "RegisterKL", "ReparameterizationType", "StudentT", "Uniform",
    "kl_divergence",
]  # fmt: skip
