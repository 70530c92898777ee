"""tensorflow.python.training.checkpoint_management: what it has beside `tf.train`."""

from __future__ import annotations

import re

from scopeflow.checkpoint.management import update_checkpoint_state_internal

__all__ = ["meta_graph_filename", "update_checkpoint_state_internal"]


def meta_graph_filename(checkpoint_filename: str, meta_graph_suffix: str = "meta") -> str:
    """The file of the graph beside a checkpoint, or beside the shards of one."""
    name = re.sub(r"-[\d?]+-of-\d+$", "", checkpoint_filename)
    return f"{name}.{meta_graph_suffix}"
