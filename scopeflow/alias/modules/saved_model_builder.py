"""tensorflow.python.saved_model.builder: what it has beside `tf.saved_model.builder`."""

from __future__ import annotations

from typing import Any

import scopeflow as tf
from scopeflow.saved_model.op_signatures import (
    INIT_OP_SIGNATURE_KEY,
    TRAIN_OP_SIGNATURE_KEY,
    op_signature_def,
)


class _SavedModelBuilder(tf.saved_model.builder.SavedModelBuilder):
    """The builder that names the ops to run after loading and to train by signatures."""

    def add_meta_graph(  # type: ignore[override]
        self,
        tags: Any,
        signature_def_map: Any = None,
        assets_list: Any = None,
        clear_devices: bool = False,
        init_op: Any = None,
        train_op: Any = None,
        strip_default_attrs: bool = False,
        saver: Any = None,
    ) -> None:
        """Add the default graph under these tags."""
        self._ops = init_op, train_op
        super().add_meta_graph(
            tags, signature_def_map, assets_list, None, clear_devices, None, strip_default_attrs,
            saver,
        )  # fmt: skip

    def add_meta_graph_and_variables(  # type: ignore[override]
        self,
        sess: Any,
        tags: Any,
        signature_def_map: Any = None,
        assets_list: Any = None,
        clear_devices: bool = False,
        init_op: Any = None,
        train_op: Any = None,
        strip_default_attrs: bool = False,
        saver: Any = None,
    ) -> None:
        """Add the session's graph under these tags, and save its variables."""
        self._ops = init_op, train_op
        super().add_meta_graph_and_variables(
            sess, tags, signature_def_map, assets_list, None, clear_devices, None,
            strip_default_attrs, saver,
        )  # fmt: skip

    def _add(self, tags: Any, signatures: Any, *args: Any) -> None:
        made = dict(signatures or {})
        keys = INIT_OP_SIGNATURE_KEY, TRAIN_OP_SIGNATURE_KEY
        for key, op in zip(keys, self._ops, strict=True):
            if op is not None:
                made[key] = op_signature_def(op, key)
        super()._add(tags, made, *args)


__all__ = ["_SavedModelBuilder"]
