"""What a session takes from its `tf.ConfigProto`."""

from __future__ import annotations

from typing import Any

import torch


def checked_config(config: Any) -> Any:
    """The config, which must be a tf.ConfigProto (or None)."""
    if config is None:
        return None
    from tensorboard.compat.proto.config_pb2 import ConfigProto

    if not isinstance(config, ConfigProto):
        raise TypeError(f"config must be a tf.ConfigProto, but got {type(config)}")
    return config


def without_gpu() -> Any:
    """The config of a session that runs on the CPU; None where there is nothing else."""
    if not torch.cuda.is_available():
        return None
    from tensorboard.compat.proto.config_pb2 import ConfigProto

    return ConfigProto(device_count={"GPU": 0})


def device_for(config: Any) -> torch.device:
    """The device of a session with this config, whose limits are set in torch.

    The GPU where there is one, unless `device_count` allows none. Threads and the share of the
    GPU's memory are torch's, for the whole process: the session made last has its way.
    """
    cuda = torch.cuda.is_available()
    if config is None:
        return torch.device("cuda" if cuda else "cpu")
    if config.intra_op_parallelism_threads > 0:
        torch.set_num_threads(config.intra_op_parallelism_threads)
    if not cuda or config.device_count.get("GPU", 1) == 0:
        return torch.device("cpu")
    fraction = config.gpu_options.per_process_gpu_memory_fraction
    if 0 < fraction <= 1:
        torch.cuda.set_per_process_memory_fraction(fraction)
    return torch.device("cuda")
