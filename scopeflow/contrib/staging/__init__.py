"""`tf.contrib.staging`: values that wait between two runs."""

from .area import StagingArea

__all__ = ["StagingArea"]
