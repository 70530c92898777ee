"""The functions of tf.nn that run cells."""

from .dynamic import bidirectional_dynamic_rnn, dynamic_rnn
from .raw import raw_rnn
from .static import static_bidirectional_rnn, static_rnn, static_state_saving_rnn

__all__ = [
    "bidirectional_dynamic_rnn", "dynamic_rnn", "raw_rnn", "static_bidirectional_rnn",
    "static_rnn", "static_state_saving_rnn",
]  # fmt: skip
