"""tensorflow.python.saved_model.loader_impl: the parts of `tf.saved_model.loader.load`."""

from __future__ import annotations

from typing import Any

import scopeflow as tf
from scopeflow.saved_model.loader import SavedModelLoader
from scopeflow.saved_model.loader import init_op as get_init_op
from scopeflow.saved_model.message import read as parse_saved_model
from scopeflow.saved_model.op_signatures import TRAIN_OP_SIGNATURE_KEY, load_op_from_signature_def

__all__ = ["SavedModelLoader", "get_init_op", "get_train_op", "parse_saved_model"]


def get_train_op(meta_graph_def: Any, import_scope: str | None = None) -> Any:
    """The op or tensor that trains the model, in the default graph; None where there is none."""
    if TRAIN_OP_SIGNATURE_KEY in meta_graph_def.signature_def:
        signature = meta_graph_def.signature_def[TRAIN_OP_SIGNATURE_KEY]
        return load_op_from_signature_def(signature, TRAIN_OP_SIGNATURE_KEY, import_scope)
    collected = tf.get_collection("saved_model_train_op")
    return collected[0] if collected else None
