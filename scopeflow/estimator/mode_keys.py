"""What a model function is called for, and what its outputs are called."""

from __future__ import annotations


class ModeKeys:
    """The modes of a model function."""

    TRAIN = "train"
    EVAL = "eval"
    PREDICT = "infer"
