"""tensorflow.contrib.learn.datasets: MNIST by name, and tables in CSV files."""

from __future__ import annotations

import csv
from collections import namedtuple
from typing import Any

import numpy as np

import scopeflow as tf

from . import mnist as _mnist

Dataset = namedtuple("Dataset", ["data", "target"])
Datasets = _mnist.Datasets


def load_dataset(name: str, size: str = "small", test_with_fake_data: bool = False) -> Any:
    """MNIST from the folder MNIST-data. ValueError for the other data sets: they are not here."""
    if name != "mnist":
        raise ValueError(
            f"Name of dataset is not found: {name}. scopeflow brings no data; of these data sets "
            'it reads "mnist", from the folder MNIST-data.'
        )
    return _mnist.load_mnist()


def load_csv_with_header(
    filename: Any, target_dtype: Any, features_dtype: Any, target_column: int = -1
) -> Any:
    """A table whose first line begins with the numbers of rows and of features."""
    with tf.gfile.Open(filename) as file:
        rows = csv.reader(file)
        count, width = (int(text) for text in next(rows)[:2])
        data = np.zeros((count, width), dtype=features_dtype)
        target = np.zeros((count,), dtype=target_dtype)
        for number, row in enumerate(rows):
            target[number] = np.asarray(row.pop(target_column), dtype=target_dtype)
            data[number] = np.asarray(row, dtype=features_dtype)
    return Dataset(data=data, target=target)


def load_csv_without_header(
    filename: Any, target_dtype: Any, features_dtype: Any, target_column: int = -1
) -> Any:
    """A table without a first line of its own."""
    with tf.gfile.Open(filename) as file:
        rows = list(csv.reader(file))
    target = np.array([row.pop(target_column) for row in rows], dtype=target_dtype)
    data = np.array([np.asarray(row, dtype=features_dtype) for row in rows])
    return Dataset(data=data, target=target)
