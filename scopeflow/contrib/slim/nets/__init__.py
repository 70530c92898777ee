"""`tf.contrib.slim.nets`: networks whose variables are named as in the published checkpoints."""

from __future__ import annotations

from . import alexnet, inception_v3, overfeat, resnet_utils, resnet_v1, resnet_v2, vgg

__all__ = ["alexnet", "inception_v3", "overfeat", "resnet_utils", "resnet_v1", "resnet_v2", "vgg"]
