"""Ops of a SavedModel that have a signature: what is run after loading, and to train."""

from __future__ import annotations

from typing import Any

import scopeflow as tf

from .signature_def_utils import build_signature_def
from .utils import build_tensor_info

INIT_OP_SIGNATURE_KEY = "__saved_model_init_op"
TRAIN_OP_SIGNATURE_KEY = "__saved_model_train_op"


def build_tensor_info_from_op(op: tf.Operation) -> Any:
    """An op's name as a tf.TensorInfo without dtype."""
    return tf.TensorInfo(name=op.name, dtype=0, tensor_shape=tf.TensorShape([]).as_proto())


def op_signature_def(op: Any, key: str) -> Any:
    """A SignatureDef whose one output, `key`, names the op or tensor."""
    is_op = isinstance(op, tf.Operation)
    return build_signature_def(
        outputs={key: build_tensor_info_from_op(op) if is_op else build_tensor_info(op)}
    )


def load_op_from_signature_def(
    signature_def: Any, key: str, import_scope: str | None = None
) -> Any:
    """The op or tensor in the default graph that the signature names, below `import_scope`.

    `tf.errors.NotFoundError` where it is not there.
    """
    name = signature_def.outputs[key].name
    try:
        return tf.get_default_graph().as_graph_element(
            f"{import_scope}/{name}" if import_scope else name
        )
    except KeyError as error:
        raise tf.errors.NotFoundError(
            None, None, f"The {key} could not be found in the graph: {error}"
        ) from error


def check_signatures(signatures: Any) -> None:
    """AssertionError for a TensorInfo that names nothing or has no dtype; KeyError for a name that
    the ops' signatures have."""
    for key, signature in (signatures or {}).items():
        if key in (INIT_OP_SIGNATURE_KEY, TRAIN_OP_SIGNATURE_KEY):
            raise KeyError(f"The key {key} is taken: please choose another one.")
        for infos in (signature.inputs, signature.outputs):
            for name, info in infos.items():
                what = f"The TensorInfo of {name!r} in the signature {key!r}"
                if info.WhichOneof("encoding") is None:
                    raise AssertionError(f"{what} names no tensor.")
                if info.dtype == 0:
                    raise AssertionError(f"{what} has no dtype.")
