"""`tf.data`: pipelines of elements, made while the program trains."""

from ..core.control_flow import traced  # noqa: F401 (for the functions of this package)
from ..ops import datasets, datasets_files, datasets_functions, iterators  # noqa: F401 (op types)
from . import experimental
from .dataset import Dataset
from .iterator import (
    Iterator,
    get_output_classes,
    get_output_shapes,
    get_output_types,
    make_initializable_iterator,
    make_one_shot_iterator,
)
from .options import Options
from .readers import FixedLengthRecordDataset, TextLineDataset, TFRecordDataset
from .structure import DatasetSpec

__all__ = [
    "Dataset",
    "DatasetSpec",
    "FixedLengthRecordDataset",
    "Iterator",
    "Options",
    "TFRecordDataset",
    "TextLineDataset",
    "experimental",
    "get_output_classes",
    "get_output_shapes",
    "get_output_types",
    "make_initializable_iterator",
    "make_one_shot_iterator",
]
