"""`tf.train.Example` and its parts: named features of one training example.

They are protocol buffer messages, equal on the wire and in text form to TensorFlow's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..core.protos import declare

_messages = declare(
    "tensorflow",
    {
        "BytesList": "value:1:bytes*",
        "FloatList": "value:1:float*",
        "Int64List": "value:1:int64*",
        "Feature": "bytes_list:1:BytesList|kind float_list:2:FloatList|kind "
        "int64_list:3:Int64List|kind",
        "Features": "feature:1:map<string,Feature>",
        "FeatureList": "feature:1:Feature*",
        "FeatureLists": "feature_list:1:map<string,FeatureList>",
        "Example": "features:1:Features",
        "SequenceExample": "context:1:Features feature_lists:2:FeatureLists",
    },
    module="scopeflow.train",
)

BytesList = _messages.BytesList
FloatList = _messages.FloatList
Int64List = _messages.Int64List


def _take_numpy_bools(kind: Any) -> None:
    """Programs write masks into integer lists: NumPy's bools counted as integers up to NumPy 1."""
    plain = kind.__init__

    def init(self: Any, *args: Any, value: Any = None, **kwargs: Any) -> None:
        if value is not None:
            value = [int(v) if isinstance(v, np.bool_) else v for v in value]
        plain(self, *args, value=value, **kwargs)

    kind.__init__ = init


_take_numpy_bools(Int64List)
Feature = _messages.Feature
Features = _messages.Features
FeatureList = _messages.FeatureList
FeatureLists = _messages.FeatureLists
Example = _messages.Example
SequenceExample = _messages.SequenceExample
