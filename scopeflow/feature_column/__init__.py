"""`tf.feature_column`: features of examples as the numbers that a model takes."""

from .categories import (
    categorical_column_with_hash_bucket as categorical_column_with_hash_bucket,
)
from .categories import (
    categorical_column_with_identity as categorical_column_with_identity,
)
from .categories import (
    categorical_column_with_vocabulary_file as categorical_column_with_vocabulary_file,
)
from .categories import (
    categorical_column_with_vocabulary_list as categorical_column_with_vocabulary_list,
)
from .categories import (
    crossed_column as crossed_column,
)
from .categories import (
    weighted_categorical_column as weighted_categorical_column,
)
from .embeddings import (
    embedding_column as embedding_column,
)
from .embeddings import (
    indicator_column as indicator_column,
)
from .embeddings import (
    shared_embedding_columns as shared_embedding_columns,
)
from .models import (
    input_layer as input_layer,
)
from .models import (
    linear_model as linear_model,
)
from .models import (
    make_parse_example_spec as make_parse_example_spec,
)
from .numbers import bucketized_column as bucketized_column
from .numbers import numeric_column as numeric_column
from .sequences import (
    sequence_categorical_column_with_hash_bucket as sequence_categorical_column_with_hash_bucket,
)
from .sequences import (
    sequence_categorical_column_with_identity as sequence_categorical_column_with_identity,
)
from .sequences import (
    sequence_categorical_column_with_vocabulary_file,
    sequence_categorical_column_with_vocabulary_list,
)
from .sequences import sequence_numeric_column as sequence_numeric_column

__all__ = [
    "bucketized_column", "categorical_column_with_hash_bucket", "categorical_column_with_identity",
    "categorical_column_with_vocabulary_file", "categorical_column_with_vocabulary_list",
    "crossed_column", "embedding_column", "indicator_column", "input_layer", "linear_model",
    "make_parse_example_spec", "numeric_column", "shared_embedding_columns",
    "sequence_categorical_column_with_hash_bucket", "sequence_categorical_column_with_identity",
    "sequence_categorical_column_with_vocabulary_file",
    "sequence_categorical_column_with_vocabulary_list", "sequence_numeric_column",
    "weighted_categorical_column",
]  # fmt: skip
