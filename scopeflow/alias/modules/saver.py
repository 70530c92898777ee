"""tensorflow.python.training.saver: what it has beside `tf.train`."""

from scopeflow.train.saver_builder import BaseSaverBuilder
from scopeflow.train.scaffold import _collected_saver as _get_saver_or_default

BulkSaverBuilder = BaseSaverBuilder

__all__ = ["BaseSaverBuilder", "BulkSaverBuilder", "_get_saver_or_default"]
