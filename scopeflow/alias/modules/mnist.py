"""tensorflow.examples.tutorials.mnist.input_data: MNIST, from files that are there already."""

from __future__ import annotations

import gzip
import os
from collections import namedtuple
from typing import Any

import numpy

import scopeflow as tf

Datasets = namedtuple("Datasets", ["train", "validation", "test"])
_Datasets = Datasets

SOURCE_URL = DEFAULT_SOURCE_URL = "https://storage.googleapis.com/cvdf-datasets/mnist/"
FILES = (
    "train-images-idx3-ubyte.gz",
    "train-labels-idx1-ubyte.gz",
    "t10k-images-idx3-ubyte.gz",
    "t10k-labels-idx1-ubyte.gz",
)


def _read32(bytestream: Any) -> Any:
    """The next number of four bytes, as an array of one."""
    return numpy.frombuffer(bytestream.read(4), dtype=numpy.dtype(numpy.uint32).newbyteorder(">"))[
        0
    ]


def extract_images(f: Any) -> numpy.ndarray:
    """The images [number, rows, columns, 1] in a file of gzip."""
    with gzip.GzipFile(fileobj=f) as stream:
        return _images(stream, getattr(f, "name", "?"))


def extract_labels(f: Any, one_hot: bool = False, num_classes: int = 10) -> numpy.ndarray:
    """The labels in a file of gzip."""
    with gzip.GzipFile(fileobj=f) as stream:
        labels = _labels(stream, getattr(f, "name", "?"))
    return dense_to_one_hot(labels, num_classes) if one_hot else labels


_extract_images, _extract_labels = extract_images, extract_labels


def _images(stream: Any, name: str) -> numpy.ndarray:
    _check(stream, 2051, name)
    number, rows, columns = (int(_read32(stream)) for _ in range(3))
    data = numpy.frombuffer(stream.read(number * rows * columns), numpy.uint8)
    return data.reshape(number, rows, columns, 1)


def _labels(stream: Any, name: str) -> numpy.ndarray:
    _check(stream, 2049, name)
    return numpy.frombuffer(stream.read(int(_read32(stream))), numpy.uint8)


def _check(stream: Any, magic: int, name: str) -> None:
    found = int(_read32(stream))
    if found != magic:
        raise ValueError(f"{name} is no MNIST file: it begins with {found}, not with {magic}.")


def dense_to_one_hot(labels_dense: numpy.ndarray, num_classes: int) -> numpy.ndarray:
    """Rows with a 1 at each label's place."""
    one_hot = numpy.zeros((labels_dense.shape[0], num_classes))
    one_hot[numpy.arange(labels_dense.shape[0]), labels_dense.ravel()] = 1
    return one_hot


_dense_to_one_hot = dense_to_one_hot


