"""The older arguments of MirroredStrategy."""

from __future__ import annotations

from typing import Any

import scopeflow as tf


class MirroredStrategy(tf.distribute.MirroredStrategy):
    """As tf.distribute.MirroredStrategy: one device. NotImplementedError for more GPUs.

    `cross_device_ops`, `cross_tower_ops` and `auto_shard_dataset` are accepted.
    """

    def __init__(
        self,
        devices: Any = None,
        num_gpus: int | None = None,
        num_gpus_per_worker: int | None = None,
        cross_device_ops: Any = None,
        auto_shard_dataset: bool = False,
        cross_tower_ops: Any = None,
    ) -> None:
        if num_gpus is not None and num_gpus_per_worker is not None:
            raise ValueError("You cannot specify both `num_gpus` and `num_gpus_per_worker`.")
        wanted = num_gpus_per_worker if num_gpus is None else num_gpus
        if wanted is not None and wanted > 1:
            raise NotImplementedError(
                f"tf.contrib.distribute.MirroredStrategy: a session runs on one GPU, not on "
                f"{wanted}. Use num_gpus=1."
            )
        super().__init__(devices, cross_device_ops)
