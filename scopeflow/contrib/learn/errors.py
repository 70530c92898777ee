"""What `tf.contrib.learn` raises of its own."""


class NotFittedError(ValueError, AttributeError):
    """An estimator was asked before it was trained."""
