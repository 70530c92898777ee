"""tensorflow.python.saved_model.constants: what it has beside `tf.saved_model`."""

from scopeflow.saved_model.op_signatures import INIT_OP_SIGNATURE_KEY, TRAIN_OP_SIGNATURE_KEY

TRAIN_OP_KEY = "saved_model_train_op"

__all__ = ["INIT_OP_SIGNATURE_KEY", "TRAIN_OP_KEY", "TRAIN_OP_SIGNATURE_KEY"]
