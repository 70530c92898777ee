"""`tf.saved_model.main_op`: what is run when a SavedModel has been loaded."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

__all__ = ["main_op", "main_op_with_restore"]


def main_op() -> tf.Operation:
    """An op that initializes variables, local variables and tables."""
    return tf.group(
        tf.global_variables_initializer(), tf.local_variables_initializer(), tf.tables_initializer()
    )


def main_op_with_restore(restore_op_name: Any) -> tf.Operation:
    """As main_op, with an op (or the name of one) that restores values run after it."""
    with tf.control_dependencies([main_op()]):
        return tf.group(restore_op_name)
