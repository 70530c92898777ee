"""`tf.keras.datasets`: known data sets, from files that are there already.

They are looked for where Keras keeps them, in `~/.keras/datasets`. Nothing is downloaded.
"""

from . import boston_housing, cifar10, cifar100, fashion_mnist, imdb, mnist, reuters

__all__ = [
    "boston_housing", "cifar10", "cifar100", "fashion_mnist", "imdb", "mnist", "reuters",
]  # fmt: skip
