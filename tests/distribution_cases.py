"""tf.distributions, for TensorFlow and scopeflow alike: one distribution and method a case."""

import numpy as np

MADE = {
    "Normal": lambda d: d.Normal([0.0, 1.0], [[1.0], [2.0], [0.5]]),
    "Laplace": lambda d: d.Laplace([0.0, 1.0], 2.0),
    "Uniform": lambda d: d.Uniform([0.0, -1.0], 2.0),
    "Gamma": lambda d: d.Gamma([0.5, 3.0], 2.0),
    "Exponential": lambda d: d.Exponential([0.5, 3.0]),
    "StudentT": lambda d: d.StudentT([0.5, 1.5, 4.0], 1.0, 2.0),
    "Beta": lambda d: d.Beta([0.5, 3.0], 2.0),
    "Bernoulli": lambda d: d.Bernoulli(logits=[0.5, -2.0]),
    "Bernoulli probs": lambda d: d.Bernoulli(probs=[0.25, 0.75]),
    "Categorical": lambda d: d.Categorical(logits=[[0.0, 1.0, 2.0], [1.0, -1.0, 0.0]]),
    "Categorical probs": lambda d: d.Categorical(probs=[0.2, 0.3, 0.5]),
    "Dirichlet": lambda d: d.Dirichlet([[1.5, 2.0, 3.0], [0.5, 2.0, 1.0]]),
    "Multinomial": lambda d: d.Multinomial([4.0, 3.0], probs=[[0.2, 0.8], [0.5, 0.5]]),
    "DirichletMultinomial": lambda d: d.DirichletMultinomial(4.0, [[1.0, 2.0], [0.5, 3.0]]),
}
STATISTICS = ("mean", "variance", "stddev", "mode", "entropy", "covariance")
OF_VALUES = (
    "prob", "log_prob", "cdf", "log_cdf", "survival_function", "log_survival_function",
)  # fmt: skip
VALUES = {
    "Normal": [[0.5, -30.0]],
    "Laplace": [[0.5, -30.0], [2.0, 1.0]],
    "Uniform": [[0.5, -0.5], [2.0, 3.0]],
    "StudentT": [0.5, -2.0, 7.0],
    "Beta": [0.5, 0.75],
    "Bernoulli": [[1, 0], [0, 0]],
    "Categorical": [2, 1],
    "Categorical probs": [[0, 1], [2, 2]],
    "Dirichlet": [[0.2, 0.3, 0.5], [0.1, 0.1, 0.8]],
    "Multinomial": [[1.0, 3.0], [2.0, 1.0]],
    "DirichletMultinomial": [[1.0, 3.0], [2.0, 2.0]],
}
VALUES["Bernoulli probs"] = VALUES["Bernoulli"]
OTHERS = {
    "Normal": lambda d: d.Normal(0.5, [1.5, 2.5]),
    "Gamma": lambda d: d.Gamma(1.5, [1.5, 2.5]),
    "Exponential": lambda d: d.Exponential(0.25),
    "Beta": lambda d: d.Beta(1.5, [1.5, 2.5]),
    "Bernoulli": lambda d: d.Bernoulli(probs=[0.1, 0.6]),
    "Categorical": lambda d: d.Categorical(probs=[0.5, 0.25, 0.25]),
    "Dirichlet": lambda d: d.Dirichlet([1.0, 1.0, 2.0]),
}


def cases():
    for kind in MADE:
        for method in (*STATISTICS, *OF_VALUES):
            if (kind, method) != ("Dirichlet", "mode"):  # TensorFlow's fails for a batch
                yield kind, method
        yield kind, "shapes"
    for kind in OTHERS:
        yield kind, "kl_divergence"
        yield kind, "cross_entropy"
    yield "Normal", "quantile"
    yield "Uniform", "quantile"


def run(tf, kind, method):
    """The value, or the error's class and text."""
    with tf.Graph().as_default(), tf.Session() as session:
        made = MADE[kind](tf.distributions)
        try:
            if method == "shapes":
                sample = made.sample([5, 2])
                return [
                    made.batch_shape.as_list(), made.event_shape.as_list(),
                    sample.shape.as_list(), sample.dtype.name, made.name, made.dtype.name,
                    list(session.run(sample).shape), sorted(made.parameters), repr(made), str(made),
                    repr(made.reparameterization_type),
                ]  # fmt: skip
            if method in STATISTICS:
                found = getattr(made, method)()
            elif method in ("kl_divergence", "cross_entropy"):
                found = getattr(made, method)(OTHERS[kind](tf.distributions))
            elif method == "quantile":
                found = made.quantile([0.1, 0.75])
            else:
                found = getattr(made, method)(VALUES.get(kind, [[0.5, 0.25], [0.75, 0.9]]))
            return [found.dtype.name, np.array(session.run(found), np.float64).tolist()]
        except NotImplementedError as error:
            return [str(error)]
