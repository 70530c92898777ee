"""`tf.contrib.learn`: what programs took from it that `tf.estimator` does not have.

Estimators, experiments and monitors of this namespace are not here: TensorFlow replaced them by
`tf.estimator` from its version 1.3 on.
"""

from . import preprocessing


class ModeKeys:
    """The names of what a model function is called for; `tf.estimator.ModeKeys` has the same."""

    TRAIN = "train"
    EVAL = "eval"
    INFER = "infer"


__all__ = ["ModeKeys", "preprocessing"]
