"""Recurrent networks: `tf.nn.rnn_cell`, `tf.nn.dynamic_rnn` and their kin."""
