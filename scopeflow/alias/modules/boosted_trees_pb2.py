"""tensorflow.core.kernels.boosted_trees.boosted_trees_pb2: the messages of tree ensembles."""

from scopeflow.ops.tree_protos import messages

globals().update(vars(messages()))
