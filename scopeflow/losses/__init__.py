"""Losses: one number from labels, predictions and weights, gathered for training."""
