"""Where an Estimator's first training starts from."""

from __future__ import annotations

import os
from collections import namedtuple
from typing import Any

import scopeflow as tf


class WarmStartSettings(
    namedtuple(
        "WarmStartSettings",
        [
            "ckpt_to_initialize_from",
            "vars_to_warm_start",
            "var_name_to_vocab_info",
            "var_name_to_prev_var_name",
        ],
    )
):
    """The arguments of tf.train.warm_start."""

    __slots__ = ()

    def __new__(
        cls,
        ckpt_to_initialize_from: str,
        vars_to_warm_start: Any = ".*",
        var_name_to_vocab_info: Any = None,
        var_name_to_prev_var_name: Any = None,
    ) -> WarmStartSettings:
        if not ckpt_to_initialize_from:
            raise ValueError("`ckpt_to_initialize_from` MUST be set in WarmStartSettings")
        return super().__new__(
            cls, ckpt_to_initialize_from, vars_to_warm_start, var_name_to_vocab_info or {},
            var_name_to_prev_var_name or {},
        )  # fmt: skip


def settings(given: Any) -> Any:
    """WarmStartSettings from what `warm_start_from` takes: a path or settings."""
    if given is None:
        return None
    if isinstance(given, str | bytes):
        path = os.fsdecode(given)
        variables = os.path.join(path, "variables")
        if tf.gfile.Exists(os.path.join(variables, "variables.index")):  # a SavedModel
            path = os.path.join(variables, "variables")
            tf.logging.info("Warm-starting from a SavedModel: %s", given)
        return WarmStartSettings(ckpt_to_initialize_from=path)
    if isinstance(given, WarmStartSettings):
        return given
    raise ValueError(
        f"warm_start_from must be a string or a WarmStartSettings, instead got {type(given)}"
    )
