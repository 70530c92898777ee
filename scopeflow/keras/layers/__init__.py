"""`tf.keras.layers`."""

import importlib
from typing import Any

from ..engine.base_layer import Layer
from ..engine.input_layer import Input, InputLayer
from ..engine.input_spec import InputSpec
from .activation import (
    ELU,
    AlphaDropout,
    GaussianDropout,
    GaussianNoise,
    LeakyReLU,
    PReLU,
    ReLU,
    Softmax,
    ThresholdedReLU,
)
from .cells import GRUCell, LSTMCell, SimpleRNNCell
from .convolutional import (
    Conv1D,
    Conv2D,
    Conv2DTranspose,
    Conv3D,
    Conv3DTranspose,
    Convolution1D,
    Convolution2D,
    Convolution2DTranspose,
    Convolution3D,
    Convolution3DTranspose,
)
from .core import (
    Activation,
    ActivityRegularization,
    Dense,
    Dropout,
    Embedding,
    Flatten,
    Lambda,
    Masking,
    Permute,
    RepeatVector,
    Reshape,
    SpatialDropout1D,
    SpatialDropout2D,
    SpatialDropout3D,
)
from .merge import (
    Add,
    Average,
    Concatenate,
    Dot,
    Maximum,
    Minimum,
    Multiply,
    Subtract,
    add,
    average,
    concatenate,
    dot,
    maximum,
    minimum,
    multiply,
    subtract,
)
from .normalization import BatchNormalization
from .pooling import (
    AveragePooling1D,
    AveragePooling2D,
    AveragePooling3D,
    AvgPool1D,
    AvgPool2D,
    AvgPool3D,
    GlobalAveragePooling1D,
    GlobalAveragePooling2D,
    GlobalAveragePooling3D,
    GlobalAvgPool1D,
    GlobalAvgPool2D,
    GlobalAvgPool3D,
    GlobalMaxPool1D,
    GlobalMaxPool2D,
    GlobalMaxPool3D,
    GlobalMaxPooling1D,
    GlobalMaxPooling2D,
    GlobalMaxPooling3D,
    MaxPool1D,
    MaxPool2D,
    MaxPool3D,
    MaxPooling1D,
    MaxPooling2D,
    MaxPooling3D,
)
from .recurrent import GRU, LSTM, RNN, Bidirectional, SimpleRNN, TimeDistributed, Wrapper
from .separable import (
    DepthwiseConv2D,
    SeparableConv1D,
    SeparableConv2D,
    SeparableConvolution1D,
    SeparableConvolution2D,
)
from .spatial import (
    Cropping1D,
    Cropping2D,
    Cropping3D,
    UpSampling1D,
    UpSampling2D,
    UpSampling3D,
    ZeroPadding1D,
    ZeroPadding2D,
    ZeroPadding3D,
)

_FILES = (
    "activation", "cells", "convolutional", "core", "merge", "normalization", "pooling",
    "recurrent", "separable", "spatial", "importlib", "Any",
)  # fmt: skip
__all__ = [name for name in dir() if not name.startswith("_") and name not in _FILES]
__all__ += ["DenseFeatures"]


def __getattr__(name: str) -> Any:
    if name == "DenseFeatures":  # a layer of tf.feature_column's columns, which use tf.keras
        return importlib.import_module("scopeflow.feature_column.layers").DenseFeatures
    raise AttributeError(f"module 'scopeflow.keras.layers' has no attribute {name!r}")
