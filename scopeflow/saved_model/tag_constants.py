"""`tf.saved_model.tag_constants`: usual tags of a SavedModel's graphs."""

GPU = "gpu"
SERVING = "serve"
TPU = "tpu"
TRAINING = "train"
