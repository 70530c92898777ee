"""`tf.contrib.tensorboard.plugins.projector`: which embeddings TensorBoard shows, and how."""

from __future__ import annotations

import os
from typing import Any

from google.protobuf import text_format
from tensorboard.plugins.projector import projector_config_pb2
from tensorboard.plugins.projector.projector_config_pb2 import (
    EmbeddingInfo as EmbeddingInfo,
)
from tensorboard.plugins.projector.projector_config_pb2 import (
    ProjectorConfig as ProjectorConfig,
)
from tensorboard.plugins.projector.projector_config_pb2 import (
    SpriteMetadata as SpriteMetadata,
)

import scopeflow as tf

__all__ = [
    "EmbeddingInfo", "ProjectorConfig", "SpriteMetadata", "projector_config_pb2",
    "visualize_embeddings",
]  # fmt: skip


def visualize_embeddings(summary_writer: Any, config: Any) -> None:
    """Writes `config` beside the events of `summary_writer`, where TensorBoard looks for it."""
    folder = summary_writer.get_logdir()
    if folder is None:
        raise ValueError("Summary writer must have a logdir")
    text = text_format.MessageToString(config)
    with tf.gfile.GFile(os.path.join(folder, "projector_config.pbtxt"), "w") as file:
        file.write(text)
