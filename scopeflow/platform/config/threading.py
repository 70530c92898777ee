"""`tf.config.threading`: kept without effect; `torch.set_num_threads` sets what torch uses."""

__all__ = [
    "get_inter_op_parallelism_threads", "get_intra_op_parallelism_threads",
    "set_inter_op_parallelism_threads", "set_intra_op_parallelism_threads",
]  # fmt: skip

_threads = {"inter": 0, "intra": 0}


def get_inter_op_parallelism_threads() -> int:
    """What was set; 0 means that torch decides."""
    return _threads["inter"]


def set_inter_op_parallelism_threads(num_threads: int) -> None:
    """Kept without effect."""
    _threads["inter"] = num_threads


def get_intra_op_parallelism_threads() -> int:
    """What was set; 0 means that torch decides."""
    return _threads["intra"]


def set_intra_op_parallelism_threads(num_threads: int) -> None:
    """Kept without effect."""
    _threads["intra"] = num_threads
