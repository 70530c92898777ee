"""`tf.estimator.export`: a model's inputs and outputs, to be served."""

from .export_outputs import (
    ClassificationOutput as ClassificationOutput,
)
from .export_outputs import (
    ExportOutput as ExportOutput,
)
from .export_outputs import (
    PredictOutput as PredictOutput,
)
from .export_outputs import (
    RegressionOutput as RegressionOutput,
)
from .receivers import (
    ServingInputReceiver as ServingInputReceiver,
)
from .receivers import (
    TensorServingInputReceiver as TensorServingInputReceiver,
)
from .receivers import (
    build_parsing_serving_input_receiver_fn as build_parsing_serving_input_receiver_fn,
)
from .receivers import (
    build_raw_serving_input_receiver_fn as build_raw_serving_input_receiver_fn,
)

__all__ = [
    "ClassificationOutput", "ExportOutput", "PredictOutput", "RegressionOutput",
    "ServingInputReceiver", "TensorServingInputReceiver",
    "build_parsing_serving_input_receiver_fn", "build_raw_serving_input_receiver_fn",
]  # fmt: skip