class DataSet:
    """Images and labels, given out in batches."""

    def __init__(
        self, images: Any, labels: Any, fake_data: bool = False, one_hot: bool = False,
        dtype: Any = tf.float32, reshape: bool = True, seed: int | None = None,
    ) -> None:  # fmt: skip
        """`dtype` float32 makes numbers from 0 to 1 of the bytes, uint8 leaves them."""
        graph_seed, op_seed = tf.get_seed(seed)
        numpy.random.seed(graph_seed if seed is None else op_seed)
        dtype = tf.as_dtype(dtype).base_dtype
        if dtype not in (tf.uint8, tf.float32):
            raise TypeError(f"Invalid image dtype {dtype!r}, expected uint8 or float32")
        self.one_hot = one_hot
        self._fake = fake_data
        self._num_examples = 10000 if fake_data else images.shape[0]
        if not fake_data:
            if images.shape[0] != labels.shape[0]:
                raise AssertionError(f"images.shape: {images.shape} labels.shape: {labels.shape}")
            if reshape:
                images = images.reshape(images.shape[0], images.shape[1] * images.shape[2])
            if dtype == tf.float32:
                images = numpy.multiply(images.astype(numpy.float32), 1.0 / 255.0)
        self._images, self._labels = images, labels
        self._epochs_completed = 0
        self._index_in_epoch = 0

    @property
    def images(self) -> Any:
        """All images, in the order of this epoch."""
        return self._images

    @property
    def labels(self) -> Any:
        """All labels, in the order of this epoch."""
        return self._labels

    @property
    def num_examples(self) -> int:
        """How many there are."""
        return self._num_examples

    @property
    def epochs_completed(self) -> int:
        """How often all were given out."""
        return self._epochs_completed

    def next_batch(
        self, batch_size: int, fake_data: bool = False, shuffle: bool = True
    ) -> tuple[Any, Any]:
        """The next images and labels; the order is a new one in each epoch if `shuffle`."""
        if fake_data or self._fake:
            label: Any = [1] + [0] * 9 if self.one_hot else 0
            return [[1] * 784 for _ in range(batch_size)], [label for _ in range(batch_size)]
        start = self._index_in_epoch
        if self._epochs_completed == 0 and start == 0 and shuffle:
            self._shuffle()
        if start + batch_size <= self._num_examples:
            self._index_in_epoch = start + batch_size
            return self._images[start : self._index_in_epoch], self._labels[
                start : self._index_in_epoch
            ]
        self._epochs_completed += 1
        images, labels = self._images[start:], self._labels[start:]
        if shuffle:
            self._shuffle()
        end = self._index_in_epoch = batch_size - len(images)
        return (
            numpy.concatenate((images, self._images[:end])),
            numpy.concatenate((labels, self._labels[:end])),
        )

    def _shuffle(self) -> None:
        order = numpy.arange(self._num_examples)
        numpy.random.shuffle(order)
        self._images, self._labels = self.images[order], self.labels[order]


_DataSet = DataSet


def _found(train_dir: str) -> list[str]:
    """The files, packed or not."""
    paths = [os.path.join(train_dir, name) for name in FILES]
    found = [p if os.path.exists(p) else p.removesuffix(".gz") for p in paths]
    missing = [path for path, place in zip(paths, found) if not os.path.exists(place)]
    if missing:
        names = "\n".join(f"  {path}" for path in missing)
        raise FileNotFoundError(
            f"read_data_sets({train_dir!r}) does not find these files of MNIST (each may be "
            f"unpacked, without .gz):\n{names}\nscopeflow downloads nothing. Get them, for example "
            f"from {SOURCE_URL}, and put them there."
        )
    return found


def read_data_sets(
    train_dir: str, fake_data: bool = False, one_hot: bool = False, dtype: Any = tf.float32,
    reshape: bool = True, validation_size: int = 5000, seed: int | None = None,
    source_url: str = DEFAULT_SOURCE_URL,
) -> Any:  # fmt: skip
    """(train, validation, test) from the four files in `train_dir`.

    FileNotFoundError, with their names, if they are not there: nothing is downloaded, `source_url`
    is accepted without effect. `validation_size` of the training images become the validation set.
    """
    if fake_data:
        empty = numpy.zeros([0])
        made = [DataSet(empty, empty, True, one_hot, dtype, seed=seed) for _ in range(3)]
        return Datasets(*made)
    arrays = []
    for path, read in zip(_found(train_dir), (_images, _labels) * 2):
        with (gzip.open if path.endswith(".gz") else open)(path, "rb") as stream:
            arrays.append(read(stream, path))
    train_images, train_labels, test_images, test_labels = arrays
    if one_hot:
        train_labels, test_labels = (
            dense_to_one_hot(labels, 10) for labels in (train_labels, test_labels)
        )
    if not 0 <= validation_size <= len(train_images):
        raise ValueError(
            f"Validation size should be between 0 and {len(train_images)}. "
            f"Received: {validation_size}."
        )
    parts = (
        (train_images[validation_size:], train_labels[validation_size:]),
        (train_images[:validation_size], train_labels[:validation_size]),
        (test_images, test_labels),
    )
    return Datasets(*(DataSet(i, n, dtype=dtype, reshape=reshape, seed=seed) for i, n in parts))


def load_mnist(train_dir: str = "MNIST-data") -> Any:
    """`read_data_sets`."""
    return read_data_sets(train_dir)
