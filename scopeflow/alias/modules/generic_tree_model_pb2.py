"""tensorflow.contrib.decision_trees.proto.generic_tree_model_pb2: a tree's message."""

from scopeflow.ops.forest_tree import messages

globals().update(vars(messages()))
