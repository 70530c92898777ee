"""`tf.contrib.distributions`: `tf.distributions` and many more, and bijectors."""

import scopeflow as _tf

from . import bijectors
from .located import Cauchy, Logistic
from .multivariate import (
    MultivariateNormalDiag,
    MultivariateNormalDiagPlusLowRank,
    MultivariateNormalDiagWithSoftplusScale,
    MultivariateNormalFullCovariance,
    MultivariateNormalTriL,
    VectorExponentialDiag,
    VectorLaplaceDiag,
)
from .transformed import ConditionalTransformedDistribution, TransformedDistribution
from .triangular import (
    fill_triangular,
    fill_triangular_inverse,
    matrix_diag_transform,
    tridiag,
)

FULLY_REPARAMETERIZED = _tf.distributions.FULLY_REPARAMETERIZED
NOT_REPARAMETERIZED = _tf.distributions.NOT_REPARAMETERIZED
Bernoulli = _tf.distributions.Bernoulli
Beta = _tf.distributions.Beta
Categorical = _tf.distributions.Categorical
Dirichlet = _tf.distributions.Dirichlet
DirichletMultinomial = _tf.distributions.DirichletMultinomial
Distribution = _tf.distributions.Distribution
Exponential = _tf.distributions.Exponential
Gamma = _tf.distributions.Gamma
Laplace = _tf.distributions.Laplace
Multinomial = _tf.distributions.Multinomial
Normal = _tf.distributions.Normal
RegisterKL = _tf.distributions.RegisterKL
ReparameterizationType = _tf.distributions.ReparameterizationType
StudentT = _tf.distributions.StudentT
Uniform = _tf.distributions.Uniform
kl_divergence = _tf.distributions.kl_divergence

__all__ = [
    "FULLY_REPARAMETERIZED", "NOT_REPARAMETERIZED", "Bernoulli", "Beta", "Categorical", "Cauchy",
    "ConditionalTransformedDistribution", "Dirichlet", "DirichletMultinomial", "Distribution",
    "Exponential", "Gamma", "Laplace", "Logistic", "Multinomial", "MultivariateNormalDiag",
    "MultivariateNormalDiagPlusLowRank", "MultivariateNormalDiagWithSoftplusScale",
    "MultivariateNormalFullCovariance", "MultivariateNormalTriL", "Normal", "RegisterKL",
    "ReparameterizationType", "StudentT", "TransformedDistribution", "Uniform",
    "VectorExponentialDiag", "VectorLaplaceDiag", "bijectors", "fill_triangular",
    "fill_triangular_inverse", "kl_divergence", "matrix_diag_transform", "tridiag",
]  # fmt: skip
