"""`tf.contrib.cudnn_rnn`: recurrent layers of whole sequences, and the cells that equal them."""

from .cells import CudnnCompatibleGRUCell as CudnnCompatibleGRUCell
from .cells import CudnnCompatibleLSTMCell as CudnnCompatibleLSTMCell
from .layers import CudnnGRU as CudnnGRU
from .layers import CudnnLSTM as CudnnLSTM
from .layers import CudnnRNNRelu as CudnnRNNRelu
from .layers import CudnnRNNTanh as CudnnRNNTanh

__all__ = [
    "CudnnCompatibleGRUCell", "CudnnCompatibleLSTMCell", "CudnnGRU", "CudnnLSTM", "CudnnRNNRelu",
    "CudnnRNNTanh",
]  # fmt: skip
