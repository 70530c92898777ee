"""`tf.losses`: one number from labels, predictions and weights, gathered for training."""

from .collected import (
    add_loss,
    get_losses,
    get_regularization_loss,
    get_regularization_losses,
    get_total_loss,
)
from .losses import (
    absolute_difference,
    cosine_distance,
    hinge_loss,
    huber_loss,
    log_loss,
    mean_pairwise_squared_error,
    mean_squared_error,
    sigmoid_cross_entropy,
    softmax_cross_entropy,
    sparse_softmax_cross_entropy,
)
from .weighting import Reduction, compute_weighted_loss

_FILES = ("collected", "losses", "squeezing", "weighting")
__all__ = [name for name in dir() if not name.startswith("_") and name not in _FILES]
