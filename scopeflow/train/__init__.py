"""Training: optimizers, global step."""
