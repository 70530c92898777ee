"""`tf.contrib.distributions`: `tf.distributions` and many more, and bijectors."""

import scopeflow as _tf

from . import bijectors
from .classes import (
    ExpRelaxedOneHotCategorical,
    OneHotCategorical,
    RelaxedBernoulli,
    RelaxedOneHotCategorical,
)
from .continuous import (
    Chi2,
    HalfNormal,
    InverseGamma,
    Kumaraswamy,
)
from .counts import (
    Binomial,
    Geometric,
    NegativeBinomial,
    Poisson,
)
from .deterministic import (
    Deterministic,
    QuantizedDistribution,
    VectorDeterministic,
)
from .helpers import (
    SeedStream,
    assign_log_moving_mean_exp,
    assign_moving_mean_variance,
    moving_mean_variance,
    normal_conjugates_known_scale_posterior,
    normal_conjugates_known_scale_predictive,
    reduce_weighted_logsumexp,
    softplus_inverse,
)
from .located import (
    Cauchy,
    Logistic,
)
from .mixtures import (
    Mixture,
    MixtureSameFamily,
)
from .multivariate import (
    MultivariateNormalDiag,
    MultivariateNormalDiagPlusLowRank,
    MultivariateNormalDiagWithSoftplusScale,
    MultivariateNormalFullCovariance,
    MultivariateNormalTriL,
    VectorExponentialDiag,
    VectorLaplaceDiag,
)
from .reshaped import (
    BatchReshape,
    Independent,
)
from .sample_stats import (
    auto_correlation,
    percentile,
)
from .sinh_arcsinh import SinhArcsinh
from .softplus_variants import (
    BetaWithSoftplusConcentration,
    Chi2WithAbsDf,
    ExponentialWithSoftplusRate,
    GammaWithSoftplusConcentrationRate,
    InverseGammaWithSoftplusConcentrationRate,
    LaplaceWithSoftplusScale,
    NormalWithSoftplusScale,
    StudentTWithAbsDfSoftplusScale,
)
from .transformed import (
    ConditionalTransformedDistribution,
    TransformedDistribution,
)
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
    "BatchReshape", "Bernoulli", "Beta", "BetaWithSoftplusConcentration", "Binomial",
    "Categorical", "Cauchy", "Chi2", "Chi2WithAbsDf", "ConditionalTransformedDistribution",
    "Deterministic", "Dirichlet", "DirichletMultinomial", "Distribution",
    "ExpRelaxedOneHotCategorical", "Exponential", "ExponentialWithSoftplusRate",
    "FULLY_REPARAMETERIZED", "Gamma", "GammaWithSoftplusConcentrationRate", "Geometric",
    "HalfNormal", "Independent", "InverseGamma", "InverseGammaWithSoftplusConcentrationRate",
    "Kumaraswamy", "Laplace", "LaplaceWithSoftplusScale", "Logistic", "Mixture",
    "MixtureSameFamily", "Multinomial", "MultivariateNormalDiag",
    "MultivariateNormalDiagPlusLowRank", "MultivariateNormalDiagWithSoftplusScale",
    "MultivariateNormalFullCovariance", "MultivariateNormalTriL", "NOT_REPARAMETERIZED",
    "NegativeBinomial", "Normal", "NormalWithSoftplusScale", "OneHotCategorical", "Poisson",
    "QuantizedDistribution", "RegisterKL", "RelaxedBernoulli", "RelaxedOneHotCategorical",
    "ReparameterizationType", "SeedStream", "SinhArcsinh", "StudentT",
    "StudentTWithAbsDfSoftplusScale", "TransformedDistribution", "Uniform", "VectorDeterministic",
    "VectorExponentialDiag", "VectorLaplaceDiag", "assign_log_moving_mean_exp",
    "assign_moving_mean_variance", "auto_correlation", "bijectors", "fill_triangular",
    "fill_triangular_inverse", "kl_divergence", "matrix_diag_transform", "moving_mean_variance",
    "normal_conjugates_known_scale_posterior", "normal_conjugates_known_scale_predictive",
    "percentile", "reduce_weighted_logsumexp", "softplus_inverse", "tridiag",
]  # fmt: skip
